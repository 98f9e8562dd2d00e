//! LIR → LLVM IR, as it stands: no decision is taken here that LIR does not spell out (contract §3, §5).

mod call;
mod debug;
mod frame;
mod function;
mod homes;
mod inst;
mod jump;
mod memory;
mod nan;
mod vector;

use crate::late::Layouts;
use crate::llvm::{Attribute, Builder, Context, LlvmLinkage, Module, ThreadLocalMode, Type, Value};
use crate::{CodegenError, CodegenOptions, OptLevel, Unit};
use core::mem::offset_of;
use kiln_abi::eh_info::{FILTER_MAGIC, FilterDescriptor, PERSONALITY_SYMBOL};
use kiln_abi::processor::PROCESSOR_SYMBOL;
use kiln_abi::thread::THREAD_SYMBOL;
use kiln_lir::{Function, LTy, Sym};
use kiln_support::FxHashMap;
use std::cell::RefCell;

/// Metadata kind on allocas whose object is pinned.
pub(crate) const PINNED_METADATA: &str = "kiln.pinned";
/// On loads whose loops wait for nobody.
pub(crate) const ONCE_METADATA: &str = "kiln.once";
/// Attribute of calls that are not GC points.
pub(crate) const LEAF_ATTRIBUTE: &str = "gc-leaf-function";

/// What functions are called in the module that defines them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Names {
    /// As in the program.
    Own,
    /// By their number in the unit: passes write what they find out about a function to its definition, and read it where it is called.
    /// A call by name is of a declaration, as if the function were in another module; only a function's calls of itself are seen as such.
    Apart,
}

/// The name of a function that is kept apart.
pub(crate) fn name_apart(number: usize) -> String {
    format!("kiln.{number}")
}

/// Are frames described once per function instead of at every call? Where nothing is optimised; lines and scopes of calls need statepoints.
pub(crate) fn describes_frames(unit: &Unit<'_>, opts: &CodegenOptions) -> bool {
    opts.opt == OptLevel::O0 && unit.functions.iter().all(|f| f.source.is_none() && f.scopes.is_empty())
}

/// Emits all functions of a unit; answers with the layouts of frames that are described.
pub(crate) fn emit_unit(module: &Module<'_>, unit: &Unit<'_>, opts: &CodegenOptions, names: Names) -> Result<Layouts, CodegenError> {
    let emitter = Emitter::new(module, unit, opts);
    let debug = debug::Debug::new(module, unit, opts);
    let mut bodies = Vec::new();
    for (number, function) in unit.functions.iter().enumerate() {
        let name = if names == Names::Apart { name_apart(number) } else { function.name.clone() };
        if module.function(&name).is_some() {
            return Err(CodegenError::Malformed { function: function.name.clone(), what: "defined twice in one unit".to_owned() });
        }
        let value = emitter.declare(function, &name);
        bodies.push((*function, value, debug.as_ref().and_then(|d| d.function(function, value))));
    }
    for (function, value, debug) in bodies {
        function::emit(&emitter, function, value, debug)?;
    }
    if let Some(debug) = debug {
        debug.finish();
    }
    Ok(emitter.layouts.into_inner())
}

/// What all functions of a module share.
pub(crate) struct Emitter<'m, 'c> {
    pub(crate) module: &'m Module<'c>,
    pub(crate) context: &'c Context,
    pub(crate) opts: &'m CodegenOptions,
    pub(crate) types: Types<'c>,
    pub(crate) attributes: Attributes<'c>,
    /// Types of the functions that are called by name: whoever takes an address first must not decide how a symbol is declared.
    signatures: FxHashMap<&'m str, Type<'c>>,
    /// [`describes_frames`]
    pub(crate) frames: bool,
    pub(crate) layouts: RefCell<Layouts>,
    pub(crate) pinned_kind: u32,
    pub(crate) once_kind: u32,
    pub(crate) invariant_kind: u32,
    pub(crate) prof_kind: u32,
    pub(crate) implicit_kind: u32,
}

/// Types by name.
pub(crate) struct Types<'c> {
    pub(crate) i1: Type<'c>,
    pub(crate) i8: Type<'c>,
    pub(crate) i16: Type<'c>,
    pub(crate) i32: Type<'c>,
    pub(crate) i64: Type<'c>,
    pub(crate) f32: Type<'c>,
    pub(crate) f64: Type<'c>,
    pub(crate) reference: Type<'c>,
    pub(crate) ptr: Type<'c>,
    pub(crate) void: Type<'c>,
}

/// Attributes by name.
pub(crate) struct Attributes<'c> {
    pub(crate) leaf: Attribute<'c>,
    pub(crate) nounwind: Attribute<'c>,
    pub(crate) willreturn: Attribute<'c>,
    pub(crate) noreturn: Attribute<'c>,
    pub(crate) cold: Attribute<'c>,
    pub(crate) nobuiltin: Attribute<'c>,
    pub(crate) read_only: Attribute<'c>,
    pub(crate) noalias: Attribute<'c>,
    pub(crate) nonnull: Attribute<'c>,
    /// Of memory whose size the callee knows.
    pub(crate) sret: Attribute<'c>,
    /// Of the parameter that comes in the register for nested functions.
    pub(crate) nest: Attribute<'c>,
}

impl<'m, 'c> Emitter<'m, 'c> {
    fn new(module: &'m Module<'c>, unit: &'m Unit<'_>, opts: &'m CodegenOptions) -> Self {
        let context = module.context();
        let types = Types {
            i1: context.int(1),
            i8: context.int(8),
            i16: context.int(16),
            i32: context.int(32),
            i64: context.int(64),
            f32: context.float(),
            f64: context.double(),
            reference: context.ptr(1),
            ptr: context.ptr(0),
            void: context.void(),
        };
        let flag = |name| context.enum_attribute(name, 0);
        // MemoryEffects: two bits per location, 1 = reads; all locations.
        let read_everything = (0..16).fold(0u64, |bits, location| bits | 1 << (2 * location));
        let attributes = Attributes {
            leaf: context.string_attribute(LEAF_ATTRIBUTE, ""),
            nounwind: flag("nounwind"),
            willreturn: flag("willreturn"),
            noreturn: flag("noreturn"),
            cold: flag("cold"),
            nobuiltin: flag("nobuiltin"),
            read_only: context.enum_attribute("memory", read_everything),
            noalias: flag("noalias"),
            nonnull: flag("nonnull"),
            sret: context.type_attribute("sret", types.i8),
            nest: flag("nest"),
        };
        let mut emitter = Self {
            module,
            context,
            opts,
            types,
            signatures: FxHashMap::default(),
            attributes,
            frames: describes_frames(unit, opts),
            layouts: RefCell::default(),
            pinned_kind: context.metadata_kind(PINNED_METADATA),
            once_kind: context.metadata_kind(ONCE_METADATA),
            invariant_kind: context.metadata_kind("invariant.load"),
            prof_kind: context.metadata_kind("prof"),
            implicit_kind: context.metadata_kind("make.implicit"),
        };
        for f in &unit.functions {
            for (name, (params, results)) in crate::batch::signatures(f) {
                let signature = match results.as_slice() {
                    [result] => emitter.signature(params.iter().copied(), *result),
                    several => emitter.structure_signature(params.iter().copied(), several.iter().copied()),
                };
                emitter.signatures.entry(name).or_insert(signature);
            }
        }
        emitter
    }

    /// LLVM's type of a LIR type.
    pub(crate) fn ty(&self, ty: LTy) -> Type<'c> {
        match ty {
            LTy::Void => self.types.void,
            LTy::I1 => self.types.i1,
            LTy::I8 => self.types.i8,
            LTy::I16 => self.types.i16,
            LTy::I32 => self.types.i32,
            LTy::I64 => self.types.i64,
            LTy::F32 => self.types.f32,
            LTy::F64 => self.types.f64,
            LTy::Ref => self.types.reference,
            LTy::Ptr => self.types.ptr,
            LTy::V128 => self.types.i64.vector(2),
            LTy::V256 => self.types.i64.vector(4),
            LTy::V512 => self.types.i64.vector(8),
        }
    }

    /// A function type.
    pub(crate) fn signature(&self, params: impl Iterator<Item = LTy>, ret: LTy) -> Type<'c> {
        let params: Vec<_> = params.map(|t| self.ty(t)).collect();
        self.context.function(self.ty(ret), &params, false)
    }

    /// The signature of a C function that returns a structure in several registers.
    pub(crate) fn structure_signature(&self, params: impl Iterator<Item = LTy>, results: impl Iterator<Item = LTy>) -> Type<'c> {
        let params: Vec<_> = params.map(|t| self.ty(t)).collect();
        let fields: Vec<_> = results.map(|t| self.ty(t)).collect();
        self.context.function(self.context.struct_type(&fields, false), &params, false)
    }

    /// Declares a function of the unit with its attributes.
    fn declare(&self, function: &Function, name: &str) -> Value<'c> {
        let value = self.module.add_function(name, self.prototype(function));
        value.set_hidden();
        if function.sret {
            value.add_parameter_attribute(1, self.attributes.sret);
        }
        if function.context {
            value.add_parameter_attribute(1, self.attributes.nest);
        }
        // One section in unit order: the method table is sorted by address (contract §9), so LLVM must not move functions
        // that it finds cold to `.text.unlikely`.
        value.set_section(self.opts.target.text_section);
        value.set_gc("coreclr");
        // The stack walker only meets functions that are in a call.
        value.add_attribute(self.context.string_attribute("frame-pointer", "non-leaf"));
        value.add_attribute(self.context.enum_attribute("uwtable", 1));
        // An access through null is an exception, not undefined.
        value.add_attribute(self.context.enum_attribute("null_pointer_is_valid", 0));
        // Frames of more than a page touch every page, so that a stack overflow meets the guard page.
        value.add_attribute(self.context.string_attribute("probe-stack", "inline-asm"));
        value.add_attribute(self.context.string_attribute("target-cpu", self.opts.target.cpu));
        // The baseline levels are tuned for the first processor that had them (rotation by `shld`, which others do slowly).
        value.add_attribute(self.context.string_attribute("tune-cpu", "generic"));
        // Every version of a method has what the program has, so that what is inlined into it fits.
        let features =
            [self.opts.features.as_str(), &function.needs.features()].into_iter().filter(|f| !f.is_empty()).collect::<Vec<_>>().join(",");
        if !features.is_empty() {
            value.add_attribute(self.context.string_attribute("target-features", &features));
            // Wide vectors are spilled unaligned: a frame that is aligned anew has no fixed distance from its canonical address.
            value.add_attribute(self.context.string_attribute("no-realign-stack", ""));
        }
        if self.opts.opt == OptLevel::Size {
            value.add_attribute(self.context.enum_attribute("optsize", 0));
        }
        value
    }

    /// The personality routine.
    pub(crate) fn personality(&self) -> Value<'c> {
        self.external_function(PERSONALITY_SYMBOL, self.context.function(self.types.i32, &[], true), true)
    }

    /// The word that says what the processor has beyond the program's least.
    pub(crate) fn processor_word(&self) -> Value<'c> {
        self.module.global(PROCESSOR_SYMBOL).unwrap_or_else(|| {
            let global = self.module.add_global(PROCESSOR_SYMBOL, self.types.i64);
            global.set_hidden();
            global.set_alignment(8);
            global
        })
    }

    /// The runtime's thread block.
    pub(crate) fn thread_block(&self) -> Value<'c> {
        self.module.global(THREAD_SYMBOL).unwrap_or_else(|| {
            let global = self.module.add_global(THREAD_SYMBOL, self.types.i8);
            global.set_hidden();
            global.set_alignment(16);
            global.set_thread_local(if self.opts.shared {
                ThreadLocalMode::LLVMInitialExecTLSModel
            } else {
                ThreadLocalMode::LLVMLocalExecTLSModel
            });
            global
        })
    }

    fn external_function(&self, name: &str, ty: Type<'c>, hidden: bool) -> Value<'c> {
        if let Some(found) = self.module.function(name).or_else(|| self.module.global(name)) {
            return found;
        }
        let value = self.module.add_function(name, ty);
        if hidden {
            value.set_hidden();
        }
        value
    }

    /// The global that stands for a symbol. `signature` is that of a call, when it is called.
    pub(crate) fn symbol(&self, sym: &Sym, name: &str, signature: Option<Type<'c>>) -> Value<'c> {
        let code = matches!(
            sym,
            Sym::Method(_)
                | Sym::MethodEntry(_)
                | Sym::UnboxingStub(_)
                | Sym::DelegateShuffle(_)
                | Sym::DelegateMulticast(_)
                | Sym::Filter(..)
                | Sym::Version(..)
                | Sym::Helper(_)
                | Sym::Native(..)
                | Sym::ThrowStub(_)
                | Sym::ProgramStub(_)
        );
        if code {
            let ty = self.signatures.get(name).copied().or(signature);
            let ty = ty.unwrap_or_else(|| self.context.function(self.types.void, &[], false));
            // Natives may come from a shared library (libc): default visibility, so that the linker may use a PLT entry.
            return self.external_function(name, ty, !matches!(sym, Sym::Native(..)));
        }
        if let Some(found) = self.module.global(name).or_else(|| self.module.function(name)) {
            return found;
        }
        let global = self.module.add_global(name, self.types.i8);
        global.set_hidden();
        if matches!(sym, Sym::DictSlotOffset(..) | Sym::FieldRva(_)) {
            global.set_constant();
        }
        global
    }

    /// A new read-only descriptor that stands for a filter in the landing pads of one function (`kiln_abi::eh_info`).
    pub(crate) fn filter_descriptor(&self, filter: Value<'c>) -> Value<'c> {
        let name = format!("kiln.filter.{}", filter.name());
        let (i64_type, i32_type) = (self.types.i64, self.types.i32);
        let global = self.module.add_global(&name, self.context.struct_type(&[i64_type, i32_type, i32_type], false));
        global.set_linkage(LlvmLinkage::LLVMPrivateLinkage);
        global.set_constant();
        global.set_alignment(8);
        let field = global.const_offset(self.types.i8, i64_type, offset_of!(FilterDescriptor, function) as i64);
        let relative = filter.const_ptr_to_int(i64_type).const_sub(field.const_ptr_to_int(i64_type)).const_trunc(i32_type);
        global.set_initializer(self.context.const_struct(&[i64_type.const_int(FILTER_MAGIC), relative, i32_type.null()], false));
        global
    }

    /// Marks a call as no GC point.
    pub(crate) fn mark_leaf(&self, call: Value<'c>) {
        call.add_call_attribute(u32::MAX, self.attributes.leaf);
        call.add_call_attribute(u32::MAX, self.attributes.nounwind);
    }

    /// Branch weights as metadata.
    pub(crate) fn branch_weights(&self, weights: &[u32]) -> Value<'c> {
        let values: Vec<_> = weights.iter().map(|w| self.types.i32.const_int(u64::from(*w))).collect();
        self.context.metadata_node(Some("branch_weights"), &values)
    }

    /// A builder for this context.
    pub(crate) fn builder(&self) -> Builder<'c> {
        Builder::new(self.context)
    }
}
