//! What a test needs of the machine: found, else the test is skipped where everybody sees it, or fails where nothing may be skipped
//! (`KILN_VERIFY_REQUIREMENTS=1`, which continuous integration sets).

use crate::{Framework, find_framework, find_framework_of};
use std::env;
use std::fmt::Display;
use std::io::{self, Write as _};

/// Whether a missing requirement must fail (continuous integration) rather than skip.
#[must_use]
pub fn verify_requirements() -> bool {
    env::var_os("KILN_VERIFY_REQUIREMENTS").is_some_and(|value| value == "1")
}

/// What a test needs, or nothing on a machine that was not prepared.
///
/// # Panics
///
/// When a missing requirement must fail.
pub fn or_skip<T>(made: Result<T, impl Display>) -> Option<T> {
    made.inspect_err(|reason| {
        assert!(!verify_requirements(), "{reason}");
        // Not `eprintln!`: what that prints in a test that passes, nobody sees. There is nobody to tell when writing fails.
        let _ = writeln!(io::stderr(), "skipped {}: {reason}", std::thread::current().name().unwrap_or("a test"));
    })
    .ok()
}

/// The framework that tests run against, or nothing on a machine without one.
///
/// # Panics
///
/// When a missing requirement must fail.
pub fn framework_or_skip() -> Option<Framework> {
    or_skip(find_framework(None))
}

/// A newer framework than that of all tests, of the exact version that a test knows; nothing where it is not at hand, which is no
/// reason to skip or to fail.
#[must_use]
pub fn newer_framework(version: &str) -> Option<Framework> {
    let major = version.split('.').next()?.parse().ok()?;
    find_framework_of(major).ok().flatten().filter(|framework| framework.version == version)
}
