//! `kiln-abi`.
