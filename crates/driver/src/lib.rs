//! `kiln-driver`.
