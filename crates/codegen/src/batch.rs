//! Many functions in one module and one run of the passes; each comes out as if it had been alone (ADR 0011).
//!
//! Setting up LLVM's pass managers, a target's tables and an object writer costs more than compiling a small function. What keeps the
//! functions of a batch apart: there are function passes only, and no call is seen to be of a function of the batch (`passes`,
//! `emit::Names`); each has a section group of its own; a symbol is declared with the signature that each function alone would declare it
//! with ([`Batch::add`]).

use crate::elf::ObjectInfo;
use crate::emit::name_apart;
use crate::gc::GcFunction;
use crate::passes::{Effort, is_outsized};
use crate::piece::Piece;
use crate::pipeline::Stage;
use crate::times::{Step, timed};
use crate::{CodegenError, CodegenOptions, OptLevel, Unit, compile_unit, pipeline, split, stackmap};
use kiln_lir::{Call, CallTarget, Function, Inst, LTy};
use kiln_support::FxHashMap;

/// The code of a compiled function.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Code {
    /// Apart from everything else.
    Piece(Piece),
    /// An ELF object with this function alone: what a debugger reads about it is not taken apart.
    Object(Vec<u8>),
}

/// What a function compiled to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CompiledFunction {
    /// Its code.
    pub code: Code,
    /// Bytes of machine code.
    pub size: u64,
    /// Its GC record, if it has call sites.
    pub gc: Option<GcFunction>,
}

/// Types of parameters, of the result, and of further results.
type Signature<'a> = (&'a [LTy], Vec<LTy>);

/// Signatures of the functions that a function calls by name, each as the first call has it.
pub(crate) fn signatures(f: &Function) -> FxHashMap<&str, Signature<'_>> {
    let names: FxHashMap<_, &str> = f.sym_names.iter().map(|(s, n)| (s, n.as_str())).collect();
    let mut found = FxHashMap::default();
    for (_, inst) in f.blocks.iter().flat_map(|b| &b.insts) {
        let Inst::Call(call) = inst else { continue };
        let Call { target: CallTarget::Direct(sym), params, ret, flags, .. } = &**call else { continue };
        let name = names.get(sym).copied().or_else(|| match sym {
            kiln_lir::Sym::Helper(helper) => Some(helper.name()),
            kiln_lir::Sym::Native(native) => Some(&native.0),
            _ => None,
        });
        if let Some(name) = name {
            let results = std::iter::once(*ret).chain(flags.more.into_iter().flatten()).collect();
            found.entry(name).or_insert((params.as_slice(), results));
        }
    }
    found
}

/// Units that can be compiled together: they are worth the same effort.
#[derive(Debug)]
pub struct Batch<'a> {
    opt: OptLevel,
    effort: Effort,
    units: Vec<&'a Unit<'a>>,
    signatures: FxHashMap<&'a str, Signature<'a>>,
}

impl<'a> Batch<'a> {
    /// An empty one.
    #[must_use]
    pub fn new(opt: OptLevel) -> Self {
        Self { opt, effort: Effort::Little, units: Vec::new(), signatures: FxHashMap::default() }
    }

    /// Adds a unit, unless it and one that is there would not compile to what each compiles to alone.
    pub fn add(&mut self, unit: &'a Unit<'a>) -> bool {
        let alone = |u: &Unit<'_>| u.functions.len() != 1 || u.functions[0].source.is_some() || is_outsized(u.functions[0]);
        let effort = unit.functions.first().map_or(Effort::Little, |f| Effort::of(f, self.opt));
        if !self.units.is_empty() && (effort != self.effort || alone(unit) || alone(self.units[0])) {
            return false;
        }
        self.effort = effort;
        let [f] = unit.functions.as_slice() else {
            self.units.push(unit);
            return true;
        };
        let named = signatures(f);
        if named.iter().any(|(name, signature)| self.signatures.get(name).is_some_and(|known| known != signature)) {
            return false;
        }
        self.signatures.extend(named);
        self.units.push(unit);
        true
    }

    /// Its units, in the order in which they were added.
    #[must_use]
    pub fn units(&self) -> &[&'a Unit<'a>] {
        &self.units
    }
}

/// Compiles a batch; the results are in the order of its units.
///
/// # Errors
/// LIR that breaks its own rules, or an error that LLVM reports. The error of a batch of several may be about any of them.
pub fn compile_batch(batch: &Batch<'_>, opts: &CodegenOptions) -> Result<Vec<CompiledFunction>, CodegenError> {
    let Some(first) = batch.units.first() else { return Ok(Vec::new()) };
    let name = first.name;
    let unit = Unit { name, functions: batch.units.iter().flat_map(|u| u.functions.iter().copied()).collect() };
    if unit.functions.iter().any(|f| f.source.is_some()) {
        return Ok(vec![whole(&unit, opts)?]);
    }
    // Name in the module, and link name.
    let defined: Vec<(String, &str)> = unit.functions.iter().enumerate().map(|(i, f)| (name_apart(i), f.name.as_str())).collect();
    let bad = |what| CodegenError::Object { unit: name.to_owned(), what };
    let together = pipeline::with_module(&unit, opts, Stage::Batch, |module, machine, late| {
        module.group_functions();
        let object = timed(Step::MachineCode, || machine.emit(module, false))
            .map_err(|message| CodegenError::Llvm { unit: name.to_owned(), message })?;
        timed(Step::Pieces, || {
            let parsed = ObjectInfo::read(&object, opts.target).map_err(bad)?;
            let gc = stackmap::read(&parsed, &opts.target.frame, &late.layouts).map_err(bad)?;
            let mut gc: FxHashMap<String, GcFunction> = gc.into_iter().map(|g| (g.symbol.clone(), g)).collect();
            let sizes: FxHashMap<&str, u64> = parsed.functions.iter().map(|f| (f.symbol.as_str(), f.size)).collect();
            let pieces = split::split(&object, &defined).map_err(bad)?;
            let compiled = pieces.into_iter().zip(&defined).map(|(piece, (symbol, name))| CompiledFunction {
                code: Code::Piece(piece),
                size: sizes.get(symbol.as_str()).copied().unwrap_or_default(),
                gc: gc.remove(symbol).map(|g| GcFunction { symbol: (*name).to_owned(), ..g }),
            });
            Ok(compiled.collect())
        })
    });
    // With more instruction sets, constants of one or two bytes lie in a section of the whole object, where nothing says which are whose.
    let more = !opts.features.is_empty() || unit.functions.iter().any(|f| !f.needs.is_empty());
    match together {
        Err(CodegenError::Object { .. }) if more => batch.units.iter().map(|unit| whole(unit, opts)).collect(),
        result => result,
    }
}

/// A function with its source.
fn whole(unit: &Unit<'_>, opts: &CodegenOptions) -> Result<CompiledFunction, CodegenError> {
    let compiled = compile_unit(unit, opts)?;
    let function = compiled.functions.into_iter().next();
    let size = function.as_ref().map_or(0, |f| f.size);
    let gc = function.and_then(|f| compiled.gc.into_iter().find(|g| g.symbol == f.symbol));
    Ok(CompiledFunction { code: Code::Object(compiled.object), size, gc })
}
