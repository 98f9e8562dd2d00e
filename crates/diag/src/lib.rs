//! `kiln-diag`.
