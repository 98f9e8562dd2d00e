//! `[UnsafeAccessor]`: static methods without a body that stand for a constructor, method or field that C# could not name.
//!
//! From the attribute and the signature (System.Runtime.CompilerServices.UnsafeAccessorAttribute) to a body of one access. The first
//! parameter says the type (for constructors the return type does); the member must have exactly the rest of the signature. Where C# could not
//! name a type either, the signature has `object`, and UnsafeAccessorTypeAttribute on the parameter has the name (.NET 10).

use crate::build::{Importer, Res};
use crate::error::invalid;
use kiln_mir::{Inst, SlotId, Term, Ty};
use kiln_typesys::{MethodDesc, MethodSig, TypeDesc, TypeKind, TypeSysError, TypeSystem};

const TYPE_ATTRIBUTE: (&str, &str) = ("System.Runtime.CompilerServices", "UnsafeAccessorTypeAttribute");
const ATTRIBUTE: (&str, &str) = ("System.Runtime.CompilerServices", "UnsafeAccessorAttribute");

/// `UnsafeAccessorKind`.
mod kind {
    pub const CONSTRUCTOR: i64 = 0;
    pub const METHOD: i64 = 1;
    pub const STATIC_METHOD: i64 = 2;
    pub const FIELD: i64 = 3;
    pub const STATIC_FIELD: i64 = 4;
}

/// What an accessor asks for.
pub(crate) struct Accessor {
    kind: i64,
    name: String,
}

impl Accessor {
    /// The accessor that a method without a body is.
    pub fn of(ts: &TypeSystem, m: MethodDesc) -> Option<Self> {
        let (module, def) = ts.method_def(m)?;
        let metadata = ts.module(module);
        let id = metadata.find_attribute(def, ATTRIBUTE.0, ATTRIBUTE.1).ok().flatten()?;
        // The kind is an enum over int.
        let args = metadata.decode_attribute(id, &mut |_| Some(kiln_metadata::Primitive::I4)).ok()?;
        let kind = args.fixed.first()?.as_i64()?;
        let name = args.named("Name").and_then(|v| v.as_str()).map_or_else(|| ts.method_name(m), str::to_owned);
        Some(Self { kind, name })
    }

    /// Writes the body.
    pub fn emit(&self, im: &mut Importer<'_>) -> Res {
        let ts = im.ts;
        let written = ts.method_sig(im.method)?;
        let sig = meant(ts, im.method, &written)?;
        let first = sig.params.first().copied();
        let of = if self.kind == kind::CONSTRUCTOR { Some(sig.ret) } else { first.map(|t| referent(ts, t)) };
        let Some(of) = of else { return invalid("an accessor without the type to look into") };
        let mut args = Vec::with_capacity(sig.params.len());
        for (i, &p) in written.params.iter().enumerate() {
            let ty = im.stack_ty(p);
            args.push(im.def(Inst::LoadSlot(SlotId::new(i)), ty));
        }
        let result: Ty = im.stack_ty(written.ret);
        let value = match self.kind {
            kind::CONSTRUCTOR => {
                let ctor = self.method(ts, of, ".ctor", &sig.params, None)?;
                Some(im.def(Inst::NewObj { ctor, args }, result))
            }
            kind::METHOD | kind::STATIC_METHOD => {
                let method = self.method(ts, of, &self.name, sig.params.get(1..).unwrap_or_default(), Some(&sig))?;
                let is_static = self.kind == kind::STATIC_METHOD;
                if is_static {
                    args.remove(0);
                }
                let inst = if !is_static && ts.is_virtual(method) && !ts.is_value_type(of) {
                    Inst::CallVirt { method, args }
                } else {
                    Inst::Call { method, args, null_check: !is_static }
                };
                if im.ret.is_some() {
                    Some(im.def(inst, result))
                } else {
                    im.eff(inst);
                    None
                }
            }
            kind::FIELD | kind::STATIC_FIELD => {
                let wanted = referent(ts, sig.ret);
                let field = ts.find_field(of, &self.name).filter(|&f| ts.field_type(f).is_ok_and(|t| t == wanted));
                let missing = || TypeSysError::MissingField(format!("{}::{}", ts.type_display(of), self.name));
                let field = field.filter(|&f| ts.is_static(f) == (self.kind == kind::STATIC_FIELD)).ok_or_else(missing)?;
                let inst = if self.kind == kind::STATIC_FIELD { Inst::StaticAddr(field) } else { Inst::FieldAddr { obj: args[0], field } };
                Some(im.def(inst, result))
            }
            _ => return invalid("an accessor of an unknown kind"),
        };
        im.end(Term::Return(value));
        Ok(())
    }

    /// The method with exactly this signature.
    fn method(&self, ts: &TypeSystem, of: TypeDesc, name: &str, params: &[TypeDesc], like: Option<&MethodSig>) -> Res<MethodDesc> {
        let wants_this = self.kind != kind::STATIC_METHOD;
        let fits = |m: MethodDesc| {
            ts.method_sig(m).is_ok_and(|s| s.has_this == wants_this && s.params == params && like.is_none_or(|l| l.ret == s.ret))
        };
        let found = ts.find_methods(of, name).into_iter().find(|&m| fits(m));
        found.ok_or_else(|| TypeSysError::MissingMethod(format!("{}::{name}", ts.type_display(of))).into())
    }
}

/// The signature with the types that attributes name.
fn meant(ts: &TypeSystem, m: MethodDesc, written: &MethodSig) -> Res<MethodSig> {
    let mut sig = written.clone();
    let Some((module, def)) = ts.method_def(m) else { return Ok(sig) };
    let metadata = ts.module(module);
    for parameter in metadata.params_of(def).into_iter().flatten() {
        let Ok(Some(id)) = metadata.find_attribute(parameter, TYPE_ATTRIBUTE.0, TYPE_ATTRIBUTE.1) else { continue };
        let (Ok(row), Ok(args)) = (metadata.param(parameter), metadata.decode_attribute(id, &mut |_| None)) else { continue };
        let text = args.fixed.first().and_then(|v| v.as_str()).unwrap_or_default();
        let missing = || TypeSysError::MissingType { name: text.to_owned(), assembly: ts.assembly_identity(module) };
        let name = kiln_metadata::TypeName::parse(text).map_err(|_| missing())?;
        let named = named(ts, &name).ok_or_else(missing)?;
        let slot = match usize::from(row.sequence).checked_sub(1) {
            None => Some(&mut sig.ret),
            Some(i) => sig.params.get_mut(i),
        };
        if let Some(slot) = slot {
            *slot = if matches!(ts.kind(*slot), TypeKind::ByRef(_)) { ts.byref(named) } else { named };
        }
    }
    Ok(sig)
}

/// A type by its name; instantiations too, arrays and pointers not: nothing in the class library names one.
fn named(ts: &TypeSystem, name: &kiln_metadata::TypeName) -> Option<TypeDesc> {
    let full = name.names.join("+");
    let full = if name.namespace.is_empty() { full } else { format!("{}.{full}", name.namespace) };
    let t = ts.find_type_by_full_name(&full).filter(|_| name.modifiers.is_empty())?;
    if name.args.is_empty() {
        return Some(t);
    }
    let args = name.args.iter().map(|a| named(ts, a)).collect::<Option<Vec<_>>>()?;
    (ts.type_args(t).len() == args.len()).then(|| ts.instantiate(t, &args))
}

fn referent(ts: &TypeSystem, t: TypeDesc) -> TypeDesc {
    match ts.kind(t) {
        TypeKind::ByRef(e) => e,
        _ => t,
    }
}
