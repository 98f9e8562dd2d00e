//! From a symbol's kind and link name back to the symbol.

use crate::function::Function;
use crate::sym::{Lookup, LookupCtx, ProgramStub, Sym, SymKind};
use kiln_abi::helpers::Helper;
use kiln_simd::IsaSet;
use kiln_support::FxHashMap;
use kiln_typesys::{FieldDesc, MethodDesc, TypeDesc};

/// Finds symbols by what the text says of them.
pub trait Resolve {
    /// The symbol of a kind and link name.
    fn sym(&mut self, kind: SymKind, name: &str) -> Option<Sym>;
}

/// The symbols that some functions name: reads the text of these functions back to the very same.
#[derive(Clone, Default, Debug)]
pub struct Names(FxHashMap<(SymKind, String), Sym>);

impl Names {
    /// What these functions are and name.
    #[must_use]
    pub fn of<'a>(functions: impl IntoIterator<Item = &'a Function>) -> Self {
        let mut names = FxHashMap::default();
        for f in functions {
            for (sym, name) in
                f.sym_names.iter().map(|(s, n)| (s, n)).chain([(&f.sym, &f.name)]).chain(f.scopes.iter().map(|s| (&s.callee, &s.name)))
            {
                names.insert((sym.kind(), name.clone()), sym.clone());
            }
        }
        Self(names)
    }
}

impl Resolve for Names {
    fn sym(&mut self, kind: SymKind, name: &str) -> Option<Sym> {
        self.0.get(&(kind, name.to_owned())).cloned().or_else(|| by_name(kind, name))
    }
}

/// Symbols for a text that stands alone: every type, method and field is a number, the same for the same kind and name. Code generation
/// asks for no more.
#[derive(Clone, Default, Debug)]
pub struct Numbered(FxHashMap<(SymKind, String), Sym>);

impl Resolve for Numbered {
    fn sym(&mut self, kind: SymKind, name: &str) -> Option<Sym> {
        let next = self.0.len();
        let key = (kind, name.to_owned());
        if let Some(sym) = self.0.get(&key) {
            return Some(sym.clone());
        }
        let sym = by_name(kind, name).or_else(|| numbered(kind, next))?;
        self.0.insert(key, sym.clone());
        Some(sym)
    }
}

/// Symbols that are no more than a name.
fn by_name(kind: SymKind, name: &str) -> Option<Sym> {
    Some(match kind {
        SymKind::Helper => Sym::Helper(Helper::find(name)?),
        SymKind::Native => Sym::native(name, ""),
        SymKind::ProgramStub => Sym::ProgramStub(ProgramStub::find(name.strip_prefix("program:")?)?),
        SymKind::StringLiteral => Sym::StringLiteral(name.encode_utf16().collect()),
        SymKind::ThrowStub => Sym::ThrowStub(name.to_owned()),
        SymKind::CString => Sym::CString(name.to_owned()),
        SymKind::PInvokeCell => Sym::pinvoke_cell("", name),
        _ => return None,
    })
}

/// Symbols of a type, method or field.
fn numbered(kind: SymKind, number: usize) -> Option<Sym> {
    let (ty, method, field) = (TypeDesc::new(number), MethodDesc::new(number), FieldDesc::new(number));
    Some(match kind {
        SymKind::Method => Sym::Method(method),
        SymKind::MethodEntry => Sym::MethodEntry(method),
        SymKind::UnboxingStub => Sym::UnboxingStub(method),
        SymKind::ConstructedType => Sym::ConstructedType(ty),
        SymKind::NecessaryType => Sym::NecessaryType(ty),
        SymKind::Statics => Sym::Statics(ty),
        SymKind::ThreadStatics => Sym::ThreadStatics(ty),
        SymKind::DispatchCell => Sym::DispatchCell(method),
        SymKind::MethodDictionary => Sym::MethodDictionary(method),
        SymKind::DictSlotOffset => Sym::DictSlotOffset(LookupCtx::Type(ty), Lookup::TypeHandle(ty)),
        SymKind::GvmHandle => Sym::GvmHandle(method),
        SymKind::FieldHandle => Sym::FieldHandle(field),
        SymKind::MethodHandle => Sym::MethodHandle(method),
        SymKind::NativeForm => Sym::NativeForm(ty),
        SymKind::FieldRva => Sym::FieldRva(field),
        SymKind::DelegateShuffle => Sym::DelegateShuffle(method),
        SymKind::DelegateMulticast => Sym::DelegateMulticast(method),
        SymKind::VirtualCall => Sym::VirtualCall(method),
        SymKind::UnmanagedEntry => Sym::UnmanagedEntry(method),
        SymKind::DelegateEntry => Sym::DelegateEntry(method),
        SymKind::DelegateNative => Sym::DelegateNative(method),
        SymKind::Invoker => Sym::Invoker(ty),
        SymKind::DelegateObjects => Sym::DelegateObjects(ty),
        SymKind::ProxyMethod => Sym::ProxyMethod(ty),
        SymKind::Filter => Sym::Filter(method, 0),
        SymKind::Version => Sym::Version(method, IsaSet::EMPTY),
        // A name that is none: there is no such helper or stub.
        SymKind::Helper
        | SymKind::Native
        | SymKind::ProgramStub
        | SymKind::StringLiteral
        | SymKind::ThrowStub
        | SymKind::CString
        | SymKind::PInvokeCell => return None,
    })
}
