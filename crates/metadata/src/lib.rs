//! `kiln-metadata`.
