//! A panic in the compiler is a diagnostic (KILN0901) that names the method, not a stack trace: the hook keeps where it happened.

use crate::BuildError;
use crate::reproduce::Part;
use kiln_diag::{Diagnostic, codes};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};

/// `FILE:LINE: TEXT` of the last panic.
static LAST: Mutex<Option<String>> = Mutex::new(None);

/// Keeps panics for the diagnostic instead of printing them.
pub fn install_hook() {
    std::panic::set_hook(Box::new(|info| {
        let text = info.payload().downcast_ref::<String>().map(String::as_str).or_else(|| info.payload().downcast_ref::<&str>().copied());
        let place = info.location().map(|l| format!("{}:{}: ", l.file(), l.line())).unwrap_or_default();
        *LAST.lock().unwrap_or_else(PoisonError::into_inner) = Some(format!("{place}{}", text.unwrap_or("panic")));
    }));
}

/// Where the last panic was and what it said, when the hook is installed.
pub fn take() -> Option<String> {
    LAST.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// The error of a panic while `stage` worked on `method`; `text` where the hook kept nothing.
pub(crate) fn bug(stage: &str, method: &str, text: &str, part: Part) -> BuildError {
    let what = take().unwrap_or_else(|| text.to_owned());
    BuildError::bug(Diagnostic::error(codes::INTERNAL, format!("{stage} failed on `{method}`")).with_note(what), part)
}

/// Runs code generation of one function.
pub(crate) fn guard<T>(function: &str, work: impl FnOnce() -> Result<T, BuildError>) -> Result<T, BuildError> {
    // The build ends with the error: nothing looks at what the panic left half done.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(bug("code generation", function, "panic", Part::Code(function.to_owned()))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_names_its_function() {
        let result: Result<(), _> = guard("[App]P::Main(string[])", || panic!("broken"));
        let Err(BuildError::Internal(bug)) = result else { unreachable!("a bug is an internal error") };
        assert_eq!(bug.diagnostic.code, "KILN0901");
        assert!(bug.diagnostic.message.contains("P::Main"));
        assert_eq!(bug.part, Part::Code("[App]P::Main(string[])".to_owned()));
    }
}
