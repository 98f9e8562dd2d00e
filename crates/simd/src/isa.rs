//! Instruction sets: .NET's names of them, what each implies, LLVM's names of their features.

use Isa as I;
pub use kiln_abi::processor::InstructionSet as Isa;

/// A set of instruction sets, closed under implication where it is made by [`IsaSet::with`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, PartialOrd, Ord)]
pub struct IsaSet(pub u64);

/// One instruction set.
struct Row {
    isa: Isa,
    /// The option's word for it.
    word: &'static str,
    /// The class of its intrinsics, in the namespace of the processor.
    classes: &'static [&'static str],
    /// What a processor that has it has as well.
    implies: &'static [Isa],
    /// LLVM's feature.
    feature: &'static str,
}

const fn row(isa: Isa, word: &'static str, classes: &'static [&'static str], implies: &'static [Isa], feature: &'static str) -> Row {
    Row { isa, word, classes, implies, feature }
}

/// By number.
const ROWS: [Row; Isa::ALL.len()] = [
    row(I::Base, "base", &["X86Base", "Sse", "Sse2"], &[], "sse2"),
    row(I::Sse3, "sse3", &["Sse3"], &[I::Base], "sse3"),
    row(I::Ssse3, "ssse3", &["Ssse3"], &[I::Sse3], "ssse3"),
    row(I::Sse41, "sse4.1", &["Sse41"], &[I::Ssse3], "sse4.1"),
    row(I::Sse42, "sse4.2", &["Sse42"], &[I::Sse41], "sse4.2"),
    row(I::Popcnt, "popcnt", &["Popcnt"], &[I::Sse42], "popcnt"),
    row(I::Avx, "avx", &["Avx"], &[I::Sse42, I::Popcnt], "avx"),
    row(I::Avx2, "avx2", &["Avx2"], &[I::Avx], "avx2"),
    row(I::Bmi1, "bmi", &["Bmi1"], &[I::Avx], "bmi"),
    row(I::Bmi2, "bmi2", &["Bmi2"], &[I::Avx], "bmi2"),
    row(I::Fma, "fma", &["Fma"], &[I::Avx], "fma"),
    row(I::Lzcnt, "lzcnt", &["Lzcnt"], &[I::Base], "lzcnt"),
    row(I::Movbe, "movbe", &[], &[I::Base], "movbe"),
    row(I::F16c, "f16c", &[], &[I::Avx], "f16c"),
    row(I::Aes, "aes", &["Aes"], &[I::Base], "aes"),
    row(I::Pclmulqdq, "pclmul", &["Pclmulqdq"], &[I::Base], "pclmul"),
    row(I::AvxVnni, "avxvnni", &["AvxVnni"], &[I::Avx2], "avxvnni"),
    row(I::Serialize, "serialize", &["X86Serialize"], &[I::Base], "serialize"),
    row(I::Avx512F, "avx512f", &["Avx512F"], &[I::Avx2, I::Fma, I::F16c], "avx512f"),
    row(I::Avx512Bw, "avx512bw", &["Avx512BW"], &[I::Avx512F], "avx512bw"),
    row(I::Avx512Cd, "avx512cd", &["Avx512CD"], &[I::Avx512F], "avx512cd"),
    row(I::Avx512Dq, "avx512dq", &["Avx512DQ"], &[I::Avx512F], "avx512dq"),
    row(I::Avx512Vl, "avx512vl", &[], &[I::Avx512F], "avx512vl"),
    row(I::Avx512Vbmi, "avx512vbmi", &["Avx512Vbmi"], &[I::Avx512Bw], "avx512vbmi"),
];

/// Words for several at once.
const GROUPS: &[(&str, &[Isa])] = &[
    ("x86-64", &[I::Base]),
    ("x86-64-v2", &[I::Sse42, I::Popcnt]),
    ("x86-64-v3", &[I::Avx2, I::Bmi1, I::Bmi2, I::Fma, I::Lzcnt, I::Movbe, I::F16c]),
    (
        "x86-64-v4",
        &[I::Avx2, I::Bmi1, I::Bmi2, I::Fma, I::Lzcnt, I::Movbe, I::F16c, I::Avx512F, I::Avx512Bw, I::Avx512Cd, I::Avx512Dq, I::Avx512Vl],
    ),
];

impl IsaSet {
    /// None.
    pub const EMPTY: Self = Self(0);
    /// What `x86-64-v2` has: the least that programs for that architecture run on.
    pub const BASELINE: Self = Self(I::Base.bit() | I::Sse3.bit() | I::Ssse3.bit() | I::Sse41.bit() | I::Sse42.bit() | I::Popcnt.bit());

    /// With one more, and what it implies.
    #[must_use]
    pub fn with(self, isa: Isa) -> Self {
        ROWS[isa as usize].implies.iter().fold(Self(self.0 | isa.bit()), |set, &implied| set.with(implied))
    }

    /// Whether all of the other's are in it.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Those of both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those that the other does not have.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether one is of vectors of 64 bytes: there are no operations for their intrinsics yet.
    #[must_use]
    pub fn is_wide(self) -> bool {
        Isa::ALL.iter().any(|isa| isa.is_wide() && self.0 & isa.bit() != 0)
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// What this machine has, of what there are operations for.
    #[must_use]
    pub fn of_this_machine() -> Self {
        let mut set = Self::EMPTY;
        #[cfg(target_arch = "x86_64")]
        {
            let has = [
                (I::Sse3, is_x86_feature_detected!("sse3")),
                (I::Ssse3, is_x86_feature_detected!("ssse3")),
                (I::Sse41, is_x86_feature_detected!("sse4.1")),
                (I::Sse42, is_x86_feature_detected!("sse4.2")),
                (I::Popcnt, is_x86_feature_detected!("popcnt")),
                (I::Avx, is_x86_feature_detected!("avx")),
                (I::Avx2, is_x86_feature_detected!("avx2")),
                (I::Bmi1, is_x86_feature_detected!("bmi1")),
                (I::Bmi2, is_x86_feature_detected!("bmi2")),
                (I::Fma, is_x86_feature_detected!("fma")),
                (I::Lzcnt, is_x86_feature_detected!("lzcnt")),
                (I::Movbe, is_x86_feature_detected!("movbe")),
                (I::F16c, is_x86_feature_detected!("f16c")),
                (I::Aes, is_x86_feature_detected!("aes")),
                (I::Pclmulqdq, is_x86_feature_detected!("pclmulqdq")),
            ];
            for (isa, _) in has.into_iter().filter(|h| h.1) {
                set = set.with(isa);
            }
        }
        set
    }

    /// What an option's word stands for.
    #[must_use]
    pub fn find(word: &str) -> Option<Self> {
        if word.eq_ignore_ascii_case("native") {
            return Some(Self::of_this_machine());
        }
        let word = word.to_ascii_lowercase();
        if let Some((_, sets)) = GROUPS.iter().find(|g| g.0 == word) {
            return Some(sets.iter().fold(Self::EMPTY, |set, &isa| set.with(isa)));
        }
        ROWS.iter().find(|r| r.word == word).map(|r| Self::EMPTY.with(r.isa))
    }

    /// The words that [`IsaSet::find`] knows.
    #[must_use]
    pub fn words() -> Vec<&'static str> {
        std::iter::once("native").chain(GROUPS.iter().map(|g| g.0)).chain(ROWS.iter().map(|r| r.word)).collect()
    }

    /// The class of intrinsics (`Avx2`, `Sse41+X64`) needs these; `None` for what this compiler has no instructions of.
    #[must_use]
    pub fn of_class(class: &str) -> Option<Self> {
        let (class, nested) = class.split_once('+').map_or((class, ""), |(class, nested)| (class, nested));
        let row = ROWS.iter().find(|r| r.classes.contains(&class))?;
        let set = Self::EMPTY.with(row.isa);
        match nested {
            "" | "X64" => Some(set),
            "VL" => Some(set.with(I::Avx512Vl)),
            _ => None,
        }
    }

    /// An option that says the same: the words of all of them.
    #[must_use]
    pub fn option(self) -> String {
        let words: Vec<&str> = ROWS.iter().filter(|r| self.0 & r.isa.bit() != 0).map(|r| r.word).collect();
        words.join(",")
    }

    /// LLVM's features, each with `+` before it and a comma between.
    #[must_use]
    pub fn features(self) -> String {
        let names: Vec<String> = ROWS.iter().filter(|r| self.0 & r.isa.bit() != 0).map(|r| format!("+{}", r.feature)).collect();
        names.join(",")
    }
}

#[cfg(test)]
mod tests {
    use super::{Isa, IsaSet, ROWS};

    #[test]
    fn rows_are_in_the_order_of_their_bits() {
        for (row, &isa) in ROWS.iter().zip(Isa::ALL) {
            assert_eq!(row.isa, isa);
        }
    }

    #[test]
    fn the_baseline_is_what_its_word_says() {
        assert_eq!(IsaSet::find("x86-64-v2"), Some(IsaSet::BASELINE));
        assert!(IsaSet::find("X86-64-V4").is_some_and(|v4| v4.has(IsaSet::find("x86-64-v3").unwrap_or_default())));
        assert_eq!(IsaSet::find("mmx"), None);
    }

    #[test]
    fn a_set_has_what_it_implies() {
        let avx2 = IsaSet::of_class("Avx2").unwrap_or_default();
        assert!(avx2.has(IsaSet::BASELINE));
        assert_eq!(avx2.features(), "+sse2,+sse3,+ssse3,+sse4.1,+sse4.2,+popcnt,+avx,+avx2");
        assert_eq!(IsaSet::of_class("Sse41+X64"), IsaSet::of_class("Sse41"));
        assert_eq!(IsaSet::of_class("Avx10v1"), None);
    }
}
