//! Rows whose columns are read when somebody asks (ECMA-335 II.24.2.6), and rows found by a key.

use super::Module;
use crate::ids::{CodedIndex, RowId, RowRange};
use crate::tables::TableLayout;
use crate::{MetadataError, Result, Table, Token};

/// A row whose columns are read on demand.
#[derive(Clone, Copy)]
pub struct RawRow<'a> {
    pub(super) module: &'a Module,
    pub(super) layout: &'a TableLayout,
    pub(super) bytes: &'a [u8],
    pub(super) table: Table,
    pub(super) rid: u32,
}

impl<'a> RawRow<'a> {
    /// The row as stored, inside the module's bytes.
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The stored value of a column (0-based).
    #[must_use]
    pub fn raw(&self, col: usize) -> u32 {
        self.layout.read(self.bytes, col)
    }

    /// Infallible form of [`Self::raw`] for the row macros.
    pub(crate) fn u32(&self, col: usize) -> Result<u32> {
        Ok(self.raw(col))
    }

    pub(crate) fn u16(&self, col: usize) -> Result<u16> {
        Ok(self.raw(col) as u16)
    }

    pub(crate) fn u8(&self, col: usize) -> Result<u8> {
        Ok(self.raw(col) as u8)
    }

    pub(crate) fn str(&self, col: usize) -> Result<&'a str> {
        self.module.string(self.raw(col))
    }

    pub(crate) fn blob(&self, col: usize) -> Result<&'a [u8]> {
        self.module.blob(self.raw(col))
    }

    pub(crate) fn guid(&self, col: usize) -> Result<Option<[u8; 16]>> {
        self.module.guid(self.raw(col))
    }

    pub(crate) fn token(&self, col: usize) -> Result<Token> {
        Ok(Token(self.raw(col)))
    }

    /// A row number that must not be null.
    pub(crate) fn row<I: RowId>(&self, col: usize) -> Result<I> {
        self.opt_row(col)?.ok_or(MetadataError::BadRow { table: I::TABLE, rid: 0 })
    }

    pub(crate) fn opt_row<I: RowId>(&self, col: usize) -> Result<Option<I>> {
        let rid = self.raw(col);
        Ok((rid != 0).then(|| I::from_rid(rid)))
    }

    /// A coded index that must not be null.
    pub(crate) fn coded<C: CodedIndex>(&self, col: usize) -> Result<C> {
        C::decode(self.raw(col))?.ok_or(MetadataError::NullReference(C::NAME))
    }

    pub(crate) fn opt_coded<C: CodedIndex>(&self, col: usize) -> Result<Option<C>> {
        C::decode(self.raw(col))
    }

    /// The run of a list column: up to where the next row's list starts, else to the end of the target table.
    pub(crate) fn list<I: RowId>(&self, col: usize) -> Result<RowRange<I>> {
        let ptr = match I::TABLE {
            Table::Field => Table::FieldPtr,
            Table::MethodDef => Table::MethodPtr,
            Table::Param => Table::ParamPtr,
            Table::Event => Table::EventPtr,
            Table::Property => Table::PropertyPtr,
            other => other,
        };
        let ptr_rows = if ptr == I::TABLE { 0 } else { self.module.row_count(ptr) };
        let count = if ptr_rows != 0 { ptr_rows } else { self.module.row_count(I::TABLE) };
        let start = self.raw(col);
        let end = match self.module.raw_row(self.table, self.rid + 1) {
            Ok(next) => next.raw(col),
            Err(_) => count + 1,
        };
        // Some writers store 0 for a list that is empty.
        if start == 0 && end <= 1 {
            return Ok(RowRange::empty());
        }
        if start == 0 || start > end || end > count + 1 {
            return Err(MetadataError::BadList { table: self.table, rid: self.rid });
        }
        Ok(RowRange::new(start, end))
    }
}

/// Rows found by a key, in table order.
#[derive(Clone)]
pub struct FoundRows<'a, I> {
    module: &'a Module,
    next: u32,
    end: u32,
    filter: Option<(usize, u32)>,
    marker: core::marker::PhantomData<I>,
}

impl<'a, I> FoundRows<'a, I> {
    pub(super) fn new(module: &'a Module, next: u32, end: u32, filter: Option<(usize, u32)>) -> Self {
        Self { module, next, end, filter, marker: core::marker::PhantomData }
    }
}

impl<I: RowId> Iterator for FoundRows<'_, I> {
    type Item = I;
    fn next(&mut self) -> Option<I> {
        while self.next < self.end {
            let rid = self.next;
            self.next += 1;
            if self.filter.is_none_or(|(col, key)| self.module.cell(I::TABLE, rid, col) == key) {
                return Some(I::from_rid(rid));
            }
        }
        None
    }
}
