//! Debug information: LLVM's `DIBuilder`, reduced to files, one compile unit, functions and locations.

use super::context::Context;
use super::module::Module;
use llvm_sys::LLVMModuleFlagBehavior;
use llvm_sys::core::{LLVMAddModuleFlag, LLVMConstInt, LLVMInt32TypeInContext, LLVMValueAsMetadata};
use llvm_sys::debuginfo::*;
use llvm_sys::prelude::*;
use std::marker::PhantomData;
use std::ptr;

/// A node of debug information.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct DebugNode<'c> {
    raw: LLVMMetadataRef,
    context: PhantomData<&'c Context>,
}

impl<'c> DebugNode<'c> {
    fn from_raw(raw: LLVMMetadataRef) -> Self {
        Self { raw, context: PhantomData }
    }

    pub(super) fn raw(self) -> LLVMMetadataRef {
        self.raw
    }
}

/// Makes the debug information of a module.
pub(crate) struct DebugBuilder<'c> {
    raw: LLVMDIBuilderRef,
    context: &'c Context,
}

impl<'c> DebugBuilder<'c> {
    /// A builder for a module that has no debug information yet.
    pub(crate) fn new(module: &Module<'c>, dwarf_version: u32) -> Self {
        let context = module.context();
        // SAFETY: module and context are alive; keys are passed with their lengths.
        unsafe {
            for (key, value) in [("Debug Info Version", LLVMDebugMetadataVersion()), ("Dwarf Version", dwarf_version)] {
                let value = LLVMValueAsMetadata(LLVMConstInt(LLVMInt32TypeInContext(context.raw()), u64::from(value), 0));
                let behavior = LLVMModuleFlagBehavior::LLVMModuleFlagBehaviorWarning;
                LLVMAddModuleFlag(module.raw(), behavior, key.as_ptr().cast(), key.len(), value);
            }
            Self { raw: LLVMCreateDIBuilder(module.raw()), context }
        }
    }

    /// A source file, by its whole path.
    pub(crate) fn file(&self, path: &str) -> DebugNode<'c> {
        // SAFETY: the path is passed with its length and copied.
        DebugNode::from_raw(unsafe { LLVMDIBuilderCreateFile(self.raw, path.as_ptr().cast(), path.len(), c"".as_ptr(), 0) })
    }

    /// The compile unit: one per module.
    pub(crate) fn unit(&self, file: DebugNode<'c>, producer: &str, optimized: bool) -> DebugNode<'c> {
        let empty = c"".as_ptr();
        // SAFETY: file belongs to this builder; strings are passed with their lengths and copied.
        DebugNode::from_raw(unsafe {
            LLVMDIBuilderCreateCompileUnit(
                self.raw,
                LLVMDWARFSourceLanguage::LLVMDWARFSourceLanguageC_sharp,
                file.raw,
                producer.as_ptr().cast(),
                producer.len(),
                i32::from(optimized),
                empty,
                0,
                0,
                empty,
                0,
                LLVMDWARFEmissionKind::LLVMDWARFEmissionKindFull,
                0,
                1,
                0,
                empty,
                0,
                empty,
                0,
            )
        })
    }

    /// Describes a function.
    pub(crate) fn function(&self, name: &str, file: DebugNode<'c>, line: u32, optimized: bool) -> DebugNode<'c> {
        // SAFETY: file belongs to this builder; the name is passed with its length and copied.
        unsafe {
            let ty = LLVMDIBuilderCreateSubroutineType(self.raw, file.raw, ptr::null_mut(), 0, LLVMDIFlagZero);
            DebugNode::from_raw(LLVMDIBuilderCreateFunction(
                self.raw,
                file.raw,
                name.as_ptr().cast(),
                name.len(),
                c"".as_ptr(),
                0,
                file.raw,
                line,
                ty,
                0,
                1,
                line,
                LLVMDIFlagZero,
                i32::from(optimized),
            ))
        }
    }

    /// A part of a function that is in another file.
    pub(crate) fn in_file(&self, function: DebugNode<'c>, file: DebugNode<'c>) -> DebugNode<'c> {
        // SAFETY: both nodes belong to this builder.
        DebugNode::from_raw(unsafe { LLVMDIBuilderCreateLexicalBlockFile(self.raw, function.raw, file.raw, 0) })
    }

    /// A place in a function or part of one, and the call that it is inlined at.
    pub(crate) fn location(&self, line: u32, column: u32, scope: DebugNode<'c>, call: Option<DebugNode<'c>>) -> DebugNode<'c> {
        let call = call.map_or(ptr::null_mut(), |c| c.raw);
        // SAFETY: scope and call belong to this builder.
        DebugNode::from_raw(unsafe { LLVMDIBuilderCreateDebugLocation(self.context.raw(), line, column, scope.raw, call) })
    }

    /// Completes the module's debug information.
    pub(crate) fn finish(&self) {
        // SAFETY: the builder is alive.
        unsafe { LLVMDIBuilderFinalize(self.raw) }
    }
}

impl Drop for DebugBuilder<'_> {
    fn drop(&mut self) {
        // SAFETY: owned here; the nodes belong to the context.
        unsafe { LLVMDisposeDIBuilder(self.raw) }
    }
}
