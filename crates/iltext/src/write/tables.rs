//! Rows of tables and the `#~` stream (ECMA-335 II.24.2.6). Columns are kept as numbers; their widths are known when all rows are.

use super::Heaps;
use kiln_metadata::{Column, Table};
use kiln_support::FxHashMap;

/// The rows of all tables.
#[derive(Debug)]
pub(crate) struct Tables {
    rows: Vec<Vec<Vec<u32>>>,
    known: FxHashMap<(Table, Vec<u32>), u32>,
}

/// The columns by which the standard wants a table sorted (II.22, "sorted by").
fn key(table: Table) -> Option<usize> {
    match table {
        Table::InterfaceImpl
        | Table::CustomAttribute
        | Table::FieldMarshal
        | Table::MethodImpl
        | Table::NestedClass
        | Table::GenericParamConstraint => Some(0),
        Table::Constant | Table::FieldLayout | Table::ImplMap | Table::FieldRva => Some(1),
        Table::ClassLayout | Table::MethodSemantics | Table::GenericParam => Some(2),
        _ => None,
    }
}

impl Tables {
    pub fn new() -> Self {
        Self { rows: vec![Vec::new(); 64], known: FxHashMap::default() }
    }

    /// Adds a row; gives its number.
    pub fn add(&mut self, table: Table, row: &[u32]) -> u32 {
        debug_assert_eq!(row.len(), table.columns().len());
        let rows = &mut self.rows[table as usize];
        rows.push(row.to_vec());
        rows.len() as u32
    }

    /// Adds a row, or finds an equal one that was added like this.
    pub fn intern(&mut self, table: Table, row: &[u32]) -> u32 {
        let key = (table, row.to_vec());
        if let Some(&rid) = self.known.get(&key) {
            return rid;
        }
        let rid = self.add(table, row);
        self.known.insert(key, rid);
        rid
    }

    /// How many rows a table has so far.
    pub fn count(&self, table: Table) -> u32 {
        self.rows[table as usize].len() as u32
    }

    /// Changes a column of a row that is there.
    pub fn set(&mut self, table: Table, rid: u32, column: usize, value: u32) {
        self.rows[table as usize][rid as usize - 1][column] = value;
    }

    /// The stream.
    pub fn stream(mut self, heaps: &Heaps) -> Vec<u8> {
        let mut out = vec![0, 0, 0, 0, 2, 0];
        let wide_heap = |heap: &[u8]| heap.len() >= 1 << 16;
        let (strings, guids, blobs) = (wide_heap(&heaps.strings), wide_heap(&heaps.guids), wide_heap(&heaps.blobs));
        out.push(u8::from(strings) | u8::from(guids) << 1 | u8::from(blobs) << 2);
        out.push(1);
        let mask = |wanted: &dyn Fn(Table) -> bool| Table::ALL.iter().filter(|t| wanted(**t)).fold(0u64, |m, t| m | 1 << *t as u64);
        out.extend(mask(&|t| self.count(t) > 0).to_le_bytes());
        out.extend(mask(&|t| key(t).is_some()).to_le_bytes());
        let counts: Vec<u32> = self.rows.iter().map(|rows| rows.len() as u32).collect();
        out.extend(counts.iter().filter(|n| **n > 0).flat_map(|n| n.to_le_bytes()));
        let wide = |column: Column| match column {
            Column::U2 => false,
            Column::U4 => true,
            Column::Str => strings,
            Column::Guid => guids,
            Column::Blob => blobs,
            Column::Row(t) => counts[t as usize] >= 1 << 16,
            Column::Coded(tables, bits) => tables.iter().flatten().any(|t| counts[*t as usize] >= 1 << (16 - bits)),
        };
        for &table in Table::ALL {
            let rows = &mut self.rows[table as usize];
            if let Some(key) = key(table) {
                // Stable: the order of declaration decides among equals, as it does for interfaces.
                rows.sort_by_key(|row| row[key]);
            }
            for row in rows.iter() {
                for (value, column) in row.iter().zip(table.columns()) {
                    if wide(*column) {
                        out.extend(value.to_le_bytes());
                    } else {
                        out.extend((*value as u16).to_le_bytes());
                    }
                }
            }
        }
        out.resize(out.len().next_multiple_of(4), 0);
        out
    }
}
