//! Instance layout (ECMA-335 II.10.7, II.22.8): the same sizes and offsets as CoreCLR, since the class library's IL and natives
//! rely on some of them.
//!
//! Explicit and sequential types follow their metadata; a sequential type with object references, and every other class, is laid
//! out automatically (see `layout/auto.rs`). Classes continue behind the fields of their base.

mod auto;
mod explicit;
mod statics;

use crate::TypeSystem;
use crate::desc::*;
use crate::error::{Result, TypeSysError};
use kiln_metadata::flags::type_attributes as ta;
use std::rc::Rc;

/// What is known of one instance field before it has a place.
#[derive(Clone, Copy, Debug)]
struct FieldShape {
    field: FieldDesc,
    ty: TypeDesc,
    class: TypeClass,
    size: u32,
    align: u32,
    /// Contains object references (not byrefs).
    gc: bool,
}

/// Default `Pack`: no natural alignment exceeds it.
const DEFAULT_PACK: u32 = 64;
/// Largest instance that is accepted.
const MAX_SIZE: u64 = 1 << 28;

/// Where the fields of a type may go.
struct Room {
    /// Offset of the first one.
    start: u32,
    /// Bytes of the base's fields: in classes, alignment counts from behind the MethodTable pointer.
    parent_size: u32,
    pack: u32,
    /// Smallest size, where the metadata says one; else 0.
    explicit_size: u32,
    base: Option<Rc<Layout>>,
}

impl Room {
    /// From where alignment counts.
    fn bias(&self) -> u32 {
        self.start - self.parent_size
    }

    /// One field after the other, each at its alignment; nothing when that is too large.
    fn sequential_offsets(&self, shapes: &[FieldShape]) -> Option<Vec<u32>> {
        let mut offsets = Vec::with_capacity(shapes.len());
        let mut at = u64::from(self.parent_size);
        for s in shapes {
            at = at.next_multiple_of(u64::from(s.align.min(self.pack)));
            offsets.push((at + u64::from(self.bias())).min(MAX_SIZE) as u32);
            at += u64::from(s.size);
        }
        (at <= MAX_SIZE).then_some(offsets)
    }

    /// Size and alignment of a type whose fields have been placed by metadata.
    fn finish(&self, shapes: &[FieldShape], offsets: Vec<u32>) -> Placed {
        let mut align = shapes.iter().map(|s| s.align.min(self.pack)).max().unwrap_or(1).max(1);
        if let Some(b) = &self.base
            && self.parent_size > 0
        {
            align = align.max(b.align.min(self.pack));
        }
        let end = shapes.iter().zip(&offsets).map(|(s, &o)| o + s.size).max().unwrap_or(self.start).max(self.start) - self.bias();
        let size = if self.explicit_size != 0 { end.max(self.parent_size + self.explicit_size) } else { end.next_multiple_of(align) };
        Placed { offsets, size: size + self.bias(), align }
    }
}

/// Size and references of an inline array, by those of its element; nothing when it is too large.
fn repeat(size: u32, count: u32, refs: &mut Vec<u32>) -> Option<u32> {
    let total = u64::from(size) * u64::from(count);
    if total > MAX_SIZE {
        return None;
    }
    let first = refs.clone();
    for i in 1..count {
        refs.extend(first.iter().map(|r| r + i * size));
    }
    Some(total as u32)
}

/// A layout in the making.
struct Placed {
    /// Offsets in the order of `FieldShape`s.
    offsets: Vec<u32>,
    size: u32,
    align: u32,
}

impl TypeSystem {
    /// Of a value type, or of the instances of a class (size: end of the last field from the object pointer, not rounded up).
    pub fn layout(&self, t: TypeDesc) -> Result<Rc<Layout>> {
        let t = self.strip_rd(t);
        let cycle = || TypeSysError::Recursive(self.type_display(t));
        self.check_depth(t)?;
        self.memo.layouts.get_acyclic(t, cycle, || self.compute_layout(t).map(Rc::new))
    }

    /// Size and alignment of a value of this type (references: 8, 8).
    pub fn value_size(&self, t: TypeDesc) -> Result<(u32, u32)> {
        Ok(match self.type_class(t) {
            TypeClass::Prim(p) => {
                let n = prim_size(p);
                (n, n.max(1))
            }
            TypeClass::Ref | TypeClass::ByRef | TypeClass::Ptr => (8, 8),
            TypeClass::Struct => {
                let l = self.layout(t)?;
                (l.size, l.align)
            }
            TypeClass::Unknown => return Err(self.bad_type(t, "a variable has no size")),
        })
    }

    /// A value of this type is or contains object references or byrefs.
    pub fn contains_refs(&self, t: TypeDesc) -> bool {
        match self.type_class(t) {
            TypeClass::Ref | TypeClass::ByRef => true,
            TypeClass::Struct => self.layout(t).is_ok_and(|l| !l.refs.is_empty()),
            _ => false,
        }
    }

    fn shapes(&self, t: TypeDesc) -> Result<Vec<FieldShape>> {
        let mut out = Vec::new();
        for &field in self.fields(t).iter() {
            if self.is_static(field) {
                continue;
            }
            let ty = self.field_type(field)?;
            let class = self.type_class(ty);
            let (size, align) = self.value_size(ty)?;
            let gc = match class {
                TypeClass::Ref => true,
                TypeClass::Struct => self.holds_objects(ty)?,
                TypeClass::Prim(Prim::Void) => return Err(self.bad_type(t, "a field of type void")),
                _ => false,
            };
            out.push(FieldShape { field, ty, class, size, align, gc });
        }
        Ok(out)
    }

    /// A struct with object references anywhere inside; byrefs do not count.
    fn holds_objects(&self, t: TypeDesc) -> Result<bool> {
        self.memo.holds_objects.get(t, || {
            for &(f, _) in &self.layout(t)?.fields {
                let ty = self.field_type(f)?;
                match self.type_class(ty) {
                    TypeClass::Ref => return Ok(true),
                    TypeClass::Struct if self.holds_objects(ty)? => return Ok(true),
                    _ => {}
                }
            }
            Ok(false)
        })
    }

    fn compute_layout(&self, t: TypeDesc) -> Result<Layout> {
        if let Some(p) = self.prim(t) {
            // The one field of a primitive has the primitive's own type; an enum's has the underlying one.
            let size = prim_size(p).max(1);
            let fields = self.fields(t).iter().filter(|&&f| !self.is_static(f)).map(|&f| (f, 0)).collect();
            return Ok(Layout { size, align: size, fields, ..Layout::default() });
        }
        if self.is_array(t) {
            return Ok(Layout { size: 16, align: 8, ..Layout::default() });
        }
        let value_type = self.is_value_type(t);
        let room = self.room(t)?;
        let shapes = self.shapes(t)?;
        let mut overlapping = false;
        let mut placed = match self.type_flags(t) & ta::LAYOUT_MASK {
            ta::EXPLICIT_LAYOUT => {
                let placed = room.finish(&shapes, self.explicit_offsets(t, &shapes, &room)?);
                overlapping = overlaps(&shapes, &placed.offsets);
                placed
            }
            ta::SEQUENTIAL_LAYOUT if !shapes.iter().any(|s| s.gc) => {
                room.finish(&shapes, room.sequential_offsets(&shapes).ok_or_else(|| self.bad_type(t, "too large"))?)
            }
            _ => {
                let from = if self.aligns_base(t) { room.parent_size.next_multiple_of(8) } else { room.parent_size };
                let mut placed = auto::place(&shapes, from, value_type).ok_or_else(|| self.bad_type(t, "too large"))?;
                placed.offsets.iter_mut().for_each(|o| *o += room.bias());
                placed.size += room.bias();
                placed
            }
        };
        if value_type {
            placed.size = placed.size.max(1);
            if let Some(align) = self.special_alignment(t) {
                placed.align = align;
            }
        }
        let mut refs: Vec<u32> = room.base.as_ref().map_or_else(Vec::new, |b| b.refs.clone());
        for (s, &at) in shapes.iter().zip(&placed.offsets) {
            match s.class {
                TypeClass::Ref | TypeClass::ByRef => refs.push(at),
                TypeClass::Struct => refs.extend(self.layout(s.ty)?.refs.iter().map(|r| r + at)),
                _ => {}
            }
        }
        if value_type && let Some(count) = self.inline_array_length(t) {
            if shapes.len() != 1 || count == 0 {
                return Err(self.bad_type(t, "an inline array needs one field and a positive length"));
            }
            placed.size = repeat(placed.size, count, &mut refs).ok_or_else(|| self.bad_type(t, "too large"))?;
        }
        refs.sort_unstable();
        refs.dedup();
        if value_type && !refs.is_empty() {
            // Whatever the metadata says: references of the next element of an array are aligned, too.
            placed.size = placed.size.next_multiple_of(8);
        }
        let fields = shapes.iter().zip(&placed.offsets).map(|(s, &o)| (s.field, o)).collect();
        Ok(Layout { size: placed.size, align: placed.align, fields, refs, by_ref_like: self.is_by_ref_like(t), overlapping })
    }

    /// Where a type's own fields may go, by its base and its `ClassLayout` row.
    fn room(&self, t: TypeDesc) -> Result<Room> {
        let Some((module, def)) = self.type_def(t) else {
            return Err(self.bad_type(t, "has no layout"));
        };
        let value_type = self.is_value_type(t);
        let base = if value_type { None } else { self.try_base_type(t)?.map(|b| self.layout(b)).transpose()? };
        // Classes: fields start behind the MethodTable pointer.
        let start = if value_type { 0 } else { base.as_ref().map_or(8, |b| b.size) };
        let class_layout = self.module_data(module).metadata.class_layout_of(def).map_err(self.meta_err(module))?;
        let (pack, explicit_size) = class_layout.map_or((0, 0), |r| (u32::from(r.packing_size), r.class_size));
        if !(pack == 0 || (pack.is_power_of_two() && pack <= 128)) {
            return Err(self.bad_type(t, "the packing size is not a power of two"));
        }
        if u64::from(explicit_size) > MAX_SIZE {
            return Err(self.bad_type(t, "too large"));
        }
        let pack = if pack == 0 { DEFAULT_PACK } else { pack };
        Ok(Room { start, parent_size: start - if value_type { 0 } else { 8 }, pack, explicit_size, base })
    }

    /// Precompiled images cannot rely on where a base ends that another assembly has a say in, so their classes start at a whole
    /// pointer there.
    fn aligns_base(&self, t: TypeDesc) -> bool {
        let (Some((own, _)), false) = (self.type_def(t), self.is_value_type(t)) else { return false };
        match self.base_type(t) {
            Some(base) if base != self.well_known(WellKnown::Object) => {
                self.module(own).is_ready_to_run() && !self.layout_within(base, own, 0)
            }
            _ => false,
        }
    }

    /// Whether the layout of a type depends on one module alone: no base, no nested struct of another one.
    fn layout_within(&self, t: TypeDesc, module: ModuleId, depth: u32) -> bool {
        if self.type_def(t).is_none_or(|(m, _)| m != module) || depth > 64 {
            return false;
        }
        let base = if self.is_value_type(t) { None } else { self.base_type(t) };
        if base.is_some_and(|b| b != self.well_known(WellKnown::Object) && !self.layout_within(b, module, depth + 1)) {
            return false;
        }
        self.fields(t).iter().filter(|&&f| !self.is_static(f)).all(|&f| match self.field_type(f) {
            Ok(ty) if self.type_class(ty) == TypeClass::Struct => self.layout_within(ty, module, depth + 1),
            _ => true,
        })
    }

    /// Types whose alignment the runtime decides by name.
    fn special_alignment(&self, t: TypeDesc) -> Option<u32> {
        let (module, _) = self.type_def(t)?;
        if module != self.corelib() {
            return None;
        }
        let info = self.info(t)?;
        match (info.namespace.as_str(), info.name.as_str()) {
            ("System", "Int128" | "UInt128") => Some(16),
            ("System.Runtime.Intrinsics", "Vector64`1") => Some(8),
            ("System.Runtime.Intrinsics", "Vector128`1") => Some(16),
            ("System.Runtime.Intrinsics", "Vector256`1") => Some(32),
            ("System.Runtime.Intrinsics", "Vector512`1") => Some(64),
            _ => None,
        }
    }

    /// Length of an `[InlineArray(n)]` struct.
    pub fn inline_array_length(&self, t: TypeDesc) -> Option<u32> {
        let (module, id) = self.find_attribute(t.into(), "System.Runtime.CompilerServices.InlineArrayAttribute")?;
        let data = self.module_data(module);
        let args = data.metadata.decode_attribute(id, &mut |_| None).ok()?;
        u32::try_from(args.fixed.first()?.as_i64()?).ok()
    }

    /// Instance fields: value types from 0, classes from the object pointer. Statics: from the start of the statics block; thread
    /// statics: of the thread block.
    pub fn field_offset(&self, f: FieldDesc) -> Result<u32> {
        let owner = self.field_owner(f);
        let find = |list: &[(FieldDesc, u32)]| {
            // A runtime-determined owner was laid out by its canonical form.
            let def = self.field_def(f);
            list.iter().find(|x| x.0 == f || self.field_def(x.0) == def).map(|x| x.1)
        };
        let found = if !self.is_static(f) {
            find(&self.layout(owner)?.fields)
        } else if self.is_thread_static(f) {
            find(&self.thread_static_layout(owner)?.fields)
        } else {
            find(&self.static_layout(owner)?.fields)
        };
        found.ok_or_else(|| TypeSysError::MissingField(format!("{}::{}", self.type_display(owner), self.field_name(f))))
    }

    /// How a value is passed.
    pub fn abi_class(&self, t: TypeDesc) -> Result<AbiClass> {
        if self.type_class(t) != TypeClass::Struct {
            return Ok(AbiClass::Scalar);
        }
        let t = self.canonical_type(t);
        let (size, _) = self.value_size(t)?;
        let mut leaves = Vec::new();
        if size > 16 || !self.leaves(t, 0, &mut leaves)? {
            return Ok(AbiClass::Memory);
        }
        if leaves.is_empty() {
            leaves.push((0, self.well_known(WellKnown::SByte)));
        }
        leaves.sort_by_key(|l| l.0);
        Ok(AbiClass::Scalars(leaves))
    }

    /// Collects scalar leaves; false when there are more than two, they overlap, or they are not all there is of the value.
    fn leaves(&self, t: TypeDesc, at: u32, out: &mut Vec<(u32, TypeDesc)>) -> Result<bool> {
        let l = self.layout(t)?;
        let mut end = 0;
        for &(f, o) in &l.fields {
            let ty = self.field_type(f)?;
            let (size, _) = self.value_size(ty)?;
            end = end.max(o + size);
            if self.type_class(ty) == TypeClass::Struct {
                if !self.leaves(self.canonical_type(ty), at + o, out)? {
                    return Ok(false);
                }
            } else {
                out.push((at + o, ty));
            }
            if out.len() > 2 {
                return Ok(false);
            }
        }
        // A declared size beyond the fields (fixed buffers, inline arrays) is content without a field.
        let covered = end.next_multiple_of(l.align.max(1)) >= l.size || (l.fields.is_empty() && l.size <= 1);
        Ok(covered && !l.overlapping)
    }

    /// MethodTable base size: instance with header word, 8-aligned (String 22, arrays 24, general arrays 24 + 8·rank); boxed size
    /// of value types.
    pub fn base_size(&self, t: TypeDesc) -> Result<u32> {
        if self.is_well_known(t, WellKnown::String) {
            return Ok(kiln_abi::object::STRING_BASE_SIZE);
        }
        match self.kind(t) {
            TypeKind::SzArray(_) => return Ok(kiln_abi::object::ARRAY_BASE_SIZE),
            TypeKind::MdArray(_, rank) => return Ok(kiln_abi::object::md_array_base_size(rank)),
            _ => {}
        }
        if self.is_interface(t) {
            return Ok(0);
        }
        let header = kiln_abi::object::HEADER_SIZE as u32;
        let body = if self.is_value_type(t) { 8 + self.value_size(t)?.0 } else { self.layout(t)?.size };
        Ok((header + body).next_multiple_of(8).max(kiln_abi::object::MIN_OBJECT_SIZE as u32))
    }
}

fn overlaps(shapes: &[FieldShape], offsets: &[u32]) -> bool {
    let mut spans: Vec<(u32, u32)> = shapes.iter().zip(offsets).map(|(s, &o)| (o, o + s.size)).collect();
    spans.sort_unstable();
    spans.windows(2).any(|w| w[1].0 < w[0].1)
}

fn prim_size(p: Prim) -> u32 {
    match p {
        Prim::Void => 0,
        Prim::Bool | Prim::I1 | Prim::U1 => 1,
        Prim::Char | Prim::I2 | Prim::U2 => 2,
        Prim::I4 | Prim::U4 | Prim::R4 => 4,
        Prim::I8 | Prim::U8 | Prim::R8 | Prim::I | Prim::U => 8,
    }
}
