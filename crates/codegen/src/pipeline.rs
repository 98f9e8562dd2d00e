//! From a unit to a module that is ready for code generation: emission, optimisation, late pass, statepoints.

use crate::emit::{Names, describes_frames, emit_unit};
use crate::late::{self, Late};
use crate::llvm::{Context, Machine, MachineSpec, Module, set_current_unit};
use crate::passes::{Effort, passes};
use crate::polls;
use crate::times::{Step, timed};
use crate::{CodegenError, CodegenOptions, OptLevel, Unit};
use kiln_target::FrameShape;

/// Where to stop.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Straight from LIR.
    Emitted,
    /// After the last pass.
    Final,
    /// After the last pass, for the object: nobody reads the names of values.
    Object,
    /// As for the object, with definitions that no other function of the module can be seen to call ([`Names::Apart`]).
    Batch,
}

/// Builds the module of a unit up to `stage` and hands it to `finish`.
pub(crate) fn with_module<R>(
    unit: &Unit<'_>,
    opts: &CodegenOptions,
    stage: Stage,
    finish: impl FnOnce(&Module<'_>, &Machine, &Late) -> Result<R, CodegenError>,
) -> Result<R, CodegenError> {
    let llvm_error = |message| CodegenError::Llvm { unit: unit.name.to_owned(), message };
    let effort = unit.functions.iter().map(|f| Effort::of(f, opts.opt)).max().unwrap_or(Effort::Little);
    let quick = CodegenOptions { opt: OptLevel::O0, ..opts.clone() };
    let opts = if effort == Effort::Little { &quick } else { opts };
    let (optimise, level) = passes(opts.opt, effort);
    let spec = MachineSpec { triple: opts.target.triple, cpu: opts.target.cpu, features: &opts.features, level };
    set_current_unit(unit.name);
    let machine = Machine::of_thread(&spec).map_err(llvm_error)?;
    let machine = &*machine;
    let context = Context::new();
    if matches!(stage, Stage::Object | Stage::Batch) {
        context.discard_names();
    }
    let names = if stage == Stage::Batch { Names::Apart } else { Names::Own };
    let module = Module::new(&context, unit.name, machine);
    let layouts = timed(Step::Emission, || emit_unit(&module, unit, opts, names))?;
    if opts.verify {
        verify(&module)?;
    }
    if stage == Stage::Emitted {
        return finish(&module, machine, &Late::default());
    }
    if describes_frames(unit, opts) {
        if opts.target.frame.shape == FrameShape::PerFunction {
            late::avoid_base_pointer(&module);
        }
        return finish(&module, machine, &Late { layouts });
    }
    timed(Step::Optimisation, || module.run_passes(optimise, machine, None)).map_err(llvm_error)?;
    let late = timed(Step::References, || references(&module, machine, unit, opts))?;
    finish(&module, machine, &late)
}

/// What makes references visible to the collector.
fn references(module: &Module<'_>, machine: &Machine, unit: &Unit<'_>, opts: &CodegenOptions) -> Result<Late, CodegenError> {
    let llvm_error = |message| CodegenError::Llvm { unit: unit.name.to_owned(), message };
    polls::insert(module, opts.opt == OptLevel::O0);
    let layouts = late::run(module);
    if opts.verify {
        verify(module)?;
    }
    if opts.opt != OptLevel::O0 && !layouts.is_empty() {
        // Drops the zeroing of words that are written again before the first call.
        module.run_passes("function(dse)", machine, None).map_err(llvm_error)?;
    }
    let statepoints = if opts.verify { "rewrite-statepoints-for-gc,function(verify<safepoint-ir>)" } else { "rewrite-statepoints-for-gc" };
    module.run_passes(statepoints, machine, None).map_err(llvm_error)?;
    late::hide_stack_addresses(module);
    if opts.target.frame.shape == FrameShape::PerFunction {
        late::avoid_base_pointer(module);
    }
    Ok(Late { layouts })
}

/// Runs LLVM's verifier and names the broken function.
fn verify(module: &Module<'_>) -> Result<(), CodegenError> {
    module.verify().map_err(|message| {
        let function = module.functions().into_iter().find(|f| !f.is_declaration() && !module.function_is_valid(*f));
        CodegenError::Verify { function: function.map_or_else(String::new, |f| f.name()), message }
    })
}
