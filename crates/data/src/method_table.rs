//! MethodTables (`abi::method_table`): CoreCLR's prefix, then the vtable.

use crate::DataError;
use crate::emit::Emitter;
use crate::writer::{Chunk, Sec, Target};
use kiln_abi::method_table::{VTABLE_OFFSET, flags as f, kind_flags as k};
use kiln_analysis::has_instances;
use kiln_lir::Sym;
use kiln_lower::{method_entry, names::unboxing_entry, sym_name};
use kiln_typesys::{Prim, TypeClass, TypeDesc, TypeKind, Variance, VtableEntry, WellKnown};

/// What fills slots that nobody calls.
const UNREACHABLE: &str = "kiln_unreachable";

/// ELEMENT_TYPE_* of a primitive (II.23.1.16).
pub(crate) fn element_of_prim(p: Prim) -> u8 {
    match p {
        Prim::Void => 0x01,
        Prim::Bool => 0x02,
        Prim::Char => 0x03,
        Prim::I1 => 0x04,
        Prim::U1 => 0x05,
        Prim::I2 => 0x06,
        Prim::U2 => 0x07,
        Prim::I4 => 0x08,
        Prim::U4 => 0x09,
        Prim::I8 => 0x0A,
        Prim::U8 => 0x0B,
        Prim::R4 => 0x0C,
        Prim::R8 => 0x0D,
        Prim::I => 0x18,
        Prim::U => 0x19,
    }
}

/// The open forms and constructed types that have no objects.
struct Shape {
    flags: u32,
    base_size: u32,
    element: u8,
}

impl Emitter<'_> {
    /// Emits one MethodTable with all that hangs on it.
    pub(crate) fn method_table(&mut self, t: TypeDesc, constructed: bool) -> Result<(), DataError> {
        let ts = self.ts;
        let open = ts.contains_vars(t);
        let Shape { mut flags, base_size, element } = self.shape(t, open)?;
        let gc = if open { Target::Null } else { self.gc_layout(t)? };
        if gc != Target::Null {
            flags |= f::CONTAINS_GC_POINTERS;
        }
        let finalizer = self.opt_sym(self.p.finalizers.get(&t));
        if finalizer != Target::Null {
            flags |= f::HAS_FINALIZER;
        }
        let interfaces: Vec<Target> = if open { Vec::new() } else { ts.interfaces(t).iter().map(|&i| self.mt(i)).filter(|m| *m != Target::Null).collect() };
        let interface_count = u16::try_from(interfaces.len()).map_err(|_| DataError::Limit(format!("{} has too many interfaces", ts.type_display(t))))?;
        let interface_map = if interfaces.is_empty() {
            Target::Null
        } else {
            let mut c = Chunk::new();
            for i in interfaces {
                c.ptr(i);
            }
            Target::At(self.w.share(Sec::RelRo, 8, c, "interface maps"))
        };
        let dispatch_map = self.dispatch_map(t);
        let mut vtable = Chunk::new();
        if constructed && !open {
            self.vtable(t, &mut vtable)?;
        }
        let num_virtuals = u16::try_from(vtable.len() / 8).map_err(|_| DataError::Limit(format!("{} has too many virtual methods", ts.type_display(t))))?;
        let parent = ts.base_type(t).map_or(Target::Null, |b| self.mt(b));
        let element_type = ts.element_type(t).map_or(Target::Null, |e| self.mt(e));
        let info = self.type_info(t, constructed && !open)?;
        let aux = self.aux(t, !open);

        let mut c = Chunk::new();
        c.u32(flags).u32(base_size).u8(element).u8(self.kind_flags(t)).u16(num_virtuals).u16(0).u16(interface_count);
        c.ptr(parent).ptr(Target::At(info)).ptr(aux).ptr(gc).ptr(element_type).ptr(interface_map).ptr(dispatch_map).ptr(finalizer);
        debug_assert_eq!(c.len(), VTABLE_OFFSET);
        c.append(vtable);
        self.w.define(sym_name(ts, &Sym::NecessaryType(t)), Sec::RelRo, 8, c, 0, "method tables");
        Ok(())
    }

    fn shape(&self, t: TypeDesc, open: bool) -> Result<Shape, DataError> {
        let ts = self.ts;
        let mut flags = 0;
        let base_size = if open { kiln_abi::object::MIN_OBJECT_SIZE as u32 } else { ts.base_size(t).unwrap_or(kiln_abi::object::MIN_OBJECT_SIZE as u32) };
        let element = match ts.kind(t) {
            TypeKind::SzArray(e) | TypeKind::MdArray(e, _) => {
                let sz = matches!(ts.kind(t), TypeKind::SzArray(_));
                let size = if ts.contains_vars(e) { 8 } else { ts.value_size(e).map_err(self.err(t))?.0 };
                let size = u16::try_from(size).map_err(|_| DataError::Limit(format!("elements of {} are too large", ts.type_display(t))))?;
                flags |= f::HAS_COMPONENT_SIZE | u32::from(size) | if sz { f::CATEGORY_SZ_ARRAY } else { f::CATEGORY_ARRAY };
                if sz { 0x1D } else { 0x14 }
            }
            TypeKind::Ptr(_) => 0x0F,
            TypeKind::ByRef(_) => 0x10,
            TypeKind::FnPtr(_) => 0x1B,
            TypeKind::Var(_) => 0x13,
            TypeKind::MVar(_) => 0x1E,
            TypeKind::RuntimeDetermined { .. } => {
                return Err(DataError::Limit(format!("runtime-determined type {} in the program", ts.type_display(t))));
            }
            TypeKind::Def { .. } => {
                if ts.is_interface(t) {
                    flags |= f::CATEGORY_INTERFACE;
                } else if ts.is_nullable(t) {
                    flags |= f::CATEGORY_NULLABLE;
                } else if ts.is_enum(t) {
                    flags |= f::CATEGORY_PRIMITIVE_ENUM;
                } else if ts.prim(t).is_some_and(|p| p != Prim::Void) {
                    flags |= f::CATEGORY_TRUE_PRIMITIVE;
                } else if ts.is_value_type(t) {
                    flags |= f::CATEGORY_VALUE_TYPE;
                }
                if ts.is_well_known(t, WellKnown::String) {
                    flags |= f::HAS_COMPONENT_SIZE | 2;
                } else {
                    if ts.is_generic(t) {
                        flags |= if ts.generic_definition(t) == t { f::GENERICS_TYPICAL } else { f::GENERICS_INSTANTIATION };
                    }
                    if ts.is_by_ref_like(t) {
                        flags |= f::IS_BY_REF_LIKE;
                    }
                    if ts.default_ctor(t).is_some() {
                        flags |= f::HAS_DEFAULT_CTOR;
                    }
                }
                match ts.prim(t) {
                    Some(p) => element_of_prim(p),
                    None if ts.is_value_type(t) => 0x11,
                    None => 0x12,
                }
            }
        };
        if open {
            flags |= f::CONTAINS_GENERIC_VARIABLES;
        }
        Ok(Shape { flags, base_size, element })
    }

    fn kind_flags(&self, t: TypeDesc) -> u8 {
        let ts = self.ts;
        let mut out = 0;
        if ts.variance(t).iter().any(|v| *v != Variance::None) {
            out |= k::HAS_VARIANCE;
        }
        if ts.is_abstract(t) {
            out |= k::ABSTRACT;
        }
        if ts.is_sealed(t) {
            out |= k::SEALED;
        }
        if ts.is_delegate(t) {
            out |= k::DELEGATE;
        }
        out
    }

    /// Offsets of references: from the object pointer, or from the start of an element.
    fn gc_layout(&mut self, t: TypeDesc) -> Result<Target, DataError> {
        let ts = self.ts;
        let refs_of_value = |t: TypeDesc| -> Result<Vec<u32>, DataError> {
            Ok(match ts.type_class(t) {
                TypeClass::Ref => vec![0],
                TypeClass::Struct => ts.layout(t).map_err(self.err(t))?.refs.clone(),
                _ => Vec::new(),
            })
        };
        let refs = match ts.kind(t) {
            TypeKind::SzArray(e) | TypeKind::MdArray(e, _) => refs_of_value(e)?,
            TypeKind::Def { .. } if ts.is_interface(t) => Vec::new(),
            TypeKind::Def { .. } if ts.is_value_type(t) => refs_of_value(t)?.iter().map(|r| r + kiln_abi::object::BOX_DATA_OFFSET as u32).collect(),
            TypeKind::Def { .. } => match ts.layout(t) {
                Ok(l) => l.refs.clone(),
                // The analysis has reported it; no object of such a type exists.
                Err(_) => Vec::new(),
            },
            _ => Vec::new(),
        };
        if refs.is_empty() {
            return Ok(Target::Null);
        }
        let mut c = Chunk::new();
        c.u32(refs.len() as u32);
        for r in refs {
            c.u32(r);
        }
        Ok(Target::At(self.w.share(Sec::Ro, 4, c, "gc layouts")))
    }

    fn vtable(&mut self, t: TypeDesc, c: &mut Chunk) -> Result<(), DataError> {
        let ts = self.ts;
        let unreachable = || Target::Sym(UNREACHABLE.to_owned());
        let Ok(vtable) = ts.vtable(t) else { return Ok(()) };
        let instances = has_instances(ts, t);
        for e in vtable.iter() {
            let target = match e {
                VtableEntry::Dictionary(d) => self.dictionaries.get(d).map_or(Target::Null, |p| Target::At(*p)),
                VtableEntry::Method(s) => {
                    let callable = instances && self.p.is_slot_used(ts, s.decl) && !ts.is_abstract_method(s.imp) && ts.method_generic_count(s.imp) == 0;
                    if callable {
                        let entry = if ts.is_value_type(ts.method_owner(s.imp)) { unboxing_entry(ts, s.imp) } else { method_entry(ts, s.imp) };
                        self.sym(&entry)
                    } else {
                        unreachable()
                    }
                }
            };
            c.ptr(target);
        }
        Ok(())
    }

    fn dispatch_map(&mut self, t: TypeDesc) -> Target {
        let Some(rows) = self.p.dispatch.get(&t) else { return Target::Null };
        let mut c = Chunk::new();
        c.u32(rows.len() as u32).u32(0);
        for r in rows {
            c.ptr(self.mt(r.interface)).u64(u64::from(r.slot)).ptr(self.opt_sym(r.target.as_ref()));
        }
        Target::At(self.w.share(Sec::RelRo, 8, c, "dispatch maps"))
    }

    /// Writable data of the type.
    fn aux(&mut self, t: TypeDesc, closed: bool) -> Target {
        let ts = self.ts;
        let mut flags = 0;
        if closed && ts.is_value_type(t) {
            flags = 2 | if self.can_compare_bits(t) { 4 } else { 0 };
        }
        let code = self.p.multicast.get(&t).or_else(|| self.p.default_ctors.get(&t)).cloned();
        let statics = if self.statics.contains(&t) { self.sym(&Sym::Statics(t)) } else { Target::Null };
        let mut c = Chunk::new();
        c.u32(flags).u32(0).u64(0).ptr(self.opt_sym(code.as_ref())).ptr(statics);
        Target::At(self.w.put(Sec::Data, 8, c, "auxiliary data"))
    }
}
