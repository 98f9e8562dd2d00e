//! `Kiln.Natives`: what the overlay's C# asks of the compiler's tables.

use core::ptr::null_mut;

use kiln_abi::type_info::value_equality;
use kiln_rt::eh::trace::{self, Frame};
use kiln_rt::helpers::{RhpBox, RhpGetRuntimeType, RhpNewFinalizable, RhpNewObject};
use kiln_rt::mt::{self, Mt, Obj};

use crate::names::{self, Kind};
use crate::text::{self, Text};

#[unsafe(export_name = "Kiln.Natives::TypeName(System.Runtime.CompilerServices.MethodTable*,System.Int32):System.String")]
unsafe extern "C" fn type_name(mt: Mt, kind: i32) -> Obj {
    let Some(kind) = Kind::from_number(kind) else { return null_mut() };
    let mut name = Text::new();
    // SAFETY: a type with the compiler's description.
    unsafe {
        if names::write(&mut name, mt, kind) {
            return name.into_string();
        }
    }
    name.free();
    null_mut()
}

#[unsafe(export_name = "Kiln.Natives::StackTraceString(System.Exception):System.String")]
unsafe extern "C" fn stack_trace_string(exception: Obj) -> Obj {
    // SAFETY: an exception or null.
    unsafe { if exception.is_null() { trace::current_trace_string(kiln_rt::lock::frame()) } else { trace::stack_trace_string(exception) } }
}

#[unsafe(export_name = "Kiln.Natives::Frames(System.Exception,System.UIntPtr*,System.Int32):System.Int32")]
unsafe extern "C" fn frames(exception: Obj, to: *mut u64, capacity: i32) -> i32 {
    // SAFETY: an exception or null; room for `capacity` addresses.
    unsafe { trace::list_frames(exception, kiln_rt::lock::frame(), to, usize::try_from(capacity).unwrap_or_default()) as i32 }
}

#[unsafe(export_name = "Kiln.Natives::FrameName(System.UIntPtr,System.UInt32*):System.String")]
unsafe extern "C" fn frame_name(frame: u64, flags: *mut u32) -> Obj {
    // SAFETY: a name of the program or null; a slot of the caller.
    unsafe {
        let (name, found) = trace::frame_name(Frame::of(frame));
        flags.write(found);
        name
    }
}

#[unsafe(export_name = "Kiln.Natives::FrameFile(System.UIntPtr,System.Int32*):System.String")]
unsafe extern "C" fn frame_file(frame: u64, line: *mut u32) -> Obj {
    // SAFETY: a slot of the caller.
    unsafe {
        let found = trace::line(Frame::of(frame));
        line.write(found.map_or(0, |(_, number)| number));
        found.map_or(null_mut(), |(file, _)| text::string_from_utf8(file))
    }
}

#[unsafe(export_name = "Kiln.Natives::FrameMethod(System.UIntPtr):System.UIntPtr")]
extern "C" fn frame_method(frame: u64) -> usize {
    trace::frame_method(Frame::of(frame))
}

#[unsafe(export_name = "Kiln.Natives::FrameOffset(System.UIntPtr):System.Int32")]
extern "C" fn frame_offset(frame: u64) -> u32 {
    trace::frame_offset(Frame::of(frame))
}

#[unsafe(export_name = "Kiln.Natives::EnumCount(System.Runtime.CompilerServices.MethodTable*):System.Int32")]
unsafe extern "C" fn enum_count(mt: Mt) -> i32 {
    // SAFETY: a type.
    unsafe { mt::info(mt) }.map_or(0, |info| info.enum_count as i32)
}

/// Index of an enum constant, checked.
unsafe fn enum_index(mt: Mt, index: i32) -> Option<(kiln_abi::type_info::TypeInfo, usize)> {
    // SAFETY: a type.
    let info = unsafe { mt::info(mt) }?;
    let index = usize::try_from(index).ok()?;
    (index < info.enum_count as usize).then_some((info, index))
}

#[unsafe(export_name = "Kiln.Natives::EnumValue(System.Runtime.CompilerServices.MethodTable*,System.Int32):System.UInt64")]
unsafe extern "C" fn enum_value(mt: Mt, index: i32) -> u64 {
    // SAFETY: the index was checked against the table's length.
    unsafe { enum_index(mt, index).map_or(0, |(info, index)| info.enum_values.add(index).read()) }
}

#[unsafe(export_name = "Kiln.Natives::EnumName(System.Runtime.CompilerServices.MethodTable*,System.Int32):System.String")]
unsafe extern "C" fn enum_name(mt: Mt, index: i32) -> Obj {
    // SAFETY: the index was checked against the table's length.
    unsafe {
        let Some((info, index)) = enum_index(mt, index) else { return null_mut() };
        text::string_from_utf8(text::c_bytes(info.enum_names.add(index).read()))
    }
}

#[unsafe(export_name = "Kiln.Natives::EnumIsFlags(System.Runtime.CompilerServices.MethodTable*):System.Boolean")]
unsafe extern "C" fn enum_is_flags(mt: Mt) -> i32 {
    // SAFETY: a type.
    unsafe { mt::info(mt) }.map_or(0, |info| i32::from(info.enum_flags != 0))
}

#[unsafe(export_name = "Kiln.Natives::ValueFieldCount(System.Runtime.CompilerServices.MethodTable*):System.Int32")]
unsafe extern "C" fn value_field_count(mt: Mt) -> i32 {
    // SAFETY: a type.
    unsafe { mt::info(mt) }.map_or(0, |info| info.value_field_count as i32)
}

#[unsafe(export_name = "Kiln.Natives::ValueFieldOffset(System.Runtime.CompilerServices.MethodTable*,System.Int32):System.Int32")]
unsafe extern "C" fn value_field_offset(mt: Mt, index: i32) -> i32 {
    // SAFETY: the overlay stays below the count.
    unsafe { mt::info(mt).map_or(0, |info| (*info.value_fields.add(index as usize)).offset as i32) }
}

#[unsafe(export_name = "Kiln.Natives::ValueFieldType(System.Runtime.CompilerServices.MethodTable*,System.Int32):System.Runtime.CompilerServices.MethodTable*")]
unsafe extern "C" fn value_field_type(mt: Mt, index: i32) -> Mt {
    // SAFETY: the overlay stays below the count.
    unsafe { mt::info(mt).map_or(core::ptr::null(), |info| (*info.value_fields.add(index as usize)).method_table) }
}

#[unsafe(export_name = "Kiln.Natives::CanCompareBits(System.Runtime.CompilerServices.MethodTable*):System.Boolean")]
unsafe extern "C" fn can_compare_bits(mt: Mt) -> i32 {
    // SAFETY: a type.
    unsafe { mt::info(mt) }.map_or(0, |info| i32::from(info.value_equality == value_equality::BITS))
}

#[unsafe(export_name = "Kiln.Natives::IsInlineArray(System.Runtime.CompilerServices.MethodTable*):System.Boolean")]
unsafe extern "C" fn is_inline_array(mt: Mt) -> i32 {
    // SAFETY: a type.
    unsafe { mt::info(mt) }.map_or(0, |info| i32::from(info.value_equality == value_equality::INLINE_ARRAY))
}

#[unsafe(export_name = "Kiln.Natives::DefaultConstructor(System.Runtime.CompilerServices.MethodTable*):System.Void*")]
unsafe extern "C" fn default_constructor(mt: Mt) -> *const u8 {
    // SAFETY: a type.
    unsafe { (*mt).aux.as_ref() }.map_or(core::ptr::null(), |aux| aux.default_ctor)
}

#[unsafe(export_name = "Kiln.Natives::HidesConstructor(System.Runtime.CompilerServices.MethodTable*):System.Boolean")]
unsafe extern "C" fn hides_constructor(mt: Mt) -> i32 {
    // SAFETY: a type.
    unsafe { i32::from((*mt).kind_flags & kiln_abi::method_table::kind_flags::HIDDEN_CTOR != 0) }
}

/// Throws for a type without code.
#[unsafe(export_name = "Kiln.Natives::CheckAvailable(System.Runtime.CompilerServices.MethodTable*):System.Void")]
unsafe extern "C" fn check_available(mt: Mt) {
    // SAFETY: a type; what calls this native expects exceptions.
    unsafe { crate::loader::check_available(mt) }
}

#[unsafe(export_name = "Kiln.Natives::Allocate(System.Runtime.CompilerServices.MethodTable*):System.Object")]
unsafe extern "C" fn allocate(mt: Mt) -> Obj {
    // SAFETY: a type whose objects have a fixed size.
    unsafe {
        if (*mt).base_size == 0 {
            crate::lookup::missing(b"can have no objects: it", mt);
        }
        if (*mt).finalizer.is_null() { RhpNewObject(mt) } else { RhpNewFinalizable(mt) }
    }
}

#[unsafe(export_name = "Kiln.Natives::Box(System.Runtime.CompilerServices.MethodTable*,System.Byte&):System.Object")]
unsafe extern "C" fn box_value(mt: Mt, value: *const u8) -> Obj {
    // SAFETY: the value is of the type.
    unsafe { RhpBox(mt, value) }
}

#[unsafe(export_name = "Kiln.Natives::TypeOf(System.Runtime.CompilerServices.MethodTable*):System.RuntimeType")]
unsafe extern "C" fn type_of(mt: Mt) -> Obj {
    // SAFETY: a type.
    unsafe { RhpGetRuntimeType(mt) }
}

#[unsafe(export_name = "Kiln.Natives::GenericArgumentCount(System.Runtime.CompilerServices.MethodTable*):System.Int32")]
unsafe extern "C" fn generic_argument_count(mt: Mt) -> i32 {
    // SAFETY: a type.
    unsafe { names::arguments(mt).len() as i32 }
}

#[unsafe(export_name = "Kiln.Natives::GenericArgument(System.Runtime.CompilerServices.MethodTable*,System.Int32):System.Runtime.CompilerServices.MethodTable*")]
unsafe extern "C" fn generic_argument(mt: Mt, index: i32) -> Mt {
    // SAFETY: a type.
    unsafe { usize::try_from(index).ok().and_then(|index| names::arguments(mt).get(index)).map_or(core::ptr::null(), |argument| *argument) }
}

#[unsafe(export_name = "Kiln.Natives::AssemblyName(System.Runtime.CompilerServices.MethodTable*):System.Byte*")]
unsafe extern "C" fn assembly_name(mt: Mt) -> *const u8 {
    // SAFETY: a type.
    unsafe { mt::info(names::root(mt)) }.map_or(core::ptr::null(), |info| info.assembly)
}
