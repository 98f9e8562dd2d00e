//! Text of the parts of instructions: ids, types, names, numbers, lists.

use super::{Parser, Printer};
use crate::{BinOp, BlockId, CompareOp, ConvRange, ConvTo, IntrinsicOp, MemTy, RegionId, SlotId, Ty, UnOp, ValueId};
use kiln_simd::{IsaSet, Op};
use kiln_typesys::{FieldDesc, MethodDesc, MethodSig, TypeDesc};
use std::sync::Arc;

/// Written and read back.
pub(crate) trait Text: Sized {
    fn write(&self, p: &mut Printer<'_>);
    fn read(p: &mut Parser<'_>) -> Result<Self, String>;
}

/// What an instruction consists of: some parts are operands, or hold them.
pub(crate) trait Part {
    fn operands(&self, _visit: &mut dyn FnMut(ValueId)) {}
    fn operands_mut(&mut self, _visit: &mut dyn FnMut(&mut ValueId)) {}
}

impl Part for ValueId {
    fn operands(&self, visit: &mut dyn FnMut(ValueId)) {
        visit(*self);
    }
    fn operands_mut(&mut self, visit: &mut dyn FnMut(&mut ValueId)) {
        visit(self);
    }
}

impl<T: Part> Part for Vec<T> {
    fn operands(&self, visit: &mut dyn FnMut(ValueId)) {
        self.iter().for_each(|part| part.operands(visit));
    }
    fn operands_mut(&mut self, visit: &mut dyn FnMut(&mut ValueId)) {
        self.iter_mut().for_each(|part| part.operands_mut(visit));
    }
}

impl<T: Part> Part for Option<T> {
    fn operands(&self, visit: &mut dyn FnMut(ValueId)) {
        self.iter().for_each(|part| part.operands(visit));
    }
    fn operands_mut(&mut self, visit: &mut dyn FnMut(&mut ValueId)) {
        self.iter_mut().for_each(|part| part.operands_mut(visit));
    }
}

impl<T: Part> Part for (BlockId, T) {
    fn operands(&self, visit: &mut dyn FnMut(ValueId)) {
        self.1.operands(visit);
    }
    fn operands_mut(&mut self, visit: &mut dyn FnMut(&mut ValueId)) {
        self.1.operands_mut(visit);
    }
}

macro_rules! no_operands {
    ($($t:ty),*) => {$(impl Part for $t {})*};
}
no_operands! {
    BlockId, SlotId, RegionId, i32, i64, u32, u64, bool, String, Arc<[u16]>, Arc<MethodSig>, TypeDesc, MethodDesc, FieldDesc, MemTy, BinOp, UnOp,
    CompareOp, ConvTo, ConvRange, IntrinsicOp, Op, IsaSet
}

macro_rules! ids {
    ($($t:ty, $prefix:literal;)*) => {$(
        impl Text for $t {
            fn write(&self, p: &mut Printer<'_>) {
                p.word(&self.to_string());
            }
            fn read(p: &mut Parser<'_>) -> Result<Self, String> {
                let t = p.next()?;
                t.strip_prefix($prefix).and_then(|n| n.parse().ok()).map(Self).ok_or_else(|| format!("{t} where {}N is expected", $prefix))
            }
        }
    )*};
}
ids! { ValueId, "v"; BlockId, "bb"; SlotId, "ss"; RegionId, "r"; }

macro_rules! numbers {
    ($($t:ty),*) => {$(
        impl Text for $t {
            fn write(&self, p: &mut Printer<'_>) {
                p.word(&self.to_string());
            }
            fn read(p: &mut Parser<'_>) -> Result<Self, String> {
                let t = p.next()?;
                t.parse().map_err(|_| format!("{t} where a number is expected"))
            }
        }
    )*};
}
numbers!(i32, i64, u8, u32, u64, bool);

fn quoted(t: &str) -> Result<&str, String> {
    t.strip_prefix('"').and_then(|t| t.strip_suffix('"')).ok_or_else(|| format!("{t} where a quoted name is expected"))
}

macro_rules! names {
    ($($t:ty, $map:ident, $find:ident, |$p:ident, $x:ident| $name:expr;)*) => {$(
        impl Text for $t {
            fn write(&self, $p: &mut Printer<'_>) {
                let $x = *self;
                let name: String = $name;
                $p.word(&format!("\"{name}\""));
                $p.names.$map.insert(name, $x);
            }
            fn read(p: &mut Parser<'_>) -> Result<Self, String> {
                let name = quoted(p.next()?)?;
                p.resolve.$find(name).ok_or_else(|| format!("unknown name {name}"))
            }
        }
    )*};
}
names! {
    TypeDesc, types, ty, |p, x| p.ts.type_name(x).replace('"', "\\u{22}");
    MethodDesc, methods, method, |p, x| p.ts.method_name_full(x).replace('"', "\\u{22}");
    FieldDesc, fields, field, |p, x| format!("{}::{}", p.ts.type_name(p.ts.field_owner(x)), p.ts.field_name(x)).replace('"', "\\u{22}");
}

impl<T: Text> Text for Option<T> {
    fn write(&self, p: &mut Printer<'_>) {
        match self {
            Some(x) => x.write(p),
            None => p.word("_"),
        }
    }
    fn read(p: &mut Parser<'_>) -> Result<Self, String> {
        if p.eat("_") { Ok(None) } else { T::read(p).map(Some) }
    }
}

impl<T: Text> Text for Vec<T> {
    fn write(&self, p: &mut Printer<'_>) {
        p.word("[");
        self.iter().for_each(|x| x.write(p));
        p.out.push(']');
    }
    fn read(p: &mut Parser<'_>) -> Result<Self, String> {
        p.expect("[")?;
        let mut out = Vec::new();
        while !p.eat("]") {
            out.push(T::read(p)?);
        }
        Ok(out)
    }
}

impl<T: Text> Text for (BlockId, Vec<T>) {
    fn write(&self, p: &mut Printer<'_>) {
        self.0.write(p);
        self.1.write(p);
    }
    fn read(p: &mut Parser<'_>) -> Result<Self, String> {
        Ok((Text::read(p)?, Text::read(p)?))
    }
}

/// Literals: UTF-16 units, those outside of printable ASCII (and quotes and backslashes) as `\uXXXX`.
impl Text for Arc<[u16]> {
    fn write(&self, p: &mut Printer<'_>) {
        let mut s = String::from("\"");
        for &u in self.iter() {
            match u8::try_from(u) {
                Ok(c @ 0x20..=0x7E) if c != b'"' && c != b'\\' => s.push(c as char),
                _ => s.push_str(&format!("\\u{u:04x}")),
            }
        }
        s.push('"');
        p.word(&s);
    }
    fn read(p: &mut Parser<'_>) -> Result<Self, String> {
        let t = quoted(p.next()?)?;
        let mut out = Vec::new();
        let mut rest = t;
        while let Some(c) = rest.chars().next() {
            if let Some(r) = rest.strip_prefix("\\u") {
                let hex = r.get(..4).and_then(|h| u16::from_str_radix(h, 16).ok()).ok_or("bad escape")?;
                out.push(hex);
                rest = &r[4..];
            } else {
                out.push(c as u16);
                rest = &rest[c.len_utf8()..];
            }
        }
        Ok(out.into())
    }
}

impl Text for Op {
    fn write(&self, p: &mut Printer<'_>) {
        p.word(&format!("\"{}\"", self.word()));
    }
    fn read(p: &mut Parser<'_>) -> Result<Self, String> {
        let word = quoted(p.next()?)?;
        Op::find(word).ok_or_else(|| format!("unknown operation {word}"))
    }
}

impl Text for IsaSet {
    fn write(&self, p: &mut Printer<'_>) {
        self.0.write(p);
    }
    fn read(p: &mut Parser<'_>) -> Result<Self, String> {
        u64::read(p).map(Self)
    }
}

impl Text for String {
    fn write(&self, p: &mut Printer<'_>) {
        let units: Arc<[u16]> = self.encode_utf16().collect();
        units.write(p);
    }
    fn read(p: &mut Parser<'_>) -> Result<Self, String> {
        let units = Arc::<[u16]>::read(p)?;
        String::from_utf16(&units).map_err(|e| e.to_string())
    }
}

impl Text for Ty {
    fn write(&self, p: &mut Printer<'_>) {
        match self {
            Ty::I32 => p.word("i32"),
            Ty::I64 => p.word("i64"),
            Ty::NInt => p.word("nint"),
            Ty::F32 => p.word("f32"),
            Ty::F64 => p.word("f64"),
            Ty::Ref(t) => {
                p.word("ref");
                t.write(p);
            }
            Ty::ByRef(t) => {
                p.word("byref");
                t.write(p);
            }
            Ty::Value(t) => {
                p.word("value");
                t.write(p);
            }
        }
    }
    fn read(p: &mut Parser<'_>) -> Result<Self, String> {
        Ok(match p.next()? {
            "i32" => Ty::I32,
            "i64" => Ty::I64,
            "nint" => Ty::NInt,
            "f32" => Ty::F32,
            "f64" => Ty::F64,
            "ref" => Ty::Ref(Text::read(p)?),
            "byref" => Ty::ByRef(Text::read(p)?),
            "value" => Ty::Value(Text::read(p)?),
            t => return Err(format!("{t} where a type is expected")),
        })
    }
}

impl Text for MemTy {
    fn write(&self, p: &mut Printer<'_>) {
        match self {
            MemTy::Struct(t) => {
                p.word("struct");
                t.write(p);
            }
            m => p.word(&format!("{m:?}")),
        }
    }
    fn read(p: &mut Parser<'_>) -> Result<Self, String> {
        use MemTy as M;
        if p.eat("struct") {
            return Ok(M::Struct(Text::read(p)?));
        }
        const ALL: [MemTy; 11] = [M::I8, M::U8, M::I16, M::U16, M::I32, M::I64, M::NInt, M::F32, M::F64, M::Ref, M::ByRef];
        by_debug(p, &ALL)
    }
}

fn by_debug<T: Copy + core::fmt::Debug>(p: &mut Parser<'_>, all: &[T]) -> Result<T, String> {
    let t = p.next()?;
    all.iter().copied().find(|x| format!("{x:?}") == t).ok_or_else(|| format!("unknown operation {t}"))
}

macro_rules! by_name {
    ($($t:ident: $($v:ident)*;)*) => {$(
        impl Text for $t {
            fn write(&self, p: &mut Printer<'_>) {
                p.word(&format!("{self:?}"));
            }
            fn read(p: &mut Parser<'_>) -> Result<Self, String> {
                by_debug(p, &[$($t::$v),*])
            }
        }
    )*};
}
by_name! {
    BinOp: Add Sub Mul Div DivUn Rem RemUn And Or Xor Shl Shr ShrUn AddOvf AddOvfUn SubOvf SubOvfUn MulOvf MulOvfUn;
    UnOp: Neg Not CkFinite;
    CompareOp: Eq Ne Lt LtUn Le LeUn Gt GtUn Ge GeUn;
    ConvTo: I8 U8 I16 U16 I32 U32 I64 U64 NInt NUInt F32 F64 FUn;
    ConvRange: Unchecked Checked CheckedUn;
    IntrinsicOp: Sqrt Floor Ceil Trunc Round Abs CopySign Fma Pow Exp Log Log2 Log10 Sin Cos Tan PopCount Lzcnt Tzcnt Bswap
        MemoryBarrier BitCast KeepAlive;
}

impl Text for Arc<MethodSig> {
    fn write(&self, p: &mut Printer<'_>) {
        p.word("(");
        self.has_this.write(p);
        self.call_conv.write(p);
        self.generic_count.write(p);
        self.ret.write(p);
        self.params.write(p);
        p.out.push(')');
    }
    fn read(p: &mut Parser<'_>) -> Result<Self, String> {
        p.expect("(")?;
        let sig = MethodSig {
            has_this: Text::read(p)?,
            call_conv: Text::read(p)?,
            generic_count: Text::read(p)?,
            ret: Text::read(p)?,
            params: Text::read(p)?,
        };
        p.expect(")")?;
        Ok(Arc::new(sig))
    }
}
