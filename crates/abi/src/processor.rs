//! What a processor has beyond what every program may use: the bits of the word that the runtime fills in at start and compiled code asks.

/// Link name of the word (64 bits, written once before managed code runs).
pub const PROCESSOR_SYMBOL: &str = "kiln_processor";

macro_rules! sets {
    ($($set:ident)*) => {
        /// An instruction set that code can be compiled for, or ask for; its number is its bit.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u8)]
        #[allow(missing_docs, reason = "the names are those of .NET's classes")]
        pub enum InstructionSet {
            $($set,)*
        }

        impl InstructionSet {
            /// All of them, by number.
            pub const ALL: &[Self] = &[$(Self::$set),*];
        }
    };
}

sets! {
    Base Sse3 Ssse3 Sse41 Sse42 Popcnt Avx Avx2 Bmi1 Bmi2 Fma Lzcnt Movbe F16c Aes Pclmulqdq AvxVnni Serialize
    Avx512F Avx512Bw Avx512Cd Avx512Dq Avx512Vl Avx512Vbmi
}

impl InstructionSet {
    /// Whether it has vectors of 64 bytes, and predicates.
    #[must_use]
    pub const fn is_wide(self) -> bool {
        self as u8 >= Self::Avx512F as u8
    }

    /// Its bit in the word.
    #[must_use]
    pub const fn bit(self) -> u64 {
        1 << self as u8
    }
}
