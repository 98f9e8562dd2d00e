//! `kiln-codegen`.
