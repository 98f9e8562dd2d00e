//! Explicit layout (ECMA-335 II.10.7): offsets from the metadata, and the rule that references overlap references of their kind alone.

use super::{FieldShape, MAX_SIZE, Room};
use crate::TypeSystem;
use crate::desc::*;
use crate::error::{Result, TypeSysError};

/// What a byte of a type is part of. A byte may be of two fields only when it is the same of both.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Content {
    Object,
    ByRef,
    Data,
}

/// A scalar of a type: where it is, how long, and what.
type Piece = (u32, u32, Content);

impl TypeSystem {
    /// The offsets that the metadata says.
    pub(super) fn explicit_offsets(&self, t: TypeDesc, shapes: &[FieldShape], room: &Room) -> Result<Vec<u32>> {
        let mut offsets = Vec::with_capacity(shapes.len());
        for s in shapes {
            let (module, id) = self.field_def(s.field);
            let at = self.module_data(module).metadata.field_offset_of(id);
            let at = u64::from(at.ok_or_else(|| self.bad_type(t, "a field without an offset"))?) + u64::from(room.start);
            if at > MAX_SIZE {
                return Err(self.bad_type(t, "a field offset is too large"));
            }
            offsets.push(at as u32);
        }
        self.check_overlap(t, shapes, &offsets, room)?;
        Ok(offsets)
    }

    /// References are aligned, and nothing else shares their bytes.
    fn check_overlap(&self, t: TypeDesc, shapes: &[FieldShape], offsets: &[u32], room: &Room) -> Result<()> {
        let mut placed: Vec<Piece> = Vec::new();
        for (s, &at) in shapes.iter().zip(offsets) {
            let mut own = Vec::new();
            self.pieces(s.ty, at, &mut own)?;
            let wrong = |&(start, size, content): &Piece| {
                let clash = |&(other, length, what): &Piece| what != content && other < start + size && start < other + length;
                (content != Content::Data && start % 8 != 0) || placed.iter().any(clash)
            };
            if own.iter().any(wrong) {
                let (_, assembly) = self.loader_names(t);
                return Err(TypeSysError::ObjectOverlap { ty: self.type_display(t), assembly, offset: at - room.bias() });
            }
            placed.extend(own);
        }
        Ok(())
    }

    /// The scalars of a value at an offset. Plain data is one piece.
    fn pieces(&self, t: TypeDesc, at: u32, out: &mut Vec<Piece>) -> Result<()> {
        match self.type_class(t) {
            TypeClass::Ref => out.push((at, 8, Content::Object)),
            TypeClass::ByRef => out.push((at, 8, Content::ByRef)),
            TypeClass::Struct if self.contains_refs(t) => {
                let layout = self.layout(t)?;
                let count = self.inline_array_length(t).unwrap_or(1);
                let step = layout.size / count.max(1);
                for element in 0..count {
                    for &(f, offset) in &layout.fields {
                        self.pieces(self.field_type(f)?, at + element * step + offset, out)?;
                    }
                }
            }
            _ => out.push((at, self.value_size(t)?.0, Content::Data)),
        }
        Ok(())
    }
}
