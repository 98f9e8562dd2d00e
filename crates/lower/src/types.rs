//! How types live in registers and memory: kinds of scalars, representation of a type, copy plans of structs.
//!
//! From `typesys` layouts (II.10.7, II.22.8) and contract §3, §5.

use crate::LowerError;
use kiln_lir::LTy;
use kiln_typesys::{Prim, TypeClass, TypeDesc, TypeKind, TypeSystem};

/// A scalar in memory.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the names are the CLI's element types")]
pub enum Kind {
    I8,
    U8,
    I16,
    U16,
    I32,
    I64,
    F32,
    F64,
    Ref,
    V128,
    V256,
    V512,
}

impl Kind {
    /// Type in memory.
    #[must_use]
    pub fn mem(self) -> LTy {
        match self {
            Kind::I8 | Kind::U8 => LTy::I8,
            Kind::I16 | Kind::U16 => LTy::I16,
            Kind::I32 => LTy::I32,
            Kind::I64 => LTy::I64,
            Kind::F32 => LTy::F32,
            Kind::F64 => LTy::F64,
            Kind::Ref => LTy::Ref,
            Kind::V128 => LTy::V128,
            Kind::V256 => LTy::V256,
            Kind::V512 => LTy::V512,
        }
    }

    /// Type in registers and signatures.
    #[must_use]
    pub fn reg(self) -> LTy {
        match self {
            Kind::I8 | Kind::U8 | Kind::I16 | Kind::U16 => LTy::I32,
            k => k.mem(),
        }
    }

    /// Bytes.
    #[must_use]
    pub fn size(self) -> u32 {
        match self {
            Kind::I8 | Kind::U8 => 1,
            Kind::I16 | Kind::U16 => 2,
            Kind::I32 | Kind::F32 => 4,
            Kind::I64 | Kind::F64 | Kind::Ref => 8,
            Kind::V128 => 16,
            Kind::V256 => 32,
            Kind::V512 => 64,
        }
    }

    /// Alignment in slots.
    #[must_use]
    pub fn align(self) -> u32 {
        self.size().min(16)
    }

    /// Whether it is a vector that no function takes or returns in a register: which register depends on what it is compiled for.
    #[must_use]
    pub fn is_wide(self) -> bool {
        matches!(self, Kind::V256 | Kind::V512)
    }

    /// Kind of a vector; `None` for other structs.
    #[must_use]
    pub fn of_vector(ts: &TypeSystem, t: TypeDesc) -> Option<Kind> {
        let TypeKind::Def { module, ref args, .. } = ts.kind(t) else { return None };
        if args.len() != 1 || module != ts.corelib() {
            return None;
        }
        let (namespace, name) = ts.namespace_and_name(t);
        match (namespace.as_str(), name.as_str()) {
            ("System.Runtime.Intrinsics", "Vector128`1") | ("System.Numerics", "Vector`1") => Some(Kind::V128),
            ("System.Runtime.Intrinsics", "Vector256`1") => Some(Kind::V256),
            ("System.Runtime.Intrinsics", "Vector512`1") => Some(Kind::V512),
            _ => None,
        }
    }

    /// Kind of a primitive; `None` for void.
    #[must_use]
    pub fn of_prim(p: Prim) -> Option<Kind> {
        Some(match p {
            Prim::Void => return None,
            Prim::Bool | Prim::U1 => Kind::U8,
            Prim::I1 => Kind::I8,
            Prim::Char | Prim::U2 => Kind::U16,
            Prim::I2 => Kind::I16,
            Prim::I4 | Prim::U4 => Kind::I32,
            Prim::I8 | Prim::U8 | Prim::I | Prim::U => Kind::I64,
            Prim::R4 => Kind::F32,
            Prim::R8 => Kind::F64,
        })
    }
}

/// Representation of a type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Rep {
    /// No value.
    Void,
    /// One scalar.
    Scalar(Kind),
    /// A struct in memory.
    Struct,
}

/// Representation of a type (runtime-determined ones by their canonical form).
pub fn rep(ts: &TypeSystem, t: TypeDesc) -> Result<Rep, LowerError> {
    Ok(match ts.type_class(t) {
        TypeClass::Prim(p) => Kind::of_prim(p).map_or(Rep::Void, Rep::Scalar),
        TypeClass::Ref | TypeClass::ByRef => Rep::Scalar(Kind::Ref),
        TypeClass::Ptr => Rep::Scalar(Kind::I64),
        TypeClass::Struct => Kind::of_vector(ts, t).map_or(Rep::Struct, Rep::Scalar),
        TypeClass::Unknown => return Err(LowerError::Unsupported(format!("value of open type {}", ts.type_name(t)))),
    })
}

/// What lowering needs to know of a struct.
#[derive(Clone, Debug)]
pub struct StructInfo {
    /// Bytes.
    pub size: u32,
    /// Alignment.
    pub align: u32,
    /// Offsets of references and byrefs.
    pub refs: Vec<u32>,
    /// Lives on the stack only.
    pub by_ref_like: bool,
    /// Scalars that together are the value (`None`: copy by words).
    pub leaves: Option<Vec<(u32, Kind)>>,
}

/// More leaves than this are copied in bulk.
pub const MAX_LEAVES: usize = 16;

impl StructInfo {
    /// Reads the layout of a struct type.
    pub fn of(ts: &TypeSystem, t: TypeDesc) -> Result<StructInfo, LowerError> {
        let t = ts.canonical_type(t);
        let l = ts.layout(t)?;
        let mut leaves = Vec::new();
        let ok = flatten(ts, t, 0, &mut leaves)? && leaves.len() <= MAX_LEAVES;
        Ok(StructInfo {
            size: l.size.max(1),
            align: l.align.max(1),
            refs: l.refs.clone(),
            by_ref_like: l.by_ref_like || ts.is_by_ref_like(t),
            leaves: ok.then_some(leaves),
        })
    }

    /// The pieces to copy: references where they are, everything else in scalars or runs.
    #[must_use]
    pub fn pieces(&self) -> Vec<Piece> {
        if let Some(l) = &self.leaves {
            return l.iter().map(|&(o, k)| Piece::Scalar(o, k)).collect();
        }
        let mut out = Vec::new();
        let mut at = 0;
        for &r in &self.refs {
            run(&mut out, at, r);
            out.push(Piece::Scalar(r, Kind::Ref));
            at = r + 8;
        }
        run(&mut out, at, self.size);
        out
    }
}

/// A piece of a struct copy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Piece {
    /// One scalar.
    Scalar(u32, Kind),
    /// Bytes without references: offset, length.
    Bytes(u32, u32),
}

fn run(out: &mut Vec<Piece>, mut from: u32, to: u32) {
    if to <= from {
        return;
    }
    if to - from > 64 {
        out.push(Piece::Bytes(from, to - from));
        return;
    }
    for (k, n) in [(Kind::I64, 8), (Kind::I32, 4), (Kind::U16, 2), (Kind::U8, 1)] {
        while to - from >= n {
            out.push(Piece::Scalar(from, k));
            from += n;
        }
    }
}

/// Appends the scalars of a struct; false when the fields do not cover it (overlap, fixed buffers, explicit sizes).
fn flatten(ts: &TypeSystem, t: TypeDesc, base: u32, out: &mut Vec<(u32, Kind)>) -> Result<bool, LowerError> {
    let l = ts.layout(t)?;
    if l.overlapping || l.fields.is_empty() {
        return Ok(false);
    }
    let mut fields = l.fields.clone();
    fields.sort_by_key(|f| f.1);
    let mut end = 0u32;
    for &(f, off) in &fields {
        let ft = ts.field_type(f)?;
        let (size, align) = ts.value_size(ft)?;
        if end.next_multiple_of(align.max(1)) != off && end != off {
            return Ok(false);
        }
        match rep(ts, ft)? {
            Rep::Void => return Ok(false),
            Rep::Scalar(k) => out.push((base + off, k)),
            Rep::Struct => {
                if !flatten(ts, ts.canonical_type(ft), base + off, out)? {
                    return Ok(false);
                }
            }
        }
        if out.len() > MAX_LEAVES {
            return Ok(false);
        }
        end = off + size;
    }
    Ok(end.next_multiple_of(l.align.max(1)) == l.size)
}
