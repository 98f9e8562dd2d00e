//! `System.Runtime.InteropServices.Marshal`: sizes of structures, the last P/Invoke error and messages of errors.

use kiln_abi::element_type;
use kiln_abi::helpers::throw_kind;
use kiln_abi::method_table::flags;
use kiln_abi::program::exception_kind;
use kiln_rt::helpers::RhpThrowHelper;
use kiln_rt::mt::{self, Mt};
use kiln_rt::thread::local;

use crate::members::handles::FieldHandle;
use crate::names;
use crate::qcall::TypeHandle;
use crate::text::Text;

/// How a type's values look to native code.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// As they are.
    Same,
    /// Otherwise: the program has no code that converts them.
    Other,
    /// Not at all: the order of the fields is the runtime's business.
    None,
}

/// `TypeAttributes.LayoutMask` and two of its values.
const LAYOUT_MASK: u32 = 0x18;
const AUTO_LAYOUT: u32 = 0;

/// The form of a value type (ECMA-335 II.22.17 leaves it to the runtime; .NET documents which types are blittable).
unsafe fn form(mt: Mt) -> Form {
    // SAFETY: a type with the compiler's description; as many fields as it says.
    unsafe {
        match mt::category(&*mt) {
            flags::CATEGORY_TRUE_PRIMITIVE => {
                return if matches!((*mt).cor_element_type, element_type::BOOLEAN | element_type::CHAR) { Form::Other } else { Form::Same };
            }
            flags::CATEGORY_PRIMITIVE_ENUM => return Form::Same,
            _ => {}
        }
        let Some(info) = mt::info(mt) else { return Form::None };
        if !mt::is_value_type(&*mt) || info.attributes & LAYOUT_MASK == AUTO_LAYOUT {
            return Form::None;
        }
        if !(*mt).gc_layout.is_null() {
            return Form::Other;
        }
        for i in 0..info.value_field_count as usize {
            let field = (*info.value_fields.add(i)).method_table;
            if !field.is_null() && form(field) != Form::Same {
                return Form::Other;
            }
        }
        Form::Same
    }
}

/// Throws for a form that there is no code for.
unsafe fn refuse(mt: Mt, form: Form) {
    let mut text = Text::new();
    // SAFETY: a type with the compiler's description; the message lives on: nothing runs after the throw.
    unsafe {
        text.put(b"Type '");
        names::write(&mut text, mt, names::Kind::Display);
        let (kind, rest): (i32, &[u8]) = match form {
            Form::None => (
                exception_kind::ARGUMENT,
                b"' cannot be marshaled as an unmanaged structure; no meaningful size or offset can be computed.\0",
            ),
            _ => (
                throw_kind::PLATFORM_NOT_SUPPORTED,
                b"' has fields that look different to native code: this program cannot convert them.\0",
            ),
        };
        text.put(rest);
        RhpThrowHelper(kind, text.bytes().as_ptr().cast());
    }
}

/// Size of an unmanaged structure; blittable ones are what they are.
#[unsafe(no_mangle)]
unsafe extern "C" fn MarshalNative_SizeOfHelper(ty: TypeHandle, throw: i32) -> i32 {
    // SAFETY: a type with the compiler's description.
    unsafe {
        let form = match (*ty.handle).cor_element_type {
            // By themselves these have a native size: a C `BOOL`, and a byte.
            element_type::BOOLEAN if mt::is_value_type(&*ty.handle) => return 4,
            element_type::CHAR if mt::is_value_type(&*ty.handle) => return 1,
            element_type::PTR | element_type::FNPTR => return size_of::<usize>() as i32,
            _ => form(ty.handle),
        };
        if form != Form::Same {
            if throw != 0 {
                refuse(ty.handle, form);
            }
            return 0;
        }
        mt::info(ty.handle).map_or(0, |info| info.value_size) as i32
    }
}

/// What converts a structure: nothing, when its bytes are the same on both sides. False when it has no native form.
#[unsafe(no_mangle)]
unsafe extern "C" fn MarshalNative_TryGetStructMarshalStub(mt: Mt, stub: *mut *const u8, size: *mut usize) -> i32 {
    // SAFETY: a type, and out parameters.
    unsafe {
        stub.write(core::ptr::null());
        size.write(0);
        match form(mt) {
            Form::Same => {
                size.write(mt::info(mt).map_or(0, |info| info.value_size) as usize);
                1
            }
            Form::None => 0,
            Form::Other => {
                refuse(mt, Form::Other);
                0
            }
        }
    }
}

/// Offset of a field in the native form of its structure.
#[unsafe(no_mangle)]
unsafe extern "C" fn MarshalNative_OffsetOf(field: *mut FieldHandle) -> isize {
    // SAFETY: the handle of an instance field.
    unsafe {
        let owner = (*field).owner;
        let form = form(owner);
        if form != Form::Same {
            refuse(owner, form);
        }
        (*field).offset as isize
    }
}

/// Wrappers of P/Invokes are compiled already.
#[unsafe(no_mangle)]
extern "C" fn MarshalNative_Prelink(_method: usize) {}

#[unsafe(export_name = "System.Runtime.InteropServices.Marshal::GetLastPInvokeError():System.Int32")]
extern "C" fn last_pinvoke_error() -> i32 {
    // SAFETY: this thread's block.
    unsafe { (*local()).last_error }
}

#[unsafe(export_name = "System.Runtime.InteropServices.Marshal::SetLastPInvokeError(System.Int32):System.Void")]
extern "C" fn set_last_pinvoke_error(error: i32) {
    // SAFETY: this thread's block.
    unsafe { (*local()).last_error = error }
}

#[unsafe(no_mangle)]
extern "C" fn FormatMessageW(
    _flags: i32,
    _source: usize,
    _id: u32,
    _language: i32,
    _buffer: *mut u8,
    _size: i32,
    _arguments: usize,
) -> i32 {
    // SAFETY: this thread's block.
    unsafe { (*local()).last_error = 317 }
    0
}
