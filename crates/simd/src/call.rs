//! Functions of LLVM that stand for one instruction each, without the `llvm.` before their names.
//!
//! Their parameter types are LLVM's business: operands of a size are taken for what the function wants, an immediate comes last.

macro_rules! calls {
    ($($name:literal)*) => {
        const NAMES: &[&str] = &[$($name),*];
    };
}

/// A function of LLVM.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Call(u16);

impl Call {
    /// The one with this name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        NAMES.iter().position(|n| *n == name).and_then(|at| u16::try_from(at).ok()).map(Self)
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        NAMES.get(usize::from(self.0)).copied().unwrap_or_default()
    }

    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..NAMES.len() as u16).map(Self)
    }

    /// Whether it does more than compute its result.
    #[must_use]
    pub fn has_effect(self) -> bool {
        EFFECTS.contains(&self.name()) || self.name().contains("maskload") || self.name().contains("maskstore")
    }
}

const EFFECTS: &[&str] =
    &["x86.sse.sfence", "x86.sse2.lfence", "x86.sse2.mfence", "x86.sse2.pause", "x86.sse2.maskmov.dqu", "x86.serialize"];

calls! {
    "x86.sse.rcp.ps" "x86.sse.rcp.ss" "x86.sse.rsqrt.ps" "x86.sse.rsqrt.ss" "x86.sse.cvtss2si" "x86.sse.cvttss2si" "x86.sse.cvtss2si64"
    "x86.sse.cvttss2si64" "x86.sse.sfence" "x86.sse.cmp.ss" "x86.sse.cmp.ps" "x86.sse2.cmp.sd" "x86.sse2.cmp.pd" "x86.avx.cmp.ps.256"
    "x86.avx.cmp.pd.256"
    "x86.sse2.lfence" "x86.sse2.mfence" "x86.sse2.pause" "x86.sse2.maskmov.dqu" "x86.sse2.cvtsd2si" "x86.sse2.cvttsd2si"
    "x86.sse2.cvtsd2si64" "x86.sse2.cvttsd2si64" "x86.sse2.cvtsd2ss" "x86.sse2.cvtps2dq" "x86.sse2.cvttps2dq" "x86.sse2.cvtpd2dq"
    "x86.sse2.cvttpd2dq" "x86.sse2.cvtpd2ps" "x86.sse2.packsswb.128" "x86.sse2.packssdw.128" "x86.sse2.packuswb.128" "x86.sse2.pmadd.wd"
    "x86.sse2.psad.bw" "x86.sse2.psll.w" "x86.sse2.psll.d" "x86.sse2.psll.q" "x86.sse2.psrl.w" "x86.sse2.psrl.d" "x86.sse2.psrl.q"
    "x86.sse2.psra.w" "x86.sse2.psra.d"
    "x86.sse3.addsub.ps" "x86.sse3.addsub.pd" "x86.sse3.hadd.ps" "x86.sse3.hadd.pd" "x86.sse3.hsub.ps" "x86.sse3.hsub.pd"
    "x86.ssse3.phadd.w.128" "x86.ssse3.phadd.d.128" "x86.ssse3.phadd.sw.128" "x86.ssse3.phsub.w.128" "x86.ssse3.phsub.d.128"
    "x86.ssse3.phsub.sw.128" "x86.ssse3.pmadd.ub.sw.128" "x86.ssse3.pmul.hr.sw.128" "x86.ssse3.pshuf.b.128" "x86.ssse3.psign.b.128"
    "x86.ssse3.psign.w.128" "x86.ssse3.psign.d.128"
    "x86.sse41.pblendvb" "x86.sse41.blendvps" "x86.sse41.blendvpd" "x86.sse41.dpps" "x86.sse41.dppd" "x86.sse41.insertps"
    "x86.sse41.phminposuw" "x86.sse41.mpsadbw" "x86.sse41.packusdw" "x86.sse41.ptestc" "x86.sse41.ptestz" "x86.sse41.ptestnzc"
    "x86.sse41.round.ps" "x86.sse41.round.pd"
    "x86.sse42.crc32.32.8" "x86.sse42.crc32.32.16" "x86.sse42.crc32.32.32" "x86.sse42.crc32.64.64"
    "x86.avx.rcp.ps.256" "x86.avx.rsqrt.ps.256" "x86.avx.addsub.ps.256" "x86.avx.addsub.pd.256" "x86.avx.hadd.ps.256" "x86.avx.hadd.pd.256"
    "x86.avx.hsub.ps.256" "x86.avx.hsub.pd.256" "x86.avx.dp.ps.256" "x86.avx.blendv.ps.256" "x86.avx.blendv.pd.256" "x86.avx.round.ps.256"
    "x86.avx.round.pd.256" "x86.avx.cvt.ps2dq.256" "x86.avx.cvtt.ps2dq.256" "x86.avx.cvt.pd2dq.256" "x86.avx.cvtt.pd2dq.256"
    "x86.avx.cvt.pd2.ps.256" "x86.avx.vpermilvar.ps" "x86.avx.vpermilvar.pd" "x86.avx.vpermilvar.ps.256" "x86.avx.vpermilvar.pd.256"
    "x86.avx.ptestc.256" "x86.avx.ptestz.256" "x86.avx.ptestnzc.256" "x86.avx.vtestc.ps" "x86.avx.vtestc.pd" "x86.avx.vtestz.ps"
    "x86.avx.vtestz.pd" "x86.avx.vtestnzc.ps" "x86.avx.vtestnzc.pd" "x86.avx.vtestc.ps.256" "x86.avx.vtestc.pd.256"
    "x86.avx.vtestz.ps.256" "x86.avx.vtestz.pd.256" "x86.avx.vtestnzc.ps.256" "x86.avx.vtestnzc.pd.256" "x86.avx.maskload.ps"
    "x86.avx.maskload.pd" "x86.avx.maskload.ps.256" "x86.avx.maskload.pd.256" "x86.avx.maskstore.ps" "x86.avx.maskstore.pd"
    "x86.avx.maskstore.ps.256" "x86.avx.maskstore.pd.256"
    "x86.avx2.packsswb" "x86.avx2.packssdw" "x86.avx2.packuswb" "x86.avx2.packusdw" "x86.avx2.pmadd.wd" "x86.avx2.pmadd.ub.sw"
    "x86.avx2.pmul.hr.sw" "x86.avx2.psad.bw" "x86.avx2.pshuf.b" "x86.avx2.psign.b" "x86.avx2.psign.w" "x86.avx2.psign.d"
    "x86.avx2.phadd.w" "x86.avx2.phadd.d" "x86.avx2.phadd.sw" "x86.avx2.phsub.w" "x86.avx2.phsub.d" "x86.avx2.phsub.sw"
    "x86.avx2.mpsadbw" "x86.avx2.pblendvb" "x86.avx2.permd" "x86.avx2.permps" "x86.avx2.psll.w" "x86.avx2.psll.d" "x86.avx2.psll.q"
    "x86.avx2.psrl.w" "x86.avx2.psrl.d" "x86.avx2.psrl.q" "x86.avx2.psra.w" "x86.avx2.psra.d" "x86.avx2.psllv.d" "x86.avx2.psllv.d.256"
    "x86.avx2.psllv.q" "x86.avx2.psllv.q.256" "x86.avx2.psrlv.d" "x86.avx2.psrlv.d.256" "x86.avx2.psrlv.q" "x86.avx2.psrlv.q.256"
    "x86.avx2.psrav.d" "x86.avx2.psrav.d.256" "x86.avx2.maskload.d" "x86.avx2.maskload.q" "x86.avx2.maskload.d.256"
    "x86.avx2.maskload.q.256" "x86.avx2.maskstore.d" "x86.avx2.maskstore.q" "x86.avx2.maskstore.d.256" "x86.avx2.maskstore.q.256"
    "x86.bmi.bextr.32" "x86.bmi.bextr.64" "x86.bmi.bzhi.32" "x86.bmi.bzhi.64" "x86.bmi.pdep.32" "x86.bmi.pdep.64" "x86.bmi.pext.32"
    "x86.bmi.pext.64"
    "x86.aesni.aesenc" "x86.aesni.aesenclast" "x86.aesni.aesdec" "x86.aesni.aesdeclast" "x86.aesni.aesimc" "x86.aesni.aeskeygenassist"
    "x86.pclmulqdq" "x86.serialize"
    "x86.avx512.vpdpbusd.128" "x86.avx512.vpdpbusd.256" "x86.avx512.vpdpbusds.128" "x86.avx512.vpdpbusds.256" "x86.avx512.vpdpwssd.128"
    "x86.avx512.vpdpwssd.256" "x86.avx512.vpdpwssds.128" "x86.avx512.vpdpwssds.256"
}

#[cfg(test)]
mod tests {
    use super::{Call, NAMES};

    #[test]
    fn names_are_found_and_different() {
        for call in Call::all() {
            assert_eq!(Call::find(call.name()), Some(call));
        }
        assert_eq!(Call::all().count(), NAMES.len());
    }
}
