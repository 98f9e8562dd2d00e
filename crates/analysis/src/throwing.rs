//! Functions that only report: bodies of methods that do not compile, natives that nobody implements.

use kiln_abi::absent;
use kiln_abi::helpers::{Helper, throw_kind};
use kiln_lir::{BlockData, Call, CallFlags, CallTarget, Function, Inst, LTy, Results, Sym, Term, ValueId};
use kiln_lower::sym_name;
use kiln_typesys::TypeSystem;

fn function(ts: &TypeSystem, sym: Sym, name: String, helper: Helper, kind: Option<i32>, text: &str) -> Function {
    let text = Sym::CString(text.to_owned());
    let mut value_types = Vec::new();
    let mut insts = Vec::new();
    let (mut args, mut params) = (Vec::new(), Vec::new());
    let mut value = |inst: Inst, ty: LTy| {
        let v = ValueId::new(value_types.len());
        value_types.push(ty);
        insts.push((Results::new(&[v]).unwrap_or(Results::NONE), inst));
        args.push(v);
        params.push(ty);
    };
    if let Some(k) = kind {
        value(Inst::IConst(LTy::I32, i64::from(k)), LTy::I32);
    }
    value(Inst::SymAddr(text.clone(), 0), LTy::Ptr);
    let helper = Sym::Helper(helper);
    let flags = CallFlags { noreturn: true, ..CallFlags::default() };
    let call = Call { target: CallTarget::Direct(helper.clone()), params, ret: LTy::Void, args, flags, unwind: None };
    insts.push((Results::NONE, Inst::Call(Box::new(call))));
    Function {
        sym,
        name,
        params: Vec::new(),
        ret: LTy::Void,
        slots: Vec::new(),
        blocks: vec![BlockData { params: Vec::new(), landing_pad: None, insts, term: Term::Unreachable, cold: true }],
        scopes: Vec::new(),
        value_types,
        sret: false,
        context: false,
        needs: Default::default(),
        once: false,
        sym_names: [text, helper].into_iter().map(|s| (s.clone(), sym_name(ts, &s))).collect(),
        deps: Vec::new(),
        origins: Vec::new(),
        source: None,
    }
}

/// Throws through `RhpThrowHelper`. It has no parameters whatever it stands for: callers pass theirs in registers and in memory of
/// their own, so nothing is left behind.
#[must_use]
pub fn throw_function(ts: &TypeSystem, sym: Sym, name: String, kind: i32, text: &str) -> Function {
    function(ts, sym, name, Helper::RhpThrowHelper, Some(kind), text)
}

/// Stands for a native that the runtime does not define, with the text that the function refers to: one that cannot be there
/// (`kiln_abi::absent`) is not supported on this platform; another throws what .NET throws for a function that its library lacks (contract §10).
#[must_use]
pub fn missing_native(ts: &TypeSystem, name: &str, library: &str) -> (Function, String) {
    let sym = Sym::native(name, library);
    let library = if library.is_empty() || library == "QCall" { "Kiln's runtime" } else { library };
    let (kind, text) = match absent::reason(name) {
        Some(reason) => (throw_kind::PLATFORM_NOT_SUPPORTED, format!("'{name}' is not available: {}.", reason.text())),
        None => (
            throw_kind::ENTRY_POINT_NOT_FOUND,
            format!("Unable to find an entry point named '{name}' in {library}: it is not implemented."),
        ),
    };
    (throw_function(ts, sym, name.to_owned(), kind, &text), text)
}
