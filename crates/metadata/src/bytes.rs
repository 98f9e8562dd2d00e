//! A bounds-checked little-endian cursor, with the compressed integers of ECMA-335 II.23.2.

use crate::{MetadataError, Result};

/// A cursor over bytes. All reads check bounds; offsets in errors are relative to the start of the slice.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    data: &'a [u8],
    pos: usize,
}

impl<'a> Reader<'a> {
    /// Starts at the beginning of `data`.
    #[must_use]
    pub fn new(data: &'a [u8]) -> Self {
        Self { data, pos: 0 }
    }

    /// Starts at `pos` (which may lie behind the end: the first read then fails).
    #[must_use]
    pub fn at(data: &'a [u8], pos: usize) -> Self {
        Self { data, pos }
    }

    /// The current offset.
    #[must_use]
    pub fn pos(&self) -> usize {
        self.pos
    }

    /// Moves to an absolute offset.
    pub fn seek(&mut self, pos: usize) {
        self.pos = pos;
    }

    /// Bytes left.
    #[must_use]
    pub fn remaining(&self) -> usize {
        self.data.len().saturating_sub(self.pos)
    }

    /// Whether everything was read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.remaining() == 0
    }

    /// What is left, without moving.
    #[must_use]
    pub fn rest(&self) -> &'a [u8] {
        self.data.get(self.pos..).unwrap_or(&[])
    }

    fn truncated(&self, what: &'static str) -> MetadataError {
        MetadataError::Truncated { what, offset: self.pos }
    }

    /// The next `n` bytes.
    pub fn take(&mut self, n: usize, what: &'static str) -> Result<&'a [u8]> {
        let end = self.pos.checked_add(n).ok_or_else(|| self.truncated(what))?;
        let s = self.data.get(self.pos..end).ok_or_else(|| self.truncated(what))?;
        self.pos = end;
        Ok(s)
    }

    /// The next `N` bytes as an array.
    pub fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N]> {
        let s = self.take(N, what)?;
        let mut a = [0; N];
        a.copy_from_slice(s);
        Ok(a)
    }

    /// The next byte, without moving.
    #[must_use]
    pub fn peek(&self) -> Option<u8> {
        self.data.get(self.pos).copied()
    }

    /// One byte.
    pub fn u8(&mut self, what: &'static str) -> Result<u8> {
        Ok(self.array::<1>(what)?[0])
    }

    /// A little-endian 16-bit value.
    pub fn u16(&mut self, what: &'static str) -> Result<u16> {
        Ok(u16::from_le_bytes(self.array(what)?))
    }

    /// A little-endian 32-bit value.
    pub fn u32(&mut self, what: &'static str) -> Result<u32> {
        Ok(u32::from_le_bytes(self.array(what)?))
    }

    /// A little-endian signed 32-bit value.
    pub fn i32(&mut self, what: &'static str) -> Result<i32> {
        Ok(i32::from_le_bytes(self.array(what)?))
    }

    /// A little-endian 64-bit value.
    pub fn u64(&mut self, what: &'static str) -> Result<u64> {
        Ok(u64::from_le_bytes(self.array(what)?))
    }

    /// A compressed unsigned integer (1, 2 or 4 bytes, big-endian, length in the top bits).
    pub fn compressed_u32(&mut self, what: &'static str) -> Result<u32> {
        Ok(self.compressed(what)?.0)
    }

    /// A compressed signed integer: the sign bit is rotated into bit 0.
    pub fn compressed_i32(&mut self, what: &'static str) -> Result<i32> {
        let (raw, bits) = self.compressed(what)?;
        let value = (raw >> 1).cast_signed();
        // A set bit 0 means that the rotated value was negative in `bits` bits.
        Ok(if raw & 1 == 0 { value } else { value - (1i32 << (bits - 1)) })
    }

    /// The value and the number of value bits of its encoding.
    fn compressed(&mut self, what: &'static str) -> Result<(u32, u32)> {
        let start = self.pos;
        let b0 = self.u8(what)?;
        if b0 & 0x80 == 0 {
            return Ok((u32::from(b0), 7));
        }
        if b0 & 0xC0 == 0x80 {
            let b1 = self.u8(what)?;
            return Ok((u32::from(b0 & 0x3F) << 8 | u32::from(b1), 14));
        }
        if b0 & 0xE0 == 0xC0 {
            let [b1, b2, b3] = self.array(what)?;
            return Ok((u32::from_be_bytes([b0 & 0x1F, b1, b2, b3]), 29));
        }
        self.pos = start;
        Err(MetadataError::BadSignature { reason: "not a compressed integer", offset: start })
    }

    /// A compressed length followed by as many bytes.
    pub fn blob(&mut self, what: &'static str) -> Result<&'a [u8]> {
        let n = self.compressed_u32(what)?;
        self.take(n as usize, what)
    }

    /// `BinaryReader.Read7BitEncodedInt`: seven bits per byte, low first.
    pub fn leb_u32(&mut self, what: &'static str) -> Result<u32> {
        let mut value = 0u32;
        for shift in [0, 7, 14, 21, 28] {
            let b = self.u8(what)?;
            value |= u32::from(b & 0x7F).checked_shl(shift).unwrap_or(0);
            if b & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(self.truncated(what))
    }
}

/// Reads a fixed-width little-endian column; a short slice reads as zero (columns are sized by the layout, never by input).
pub(crate) fn column(row: &[u8], offset: usize, wide: bool) -> u32 {
    if wide {
        match row.get(offset..offset + 4) {
            Some(&[a, b, c, d]) => u32::from_le_bytes([a, b, c, d]),
            _ => 0,
        }
    } else {
        match row.get(offset..offset + 2) {
            Some(&[a, b]) => u32::from(u16::from_le_bytes([a, b])),
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Reader;

    #[test]
    fn compressed_examples_of_the_standard() {
        // ECMA-335 II.23.2: the examples given for both forms.
        let u = |b: &[u8]| Reader::new(b).compressed_u32("t").unwrap();
        assert_eq!(u(&[0x03]), 3);
        assert_eq!(u(&[0x7F]), 0x7F);
        assert_eq!(u(&[0x80, 0x80]), 0x80);
        assert_eq!(u(&[0xAE, 0x57]), 0x2E57);
        assert_eq!(u(&[0xBF, 0xFF]), 0x3FFF);
        assert_eq!(u(&[0xC0, 0x00, 0x40, 0x00]), 0x4000);
        assert_eq!(u(&[0xDF, 0xFF, 0xFF, 0xFF]), 0x1FFF_FFFF);
        let i = |b: &[u8]| Reader::new(b).compressed_i32("t").unwrap();
        assert_eq!(i(&[0x06]), 3);
        assert_eq!(i(&[0x7B]), -3);
        assert_eq!(i(&[0x80, 0x80]), 64);
        assert_eq!(i(&[0x01]), -64);
        assert_eq!(i(&[0xC0, 0x00, 0x40, 0x00]), 8192);
        assert_eq!(i(&[0x80, 0x01]), -8192);
        assert_eq!(i(&[0xDF, 0xFF, 0xFF, 0xFE]), 268_435_455);
        assert_eq!(i(&[0xC0, 0x00, 0x00, 0x01]), -268_435_456);
    }

    #[test]
    fn short_data_is_an_error() {
        assert!(Reader::new(&[0xC0, 0]).compressed_u32("t").is_err());
        assert!(Reader::new(&[0xFF]).compressed_u32("t").is_err());
        assert!(Reader::at(&[1], 9).u8("t").is_err());
        assert!(Reader::new(&[5, 1]).blob("t").is_err());
    }
}
