//! Signatures and slots of templates, as blobs (`abi::templates`).

use crate::LinkName;
use crate::image::Image;
use crate::record::Record;
use crate::reflection::encode_type;
use kiln_abi::templates::slot;
use kiln_analysis::generics::beyond;
use kiln_lir::{Lookup, Sym};
use kiln_lower::method_entry;
use kiln_lower::names::unboxing_entry;
use kiln_support::FxIndexSet;
use kiln_typesys::{HiddenParam, MethodDesc, TypeDesc, TypeKind, TypeSystem};

/// What the blobs name, while they are written.
pub(super) struct Encoder<'i, 'a> {
    pub image: &'i mut Image<'a>,
    pub pool: FxIndexSet<TypeDesc>,
    pub addresses: FxIndexSet<LinkName>,
    pub methods: FxIndexSet<MethodDesc>,
    pub blobs: Vec<u8>,
}

/// A type over variables in the place of what only run time determines.
pub(super) fn over_variables(ts: &TypeSystem, t: TypeDesc) -> TypeDesc {
    if !ts.is_runtime_determined(t) {
        return t;
    }
    match ts.kind(t) {
        TypeKind::RuntimeDetermined { var, .. } => var,
        TypeKind::Def { module, def, args } => {
            let args = args.iter().map(|&a| over_variables(ts, a)).collect();
            ts.intern(TypeKind::Def { module, def, args })
        }
        TypeKind::SzArray(e) => ts.sz_array(over_variables(ts, e)),
        TypeKind::MdArray(e, rank) => ts.md_array(over_variables(ts, e), rank),
        TypeKind::ByRef(e) => ts.byref(over_variables(ts, e)),
        TypeKind::Ptr(e) => ts.ptr(over_variables(ts, e)),
        _ => t,
    }
}

impl<'i, 'a> Encoder<'i, 'a> {
    pub fn new(image: &'i mut Image<'a>) -> Self {
        // Offset 0 is "none".
        let blobs = vec![0];
        Self { image, pool: FxIndexSet::default(), addresses: FxIndexSet::default(), methods: FxIndexSet::default(), blobs }
    }

    /// Stores a blob; where it begins.
    pub fn blob(&mut self, blob: Record) -> u32 {
        let at = self.blobs.len() as u32;
        self.blobs.extend(blob.into_parts().0);
        at
    }

    /// A type.
    pub fn ty(&mut self, t: TypeDesc, out: &mut Record) {
        let t = over_variables(self.image.ts, t);
        encode_type(self.image.ts, &mut self.pool, t, out);
    }

    /// Index of a canonical method.
    pub fn method_index(&mut self, m: MethodDesc) -> u32 {
        self.methods.insert_full(m).0 as u32
    }

    fn address(&mut self, symbol: LinkName, out: &mut Record) {
        let (index, _) = self.addresses.insert_full(symbol);
        out.items::<u32>([index as u32]);
    }

    fn method(&mut self, m: MethodDesc, out: &mut Record) {
        let ts = self.image.ts;
        let index = self.method_index(ts.canonical_method(m));
        out.items::<u32>([index]);
        self.ty(ts.method_owner(m), out);
        self.arguments(m, out);
    }

    fn arguments(&mut self, m: MethodDesc, out: &mut Record) {
        let arguments = self.image.ts.method_args(m);
        out.items::<u8>([arguments.len() as u8]);
        for &a in arguments.iter() {
            self.ty(a, out);
        }
    }

    /// The arguments of a method, as a blob.
    pub fn arguments_alone(&mut self, m: MethodDesc) -> u32 {
        let mut blob = Record::default();
        self.arguments(m, &mut blob);
        self.blob(blob)
    }

    /// Code as it is.
    pub fn code(&mut self, s: &Sym, out: &mut Record) {
        out.items::<u8>([slot::CODE]);
        let code = self.image.code(s);
        self.address(code, out);
    }

    /// The plain-signature entry of a method.
    pub fn entry(&mut self, m: MethodDesc, out: &mut Record) {
        let ts = self.image.ts;
        let canonical = ts.canonical_method(m);
        let entry = method_entry(ts, canonical);
        if !matches!(entry, Sym::MethodEntry(_)) {
            return self.code(&entry, out);
        }
        let code = self.image.code(&entry);
        if ts.hidden_param(canonical) == HiddenParam::MethodTable {
            out.items::<u8>([slot::CODE_OF_TYPE]);
            self.address(code, out);
            return self.ty(ts.method_owner(m), out);
        }
        out.items::<u8>([slot::CODE_OF_METHOD]);
        self.address(code, out);
        self.method(m, out);
    }

    /// The slots of a dictionary, as a blob.
    pub fn slots(&mut self, layout: Option<&FxIndexSet<Lookup>>) -> u32 {
        let mut blob = Record::array::<u16>([layout.map_or(0, FxIndexSet::len) as u16]);
        for l in layout.into_iter().flatten() {
            self.slot(l, &mut blob);
        }
        self.blob(blob)
    }

    /// A constrained call on a value type that is itself a parameter. What its arguments are the parameters do not say (`TEnumerator` of a class with
    /// `TElement`): over `__Canon` they meet, and code of the canonical form gets the parameter's table.
    fn constrained(&mut self, t: TypeDesc, m: MethodDesc, out: &mut Record) {
        let ts = self.image.ts;
        let (on, called) = (ts.canonical_type(t), ts.canonical_method(m));
        let found = if ts.is_static_method(m) { ts.resolve_static_virtual(called, on) } else { ts.resolve_constrained(called, on) };
        match found.filter(|&f| ts.method_owner(f) == on && ts.method_args(f).is_empty()) {
            Some(f) if ts.hidden_param(f) == HiddenParam::MethodTable => {
                let code = self.image.code(&method_entry(ts, f));
                out.items::<u8>([slot::CODE_OF_TYPE]);
                self.address(code, out);
                self.ty(t, out);
            }
            Some(f) if ts.hidden_param(f) == HiddenParam::None => self.code(&method_entry(ts, f), out),
            _ => self.code(&beyond(), out),
        }
    }

    fn slot(&mut self, l: &Lookup, out: &mut Record) {
        let ts = self.image.ts;
        let kind = |out: &mut Record, k: u8| out.items::<u8>([k]);
        match *l {
            Lookup::TypeHandle(t) | Lookup::NecessaryTypeHandle(t) => {
                kind(out, slot::TYPE);
                self.ty(t, out);
            }
            Lookup::Statics(t) => {
                kind(out, slot::STATICS);
                self.ty(t, out);
            }
            Lookup::ThreadStatics(t) => {
                kind(out, slot::THREAD_STATICS);
                self.ty(t, out);
            }
            Lookup::DefaultEqualityComparer(t) => {
                kind(out, slot::EQUALITY_COMPARER);
                self.ty(t, out);
            }
            Lookup::DefaultComparer(t) => {
                kind(out, slot::COMPARER);
                self.ty(t, out);
            }
            Lookup::MethodDictionary(m) => {
                kind(out, slot::DICTIONARY);
                self.method(m, out);
            }
            Lookup::MethodEntry(m) => self.entry(m, out),
            Lookup::UnboxingEntry(m) => match unboxing_entry(ts, ts.canonical_method(m)) {
                s @ Sym::UnboxingStub(c) if ts.is_shared_method(c) && ts.hidden_param(c) == HiddenParam::MethodDictionary => {
                    kind(out, slot::CODE_OF_METHOD);
                    let code = self.image.code(&s);
                    self.address(code, out);
                    self.method(m, out);
                }
                s => self.code(&s, out),
            },
            Lookup::DispatchCell(m) => {
                kind(out, slot::CELL);
                self.ty(ts.method_owner(m), out);
                out.items::<u16>([ts.interface_slot(m) as u16]);
            }
            Lookup::GvmHandle(m) => {
                let handle = ts.canonical_method(m);
                if !self.image.program.gvm_handles.contains(&handle) {
                    return kind(out, slot::NONE);
                }
                kind(out, slot::GENERIC_VIRTUAL);
                let name = self.image.name(&Sym::GvmHandle(handle));
                self.address(name, out);
                self.ty(ts.method_owner(m), out);
                self.arguments(m, out);
            }
            Lookup::FieldHandle(f) => {
                kind(out, slot::MEMBER);
                self.ty(ts.field_owner(f), out);
                out.items::<u32>([ts.field_def(f).1.token().0]);
                out.items::<u8>([0]);
            }
            Lookup::MethodHandle(m) => {
                kind(out, slot::MEMBER);
                self.ty(ts.method_owner(m), out);
                out.items::<u32>([ts.method_def(m).map_or(0, |(_, d)| d.token().0)]);
                self.arguments(m, out);
            }
            Lookup::ConstrainedEntry(t, m) => {
                let found = if ts.is_static_method(m) { ts.resolve_static_virtual(m, t) } else { ts.resolve_constrained(m, t) };
                match found {
                    Some(found) => self.entry(found, out),
                    None => self.constrained(t, m, out),
                }
            }
        }
    }
}
