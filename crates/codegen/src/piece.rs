//! The machine code of one function with everything that belongs to it alone, apart from any object file (ADR 0011): what the object
//! cache keeps, and what [`crate::join`] makes few large objects of.
//!
//! A piece says nothing about the functions that were compiled together with it, so it is the same in any company.

use std::sync::Arc;

/// A function's code and data.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Piece {
    /// Link name of the function.
    pub symbol: String,
    /// Its sections; the first one is its code, and begins with the function.
    pub sections: Vec<Section>,
    /// Symbols that relocations name, in the order of their first use.
    pub externals: Vec<External>,
}

/// A symbol that is defined elsewhere, or the function itself.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct External {
    /// Link name. Many pieces name the same.
    pub name: Arc<str>,
    /// ELF's type of the symbol (`st_info`).
    pub kind: u8,
    /// ELF's visibility (`st_other`).
    pub visibility: u8,
}

/// Where a section goes in an object.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Place {
    /// Machine code.
    Code,
    /// The table that the personality routine reads.
    LandingPads,
    /// Constant bytes.
    ReadOnly,
    /// Constant after relocation.
    RelRo,
    /// A constant of the code's own size; equal ones may be one.
    Constant,
    /// A writable word with an address; equal ones may be one.
    Word,
    /// Common information of unwind entries (CIE); equal ones may be one.
    FrameHeader,
    /// Unwind entry (FDE).
    Frame {
        /// The section of its CIE.
        header: u32,
    },
}

impl Place {
    /// Equal sections may be one.
    pub(crate) fn is_shared(self) -> bool {
        matches!(self, Self::Constant | Self::Word | Self::FrameHeader)
    }
}

/// Bytes with relocations.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Section {
    /// Where it goes.
    pub place: Place,
    /// Its alignment.
    pub align: u32,
    /// Its bytes.
    pub data: Vec<u8>,
    /// By ascending offset.
    pub relocations: Vec<Relocation>,
}

/// A place in a section that depends on an address.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Relocation {
    /// Offset in the section.
    pub offset: u32,
    /// ELF's type of the relocation, which the architecture defines.
    pub kind: u32,
    /// What it is relative to.
    pub to: To,
    /// What is added to that.
    pub addend: i64,
}

/// What a relocation names.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum To {
    /// The start of a section of the piece.
    Section(u32),
    /// A symbol of the piece.
    External(u32),
}

const PLACES: [Place; 8] = [
    Place::Code,
    Place::LandingPads,
    Place::ReadOnly,
    Place::RelRo,
    Place::Constant,
    Place::Word,
    Place::FrameHeader,
    Place::Frame { header: 0 },
];

impl Piece {
    /// Its bytes, for a file.
    pub fn encode(&self, out: &mut Vec<u8>) {
        put_bytes(out, self.symbol.as_bytes());
        put_len(out, self.externals.len());
        for external in &self.externals {
            put_bytes(out, external.name.as_bytes());
            out.extend([external.kind, external.visibility]);
        }
        put_len(out, self.sections.len());
        for section in &self.sections {
            let header = if let Place::Frame { header } = section.place { header } else { 0 };
            let place = PLACES.iter().position(|p| std::mem::discriminant(p) == std::mem::discriminant(&section.place));
            out.push(place.unwrap_or_default() as u8);
            put_u32(out, header);
            put_u32(out, section.align);
            put_bytes(out, &section.data);
            put_len(out, section.relocations.len());
            for relocation in &section.relocations {
                let (tag, index) = match relocation.to {
                    To::Section(index) => (0, index),
                    To::External(index) => (1, index),
                };
                put_u32(out, relocation.offset);
                put_u32(out, relocation.kind);
                put_u32(out, index << 1 | tag);
                out.extend(relocation.addend.to_le_bytes());
            }
        }
    }

    /// Reads one from the start of `data`, and moves that behind it. `None`: not what [`Piece::encode`] wrote.
    #[must_use]
    pub fn decode(data: &mut &[u8]) -> Option<Self> {
        let symbol = take_string(data)?;
        let mut externals = Vec::new();
        for _ in 0..take_u32(data)? {
            let name = take_string(data)?.into();
            let [kind, visibility] = take::<2>(data)?;
            externals.push(External { name, kind, visibility });
        }
        let mut sections: Vec<Section> = Vec::new();
        let count = take_u32(data)?;
        for _ in 0..count {
            let [place] = take::<1>(data)?;
            let header = take_u32(data)?;
            let place = match *PLACES.get(usize::from(place))? {
                Place::Frame { .. } => Place::Frame { header },
                place => place,
            };
            let align = take_u32(data)?;
            let bytes = take_bytes(data)?.to_vec();
            let mut relocations = Vec::new();
            for _ in 0..take_u32(data)? {
                let (offset, kind, to) = (take_u32(data)?, take_u32(data)?, take_u32(data)?);
                let addend = i64::from_le_bytes(take::<8>(data)?);
                let to = if to & 1 == 0 { To::Section(to >> 1) } else { To::External(to >> 1) };
                relocations.push(Relocation { offset, kind, to, addend });
            }
            sections.push(Section { place, align, data: bytes, relocations });
        }
        let piece = Self { symbol, sections, externals };
        piece.is_sound().then_some(piece)
    }

    /// Every index is inside, every alignment a power of two, every relocation in its section.
    fn is_sound(&self) -> bool {
        let (sections, externals) = (self.sections.len(), self.externals.len());
        let relocation = |section: &Section, r: &Relocation| {
            let to = match r.to {
                To::Section(index) => (index as usize) < sections,
                To::External(index) => (index as usize) < externals,
            };
            to && (r.offset as usize) < section.data.len()
        };
        self.sections.first().is_some_and(|s| s.place == Place::Code)
            && self.sections.iter().all(|s| {
                let header = match s.place {
                    Place::Frame { header } => {
                        self.sections.get(header as usize).is_some_and(|h| h.place == Place::FrameHeader) && s.data.len() >= 8
                    }
                    _ => true,
                };
                header && s.align.is_power_of_two() && s.relocations.iter().all(|r| relocation(s, r))
            })
    }
}

fn put_u32(out: &mut Vec<u8>, value: u32) {
    out.extend_from_slice(&value.to_le_bytes());
}

fn put_len(out: &mut Vec<u8>, len: usize) {
    put_u32(out, u32::try_from(len).unwrap_or(u32::MAX));
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_len(out, bytes.len());
    out.extend_from_slice(bytes);
}

fn take<const N: usize>(data: &mut &[u8]) -> Option<[u8; N]> {
    let (head, tail) = data.split_first_chunk::<N>()?;
    *data = tail;
    Some(*head)
}

fn take_u32(data: &mut &[u8]) -> Option<u32> {
    Some(u32::from_le_bytes(take::<4>(data)?))
}

fn take_bytes<'a>(data: &mut &'a [u8]) -> Option<&'a [u8]> {
    let len = take_u32(data)? as usize;
    let (head, tail) = data.split_at_checked(len)?;
    *data = tail;
    Some(head)
}

fn take_string(data: &mut &[u8]) -> Option<String> {
    String::from_utf8(take_bytes(data)?.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_survives_encoding_and_a_cut_one_is_refused() {
        let section = |place, relocations| Section { place, align: 8, data: vec![1; 16], relocations };
        let piece = Piece {
            symbol: "f".to_owned(),
            externals: vec![External { name: "g".into(), kind: 1, visibility: 2 }],
            sections: vec![
                section(Place::Code, vec![Relocation { offset: 3, kind: 4, to: To::External(0), addend: -4 }]),
                section(Place::FrameHeader, vec![]),
                section(Place::Frame { header: 1 }, vec![Relocation { offset: 8, kind: 2, to: To::Section(0), addend: 0 }]),
            ],
        };
        let mut bytes = Vec::new();
        piece.encode(&mut bytes);
        bytes.push(7);
        let mut rest = bytes.as_slice();
        assert_eq!(Piece::decode(&mut rest), Some(piece.clone()));
        assert_eq!(rest, [7]);
        for len in 0..bytes.len() - 1 {
            assert_eq!(Piece::decode(&mut &bytes[..len]), None, "{len} bytes");
        }
        let changes: [fn(&mut Piece); 5] = [
            |p| p.sections[0].relocations[0].to = To::External(1),
            |p| p.sections[2].relocations[0].to = To::Section(3),
            |p| p.sections[0].relocations[0].offset = 16,
            |p| p.sections[2].place = Place::Frame { header: 0 },
            |p| p.sections[1].align = 3,
        ];
        for change in changes {
            let mut broken = piece.clone();
            change(&mut broken);
            let mut bytes = Vec::new();
            broken.encode(&mut bytes);
            assert_eq!(Piece::decode(&mut bytes.as_slice()), None, "{broken:?}");
        }
    }
}
