//! `Module`: one metadata image with its heaps and table layout (ECMA-335 II.24), parsed once and read in place.

mod raw_row;
mod user_string;

pub use raw_row::{FoundRows, RawRow};
pub use user_string::UserString;

use crate::bytes::Reader;
use crate::ids::{RowId, RowRange};
use crate::pe::Pe;
use crate::tables::Tables;
use crate::{CliHeader, DebugEntry, FieldId, MetadataError, MethodDefId, Result, Table, Token};
use core::ops::Range;
use std::sync::Arc;

/// The bytes of an image: shared, or linked into the program (the runtime's reflection reads its own metadata).
#[derive(Clone)]
pub enum ImageBytes {
    /// Reference counted.
    Shared(Arc<[u8]>),
    /// Borrowed for the life of the process.
    Static(&'static [u8]),
}

impl core::ops::Deref for ImageBytes {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        match self {
            Self::Shared(b) => b,
            Self::Static(b) => b,
        }
    }
}

impl From<Vec<u8>> for ImageBytes {
    fn from(b: Vec<u8>) -> Self {
        Self::Shared(b.into())
    }
}

impl From<Arc<[u8]>> for ImageBytes {
    fn from(b: Arc<[u8]>) -> Self {
        Self::Shared(b)
    }
}

impl From<&'static [u8]> for ImageBytes {
    fn from(b: &'static [u8]) -> Self {
        Self::Static(b)
    }
}

/// The `#Pdb` stream of a portable PDB.
#[derive(Clone, Debug)]
pub(crate) struct PdbStream {
    pub id: [u8; 20],
    pub entry_point: Token,
}

/// One assembly (or netmodule, or portable PDB) image.
///
/// All accessors borrow from `&self`, check every index against the image and are free of side effects; the type is
/// `Send + Sync`. Cloning shares the bytes.
#[derive(Clone)]
pub struct Module {
    data: ImageBytes,
    pe: Option<Pe>,
    version: Range<usize>,
    strings: Range<usize>,
    user_strings: Range<usize>,
    blobs: Range<usize>,
    guids: Range<usize>,
    tables_stream: Range<usize>,
    pub(crate) tables: Tables,
    pub(crate) pdb: Option<PdbStream>,
    /// For images with pointer tables: `[FieldPtr, MethodPtr, ParamPtr, EventPtr, PropertyPtr]`, target rid to list position.
    pub(crate) inverse_ptr: Option<Box<[Vec<u32>; 5]>>,
}

impl core::fmt::Debug for Module {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Module").field("name", &self.name().unwrap_or("?")).field("bytes", &self.data.len()).finish_non_exhaustive()
    }
}

impl Module {
    /// Parses a PE image with a CLI header.
    pub fn parse(data: impl Into<ImageBytes>) -> Result<Self> {
        let data = data.into();
        let pe = Pe::parse(&data)?;
        let root = pe.metadata.clone();
        Self::with_root(data, Some(pe), root)
    }

    /// Parses bare metadata that starts with the root signature `BSJB` (a portable PDB, or metadata embedded elsewhere).
    pub fn parse_bare(data: impl Into<ImageBytes>) -> Result<Self> {
        let data = data.into();
        let root = 0..data.len();
        Self::with_root(data, None, root)
    }

    fn with_root(data: ImageBytes, pe: Option<Pe>, root: Range<usize>) -> Result<Self> {
        const ROOT: &str = "the metadata root";
        let bytes = data.get(root.clone()).ok_or(MetadataError::BadRoot("outside the file"))?;
        let mut r = Reader::new(bytes);
        if r.u32(ROOT)? != 0x424A_5342 {
            return Err(MetadataError::BadRoot("no BSJB signature"));
        }
        r.take(8, ROOT)?;
        let version_len = r.u32(ROOT)? as usize;
        let version_start = root.start + r.pos();
        let text = r.take(version_len, ROOT)?;
        let version = version_start..version_start + text.iter().position(|&b| b == 0).unwrap_or(text.len());
        r.u16(ROOT)?;
        let stream_count = r.u16(ROOT)?;
        let (mut strings, mut user_strings, mut blobs, mut guids) = (0..0, 0..0, 0..0, 0..0);
        let mut tables_stream: Option<Range<usize>> = None;
        let mut pdb_stream: Option<Range<usize>> = None;
        let mut all_wide = false;
        for _ in 0..stream_count {
            let offset = r.u32(ROOT)? as usize;
            let size = r.u32(ROOT)? as usize;
            let name_start = r.pos();
            // A name has at most 32 characters with its terminator, padded to 4 bytes.
            let mut len = 0;
            while r.u8(ROOT)? != 0 {
                len += 1;
                if len >= 32 {
                    return Err(MetadataError::BadRoot("a stream name is too long"));
                }
            }
            let name = &bytes[name_start..name_start + len];
            r.seek((r.pos() + 3) & !3);
            let end = offset.checked_add(size).filter(|&e| e <= bytes.len());
            let end = end.ok_or(MetadataError::BadRoot("a stream lies outside the metadata"))?;
            let range = root.start + offset..root.start + end;
            match name {
                b"#Strings" => strings = range,
                b"#US" => user_strings = range,
                b"#Blob" => blobs = range,
                b"#GUID" => guids = range,
                b"#~" | b"#-" => tables_stream = tables_stream.or(Some(range)),
                b"#Pdb" => pdb_stream = Some(range),
                b"#JTD" => all_wide = true,
                _ => {}
            }
        }
        let mut external = [0u32; 64];
        let mut pdb = None;
        if let Some(range) = pdb_stream {
            const PDB: &str = "the #Pdb stream";
            let mut r = Reader::new(&data[range]);
            let id = r.array(PDB)?;
            let entry_point = Token(r.u32(PDB)?);
            let referenced = r.u64(PDB)?;
            for (n, count) in external.iter_mut().enumerate() {
                if referenced >> n & 1 != 0 {
                    *count = r.u32(PDB)?;
                }
            }
            pdb = Some(PdbStream { id, entry_point });
        }
        let (tables_stream, tables) = match tables_stream {
            Some(range) => {
                let t = Tables::parse(&data[range.clone()], &external, all_wide)?;
                (range, t)
            }
            None => (0..0, Tables::none()),
        };
        let mut this = Self { data, pe, version, strings, user_strings, blobs, guids, tables_stream, tables, pdb, inverse_ptr: None };
        this.index_pointer_tables();
        Ok(this)
    }

    /// Only images of an Edit-and-Continue build have pointer tables; the owner lookups then need the way back.
    fn index_pointer_tables(&mut self) {
        let pairs = [
            (Table::FieldPtr, Table::Field),
            (Table::MethodPtr, Table::MethodDef),
            (Table::ParamPtr, Table::Param),
            (Table::EventPtr, Table::Event),
            (Table::PropertyPtr, Table::Property),
        ];
        if pairs.iter().all(|&(p, _)| self.row_count(p) == 0) {
            return;
        }
        let inverse = pairs.map(|(ptr, target)| {
            let mut v = Vec::new();
            if self.row_count(ptr) != 0 {
                v.resize(self.row_count(target) as usize + 1, 0);
                for position in 1..=self.row_count(ptr) {
                    let rid = self.raw_row(ptr, position).map_or(0, |row| row.raw(0));
                    if let Some(slot) = v.get_mut(rid as usize) {
                        *slot = position;
                    }
                }
            }
            v
        });
        self.inverse_ptr = Some(Box::new(inverse));
    }

    /// The whole file.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.data
    }

    /// The version string of the metadata root (`v4.0.30319`, or `PDB v1.0`).
    #[must_use]
    pub fn runtime_version(&self) -> &str {
        self.data.get(self.version.clone()).and_then(|b| core::str::from_utf8(b).ok()).unwrap_or("")
    }

    /// The CLI header; `None` for bare metadata.
    #[must_use]
    pub fn cli_header(&self) -> Option<&CliHeader> {
        self.pe.as_ref().map(|pe| &pe.cli)
    }

    /// The COFF machine of the container; `None` for bare metadata. A ReadyToRun image of another system has an
    /// operating-system mask xored into it.
    #[must_use]
    pub fn machine(&self) -> Option<u16> {
        self.pe.as_ref().map(|pe| pe.machine)
    }

    /// Whether the image carries precompiled code beside its IL.
    #[must_use]
    pub fn is_ready_to_run(&self) -> bool {
        let Some(pe) = &self.pe else { return false };
        let (rva, size) = pe.cli.managed_native_header;
        size >= 4 && pe.range(rva, 4).is_ok_and(|r| self.data.get(r) == Some(b"RTR\0"))
    }

    /// The entries of the PE debug directory (none for bare metadata).
    pub fn debug_entries(&self) -> Result<Vec<DebugEntry>> {
        self.pe.as_ref().map_or(Ok(Vec::new()), |pe| pe.debug_entries(&self.data))
    }

    /// The method the program starts in, when the CLI header names one in this module.
    #[must_use]
    pub fn entry_point(&self) -> Option<MethodDefId> {
        let cli = self.cli_header()?;
        // Bit 4: the entry point is native code and the field an RVA.
        if cli.flags & 0x10 != 0 {
            return None;
        }
        MethodDefId::from_token(cli.entry_point)
    }

    /// The bytes at `rva` (contents of a field with an RVA, for example).
    pub fn rva_data(&self, rva: u32, size: u32) -> Result<&[u8]> {
        let pe = self.pe.as_ref().ok_or(MetadataError::BadRva { rva, size })?;
        let range = pe.range(rva, size)?;
        self.data.get(range).ok_or(MetadataError::BadRva { rva, size })
    }

    /// The bytes from `rva` to the end of its section.
    pub fn rva_tail(&self, rva: u32) -> Result<&[u8]> {
        let pe = self.pe.as_ref().ok_or(MetadataError::BadRva { rva, size: 0 })?;
        let range = pe.tail(rva)?;
        self.data.get(range).ok_or(MetadataError::BadRva { rva, size: 0 })
    }

    // ---- heaps ----

    fn heap(&self, range: &Range<usize>) -> &[u8] {
        self.data.get(range.clone()).unwrap_or(&[])
    }

    /// A name of the `#Strings` heap.
    pub fn string(&self, offset: u32) -> Result<&str> {
        let heap = "#Strings";
        if offset == 0 {
            return Ok("");
        }
        let bad = MetadataError::BadHeapOffset { heap, offset };
        let tail = self.heap(&self.strings).get(offset as usize..).ok_or(bad.clone())?;
        let len = tail.iter().position(|&b| b == 0).ok_or(bad)?;
        core::str::from_utf8(&tail[..len]).map_err(|_| MetadataError::BadUtf8 { heap, offset })
    }

    /// A blob.
    pub fn blob(&self, offset: u32) -> Result<&[u8]> {
        let heap = self.heap(&self.blobs);
        // Offset 0 is the empty blob, also in images that have no heap at all.
        if offset == 0 {
            return Ok(&[]);
        }
        let bad = MetadataError::BadHeapOffset { heap: "#Blob", offset };
        Reader::at(heap, offset as usize).blob("a blob").map_err(|_| bad)
    }

    /// A GUID by its 1-based index; `None` for index 0.
    pub fn guid(&self, index: u32) -> Result<Option<[u8; 16]>> {
        let Some(n) = index.checked_sub(1) else {
            return Ok(None);
        };
        let bad = MetadataError::BadHeapOffset { heap: "#GUID", offset: index };
        Reader::at(self.heap(&self.guids), n as usize * 16).array("a GUID").map(Some).map_err(|_| bad)
    }

    /// The literal of a `ldstr` instruction by its `#US` offset.
    pub fn user_string(&self, offset: u32) -> Result<UserString<'_>> {
        let bad = MetadataError::BadHeapOffset { heap: "#US", offset };
        let b = Reader::at(self.heap(&self.user_strings), offset as usize).blob("a literal").map_err(|_| bad)?;
        // The last byte only tells whether the text has special characters.
        Ok(UserString { utf16: &b[..b.len() & !1] })
    }

    // ---- tables ----

    /// How many rows a table has.
    #[must_use]
    pub fn row_count(&self, table: Table) -> u32 {
        self.tables.layout(table).rows
    }

    /// Whether the image declares the table sorted by its key.
    #[must_use]
    pub fn is_sorted(&self, table: Table) -> bool {
        self.tables.layout(table).sorted
    }

    /// All rows of a table by its id type: `module.rows::<TypeDefId>()`.
    #[must_use]
    pub fn rows<I: RowId>(&self) -> RowRange<I> {
        RowRange::new(1, self.row_count(I::TABLE) + 1)
    }

    /// A row as undecoded columns.
    pub fn raw_row(&self, table: Table, rid: u32) -> Result<RawRow<'_>> {
        let layout = self.tables.layout(table);
        let bad = MetadataError::BadRow { table, rid };
        let Some(index) = rid.checked_sub(1).filter(|&i| i < layout.rows) else {
            return Err(bad);
        };
        let size = layout.row_size as usize;
        let start = layout.start + index as usize * size;
        let bytes = self.heap(&self.tables_stream).get(start..start + size).ok_or(bad)?;
        Ok(RawRow { module: self, layout, bytes, table, rid })
    }

    /// A raw column of a row that is known to exist; anything else reads as 0.
    pub(crate) fn cell(&self, table: Table, rid: u32, col: usize) -> u32 {
        self.raw_row(table, rid).map_or(0, |row| row.raw(col))
    }

    /// The rows whose column `col` equals `key`, in a table that is sorted by that column (ECMA-335 II.22 names the
    /// key of each); a table that does not claim to be sorted is searched from the start to the end.
    pub(crate) fn find_rows<I: RowId>(&self, col: usize, key: u32) -> FoundRows<'_, I> {
        let rows = self.row_count(I::TABLE);
        if !self.is_sorted(I::TABLE) {
            return FoundRows::new(self, 1, rows + 1, Some((col, key)));
        }
        let bound = |after: bool| {
            let (mut lo, mut hi) = (1, rows + 1);
            while lo < hi {
                let mid = lo + (hi - lo) / 2;
                let v = self.cell(I::TABLE, mid, col);
                if v < key || (after && v == key) { lo = mid + 1 } else { hi = mid }
            }
            lo
        };
        FoundRows::new(self, bound(false), bound(true), None)
    }

    /// The last row of `table` whose list column `col` starts at or before `target`: the owner of a list element.
    pub(crate) fn find_owner(&self, table: Table, col: usize, target: u32) -> Option<u32> {
        let rows = self.row_count(table);
        let (mut lo, mut hi) = (1, rows + 1);
        while lo < hi {
            let mid = lo + (hi - lo) / 2;
            if self.cell(table, mid, col) <= target { lo = mid + 1 } else { hi = mid }
        }
        (lo > 1).then(|| lo - 1)
    }

    /// Follows a pointer table: list position to row number.
    pub(crate) fn through_ptr(&self, ptr: Table, position: u32) -> u32 {
        if self.inverse_ptr.is_none() || self.row_count(ptr) == 0 { position } else { self.cell(ptr, position, 0) }
    }

    /// The module's own name (`System.Private.CoreLib.dll`).
    pub fn name(&self) -> Result<&str> {
        self.raw_row(Table::Module, 1)?.str(1)
    }

    /// The module version id.
    pub fn mvid(&self) -> Result<Option<[u8; 16]>> {
        self.raw_row(Table::Module, 1)?.guid(2)
    }

    /// The bytes a field with an RVA starts with, given its size.
    pub fn field_rva_data(&self, field: FieldId, size: u32) -> Result<Option<&[u8]>> {
        match self.field_rva_of(field)? {
            Some(rva) => self.rva_data(rva, size).map(Some),
            None => Ok(None),
        }
    }
}
