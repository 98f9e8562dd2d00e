//! What can be decided while importing: identity of types, arithmetic and comparisons of constants.

use crate::build::{Fact, Importer};
use kiln_mir::opt::fold;
use kiln_mir::{BinOp, CompareOp, Ty, ValueId};
use kiln_typesys::{TypeClass, TypeDesc, TypeKind, TypeSystem};

/// Whether two types are the same at run time; `None`: not decidable in shared or open code.
pub(crate) fn same_type(ts: &TypeSystem, a: TypeDesc, b: TypeDesc) -> Option<bool> {
    if a == b {
        return Some(true);
    }
    let open = |t| ts.contains_vars(t) || ts.is_runtime_determined(t);
    if !open(a) && !open(b) {
        return Some(false);
    }
    match (ts.kind(a), ts.kind(b)) {
        (TypeKind::RuntimeDetermined { canon: x, .. }, TypeKind::RuntimeDetermined { canon: y, .. }) => (x != y).then_some(false),
        (TypeKind::RuntimeDetermined { canon, .. }, _) => rd_same(ts, canon, b),
        (_, TypeKind::RuntimeDetermined { canon, .. }) => rd_same(ts, canon, a),
        (TypeKind::Var(_) | TypeKind::MVar(_), _) | (_, TypeKind::Var(_) | TypeKind::MVar(_)) => None,
        (TypeKind::Def { module: m, def: d, args: x }, TypeKind::Def { module: n, def: e, args: y }) => {
            if (m, d) != (n, e) || x.len() != y.len() {
                return Some(false);
            }
            let mut all = Some(true);
            for (x, y) in x.iter().zip(y.iter()) {
                match same_type(ts, *x, *y) {
                    Some(false) => return Some(false),
                    Some(true) => {}
                    None => all = None,
                }
            }
            all
        }
        (TypeKind::SzArray(x), TypeKind::SzArray(y)) | (TypeKind::ByRef(x), TypeKind::ByRef(y)) | (TypeKind::Ptr(x), TypeKind::Ptr(y)) => {
            same_type(ts, x, y)
        }
        (TypeKind::MdArray(x, r), TypeKind::MdArray(y, s)) if r == s => same_type(ts, x, y),
        (TypeKind::FnPtr(_), TypeKind::FnPtr(_)) => None,
        _ => Some(false),
    }
}

/// A runtime-determined type of this canonical form against another type.
fn rd_same(ts: &TypeSystem, canon: TypeDesc, other: TypeDesc) -> Option<bool> {
    if ts.contains_vars(other) {
        return None;
    }
    (ts.canonical_arg(ts.canonical_type(other)) != canon).then_some(false)
}

/// Whether a type is a value type; `None` for open variables.
pub(crate) fn is_value_type(ts: &TypeSystem, t: TypeDesc) -> Option<bool> {
    match ts.type_class(t) {
        TypeClass::Unknown => None,
        TypeClass::Prim(_) | TypeClass::Struct => Some(true),
        TypeClass::Ref | TypeClass::ByRef | TypeClass::Ptr => Some(false),
    }
}

impl Importer<'_> {
    /// The constant result of an arithmetic operation on operands of the same type.
    pub fn fold_bin(&mut self, op: BinOp, a: ValueId, b: ValueId) -> Option<ValueId> {
        let ty = self.ty(a);
        let r = fold::bin(op, ty, self.fact(a).int()?, self.fact(b).int()?)?;
        Some(match ty {
            Ty::I32 => self.i32(r as i32),
            Ty::I64 => self.i64(r),
            Ty::NInt => self.nint(r),
            _ => return None,
        })
    }

    /// The outcome of a comparison, when facts decide it.
    pub fn fold_compare(&self, op: CompareOp, a: ValueId, b: ValueId) -> Option<bool> {
        let (fa, fb) = (self.fact(a), self.fact(b));
        if let (Some(x), Some(y)) = (fa.int(), fb.int()) {
            return Some(fold::compare(op, self.ty(a), x, y));
        }
        let equal = match (fa, fb) {
            (Fact::Null, Fact::Null) => Some(true),
            (Fact::Null, x) | (x, Fact::Null) if x.non_null() => Some(false),
            (Fact::TypeOf(x), Fact::TypeOf(y)) => same_type(self.ts, *x, *y),
            _ => None,
        }?;
        match op {
            CompareOp::Eq => Some(equal),
            // `ldnull; cgt.un` is how compilers say "not null"; null is the lowest address.
            CompareOp::Ne => Some(!equal),
            CompareOp::GtUn if *fb == Fact::Null => Some(!equal),
            CompareOp::LtUn if *fa == Fact::Null => Some(!equal),
            _ => None,
        }
    }

    /// Whether a branch on the value is taken, when known.
    pub fn known_truth(&self, v: ValueId) -> Option<bool> {
        match self.fact(v) {
            Fact::Null => Some(false),
            f if f.non_null() => Some(true),
            f => f.int().map(|x| x != 0),
        }
    }
}
