//! Reference compatibility: `castclass`, `isinst`, assignment of references (ECMA-335 I.8.7, III.4.3; variance: II.9.5).

use crate::TypeSystem;
use crate::desc::*;
use crate::types::SZ_ARRAY_INTERFACES;

impl TypeSystem {
    /// Reference compatibility incl. variance and arrays; value types as boxed.
    pub fn can_cast_to(&self, from: TypeDesc, to: TypeDesc) -> bool {
        from == to || self.memo.casts.get((from, to), || self.cast(from, to, 0))
    }

    fn cast(&self, from: TypeDesc, to: TypeDesc, depth: u32) -> bool {
        if from == to {
            return true;
        }
        if depth > 40 {
            return false;
        }
        if let TypeKind::RuntimeDetermined { canon, .. } = self.kind(from) {
            // Unknown until run time; only what every such type can do.
            return if self.is_well_known(canon, WellKnown::Canon) {
                to == self.well_known(WellKnown::Object)
            } else {
                self.cast(canon, to, depth + 1)
            };
        }
        if to == self.well_known(WellKnown::Object) {
            return !matches!(self.type_class(from), TypeClass::ByRef | TypeClass::Ptr) && !self.is_by_ref_like(from);
        }
        match (self.kind(from), self.kind(to)) {
            (TypeKind::SzArray(a), TypeKind::SzArray(b)) => self.element_cast(a, b, depth),
            (TypeKind::MdArray(a, r), TypeKind::MdArray(b, s)) => r == s && self.element_cast(a, b, depth),
            // A vector is a `T[*]` as well.
            (TypeKind::SzArray(a), TypeKind::MdArray(b, 1)) => self.element_cast(a, b, depth),
            (TypeKind::SzArray(a), TypeKind::Def { .. }) if self.is_interface(to) => {
                if self.interfaces(from).contains(&to) {
                    return true;
                }
                // `IList<B>` of an `A[]` when A's arrays are B's arrays.
                let of_vector = self.interfaces(from);
                let own = of_vector.iter().any(|&i| self.type_def(i) == self.type_def(to));
                own && matches!(&self.type_args(to)[..], [b] if self.element_cast(a, *b, depth))
            }
            (_, TypeKind::Def { .. }) => {
                if self.is_nullable(to) && self.is_value_type(from) {
                    return self.type_args(to).first() == Some(&from);
                }
                if self.is_interface(to) {
                    (self.is_interface(from) && self.variant(from, to, depth))
                        || self.interfaces(from).iter().any(|&i| i == to || self.variant(i, to, depth))
                } else {
                    let mut at = Some(from);
                    let mut steps = 0;
                    while let Some(t) = at {
                        if t == to || self.variant(t, to, depth) {
                            return true;
                        }
                        steps += 1;
                        at = if steps > 1000 { None } else { self.base_type(t) };
                    }
                    false
                }
            }
            _ => false,
        }
    }

    /// Whether a type is an instantiation, or the definition, of one of the generic interfaces that vectors have (I.8.9.1).
    pub fn is_vector_interface(&self, t: TypeDesc) -> bool {
        let info = self.type_def(t).filter(|d| d.0 == self.corelib()).and_then(|_| self.info(t));
        info.is_some_and(|info| {
            info.namespace == "System.Collections.Generic" && SZ_ARRAY_INTERFACES.contains(&info.name.as_str()) && self.is_interface(t)
        })
    }

    /// The element of a vector that has these interfaces.
    pub fn vector_element(&self, t: TypeDesc) -> Option<TypeDesc> {
        match self.kind(t) {
            TypeKind::SzArray(e) if !matches!(self.type_class(e), TypeClass::Ptr | TypeClass::ByRef) => Some(e),
            _ => None,
        }
    }

    /// What stands for all value types whose vectors convert to those of one: integers of a size, and enums over them (I.8.7.1).
    pub fn reduced_element(&self, t: TypeDesc) -> TypeDesc {
        let stands_for = match self.prim(t).map(reduced) {
            Some(Prim::I1) => WellKnown::SByte,
            Some(Prim::I2) => WellKnown::Int16,
            Some(Prim::I4) => WellKnown::Int32,
            Some(Prim::I8) => WellKnown::Int64,
            Some(Prim::I) => WellKnown::IntPtr,
            _ => return t,
        };
        self.well_known(stands_for)
    }

    /// Same definition, arguments compatible by the variance of their parameters.
    fn variant(&self, from: TypeDesc, to: TypeDesc, depth: u32) -> bool {
        if self.type_def(from).is_none() || self.type_def(from) != self.type_def(to) {
            return false;
        }
        let variance = self.variance(to);
        let (a, b) = (self.type_args(from), self.type_args(to));
        !variance.is_empty()
            && variance.iter().zip(a.iter().zip(b.iter())).all(|(v, (&x, &y))| {
                x == y
                    || match v {
                        Variance::None => false,
                        Variance::Covariant => self.variant_arg(x, y, depth),
                        Variance::Contravariant => self.variant_arg(y, x, depth),
                    }
            })
    }

    fn variant_arg(&self, from: TypeDesc, to: TypeDesc, depth: u32) -> bool {
        self.is_reference(from) && self.is_reference(to) && self.cast(from, to, depth + 1)
    }

    fn is_reference(&self, t: TypeDesc) -> bool {
        self.type_class(t) == TypeClass::Ref
    }

    fn element_cast(&self, a: TypeDesc, b: TypeDesc, depth: u32) -> bool {
        if a == b {
            return true;
        }
        if self.is_reference(a) && self.is_reference(b) {
            return self.cast(a, b, depth + 1);
        }
        // Arrays of integers of one size (and of enums over them) are each other's.
        match (self.type_class(a), self.type_class(b)) {
            (TypeClass::Prim(x), TypeClass::Prim(y)) => reduced(x) == reduced(y),
            _ => false,
        }
    }
}

/// Signedness does not matter for array elements; bool and char are types of their own.
fn reduced(p: Prim) -> Prim {
    match p {
        Prim::U1 => Prim::I1,
        Prim::U2 => Prim::I2,
        Prim::U4 => Prim::I4,
        Prim::U8 => Prim::I8,
        Prim::U => Prim::I,
        other => other,
    }
}
