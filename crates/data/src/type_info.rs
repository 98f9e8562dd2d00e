//! Descriptive data of types (`abi::type_info`): names, generic arguments, enum constants, fields of values.

use crate::DataError;
use crate::emit::Emitter;
use crate::writer::{Chunk, Place, Sec, Target};
use kiln_metadata::ConstantValue;
use kiln_typesys::{ModuleId, Prim, TypeClass, TypeDesc, TypeKind, Variance, WellKnown};

impl Emitter<'_> {
    /// Emits the description of a type.
    pub(crate) fn type_info(&mut self, t: TypeDesc, constructed: bool) -> Result<Place, DataError> {
        let ts = self.ts;
        let (mut namespace, mut name, mut assembly) = (Target::Null, Target::Null, Target::Null);
        let mut token = 0;
        if let Some((module, def)) = ts.type_def(t) {
            let metadata = ts.module(module);
            let (ns, full) = ts.namespace_and_name(t);
            let own = metadata.type_def(def).map_or(full.clone(), |r| r.name.to_owned());
            namespace = Target::At(self.w.text(&ns));
            name = Target::At(self.w.text(&own));
            assembly = Target::At(self.assembly(module));
            token = 0x0200_0000 | def.0;
        } else if let TypeKind::Var(n) | TypeKind::MVar(n) = ts.kind(t) {
            namespace = Target::At(self.w.text(""));
            name = Target::At(self.w.text(&format!("T{n}")));
        }
        let declaring = ts.enclosing_type(t).map_or(Target::Null, |d| self.mt(d));
        let args = ts.type_args(t);
        let definition = ts.generic_definition(t);
        let is_instance = !args.is_empty() && definition != t;
        let generic_definition = if is_instance { self.mt(definition) } else { Target::Null };
        let generic_args = if is_instance {
            let mut c = Chunk::new();
            for &a in args.iter() {
                c.ptr(self.mt(a));
            }
            Target::At(self.w.share(Sec::RelRo, 8, c, "generic arguments"))
        } else {
            Target::Null
        };
        let variance = ts.variance(t);
        let variance = if variance.iter().any(|v| *v != Variance::None) {
            let mut c = Chunk::new();
            for v in variance.iter() {
                c.u8(match v {
                    Variance::None => 0,
                    Variance::Covariant => 1,
                    Variance::Contravariant => 2,
                });
            }
            Target::At(self.w.share(Sec::Ro, 1, c, "generic arguments"))
        } else {
            Target::Null
        };
        let rank = match ts.kind(t) {
            TypeKind::SzArray(_) => 1,
            TypeKind::MdArray(_, r) => r as u16,
            _ => 0,
        };
        let is_enum = constructed && ts.is_enum(t);
        let (enum_count, enum_values, enum_names) = if is_enum { self.enum_constants(t) } else { (0, Target::Null, Target::Null) };
        let enum_flags = u32::from(is_enum && ts.has_attribute(t, "System.FlagsAttribute"));
        let is_value = ts.is_value_type(t) && !ts.contains_vars(t);
        let value_size = if is_value { ts.value_size(t).map_or(0, |s| s.0) } else { 0 };
        let compare = u32::from(is_value && self.can_compare_bits(t));
        let (field_count, fields) = if constructed && is_value && ts.type_class(t) == TypeClass::Struct { self.value_fields(t) } else { (0, Target::Null) };
        let arity = if ts.contains_vars(t) && !is_instance { ts.generic_param_count(t) } else { args.len() };
        let mut c = Chunk::new();
        c.ptr(namespace).ptr(name).ptr(assembly).ptr(declaring).ptr(generic_definition).ptr(generic_args).ptr(variance);
        c.u16(arity as u16).u16(rank).u32(ts.type_flags(t)).u32(token).u32(enum_count).ptr(enum_values).ptr(enum_names);
        c.u32(enum_flags).u32(value_size).u32(field_count).u32(compare).ptr(fields);
        debug_assert_eq!(c.len(), size_of::<kiln_abi::type_info::TypeInfo>());
        Ok(self.w.put(Sec::RelRo, 8, c, "type information"))
    }

    fn assembly(&mut self, module: ModuleId) -> Place {
        if let Some(&p) = self.assemblies.get(&module) {
            return p;
        }
        let metadata = self.ts.module(module);
        let name = match metadata.identity() {
            Ok(Some(i)) => i.to_string(),
            _ => self.ts.assembly_name(module),
        };
        let p = self.w.text(&name);
        self.assemblies.insert(module, p);
        p
    }

    /// Values (raw bits) and names, by unsigned value, then in declared order.
    fn enum_constants(&mut self, t: TypeDesc) -> (u32, Target, Target) {
        let ts = self.ts;
        let size = ts.value_size(t).map_or(4, |s| s.0);
        let mask = if size >= 8 { u64::MAX } else { (1 << (8 * size)) - 1 };
        let mut all: Vec<(u64, String)> = Vec::new();
        for &f in ts.fields(t).iter() {
            if !ts.is_literal(f) {
                continue;
            }
            let (module, id) = ts.field_def(f);
            let metadata = ts.module(module);
            if let Ok(Some(ConstantValue::Primitive(v))) = metadata.constant_value(id) {
                if let Some(v) = v.as_i64() {
                    all.push((v as u64 & mask, ts.field_name(f)));
                }
            }
        }
        if all.is_empty() {
            return (0, Target::Null, Target::Null);
        }
        all.sort_by_key(|x| x.0);
        let (mut values, mut names) = (Chunk::new(), Chunk::new());
        for (v, n) in &all {
            values.u64(*v);
            names.ptr(Target::At(self.w.text(n)));
        }
        let values = self.w.share(Sec::Ro, 8, values, "enum constants");
        let names = self.w.share(Sec::RelRo, 8, names, "enum constants");
        (all.len() as u32, Target::At(values), Target::At(names))
    }

    fn value_fields(&mut self, t: TypeDesc) -> (u32, Target) {
        let ts = self.ts;
        let Ok(layout) = ts.layout(t) else { return (0, Target::Null) };
        let mut c = Chunk::new();
        for &(f, offset) in &layout.fields {
            let Ok(ft) = ts.field_type(f) else { return (0, Target::Null) };
            let class = match ts.type_class(ft) {
                TypeClass::Ref => ts.well_known(WellKnown::Object),
                TypeClass::Ptr => ts.well_known(WellKnown::IntPtr),
                TypeClass::ByRef | TypeClass::Unknown => return (0, Target::Null),
                TypeClass::Prim(_) | TypeClass::Struct => ft,
            };
            c.ptr(self.mt(class)).u64(u64::from(offset));
        }
        if c.is_empty() {
            return (0, Target::Null);
        }
        let count = (c.len() / size_of::<kiln_abi::type_info::ValueField>()) as u32;
        (count, Target::At(self.w.share(Sec::RelRo, 8, c, "value fields")))
    }

    /// Equality of the bits is equality of the values: no references, floats, gaps, or nested types with an Equals of their own.
    pub(crate) fn can_compare_bits(&self, t: TypeDesc) -> bool {
        let ts = self.ts;
        match ts.type_class(t) {
            TypeClass::Prim(p) => !matches!(p, Prim::R4 | Prim::R8 | Prim::Void),
            TypeClass::Ptr => true,
            TypeClass::Ref | TypeClass::ByRef | TypeClass::Unknown => false,
            TypeClass::Struct => {
                let Ok(l) = ts.layout(t) else { return false };
                if l.overlapping || !l.refs.is_empty() || l.by_ref_like {
                    return false;
                }
                let mut covered = 0;
                for &(f, _) in &l.fields {
                    let Ok(ft) = ts.field_type(f) else { return false };
                    let nested = ts.type_class(ft) == TypeClass::Struct;
                    if !self.can_compare_bits(ft) || (nested && overrides_equals(ts, ft)) {
                        return false;
                    }
                    covered += ts.value_size(ft).map_or(0, |s| s.0);
                }
                covered == l.size
            }
        }
    }
}

fn overrides_equals(ts: &kiln_typesys::TypeSystem, t: TypeDesc) -> bool {
    let object = ts.well_known(WellKnown::Object);
    ts.find_methods(t, "Equals").into_iter().chain(ts.find_methods(t, "GetHashCode")).any(|m| {
        ts.is_virtual(m) && !ts.is_newslot(m) && ts.method_sig(m).is_ok_and(|s| s.params.is_empty() || s.params == [object])
    })
}
