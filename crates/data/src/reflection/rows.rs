//! The rows of one module (`abi::reflection`), collected type by type.
//!
//! Tables of compressed images are in the order of their owners (II.22), so members come out sorted by token; the others are sorted here.

use super::signatures::{Pool, encode_method, encode_type};
use crate::record::{Address, Record};
use kiln_abi::record::Field;
use kiln_abi::reflection::{self as abi, NONE, table};
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
    /// By `table`.
    pub tables: [Table; table::COUNT],
}

/// One table.
pub(super) struct Table {
    /// Its rows.
    pub bytes: Vec<u8>,
    /// Bytes of one.
    pub size: usize,
}

fn finished<T: Field<Address>>(rows: impl IntoIterator<Item = T::Written>) -> Table {
    Table { bytes: Record::array::<T>(rows).into_parts().0, size: size_of::<T>() }
}

/// The rows under construction.
pub(super) struct ModuleRows<'a> {
    ts: &'a TypeSystem,
    module: ModuleId,
    metadata: Arc<Module>,
    heap: Vec<u8>,
    known: FxHashMap<Vec<u8>, u32>,
    pool: Pool,
    types: Vec<abi::TypeRowFields<Address>>,
    methods: Vec<abi::MethodRowFields<Address>>,
    fields: Vec<abi::FieldRowFields<Address>>,
    params: Vec<abi::ParamRowFields<Address>>,
    properties: Vec<abi::PropertyRowFields<Address>>,
    events: Vec<abi::EventRowFields<Address>>,
    generic_params: Vec<abi::GenericParamRowFields<Address>>,
    attributes: Vec<abi::AttributeRowFields<Address>>,
    member_refs: FxIndexSet<abi::MemberRefRowFields<Address>>,
}

/// The rows from `first` to the end.
fn range<T>(first: usize, rows: &[T]) -> abi::RangeFields<Address> {
    abi::RangeFields { first: first as u32, count: (rows.len() - first) as u32 }
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

    fn blob(&mut self, record: Record) -> u32 {
        let (bytes, _) = record.into_parts();
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
        self.blob(Record::array::<u8>(name.bytes().chain([0])))
    }

    fn signature(&mut self, s: &MethodSig) -> u32 {
        let record = encode_method(self.ts, &mut self.pool, s);
        self.blob(record)
    }

    fn type_signature(&mut self, t: TypeDesc) -> u32 {
        let mut record = Record::default();
        encode_type(self.ts, &mut self.pool, t, &mut record);
        self.blob(record)
    }

    fn constant(&mut self, owner: HasConstant) -> u32 {
        let metadata = self.metadata.clone();
        let Ok(Some(ConstantRow { ty, value, .. })) = metadata.constant_of(owner) else { return 0 };
        let mut record = Record::default();
        record.items::<u8>([ty]);
        record.items::<u32>([value.len() as u32]);
        record.items::<u8>(value.iter().copied());
        self.blob(record)
    }

    /// A type with everything it declares.
    pub fn add_type(&mut self, def: TypeDefId, attributes: bool) {
        let ts = self.ts;
        let metadata = self.metadata.clone();
        let Ok(row) = metadata.type_def(def) else { return };
        let Ok(t) = ts.resolve_type(self.module, def.token(), &GenericArgs::default()).map(|t| ts.generic_definition(t)) else { return };
        let owner = self.types.len() as u32;
        let methods: FxHashMap<MethodDefId, MethodDesc> = ts.methods(t).iter().filter_map(|&m| Some((ts.method_def(m)?.1, m))).collect();

        let first = self.methods.len();
        for &m in ts.methods(t).iter() {
            self.add_method(t, owner, m);
        }
        let methods_range = range(first, &self.methods);

        let first = self.fields.len();
        self.add_fields(t, owner);
        let fields_range = range(first, &self.fields);

        let first = self.properties.len();
        self.add_properties(def, owner, &methods);
        let properties_range = range(first, &self.properties);

        let first = self.events.len();
        self.add_events(def, owner, &methods);
        let events_range = range(first, &self.events);

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
        let supertypes = self.supertypes(t);
        let (table, _) = self.pool.insert_full(t);
        self.types.push(abi::TypeRowFields {
            token: def.token().0,
            name,
            namespace,
            attributes: row.flags,
            enclosing,
            table: table as u32,
            virtuals,
            pack: layout.map_or(0, |l| u32::from(l.packing_size)),
            size: layout.map_or(0, |l| l.class_size),
            supertypes,
            methods: methods_range,
            fields: fields_range,
            properties: properties_range,
            events: events_range,
        });
    }

    /// The base type and the interfaces of a generic definition.
    fn supertypes(&mut self, t: TypeDesc) -> u32 {
        let ts = self.ts;
        if ts.type_args(t).is_empty() {
            return 0;
        }
        let (base, interfaces) = (ts.base_type(t), ts.interfaces(t));
        let mut record = Record::default();
        record.items::<u8>([u8::from(base.is_some())]);
        record.items::<u16>([interfaces.len() as u16]);
        for &s in base.iter().chain(interfaces.iter()) {
            encode_type(ts, &mut self.pool, s, &mut record);
        }
        self.blob(record)
    }

    fn add_method(&mut self, t: TypeDesc, owner: u32, m: MethodDesc) {
        let ts = self.ts;
        let metadata = self.metadata.clone();
        let Some((_, id)) = ts.method_def(m) else { return };
        let Ok(row) = metadata.method_def(id) else { return };
        let first = self.params.len();
        for p in metadata.params_of(id).into_iter().flatten() {
            let Ok(param) = metadata.param(p) else { continue };
            let name = self.name(param.name);
            let constant = self.constant(HasConstant::Param(p));
            self.params.push(abi::ParamRowFields {
                token: p.token().0,
                name,
                attributes: param.flags,
                sequence: param.sequence,
                owner: id.token().0,
                constant,
            });
        }
        let params = range(first, &self.params);
        let name = self.name(row.name);
        let signature = ts.method_sig(m).map_or(0, |s| self.signature(&s));
        let slot = match (ts.is_virtual(m) && !ts.is_static_method(m), ts.is_interface(t)) {
            (true, true) => ts.interface_slot(m),
            (true, false) => ts.vtable_slot(m).unwrap_or(NONE),
            (false, _) => NONE,
        };
        let arity = ts.method_generic_count(m) as u32;
        self.methods.push(abi::MethodRowFields {
            token: id.token().0,
            name,
            attributes: row.flags,
            impl_attributes: row.impl_flags,
            signature,
            owner,
            params,
            slot,
            arity,
        });
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
            self.fields.push(abi::FieldRowFields {
                token: id.token().0,
                name,
                attributes: u32::from(row.flags),
                signature,
                owner,
                constant,
                explicit_offset: metadata.field_offset_of(id).unwrap_or(NONE),
            });
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
            self.properties.push(abi::PropertyRowFields {
                token: p.token().0,
                name,
                attributes: u32::from(row.flags),
                signature,
                owner,
                constant,
                getter: token(getter),
                setter: token(setter),
            });
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
            self.events.push(abi::EventRowFields {
                token: e.token().0,
                name,
                attributes: u32::from(row.flags),
                event_type,
                owner,
                add: token(adder),
                remove: token(accessor(ms::REMOVE_ON)),
                raise: token(accessor(ms::FIRE)),
            });
        }
    }

    fn add_generic_params(&mut self, owner: TypeOrMethodDef, context: &GenericArgs) {
        let metadata = self.metadata.clone();
        for p in metadata.generic_params_of(owner) {
            let Ok(row) = metadata.generic_param(p) else { continue };
            let mut types = Record::default();
            let mut count = 0u8;
            for c in metadata.constraints_of(p) {
                let Ok(c) = metadata.generic_param_constraint(c) else { continue };
                if let Ok(t) = self.ts.resolve_type(self.module, c.constraint.token(), context) {
                    count += 1;
                    encode_type(self.ts, &mut self.pool, t, &mut types);
                }
            }
            let constraints = if count == 0 { 0 } else { self.blob(Record::array::<u8>([count].into_iter().chain(types.into_parts().0))) };
            let name = self.name(row.name);
            let token = match owner {
                TypeOrMethodDef::TypeDef(d) => d.token().0,
                TypeOrMethodDef::MethodDef(m) => m.token().0,
            };
            self.generic_params.push(abi::GenericParamRowFields {
                token: p.token().0,
                name,
                owner: token,
                index: row.number,
                attributes: row.flags,
                constraints,
            });
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
                self.member_refs.insert(abi::MemberRefRowFields { token: token.0, class: class as u32, method: def.token().0, signature });
            }
            let mut value = Record::array::<u32>([row.value.len() as u32]);
            value.items::<u8>(row.value.iter().copied());
            let value = self.blob(value);
            self.attributes.push(abi::AttributeRowFields { parent: owner.token().0, token: a.token().0, constructor: token.0, value });
        }
    }

    /// Everything, sorted.
    pub fn finish(mut self) -> Finished {
        self.generic_params.sort_unstable_by_key(|row| row.token);
        self.attributes.sort_unstable_by_key(|row| (row.parent, row.token));
        let mut member_refs: Vec<_> = self.member_refs.into_iter().collect();
        member_refs.sort_unstable_by_key(|row| (row.token, row.class, row.method, row.signature));
        let mut tables: [Table; table::COUNT] = std::array::from_fn(|_| Table { bytes: Vec::new(), size: 1 });
        tables[table::TYPE] = finished::<abi::TypeRow>(self.types);
        tables[table::METHOD] = finished::<abi::MethodRow>(self.methods);
        tables[table::FIELD] = finished::<abi::FieldRow>(self.fields);
        tables[table::PARAM] = finished::<abi::ParamRow>(self.params);
        tables[table::PROPERTY] = finished::<abi::PropertyRow>(self.properties);
        tables[table::EVENT] = finished::<abi::EventRow>(self.events);
        tables[table::GENERIC_PARAM] = finished::<abi::GenericParamRow>(self.generic_params);
        tables[table::ATTRIBUTE] = finished::<abi::AttributeRow>(self.attributes);
        tables[table::MEMBER_REF] = finished::<abi::MemberRefRow>(member_refs);
        Finished { heap: self.heap, pool: self.pool.into_iter().collect(), tables }
    }
}
