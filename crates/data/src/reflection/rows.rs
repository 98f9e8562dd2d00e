//! The rows of one module (`abi::reflection`), collected type by type.
//!
//! Tables of compressed images are in the order of their owners (II.22), so members come out sorted by token; the others are sorted here.

use super::signatures::{Pool, encode_method, encode_type};
use kiln_abi::reflection::{self as abi, NONE, Range, table};
use kiln_metadata::flags::method_semantics as ms;
use kiln_metadata::{
    ConstantRow, CustomAttributeType, HasConstant, HasCustomAttribute, HasSemantics, MethodDefId, Module, TypeDefId, TypeOrMethodDef,
};
use kiln_support::{FxHashMap, FxIndexSet};
use kiln_typesys::{GenericArgs, MethodDesc, MethodSig, ModuleId, TypeDesc, TypeSystem};
use std::sync::Arc;

/// What the module's record is made of.
pub(super) struct Finished {
    /// Names and blobs.
    pub heap: Vec<u8>,
    /// Types of signatures.
    pub pool: Vec<TypeDesc>,
    /// Bytes and row size, by `table`.
    pub tables: Vec<(Vec<u8>, u32)>,
}

/// The rows under construction.
pub(super) struct ModuleRows<'a> {
    ts: &'a TypeSystem,
    module: ModuleId,
    metadata: Arc<Module>,
    heap: Vec<u8>,
    known: FxHashMap<Vec<u8>, u32>,
    pool: Pool,
    types: Vec<u8>,
    methods: Vec<u8>,
    fields: Vec<u8>,
    params: Vec<u8>,
    properties: Vec<u8>,
    events: Vec<u8>,
    generic_params: Vec<[u32; 5]>,
    attributes: Vec<[u32; 4]>,
    member_refs: FxIndexSet<[u32; 4]>,
}

fn words(to: &mut Vec<u8>, words: &[u32]) {
    for w in words {
        to.extend(w.to_le_bytes());
    }
}

/// Number of rows in a buffer.
fn count<T>(rows: &[u8]) -> u32 {
    (rows.len() / size_of::<T>()) as u32
}

fn range<T>(first: u32, rows: &[u8]) -> Range {
    Range { first, count: count::<T>(rows) - first }
}

impl<'a> ModuleRows<'a> {
    pub fn new(ts: &'a TypeSystem, module: ModuleId, metadata: Arc<Module>) -> Self {
        Self {
            ts,
            module,
            metadata,
            // Offset 0 is the empty name, and "nothing" for blobs.
            heap: vec![0],
            known: FxHashMap::default(),
            pool: Pool::default(),
            types: Vec::new(),
            methods: Vec::new(),
            fields: Vec::new(),
            params: Vec::new(),
            properties: Vec::new(),
            events: Vec::new(),
            generic_params: Vec::new(),
            attributes: Vec::new(),
            member_refs: FxIndexSet::default(),
        }
    }

    fn blob(&mut self, bytes: Vec<u8>) -> u32 {
        if let Some(&at) = self.known.get(&bytes) {
            return at;
        }
        let at = self.heap.len() as u32;
        self.heap.extend(&bytes);
        self.known.insert(bytes, at);
        at
    }

    fn name(&mut self, name: &str) -> u32 {
        if name.is_empty() {
            return 0;
        }
        let mut bytes = name.as_bytes().to_vec();
        bytes.push(0);
        self.blob(bytes)
    }

    fn signature(&mut self, s: &MethodSig) -> u32 {
        let bytes = encode_method(self.ts, &mut self.pool, s);
        self.blob(bytes)
    }

    fn type_signature(&mut self, t: TypeDesc) -> u32 {
        let mut bytes = Vec::new();
        encode_type(self.ts, &mut self.pool, t, &mut bytes);
        self.blob(bytes)
    }

    fn constant(&mut self, owner: HasConstant) -> u32 {
        let metadata = self.metadata.clone();
        let Ok(Some(ConstantRow { ty, value, .. })) = metadata.constant_of(owner) else { return 0 };
        let mut bytes = vec![ty];
        bytes.extend((value.len() as u32).to_le_bytes());
        bytes.extend(value);
        self.blob(bytes)
    }

    /// A type with everything it declares.
    pub fn add_type(&mut self, def: TypeDefId, attributes: bool) {
        let ts = self.ts;
        let metadata = self.metadata.clone();
        let Ok(row) = metadata.type_def(def) else { return };
        let Ok(t) = ts.resolve_type(self.module, def.token(), &GenericArgs::default()).map(|t| ts.generic_definition(t)) else { return };
        let owner = count::<abi::TypeRow>(&self.types);
        let methods: FxHashMap<MethodDefId, MethodDesc> = ts.methods(t).iter().filter_map(|&m| Some((ts.method_def(m)?.1, m))).collect();

        let first = count::<abi::MethodRow>(&self.methods);
        for &m in ts.methods(t).iter() {
            self.add_method(t, owner, m);
        }
        let methods_range = range::<abi::MethodRow>(first, &self.methods);

        let first = count::<abi::FieldRow>(&self.fields);
        self.add_fields(t, owner);
        let fields_range = range::<abi::FieldRow>(first, &self.fields);

        let first = count::<abi::PropertyRow>(&self.properties);
        self.add_properties(def, owner, &methods);
        let properties_range = range::<abi::PropertyRow>(first, &self.properties);

        let first = count::<abi::EventRow>(&self.events);
        self.add_events(def, owner, &methods);
        let events_range = range::<abi::EventRow>(first, &self.events);

        self.add_generic_params(TypeOrMethodDef::TypeDef(def), &GenericArgs::new(&ts.type_args(t), &[]));
        if attributes {
            for owner in kiln_analysis::reflection::attribute_owners(&metadata, def) {
                self.add_attributes(owner);
            }
        }
        let layout = metadata.class_layout_of(def).ok().flatten();
        let name = self.name(row.name);
        let namespace = self.name(row.namespace);
        let enclosing = metadata.enclosing_type(def).ok().flatten().map_or(0, |d| d.token().0);
        let virtuals = if ts.is_interface(t) { 0 } else { ts.vtable_len(t).unwrap_or(0) };
        let (table, _) = self.pool.insert_full(t);
        words(
            &mut self.types,
            &[
                def.token().0,
                name,
                namespace,
                row.flags,
                enclosing,
                table as u32,
                virtuals,
                layout.map_or(0, |l| u32::from(l.packing_size)),
                layout.map_or(0, |l| l.class_size),
            ],
        );
        for r in [methods_range, fields_range, properties_range, events_range] {
            words(&mut self.types, &[r.first, r.count]);
        }
    }

    fn add_method(&mut self, t: TypeDesc, owner: u32, m: MethodDesc) {
        let ts = self.ts;
        let metadata = self.metadata.clone();
        let Some((_, id)) = ts.method_def(m) else { return };
        let Ok(row) = metadata.method_def(id) else { return };
        let first = count::<abi::ParamRow>(&self.params);
        for p in metadata.params_of(id).into_iter().flatten() {
            let Ok(param) = metadata.param(p) else { continue };
            let name = self.name(param.name);
            let constant = self.constant(HasConstant::Param(p));
            let flags = u32::from(param.flags) | u32::from(param.sequence) << 16;
            words(&mut self.params, &[p.token().0, name, flags, id.token().0, constant]);
        }
        let params = range::<abi::ParamRow>(first, &self.params);
        let name = self.name(row.name);
        let signature = ts.method_sig(m).map_or(0, |s| self.signature(&s));
        let slot = match (ts.is_virtual(m) && !ts.is_static_method(m), ts.is_interface(t)) {
            (true, true) => ts.interface_slot(m),
            (true, false) => ts.vtable_slot(m).unwrap_or(NONE),
            (false, _) => NONE,
        };
        let arity = ts.method_generic_count(m) as u32;
        let flags = u32::from(row.flags) | u32::from(row.impl_flags) << 16;
        words(&mut self.methods, &[id.token().0, name, flags, signature, owner, params.first, params.count, slot, arity]);
        if arity > 0 {
            self.add_generic_params(TypeOrMethodDef::MethodDef(id), &ts.method_generic_context(m));
        }
    }

    fn add_fields(&mut self, t: TypeDesc, owner: u32) {
        let ts = self.ts;
        let metadata = self.metadata.clone();
        for &f in ts.fields(t).iter() {
            let (_, id) = ts.field_def(f);
            let Ok(row) = metadata.field(id) else { continue };
            let name = self.name(row.name);
            let signature = ts.field_type(f).map_or(0, |ft| self.type_signature(ft));
            let constant = self.constant(HasConstant::Field(id));
            let offset = metadata.field_offset_of(id).unwrap_or(NONE);
            words(&mut self.fields, &[id.token().0, name, u32::from(row.flags), signature, owner, constant, offset]);
        }
    }

    fn add_properties(&mut self, def: TypeDefId, owner: u32, methods: &FxHashMap<MethodDefId, MethodDesc>) {
        let ts = self.ts;
        let metadata = self.metadata.clone();
        for p in metadata.properties_of(def).into_iter().flatten() {
            let Ok(row) = metadata.property(p) else { continue };
            let accessor = |which| metadata.accessor(HasSemantics::Property(p), which).ok().flatten();
            let (getter, setter) = (accessor(ms::GETTER), accessor(ms::SETTER));
            let sig_of = |id: Option<MethodDefId>| id.and_then(|id| methods.get(&id)).and_then(|&m| ts.method_sig(m).ok());
            // The property's own signature says the same as its accessors'.
            let signature = match (sig_of(getter), sig_of(setter)) {
                (Some(g), _) => self.signature(&g),
                (None, Some(s)) => {
                    let mut s = (*s).clone();
                    s.ret = s.params.pop().unwrap_or(s.ret);
                    self.signature(&s)
                }
                (None, None) => 0,
            };
            let name = self.name(row.name);
            let constant = self.constant(HasConstant::Property(p));
            let token = |m: Option<MethodDefId>| m.map_or(0, |m| m.token().0);
            words(
                &mut self.properties,
                &[p.token().0, name, u32::from(row.flags), signature, owner, constant, token(getter), token(setter)],
            );
        }
    }

    fn add_events(&mut self, def: TypeDefId, owner: u32, methods: &FxHashMap<MethodDefId, MethodDesc>) {
        let ts = self.ts;
        let metadata = self.metadata.clone();
        for e in metadata.events_of(def).into_iter().flatten() {
            let Ok(row) = metadata.event(e) else { continue };
            let accessor = |which| metadata.accessor(HasSemantics::Event(e), which).ok().flatten();
            let adder = accessor(ms::ADD_ON);
            let handler = adder.and_then(|a| methods.get(&a)).and_then(|&m| ts.method_sig(m).ok()).and_then(|s| s.params.first().copied());
            let event_type = handler.map_or(0, |t| self.type_signature(t));
            let name = self.name(row.name);
            let token = |m: Option<MethodDefId>| m.map_or(0, |m| m.token().0);
            words(
                &mut self.events,
                &[
                    e.token().0,
                    name,
                    u32::from(row.flags),
                    event_type,
                    owner,
                    token(adder),
                    token(accessor(ms::REMOVE_ON)),
                    token(accessor(ms::FIRE)),
                ],
            );
        }
    }

    fn add_generic_params(&mut self, owner: TypeOrMethodDef, context: &GenericArgs) {
        let metadata = self.metadata.clone();
        for p in metadata.generic_params_of(owner) {
            let Ok(row) = metadata.generic_param(p) else { continue };
            let mut constraints = vec![0u8];
            for c in metadata.constraints_of(p) {
                let Ok(c) = metadata.generic_param_constraint(c) else { continue };
                if let Ok(t) = self.ts.resolve_type(self.module, c.constraint.token(), context) {
                    constraints[0] += 1;
                    encode_type(self.ts, &mut self.pool, t, &mut constraints);
                }
            }
            let constraints = if constraints[0] == 0 { 0 } else { self.blob(constraints) };
            let name = self.name(row.name);
            let token = match owner {
                TypeOrMethodDef::TypeDef(d) => d.token().0,
                TypeOrMethodDef::MethodDef(m) => m.token().0,
            };
            let flags = u32::from(row.number) | u32::from(row.flags) << 16;
            self.generic_params.push([p.token().0, name, token, flags, constraints]);
        }
    }

    /// The custom attributes on an item.
    pub fn add_attributes(&mut self, owner: HasCustomAttribute) {
        let ts = self.ts;
        let metadata = self.metadata.clone();
        for a in metadata.custom_attributes_of(owner) {
            let Ok(row) = metadata.custom_attribute(a) else { continue };
            let token = row.constructor.token();
            let Ok(constructor) = ts.resolve_method(self.module, token, &GenericArgs::default()) else { continue };
            if matches!(row.constructor, CustomAttributeType::MemberRef(_)) {
                let Some((_, def)) = ts.method_def(constructor) else { continue };
                let (class, _) = self.pool.insert_full(ts.method_owner(constructor));
                let signature = ts.method_sig(constructor).map_or(0, |s| self.signature(&s));
                self.member_refs.insert([token.0, class as u32, def.token().0, signature]);
            }
            let mut value = (row.value.len() as u32).to_le_bytes().to_vec();
            value.extend(row.value);
            let value = self.blob(value);
            self.attributes.push([owner.token().0, a.token().0, token.0, value]);
        }
    }

    /// Everything, sorted.
    pub fn finish(mut self) -> Finished {
        self.generic_params.sort_unstable();
        self.attributes.sort_unstable();
        let mut member_refs: Vec<[u32; 4]> = self.member_refs.into_iter().collect();
        member_refs.sort_unstable();
        let flat = |rows: &[&[u32]]| {
            let mut out = Vec::new();
            for r in rows {
                words(&mut out, r);
            }
            out
        };
        let generic_params: Vec<&[u32]> = self.generic_params.iter().map(<[u32; 5]>::as_slice).collect();
        let attributes: Vec<&[u32]> = self.attributes.iter().map(<[u32; 4]>::as_slice).collect();
        let members: Vec<&[u32]> = member_refs.iter().map(<[u32; 4]>::as_slice).collect();
        let mut tables = vec![(Vec::new(), 0); table::COUNT];
        tables[table::TYPE] = (self.types, size_of::<abi::TypeRow>() as u32);
        tables[table::METHOD] = (self.methods, size_of::<abi::MethodRow>() as u32);
        tables[table::FIELD] = (self.fields, size_of::<abi::FieldRow>() as u32);
        tables[table::PARAM] = (self.params, size_of::<abi::ParamRow>() as u32);
        tables[table::PROPERTY] = (self.properties, size_of::<abi::PropertyRow>() as u32);
        tables[table::EVENT] = (self.events, size_of::<abi::EventRow>() as u32);
        tables[table::GENERIC_PARAM] = (flat(&generic_params), size_of::<abi::GenericParamRow>() as u32);
        tables[table::ATTRIBUTE] = (flat(&attributes), size_of::<abi::AttributeRow>() as u32);
        tables[table::MEMBER_REF] = (flat(&members), size_of::<abi::MemberRefRow>() as u32);
        Finished { heap: self.heap, pool: self.pool.into_iter().collect(), tables }
    }
}

// Rows are written word by word.
const _: () = assert!(size_of::<abi::TypeRow>() == 4 * 17);
const _: () = assert!(size_of::<abi::MethodRow>() == 4 * 9);
const _: () = assert!(size_of::<abi::FieldRow>() == 4 * 7);
const _: () = assert!(size_of::<abi::ParamRow>() == 4 * 5);
const _: () = assert!(size_of::<abi::PropertyRow>() == 4 * 8);
const _: () = assert!(size_of::<abi::EventRow>() == 4 * 8);
const _: () = assert!(size_of::<abi::GenericParamRow>() == 4 * 5);
