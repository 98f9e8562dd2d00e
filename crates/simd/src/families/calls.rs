//! Instructions that LLVM has a function for: by the method's name, the first vector's element and its size, then the second's.

use super::{Query, Rule};
use crate::call::Call;
use crate::op::{Kind, Op};
use crate::shape::Lane::{self, F32, F64, I8, I16, I32, I64, U8, U16, U32, U64};
use crate::shape::Shape;

/// What a row asks of the second vector.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Second {
    /// Nothing.
    Any,
    /// There is none.
    None,
    /// It is one of 16 bytes.
    Half,
    /// It is of the size of the first.
    Same,
}
use Second::{Any, Half, Same};

/// A method, elements of its first vector, the vector's bytes, the second vector, the function; whether an immediate comes last.
type Row = (&'static str, &'static [Lane], u8, Second, &'static str, bool);

const BYTES: &[Lane] = &[I8, U8];
const WORDS: &[Lane] = &[I16, U16];
const DWORDS: &[Lane] = &[I32, U32];
const QWORDS: &[Lane] = &[I64, U64];
const INTS: &[Lane] = &[I8, U8, I16, U16, I32, U32, I64, U64];

const ROWS: &[Row] = &[
    ("Reciprocal", &[F32], 16, Any, "x86.sse.rcp.ps", false),
    ("Reciprocal", &[F32], 32, Any, "x86.avx.rcp.ps.256", false),
    ("ReciprocalSqrt", &[F32], 16, Any, "x86.sse.rsqrt.ps", false),
    ("ReciprocalSqrt", &[F32], 32, Any, "x86.avx.rsqrt.ps.256", false),
    ("ConvertToInt32", &[F32], 16, Any, "x86.sse.cvtss2si", false),
    ("ConvertToInt32WithTruncation", &[F32], 16, Any, "x86.sse.cvttss2si", false),
    ("ConvertToInt64", &[F32], 16, Any, "x86.sse.cvtss2si64", false),
    ("ConvertToInt64WithTruncation", &[F32], 16, Any, "x86.sse.cvttss2si64", false),
    ("ConvertToInt32", &[F64], 16, Any, "x86.sse2.cvtsd2si", false),
    ("ConvertToInt32WithTruncation", &[F64], 16, Any, "x86.sse2.cvttsd2si", false),
    ("ConvertToInt64", &[F64], 16, Any, "x86.sse2.cvtsd2si64", false),
    ("ConvertToInt64WithTruncation", &[F64], 16, Any, "x86.sse2.cvttsd2si64", false),
    ("ConvertScalarToVector128Single", &[F32], 16, Same, "x86.sse2.cvtsd2ss", false),
    ("ConvertToVector128Int32", &[F32], 16, Any, "x86.sse2.cvtps2dq", false),
    ("ConvertToVector128Int32", &[F64], 16, Any, "x86.sse2.cvtpd2dq", false),
    ("ConvertToVector128Int32", &[F64], 32, Any, "x86.avx.cvt.pd2dq.256", false),
    ("ConvertToVector256Int32", &[F32], 32, Any, "x86.avx.cvt.ps2dq.256", false),
    ("ConvertToVector128Int32WithTruncation", &[F32], 16, Any, "x86.sse2.cvttps2dq", false),
    ("ConvertToVector128Int32WithTruncation", &[F64], 16, Any, "x86.sse2.cvttpd2dq", false),
    ("ConvertToVector128Int32WithTruncation", &[F64], 32, Any, "x86.avx.cvtt.pd2dq.256", false),
    ("ConvertToVector256Int32WithTruncation", &[F32], 32, Any, "x86.avx.cvtt.ps2dq.256", false),
    ("ConvertToVector128Single", &[F64], 16, Any, "x86.sse2.cvtpd2ps", false),
    ("ConvertToVector128Single", &[F64], 32, Any, "x86.avx.cvt.pd2.ps.256", false),
    ("PackSignedSaturate", WORDS, 16, Any, "x86.sse2.packsswb.128", false),
    ("PackSignedSaturate", DWORDS, 16, Any, "x86.sse2.packssdw.128", false),
    ("PackSignedSaturate", WORDS, 32, Any, "x86.avx2.packsswb", false),
    ("PackSignedSaturate", DWORDS, 32, Any, "x86.avx2.packssdw", false),
    ("PackUnsignedSaturate", WORDS, 16, Any, "x86.sse2.packuswb.128", false),
    ("PackUnsignedSaturate", DWORDS, 16, Any, "x86.sse41.packusdw", false),
    ("PackUnsignedSaturate", WORDS, 32, Any, "x86.avx2.packuswb", false),
    ("PackUnsignedSaturate", DWORDS, 32, Any, "x86.avx2.packusdw", false),
    ("MultiplyAddAdjacent", WORDS, 16, Any, "x86.sse2.pmadd.wd", false),
    ("MultiplyAddAdjacent", WORDS, 32, Any, "x86.avx2.pmadd.wd", false),
    ("MultiplyAddAdjacent", BYTES, 16, Any, "x86.ssse3.pmadd.ub.sw.128", false),
    ("MultiplyAddAdjacent", BYTES, 32, Any, "x86.avx2.pmadd.ub.sw", false),
    ("MultiplyHighRoundScale", WORDS, 16, Any, "x86.ssse3.pmul.hr.sw.128", false),
    ("MultiplyHighRoundScale", WORDS, 32, Any, "x86.avx2.pmul.hr.sw", false),
    ("SumAbsoluteDifferences", BYTES, 16, Any, "x86.sse2.psad.bw", false),
    ("SumAbsoluteDifferences", BYTES, 32, Any, "x86.avx2.psad.bw", false),
    ("MultipleSumAbsoluteDifferences", BYTES, 16, Any, "x86.sse41.mpsadbw", true),
    ("MultipleSumAbsoluteDifferences", BYTES, 32, Any, "x86.avx2.mpsadbw", true),
    ("MinHorizontal", WORDS, 16, Any, "x86.sse41.phminposuw", false),
    ("DotProduct", &[F32], 16, Any, "x86.sse41.dpps", true),
    ("DotProduct", &[F64], 16, Any, "x86.sse41.dppd", true),
    ("DotProduct", &[F32], 32, Any, "x86.avx.dp.ps.256", true),
    ("Insert", &[F32], 16, Same, "x86.sse41.insertps", true),
    ("AddSubtract", &[F32], 16, Any, "x86.sse3.addsub.ps", false),
    ("AddSubtract", &[F64], 16, Any, "x86.sse3.addsub.pd", false),
    ("AddSubtract", &[F32], 32, Any, "x86.avx.addsub.ps.256", false),
    ("AddSubtract", &[F64], 32, Any, "x86.avx.addsub.pd.256", false),
    ("HorizontalAdd", &[F32], 16, Any, "x86.sse3.hadd.ps", false),
    ("HorizontalAdd", &[F64], 16, Any, "x86.sse3.hadd.pd", false),
    ("HorizontalAdd", &[F32], 32, Any, "x86.avx.hadd.ps.256", false),
    ("HorizontalAdd", &[F64], 32, Any, "x86.avx.hadd.pd.256", false),
    ("HorizontalAdd", WORDS, 16, Any, "x86.ssse3.phadd.w.128", false),
    ("HorizontalAdd", DWORDS, 16, Any, "x86.ssse3.phadd.d.128", false),
    ("HorizontalAdd", WORDS, 32, Any, "x86.avx2.phadd.w", false),
    ("HorizontalAdd", DWORDS, 32, Any, "x86.avx2.phadd.d", false),
    ("HorizontalAddSaturate", WORDS, 16, Any, "x86.ssse3.phadd.sw.128", false),
    ("HorizontalAddSaturate", WORDS, 32, Any, "x86.avx2.phadd.sw", false),
    ("HorizontalSubtract", &[F32], 16, Any, "x86.sse3.hsub.ps", false),
    ("HorizontalSubtract", &[F64], 16, Any, "x86.sse3.hsub.pd", false),
    ("HorizontalSubtract", &[F32], 32, Any, "x86.avx.hsub.ps.256", false),
    ("HorizontalSubtract", &[F64], 32, Any, "x86.avx.hsub.pd.256", false),
    ("HorizontalSubtract", WORDS, 16, Any, "x86.ssse3.phsub.w.128", false),
    ("HorizontalSubtract", DWORDS, 16, Any, "x86.ssse3.phsub.d.128", false),
    ("HorizontalSubtract", WORDS, 32, Any, "x86.avx2.phsub.w", false),
    ("HorizontalSubtract", DWORDS, 32, Any, "x86.avx2.phsub.d", false),
    ("HorizontalSubtractSaturate", WORDS, 16, Any, "x86.ssse3.phsub.sw.128", false),
    ("HorizontalSubtractSaturate", WORDS, 32, Any, "x86.avx2.phsub.sw", false),
    ("Shuffle", BYTES, 16, Same, "x86.ssse3.pshuf.b.128", false),
    ("Shuffle", BYTES, 32, Same, "x86.avx2.pshuf.b", false),
    ("Sign", BYTES, 16, Any, "x86.ssse3.psign.b.128", false),
    ("Sign", WORDS, 16, Any, "x86.ssse3.psign.w.128", false),
    ("Sign", DWORDS, 16, Any, "x86.ssse3.psign.d.128", false),
    ("Sign", BYTES, 32, Any, "x86.avx2.psign.b", false),
    ("Sign", WORDS, 32, Any, "x86.avx2.psign.w", false),
    ("Sign", DWORDS, 32, Any, "x86.avx2.psign.d", false),
    ("BlendVariable", INTS, 16, Any, "x86.sse41.pblendvb", false),
    ("BlendVariable", &[F32], 16, Any, "x86.sse41.blendvps", false),
    ("BlendVariable", &[F64], 16, Any, "x86.sse41.blendvpd", false),
    ("BlendVariable", INTS, 32, Any, "x86.avx2.pblendvb", false),
    ("BlendVariable", &[F32], 32, Any, "x86.avx.blendv.ps.256", false),
    ("BlendVariable", &[F64], 32, Any, "x86.avx.blendv.pd.256", false),
    ("TestC", INTS, 16, Any, "x86.sse41.ptestc", false),
    ("TestZ", INTS, 16, Any, "x86.sse41.ptestz", false),
    ("TestNotZAndNotC", INTS, 16, Any, "x86.sse41.ptestnzc", false),
    ("TestC", INTS, 32, Any, "x86.avx.ptestc.256", false),
    ("TestZ", INTS, 32, Any, "x86.avx.ptestz.256", false),
    ("TestNotZAndNotC", INTS, 32, Any, "x86.avx.ptestnzc.256", false),
    ("TestC", &[F32], 16, Any, "x86.avx.vtestc.ps", false),
    ("TestC", &[F64], 16, Any, "x86.avx.vtestc.pd", false),
    ("TestC", &[F32], 32, Any, "x86.avx.vtestc.ps.256", false),
    ("TestC", &[F64], 32, Any, "x86.avx.vtestc.pd.256", false),
    ("TestZ", &[F32], 16, Any, "x86.avx.vtestz.ps", false),
    ("TestZ", &[F64], 16, Any, "x86.avx.vtestz.pd", false),
    ("TestZ", &[F32], 32, Any, "x86.avx.vtestz.ps.256", false),
    ("TestZ", &[F64], 32, Any, "x86.avx.vtestz.pd.256", false),
    ("TestNotZAndNotC", &[F32], 16, Any, "x86.avx.vtestnzc.ps", false),
    ("TestNotZAndNotC", &[F64], 16, Any, "x86.avx.vtestnzc.pd", false),
    ("TestNotZAndNotC", &[F32], 32, Any, "x86.avx.vtestnzc.ps.256", false),
    ("TestNotZAndNotC", &[F64], 32, Any, "x86.avx.vtestnzc.pd.256", false),
    ("ShiftLeftLogical", WORDS, 16, Half, "x86.sse2.psll.w", false),
    ("ShiftLeftLogical", DWORDS, 16, Half, "x86.sse2.psll.d", false),
    ("ShiftLeftLogical", QWORDS, 16, Half, "x86.sse2.psll.q", false),
    ("ShiftLeftLogical", WORDS, 32, Half, "x86.avx2.psll.w", false),
    ("ShiftLeftLogical", DWORDS, 32, Half, "x86.avx2.psll.d", false),
    ("ShiftLeftLogical", QWORDS, 32, Half, "x86.avx2.psll.q", false),
    ("ShiftRightLogical", WORDS, 16, Half, "x86.sse2.psrl.w", false),
    ("ShiftRightLogical", DWORDS, 16, Half, "x86.sse2.psrl.d", false),
    ("ShiftRightLogical", QWORDS, 16, Half, "x86.sse2.psrl.q", false),
    ("ShiftRightLogical", WORDS, 32, Half, "x86.avx2.psrl.w", false),
    ("ShiftRightLogical", DWORDS, 32, Half, "x86.avx2.psrl.d", false),
    ("ShiftRightLogical", QWORDS, 32, Half, "x86.avx2.psrl.q", false),
    ("ShiftRightArithmetic", WORDS, 16, Half, "x86.sse2.psra.w", false),
    ("ShiftRightArithmetic", DWORDS, 16, Half, "x86.sse2.psra.d", false),
    ("ShiftRightArithmetic", WORDS, 32, Half, "x86.avx2.psra.w", false),
    ("ShiftRightArithmetic", DWORDS, 32, Half, "x86.avx2.psra.d", false),
    ("ShiftLeftLogicalVariable", DWORDS, 16, Any, "x86.avx2.psllv.d", false),
    ("ShiftLeftLogicalVariable", QWORDS, 16, Any, "x86.avx2.psllv.q", false),
    ("ShiftLeftLogicalVariable", DWORDS, 32, Any, "x86.avx2.psllv.d.256", false),
    ("ShiftLeftLogicalVariable", QWORDS, 32, Any, "x86.avx2.psllv.q.256", false),
    ("ShiftRightLogicalVariable", DWORDS, 16, Any, "x86.avx2.psrlv.d", false),
    ("ShiftRightLogicalVariable", QWORDS, 16, Any, "x86.avx2.psrlv.q", false),
    ("ShiftRightLogicalVariable", DWORDS, 32, Any, "x86.avx2.psrlv.d.256", false),
    ("ShiftRightLogicalVariable", QWORDS, 32, Any, "x86.avx2.psrlv.q.256", false),
    ("ShiftRightArithmeticVariable", DWORDS, 16, Any, "x86.avx2.psrav.d", false),
    ("ShiftRightArithmeticVariable", DWORDS, 32, Any, "x86.avx2.psrav.d.256", false),
    ("PermuteVar", &[F32], 16, Any, "x86.avx.vpermilvar.ps", false),
    ("PermuteVar", &[F64], 16, Any, "x86.avx.vpermilvar.pd", false),
    ("PermuteVar", &[F32], 32, Any, "x86.avx.vpermilvar.ps.256", false),
    ("PermuteVar", &[F64], 32, Any, "x86.avx.vpermilvar.pd.256", false),
    ("PermuteVar8x32", DWORDS, 32, Any, "x86.avx2.permd", false),
    ("PermuteVar8x32", &[F32], 32, Any, "x86.avx2.permps", false),
    ("Encrypt", BYTES, 16, Any, "x86.aesni.aesenc", false),
    ("EncryptLast", BYTES, 16, Any, "x86.aesni.aesenclast", false),
    ("Decrypt", BYTES, 16, Any, "x86.aesni.aesdec", false),
    ("DecryptLast", BYTES, 16, Any, "x86.aesni.aesdeclast", false),
    ("InverseMixColumns", BYTES, 16, Any, "x86.aesni.aesimc", false),
    ("KeygenAssist", BYTES, 16, Second::None, "x86.aesni.aeskeygenassist", true),
    ("CarrylessMultiply", QWORDS, 16, Any, "x86.pclmulqdq", true),
];

/// Comparisons by an immediate, masked loads and stores, products that are added: by the size and element of the vectors.
fn special(q: &Query<'_>) -> Option<Rule> {
    let call = |name: &str| Call::find(name).map(Kind::Call);
    let of = |a: Shape, f32: &'static str, f64: &'static str| if a.lane == F64 { (f64, a) } else { (f32, a) };
    match (q.name, q.args.len()) {
        ("Compare", 3) => {
            let a = q.vector(0)?;
            let names = if a.bytes == 32 { ("x86.avx.cmp.ps.256", "x86.avx.cmp.pd.256") } else { ("x86.sse.cmp.ps", "x86.sse2.cmp.pd") };
            let (name, a) = of(a, names.0, names.1);
            Some(Rule { imm: Some((2, 32)), ..Rule::imm(Op::on(call(name)?, a), 3) })
        }
        ("CompareScalar", 3) => {
            let (name, a) = of(q.vector(0)?, "x86.sse.cmp.ss", "x86.sse2.cmp.sd");
            Some(Rule { imm: Some((2, 32)), ..Rule::imm(Op::on(call(name)?, a), 3) })
        }
        ("ReciprocalScalar" | "ReciprocalSqrtScalar", n) => {
            let a = q.vector(0)?;
            let name = if q.name == "ReciprocalScalar" { "x86.sse.rcp.ss" } else { "x86.sse.rsqrt.ss" };
            let op = Op::on(call(name)?, a);
            Some(if n == 1 { Rule::new(op, 1) } else { Rule::new(op.first(), 2) })
        }
        ("MaskMove", 3) => Some(Rule::new(Op::new(call("x86.sse2.maskmov.dqu")?, q.vector(0)?, Shape::nothing()), 3)),
        ("MaskLoad", 2) => Some(Rule::new(Op::new(call(&masked("load", q.vector(1)?))?, q.vector(1)?, q.ret), 2)),
        ("MaskStore", 3) => Some(Rule::new(Op::new(call(&masked("store", q.vector(1)?))?, q.vector(1)?, Shape::nothing()), 3)),
        ("MultiplyWideningAndAdd" | "MultiplyWideningAndAddSaturate", 3) => {
            let (a, b) = (q.vector(0)?, q.vector(1)?);
            let saturate = if q.name.ends_with("Saturate") { "s" } else { "" };
            let kind = if b.lane.size() == 1 { "vpdpbusd" } else { "vpdpwssd" };
            Some(Rule::new(Op::on(call(&format!("x86.avx512.{kind}{saturate}.{}", u32::from(a.bytes) * 8))?, a), 3))
        }
        _ => None,
    }
}

fn masked(what: &str, mask: Shape) -> String {
    let (set, lane) = match mask.lane {
        F32 => ("avx", "ps"),
        F64 => ("avx", "pd"),
        lane if lane.size() == 4 => ("avx2", "d"),
        _ => ("avx2", "q"),
    };
    format!("x86.{set}.mask{what}.{lane}{}", if mask.bytes == 32 { ".256" } else { "" })
}

pub(super) fn find(q: &Query<'_>) -> Option<Rule> {
    if let Some(rule) = special(q) {
        return Some(rule);
    }
    let a = q.vector(0)?;
    let second = q.vector(1).map(|b| b.bytes);
    let row = ROWS.iter().find(|(name, lanes, bytes, wants, ..)| {
        let fits = match wants {
            Any => true,
            Second::None => second.is_none(),
            Half => second == Some(16),
            Same => second == Some(a.bytes),
        };
        *name == q.name && lanes.contains(&a.lane) && *bytes == a.bytes && fits
    })?;
    let op = Op::new(Kind::Call(Call::find(row.4)?), a, q.ret);
    Some(if row.5 { Rule::imm(op, q.args.len()) } else { Rule::new(op, q.args.len()) })
}

#[cfg(test)]
mod tests {
    use super::{Call, ROWS};

    #[test]
    fn every_row_names_a_function() {
        for row in ROWS {
            assert!(Call::find(row.4).is_some(), "{}", row.4);
        }
    }
}
