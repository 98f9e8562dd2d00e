//! Counts for `kiln size` and for progress.

use std::collections::BTreeMap;

/// What was reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Functions with an IL body.
    pub methods: usize,
    /// Compiler-made functions.
    pub stubs: usize,
    /// IL bytes of the bodies (shared and instantiated bodies count each time).
    pub il_bytes: usize,
    /// MethodTables.
    pub types: usize,
    /// Types that objects may be of.
    pub constructed: usize,
    /// Methods and IL bytes per namespace.
    pub namespaces: BTreeMap<String, (usize, usize)>,
}
