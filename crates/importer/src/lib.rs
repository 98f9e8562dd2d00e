//! `kiln-importer`.
