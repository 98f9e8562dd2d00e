//! `kiln-rt`.
