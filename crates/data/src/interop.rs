//! What crosses to native code (`abi::interop`): the delegate types with C functions, from the compiled functions, and the native forms of
//! structures.

use crate::LinkName;
use crate::image::Image;
use crate::record::Record;
use kiln_abi::interop::{self as abi, field_kind as k};
use kiln_lir::Sym;
use kiln_typesys::{FieldForm, NoForm, TypeDesc};

/// The symbol of the whole.
const ROOT: &str = "kiln_interop";

/// Emits it; the symbol that the program header names, if there is anything.
pub(crate) fn emit(image: &mut Image<'_>) -> Option<&'static str> {
    let program = image.program;
    if program.native_delegates.is_empty() && program.native_forms.is_empty() {
        return None;
    }
    let mut delegates = Record::default();
    for &invoke in &program.native_delegates {
        let Some(table) = image.method_table(image.ts.method_owner(invoke)) else { continue };
        let compiled = |s: Sym| Some(image.name(&s)).filter(|name| image.functions.contains(&**name));
        let (entry, call) = (compiled(Sym::DelegateEntry(invoke)), compiled(Sym::DelegateNative(invoke)));
        delegates.push(abi::NativeDelegateFields { table: table.into(), entry: entry.into(), call: call.into() });
    }
    let delegate_count = delegates.count::<abi::NativeDelegate>();
    image.constant("interop:delegates", "interop", 8, delegates);

    let mut forms = Record::default();
    for &t in &program.native_forms {
        let name = form(image, t);
        forms.pointer(name);
    }
    let form_count = forms.count::<*const u8>();
    image.constant("interop:forms", "interop", 8, forms);

    let (delegates, forms) = ("interop:delegates".into(), "interop:forms".into());
    image.constant(ROOT, "interop", 8, Record::of(abi::InteropFields { delegates, delegate_count, forms, form_count }));
    Some(ROOT)
}

/// The record of a structure.
fn form(image: &mut Image<'_>, t: TypeDesc) -> LinkName {
    let ts = image.ts;
    let name = image.name(&Sym::NativeForm(t));
    let (mut refused, mut size, mut fields) = (None, 0, Record::default());
    match ts.native_form(t) {
        Ok(form) => {
            size = form.size;
            for f in form.fields {
                field(image, &mut fields, f.managed, f.native, &f.how);
            }
        }
        Err(NoForm::Field(f, why)) => {
            let owner = ts.type_display(ts.field_owner(f));
            refused = Some(image.text(&format!("Cannot marshal field '{}' of type '{owner}': {why}", ts.field_name(f))));
        }
        Err(NoForm::Layout) => refused = Some(image.text("The type has no layout.")),
    }
    let list = format!("{name}:fields");
    let field_count = fields.count::<abi::NativeField>() as u32;
    image.constant(&list, "interop", 8, fields);
    let (table, fields) = (image.method_table(t).into(), list.into());
    image.constant(&name, "interop", 8, Record::of(abi::NativeFormFields { table, refused: refused.into(), fields, field_count, size }));
    name
}

/// The kind of a form, its number and its type.
fn kind(how: &FieldForm) -> (u32, u32, Option<TypeDesc>) {
    match *how {
        FieldForm::Same(size) => (k::SAME, size, None),
        FieldForm::Bool(size) => (k::BOOL, size, None),
        FieldForm::Char => (k::CHAR, 0, None),
        FieldForm::Text { wide: false } => (k::TEXT, 0, None),
        FieldForm::Text { wide: true } => (k::WIDE_TEXT, 0, None),
        FieldForm::Bstr => (k::BSTR, 0, None),
        FieldForm::InlineText { wide: false, count } => (k::INLINE_TEXT, count, None),
        FieldForm::InlineText { wide: true, count } => (k::INLINE_WIDE_TEXT, count, None),
        FieldForm::InlineArray { array, count, .. } => (k::INLINE_ARRAY, count, Some(array)),
        FieldForm::Struct(t) => (k::STRUCT, 0, Some(t)),
        FieldForm::Class(t) => (k::CLASS, 0, Some(t)),
        FieldForm::Delegate(t) => (k::DELEGATE, 0, Some(t)),
        FieldForm::Date => (k::DATE, 0, None),
        FieldForm::Handle => (k::HANDLE, 0, None),
    }
}

fn field(image: &Image<'_>, fields: &mut Record, managed: u32, native: u32, how: &FieldForm) {
    let (kind_of, count, t) = kind(how);
    let (element, size) = match how {
        FieldForm::InlineArray { element, size, .. } => (kind(element).0, *size),
        _ => (0, 0),
    };
    let table = t.and_then(|t| image.method_table(t)).into();
    fields.push(abi::NativeFieldFields { managed, native, kind: kind_of, count, element, size, table });
}
