//! Rules 4 and 5: where terminators may go, and with what.

use super::{Kind, V, Verifier};
use crate::{Nesting, RegionKind, Term};

impl Verifier<'_> {
    pub(super) fn check_term(&self, n: usize, term: &Term) -> V {
        let here = &self.f.blocks[n].nesting;
        let mut err = None;
        term.for_each_successor(|to, args| {
            let target = &self.f.blocks[to.index()];
            let there = &target.nesting;
            if args.len() != target.params.len() {
                err = Some(format!("{} arguments for {to} with {} parameters", args.len(), target.params.len()));
            }
            for (a, p) in args.iter().zip(&target.params) {
                if self.k(*a) != self.k(*p) {
                    err = Some(format!("{a} is {:?}, parameter {p} of {to} is {:?}", self.k(*a), self.k(*p)));
                }
            }
            let common = here.common(there);
            if there.inside(&common).any(|x| !matches!(x, Nesting::Try(_))) {
                err = Some(format!("branch into a handler at {to}"));
            }
            if !matches!(term, Term::Leave(_)) && common.depth() != here.depth() {
                err = Some(format!("branch out of a region to {to}"));
            }
        });
        if let Some(e) = err {
            return Err(e);
        }
        match term {
            Term::Branch { cond, .. } if matches!(self.k(*cond), Kind::F32 | Kind::F64 | Kind::Value) => {
                Err("branch on a float or struct".to_owned())
            }
            Term::Switch { value, .. } if self.k(*value) != Kind::I32 => Err("switch on something else than I32".to_owned()),
            Term::Return(v) => {
                if !here.is_empty() {
                    return Err("return inside a region".to_owned());
                }
                let want = self.f.ret.map(|t| self.type_kind(t));
                let have = v.map(|v| self.k(v));
                if want == have { Ok(()) } else { Err(format!("return of {have:?}, expected {want:?}")) }
            }
            Term::EndFinally(r) => match self.region(*r)?.kind {
                RegionKind::Finally | RegionKind::Fault if here.contains(Nesting::Handler(*r)) => Ok(()),
                _ => Err("end of a finally that is not one".to_owned()),
            },
            Term::EndFilter(r, v) => {
                if !here.contains(Nesting::Filter(*r)) || self.k(*v) != Kind::I32 {
                    return Err("end of a filter that is not one".to_owned());
                }
                Ok(())
            }
            Term::Rethrow(r) => match self.region(*r)?.kind {
                RegionKind::Catch(_) | RegionKind::Filter { .. } if here.contains(Nesting::Handler(*r)) => Ok(()),
                _ => Err("rethrow outside of a handler".to_owned()),
            },
            Term::Throw(v) if self.k(*v) != Kind::Ref => Err("throw of something else than an object".to_owned()),
            _ => Ok(()),
        }
    }
}
