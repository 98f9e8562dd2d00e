//! Debug information (`-g`): from the lines that LIR carries to LLVM's descriptions and locations.
//!
//! Every function of a unit with any source is described, or the lines of what is inlined into it would be lost. Without a
//! description of its own, an inlined function counts as part of the line that calls it.

use crate::llvm::{DebugBuilder, DebugNode, Module, Value};
use crate::{CodegenOptions, OptLevel, Unit};
use kiln_lir::{Function, LineMark};
use kiln_support::FxHashMap;
use std::cell::RefCell;

/// All consumers of interest read version 5, and its tables of strings are shared by the units of a program.
const DWARF_VERSION: u32 = 5;
const PRODUCER: &str = concat!("Kiln ", env!("CARGO_PKG_VERSION"));

/// Debug information of one module.
pub(crate) struct Debug<'c> {
    builder: DebugBuilder<'c>,
    optimized: bool,
    /// The unit's file: that of functions without source.
    file: DebugNode<'c>,
    files: RefCell<FxHashMap<String, DebugNode<'c>>>,
}

/// Debug information of one function: its description, and its parts in other files.
pub(crate) struct FunctionDebug<'d, 'c> {
    debug: &'d Debug<'c>,
    scopes: Vec<DebugNode<'c>>,
}

impl<'c> Debug<'c> {
    /// `None` when no function of the unit has a source.
    pub(crate) fn new(module: &Module<'c>, unit: &Unit<'_>, opts: &CodegenOptions) -> Option<Self> {
        let first = unit.functions.iter().find_map(|f| f.source.as_ref()?.documents.first())?;
        let builder = DebugBuilder::new(module, DWARF_VERSION);
        let file = builder.file(first);
        let optimized = opts.opt != OptLevel::O0;
        builder.unit(file, PRODUCER, optimized);
        Some(Self { builder, optimized, file, files: RefCell::new([(first.clone(), file)].into_iter().collect()) })
    }

    fn file(&self, path: &str) -> DebugNode<'c> {
        *self.files.borrow_mut().entry(path.to_owned()).or_insert_with(|| self.builder.file(path))
    }

    /// Describes a function.
    pub(crate) fn function(&self, f: &Function, value: Value<'c>) -> Option<FunctionDebug<'_, 'c>> {
        let scopes = match &f.source {
            Some(source) => {
                let files: Vec<_> = source.documents.iter().map(|d| self.file(d)).collect();
                let first = *files.first()?;
                let function = self.builder.function(value, &source.name, first, source.line, self.optimized);
                let others = files.iter().skip(1).map(|&file| self.builder.in_file(function, file));
                [function].into_iter().chain(others).collect()
            }
            None => vec![self.builder.function(value, &f.name, self.file, 0, self.optimized)],
        };
        Some(FunctionDebug { debug: self, scopes })
    }

    /// Everything was described.
    pub(crate) fn finish(&self) {
        self.builder.finish();
    }
}

impl<'c> FunctionDebug<'_, 'c> {
    /// The place of a mark; `None`: code that the compiler made.
    pub(crate) fn location(&self, mark: Option<&LineMark>) -> Result<DebugNode<'c>, String> {
        let (document, line, column) = mark.map_or((0, 0, 0), |m| (m.document, m.line, m.column));
        let scope = *self.scopes.get(document as usize).ok_or_else(|| format!("no document {document}"))?;
        Ok(self.debug.builder.location(line, column, scope))
    }
}
