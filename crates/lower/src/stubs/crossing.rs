//! How a parameter or a result crosses between managed and native code: by its type, its marshalling descriptor (ECMA-335 II.15.5.4, II.23.4)
//! and the character set of the signature. What .NET leaves to itself is decided here, its code is in `convert`.

use crate::LowerError;
use crate::types::{Kind, Rep, rep};
use kiln_metadata::MarshalSpec;
use kiln_metadata::marshal::native_type as n;
use kiln_typesys::{AttrOwner, MethodDesc, MethodSig, ParamMarshal, Prim, TypeClass, TypeDesc, TypeKind, TypeSystem, WellKnown};

/// How a value crosses.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Crossing {
    /// As it is; what a managed pointer refers to stays in place meanwhile.
    Same,
    /// A truth value of a native type, and what true is there. Anything but 0 comes back as true.
    Bool(WellKnown, i64),
    /// A character of one byte.
    Char,
    /// A string, in UTF-16 or UTF-8.
    Text { wide: bool },
    /// A safe handle's value.
    Handle,
    /// A buffer for a string builder.
    Builder { wide: bool },
    /// The elements of a vector, which stay in place.
    Vector,
    /// The data of a class that is the same on both sides, which stays in place.
    Data,
    /// A delegate, by its `Invoke`: a C function.
    Delegate(MethodDesc),
    /// The address of the native form of a structure (of this size) that a managed pointer or a class refers to, and which ways it is converted.
    Structure { of: TypeDesc, size: u32, class: bool, there: bool, back: bool },
    /// The address of a copy that is not the same on both sides: of this type, and which ways it is copied.
    Reference { of: TypeDesc, how: Box<Crossing>, there: bool, back: bool },
}

/// What holds for a whole signature.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    /// Characters are UTF-16.
    unicode: bool,
    /// The assembly switches marshalling off (`[DisableRuntimeMarshalling]`).
    as_is: bool,
}

impl Rules {
    pub(super) fn of(ts: &TypeSystem, m: MethodDesc, unicode: bool) -> Self {
        let as_is = ts.method_def(m).is_some_and(|(module, _)| {
            ts.has_attribute(AttrOwner::Assembly(module), "System.Runtime.CompilerServices.DisableRuntimeMarshallingAttribute")
        });
        Self { unicode, as_is }
    }

    /// Of a delegate type, by its `Invoke`.
    pub(super) fn of_delegate(ts: &TypeSystem, invoke: MethodDesc) -> Self {
        const UNICODE: i64 = 3;
        Self::of(ts, invoke, function_pointer_number(ts, invoke, "CharSet") == Some(UNICODE))
    }
}

/// What `[UnmanagedFunctionPointer]` of a delegate type says.
pub(super) fn function_pointer_number(ts: &TypeSystem, invoke: MethodDesc, argument: &str) -> Option<i64> {
    ts.attribute_number(ts.method_owner(invoke), "System.Runtime.InteropServices.UnmanagedFunctionPointerAttribute", argument)
}

/// How a parameter crosses, counted from 1; 0 is the result. `None`: not at all.
pub(super) fn crossing(ts: &TypeSystem, m: MethodDesc, sig: &MethodSig, number: usize, rules: Rules) -> Option<Crossing> {
    let declared = ts.param_marshal(m, number);
    let t = number.checked_sub(1).map_or(Some(sig.ret), |i| sig.params.get(i).copied())?;
    let TypeKind::ByRef(e) = ts.kind(t) else {
        if number != 0 && is_layout_class(ts, t) {
            return structure(ts, t, &declared, true);
        }
        let how = value(ts, t, &declared, rules)?;
        // Nobody knows how long a vector or buffer is that native code returns.
        return (number != 0 || !matches!(how, Crossing::Vector | Crossing::Data | Crossing::Builder { .. })).then_some(how);
    };
    if number == 0 {
        return None;
    }
    if !rules.as_is && ts.type_class(e) == TypeClass::Struct {
        return structure(ts, e, &declared, false);
    }
    // A number is at its own address; so is a type that is not known.
    if ts.type_class(e) != TypeClass::Ref && is_same(ts, e, &declared, rules) {
        return Some(Crossing::Same);
    }
    let how = Box::new(value(ts, e, &declared, rules)?);
    let (there, back) = declared.ways();
    let crosses = match *how {
        Crossing::Vector | Crossing::Builder { .. } => false,
        // Native code makes a new one; one that it gets must not be closed while it has it.
        Crossing::Handle => !there,
        _ => true,
    };
    crosses.then_some(Crossing::Reference { of: e, how, there, back })
}

/// A structure by its address; where its bytes are the same on both sides, that of the managed one.
fn structure(ts: &TypeSystem, t: TypeDesc, declared: &ParamMarshal, class: bool) -> Option<Crossing> {
    // What .NET knows by name, and generic code of the class library, is passed as it is.
    let Ok(form) = ts.native_form(t) else { return (!class && !ts.contains_refs(t)).then_some(Crossing::Same) };
    if form.is_blittable() {
        return Some(if class { Crossing::Data } else { Crossing::Same });
    }
    let (there, back) = declared.ways();
    // Classes come back only if that is asked for; and pointers are to what is there.
    let back = if class { declared.is_out } else { back };
    Some(Crossing::Structure { of: t, size: form.size, class, there, back })
}

fn is_layout_class(ts: &TypeSystem, t: TypeDesc) -> bool {
    ts.type_class(t) == TypeClass::Ref && !ts.is_interface(t) && ts.type_args(t).is_empty() && ts.native_form(t).is_ok()
}

fn is_same(ts: &TypeSystem, t: TypeDesc, declared: &ParamMarshal, rules: Rules) -> bool {
    value(ts, t, declared, rules) == Some(Crossing::Same)
}

fn value(ts: &TypeSystem, t: TypeDesc, declared: &ParamMarshal, rules: Rules) -> Option<Crossing> {
    let spec = declared.descriptor.as_deref().and_then(|blob| MarshalSpec::parse(blob).ok());
    let native = match spec {
        Some(MarshalSpec::Simple(native)) => Some(native),
        _ => None,
    };
    match ts.type_class(t) {
        TypeClass::Prim(Prim::Bool) if !rules.as_is => match native {
            None | Some(n::BOOLEAN) => Some(Crossing::Bool(WellKnown::Int32, 1)),
            Some(n::I1 | n::U1) => Some(Crossing::Bool(WellKnown::Byte, 1)),
            Some(n::VARIANT_BOOL) => Some(Crossing::Bool(WellKnown::Int16, -1)),
            Some(_) => None,
        },
        TypeClass::Prim(Prim::Char) if !rules.as_is => match native {
            None if rules.unicode => Some(Crossing::Same),
            Some(n::I2 | n::U2) => Some(Crossing::Same),
            None | Some(n::I1 | n::U1) => Some(Crossing::Char),
            Some(_) => None,
        },
        TypeClass::Ref => object(ts, t, native, rules),
        // By value only what has the same bytes.
        TypeClass::Struct if !rules.as_is && ts.native_form(t).is_ok_and(|form| !form.is_blittable()) => None,
        _ => Some(Crossing::Same),
    }
}

fn object(ts: &TypeSystem, t: TypeDesc, native: Option<u8>, rules: Rules) -> Option<Crossing> {
    let wide = match native {
        None => rules.unicode,
        Some(n::LPWSTR) => true,
        Some(n::LPSTR | n::LPTSTR | n::LPUTF8STR | n::FUNC) => false,
        Some(_) => return None,
    };
    if ts.is_well_known(t, WellKnown::String) {
        return Some(Crossing::Text { wide });
    }
    if ts.is_derived_from_safe_handle(t) {
        return Some(Crossing::Handle);
    }
    if ts.find_type(ts.corelib(), "System.Text", "StringBuilder") == Some(t) {
        return Some(Crossing::Builder { wide });
    }
    if let TypeKind::SzArray(e) = ts.kind(t) {
        return is_blittable(ts, e).then_some(Crossing::Vector);
    }
    // .NET has no native form of generic delegates.
    ts.delegate_invoke(t).filter(|_| ts.is_delegate(t) && ts.type_args(t).is_empty()).map(Crossing::Delegate)
}

/// A number, or a struct of such.
fn is_blittable(ts: &TypeSystem, t: TypeDesc) -> bool {
    match rep(ts, t) {
        Ok(Rep::Scalar(k)) => k != Kind::Ref,
        Ok(Rep::Struct) => !ts.contains_refs(t),
        Ok(Rep::Void) | Err(_) => false,
    }
}

/// The type that stands for a parameter of type `t` in the C function's signature.
pub(super) fn native_type(ts: &TypeSystem, t: TypeDesc, how: &Crossing) -> TypeDesc {
    match how {
        Crossing::Same => t,
        Crossing::Bool(native, _) => ts.well_known(*native),
        Crossing::Char => ts.well_known(WellKnown::Byte),
        _ => ts.well_known(WellKnown::IntPtr),
    }
}

/// The crossings of a signature: of its parameters, and of its result.
pub(super) fn signature(ts: &TypeSystem, m: MethodDesc, sig: &MethodSig, rules: Rules) -> Result<(Vec<Crossing>, Crossing), LowerError> {
    let one = |number| crossing(ts, m, sig, number, rules).ok_or_else(|| refused(ts, m));
    Ok(((1..=sig.params.len()).map(one).collect::<Result<_, _>>()?, one(0)?))
}

/// The C function's signature.
pub(super) fn native_signature(ts: &TypeSystem, sig: &MethodSig, params: &[Crossing], result: &Crossing) -> MethodSig {
    let params = sig.params.iter().zip(params).map(|(&t, how)| native_type(ts, t, how)).collect();
    MethodSig { has_this: false, ret: native_type(ts, sig.ret, result), params, ..sig.clone() }
}

pub(super) fn refused(ts: &TypeSystem, m: MethodDesc) -> LowerError {
    LowerError::Unsupported(format!("{} needs marshalling that is not supported", ts.method_display(m)))
}

/// Whether native code can call delegates of a type, and these can call native code: C functions for both are made then.
pub fn delegate_crosses(ts: &TypeSystem, t: TypeDesc) -> Option<MethodDesc> {
    if !ts.is_delegate(t) || !ts.type_args(t).is_empty() || ts.contains_vars(t) {
        return None;
    }
    let invoke = ts.delegate_invoke(t)?;
    let sig = ts.method_sig(invoke).ok()?;
    let (params, result) = signature(ts, invoke, &sig, Rules::of_delegate(ts, invoke)).ok()?;
    let by_value = |t: TypeDesc| matches!(ts.kind(t), TypeKind::ByRef(_)) || is_blittable(ts, t);
    let both = |t: TypeDesc, how: &Crossing| match how {
        Crossing::Same => by_value(t),
        Crossing::Bool(..) | Crossing::Char | Crossing::Text { .. } | Crossing::Delegate(_) => true,
        Crossing::Reference { how, .. } => **how != Crossing::Handle,
        Crossing::Handle | Crossing::Builder { .. } | Crossing::Vector | Crossing::Data | Crossing::Structure { .. } => false,
    };
    let returns = ts.is_well_known(sig.ret, WellKnown::Void) || both(sig.ret, &result);
    (returns && sig.params.iter().zip(&params).all(|(&t, how)| both(t, how))).then_some(invoke)
}
