//! A panic in the compiler is a diagnostic (KILN0901) that names the method, not a stack trace: the hook keeps where it happened.

use crate::BuildError;
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

/// The diagnostic of a panic while `stage` worked on `method`; `text` where the hook kept nothing.
pub(crate) fn diagnostic(stage: &str, method: &str, text: &str) -> BuildError {
    let what = take().unwrap_or_else(|| text.to_owned());
    BuildError::Internal(Box::new(Diagnostic::error(codes::INTERNAL, format!("{stage} failed on `{method}`")).with_note(what).with_help(
        format!("please report this with the input; `kiln dump INPUT --stage mir --filter '{}'` shows the method", short(method)),
    )))
}

/// `[App]Ns.Type::Method(params)` without what a filter does not need.
fn short(method: &str) -> &str {
    let name = method.split_once(']').map_or(method, |(_, n)| n);
    name.split('(').next().unwrap_or(name)
}

/// Runs `work` on one method.
pub(crate) fn guard<T>(stage: &str, method: &dyn Fn() -> String, work: impl FnOnce() -> Result<T, BuildError>) -> Result<T, BuildError> {
    // The build ends with the error: nothing looks at what the panic left half done.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(diagnostic(stage, &method(), "panic")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_names_its_method() {
        let result: Result<(), _> = guard("analysis", &|| "[App]P::Main(string[])".to_owned(), || panic!("broken"));
        let Err(BuildError::Internal(d)) = result else { unreachable!("a bug is an internal error") };
        assert_eq!(d.code, "KILN0901");
        assert!(d.message.contains("P::Main") && d.help.is_some_and(|h| h.contains("'P::Main'")));
    }
}
