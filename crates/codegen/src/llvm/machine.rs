//! The target machine: from module to object or assembly.

use super::context::{c_string, take_message};
use super::module::Module;
use llvm_sys::core::{LLVMDisposeMemoryBuffer, LLVMGetBufferSize, LLVMGetBufferStart};
use llvm_sys::error_handling::LLVMInstallFatalErrorHandler;
use llvm_sys::support::LLVMParseCommandLineOptions;
use llvm_sys::target::*;
use llvm_sys::target_machine::*;
use std::cell::RefCell;
use std::ffi::{CStr, c_char, c_int};
use std::rc::Rc;
use std::sync::Once;

/// What a machine was made for.
type Key = (String, String, String, CodegenLevel);

thread_local! {
    /// The machine that this thread used last: its tables take longer to make than many functions to compile.
    static MACHINE: RefCell<Option<(Key, Rc<Machine>)>> = const { RefCell::new(None) };
    /// What this thread compiles, for the message before LLVM aborts.
    static CURRENT: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Sets the name for messages about errors that LLVM does not return from.
pub(crate) fn set_current_unit(name: &str) {
    CURRENT.with_borrow_mut(|current| name.clone_into(current));
}

extern "C" fn fatal_error(reason: *const c_char) {
    // SAFETY: LLVM passes a NUL-terminated string.
    let reason = unsafe { CStr::from_ptr(reason) }.to_string_lossy();
    CURRENT.with(|current| {
        let unit = current.try_borrow().map(|u| u.clone()).unwrap_or_default();
        eprintln!("internal error: LLVM gave up on unit {unit}: {reason}");
    });
}

/// Effort of LLVM's code generator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum CodegenLevel {
    /// Fast compile.
    None,
    /// Some optimisation.
    Less,
    /// The usual.
    Default,
}

/// What to generate code for.
pub(crate) struct MachineSpec<'a> {
    pub(crate) triple: &'a str,
    pub(crate) cpu: &'a str,
    pub(crate) features: &'a str,
    pub(crate) level: CodegenLevel,
}

/// A target machine; not shared between threads.
pub(crate) struct Machine {
    raw: LLVMTargetMachineRef,
    triple: String,
    data_layout: String,
}

static INIT: Once = Once::new();

impl Machine {
    /// This thread's machine.
    pub(crate) fn of_thread(spec: &MachineSpec<'_>) -> Result<Rc<Self>, String> {
        let key = (spec.triple.to_owned(), spec.cpu.to_owned(), spec.features.to_owned(), spec.level);
        MACHINE.with_borrow_mut(|last| {
            if let Some((known, machine)) = last
                && *known == key
            {
                return Ok(machine.clone());
            }
            let machine = Rc::new(Self::new(spec)?);
            *last = Some((key, machine.clone()));
            Ok(machine)
        })
    }

    /// Creates the machine of a triple.
    fn new(spec: &MachineSpec<'_>) -> Result<Self, String> {
        INIT.call_once(|| {
            // An index of names per function would be half of the debug information, and debuggers make their own.
            // Checks for null that an access right behind them can stand for become faults (`emit::function`).
            let options = [c"kiln".as_ptr(), c"-accel-tables=Disable".as_ptr(), c"-enable-implicit-null-checks".as_ptr()];
            // SAFETY: registration of the targets runs once, before any other use, and so does the setting of global options.
            unsafe {
                LLVMInstallFatalErrorHandler(Some(fatal_error));
                LLVMParseCommandLineOptions(options.len() as c_int, options.as_ptr(), c"".as_ptr());
                LLVMInitializeX86TargetInfo();
                LLVMInitializeX86Target();
                LLVMInitializeX86TargetMC();
                LLVMInitializeX86AsmPrinter();
                LLVMInitializeAArch64TargetInfo();
                LLVMInitializeAArch64Target();
                LLVMInitializeAArch64TargetMC();
                LLVMInitializeAArch64AsmPrinter();
            }
        });
        // SAFETY: out parameters are local; strings are copied by LLVM; the options object is freed.
        unsafe {
            let mut target = std::ptr::null_mut();
            let mut message = std::ptr::null_mut();
            let triple = c_string(spec.triple);
            if LLVMGetTargetFromTriple(triple.as_ptr(), &raw mut target, &raw mut message) != 0 {
                return Err(take_message(message));
            }
            let options = LLVMCreateTargetMachineOptions();
            let (cpu, features) = (c_string(spec.cpu), c_string(spec.features));
            LLVMTargetMachineOptionsSetCPU(options, cpu.as_ptr());
            LLVMTargetMachineOptionsSetFeatures(options, features.as_ptr());
            LLVMTargetMachineOptionsSetCodeGenOptLevel(
                options,
                match spec.level {
                    CodegenLevel::None => LLVMCodeGenOptLevel::LLVMCodeGenLevelNone,
                    CodegenLevel::Less => LLVMCodeGenOptLevel::LLVMCodeGenLevelLess,
                    CodegenLevel::Default => LLVMCodeGenOptLevel::LLVMCodeGenLevelDefault,
                },
            );
            LLVMTargetMachineOptionsSetRelocMode(options, LLVMRelocMode::LLVMRelocPIC);
            LLVMTargetMachineOptionsSetCodeModel(options, LLVMCodeModel::LLVMCodeModelSmall);
            let raw = LLVMCreateTargetMachineWithOptions(target, triple.as_ptr(), options);
            LLVMDisposeTargetMachineOptions(options);
            if raw.is_null() {
                return Err(format!("no target machine for {}", spec.triple));
            }
            let layout = LLVMCreateTargetDataLayout(raw);
            let data_layout = take_message(LLVMCopyStringRepOfTargetData(layout));
            LLVMDisposeTargetData(layout);
            Ok(Self { raw, triple: spec.triple.to_owned(), data_layout })
        }
    }

    pub(super) fn raw(&self) -> LLVMTargetMachineRef {
        self.raw
    }

    /// Its triple.
    pub(crate) fn triple(&self) -> &str {
        &self.triple
    }

    /// Its data layout string.
    pub(crate) fn data_layout(&self) -> &str {
        &self.data_layout
    }

    /// Emits an object (`assembly = false`) or assembly text. The module must not be used for anything but printing afterwards.
    pub(crate) fn emit(&self, module: &Module<'_>, assembly: bool) -> Result<Vec<u8>, String> {
        let kind = if assembly { LLVMCodeGenFileType::LLVMAssemblyFile } else { LLVMCodeGenFileType::LLVMObjectFile };
        let mut message = std::ptr::null_mut();
        let mut buffer = std::ptr::null_mut();
        // SAFETY: on success LLVM hands over a buffer of the reported size, freed here.
        unsafe {
            if LLVMTargetMachineEmitToMemoryBuffer(self.raw, module.raw(), kind, &raw mut message, &raw mut buffer) != 0 {
                return Err(take_message(message));
            }
            let bytes = std::slice::from_raw_parts(LLVMGetBufferStart(buffer).cast::<u8>(), LLVMGetBufferSize(buffer)).to_vec();
            LLVMDisposeMemoryBuffer(buffer);
            Ok(bytes)
        }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // SAFETY: owned here.
        unsafe { LLVMDisposeTargetMachine(self.raw) }
    }
}
