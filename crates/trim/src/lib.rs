//! What a closed, natively compiled program may not be able to do, and says so itself: members with `RequiresUnreferencedCode`,
//! `RequiresDynamicCode` and `RequiresAssemblyFiles`, and who uses them.
//!
//! From the MIR of one method to [`Finding`]s with .NET's codes ([`check`]). A finding is about the member that the user wrote, whatever the C#
//! compiler made of it ([`member`]); nothing is said where that member requires the same of its own callers ([`requirement`]) or where somebody
//! has looked and said so ([`suppression`]). The rules are those of .NET's trimming documentation
//! ("Prepare .NET libraries for trimming", "Fixing trim warnings", "Introduction to AOT warnings").

#![forbid(unsafe_code)]

pub mod check;
mod doc_id;
mod flow;
mod guards;
mod member;
mod names;
mod requirement;
mod suppression;

pub use check::{Finding, Trim};
pub use guards::may_be_constant;
pub use names::{definition as type_name, method as member_name};

/// The member that the user wrote, of which the C# compiler made this method.
#[must_use]
pub fn user_member(ts: &kiln_typesys::TypeSystem, m: kiln_typesys::MethodDesc) -> kiln_typesys::MethodDesc {
    member::origins(ts, m).last().copied().unwrap_or(m)
}
