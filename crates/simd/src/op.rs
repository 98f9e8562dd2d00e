//! Operations: what they compute, what they take, and their words in texts.

use crate::call::Call;
use crate::shape::{Lane, Shape};

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident $word:literal)*) => {
        /// What an operation computes, element by element where nothing else is said. `a`, `b`, `c` are its operands.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum Kind {
            $($(#[$doc])* $variant,)*
            /// A function of LLVM for one instruction.
            Call(Call),
        }

        impl Kind {
            /// The word in texts.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                    Self::Call(call) => call.name(),
                }
            }

            /// The one with this word.
            #[must_use]
            pub fn find(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)*
                    _ => Call::find(word).map(Self::Call),
                }
            }

            /// All but the functions of LLVM.
            pub const PLAIN: &[Self] = &[$(Self::$variant),*];
        }
    };
}

kinds! {
    /** a + b */ Add "add"
    /** a - b */ Sub "sub"
    /** a * b, the lower half for integers */ Mul "mul"
    /** The upper half of a * b */ MulHigh "mul_high"
    /** a / b of floats */ Div "div"
    /** a & b */ And "and"
    /** a | b */ Or "or"
    /** a ^ b */ Xor "xor"
    /** !a & b */ AndNot "and_not"
    /** The smaller integer; of floats b unless a is less */ Min "min"
    /** The larger integer; of floats b unless a is greater */ Max "max"
    /** a + b within the element's range */ AddSat "add_sat"
    /** a - b within the element's range */ SubSat "sub_sat"
    /** (a + b + 1) / 2 without overflow */ Average "average"
    /** Ones where a == b */ Eq "eq"
    /** Ones where a != b (or unordered) */ Ne "ne"
    /** Ones where a < b */ Lt "lt"
    /** Ones where a <= b */ Le "le"
    /** Ones where a > b */ Gt "gt"
    /** Ones where a >= b */ Ge "ge"
    /** Ones where not a < b */ NotLt "not_lt"
    /** Ones where not a <= b */ NotLe "not_le"
    /** Ones where not a > b */ NotGt "not_gt"
    /** Ones where not a >= b */ NotGe "not_ge"
    /** Ones where neither is NaN */ Ordered "ordered"
    /** Ones where one is NaN */ Unordered "unordered"
    /** -a */ Neg "neg"
    /** !a */ Not "not"
    /** |a| */ Abs "abs"
    /** Square root */ Sqrt "sqrt"
    /** Rounded up */ Ceil "ceil"
    /** Rounded down */ Floor "floor"
    /** Rounded towards zero */ Trunc "trunc"
    /** Rounded, halves to even */ Round "round"
    /** a << (b mod width), b a scalar */ Shl "shl"
    /** a >> (b mod width), b a scalar, zeros come in */ Shr "shr"
    /** a >> (b mod width), b a scalar, the sign comes in */ Sar "sar"
    /** a << immediate; zero from the width on */ ShlImm "shl_imm"
    /** a >> immediate, zeros come in; zero from the width on */ ShrImm "shr_imm"
    /** a >> immediate, the sign comes in; all sign from the width on */ SarImm "sar_imm"
    /** (a & b) | (!a & c), bit by bit */ Select "select"
    /** a * b + c, rounded once */ Fma "fma"
    /** a * b - c, rounded once */ FmaSub "fma_sub"
    /** -(a * b) + c, rounded once */ FmaNegAdd "fma_neg_add"
    /** -(a * b) - c, rounded once */ FmaNegSub "fma_neg_sub"
    /** Odd elements a * b + c, even ones a * b - c */ FmaAddSub "fma_add_sub"
    /** Odd elements a * b - c, even ones a * b + c */ FmaSubAdd "fma_sub_add"
    /** Products of the even elements, twice as wide */ MulEven "mul_even"
    /** 1 if the highest bit of every element is set */ All "all"
    /** 1 if the highest bit of some element is set */ Any "any"
    /** The highest bits of the elements */ SignMask "sign_mask"
    /** The sum of the elements (integers) */ Sum "sum"
    /** All ones */ Ones "ones"
    /** A scalar in every element */ Splat "splat"
    /** A scalar in the first element, zeros above */ First "first"
    /** A scalar for each element */ Build "build"
    /** The element with the immediate's number */ Extract "extract"
    /** a with the scalar b as the element with the immediate's number */ Insert "insert"
    /** a with the first element of b */ MoveFirst "move_first"
    /** a with zeros above the first element */ KeepFirst "keep_first"
    /** The lower half */ Lower "lower"
    /** The upper half */ Upper "upper"
    /** b above a */ Concat "concat"
    /** Zeros above a */ Extend "extend"
    /** a with b as lower half */ WithLower "with_lower"
    /** a with b as upper half */ WithUpper "with_upper"
    /** The same bits */ Cast "cast"
    /** To another element type; the lower elements of what has more, zeros above what has fewer. Floats to integers saturate. */ Convert "convert"
    /** The same of the upper elements */ ConvertUpper "convert_upper"
    /** a and b, as one, to narrower elements */ Narrow "narrow"
    /** Elements of a by the indices b; zero for what is out of range */ Table "table"
    /** Pairs of bits of the immediate choose two elements of a, then two of b, in each 16 bytes */ ShuffleTwo "shuffle_two"
    /** The immediate's fields choose elements of a, in each 16 bytes */ ShuffleOne "shuffle_one"
    /** The same among the upper four of eight */ ShuffleHigh "shuffle_high"
    /** The same among the lower four of eight */ ShuffleLow "shuffle_low"
    /** The lower elements of a and b in turn, in each 16 bytes */ UnpackLow "unpack_low"
    /** The upper elements of a and b in turn, in each 16 bytes */ UnpackHigh "unpack_high"
    /** 16 bytes of b below a, from the immediate's byte on, in each 16 bytes */ AlignRight "align_right"
    /** The bytes moved up by the immediate, in each 16 bytes */ BytesLeft "bytes_left"
    /** The bytes moved down by the immediate, in each 16 bytes */ BytesRight "bytes_right"
    /** b where the immediate's bit is set, else a */ Blend "blend"
    /** Halves of a and b, or zeros, by the immediate */ PermuteHalves "permute_halves"
    /** 8-byte elements by the immediate, across the vector */ PermuteQuads "permute_quads"
    /** The upper half of a below the upper half of b */ HighToLow "high_to_low"
    /** The lower half of a below the lower half of b */ LowToHigh "low_to_high"
    /** Even elements, each twice */ DupEven "dup_even"
    /** Odd elements, each twice */ DupOdd "dup_odd"
    /** The first element everywhere */ SplatFirst "splat_first"
    /** 16 bytes, twice */ SplatHalf "splat_half"
    /** 16 bytes with the immediate's number */ ExtractPart "extract_part"
    /** a with b as the 16 bytes with the immediate's number */ InsertPart "insert_part"
    /** The vector at address a */ Load "load"
    /** The scalar at address a as first element, zeros above */ LoadFirst "load_first"
    /** The scalar at address a in every element */ LoadSplat "load_splat"
    /** The 16 bytes at address a, twice */ LoadHalf "load_half"
    /** a with the 8 bytes at address b as lower half */ LoadLower "load_lower"
    /** a with the 8 bytes at address b as upper half */ LoadUpper "load_upper"
    /** As many elements at address a as the result has, converted */ LoadConvert "load_convert"
    /** b to address a */ Store "store"
    /** The first element of b to address a */ StoreFirst "store_first"
    /** The lower half of b to address a */ StoreLower "store_lower"
    /** The upper half of b to address a */ StoreUpper "store_upper"
    /** Elements at address a by the indices b, the immediate's scale */ Gather "gather"
    /** Elements at address b by the indices c where the mask (the fourth) has its highest bit, else of a */ GatherMask "gather_mask"
    /** Set bits */ PopCount "popcount"
    /** Zeros above the highest set bit */ LeadingZeros "leading_zeros"
    /** Zeros below the lowest set bit */ TrailingZeros "trailing_zeros"
    /** Number of the highest set bit */ HighestBit "highest_bit"
    /** b:a (a the lower half) divided by c */ DivWide "div_wide"
    /** The remainder of that */ RemWide "rem_wide"
    /** The lowest set bit */ LowestBit "lowest_bit"
    /** Ones up to the lowest set bit */ LowestMask "lowest_mask"
    /** a without its lowest set bit */ ResetLowest "reset_lowest"
    /** b bits of a from its bit c on */ BitField "bit_field"
    /** The lower half of a * b to address c; the upper half */ MulWide "mul_wide"
    /** Bring the line at address a near */ Prefetch "prefetch"
}

/// What takes one operand.
const ONE_OPERAND: &[Kind] = &[
    Kind::Neg,
    Kind::Not,
    Kind::Abs,
    Kind::Sqrt,
    Kind::Ceil,
    Kind::Floor,
    Kind::Trunc,
    Kind::Round,
    Kind::ShlImm,
    Kind::ShrImm,
    Kind::SarImm,
    Kind::All,
    Kind::Any,
    Kind::SignMask,
    Kind::Sum,
    Kind::Splat,
    Kind::First,
    Kind::Extract,
    Kind::KeepFirst,
    Kind::Lower,
    Kind::Upper,
    Kind::Extend,
    Kind::Cast,
    Kind::Convert,
    Kind::ConvertUpper,
    Kind::ShuffleOne,
    Kind::ShuffleHigh,
    Kind::ShuffleLow,
    Kind::BytesLeft,
    Kind::BytesRight,
    Kind::PermuteQuads,
    Kind::DupEven,
    Kind::DupOdd,
    Kind::SplatFirst,
    Kind::SplatHalf,
    Kind::ExtractPart,
    Kind::Load,
    Kind::LoadFirst,
    Kind::LoadSplat,
    Kind::LoadHalf,
    Kind::LoadConvert,
    Kind::PopCount,
    Kind::LeadingZeros,
    Kind::TrailingZeros,
    Kind::HighestBit,
    Kind::LowestBit,
    Kind::LowestMask,
    Kind::ResetLowest,
    Kind::Prefetch,
];

/// What an operation takes at a place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Param {
    /// A value of this shape.
    Value(Shape),
    /// An address.
    Address,
    /// Whatever the function of LLVM takes.
    Any,
}

/// An operation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Op {
    /// What is computed.
    pub kind: Kind,
    /// The shape of what it is computed from.
    pub from: Shape,
    /// The shape of the result.
    pub to: Shape,
    /// The immediate operand, of what has one.
    pub imm: u8,
    /// Only the first element is computed; the others are those of the first operand.
    pub first: bool,
}

impl Op {
    /// An operation without an immediate.
    #[must_use]
    pub const fn new(kind: Kind, from: Shape, to: Shape) -> Self {
        Self { kind, from, to, imm: 0, first: false }
    }

    /// On one shape.
    #[must_use]
    pub const fn on(kind: Kind, shape: Shape) -> Self {
        Self::new(kind, shape, shape)
    }

    /// With an immediate.
    #[must_use]
    pub const fn with(self, imm: u8) -> Self {
        Self { imm, ..self }
    }

    /// On the first element only.
    #[must_use]
    pub const fn first(self) -> Self {
        Self { first: true, ..self }
    }

    /// What it takes at a place.
    #[must_use]
    pub fn param(&self, index: usize) -> Param {
        use Kind as K;
        let scalar = Shape::scalar(self.from.lane);
        let half = Shape { lane: self.from.lane, bytes: self.from.bytes / 2 };
        match (self.kind, index) {
            (K::Call(_), _) => Param::Any,
            (K::Splat | K::First | K::Build, _) | (K::Insert, 1) => Param::Value(scalar),
            (K::Shl | K::Shr | K::Sar, 1) => Param::Value(Shape::scalar(Lane::I32)),
            (K::Concat, _) | (K::WithLower | K::WithUpper, 1) => Param::Value(half),
            (K::InsertPart, 0) => Param::Value(self.to),
            (K::Load | K::LoadFirst | K::LoadSplat | K::LoadHalf | K::LoadConvert | K::Prefetch | K::Gather, 0)
            | (K::LoadLower | K::LoadUpper | K::GatherMask, 1)
            | (K::Store | K::StoreFirst | K::StoreLower | K::StoreUpper, 0)
            | (K::MulWide, 2) => Param::Address,
            (K::Gather, 1) | (K::GatherMask, 2) => Param::Value(self.from),
            (K::GatherMask, _) => Param::Value(self.to),
            (K::Convert, 0) if self.first => Param::Value(self.to),
            (K::Table, 1) => Param::Value(self.from.of(self.to.lane)),
            _ => Param::Value(self.from),
        }
    }

    /// How many operands it takes; `None` where that is LLVM's business or the shape's.
    #[must_use]
    pub fn params(&self) -> Option<usize> {
        use Kind as K;
        Some(match self.kind {
            K::Call(_) => return None,
            K::Ones => 0,
            K::Build => self.to.count() as usize,
            K::Select
            | K::Fma
            | K::FmaSub
            | K::FmaNegAdd
            | K::FmaNegSub
            | K::FmaAddSub
            | K::FmaSubAdd
            | K::BitField
            | K::MulWide
            | K::DivWide
            | K::RemWide => 3,
            K::GatherMask => 4,
            K::Neg | K::Not | K::Abs | K::Sqrt | K::Ceil | K::Floor | K::Trunc | K::Round if self.first => 2,
            K::Convert if self.first => 2,
            kind if ONE_OPERAND.contains(&kind) => 1,
            _ => 2,
        })
    }

    /// Whether it reads or writes memory, or does something else that others see.
    #[must_use]
    pub fn has_effect(&self) -> bool {
        use Kind as K;
        match self.kind {
            K::Call(call) => call.has_effect(),
            K::Load
            | K::LoadFirst
            | K::LoadSplat
            | K::LoadHalf
            | K::LoadLower
            | K::LoadUpper
            | K::LoadConvert
            | K::Store
            | K::StoreFirst
            | K::StoreLower
            | K::StoreUpper
            | K::Gather
            | K::GatherMask
            | K::MulWide
            | K::Prefetch => true,
            _ => false,
        }
    }

    /// As in texts: `add i32x4 i32x4`, then `#27` for an immediate and `first`.
    #[must_use]
    pub fn word(&self) -> String {
        let mut text = format!("{} {} {}", self.kind.word(), self.from.word(), self.to.word());
        if self.imm != 0 {
            text.push_str(&format!(" #{}", self.imm));
        }
        if self.first {
            text.push_str(" first");
        }
        text
    }

    /// The one with this word.
    #[must_use]
    pub fn find(word: &str) -> Option<Self> {
        let mut parts = word.split(' ');
        let mut op = Self::new(Kind::find(parts.next()?)?, Shape::find(parts.next()?)?, Shape::find(parts.next()?)?);
        let mut next = parts.next();
        if let Some(imm) = next.and_then(|n| n.strip_prefix('#')) {
            op.imm = imm.parse().ok()?;
            next = parts.next();
        }
        if next == Some("first") {
            op.first = true;
            next = parts.next();
        }
        next.is_none().then_some(op)
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Op};
    use crate::shape::{Lane, Shape};

    #[test]
    fn words_are_read_back() {
        for &kind in Kind::PLAIN {
            let op = Op::new(kind, Shape::vector(Lane::I8, 16), Shape::scalar(Lane::I32)).with(27).first();
            assert_eq!(Op::find(&op.word()), Some(op));
        }
        assert_eq!(Op::find("add i32x4"), None);
        assert_eq!(Op::find("add i32x4 i32x4 more"), None);
    }
}
