//! `kiln-link`.
