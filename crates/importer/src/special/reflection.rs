//! `Type`, `Object.GetType`, `Enum.HasFlag`, `Activator.CreateInstance<T>`: what is known when types are.

use super::{Done, Site, done};
use crate::build::{Fact, Importer, Res};
use crate::fold::{is_value_type, same_type};
use kiln_mir::{BinOp, CompareOp, Inst, Ty, ValueId};
use kiln_typesys::{Prim, TypeClass, TypeDesc, WellKnown};

impl Importer<'_> {
    /// `typeof(T)`.
    pub fn type_of(&mut self, t: TypeDesc) -> ValueId {
        let ty = self.wk(WellKnown::RuntimeType);
        self.def_fact(Inst::TypeOf(t), Ty::Ref(Some(ty)), Fact::TypeOf(t))
    }

    fn type_fact(&self, v: Option<&ValueId>) -> Option<TypeDesc> {
        match v.map(|v| self.fact(*v)) {
            Some(Fact::TypeOf(t)) => Some(*t),
            _ => None,
        }
    }

    pub(super) fn type_call(&mut self, s: &Site<'_>) -> Res<Done> {
        if s.name == "GetTypeFromHandle" {
            let Some(Fact::TypeHandle(t)) = s.args.first().map(|v| self.fact(*v).clone()) else { return Ok(None) };
            let v = self.type_of(t);
            return done(v);
        }
        let Some(t) = self.type_fact(s.args.first()) else {
            return self.type_equality(s);
        };
        if s.name == "get_TypeHandle" && s.args.len() == 1 {
            let handle = self.stack_ty(s.sig.ret);
            let v = self.def_fact(Inst::TypeHandle(t), handle, Fact::TypeHandle(t));
            return done(v);
        }
        let ts = self.ts;
        let answer = match (s.name, s.args.len()) {
            ("op_Equality" | "op_Inequality" | "Equals", 2) => return self.type_equality(s),
            ("get_IsValueType", 1) => is_value_type(ts, t),
            ("get_IsEnum", 1) => match is_value_type(ts, t) {
                Some(false) => Some(false),
                Some(true) if self.is_exact(t) => Some(ts.is_enum(t)),
                _ => None,
            },
            ("get_IsPrimitive", 1) => match ts.type_class(t) {
                TypeClass::Prim(p) if self.is_exact(t) => Some(!ts.is_enum(t) && p != Prim::Void),
                TypeClass::Prim(_) | TypeClass::Unknown => None,
                _ => Some(false),
            },
            ("get_IsByRefLike", 1) if self.is_exact(t) => Some(ts.is_by_ref_like(t)),
            // typeof(A).IsAssignableFrom(typeof(B))
            ("IsAssignableFrom", 2) => match self.type_fact(s.args.get(1)) {
                Some(from) if self.is_exact(t) && self.is_exact(from) && self.plain_type(t) && self.plain_type(from) => {
                    Some(ts.can_cast_to(from, t))
                }
                _ => None,
            },
            _ => None,
        };
        match answer {
            Some(a) => {
                let v = self.i32(i32::from(a));
                done(v)
            }
            None => Ok(None),
        }
    }

    /// Classes, interfaces and value types; not pointers, byrefs, generic definitions.
    fn plain_type(&self, t: TypeDesc) -> bool {
        matches!(self.ts.kind(t), kiln_typesys::TypeKind::Def { .. }) && self.ts.type_class(t) != TypeClass::Unknown
    }

    fn type_equality(&mut self, s: &Site<'_>) -> Res<Done> {
        let [a, b] = s.args else { return Ok(None) };
        let negate = match s.name {
            "op_Equality" => false,
            "op_Inequality" => true,
            _ => return Ok(None),
        };
        if let (Fact::TypeOf(x), Fact::TypeOf(y)) = (self.fact(*a), self.fact(*b))
            && let Some(same) = same_type(self.ts, *x, *y)
        {
            let v = self.i32(i32::from(same != negate));
            return done(v);
        }
        // Runtime types are unique objects, and equal to nothing else; with other kinds of types their Equals decides.
        let runtime_type = self.wk(WellKnown::RuntimeType);
        if ![*a, *b].iter().any(|v| self.ty(*v) == Ty::Ref(Some(runtime_type))) {
            return Ok(None);
        }
        let v = self.compare(if negate { CompareOp::Ne } else { CompareOp::Eq }, *a, *b)?;
        done(v)
    }

    pub(super) fn object_call(&mut self, s: &Site<'_>) -> Res<Done> {
        match (s.name, s.args) {
            ("GetType", [obj]) => match self.exact_type(*obj) {
                Some(t) => {
                    let v = self.type_of(t);
                    done(v)
                }
                None => Ok(None),
            },
            // Object's constructor does nothing.
            (".ctor", [_]) => Ok(Some(None)),
            _ => Ok(None),
        }
    }

    pub(super) fn enum_call(&mut self, s: &Site<'_>) -> Res<Done> {
        let ("HasFlag", [this, flag]) = (s.name, s.args) else { return Ok(None) };
        let (Some((t, a)), Some((u, b))) = (self.fresh_box(*this), self.fresh_box(*flag)) else { return Ok(None) };
        if same_type(self.ts, t, u) != Some(true) || !matches!(self.ty(a), Ty::I32 | Ty::I64 | Ty::NInt) {
            return Ok(None);
        }
        let x = self.bin_value(BinOp::And, a, b)?;
        let v = self.compare(CompareOp::Eq, x, b)?;
        done(v)
    }

    pub(super) fn activator(&mut self, s: &Site<'_>) -> Res<Done> {
        let ("CreateInstance", [t], []) = (s.name, s.targs, s.args) else { return Ok(None) };
        if !self.is_exact(*t) || self.ts.is_abstract(*t) || !self.plain_type(*t) {
            return Ok(None);
        }
        let value = self.is_value(*t);
        let v = match self.ts.default_ctor(*t) {
            Some(c) if self.public(c) => self.new_object(c, Vec::new())?,
            None if value => self.default_value(*t),
            _ => return Ok(None),
        };
        done(v)
    }

    fn public(&self, m: kiln_typesys::MethodDesc) -> bool {
        self.ts.method_flags(m).0 & 7 == 6
    }
}
