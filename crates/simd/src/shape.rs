//! Element types and sizes of operands.

/// An element type; integers know their sign, as .NET's `Vector128<T>` does.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the names are the types")]
pub enum Lane {
    I8,
    U8,
    I16,
    U16,
    I32,
    U32,
    I64,
    U64,
    F32,
    F64,
}

impl Lane {
    /// All of them.
    pub const ALL: [Self; 10] =
        [Self::I8, Self::U8, Self::I16, Self::U16, Self::I32, Self::U32, Self::I64, Self::U64, Self::F32, Self::F64];

    /// Bytes.
    #[must_use]
    pub const fn size(self) -> u8 {
        match self {
            Self::I8 | Self::U8 => 1,
            Self::I16 | Self::U16 => 2,
            Self::I32 | Self::U32 | Self::F32 => 4,
            Self::I64 | Self::U64 | Self::F64 => 8,
        }
    }

    /// Bits.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.size() as u32 * 8
    }

    /// Whether it is a float.
    #[must_use]
    pub const fn is_float(self) -> bool {
        matches!(self, Self::F32 | Self::F64)
    }

    /// Whether it is an integer with a sign.
    #[must_use]
    pub const fn is_signed(self) -> bool {
        matches!(self, Self::I8 | Self::I16 | Self::I32 | Self::I64)
    }

    /// The word in texts.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::I8 => "i8",
            Self::U8 => "u8",
            Self::I16 => "i16",
            Self::U16 => "u16",
            Self::I32 => "i32",
            Self::U32 => "u32",
            Self::I64 => "i64",
            Self::U64 => "u64",
            Self::F32 => "f32",
            Self::F64 => "f64",
        }
    }
}

/// What an operand or a result is: nothing, a scalar, or a vector.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Shape {
    /// The element type, or that of the scalar.
    pub lane: Lane,
    /// Size of the vector: 8, 16, 32 or 64 bytes; [`Shape::SCALAR`] or [`Shape::NOTHING`].
    pub bytes: u8,
}

impl Shape {
    /// In the place of a size: a scalar.
    pub const SCALAR: u8 = 0;
    /// In the place of a size: no value.
    pub const NOTHING: u8 = 255;

    /// A vector.
    #[must_use]
    pub const fn vector(lane: Lane, bytes: u8) -> Self {
        Self { lane, bytes }
    }

    /// A scalar.
    #[must_use]
    pub const fn scalar(lane: Lane) -> Self {
        Self { lane, bytes: Self::SCALAR }
    }

    /// No value.
    #[must_use]
    pub const fn nothing() -> Self {
        Self { lane: Lane::I32, bytes: Self::NOTHING }
    }

    /// Whether it is a vector.
    #[must_use]
    pub const fn is_vector(self) -> bool {
        self.bytes != Self::SCALAR && self.bytes != Self::NOTHING
    }

    /// Number of elements; 1 of a scalar.
    #[must_use]
    pub const fn count(self) -> u32 {
        if self.is_vector() { (self.bytes / self.lane.size()) as u32 } else { 1 }
    }

    /// The same size with other elements.
    #[must_use]
    pub const fn of(self, lane: Lane) -> Self {
        Self { lane, bytes: self.bytes }
    }

    /// As in texts: `i32x4`, `f64`, `-`.
    #[must_use]
    pub fn word(self) -> String {
        match self.bytes {
            Self::NOTHING => "-".to_owned(),
            Self::SCALAR => self.lane.word().to_owned(),
            _ => format!("{}x{}", self.lane.word(), self.count()),
        }
    }

    /// The one with this word.
    #[must_use]
    pub fn find(word: &str) -> Option<Self> {
        if word == "-" {
            return Some(Self::nothing());
        }
        let (lane, count) = word.split_once('x').map_or((word, None), |(lane, count)| (lane, Some(count)));
        let lane = Lane::ALL.into_iter().find(|l| l.word() == lane)?;
        let Some(count) = count else { return Some(Self::scalar(lane)) };
        let bytes = count.parse::<u8>().ok()?.checked_mul(lane.size())?;
        matches!(bytes, 8 | 16 | 32 | 64).then_some(Self::vector(lane, bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::{Lane, Shape};

    #[test]
    fn words_are_read_back() {
        for lane in Lane::ALL {
            for bytes in [Shape::SCALAR, 8, 16, 32, 64] {
                let shape = Shape { lane, bytes };
                assert_eq!(Shape::find(&shape.word()), Some(shape));
            }
        }
        assert_eq!(Shape::find("-"), Some(Shape::nothing()));
        assert_eq!(Shape::find("i32x3"), None);
    }
}
