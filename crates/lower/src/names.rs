//! Link names of symbols: unique, stable across programs. The same function names definitions and references.

use crate::abi::hidden_of;
use kiln_lir::{Lookup, LookupCtx, Sym};
use kiln_support::{ContentHash, ContentHasher};
use kiln_typesys::{FieldDesc, HiddenParam, MethodDesc, TypeSystem};

/// The symbol of a method's plain-signature entry: its code, or an instantiating stub when the code takes a hidden parameter.
pub fn method_entry(ts: &TypeSystem, m: MethodDesc) -> Sym {
    if hidden_of(ts, m) == HiddenParam::None { Sym::Method(ts.canonical_method(m)) } else { Sym::MethodEntry(m) }
}

/// The symbol of the entry that takes a boxed `this`. Shared value-type methods have one per canonical form: the box knows its type.
pub fn unboxing_entry(ts: &TypeSystem, m: MethodDesc) -> Sym {
    if hidden_of(ts, m) == HiddenParam::MethodDictionary { Sym::UnboxingStub(m) } else { Sym::UnboxingStub(ts.canonical_method(m)) }
}

/// Link name of a symbol.
pub fn sym_name(ts: &TypeSystem, s: &Sym) -> String {
    match s {
        Sym::Method(m) => code_name(ts, *m),
        Sym::MethodEntry(m) => match method_entry(ts, *m) {
            Sym::Method(c) => code_name(ts, c),
            _ => format!("entry:{}", ts.method_name_full(*m)),
        },
        Sym::UnboxingStub(m) => format!("unbox:{}", ts.method_name_full(*m)),
        Sym::ConstructedType(t) | Sym::NecessaryType(t) => format!("mt:{}", ts.type_name(*t)),
        Sym::Statics(t) => format!("statics:{}", ts.type_name(*t)),
        Sym::ThreadStatics(t) => format!("tls:{}", ts.type_name(*t)),
        Sym::StringLiteral(s) => string_name(s),
        Sym::DispatchCell(m) => format!("cell:{}", ts.method_name_full(*m)),
        Sym::MethodDictionary(m) => format!("dict:{}", ts.method_name_full(*m)),
        Sym::DictSlotOffset(c, l) => format!("slot:{}:{}", ctx_name(ts, c), lookup_name(ts, l)),
        Sym::GvmHandle(m) => format!("gvm:{}", ts.method_name_full(*m)),
        Sym::FieldHandle(f) => format!("fh:{}", field_name(ts, *f)),
        Sym::MethodHandle(m) => format!("mh:{}", ts.method_name_full(*m)),
        Sym::NativeForm(t) => format!("form:{}", ts.type_name(*t)),
        Sym::FieldRva(f) => format!("rva:{}", field_name(ts, *f)),
        Sym::DelegateShuffle(m) => format!("shuffle:{}", ts.method_name_full(*m)),
        Sym::DelegateMulticast(m) => format!("multicast:{}", ts.method_name_full(*m)),
        Sym::UnmanagedEntry(m) => format!("unmanaged:{}", ts.method_name_full(*m)),
        Sym::DelegateEntry(m) => format!("callback:{}", ts.method_name_full(*m)),
        Sym::DelegateNative(m) => format!("native:{}", ts.method_name_full(*m)),
        Sym::VirtualCall(m) => format!("virtual:{}", ts.method_name_full(*m)),
        Sym::DelegateObjects(t) => format!("objects:{}", ts.type_name(*t)),
        Sym::ProxyMethod(t) => format!("proxy:{}", ts.type_name(*t)),
        Sym::Invoker(t) => format!("invoke:{}", ts.type_name(*t)),
        Sym::Filter(m, i) => format!("filter:{i}:{}", ts.method_name_full(*m)),
        Sym::Version(m, set) => format!("version:{:x}:{}", set.0, code_name(ts, *m)),
        Sym::Helper(h) => h.name().to_owned(),
        Sym::Native(native) => native.0.clone(),
        Sym::ThrowStub(t) => format!("throw:{}", of_content(t.as_bytes())),
        Sym::ProgramStub(stub) => format!("program:{}", stub.name()),
        Sym::CString(t) => format!("cstr:{}", of_content(t.as_bytes())),
        Sym::PInvokeCell(cell) => format!("pinvoke:{}!{}", cell.0, cell.1),
    }
}

/// The runtime's function has the plain name of an internal call; code that the compiler makes for it has another.
fn code_name(ts: &TypeSystem, m: MethodDesc) -> String {
    let name = ts.method_name_full(m);
    if ts.is_internal_call(m) { format!("managed:{name}") } else { name }
}

fn string_name(s: &[u16]) -> String {
    let bytes: Vec<u8> = s.iter().flat_map(|u| u.to_le_bytes()).collect();
    format!("str:{}", of_content(&bytes))
}

/// What has no name is named by its content: equal contents are one symbol.
fn of_content(bytes: &[u8]) -> ContentHash {
    ContentHasher::new("symbol").update(bytes).finish()
}

fn field_name(ts: &TypeSystem, f: FieldDesc) -> String {
    format!("{}::{}", ts.type_name(ts.field_owner(f)), ts.field_name(f))
}

fn ctx_name(ts: &TypeSystem, c: &LookupCtx) -> String {
    match c {
        LookupCtx::Type(t) => ts.type_name(*t),
        LookupCtx::Method(m) => ts.method_name_full(*m),
    }
}

fn lookup_name(ts: &TypeSystem, l: &Lookup) -> String {
    match l {
        Lookup::TypeHandle(t) => format!("type:{}", ts.type_name(*t)),
        Lookup::NecessaryTypeHandle(t) => format!("ntype:{}", ts.type_name(*t)),
        Lookup::MethodDictionary(m) => format!("dict:{}", ts.method_name_full(*m)),
        Lookup::MethodEntry(m) => format!("entry:{}", ts.method_name_full(*m)),
        Lookup::UnboxingEntry(m) => format!("unbox:{}", ts.method_name_full(*m)),
        Lookup::Statics(t) => format!("statics:{}", ts.type_name(*t)),
        Lookup::ThreadStatics(t) => format!("tls:{}", ts.type_name(*t)),
        Lookup::DispatchCell(m) => format!("cell:{}", ts.method_name_full(*m)),
        Lookup::GvmHandle(m) => format!("gvm:{}", ts.method_name_full(*m)),
        Lookup::DefaultEqualityComparer(t) => format!("eq:{}", ts.type_name(*t)),
        Lookup::DefaultComparer(t) => format!("cmp:{}", ts.type_name(*t)),
        Lookup::FieldHandle(f) => format!("fh:{}", field_name(ts, *f)),
        Lookup::MethodHandle(m) => format!("mh:{}", ts.method_name_full(*m)),
        Lookup::ConstrainedEntry(t, m) => format!("con:{}:{}", ts.type_name(*t), ts.method_name_full(*m)),
    }
}
