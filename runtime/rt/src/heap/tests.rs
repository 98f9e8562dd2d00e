//! Host tests of the collector: random programs against a shadow model.
