//! Debug information (`-g`): from the lines that LIR carries to LLVM's descriptions and locations.
//!
//! Every function of a unit with any source is described, or the lines of what is inlined into it would be lost. Without a
//! description of its own, an inlined function counts as part of the line that calls it.

use crate::llvm::{DebugBuilder, DebugNode, Module, Value};
use crate::{CodegenOptions, OptLevel, Unit};
use kiln_lir::{Function, LineMark, Scope, ScopeId, SourcePlace};
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

/// Debug information of one function.
pub(crate) struct FunctionDebug<'d, 'c> {
    debug: &'d Debug<'c>,
    files: Vec<DebugNode<'c>>,
    /// The function's own, then one for each inlined call.
    scopes: Vec<ScopeDebug<'c>>,
    /// Parts of methods in other files than their first.
    parts: RefCell<FxHashMap<(u32, u32), DebugNode<'c>>>,
}

/// A method, and where its code is inlined.
struct ScopeDebug<'c> {
    /// Description, and the document that it is in; nothing for a call of what has no source.
    method: Option<(DebugNode<'c>, u32)>,
    /// The call, in an outer scope; nothing for the function itself.
    call: Option<DebugNode<'c>>,
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
        let describe = |name: &str, file, line| {
            let node = self.builder.function(name, file, line, self.optimized);
            value.set_description(node);
            node
        };
        let (files, function) = match &f.source {
            Some(source) => {
                let files: Vec<_> = source.documents.iter().map(|d| self.file(d)).collect();
                let first = *files.first()?;
                (files, describe(&source.name, first, source.line))
            }
            None => (vec![self.file], describe(&f.name, self.file, 0)),
        };
        let scopes = vec![ScopeDebug { method: Some((function, 0)), call: None }];
        let mut debug = FunctionDebug { debug: self, files, scopes, parts: RefCell::default() };
        f.scopes.iter().try_for_each(|s| debug.inlined_call(s))?;
        Some(debug)
    }

    /// Everything was described.
    pub(crate) fn finish(&self) {
        self.builder.finish();
    }
}

impl<'c> FunctionDebug<'_, 'c> {
    /// Describes an inlined call; `None` for documents that there are not.
    fn inlined_call(&mut self, scope: &Scope) -> Option<()> {
        let (call_at, start) = scope.source.as_ref().map_or_else(Default::default, |s| (s.call, s.start));
        let outer = self.scopes.get(scope.call.scope.index())?;
        // What has no source is part of the line that calls it.
        let call = match outer.method {
            Some(_) => Some(self.place(scope.call.scope, call_at)?),
            None => outer.call,
        };
        let described = scope.source.as_ref().filter(|s| !s.name.is_empty());
        let method = match described {
            Some(source) => {
                let file = *self.files.get(start.document as usize)?;
                Some((self.debug.builder.function(&source.name, file, start.line, self.debug.optimized), start.document))
            }
            None => None,
        };
        self.scopes.push(ScopeDebug { method, call });
        Some(())
    }

    fn place(&self, scope: ScopeId, place: SourcePlace) -> Option<DebugNode<'c>> {
        let s = self.scopes.get(scope.index())?;
        let (method, first) = s.method?;
        let file = *self.files.get(place.document as usize)?;
        let part = if place.document == first {
            method
        } else {
            *self.parts.borrow_mut().entry((scope.0, place.document)).or_insert_with(|| self.debug.builder.in_file(method, file))
        };
        Some(self.debug.builder.location(place.line, place.column, part, s.call))
    }

    /// The place of a mark; `None`: code that the compiler made.
    pub(crate) fn location(&self, mark: Option<&LineMark>) -> Result<DebugNode<'c>, String> {
        let (scope, place) = mark.map_or_else(Default::default, |m| (m.scope, m.place));
        self.place(scope, place).ok_or_else(|| format!("no document {} of {scope}", place.document))
    }
}
