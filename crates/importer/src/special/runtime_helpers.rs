//! `System.Runtime.CompilerServices.RuntimeHelpers`: questions about types, array initialisation from RVA data.

use super::{Done, Site, done};
use crate::build::{Fact, Importer, Res};
use kiln_mir::{BinOp, CompareOp, Inst, Ty, ValueId};
use kiln_typesys::{Prim, TypeClass, TypeKind};

impl Importer<'_> {
    pub(super) fn runtime_helpers(&mut self, s: &Site<'_>) -> Res<Done> {
        match (s.name, s.targs, s.args) {
            ("IsReferenceOrContainsReferences", [t], []) => {
                let r = match self.ts.type_class(*t) {
                    TypeClass::Ref | TypeClass::ByRef => true,
                    TypeClass::Prim(_) | TypeClass::Ptr => false,
                    TypeClass::Struct if !self.ts.contains_vars(*t) => self.ts.contains_refs(self.ts.canonical_type(*t)),
                    _ => return Ok(None),
                };
                let v = self.i32(i32::from(r));
                done(v)
            }
            // Structs: "no" is always right, only slower.
            ("IsBitwiseEquatable", [t], []) => {
                let r = match self.ts.type_class(*t) {
                    TypeClass::Prim(p) => !matches!(p, Prim::R4 | Prim::R8 | Prim::Void),
                    TypeClass::Unknown => return Ok(None),
                    _ => false,
                };
                let v = self.i32(i32::from(r));
                done(v)
            }
            ("IsKnownConstant", _, [_]) => {
                let v = self.i32(0);
                done(v)
            }
            ("EnumEquals", [t], [a, b]) if self.is_exact(*t) && self.ts.is_enum(*t) => {
                let v = self.compare(CompareOp::Eq, *a, *b)?;
                done(v)
            }
            // As the underlying type compares itself: small integers by their difference.
            ("EnumCompareTo", [t], [a, b])
                if self.is_exact(*t)
                    && self.ts.is_enum(*t)
                    && matches!(self.ts.prim(*t), Some(Prim::Char | Prim::I1 | Prim::U1 | Prim::I2 | Prim::U2)) =>
            {
                let v = self.bin_value(BinOp::Sub, *a, *b)?;
                done(v)
            }
            ("EnumCompareTo", [t], [a, b]) if self.is_exact(*t) && self.ts.is_enum(*t) => {
                let un = matches!(self.ts.prim(*t), Some(Prim::Bool | Prim::Char | Prim::U1 | Prim::U2 | Prim::U4 | Prim::U8 | Prim::U));
                let (gt, lt) = if un { (CompareOp::GtUn, CompareOp::LtUn) } else { (CompareOp::Gt, CompareOp::Lt) };
                let g = self.compare(gt, *a, *b)?;
                let l = self.compare(lt, *a, *b)?;
                let v = self.bin_value(BinOp::Sub, g, l)?;
                done(v)
            }
            // The first word of an object (`abi::object`).
            ("GetMethodTable", [], [obj]) => {
                let addr = self.def(Inst::Reinterpret(*obj), Ty::ByRef(None));
                let v = self.def(Inst::Load { ty: kiln_mir::MemTy::NInt, addr, volatile: false, unaligned: false }, Ty::NInt);
                done(v)
            }
            ("RunClassConstructor", [], [handle]) => {
                let Fact::TypeHandle(t) = *self.fact(*handle) else { return Ok(None) };
                if self.ts.has_cctor(t).is_some() {
                    self.eff(Inst::EnsureClassInit(t));
                }
                Ok(Some(None))
            }
            ("InitializeArray", [], [array, handle]) => self.initialize_array(*array, *handle),
            ("CreateSpan", [t], [handle]) => {
                let Fact::FieldHandle(f) = *self.fact(*handle) else { return Ok(None) };
                if self.ts.contains_vars(*t) {
                    return Ok(None);
                }
                let Some(data) = self.ts.rva_data(f) else { return Ok(None) };
                let (size, _) = self.ts.value_size(self.ts.canonical_type(*t))?;
                let span = s.sig.ret;
                // The internal constructor (ref T, int).
                let ctor = self.ts.find_methods(span, ".ctor").into_iter().find(|c| {
                    self.ts.method_sig(*c).is_ok_and(|g| g.params.len() == 2 && matches!(self.ts.kind(g.params[0]), TypeKind::ByRef(_)))
                });
                let Some(ctor) = ctor else { return Ok(None) };
                let p = self.def(Inst::RvaData(f), Ty::NInt);
                let p = self.def(Inst::Reinterpret(p), Ty::ByRef(Some(*t)));
                let n = self.i32((data.len() / size.max(1) as usize) as i32);
                let v = self.new_object(ctor, vec![p, n])?;
                done(v)
            }
            _ => Ok(None),
        }
    }

    fn initialize_array(&mut self, array: ValueId, handle: ValueId) -> Res<Done> {
        let Fact::FieldHandle(f) = *self.fact(handle) else { return Ok(None) };
        let Fact::Exact(t) = *self.fact(array) else { return Ok(None) };
        let Some(data) = self.ts.rva_data(f) else { return Ok(None) };
        let dst = match self.ts.kind(t) {
            TypeKind::SzArray(e) => self.def(Inst::ArrayDataAddr(array), Ty::ByRef(Some(e))),
            TypeKind::MdArray(e, rank) if !data.is_empty() => {
                let zero = self.i32(0);
                let indices = vec![zero; rank as usize];
                self.def(Inst::MdElemAddr { array_ty: t, array, indices, readonly: true }, Ty::ByRef(Some(e)))
            }
            _ => return Ok(None),
        };
        let src = self.def(Inst::RvaData(f), Ty::NInt);
        let size = self.nint(data.len() as i64);
        self.eff(Inst::CopyBlock { dst, src, size });
        Ok(Some(None))
    }
}
