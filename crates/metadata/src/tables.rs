//! The table numbers, their columns, and the computed layout of the `#~` stream (ECMA-335 II.22, II.24.2.6;
//! the tables from 0x30 on are those of the portable PDB format).

use crate::bytes::{Reader, column};
use crate::ids::CodedIndex;
use crate::{MetadataError, Result, ids};

/// How a column is stored.
#[derive(Clone, Copy, Debug)]
pub enum Column {
    /// A 16-bit constant.
    U2,
    /// A 32-bit constant.
    U4,
    /// An offset into `#Strings`.
    Str,
    /// An index into `#GUID`.
    Guid,
    /// An offset into `#Blob`.
    Blob,
    /// A row number of a table.
    Row(Table),
    /// A coded index over these tables with this many tag bits.
    Coded(&'static [Option<Table>], u32),
}

const fn coded<C: CodedIndex>() -> Column {
    Column::Coded(C::TABLES, C::TAG_BITS)
}

macro_rules! tables {
    ($($num:literal $name:ident [$($col:expr),*])+) => {
        /// A metadata table.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        #[repr(u8)]
        pub enum Table {
            $(#[doc = concat!("Table ", stringify!($num), ".")] $name = $num,)+
        }

        impl Table {
            /// All tables, in number order.
            pub const ALL: &'static [Table] = &[$(Table::$name,)+];

            /// The table with this number.
            #[must_use]
            pub fn from_u8(n: u8) -> Option<Table> {
                match n {
                    $($num => Some(Table::$name),)+
                    _ => None,
                }
            }

            /// The columns, in order.
            #[must_use]
            pub fn columns(self) -> &'static [Column] {
                use Column::{Blob, Guid, Row, Str, U2, U4};
                const { assert!(MAX_COLUMNS >= 9) };
                match self {
                    $(Table::$name => const { &[$($col),*] },)+
                }
            }
        }
    };
}

/// No table has more columns than this (`AssemblyRef` and `Assembly` have 9).
pub const MAX_COLUMNS: usize = 9;

tables! {
    0x00 Module [U2, Str, Guid, Guid, Guid]
    0x01 TypeRef [coded::<ids::ResolutionScope>(), Str, Str]
    0x02 TypeDef [U4, Str, Str, coded::<ids::TypeDefOrRef>(), Row(Table::Field), Row(Table::MethodDef)]
    0x03 FieldPtr [Row(Table::Field)]
    0x04 Field [U2, Str, Blob]
    0x05 MethodPtr [Row(Table::MethodDef)]
    0x06 MethodDef [U4, U2, U2, Str, Blob, Row(Table::Param)]
    0x07 ParamPtr [Row(Table::Param)]
    0x08 Param [U2, U2, Str]
    0x09 InterfaceImpl [Row(Table::TypeDef), coded::<ids::TypeDefOrRef>()]
    0x0A MemberRef [coded::<ids::MemberRefParent>(), Str, Blob]
    0x0B Constant [U2, coded::<ids::HasConstant>(), Blob]
    0x0C CustomAttribute [coded::<ids::HasCustomAttribute>(), coded::<ids::CustomAttributeType>(), Blob]
    0x0D FieldMarshal [coded::<ids::HasFieldMarshal>(), Blob]
    0x0E DeclSecurity [U2, coded::<ids::HasDeclSecurity>(), Blob]
    0x0F ClassLayout [U2, U4, Row(Table::TypeDef)]
    0x10 FieldLayout [U4, Row(Table::Field)]
    0x11 StandAloneSig [Blob]
    0x12 EventMap [Row(Table::TypeDef), Row(Table::Event)]
    0x13 EventPtr [Row(Table::Event)]
    0x14 Event [U2, Str, coded::<ids::TypeDefOrRef>()]
    0x15 PropertyMap [Row(Table::TypeDef), Row(Table::Property)]
    0x16 PropertyPtr [Row(Table::Property)]
    0x17 Property [U2, Str, Blob]
    0x18 MethodSemantics [U2, Row(Table::MethodDef), coded::<ids::HasSemantics>()]
    0x19 MethodImpl [Row(Table::TypeDef), coded::<ids::MethodDefOrRef>(), coded::<ids::MethodDefOrRef>()]
    0x1A ModuleRef [Str]
    0x1B TypeSpec [Blob]
    0x1C ImplMap [U2, coded::<ids::MemberForwarded>(), Str, Row(Table::ModuleRef)]
    0x1D FieldRva [U4, Row(Table::Field)]
    0x1E EncLog [U4, U4]
    0x1F EncMap [U4]
    0x20 Assembly [U4, U2, U2, U2, U2, U4, Blob, Str, Str]
    0x21 AssemblyProcessor [U4]
    0x22 AssemblyOs [U4, U4, U4]
    0x23 AssemblyRef [U2, U2, U2, U2, U4, Blob, Str, Str, Blob]
    0x24 AssemblyRefProcessor [U4, Row(Table::AssemblyRef)]
    0x25 AssemblyRefOs [U4, U4, U4, Row(Table::AssemblyRef)]
    0x26 File [U4, Str, Blob]
    0x27 ExportedType [U4, U4, Str, Str, coded::<ids::Implementation>()]
    0x28 ManifestResource [U4, U4, Str, coded::<ids::Implementation>()]
    0x29 NestedClass [Row(Table::TypeDef), Row(Table::TypeDef)]
    0x2A GenericParam [U2, U2, coded::<ids::TypeOrMethodDef>(), Str]
    0x2B MethodSpec [coded::<ids::MethodDefOrRef>(), Blob]
    0x2C GenericParamConstraint [Row(Table::GenericParam), coded::<ids::TypeDefOrRef>()]
    0x30 Document [Blob, Guid, Blob, Guid]
    0x31 MethodDebugInformation [Row(Table::Document), Blob]
    0x32 LocalScope [Row(Table::MethodDef), Row(Table::ImportScope), Row(Table::LocalVariable),
                     Row(Table::LocalConstant), U4, U4]
    0x33 LocalVariable [U2, U2, Str]
    0x34 LocalConstant [Str, Blob]
    0x35 ImportScope [Row(Table::ImportScope), Blob]
    0x36 StateMachineMethod [Row(Table::MethodDef), Row(Table::MethodDef)]
    0x37 CustomDebugInformation [coded::<ids::HasCustomDebugInformation>(), Guid, Blob]
}

/// Where one table lies and how wide its columns are.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct TableLayout {
    /// Offset of the first row in the tables stream.
    pub start: usize,
    /// Number of rows.
    pub rows: u32,
    /// Bytes per row.
    pub row_size: u8,
    /// Byte offset of each column in a row.
    pub offsets: [u8; MAX_COLUMNS],
    /// Bit n: column n has 4 bytes instead of 2.
    pub wide: u16,
    /// Whether the header says that the table is sorted by its key.
    pub sorted: bool,
}

impl TableLayout {
    /// Reads column `col` of a row.
    pub fn read(&self, row: &[u8], col: usize) -> u32 {
        let offset = self.offsets.get(col).copied().unwrap_or(0);
        column(row, offset as usize, self.wide >> col & 1 != 0)
    }
}

/// The layout of a `#~` (or `#-`) stream.
#[derive(Clone, Debug)]
pub(crate) struct Tables {
    layouts: Box<[TableLayout; 64]>,
}

impl Tables {
    pub fn layout(&self, table: Table) -> &TableLayout {
        // The array has 64 entries and table numbers stop at 0x37; the mask makes that visible to the optimizer.
        &self.layouts[table as usize & 63]
    }

    /// No tables at all.
    pub fn none() -> Self {
        Self { layouts: Box::new([TableLayout::default(); 64]) }
    }

    /// Parses the stream header. `external` are row counts of tables that live in another image (a portable PDB refers
    /// to the type-system tables of its assembly); `all_wide` is set for minimal deltas, whose indexes always have 4 bytes.
    pub fn parse(stream: &[u8], external: &[u32; 64], all_wide: bool) -> Result<Self> {
        const HEADER: &str = "the tables stream header";
        let mut r = Reader::new(stream);
        r.u32(HEADER)?;
        let _version: [u8; 2] = r.array(HEADER)?;
        let heap_sizes = r.u8(HEADER)?;
        r.u8(HEADER)?;
        let valid = r.u64(HEADER)?;
        let sorted = r.u64(HEADER)?;
        let mut rows = [0u32; 64];
        for (n, count) in rows.iter_mut().enumerate() {
            if valid >> n & 1 != 0 {
                *count = r.u32(HEADER)?;
                if Table::from_u8(n as u8).is_none() && *count != 0 {
                    return Err(MetadataError::BadRoot("a table with an unknown number"));
                }
                if *count > 0x00FF_FFFF {
                    return Err(MetadataError::BadRoot("a table has more than 2^24 rows"));
                }
            }
        }
        // "Extra data": four bytes that only Edit and Continue writes.
        if heap_sizes & 0x40 != 0 {
            r.u32(HEADER)?;
        }
        let count_of = |t: Table| -> u32 {
            let n = t as usize & 63;
            if rows[n] != 0 { rows[n] } else { external[n] }
        };
        let is_wide = |c: Column| -> bool {
            match c {
                Column::U2 => false,
                Column::U4 => true,
                Column::Str => all_wide || heap_sizes & 1 != 0,
                Column::Guid => all_wide || heap_sizes & 2 != 0,
                Column::Blob => all_wide || heap_sizes & 4 != 0,
                Column::Row(t) => all_wide || wide_target(t, &count_of),
                Column::Coded(tables, bits) => {
                    let max = tables.iter().flatten().map(|&t| count_of(t)).max().unwrap_or(0);
                    all_wide || max >= 1 << (16 - bits)
                }
            }
        };
        let mut layouts = Box::new([TableLayout::default(); 64]);
        let mut start = r.pos();
        for &table in Table::ALL {
            let n = table as usize & 63;
            let mut l = TableLayout { start, rows: rows[n], sorted: sorted >> n & 1 != 0, ..TableLayout::default() };
            for (i, &c) in table.columns().iter().enumerate() {
                l.offsets[i] = l.row_size;
                if is_wide(c) {
                    l.wide |= 1 << i;
                    l.row_size += 4;
                } else {
                    l.row_size += 2;
                }
            }
            let bytes = l.rows as usize * l.row_size as usize;
            start = start.checked_add(bytes).ok_or(MetadataError::BadRoot("the tables overflow"))?;
            if start > stream.len() {
                return Err(MetadataError::BadRoot("the tables are longer than their stream"));
            }
            layouts[n] = l;
        }
        Ok(Self { layouts })
    }
}

/// A list column of an uncompressed image indexes the pointer table when there is one; both counts bound the width.
fn wide_target(t: Table, count_of: &impl Fn(Table) -> u32) -> bool {
    let ptr = match t {
        Table::Field => count_of(Table::FieldPtr),
        Table::MethodDef => count_of(Table::MethodPtr),
        Table::Param => count_of(Table::ParamPtr),
        Table::Event => count_of(Table::EventPtr),
        Table::Property => count_of(Table::PropertyPtr),
        _ => 0,
    };
    count_of(t).max(ptr) >= 1 << 16
}
