//! Which class `EqualityComparer<T>.Default` and `Comparer<T>.Default` are for a type: what `ComparerHelpers` of the class library
//! does by reflection, decided while compiling.

use crate::LowerError;
use kiln_typesys::{TypeDesc, TypeSystem, WellKnown};

/// The comparer class for an exact type argument.
pub fn default_comparer_type(ts: &TypeSystem, t: TypeDesc, equality: bool) -> Result<TypeDesc, LowerError> {
    let find = |n: &str| {
        ts.find_type(ts.corelib(), "System.Collections.Generic", n)
            .ok_or_else(|| LowerError::Unsupported(format!("System.Collections.Generic.{n} is missing")))
    };
    if equality && ts.is_well_known(t, WellKnown::Byte) {
        return find("ByteEqualityComparer");
    }
    let (itf, generic, nullable, enumeration, object) = if equality {
        ("IEquatable`1", "GenericEqualityComparer`1", "NullableEqualityComparer`1", "EnumEqualityComparer`1", "ObjectEqualityComparer`1")
    } else {
        ("IComparable`1", "GenericComparer`1", "NullableComparer`1", "EnumComparer`1", "ObjectComparer`1")
    };
    let itf = ts.find_type(ts.corelib(), "System", itf).ok_or_else(|| LowerError::Unsupported(format!("System.{itf} is missing")))?;
    let implements = |x: TypeDesc| -> bool {
        let wanted = ts.instantiate(itf, &[x]);
        ts.can_cast_to(x, wanted)
    };
    let over = |n: &str, arg: TypeDesc| -> Result<TypeDesc, LowerError> { Ok(ts.instantiate(find(n)?, &[arg])) };
    // The nullable comparers compare through the default comparer of the underlying type: no constraint to check.
    if let (true, Some(&u)) = (ts.is_nullable(t), ts.type_args(t).first()) {
        return over(nullable, u);
    }
    if implements(t) {
        return over(generic, t);
    }
    if ts.is_enum(t) {
        return over(enumeration, t);
    }
    over(object, t)
}
