//! Layout of static fields (contract §4): declared order, each naturally aligned; ordinary statics behind the block's header,
//! thread statics from 0.

use crate::TypeSystem;
use crate::desc::*;
use crate::error::Result;
use std::rc::Rc;

impl TypeSystem {
    /// Ordinary statics, behind the header.
    pub fn static_layout(&self, t: TypeDesc) -> Result<Rc<StaticLayout>> {
        self.statics(t, false)
    }

    /// Thread statics, from 0.
    pub fn thread_static_layout(&self, t: TypeDesc) -> Result<Rc<StaticLayout>> {
        self.statics(t, true)
    }

    fn statics(&self, t: TypeDesc, thread: bool) -> Result<Rc<StaticLayout>> {
        let t = self.canonical_rd(t);
        self.memo.statics.get((t, thread), || {
            let mut out = StaticLayout { align: 8, ..StaticLayout::default() };
            let mut at = if thread { 0 } else { kiln_abi::statics::STATICS_HEADER_SIZE };
            for &f in self.fields(t).iter() {
                if !self.is_static(f) || self.is_literal(f) || self.has_rva(f) || self.is_thread_static(f) != thread {
                    continue;
                }
                let ty = self.field_type(f)?;
                let (size, align) = self.value_size(ty)?;
                if size >= 1 << 28 || at >= 1 << 28 {
                    return Err(self.bad_type(t, "static fields are too large"));
                }
                at = at.next_multiple_of(align.max(1));
                out.fields.push((f, at));
                match self.type_class(ty) {
                    TypeClass::Ref | TypeClass::ByRef => out.refs.push(at),
                    TypeClass::Struct => out.refs.extend(self.layout(ty)?.refs.iter().map(|r| r + at)),
                    _ => {}
                }
                out.align = out.align.max(align);
                at += size;
            }
            out.size = at.next_multiple_of(8);
            Ok(Rc::new(out))
        })
    }

    /// A type with RD inside is laid out by its canonical form.
    fn canonical_rd(&self, t: TypeDesc) -> TypeDesc {
        if self.is_runtime_determined(t) { self.canonical_type(t) } else { t }
    }
}
