//! The PE/COFF container and the CLI header (ECMA-335 II.25; Microsoft PE format for PE32+ and the debug directory).

use crate::bytes::Reader;
use crate::{MetadataError, Result, Token};
use core::ops::Range;

/// One section header.
#[derive(Clone, Copy, Debug)]
struct Section {
    virtual_address: u32,
    virtual_size: u32,
    raw_offset: u32,
    raw_size: u32,
}

/// The CLI header (ECMA-335 II.25.3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CliHeader {
    /// `COMIMAGE_FLAGS_*`: bit 0 IL only, bit 1 32-bit required, bit 3 strong-name signed, bit 4 native entry point.
    pub flags: u32,
    /// A method (the program's entry point) or a file (a module of the assembly that has it); null for a library.
    pub entry_point: Token,
    /// RVA and size of the manifest resources.
    pub resources: (u32, u32),
    /// RVA and size of the managed native header (ReadyToRun images have one).
    pub managed_native_header: (u32, u32),
}

/// One entry of the PE debug directory.
#[derive(Clone, Debug)]
pub struct DebugEntry {
    /// `IMAGE_DEBUG_TYPE_*`: 2 CodeView, 16 reproducible, 17 embedded portable PDB, 19 PDB checksum.
    pub kind: u32,
    /// Time stamp field (part of the PDB id).
    pub stamp: u32,
    /// Version fields.
    pub version: (u16, u16),
    /// File range of the data.
    pub data: Range<usize>,
}

/// What the reader keeps of the container.
#[derive(Clone, Debug)]
pub(crate) struct Pe {
    sections: Vec<Section>,
    file_len: usize,
    /// COFF machine.
    pub machine: u16,
    pub cli: CliHeader,
    /// File range of the metadata root.
    pub metadata: Range<usize>,
    debug_directory: (u32, u32),
}

const HEADER: &str = "the PE header";

impl Pe {
    pub fn parse(data: &[u8]) -> Result<Self> {
        let mut r = Reader::new(data);
        if r.array::<2>(HEADER)? != *b"MZ" {
            return Err(MetadataError::BadPe("no MZ signature"));
        }
        r.seek(0x3C);
        let pe = r.u32(HEADER)?;
        r.seek(pe as usize);
        if r.array::<4>(HEADER)? != *b"PE\0\0" {
            return Err(MetadataError::BadPe("no PE signature"));
        }
        let machine = r.u16(HEADER)?;
        let section_count = r.u16(HEADER)?;
        r.take(12, HEADER)?;
        let optional_size = r.u16(HEADER)? as usize;
        r.u16(HEADER)?;
        let optional = Reader::new(r.take(optional_size, HEADER)?);
        let directories = match optional.clone().u16(HEADER)? {
            0x10B => 92,
            0x20B => 108,
            _ => return Err(MetadataError::BadPe("unknown optional header")),
        };
        let mut sections = Vec::with_capacity(section_count.min(96) as usize);
        for _ in 0..section_count {
            r.take(8, HEADER)?;
            sections.push(Section {
                virtual_size: r.u32(HEADER)?,
                virtual_address: r.u32(HEADER)?,
                raw_size: r.u32(HEADER)?,
                raw_offset: r.u32(HEADER)?,
            });
            r.take(16, HEADER)?;
        }
        // As the CLR: a download that was cut off is refused even where the part that is missing would not be looked at.
        if let Some(cut) = sections.iter().find(|s| s.raw_offset as usize + s.raw_size as usize > data.len()) {
            return Err(MetadataError::Truncated { what: "a section", offset: cut.raw_offset as usize });
        }
        let mut o = optional;
        o.seek(directories);
        let count = o.u32(HEADER)?;
        let directory = |n: u32| -> Result<(u32, u32)> {
            if n >= count {
                return Ok((0, 0));
            }
            let mut d = o.clone();
            d.seek(directories + 4 + n as usize * 8);
            Ok((d.u32(HEADER)?, d.u32(HEADER)?))
        };
        let debug_directory = directory(6)?;
        let (cli_rva, cli_size) = directory(14)?;
        if cli_rva == 0 {
            return Err(MetadataError::NotManaged);
        }
        let mut this = Self {
            sections,
            file_len: data.len(),
            machine,
            cli: CliHeader { flags: 0, entry_point: Token(0), resources: (0, 0), managed_native_header: (0, 0) },
            metadata: 0..0,
            debug_directory,
        };
        let range = this.range(cli_rva, cli_size.max(72))?;
        let mut c = Reader::new(data.get(range).unwrap_or(&[]));
        c.take(8, "the CLI header")?;
        let metadata = (c.u32("the CLI header")?, c.u32("the CLI header")?);
        this.cli.flags = c.u32("the CLI header")?;
        this.cli.entry_point = Token(c.u32("the CLI header")?);
        this.cli.resources = (c.u32("the CLI header")?, c.u32("the CLI header")?);
        c.seek(64);
        this.cli.managed_native_header = (c.u32("the CLI header")?, c.u32("the CLI header")?);
        this.metadata = this.range(metadata.0, metadata.1)?;
        Ok(this)
    }

    /// File range of `size` bytes at `rva`.
    pub fn range(&self, rva: u32, size: u32) -> Result<Range<usize>> {
        let tail = self.tail(rva)?;
        let end = tail.start + size as usize;
        if end > tail.end {
            return Err(MetadataError::BadRva { rva, size });
        }
        Ok(tail.start..end)
    }

    /// File range from `rva` to the end of its section's data.
    pub fn tail(&self, rva: u32) -> Result<Range<usize>> {
        for s in &self.sections {
            let Some(delta) = rva.checked_sub(s.virtual_address) else {
                continue;
            };
            if delta >= s.virtual_size.max(s.raw_size) {
                continue;
            }
            let end = (s.raw_offset as usize + s.raw_size as usize).min(self.file_len);
            let start = s.raw_offset as usize + delta as usize;
            if start < end {
                return Ok(start..end);
            }
        }
        Err(MetadataError::BadRva { rva, size: 0 })
    }

    /// The entries of the debug directory; damaged entries end the list.
    pub fn debug_entries(&self, data: &[u8]) -> Result<Vec<DebugEntry>> {
        let (rva, size) = self.debug_directory;
        if rva == 0 || size == 0 {
            return Ok(Vec::new());
        }
        let what = "the debug directory";
        let mut r = Reader::new(data.get(self.range(rva, size)?).unwrap_or(&[]));
        let mut out = Vec::new();
        while r.remaining() >= 28 {
            r.u32(what)?;
            let stamp = r.u32(what)?;
            let version = (r.u16(what)?, r.u16(what)?);
            let kind = r.u32(what)?;
            let len = r.u32(what)? as usize;
            r.u32(what)?;
            let start = r.u32(what)? as usize;
            let end = start.checked_add(len).filter(|&e| e <= data.len());
            let end = end.ok_or(MetadataError::Truncated { what, offset: start })?;
            out.push(DebugEntry { kind, stamp, version, data: start..end });
        }
        Ok(out)
    }
}
