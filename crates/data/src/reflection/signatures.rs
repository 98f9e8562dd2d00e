//! Signature blobs with resolved types (`abi::reflection::sig`).

use crate::record::Record;
use kiln_abi::reflection::sig;
use kiln_support::FxIndexSet;
use kiln_typesys::{MethodSig, TypeDesc, TypeKind, TypeSystem, WellKnown};

/// Types that signatures of a module name, by index.
pub(crate) type Pool = FxIndexSet<TypeDesc>;

fn pooled(pool: &mut Pool, t: TypeDesc, out: &mut Record) {
    let (index, _) = pool.insert_full(t);
    out.items::<u32>([index as u32]);
}

/// Writes a type over the variables of its context.
pub(crate) fn encode_type(ts: &TypeSystem, pool: &mut Pool, t: TypeDesc, out: &mut Record) {
    match ts.kind(t) {
        TypeKind::ByRef(e) => {
            out.items::<u8>([sig::BY_REF]);
            encode_type(ts, pool, e, out);
        }
        TypeKind::Ptr(e) => {
            out.items::<u8>([sig::PTR]);
            encode_type(ts, pool, e, out);
        }
        TypeKind::SzArray(e) => {
            out.items::<u8>([sig::SZ_ARRAY]);
            encode_type(ts, pool, e, out);
        }
        TypeKind::MdArray(e, rank) => {
            out.items::<u8>([sig::ARRAY, rank as u8]);
            encode_type(ts, pool, e, out);
        }
        TypeKind::Var(i) => out.items::<u8>([sig::VAR, i as u8]),
        TypeKind::MVar(i) => out.items::<u8>([sig::MVAR, i as u8]),
        TypeKind::Def { args, .. } if ts.contains_vars(t) => {
            out.items::<u8>([sig::GENERIC_INST]);
            pooled(pool, ts.generic_definition(t), out);
            out.items::<u8>([args.len() as u8]);
            for &a in args.iter() {
                encode_type(ts, pool, a, out);
            }
        }
        TypeKind::FnPtr(_) => {
            out.items::<u8>([sig::TYPE]);
            pooled(pool, ts.well_known(WellKnown::IntPtr), out);
        }
        TypeKind::Def { .. } | TypeKind::RuntimeDetermined { .. } => {
            out.items::<u8>([sig::TYPE]);
            pooled(pool, t, out);
        }
    }
}

/// Writes a method's or property's signature.
pub(super) fn encode_method(ts: &TypeSystem, pool: &mut Pool, s: &MethodSig) -> Record {
    let mut out = Record::default();
    out.items::<u8>([s.call_conv | if s.has_this { sig::HAS_THIS } else { 0 }]);
    out.items::<u16>([s.generic_count as u16, s.params.len() as u16]);
    encode_type(ts, pool, s.ret, &mut out);
    for &p in &s.params {
        encode_type(ts, pool, p, &mut out);
    }
    out
}
