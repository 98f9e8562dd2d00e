//! Kinds of members, as `System.Diagnostics.CodeAnalysis.DynamicallyAccessedMemberTypes` numbers them.

/// A set of kinds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct Members(u32);

/// Bits by their names in `DynamicallyAccessedMemberTypes`; the larger of two that overlap is first.
const WRITTEN: [(u32, &str); 14] = [
    (3, "PublicConstructors"),
    (1, "PublicParameterlessConstructor"),
    (4, "NonPublicConstructors"),
    (8, "PublicMethods"),
    (0x10, "NonPublicMethods"),
    (0x20, "PublicFields"),
    (0x40, "NonPublicFields"),
    (0x80, "PublicNestedTypes"),
    (0x100, "NonPublicNestedTypes"),
    (0x200, "PublicProperties"),
    (0x400, "NonPublicProperties"),
    (0x800, "PublicEvents"),
    (0x1000, "NonPublicEvents"),
    (0x2000, "Interfaces"),
];

impl Members {
    /// None.
    pub const NONE: Self = Self(0);
    /// The public constructor without parameters.
    pub const DEFAULT_CONSTRUCTOR: Self = Self(1);
    /// Public constructors (the one without parameters is the other bit).
    pub const CONSTRUCTORS: Self = Self(3);
    /// Other constructors.
    pub const NON_PUBLIC_CONSTRUCTORS: Self = Self(4);
    /// Public methods.
    pub const METHODS: Self = Self(8);
    /// Other methods.
    pub const NON_PUBLIC_METHODS: Self = Self(0x10);
    /// Public fields.
    pub const FIELDS: Self = Self(0x20);
    /// Other fields.
    pub const NON_PUBLIC_FIELDS: Self = Self(0x40);
    /// Public nested types.
    pub const NESTED_TYPES: Self = Self(0x80);
    /// Other nested types.
    pub const NON_PUBLIC_NESTED_TYPES: Self = Self(0x100);
    /// Public properties.
    pub const PROPERTIES: Self = Self(0x200);
    /// Other properties.
    pub const NON_PUBLIC_PROPERTIES: Self = Self(0x400);
    /// Public events.
    pub const EVENTS: Self = Self(0x800);
    /// Other events.
    pub const NON_PUBLIC_EVENTS: Self = Self(0x1000);
    /// Interfaces.
    pub const INTERFACES: Self = Self(0x2000);
    /// All, and what may be added to them.
    pub const ALL: Self = Self(u32::MAX);
    /// All that are public, and interfaces.
    pub const ALL_PUBLIC: Self = Self(0x2aab);
    /// All others.
    pub const ALL_NON_PUBLIC: Self = Self(0x1554);

    /// What an attribute says.
    #[must_use]
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether all of the others are among them.
    #[must_use]
    pub const fn contains(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }

    /// Whether any of the others is among them.
    #[must_use]
    pub const fn meets(self, others: Self) -> bool {
        self.0 & others.0 != 0
    }

    /// Those that are among the others.
    #[must_use]
    pub const fn among(self, others: Self) -> Self {
        Self(self.0 & others.0)
    }

    /// Those that are not among the others.
    #[must_use]
    pub const fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }

    /// As it is written in C#, with the names of `DynamicallyAccessedMemberTypes`.
    #[must_use]
    pub fn written(self) -> String {
        if self == Self::ALL {
            return "DynamicallyAccessedMemberTypes.All".to_owned();
        }
        let mut left = self.0;
        let mut out = Vec::new();
        for (bits, name) in WRITTEN {
            if left & bits == bits {
                left &= !bits;
                out.push(format!("DynamicallyAccessedMemberTypes.{name}"));
            }
        }
        out.join(" | ")
    }

    /// What such text says: names behind commas or bars, or a number.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let one = |name: &str| {
            let name = name.trim().rsplit('.').next().unwrap_or_default();
            match (name, WRITTEN.iter().find(|w| w.1 == name)) {
                ("All", _) => Self::ALL,
                (_, Some(&(bits, _))) => Self(bits),
                _ => name.parse::<i64>().map_or(Self::NONE, |n| Self(n as u32)),
            }
        };
        text.split([',', '|']).map(one).fold(Self::NONE, Self::and)
    }

    /// Both.
    #[must_use]
    pub const fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }
}

impl std::fmt::Display for Members {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const NAMES: [&str; 14] = [
            "default constructor",
            "constructors",
            "non-public constructors",
            "methods",
            "non-public methods",
            "fields",
            "non-public fields",
            "nested types",
            "non-public nested types",
            "properties",
            "non-public properties",
            "events",
            "non-public events",
            "interfaces",
        ];
        if self.0 == u32::MAX {
            return f.write_str("everything");
        }
        let named = NAMES.iter().enumerate().filter(|(bit, _)| self.0 >> bit & 1 != 0).map(|(_, name)| *name);
        f.write_str(&named.collect::<Vec<_>>().join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::Members;

    #[test]
    fn what_is_written_is_read() {
        let all = Members::METHODS.and(Members::CONSTRUCTORS).and(Members::NON_PUBLIC_EVENTS);
        assert_eq!(Members::parse(&all.written()), all);
        assert_eq!(Members::parse("PublicMethods, PublicFields"), Members::METHODS.and(Members::FIELDS));
        assert_eq!((Members::parse("All"), Members::parse("-1"), Members::parse("8")), (Members::ALL, Members::ALL, Members::METHODS));
        assert_eq!(Members::parse("Anything"), Members::NONE);
    }

    #[test]
    fn kinds_are_written_as_in_the_source() {
        let written = |m: Members| m.written().replace("DynamicallyAccessedMemberTypes.", "");
        assert_eq!(written(Members::CONSTRUCTORS.and(Members::METHODS)), "PublicConstructors | PublicMethods");
        assert_eq!(written(Members::DEFAULT_CONSTRUCTOR), "PublicParameterlessConstructor");
        assert_eq!(written(Members::ALL), "All");
        assert_eq!(written(Members::NONE), "");
    }

    #[test]
    fn public_and_other_kinds_are_all_that_there_are() {
        assert!(Members::ALL_PUBLIC.contains(Members::PROPERTIES) && !Members::ALL_PUBLIC.meets(Members::NON_PUBLIC_PROPERTIES));
        let both = Members::METHODS.and(Members::NON_PUBLIC_METHODS);
        assert_eq!(both.among(Members::ALL_NON_PUBLIC), Members::NON_PUBLIC_METHODS);
        assert_eq!(both.without(Members::ALL_NON_PUBLIC), Members::METHODS);
        assert_eq!(Members::ALL_PUBLIC.and(Members::ALL_NON_PUBLIC), Members::from_bits(0x3fff));
    }
}
