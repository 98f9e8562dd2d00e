//! What dictionaries hold where generic recursion is cut off (contract §6): records whose use throws.
//!
//! Shared code reads slots without asking whether there is something in them. So there is: in the place of a type a MethodTable that
//! cannot be allocated or asked for its type object, in the place of code a stub that throws, in the place of a dictionary one
//! of the same layout that is filled like this. One of each stands for all instantiations of a canonical form beyond the limit.

use crate::image::{Image, Place};
use crate::record::{Address, Record};
use kiln_abi::dispatch::MethodDictionaryFields;
use kiln_abi::element_type;
use kiln_abi::method_table::{BEYOND_BASE_SIZE, MethodTableFields, flags};
use kiln_analysis::generics::beyond;
use kiln_lir::{Lookup, LookupCtx, Sym};
use kiln_support::FxIndexSet;
use kiln_typesys::{MethodDesc, TypeDesc, VtableEntry};

/// The records that something refers to; both sets only grow.
#[derive(Default)]
pub(crate) struct Beyond {
    types: FxIndexSet<TypeDesc>,
    methods: FxIndexSet<MethodDesc>,
}

impl Image<'_> {
    /// What stands for the thing that a lookup does not find.
    pub(crate) fn beyond(&mut self, l: &Lookup) -> Address {
        match *l {
            Lookup::TypeHandle(t) | Lookup::NecessaryTypeHandle(t) => {
                let t = self.ts.canonical_type(t);
                self.beyond.types.insert(t);
                type_name(self, t).into()
            }
            Lookup::MethodDictionary(m) => {
                let m = self.ts.canonical_method(m);
                self.beyond.methods.insert(m);
                method_name(self, m).into()
            }
            Lookup::MethodEntry(_) | Lookup::UnboxingEntry(_) | Lookup::ConstrainedEntry(..) => self.code(&beyond()).into(),
            // Used through an address: at null, a fault that throws.
            _ => Address::NULL,
        }
    }
}

fn type_name(image: &Image<'_>, t: TypeDesc) -> String {
    format!("beyond:{}", image.ts.type_name(t))
}

fn method_name(image: &Image<'_>, m: MethodDesc) -> String {
    format!("beyond:{}", image.name(&Sym::MethodDictionary(m)))
}

/// Emits the records that dictionaries refer to, and those that these refer to.
pub(crate) fn emit(image: &mut Image<'_>) {
    let (mut types, mut methods) = (0, 0);
    loop {
        if let Some(&t) = image.beyond.types.get_index(types) {
            types += 1;
            method_table(image, t);
        } else if let Some(&m) = image.beyond.methods.get_index(methods) {
            methods += 1;
            method_dictionary(image, m);
        } else {
            return;
        }
    }
}

/// Null as the type object and name, and a size that nobody has.
fn method_table(image: &mut Image<'_>, t: TypeDesc) {
    let name = type_name(image, t);
    let vtable = image.ts.vtable(t).map(|v| v.to_vec()).unwrap_or_default();
    let mut r = Record::of(MethodTableFields {
        flags: if image.ts.is_interface(t) { flags::CATEGORY_INTERFACE } else { 0 },
        base_size: BEYOND_BASE_SIZE,
        cor_element_type: element_type::CLASS,
        kind_flags: 0,
        num_virtuals: u16::try_from(vtable.len()).unwrap_or(u16::MAX),
        origin: 0,
        interface_count: 0,
        parent: Address::NULL,
        type_info: Address::NULL,
        aux: Address::NULL,
        gc_layout: Address::NULL,
        element_type: Address::NULL,
        interface_map: Address::NULL,
        dispatch_map: Address::NULL,
        finalizer: Address::NULL,
    });
    for e in vtable {
        match e {
            // There are no objects to call it on.
            VtableEntry::Method(_) => r.pointer(Address::NULL),
            VtableEntry::Dictionary(owner) => {
                let dictionary = format!("{name}:{}", image.ts.type_name(owner));
                let context = LookupCtx::Type(image.ts.canonical_type(owner));
                let slots = slots(image, &context, Record::default());
                image.constant(&dictionary, "dictionary", 8, slots);
                r.pointer(dictionary);
            }
        }
    }
    image.define(&name, "type", Place::RelRo, 8, r);
}

fn method_dictionary(image: &mut Image<'_>, m: MethodDesc) {
    let owner = image.method_table(image.ts.method_owner(m));
    let name = method_name(image, m);
    let r = Record::of(MethodDictionaryFields { owner: owner.into(), slots: [] });
    let r = slots(image, &LookupCtx::Method(m), r);
    image.constant(&name, "dictionary", 8, r);
}

fn slots(image: &mut Image<'_>, context: &LookupCtx, mut r: Record) -> Record {
    let program = image.program;
    for l in program.layouts.get(context).into_iter().flatten() {
        let address = image.beyond(l);
        r.pointer(address);
    }
    // An empty dictionary still has an address.
    if r.len() == 0 {
        r.pointer(Address::NULL);
    }
    r
}
