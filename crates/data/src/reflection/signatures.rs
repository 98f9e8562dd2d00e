//! Signature blobs with resolved types (`abi::reflection::sig`).

use kiln_abi::reflection::sig;
use kiln_support::FxIndexSet;
use kiln_typesys::{MethodSig, TypeDesc, TypeKind, TypeSystem, WellKnown};

/// Types that signatures of a module name, by index.
pub(super) type Pool = FxIndexSet<TypeDesc>;

fn pooled(pool: &mut Pool, t: TypeDesc, out: &mut Vec<u8>) {
    let (index, _) = pool.insert_full(t);
    out.extend((index as u32).to_le_bytes());
}

/// Writes a type over the variables of its context.
pub(super) fn encode_type(ts: &TypeSystem, pool: &mut Pool, t: TypeDesc, out: &mut Vec<u8>) {
    match ts.kind(t) {
        TypeKind::ByRef(e) => {
            out.push(sig::BY_REF);
            encode_type(ts, pool, e, out);
        }
        TypeKind::Ptr(e) => {
            out.push(sig::PTR);
            encode_type(ts, pool, e, out);
        }
        TypeKind::SzArray(e) => {
            out.push(sig::SZ_ARRAY);
            encode_type(ts, pool, e, out);
        }
        TypeKind::MdArray(e, rank) => {
            out.extend([sig::ARRAY, rank as u8]);
            encode_type(ts, pool, e, out);
        }
        TypeKind::Var(i) => out.extend([sig::VAR, i as u8]),
        TypeKind::MVar(i) => out.extend([sig::MVAR, i as u8]),
        TypeKind::Def { args, .. } if ts.contains_vars(t) => {
            out.push(sig::GENERIC_INST);
            pooled(pool, ts.generic_definition(t), out);
            out.push(args.len() as u8);
            for &a in args.iter() {
                encode_type(ts, pool, a, out);
            }
        }
        TypeKind::FnPtr(_) => {
            out.push(sig::TYPE);
            pooled(pool, ts.well_known(WellKnown::IntPtr), out);
        }
        TypeKind::Def { .. } | TypeKind::RuntimeDetermined { .. } => {
            out.push(sig::TYPE);
            pooled(pool, t, out);
        }
    }
}

/// Writes a method's or property's signature.
pub(super) fn encode_method(ts: &TypeSystem, pool: &mut Pool, s: &MethodSig) -> Vec<u8> {
    let mut out = vec![s.call_conv | if s.has_this { sig::HAS_THIS } else { 0 }];
    out.extend((s.generic_count as u16).to_le_bytes());
    out.extend((s.params.len() as u16).to_le_bytes());
    encode_type(ts, pool, s.ret, &mut out);
    for &p in &s.params {
        encode_type(ts, pool, p, &mut out);
    }
    out
}
