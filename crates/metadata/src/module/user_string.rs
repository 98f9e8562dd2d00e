//! Literals of the `#US` heap (ECMA-335 II.24.2.4).

/// The text of a `ldstr` literal: UTF-16, possibly with lone surrogates.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct UserString<'a> {
    pub(super) utf16: &'a [u8],
}

impl<'a> UserString<'a> {
    /// Length in UTF-16 units.
    #[must_use]
    pub fn len(&self) -> usize {
        self.utf16.len() / 2
    }

    /// Whether the literal is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.utf16.is_empty()
    }

    /// The UTF-16 units.
    pub fn units(self) -> impl ExactSizeIterator<Item = u16> + Clone + 'a {
        self.utf16.chunks_exact(2).map(|c| u16::from_le_bytes([c[0], c[1]]))
    }

    /// The UTF-16 units, collected.
    #[must_use]
    pub fn to_vec(&self) -> Vec<u16> {
        self.units().collect()
    }

    /// As text for people; lone surrogates are replaced.
    #[must_use]
    pub fn to_string_lossy(&self) -> String {
        char::decode_utf16(self.units()).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    }
}

impl core::fmt::Debug for UserString<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{:?}", self.to_string_lossy())
    }
}
