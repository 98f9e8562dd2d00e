//! `kiln-mir`.
