//! Tests of the collector: random programs beside a model of what must be alive (`model`), and single properties.
//!
//! The heap's verifier runs in some of them and not in others, so that the model is seen to find faults by itself.

mod model;
mod programs;
mod properties;
