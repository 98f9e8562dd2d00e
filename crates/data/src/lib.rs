//! Being written by the lead right now (12:08): MethodTables and all other data of a program → one ELF object.
