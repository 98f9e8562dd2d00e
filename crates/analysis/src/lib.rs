//! `kiln-analysis`.
