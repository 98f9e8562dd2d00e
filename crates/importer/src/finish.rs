//! The end of an import: block arguments, regions, and ids without gaps.

use crate::build::{Importer, Res};
use crate::error::{ImportError, invalid};
use kiln_metadata::EhKind;
use kiln_mir::{BlockData, BlockId, Function, Look, Nest, Nesting, Outward, Region, RegionId, RegionKind, Renumbered, Term, ValueId};
use kiln_typesys::MethodDesc;

impl Importer<'_> {
    /// Block arguments, regions, block data.
    pub(crate) fn finish(mut self, method: MethodDesc) -> Result<Function, ImportError> {
        self.link_arguments()?;
        let mut region_map = vec![None; self.graph.clauses.len()];
        let mut walk = Outward::default();
        for b in self.blocks.iter().filter(|b| self.imported[b.flow]) {
            // Found once each, however many blocks lie in it.
            while let Some(Nesting::Try(r)) = walk.next(&self.graph.blocks[b.flow].nesting, |n| match n {
                Nesting::Try(r) if region_map[r.index()].is_none() => Look::Found,
                _ => Look::Past,
            }) {
                region_map[r.index()] = Some(RegionId(0));
            }
        }
        let mut regions = Vec::new();
        for (i, c) in self.graph.clauses.iter().enumerate() {
            if region_map[i].is_none() {
                continue;
            }
            region_map[i] = Some(RegionId::new(regions.len()));
            let block = |at: u32| {
                let b = self.graph.block_at(at).and_then(|f| self.block_ids[f]);
                b.map_or_else(|| invalid("a handler without a block"), Ok)
            };
            let kind = match c.kind {
                EhKind::Catch(t) => RegionKind::Catch(self.type_token(t.token())?),
                EhKind::Filter { filter_offset } => RegionKind::Filter { filter: block(filter_offset)? },
                EhKind::Finally => RegionKind::Finally,
                EhKind::Fault => RegionKind::Fault,
            };
            regions.push(Region { kind, handler: block(c.handler_offset)? });
        }
        let map = |r: RegionId| region_map.get(r.index()).copied().flatten();
        let mut blocks = Vec::with_capacity(self.blocks.len());
        let mut renumbered = Renumbered::default();
        let entry_extra = self.graph.has_prologue_block();
        for (n, b) in self.blocks.into_iter().enumerate() {
            let (mut term, term_pos) = b.term.unwrap_or((Term::Unreachable, 0));
            match &mut term {
                Term::EndFinally(r) | Term::EndFilter(r, _) | Term::Rethrow(r) => match map(*r) {
                    Some(x) => *r = x,
                    None => return invalid("end of a handler that is not one"),
                },
                _ => {}
            }
            let nesting = if n == 0 && entry_extra {
                Nest::OUTSIDE
            } else {
                renumbered.list(&self.graph.blocks[b.flow].nesting, |n| match n {
                    Nesting::Try(r) => map(r).map(Nesting::Try),
                    Nesting::Handler(r) => map(r).map(Nesting::Handler),
                    Nesting::Filter(r) => map(r).map(Nesting::Filter),
                })
            };
            blocks.push(BlockData { params: b.params, insts: b.insts, term, term_pos: term_pos.into(), nesting });
        }
        Ok(Function {
            method,
            arg_count: self.arg_count,
            ret: self.ret,
            slots: self.slots,
            init_locals: self.init_locals,
            values: self.values,
            blocks,
            regions,
            scopes: Vec::new(),
        })
    }

    /// Gives every edge the arguments its target's parameters want, converted at the end of the source block.
    pub(crate) fn link_arguments(&mut self) -> Res {
        for b in 0..self.blocks.len() {
            let Some((mut term, pos)) = self.blocks[b].term.take() else { continue };
            self.cur = b;
            self.pos = pos;
            let fix = |im: &mut Self, to: BlockId, args: &mut Vec<ValueId>| -> Res {
                let params = im.blocks[to.index()].params.clone();
                if params.is_empty() {
                    args.clear();
                    return Ok(());
                }
                if params.len() != args.len() {
                    return invalid("the evaluation stack's depth differs between paths");
                }
                for (a, p) in args.iter_mut().zip(params) {
                    let ty = im.ty(p);
                    *a = im.coerce(*a, ty)?;
                }
                Ok(())
            };
            match &mut term {
                Term::Jump(to, args) => fix(self, *to, args)?,
                Term::Branch { then_to, else_to, .. } => {
                    fix(self, then_to.0, &mut then_to.1)?;
                    fix(self, else_to.0, &mut else_to.1)?;
                }
                Term::Switch { targets, default, .. } => {
                    for t in targets {
                        fix(self, t.0, &mut t.1)?;
                    }
                    fix(self, default.0, &mut default.1)?;
                }
                _ => {}
            }
            self.blocks[b].term = Some((term, pos));
        }
        Ok(())
    }
}
