//! What can go wrong between LIR and an object file.

/// Error of this crate.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CodegenError {
    /// LIR breaks its own rules: an error of the stage before.
    #[error("invalid LIR in {function}: {what}")]
    Malformed {
        /// Link name of the function.
        function: String,
        /// The rule and the place.
        what: String,
    },
    /// LLVM's verifier rejected the IR of a function.
    #[error("invalid LLVM IR in {function}: {message}")]
    Verify {
        /// Link name of the function.
        function: String,
        /// LLVM's text.
        message: String,
    },
    /// LLVM reported an error.
    #[error("LLVM failed on unit {unit}: {message}")]
    Llvm {
        /// The unit.
        unit: String,
        /// LLVM's text.
        message: String,
    },
    /// The object that LLVM wrote does not have the expected form.
    #[error("object of unit {unit}: {what}")]
    Object {
        /// The unit.
        unit: String,
        /// What is wrong.
        what: String,
    },
}
