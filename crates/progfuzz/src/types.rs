//! The types of a generated program: C#'s own, and those that the program declares (`decl`).

/// A type as the generator knows it. Numbers are indices of the program's declarations.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ty {
    /// C#'s number types, `bool` and `char`.
    Prim(Prim),
    /// `string`.
    Str,
    /// `object`.
    Object,
    /// An enumeration of the program.
    Enum(usize),
    /// A struct, class or interface of the program, with its type arguments.
    User(usize, Vec<Ty>),
    /// A one-dimensional array.
    Array(Box<Ty>),
    /// A two-dimensional array.
    Grid(Box<Ty>),
    /// `T?` of a value type.
    Nullable(Box<Ty>),
    /// `(A, B)`.
    Pair(Box<Ty>, Box<Ty>),
    /// `Func<A, R>`.
    Func(Box<Ty>, Box<Ty>),
    /// `List<T>`.
    List(Box<Ty>),
    /// `Dictionary<K, V>`.
    Map(Box<Ty>, Box<Ty>),
    /// `Four<T>`: an inline array.
    Four(Box<Ty>),
    /// `Span<T>`: only of locals and parameters.
    Span(Box<Ty>),
    /// A type parameter of the type (first) or of the method that is being written, by its place in [`crate::scope::Scope::params`].
    Param(usize),
}

/// Types with a keyword.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the names are C#'s")]
pub enum Prim {
    Int,
    Bool,
    Byte,
    SByte,
    Short,
    UShort,
    UInt,
    Long,
    ULong,
    NInt,
    NUInt,
    Char,
    Double,
    Float,
    Decimal,
    Int128,
    UInt128,
    Half,
}

impl Prim {
    /// All, the plainest first.
    pub const ALL: [Self; 18] = [
        Self::Int,
        Self::Bool,
        Self::Byte,
        Self::SByte,
        Self::Short,
        Self::UShort,
        Self::UInt,
        Self::Long,
        Self::ULong,
        Self::NInt,
        Self::NUInt,
        Self::Char,
        Self::Double,
        Self::Float,
        Self::Decimal,
        Self::Int128,
        Self::UInt128,
        Self::Half,
    ];

    /// As C# writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Int => "int",
            Self::Bool => "bool",
            Self::Byte => "byte",
            Self::SByte => "sbyte",
            Self::Short => "short",
            Self::UShort => "ushort",
            Self::UInt => "uint",
            Self::Long => "long",
            Self::ULong => "ulong",
            Self::NInt => "nint",
            Self::NUInt => "nuint",
            Self::Char => "char",
            Self::Double => "double",
            Self::Float => "float",
            Self::Decimal => "decimal",
            Self::Int128 => "System.Int128",
            Self::UInt128 => "System.UInt128",
            Self::Half => "System.Half",
        }
    }

    /// Whether it has shifts and bit operations.
    #[must_use]
    pub fn is_integer(self) -> bool {
        !matches!(self, Self::Bool | Self::Char | Self::Double | Self::Float | Self::Decimal | Self::Half)
    }

    /// Whether arithmetic on it gives itself: smaller integers give `int`.
    #[must_use]
    pub fn is_number(self) -> bool {
        !matches!(self, Self::Bool | Self::Char)
    }

    /// Whether C# knows its arithmetic; that of the others is in the class library.
    #[must_use]
    pub fn has_constants(self) -> bool {
        !matches!(self, Self::Int128 | Self::UInt128 | Self::Half)
    }

    /// Whether it has no negative values.
    #[must_use]
    pub fn is_unsigned(self) -> bool {
        matches!(self, Self::Byte | Self::UShort | Self::UInt | Self::ULong | Self::NUInt | Self::UInt128 | Self::Char)
    }

    /// Literals worth having: small, large, and at the borders.
    #[must_use]
    pub fn literals(self) -> &'static [&'static str] {
        match self {
            Self::Int => &["0", "1", "7", "(-1)", "100", "int.MaxValue", "int.MinValue", "0x5555AAAA", "31", "32"],
            Self::Bool => &["false", "true"],
            Self::Byte => &["(byte)0", "(byte)1", "(byte)200", "byte.MaxValue"],
            Self::SByte => &["(sbyte)0", "(sbyte)1", "(sbyte)(-3)", "sbyte.MinValue", "sbyte.MaxValue"],
            Self::Short => &["(short)0", "(short)1", "(short)(-300)", "short.MinValue", "short.MaxValue"],
            Self::UShort => &["(ushort)0", "(ushort)1", "(ushort)40000", "ushort.MaxValue"],
            Self::UInt => &["0u", "1u", "13u", "uint.MaxValue", "0x80000000u"],
            Self::Long => &["0L", "1L", "(-5L)", "long.MaxValue", "long.MinValue", "0x100000000L", "63L"],
            Self::ULong => &["0UL", "1UL", "ulong.MaxValue", "0x8000000000000000UL", "12345678901UL"],
            Self::NInt => &["(nint)0", "(nint)1", "(nint)(-9)", "(nint)int.MaxValue"],
            Self::NUInt => &["(nuint)0", "(nuint)1", "(nuint)77", "(nuint)uint.MaxValue"],
            Self::Char => &["'a'", "'Z'", "'0'", "'\\u00e9'", "'\\uffff'", "' '"],
            Self::Double => {
                &["0.0", "1.5", "(-2.25)", "1e300", "double.NaN", "double.PositiveInfinity", "(-0.0)", "double.Epsilon", "3e9", "1e19"]
            }
            Self::Float => &["0f", "1.5f", "(-2.25f)", "float.MaxValue", "float.NaN", "(-0f)", "1e-40f", "16777217f"],
            Self::Decimal => &["0m", "1.5m", "(-2.25m)", "79228162514264337593543950335m", "0.0000000001m"],
            Self::Int128 => {
                &["(System.Int128)0", "(System.Int128)1", "(System.Int128)(-4)", "System.Int128.MaxValue", "(System.Int128)ulong.MaxValue"]
            }
            Self::UInt128 => &["(System.UInt128)0", "(System.UInt128)1", "System.UInt128.MaxValue", "(System.UInt128)1e30"],
            Self::Half => &[
                "(System.Half)0f",
                "(System.Half)1.5f",
                "(System.Half)(-0f)",
                "System.Half.MaxValue",
                "System.Half.NaN",
                "(System.Half)0.3",
            ],
        }
    }
}

impl Ty {
    /// `int`.
    pub const INT: Self = Self::Prim(Prim::Int);
    /// `bool`.
    pub const BOOL: Self = Self::Prim(Prim::Bool);

    /// The type with its parameters replaced.
    #[must_use]
    pub fn with(&self, arguments: &[Self]) -> Self {
        let boxed = |t: &Self| Box::new(t.with(arguments));
        match self {
            Self::Prim(_) | Self::Str | Self::Object | Self::Enum(_) => self.clone(),
            Self::User(id, args) => Self::User(*id, args.iter().map(|a| a.with(arguments)).collect()),
            Self::Array(t) => Self::Array(boxed(t)),
            Self::Grid(t) => Self::Grid(boxed(t)),
            Self::Nullable(t) => Self::Nullable(boxed(t)),
            Self::Pair(a, b) => Self::Pair(boxed(a), boxed(b)),
            Self::Func(a, b) => Self::Func(boxed(a), boxed(b)),
            Self::List(t) => Self::List(boxed(t)),
            Self::Map(a, b) => Self::Map(boxed(a), boxed(b)),
            Self::Four(t) => Self::Four(boxed(t)),
            Self::Span(t) => Self::Span(boxed(t)),
            Self::Param(n) => arguments.get(*n).cloned().unwrap_or_else(|| self.clone()),
        }
    }

    /// Whether a type parameter is in it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        match self {
            Self::Prim(_) | Self::Str | Self::Object | Self::Enum(_) => false,
            Self::Param(_) => true,
            Self::User(_, args) => args.iter().any(Self::is_open),
            Self::Array(t) | Self::Grid(t) | Self::Nullable(t) | Self::List(t) | Self::Four(t) | Self::Span(t) => t.is_open(),
            Self::Pair(a, b) | Self::Func(a, b) | Self::Map(a, b) => a.is_open() || b.is_open(),
        }
    }

    /// How deep its arguments nest.
    #[must_use]
    pub fn depth(&self) -> u32 {
        match self {
            Self::Prim(_) | Self::Str | Self::Object | Self::Enum(_) | Self::Param(_) => 0,
            Self::User(_, args) => args.iter().map(|a| a.depth() + 1).max().unwrap_or(0),
            Self::Array(t) | Self::Grid(t) | Self::Nullable(t) | Self::List(t) | Self::Four(t) | Self::Span(t) => t.depth() + 1,
            Self::Pair(a, b) | Self::Func(a, b) | Self::Map(a, b) => a.depth().max(b.depth()) + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_replaced_however_deep() {
        let open = Ty::Array(Box::new(Ty::Pair(Box::new(Ty::Param(0)), Box::new(Ty::User(3, vec![Ty::Param(1)])))));
        assert!(open.is_open());
        let closed = open.with(&[Ty::INT, Ty::Str]);
        assert_eq!(closed, Ty::Array(Box::new(Ty::Pair(Box::new(Ty::INT), Box::new(Ty::User(3, vec![Ty::Str]))))));
        assert!(!closed.is_open());
        assert_eq!(closed.depth(), 3);
    }
}
