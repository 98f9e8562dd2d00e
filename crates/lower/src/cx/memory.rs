//! Typed memory access: places and their write barriers, widening, struct copies (contract §5).

use super::{Cx, Loc, Place};
use crate::LowerError;
use crate::types::{Kind, Piece};
use kiln_lir::{CastOp, Inst, LTy, MemFlags, SlotId, ValueId};
use kiln_typesys::TypeDesc;

impl Cx<'_> {
    /// The place a byref or pointer value points to.
    #[must_use]
    pub fn place_of(&self, v: ValueId) -> Place {
        if self.b.ty(v) == LTy::Ptr { Place::Plain } else { self.places.get(&v).copied().unwrap_or(Place::Maybe) }
    }

    /// The location a byref or pointer points to.
    #[must_use]
    pub fn deref(&self, v: ValueId) -> Loc {
        match self.raw.get(&v) {
            Some(&p) => Loc { base: p, off: 0, place: Place::Plain },
            None => Loc { base: v, off: 0, place: self.place_of(v) },
        }
    }

    /// A byref to a location.
    pub fn addr_ref(&mut self, l: Loc) -> ValueId {
        let a = self.b.offset(l.base, l.off);
        let r = self.b.coerce(a, LTy::Ref);
        if self.b.ty(a) == LTy::Ptr {
            self.raw.insert(r, a);
        }
        if l.place != Place::Maybe {
            self.places.insert(r, l.place);
        }
        r
    }

    /// Loads a scalar, widened.
    pub fn load_kind(&mut self, k: Kind, l: Loc, flags: MemFlags) -> ValueId {
        let v = self.b.load(k.mem(), l.base, l.off, flags);
        self.widen(k, v)
    }

    /// Widens a scalar of memory type to its register type.
    pub fn widen(&mut self, k: Kind, v: ValueId) -> ValueId {
        match k {
            Kind::I8 | Kind::I16 => self.b.cast(CastOp::SExt, LTy::I32, v),
            Kind::U8 | Kind::U16 => self.b.cast(CastOp::ZExt, LTy::I32, v),
            _ => v,
        }
    }

    /// A register value made to fit a kind in a signature: small integers truncated and extended.
    pub fn fit(&mut self, k: Kind, v: ValueId) -> ValueId {
        let v = self.b.coerce(v, k.reg());
        if k.mem() == k.reg() {
            return v;
        }
        let m = self.b.cast(CastOp::Trunc, k.mem(), v);
        self.widen(k, m)
    }

    /// Stores a scalar register value, narrowed; with the barrier the place needs.
    pub fn store_kind(&mut self, k: Kind, l: Loc, v: ValueId, flags: MemFlags) {
        let v = self.b.coerce(v, k.reg());
        if k == Kind::Ref && l.place != Place::Plain && !self.nulls.contains(&v) {
            let a = self.addr_ref(l);
            let helper = if l.place == Place::Heap {
                kiln_abi::helpers::Helper::RhpAssignRef
            } else {
                kiln_abi::helpers::Helper::RhpCheckedAssignRef
            };
            self.b.helper(helper, &[a, v]);
            return;
        }
        let v = self.b.coerce(v, k.mem());
        self.b.store(k.mem(), l.base, l.off, v, flags);
    }

    /// Copies a struct.
    pub fn copy_struct(&mut self, t: TypeDesc, dst: Loc, src: Loc, flags: MemFlags) -> Result<(), LowerError> {
        let i = self.info(t)?;
        let plain = dst.place == Place::Plain || i.refs.is_empty() || i.by_ref_like;
        if !plain && (i.refs.len() > 4 || i.leaves.is_none()) {
            let (d, s) = (self.addr_ref(dst), self.addr_ref(src));
            let mt = self.mt(t, false)?;
            self.b.helper(kiln_abi::helpers::Helper::RhpCopyStruct, &[d, s, mt]);
            return Ok(());
        }
        let dst = if plain { Loc { place: Place::Plain, ..dst } } else { dst };
        let flags = if i.align < 8 && i.leaves.is_none() { MemFlags { align: i.align as u8, ..flags } } else { flags };
        // All loads first: source and destination may be the same object seen twice.
        let pieces = i.pieces();
        let mut loaded = Vec::with_capacity(pieces.len());
        for p in &pieces {
            loaded.push(match *p {
                Piece::Scalar(o, k) => Some(self.b.load(k.mem(), src.base, src.off + o as i32, flags)),
                Piece::Bytes(..) => None,
            });
        }
        for (p, v) in pieces.iter().zip(loaded) {
            match (*p, v) {
                (Piece::Scalar(o, Kind::Ref), Some(v)) => self.store_kind(Kind::Ref, dst.at(o), v, flags),
                (Piece::Scalar(o, k), Some(v)) => self.b.store(k.mem(), dst.base, dst.off + o as i32, v, flags),
                (Piece::Bytes(o, n), _) => {
                    let d = self.b.offset(dst.base, dst.off + o as i32);
                    let s = self.b.offset(src.base, src.off + o as i32);
                    let size = self.b.iconst(LTy::I64, i64::from(n));
                    self.b.eff(Inst::MemMove { dst: d, src: s, size });
                }
                (Piece::Scalar(..), None) => {}
            }
        }
        Ok(())
    }

    /// Zeroes a struct location. Null references need no barrier.
    pub fn zero_struct(&mut self, t: TypeDesc, l: Loc) -> Result<(), LowerError> {
        let i = self.info(t)?;
        if let Some(leaves) = i.leaves.as_ref().filter(|l| l.len() <= 8) {
            for &(o, k) in leaves {
                let z = self.b.zero(k.mem());
                self.b.store(k.mem(), l.base, l.off + o as i32, z, MemFlags::default());
            }
            return Ok(());
        }
        let dst = self.b.offset(l.base, l.off);
        let byte = self.b.iconst(LTy::I8, 0);
        let size = self.b.iconst(LTy::I64, i64::from(i.size));
        self.b.eff(Inst::MemSet { dst, byte, size });
        Ok(())
    }

    /// A copy of a struct in its own slot.
    pub fn copy_of(&mut self, t: TypeDesc, s: SlotId) -> Result<SlotId, LowerError> {
        let d = self.struct_slot(t, "copy")?;
        let (dl, sl) = (self.slot_loc(d), self.slot_loc(s));
        self.copy_struct(t, dl, sl, MemFlags::default())?;
        Ok(d)
    }
}
