//! `System.Runtime.InteropServices.Marshal`: sizes of structures, the last P/Invoke error and messages of errors.

use kiln_abi::element_type;
use kiln_abi::helpers::throw_kind;
use kiln_abi::method_table::flags;
use kiln_abi::program::exception_kind;
use kiln_rt::helpers::RhpThrowHelper;
use kiln_rt::mt::{self, Mt};
use kiln_rt::thread::local;

use crate::interop;
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
            _ if matches!((*mt).cor_element_type, element_type::PTR | element_type::FNPTR) => return Form::Same,
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

/// The form by itself: enums have none then.
unsafe fn form_alone(mt: Mt) -> Form {
    // SAFETY: a type with the compiler's description.
    unsafe { if mt::category(&*mt) == flags::CATEGORY_PRIMITIVE_ENUM { Form::None } else { form(mt) } }
}

/// Size of an unmanaged structure.
#[unsafe(no_mangle)]
unsafe extern "C" fn MarshalNative_SizeOfHelper(ty: TypeHandle, throw: i32) -> i32 {
    // SAFETY: a type with the compiler's description.
    unsafe {
        let form = match ((*ty.handle).cor_element_type, interop::form(ty.handle)) {
            // By themselves these have a native size: a C `BOOL`, and a byte.
            (element_type::BOOLEAN, _) if form_alone(ty.handle) == Form::Other => return 4,
            (element_type::CHAR, _) if form_alone(ty.handle) == Form::Other => return 1,
            (element_type::PTR | element_type::FNPTR, _) => return size_of::<usize>() as i32,
            (element_type::VOID, _) => return 1,
            (_, Some(described)) if described.refused.is_null() => return described.size as i32,
            (_, Some(_)) => Form::None,
            _ => form_alone(ty.handle),
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

/// The bytes of a type that is the same on both sides, for `Kiln.Structures`; negative when it is no structure. Throws where it is another
/// one to native code that the compiler did not describe.
#[unsafe(export_name = "Kiln.Structures::Blittable(System.Runtime.CompilerServices.MethodTable*):System.Int32")]
unsafe extern "C" fn blittable(mt: Mt) -> i32 {
    // SAFETY: a type with the compiler's description.
    unsafe {
        match form_alone(mt) {
            Form::Same => mt::info(mt).map_or(0, |info| info.value_size) as i32,
            Form::None => -1,
            Form::Other => {
                refuse(mt, Form::Other);
                -1
            }
        }
    }
}

/// Offset of a field in the native form of its structure.
#[unsafe(no_mangle)]
unsafe extern "C" fn MarshalNative_OffsetOf(field: *mut FieldHandle) -> isize {
    // SAFETY: the handle of an instance field; as many fields as the description says.
    unsafe {
        let (owner, at) = ((*field).owner, (*field).offset);
        match interop::form(owner) {
            Some(described) if described.refused.is_null() => {
                let all = core::slice::from_raw_parts(described.fields, described.field_count as usize);
                return all.iter().find(|f| f.managed == at).map_or(0, |f| f.native as isize);
            }
            Some(_) => refuse(owner, Form::None),
            None => {
                let form = form_alone(owner);
                if form != Form::Same {
                    refuse(owner, form);
                }
            }
        }
        at as isize
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
