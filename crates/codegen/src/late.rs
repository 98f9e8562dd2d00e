//! The late pass: what must happen between the optimiser and `rewrite-statepoints-for-gc` (contract §5).
//!
//! 1. `addrspacecast` from raw pointers to references becomes `inttoptr (ptrtoint)`: the statepoint pass takes that for a base, and
//!    breaks on the cast.
//! 2. Allocas that still hold references are found by their type. Statepoints report SSA values only, so every such slot is
//!    listed in a `"deopt"` bundle of every call that is a GC point, with a number that stands for its layout.
//! 3. They are zeroed at function entry (the collector may look at them before the first store), and their lifetime markers
//!    are removed (or stack colouring would put other data there).

use crate::emit::{LEAF_ATTRIBUTE, PINNED_METADATA};
use crate::llvm::{Builder, Context, Module, Opcode, Type, TypeKind, Value};
use kiln_support::FxIndexSet;

/// Where references are in an alloca.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Layout {
    /// Byte offsets.
    pub(crate) offsets: Vec<u32>,
    /// The objects must not move.
    pub(crate) pinned: bool,
}

/// Layouts by number, as used in the bundles of one module.
#[derive(Default, Debug)]
pub(crate) struct Layouts(FxIndexSet<Layout>);

impl Layouts {
    /// No alloca of the module holds references.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The number of a layout.
    pub(crate) fn insert(&mut self, layout: Layout) -> usize {
        self.0.insert_full(layout).0
    }

    /// The layout of a number.
    pub(crate) fn get(&self, number: usize) -> Option<&Layout> {
        self.0.get_index(number)
    }
}

/// What the late passes found out.
#[derive(Default, Debug)]
pub(crate) struct Late {
    /// Layouts of slots.
    pub(crate) layouts: Layouts,
}

/// Runs over every defined function.
pub(crate) fn run(module: &Module<'_>) -> Layouts {
    let context = module.context();
    let pass = Pass { context, builder: Builder::new(context), pinned: context.metadata_kind(PINNED_METADATA) };
    let mut layouts = Layouts::default();
    for function in module.functions().into_iter().filter(|f| !f.is_declaration()) {
        pass.function(function, &mut layouts);
    }
    layouts
}

/// Runs after `rewrite-statepoints-for-gc`: hides that references to stack slots are stack slots.
///
/// Instruction selection relocates a frame address that lives across a statepoint by using it again. When the statepoint is an
/// invoke and the address was computed in the same block, it exports the address to the landing pad only behind the call, so the
/// pad sees an undefined register (LLVM 22, `StatepointLowering`: `ExportFromCurrentBlock` of a `NoRelocate` value).
pub(crate) fn hide_stack_addresses(module: &Module<'_>) {
    let context = module.context();
    let builder = Builder::new(context);
    for function in module.functions().into_iter().filter(|f| !f.is_declaration()) {
        let mut found = Vec::new();
        let mut has_invoke = false;
        for block in function.blocks() {
            for inst in block.instructions() {
                match inst.opcode() {
                    Opcode::LLVMInvoke => has_invoke = true,
                    Opcode::LLVMIntToPtr => found.push(inst),
                    _ => {}
                }
            }
        }
        if !has_invoke {
            continue;
        }
        for cast in found {
            let number = cast.operand(0);
            if !number.is_instruction() || number.opcode() != Opcode::LLVMPtrToInt {
                continue;
            }
            let slot = number.operand(0);
            if !slot.is_instruction() || slot.opcode() != Opcode::LLVMAlloca {
                continue;
            }
            builder.before(cast);
            let hidden = builder.opaque(number, context.int(64));
            let reference = builder.cast(Opcode::LLVMIntToPtr, hidden, cast.ty());
            cast.replace_all_uses(reference);
            cast.erase();
        }
    }
}

/// Makes stack maps address slots from the frame pointer in functions that allocate stack as they go. There the stack pointer is no
/// base, and LLVM may take a third register for large frames, whose distance from the frame pointer is written nowhere (LLVM 22,
/// `hasBasePointer`). It leaves it alone in functions with this attribute, because tools read their frames too
/// (`getFrameIndexReference` of the target's frame lowering); what the attribute usually stands for is added by a pass that does not run.
pub(crate) fn avoid_base_pointer(module: &Module<'_>) {
    let attribute = module.context().enum_attribute("sanitize_hwaddress", 0);
    for function in module.functions().into_iter().filter(|f| !f.is_declaration()) {
        let dynamic = function.blocks().into_iter().enumerate().any(|(number, block)| {
            let mut allocas = block.instructions().into_iter().filter(|i| i.opcode() == Opcode::LLVMAlloca);
            allocas.any(|alloca| number > 0 || alloca.alloca_count().is_none())
        });
        if dynamic {
            function.add_attribute(attribute);
        }
    }
}

struct Pass<'c> {
    context: &'c Context,
    builder: Builder<'c>,
    pinned: u32,
}

impl<'c> Pass<'c> {
    fn function(&self, function: Value<'c>, layouts: &mut Layouts) {
        let mut slots = Vec::new();
        let mut calls = Vec::new();
        for block in function.blocks() {
            for inst in block.instructions() {
                match inst.opcode() {
                    Opcode::LLVMAddrSpaceCast => self.replace_cast(inst),
                    Opcode::LLVMAlloca => {
                        if let Some(layout) = self.layout(inst) {
                            slots.push((inst, layout));
                        }
                    }
                    Opcode::LLVMCall | Opcode::LLVMInvoke => calls.push(inst),
                    _ => {}
                }
            }
        }
        if slots.is_empty() {
            return;
        }
        let i32_type = self.context.int(32);
        let mut bundle = Vec::new();
        for (slot, layout) in &slots {
            self.remove_lifetimes(*slot, &mut calls);
            self.zero(*slot, layout);
            let number = layouts.0.insert_full(layout.clone()).0;
            bundle.extend([*slot, i32_type.const_int(number as u64)]);
        }
        for call in calls {
            if is_gc_point(call) {
                self.rebuild(call, &bundle);
            }
        }
    }

    fn replace_cast(&self, cast: Value<'c>) {
        let source = cast.operand(0);
        if cast.ty().kind() != TypeKind::LLVMPointerTypeKind || cast.ty().address_space() != 1 {
            return;
        }
        self.builder.before(cast);
        let number = self.builder.cast(Opcode::LLVMPtrToInt, source, self.context.int(64));
        let reference = self.builder.cast(Opcode::LLVMIntToPtr, number, cast.ty());
        cast.replace_all_uses(reference);
        cast.erase();
    }

    /// The layout of an alloca with references.
    fn layout(&self, alloca: Value<'c>) -> Option<Layout> {
        let ty = alloca.allocated_type();
        let mut offsets = Vec::new();
        let size = references(ty, 0, &mut offsets);
        if offsets.is_empty() {
            return None;
        }
        let count = u32::try_from(alloca.alloca_count().unwrap_or(1)).unwrap_or(1);
        let first = offsets.clone();
        for element in 1..count {
            offsets.extend(first.iter().map(|o| o + element * size));
        }
        Some(Layout { offsets, pinned: alloca.has_metadata(self.pinned) })
    }

    fn remove_lifetimes(&self, alloca: Value<'c>, calls: &mut Vec<Value<'c>>) {
        for user in alloca.users() {
            if user.is_instruction() && user.opcode() == Opcode::LLVMCall && user.callee().name().starts_with("llvm.lifetime.") {
                calls.retain(|c| *c != user);
                user.erase();
            }
        }
    }

    /// Zeroes the references of a slot directly behind its alloca, which is in the entry block.
    fn zero(&self, alloca: Value<'c>, layout: &Layout) {
        let Some(next) = alloca.next_instruction() else { return };
        self.builder.before(next);
        let (i8_type, i64_type) = (self.context.int(8), self.context.int(64));
        let mut index = 0;
        while let Some(start) = layout.offsets.get(index) {
            let mut end = start + 8;
            index += 1;
            while layout.offsets.get(index) == Some(&end) {
                end += 8;
                index += 1;
            }
            let address = if *start == 0 { alloca } else { self.builder.byte_offset(alloca, i64_type.const_int(u64::from(*start)), true) };
            if end - start == 8 {
                self.builder.store(self.context.ptr(1).null(), address).set_alignment(8);
            } else {
                self.builder.memset(address, i8_type.null(), i64_type.const_int(u64::from(end - start)), 8);
            }
        }
    }

    /// Builds a call again with the bundle.
    fn rebuild(&self, call: Value<'c>, bundle: &[Value<'c>]) {
        self.builder.before(call);
        let count = call.argument_count();
        let args: Vec<_> = (0..count).map(|i| call.operand(i)).collect();
        let new = if call.opcode() == Opcode::LLVMInvoke {
            let (normal, unwind) = call.invoke_targets();
            self.builder.invoke(call.called_type(), call.callee(), &args, normal, unwind, Some(bundle))
        } else {
            self.builder.call(call.called_type(), call.callee(), &args, Some(bundle))
        };
        for index in (0..=count).chain([u32::MAX]) {
            for attribute in call.call_attributes(index) {
                new.add_call_attribute(index, attribute);
            }
        }
        call.replace_all_uses(new);
        call.erase();
    }
}

/// Will `rewrite-statepoints-for-gc` make this call a statepoint? (Library functions that the optimiser introduces are the exception
/// it knows of; a bundle does no harm there.)
pub(crate) fn is_gc_point(call: Value<'_>) -> bool {
    let callee = call.callee();
    !callee.is_inline_asm() && !callee.is_intrinsic_function() && !call.call_has_string_attribute(LEAF_ATTRIBUTE)
}

/// Collects the offsets of references in a type; returns its size. Slots are packed structs of words and byte arrays, and
/// what scalar replacement makes of them.
fn references(ty: Type<'_>, at: u32, offsets: &mut Vec<u32>) -> u32 {
    match ty.kind() {
        TypeKind::LLVMPointerTypeKind => {
            if ty.address_space() == 1 {
                offsets.push(at);
            }
            8
        }
        TypeKind::LLVMStructTypeKind => (0..ty.field_count()).fold(0, |size, i| size + references(ty.field(i), at + size, offsets)),
        TypeKind::LLVMArrayTypeKind => {
            let count = u32::try_from(ty.array_length()).unwrap_or(u32::MAX);
            let mut probe = Vec::new();
            let size = references(ty.element(), 0, &mut probe);
            if !probe.is_empty() {
                for element in 0..count {
                    offsets.extend(probe.iter().map(|o| at + element * size + o));
                }
            }
            size.saturating_mul(count)
        }
        TypeKind::LLVMVectorTypeKind => {
            let count = ty.vector_length();
            let size = references(ty.element(), at, offsets);
            if ty.element().kind() == TypeKind::LLVMPointerTypeKind && ty.element().address_space() == 1 {
                offsets.extend((1..count).map(|i| at + i * size));
            }
            size.saturating_mul(count)
        }
        TypeKind::LLVMIntegerTypeKind => ty.int_width().div_ceil(8),
        TypeKind::LLVMFloatTypeKind => 4,
        _ => 8,
    }
}
