//! The program header `kiln_program` and the tables it points to (`abi::program`).

use crate::DataError;
use crate::emit::{DataOptions, Emitter};
use crate::writer::{Chunk, Place, Sec, Target};
use kiln_abi::program::{PROGRAM_SYMBOL, PROGRAM_VERSION, ProgramHeader};
use kiln_lir::Sym;
use kiln_support::FxHashMap;

impl Emitter<'_> {
    pub(crate) fn program_header(&mut self, opts: &DataOptions<'_>, static_refs: &[Place]) -> Result<(), DataError> {
        let (methods, gc, names) = self.methods(opts);
        let mut refs = Chunk::new();
        for r in static_refs {
            refs.ptr(Target::At(*r));
        }
        let refs = self.w.put(Sec::RelRo, 8, refs, "static references");
        let mut gvm = Chunk::new();
        for r in &self.p.gvm {
            gvm.ptr(self.mt(r.receiver)).ptr(self.sym(&Sym::GvmHandle(r.handle))).ptr(self.sym(&r.target));
        }
        gvm.u64(0).u64(0).u64(0);
        let gvm = self.w.put(Sec::RelRo, 8, gvm, "generic virtual methods");
        let mut types = Chunk::new();
        let mut type_count = 0u64;
        for (&t, &constructed) in &self.p.types {
            if constructed {
                types.ptr(self.mt(t));
                type_count += 1;
            }
        }
        let types = self.w.put(Sec::RelRo, 8, types, "types table");
        let mut properties = Chunk::new();
        for (key, value) in &self.p.app_properties {
            for text in [key, value] {
                let mut c = Chunk::new();
                for u in text.encode_utf16() {
                    c.u16(u);
                }
                c.u16(0);
                properties.ptr(Target::At(self.w.share(Sec::Ro, 2, c, "texts")));
            }
        }
        let properties = self.w.put(Sec::RelRo, 8, properties, "program header");
        let frozen_end = self.w.here(Sec::Frozen, 8);
        let frozen_start = Place { offset: 0, ..frozen_end };

        let mut c = Chunk::new();
        c.u64(PROGRAM_VERSION).ptr(Target::At(methods)).u64(opts.methods.len() as u64).ptr(Target::At(gc)).ptr(Target::At(names));
        c.ptr(Target::At(refs)).u64(static_refs.len() as u64);
        c.ptr(Target::At(frozen_start)).ptr(Target::At(frozen_end));
        c.ptr(Target::At(gvm)).u64(self.p.gvm.len() as u64);
        c.ptr(Target::At(types)).u64(type_count).u64(self.p.thread_statics.len() as u64);
        c.ptr(Target::At(properties)).u64(self.p.app_properties.len() as u64);
        for t in self.p.well_known.list() {
            c.ptr(t.map_or(Target::Null, |t| self.mt(t)));
        }
        for s in &self.p.entries.list {
            c.ptr(self.opt_sym(s.as_ref()));
        }
        if c.len() != size_of::<ProgramHeader>() {
            return Err(DataError::Limit(format!("the program header has {} bytes instead of {}", c.len(), size_of::<ProgramHeader>())));
        }
        self.w.define(PROGRAM_SYMBOL.to_owned(), Sec::RelRo, 8, c, 0, "program header");
        Ok(())
    }

    /// `kiln_methods`, the GC bytes and the names.
    fn methods(&mut self, opts: &DataOptions<'_>) -> (Place, Place, Place) {
        let (mut gc, mut names, mut table) = (Chunk::new(), Chunk::new(), Chunk::new());
        let mut gc_memo: FxHashMap<&[u8], u32> = FxHashMap::default();
        let mut name_memo: FxHashMap<&str, u32> = FxHashMap::default();
        for m in opts.methods {
            let gc_offset = match m.gc.as_deref() {
                None => u32::MAX,
                Some(bytes) => *gc_memo.entry(bytes).or_insert_with(|| {
                    let at = gc.len() as u32;
                    gc.bytes(bytes);
                    at
                }),
            };
            let name_offset = match m.display.as_deref() {
                None => u32::MAX,
                Some(n) => *name_memo.entry(n).or_insert_with(|| {
                    let at = names.len() as u32;
                    names.bytes(n.as_bytes()).u8(0);
                    at
                }),
            };
            table.rel32(Target::Sym(m.symbol.clone())).u32(gc_offset).u32(name_offset);
        }
        let table = self.w.define("kiln_methods".to_owned(), Sec::Ro, 4, table, 0, "method table");
        // The decoder of the last record may look at what follows.
        gc.u64(0);
        let gc = self.w.put(Sec::Ro, 1, gc, "gc records");
        let names = self.w.put(Sec::Ro, 1, names, "method names");
        (table, gc, names)
    }
}
