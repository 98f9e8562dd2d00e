//! `kiln-lower`.
