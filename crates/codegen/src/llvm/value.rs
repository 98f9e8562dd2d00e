//! Handles of types, values, blocks and attributes, with the queries the back end needs.

use super::context::Bound;
use super::debug::DebugNode;
use llvm_sys::core::*;
use llvm_sys::debuginfo::*;
use llvm_sys::prelude::*;
use llvm_sys::{LLVMAttributeFunctionIndex, LLVMLinkage, LLVMOpcode, LLVMTailCallKind, LLVMThreadLocalMode, LLVMTypeKind, LLVMVisibility};
use std::ffi::c_uint;
use std::marker::PhantomData;

macro_rules! handle {
    ($(#[$doc:meta])* $name:ident, $raw:ty) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) struct $name<'c> {
            raw: $raw,
            bound: Bound<'c>,
        }
        impl $name<'_> {
            pub(super) fn from_raw(raw: $raw) -> Self {
                Self { raw, bound: PhantomData }
            }
        }
    };
}
handle!(/// A type.
    Type, LLVMTypeRef);
handle!(/// A value: constant, instruction, function, global, argument.
    Value, LLVMValueRef);
handle!(/// A basic block.
    BasicBlock, LLVMBasicBlockRef);
handle!(/// An attribute.
    Attribute, LLVMAttributeRef);

impl Type<'_> {
    pub(super) fn raw(self) -> LLVMTypeRef {
        self.raw
    }
}

impl Value<'_> {
    pub(super) fn raw(self) -> LLVMValueRef {
        self.raw
    }
}

impl BasicBlock<'_> {
    pub(super) fn raw(self) -> LLVMBasicBlockRef {
        self.raw
    }
}

impl<'c> Type<'c> {
    /// Its kind.
    pub(crate) fn kind(self) -> LLVMTypeKind {
        // SAFETY: the handle is valid as long as its context.
        unsafe { LLVMGetTypeKind(self.raw) }
    }

    /// Bits of an integer type.
    pub(crate) fn int_width(self) -> u32 {
        // SAFETY: only called on integer types.
        unsafe { LLVMGetIntTypeWidth(self.raw) }
    }

    /// Address space of a pointer type.
    pub(crate) fn address_space(self) -> u32 {
        // SAFETY: only called on pointer types.
        unsafe { LLVMGetPointerAddressSpace(self.raw) }
    }

    /// Number of fields of a struct type.
    pub(crate) fn field_count(self) -> u32 {
        // SAFETY: only called on struct types.
        unsafe { LLVMCountStructElementTypes(self.raw) }
    }

    /// A field's type.
    pub(crate) fn field(self, index: u32) -> Type<'c> {
        // SAFETY: only called with an index below field_count.
        Type::from_raw(unsafe { LLVMStructGetTypeAtIndex(self.raw, index) })
    }

    /// Element type of an array or vector.
    pub(crate) fn element(self) -> Type<'c> {
        // SAFETY: only called on array and vector types.
        Type::from_raw(unsafe { LLVMGetElementType(self.raw) })
    }

    /// Length of an array.
    pub(crate) fn array_length(self) -> u64 {
        // SAFETY: only called on array types.
        unsafe { LLVMGetArrayLength2(self.raw) }
    }

    /// Length of a vector.
    pub(crate) fn vector_length(self) -> u32 {
        // SAFETY: only called on vector types.
        unsafe { LLVMGetVectorSize(self.raw) }
    }

    /// Integer constant of this type (bits are truncated).
    pub(crate) fn const_int(self, value: u64) -> Value<'c> {
        // SAFETY: only called on integer types.
        Value::from_raw(unsafe { LLVMConstInt(self.raw, value, 0) })
    }

    /// Null or zero of this type.
    pub(crate) fn null(self) -> Value<'c> {
        // SAFETY: valid for every first-class type.
        Value::from_raw(unsafe { LLVMConstNull(self.raw) })
    }
}

impl<'c> Value<'c> {
    /// Its type.
    pub(crate) fn ty(self) -> Type<'c> {
        // SAFETY: the handle is valid as long as its context.
        Type::from_raw(unsafe { LLVMTypeOf(self.raw) })
    }

    /// `constant` reinterpreted to another type of the same size.
    pub(crate) fn const_bitcast(self, ty: Type<'c>) -> Value<'c> {
        // SAFETY: self is a constant and sizes agree.
        Value::from_raw(unsafe { LLVMConstBitCast(self.raw, ty.raw) })
    }

    /// Constant pointer → integer.
    pub(crate) fn const_ptr_to_int(self, ty: Type<'c>) -> Value<'c> {
        // SAFETY: self is a constant pointer, ty an integer type.
        Value::from_raw(unsafe { LLVMConstPtrToInt(self.raw, ty.raw) })
    }

    /// Constant integer → pointer.
    pub(crate) fn const_int_to_ptr(self, ty: Type<'c>) -> Value<'c> {
        // SAFETY: self is a constant integer, ty a pointer type.
        Value::from_raw(unsafe { LLVMConstIntToPtr(self.raw, ty.raw) })
    }

    /// Constant pointer in another address space.
    pub(crate) fn const_addr_space_cast(self, ty: Type<'c>) -> Value<'c> {
        // SAFETY: self is a constant pointer, ty a pointer type of another address space.
        Value::from_raw(unsafe { LLVMConstAddrSpaceCast(self.raw, ty.raw) })
    }

    /// Constant difference of two integers.
    pub(crate) fn const_sub(self, other: Value<'c>) -> Value<'c> {
        // SAFETY: both are integer constants of one type.
        Value::from_raw(unsafe { LLVMConstSub(self.raw, other.raw) })
    }

    /// Constant truncation.
    pub(crate) fn const_trunc(self, ty: Type<'c>) -> Value<'c> {
        // SAFETY: self is an integer constant wider than ty.
        Value::from_raw(unsafe { LLVMConstTrunc(self.raw, ty.raw) })
    }

    /// Constant address `self + offset` bytes.
    pub(crate) fn const_offset(self, i8_type: Type<'c>, i64_type: Type<'c>, offset: i64) -> Value<'c> {
        if offset == 0 {
            return self;
        }
        let mut index = [i64_type.const_int(offset as u64).raw];
        // SAFETY: self is a constant pointer; one i64 index over i8.
        Value::from_raw(unsafe { LLVMConstGEP2(i8_type.raw, self.raw, index.as_mut_ptr(), 1) })
    }

    /// Sets the linkage of a global.
    pub(crate) fn set_linkage(self, linkage: LLVMLinkage) {
        // SAFETY: self is a global value.
        unsafe { LLVMSetLinkage(self.raw, linkage) }
    }

    /// Hidden visibility, which implies dso_local.
    pub(crate) fn set_hidden(self) {
        // SAFETY: self is a global value.
        unsafe { LLVMSetVisibility(self.raw, LLVMVisibility::LLVMHiddenVisibility) }
    }

    /// Makes a global variable constant.
    pub(crate) fn set_constant(self) {
        // SAFETY: self is a global variable.
        unsafe { LLVMSetGlobalConstant(self.raw, 1) }
    }

    /// Gives a global variable its initial value.
    pub(crate) fn set_initializer(self, value: Value<'c>) {
        // SAFETY: self is a global variable of value's type.
        unsafe { LLVMSetInitializer(self.raw, value.raw) }
    }

    /// Makes a global variable thread-local.
    pub(crate) fn set_thread_local(self, mode: LLVMThreadLocalMode) {
        // SAFETY: self is a global variable.
        unsafe { LLVMSetThreadLocalMode(self.raw, mode) }
    }

    /// Sets the alignment of a global, alloca, load or store.
    pub(crate) fn set_alignment(self, bytes: u32) {
        // SAFETY: self is a global variable or a memory instruction, bytes a power of two.
        unsafe { LLVMSetAlignment(self.raw, bytes) }
    }

    /// Names a value (for dumps).
    pub(crate) fn set_name(self, name: &str) {
        // SAFETY: the name is passed with its length.
        unsafe { LLVMSetValueName2(self.raw, name.as_ptr().cast(), name.len()) }
    }

    /// Name of a value; empty when it has none.
    pub(crate) fn name(self) -> String {
        let mut len = 0;
        // SAFETY: LLVM returns a pointer to `len` bytes owned by the value.
        unsafe {
            let data = LLVMGetValueName2(self.raw, &raw mut len);
            if data.is_null() { String::new() } else { String::from_utf8_lossy(std::slice::from_raw_parts(data.cast(), len)).into_owned() }
        }
    }

    /// Argument of a function.
    pub(crate) fn param(self, index: u32) -> Value<'c> {
        // SAFETY: self is a function with more than `index` parameters.
        Value::from_raw(unsafe { LLVMGetParam(self.raw, index) })
    }

    /// Places a global in a section.
    pub(crate) fn set_section(self, section: &str) {
        // SAFETY: self is a global object; the C string is copied.
        unsafe { LLVMSetSection(self.raw, super::context::c_string(section).as_ptr()) }
    }

    /// Sets the collector name of a function.
    pub(crate) fn set_gc(self, name: &str) {
        // SAFETY: self is a function; the C string is copied.
        unsafe { LLVMSetGC(self.raw, super::context::c_string(name).as_ptr()) }
    }

    /// Sets the personality of a function.
    pub(crate) fn set_personality(self, personality: Value<'c>) {
        // SAFETY: both are functions of one module.
        unsafe { LLVMSetPersonalityFn(self.raw, personality.raw) }
    }

    /// Adds a function attribute to a function.
    pub(crate) fn add_attribute(self, attribute: Attribute<'c>) {
        // SAFETY: self is a function.
        unsafe { LLVMAddAttributeAtIndex(self.raw, LLVMAttributeFunctionIndex, attribute.raw) }
    }

    /// Adds an attribute to a parameter of a function, counted from 1.
    pub(crate) fn add_parameter_attribute(self, index: u32, attribute: Attribute<'c>) {
        // SAFETY: self is a function with that many parameters.
        unsafe { LLVMAddAttributeAtIndex(self.raw, index, attribute.raw) }
    }

    /// Adds an attribute to a call: index 0 is the result, 1 the first argument, `u32::MAX` the call itself.
    pub(crate) fn add_call_attribute(self, index: u32, attribute: Attribute<'c>) {
        // SAFETY: self is a call or invoke.
        unsafe { LLVMAddCallSiteAttribute(self.raw, index, attribute.raw) }
    }

    /// The call is no jump, and LLVM makes no loop of it.
    pub(crate) fn set_no_tail(self) {
        // SAFETY: a call instruction.
        unsafe { LLVMSetTailCallKind(self.raw, LLVMTailCallKind::LLVMTailCallKindNoTail) }
    }

    /// The call is a jump that nothing may undo.
    pub(crate) fn set_must_tail(self) {
        // SAFETY: self is a call.
        unsafe { LLVMSetTailCallKind(self.raw, LLVMTailCallKind::LLVMTailCallKindMustTail) }
    }

    /// A call or its declared callee has this string attribute.
    pub(crate) fn call_has_string_attribute(self, key: &str) -> bool {
        // SAFETY: self is a call or invoke; the key is passed with its length.
        unsafe {
            if !LLVMGetCallSiteStringAttribute(self.raw, LLVMAttributeFunctionIndex, key.as_ptr().cast(), key.len() as c_uint).is_null() {
                return true;
            }
            let callee = LLVMGetCalledValue(self.raw);
            let function = LLVMIsAFunction(callee);
            !function.is_null()
                && !LLVMGetStringAttributeAtIndex(function, LLVMAttributeFunctionIndex, key.as_ptr().cast(), key.len() as c_uint).is_null()
        }
    }

    /// Attributes of a call at an index.
    pub(crate) fn call_attributes(self, index: u32) -> Vec<Attribute<'c>> {
        // SAFETY: self is a call or invoke; the vector has the size LLVM reports.
        unsafe {
            let count = LLVMGetCallSiteAttributeCount(self.raw, index);
            let mut raw = vec![std::ptr::null_mut(); count as usize];
            if count > 0 {
                LLVMGetCallSiteAttributes(self.raw, index, raw.as_mut_ptr());
            }
            raw.into_iter().map(Attribute::from_raw).collect()
        }
    }

    /// Attaches metadata.
    pub(crate) fn set_metadata(self, kind: u32, node: Value<'c>) {
        // SAFETY: self is an instruction, node a metadata value.
        unsafe { LLVMSetMetadata(self.raw, kind, node.raw) }
    }

    /// Has metadata of this kind.
    pub(crate) fn has_metadata(self, kind: u32) -> bool {
        // SAFETY: self is an instruction.
        unsafe { !LLVMGetMetadata(self.raw, kind).is_null() }
    }

    /// Makes a load or store atomic.
    pub(crate) fn set_ordering(self, ordering: llvm_sys::LLVMAtomicOrdering) {
        // SAFETY: self is a load or store with explicit natural alignment.
        unsafe { LLVMSetOrdering(self.raw, ordering) }
    }

    /// Makes a load or store volatile.
    pub(crate) fn set_volatile(self) {
        // SAFETY: self is a load or store.
        unsafe { LLVMSetVolatile(self.raw, 1) }
    }

    /// Opcode of an instruction.
    pub(crate) fn opcode(self) -> LLVMOpcode {
        // SAFETY: self is an instruction.
        unsafe { LLVMGetInstructionOpcode(self.raw) }
    }

    /// Operand of an instruction.
    pub(crate) fn operand(self, index: u32) -> Value<'c> {
        // SAFETY: index is below the operand count.
        Value::from_raw(unsafe { LLVMGetOperand(self.raw, index) })
    }

    /// Attaches a description to a function.
    pub(crate) fn set_description(self, node: DebugNode<'c>) {
        // SAFETY: self is a function that its module defines, and the node describes one.
        unsafe { LLVMSetSubprogram(self.raw, node.raw()) }
    }

    /// Blocks that a terminator may go to.
    pub(crate) fn successors(self) -> Vec<BasicBlock<'c>> {
        // SAFETY: self is a terminator; indices below its own count.
        unsafe { (0..LLVMGetNumSuccessors(self.raw)).map(|i| BasicBlock::from_raw(LLVMGetSuccessor(self.raw, i))).collect() }
    }

    /// A load that waits for other threads' stores: `volatile.` makes it acquire (those of references are atomic, too, but unordered).
    pub(crate) fn is_watched_load(self) -> bool {
        // SAFETY: both questions are for loads only.
        unsafe {
            LLVMGetInstructionOpcode(self.raw) == LLVMOpcode::LLVMLoad
                && LLVMGetOrdering(self.raw) as u32 >= llvm_sys::LLVMAtomicOrdering::LLVMAtomicOrderingAcquire as u32
        }
    }

    /// The instruction after this one in its block.
    pub(crate) fn next_instruction(self) -> Option<Value<'c>> {
        // SAFETY: self is an instruction in a block.
        let next = unsafe { LLVMGetNextInstruction(self.raw) };
        (!next.is_null()).then(|| Value::from_raw(next))
    }

    /// The users of this value, each use once.
    pub(crate) fn users(self) -> Vec<Value<'c>> {
        let mut users = Vec::new();
        // SAFETY: walks LLVM's use list without changing it.
        unsafe {
            let mut each = LLVMGetFirstUse(self.raw);
            while !each.is_null() {
                users.push(Value::from_raw(LLVMGetUser(each)));
                each = LLVMGetNextUse(each);
            }
        }
        users
    }

    /// The functions whose instructions use a constant, directly or within other constants; each once.
    pub(crate) fn using_functions(self, found: &mut Vec<Value<'c>>) {
        for user in self.users() {
            if user.is_instruction() {
                // SAFETY: the instruction is in a block of a function.
                let function = Value::from_raw(unsafe { LLVMGetBasicBlockParent(LLVMGetInstructionParent(user.raw)) });
                if !found.contains(&function) {
                    found.push(function);
                }
            // SAFETY: the handle is valid; the test answers null for anything but a global variable.
            } else if unsafe { LLVMIsAGlobalVariable(user.raw) }.is_null() {
                user.using_functions(found);
            }
        }
    }

    /// Replaces every use.
    pub(crate) fn replace_all_uses(self, with: Value<'c>) {
        // SAFETY: both values have one type.
        unsafe { LLVMReplaceAllUsesWith(self.raw, with.raw) }
    }

    /// Removes an instruction without uses.
    pub(crate) fn erase(self) {
        // SAFETY: the caller holds no other copy that it still uses.
        unsafe { LLVMInstructionEraseFromParent(self.raw) }
    }

    /// Called value of a call or invoke.
    pub(crate) fn callee(self) -> Value<'c> {
        // SAFETY: self is a call or invoke.
        Value::from_raw(unsafe { LLVMGetCalledValue(self.raw) })
    }

    /// Function type of a call or invoke.
    pub(crate) fn called_type(self) -> Type<'c> {
        // SAFETY: self is a call or invoke.
        Type::from_raw(unsafe { LLVMGetCalledFunctionType(self.raw) })
    }

    /// Number of arguments of a call or invoke.
    pub(crate) fn argument_count(self) -> u32 {
        // SAFETY: self is a call or invoke.
        unsafe { LLVMGetNumArgOperands(self.raw) }
    }

    /// Normal and unwind destinations of an invoke.
    pub(crate) fn invoke_targets(self) -> (BasicBlock<'c>, BasicBlock<'c>) {
        // SAFETY: self is an invoke.
        unsafe { (BasicBlock::from_raw(LLVMGetNormalDest(self.raw)), BasicBlock::from_raw(LLVMGetUnwindDest(self.raw))) }
    }

    /// Name and number when this is an LLVM intrinsic function.
    pub(crate) fn is_intrinsic_function(self) -> bool {
        // SAFETY: the cast checks that the value is a function.
        unsafe {
            let function = LLVMIsAFunction(self.raw);
            !function.is_null() && LLVMGetIntrinsicID(function) != 0
        }
    }

    /// It is inline assembly.
    pub(crate) fn is_inline_asm(self) -> bool {
        // SAFETY: a checked cast.
        unsafe { !LLVMIsAInlineAsm(self.raw).is_null() }
    }

    /// It is an instruction.
    pub(crate) fn is_instruction(self) -> bool {
        // SAFETY: a checked cast.
        unsafe { !LLVMIsAInstruction(self.raw).is_null() }
    }

    /// Allocated type of an alloca.
    pub(crate) fn allocated_type(self) -> Type<'c> {
        // SAFETY: self is an alloca.
        Type::from_raw(unsafe { LLVMGetAllocatedType(self.raw) })
    }

    /// Number of elements of an alloca when constant.
    pub(crate) fn alloca_count(self) -> Option<u64> {
        // SAFETY: self is an alloca: operand 0 is its element count.
        unsafe {
            let count = LLVMGetOperand(self.raw, 0);
            (!LLVMIsAConstantInt(count).is_null()).then(|| LLVMConstIntGetZExtValue(count))
        }
    }

    /// Blocks of a function.
    pub(crate) fn blocks(self) -> Vec<BasicBlock<'c>> {
        let mut blocks = Vec::new();
        // SAFETY: self is a function; walks its block list.
        unsafe {
            let mut each = LLVMGetFirstBasicBlock(self.raw);
            while !each.is_null() {
                blocks.push(BasicBlock::from_raw(each));
                each = LLVMGetNextBasicBlock(each);
            }
        }
        blocks
    }

    /// The function only declares (or has no block yet).
    pub(crate) fn is_declaration(self) -> bool {
        // SAFETY: self is a global value.
        unsafe { LLVMIsDeclaration(self.raw) != 0 }
    }

    /// Adds the clause of a landing pad.
    pub(crate) fn add_clause(self, clause: Value<'c>) {
        // SAFETY: self is a landing pad, clause a constant.
        unsafe { LLVMAddClause(self.raw, clause.raw) }
    }

    /// Adds incoming values to a phi.
    pub(crate) fn add_incoming(self, value: Value<'c>, block: BasicBlock<'c>) {
        let mut values = [value.raw];
        let mut blocks = [block.raw];
        // SAFETY: self is a phi of value's type; one pair.
        unsafe { LLVMAddIncoming(self.raw, values.as_mut_ptr(), blocks.as_mut_ptr(), 1) }
    }

    /// Adds a case to a switch.
    pub(crate) fn add_case(self, value: Value<'c>, block: BasicBlock<'c>) {
        // SAFETY: self is a switch, value a constant of the condition's type.
        unsafe { LLVMAddCase(self.raw, value.raw, block.raw) }
    }
}

impl<'c> BasicBlock<'c> {
    /// Instructions of the block.
    pub(crate) fn instructions(self) -> Vec<Value<'c>> {
        let mut list = Vec::new();
        // SAFETY: walks the instruction list.
        unsafe {
            let mut each = LLVMGetFirstInstruction(self.raw);
            while !each.is_null() {
                list.push(Value::from_raw(each));
                each = LLVMGetNextInstruction(each);
            }
        }
        list
    }
}
