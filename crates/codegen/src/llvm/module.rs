//! An LLVM module: globals, passes, verification, printing.

use super::context::{Context, c_string, take_message};
use super::machine::Machine;
use super::value::{BasicBlock, Type, Value};
use llvm_sys::analysis::{LLVMVerifierFailureAction, LLVMVerifyFunction, LLVMVerifyModule};
use llvm_sys::comdat::*;
use llvm_sys::core::*;
use llvm_sys::error::LLVMGetErrorMessage;
use llvm_sys::prelude::*;
use llvm_sys::transforms::pass_builder::*;

/// A module under construction.
pub(crate) struct Module<'c> {
    raw: LLVMModuleRef,
    context: &'c Context,
}

impl<'c> Module<'c> {
    /// An empty module with the machine's triple and data layout (address space 1 marked non-integral).
    pub(crate) fn new(context: &'c Context, name: &str, machine: &Machine) -> Self {
        // SAFETY: the module belongs to the context; strings are copied.
        unsafe {
            let raw = LLVMModuleCreateWithNameInContext(c_string(name).as_ptr(), context.raw());
            LLVMSetTarget(raw, c_string(machine.triple()).as_ptr());
            LLVMSetDataLayout(raw, c_string(&format!("{}-ni:1", machine.data_layout())).as_ptr());
            Self { raw, context }
        }
    }

    pub(super) fn raw(&self) -> LLVMModuleRef {
        self.raw
    }

    /// Its context.
    pub(crate) fn context(&self) -> &'c Context {
        self.context
    }

    /// Finds a function.
    pub(crate) fn function(&self, name: &str) -> Option<Value<'c>> {
        // SAFETY: the name is passed with its length.
        let raw = unsafe { LLVMGetNamedFunctionWithLength(self.raw, name.as_ptr().cast(), name.len()) };
        (!raw.is_null()).then(|| Value::from_raw(raw))
    }

    /// Finds a global variable.
    pub(crate) fn global(&self, name: &str) -> Option<Value<'c>> {
        // SAFETY: the name is passed with its length.
        let raw = unsafe { LLVMGetNamedGlobalWithLength(self.raw, name.as_ptr().cast(), name.len()) };
        (!raw.is_null()).then(|| Value::from_raw(raw))
    }

    /// Declares a function.
    pub(crate) fn add_function(&self, name: &str, ty: Type<'c>) -> Value<'c> {
        // SAFETY: ty is a function type of this context.
        Value::from_raw(unsafe { LLVMAddFunction(self.raw, c_string(name).as_ptr(), ty.raw()) })
    }

    /// Declares a global variable.
    pub(crate) fn add_global(&self, name: &str, ty: Type<'c>) -> Value<'c> {
        // SAFETY: ty is a sized type of this context.
        Value::from_raw(unsafe { LLVMAddGlobal(self.raw, ty.raw(), c_string(name).as_ptr()) })
    }

    /// Declaration of an overloaded intrinsic.
    pub(crate) fn intrinsic(&self, name: &str, types: &[Type<'c>]) -> Value<'c> {
        let mut raw: Vec<LLVMTypeRef> = types.iter().map(|t| t.raw()).collect();
        // SAFETY: the name is one of this crate's constants, the overload types those the intrinsic takes.
        unsafe {
            let id = LLVMLookupIntrinsicID(name.as_ptr().cast(), name.len());
            debug_assert_ne!(id, 0, "unknown intrinsic {name}");
            Value::from_raw(LLVMGetIntrinsicDeclaration(self.raw, id, raw.as_mut_ptr(), raw.len()))
        }
    }

    /// Function type behind a function value of this module.
    pub(crate) fn function_type(&self, function: Value<'c>) -> Type<'c> {
        // SAFETY: function is a function of this module.
        Type::from_raw(unsafe { LLVMGlobalGetValueType(function.raw()) })
    }

    /// Appends a block to a function.
    pub(crate) fn append_block(&self, function: Value<'c>, name: &str) -> BasicBlock<'c> {
        // SAFETY: function belongs to this module.
        BasicBlock::from_raw(unsafe { LLVMAppendBasicBlockInContext(self.context.raw(), function.raw(), c_string(name).as_ptr()) })
    }

    /// All functions in order.
    pub(crate) fn functions(&self) -> Vec<Value<'c>> {
        let mut list = Vec::new();
        // SAFETY: walks the function list.
        unsafe {
            let mut each = LLVMGetFirstFunction(self.raw);
            while !each.is_null() {
                list.push(Value::from_raw(each));
                each = LLVMGetNextFunction(each);
            }
        }
        list
    }

    /// Puts every defined function into a section group of its own, and constant data into that of the one function that uses it.
    pub(crate) fn group_functions(&self) {
        // SAFETY: walks the globals of this module; a group lives as long as it.
        unsafe {
            let group = |function: LLVMValueRef| {
                let group = LLVMGetOrInsertComdat(self.raw, c_string(&Value::from_raw(function).name()).as_ptr());
                LLVMSetComdatSelectionKind(group, LLVMComdatSelectionKind::LLVMNoDuplicatesComdatSelectionKind);
                group
            };
            for function in self.functions().into_iter().filter(|f| !f.is_declaration()) {
                LLVMSetComdat(function.raw(), group(function.raw()));
            }
            let mut each = LLVMGetFirstGlobal(self.raw);
            while !each.is_null() {
                let global = Value::from_raw(each);
                let mut users = Vec::new();
                if !global.is_declaration() {
                    global.using_functions(&mut users);
                }
                if let [function] = users.as_slice() {
                    LLVMSetComdat(each, group(function.raw()));
                }
                each = LLVMGetNextGlobal(each);
            }
        }
    }

    /// Runs a pass pipeline in LLVM's textual syntax.
    pub(crate) fn run_passes(&self, pipeline: &str, machine: &Machine, inliner_threshold: Option<i32>) -> Result<(), String> {
        // SAFETY: options live over the call; an error is taken and freed by LLVMGetErrorMessage.
        unsafe {
            let options = LLVMCreatePassBuilderOptions();
            if let Some(threshold) = inliner_threshold {
                LLVMPassBuilderOptionsSetInlinerThreshold(options, threshold);
            }
            let error = LLVMRunPasses(self.raw, c_string(pipeline).as_ptr(), machine.raw(), options);
            LLVMDisposePassBuilderOptions(options);
            if error.is_null() { Ok(()) } else { Err(take_message(LLVMGetErrorMessage(error))) }
        }
    }

    /// Checks one function; `false` means broken.
    pub(crate) fn function_is_valid(&self, function: Value<'c>) -> bool {
        // SAFETY: function belongs to this module.
        unsafe { LLVMVerifyFunction(function.raw(), LLVMVerifierFailureAction::LLVMReturnStatusAction) == 0 }
    }

    /// Checks the module and returns LLVM's message.
    pub(crate) fn verify(&self) -> Result<(), String> {
        let mut message = std::ptr::null_mut();
        // SAFETY: message receives a string that take_message frees.
        let broken = unsafe { LLVMVerifyModule(self.raw, LLVMVerifierFailureAction::LLVMReturnStatusAction, &raw mut message) };
        let text = take_message(message);
        if broken == 0 { Ok(()) } else { Err(text) }
    }

    /// Textual IR.
    pub(crate) fn print(&self) -> String {
        // SAFETY: LLVM returns an owned string.
        take_message(unsafe { LLVMPrintModuleToString(self.raw) })
    }
}

impl Drop for Module<'_> {
    fn drop(&mut self) {
        // SAFETY: the module is owned here and its context is still alive.
        unsafe { LLVMDisposeModule(self.raw) }
    }
}
