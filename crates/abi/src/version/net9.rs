//! .NET 9.

use super::FrameworkVersion;
use super::common::table;
use crate::managed::ManagedNumbers;
use crate::method_table::flags as f;

/// The version.
pub(super) const VERSION: FrameworkVersion =
    FrameworkVersion { major: 9, name: "9.0", fields: &[], numbers: NUMBERS, tells_recursive_field: true };

const NUMBERS: &[ManagedNumbers] = &[table("get_IsPrimitive", &[f::CATEGORY_MASK, f::CATEGORY_PRIMITIVE_ENUM, f::CATEGORY_TRUE_PRIMITIVE])];
