//! `kiln-typesys`.
