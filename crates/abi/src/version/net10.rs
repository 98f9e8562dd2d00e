//! .NET 10: much of what was native in 9 is managed code over the virtual machine's structures. The overlay gives it back to the runtime
//! (`corelib/overlay/10.0`), so that no more of their layout is relied on than in 9.

use super::FrameworkVersion;
use super::common::table;
use crate::managed::ManagedNumbers;
use crate::method_table::flags as f;

/// The version.
pub(super) const VERSION: FrameworkVersion =
    FrameworkVersion { major: 10, name: "10.0", fields: &[], numbers: NUMBERS, tells_recursive_field: false };

const NUMBERS: &[ManagedNumbers] = &[
    table("get_IsPrimitive", &[f::CATEGORY_PRIMITIVE_MASK, f::CATEGORY_PRIMITIVE_ENUM]),
    table("get_IsTruePrimitive", &[f::CATEGORY_MASK, f::CATEGORY_TRUE_PRIMITIVE]),
    table("get_IsArray", &[f::CATEGORY_KIND_MASK, f::CATEGORY_ARRAY]),
];
