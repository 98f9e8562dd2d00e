//! `kiln-data`.
