//! What the emitter writes into: heaps, tables, and the file around them. Knows nothing of the tree.

mod heaps;
mod image;
mod tables;

pub(crate) use heaps::Heaps;
pub(crate) use image::{Image, place_of_bodies};
pub(crate) use tables::Tables;

/// A compressed unsigned integer (ECMA-335 II.23.2).
pub(crate) fn compressed(value: u32, out: &mut Vec<u8>) {
    if value < 0x80 {
        out.push(value as u8);
    } else if value < 0x4000 {
        out.extend((value as u16 | 0x8000).to_be_bytes());
    } else {
        out.extend((value & 0x1FFF_FFFF | 0xC000_0000).to_be_bytes());
    }
}

/// A compressed signed integer: rotated left by one in its width, so that the sign is the lowest bit (ECMA-335 II.23.2).
pub(crate) fn compressed_signed(value: i32, out: &mut Vec<u8>) {
    let sign = u32::from(value < 0);
    let rotated = |bits: u32| ((value as u32) << 1 | sign) & ((1 << bits) - 1);
    match value {
        -0x40..0x40 => out.push(rotated(7) as u8),
        -0x2000..0x2000 => out.extend((rotated(14) as u16 | 0x8000).to_be_bytes()),
        _ => out.extend((rotated(29) | 0xC000_0000).to_be_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of the standard.
    #[test]
    fn integers_compress_as_in_the_standard() {
        let unsigned = |value| {
            let mut out = Vec::new();
            compressed(value, &mut out);
            out
        };
        assert_eq!(unsigned(0x03), [0x03]);
        assert_eq!(unsigned(0x80), [0x80, 0x80]);
        assert_eq!(unsigned(0x2E57), [0xAE, 0x57]);
        assert_eq!(unsigned(0x4000), [0xC0, 0x00, 0x40, 0x00]);
        let signed = |value| {
            let mut out = Vec::new();
            compressed_signed(value, &mut out);
            out
        };
        assert_eq!(signed(3), [0x06]);
        assert_eq!(signed(-3), [0x7B]);
        assert_eq!(signed(64), [0x80, 0x80]);
        assert_eq!(signed(-64), [0x01]);
        assert_eq!(signed(8192), [0xC0, 0x00, 0x40, 0x00]);
        assert_eq!(signed(-8192), [0x80, 0x01]);
    }
}
