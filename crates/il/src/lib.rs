//! `kiln-il`.
