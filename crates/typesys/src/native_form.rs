//! Structures as native code has them (ECMA-335 II.10.7, II.15.5.4, II.22.17): size, fields with their offsets on both sides, and how each
//! crosses. Where the standard leaves a choice it is .NET's on Unix.

use crate::TypeSystem;
use crate::desc::*;
use kiln_metadata::MarshalSpec;
use kiln_metadata::flags::type_attributes as ta;
use kiln_metadata::marshal::native_type as n;
use std::rc::Rc;

/// The native form of a value type or of a class with a layout.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NativeForm {
    /// Bytes.
    pub size: u32,
    /// Alignment.
    pub align: u32,
    /// All fields, those of the base classes first.
    pub fields: Vec<NativeField>,
    /// It is a value type, which has the same bytes on both sides.
    pub same: bool,
}

/// A field of such a structure.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NativeField {
    /// Offset from the first byte of a value, or of a class's data.
    pub managed: u32,
    /// Offset in the native form.
    pub native: u32,
    /// How it crosses.
    pub how: FieldForm,
}

/// How a field crosses.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FieldForm {
    /// So many bytes, as they are.
    Same(u32),
    /// A truth value of so many bytes.
    Bool(u32),
    /// A character of one byte.
    Char,
    /// The address of a string.
    Text {
        /// In UTF-16; else in UTF-8.
        wide: bool,
    },
    /// The address of a string with its length before it.
    Bstr,
    /// A string in place.
    InlineText {
        /// In UTF-16; else in UTF-8.
        wide: bool,
        /// Units, the last one an end mark.
        count: u32,
    },
    /// Elements of an array in place.
    InlineArray {
        /// The array's type.
        array: TypeDesc,
        /// How many.
        count: u32,
        /// The size of each.
        size: u32,
        /// How they cross.
        element: Box<FieldForm>,
    },
    /// A structure in place that is not the same on both sides.
    Struct(TypeDesc),
    /// The structure of a class, in place.
    Class(TypeDesc),
    /// A C function.
    Delegate(TypeDesc),
    /// A date as days since 1899.
    Date,
    /// The value of a safe handle.
    Handle,
}

/// Why there is no native form.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoForm {
    /// The order of the fields is the runtime's, or the type is no structure.
    Layout,
    /// A field has none, and why.
    Field(FieldDesc, &'static str),
}

/// A field's form, its size and its alignment there.
type Sized = (FieldForm, u32, u32);

/// How deeply structures are nested at most: a class may be in itself.
const DEEPEST: u32 = 32;
const NO_PAIR: &str = "Invalid managed/unmanaged type combination.";
const BAD_BOOL: &str = "Invalid managed/unmanaged type combination (booleans must be paired with I1, U1, or Bool).";
const BAD_OBJECT: &str = "Invalid managed/unmanaged type combination (Marshaling to and from COM VARIANTs isn't supported).";

impl NativeForm {
    /// Each field is the same on both sides, and in the same place.
    #[must_use]
    pub fn is_blittable(&self) -> bool {
        self.fields.iter().all(|f| matches!(f.how, FieldForm::Same(_)) && f.managed == f.native)
    }
}

impl TypeSystem {
    /// The native form of a type.
    pub fn native_form(&self, t: TypeDesc) -> Result<NativeForm, NoForm> {
        self.form_within(t, 0).map(|form| (*form).clone())
    }

    /// A structure may have the same one several times, and that others.
    fn form_within(&self, t: TypeDesc, depth: u32) -> Result<Rc<NativeForm>, NoForm> {
        self.memo.native_forms.get((t, depth), || self.compute_form(t, depth).map(Rc::new))
    }

    fn compute_form(&self, t: TypeDesc, depth: u32) -> Result<NativeForm, NoForm> {
        let value_type = self.is_value_type(t);
        let layout = self.type_flags(t) & ta::LAYOUT_MASK;
        let explicit = layout == ta::EXPLICIT_LAYOUT;
        if !(explicit || layout == ta::SEQUENTIAL_LAYOUT)
            || self.is_enum(t)
            || self.is_array(t)
            || self.prim(t).is_some()
            || depth > DEEPEST
        {
            return Err(NoForm::Layout);
        }
        let (module, def) = self.type_def(t).ok_or(NoForm::Layout)?;
        let managed = self.layout(t).map_err(|_| NoForm::Layout)?;
        let row = self.module_data(module).metadata.class_layout_of(def).ok().flatten();
        let (pack, least) = row.map_or((0, 0), |r| (u32::from(r.packing_size), r.class_size));
        let pack = if pack == 0 { u32::MAX } else { pack };
        let mut form = match self.base_type(t).filter(|&b| !value_type && b != self.well_known(WellKnown::Object)) {
            Some(base) => (*self.form_within(base, depth + 1)?).clone(),
            None => NativeForm { size: 0, align: 1, fields: Vec::new(), same: value_type },
        };
        let header = if value_type { 0 } else { POINTER };
        let start = form.size;
        let mut end = start;
        for &(field, at) in &managed.fields {
            let (how, size, align) = self.field_form(t, field, depth)?;
            let align = align.min(pack);
            let native = if explicit {
                let (module, id) = self.field_def(field);
                start + self.module_data(module).metadata.field_offset_of(id).unwrap_or_default()
            } else {
                end.next_multiple_of(align)
            };
            end = end.max(native + size);
            form.align = form.align.max(align);
            form.same &= matches!(how, FieldForm::Same(_)) && native == at;
            form.fields.push(NativeField { managed: at - header, native, how });
        }
        if let Some(count) = self.inline_array_length(t).filter(|_| value_type) {
            end = end.saturating_mul(count);
            if !form.same {
                return Err(NoForm::Layout);
            }
        }
        form.size = if least == 0 { end.next_multiple_of(form.align) } else { end.max(start + least) }.max(1);
        form.same &= form.size == managed.size;
        Ok(form)
    }

    fn field_form(&self, owner: TypeDesc, f: FieldDesc, depth: u32) -> Result<Sized, NoForm> {
        let no = |why| NoForm::Field(f, why);
        let t = self.field_type(f).map_err(|_| no(NO_PAIR))?;
        let blob = self.field_marshal(f);
        let spec = blob.as_deref().and_then(|b| MarshalSpec::parse(b).ok());
        let wide = self.type_flags(owner) & ta::STRING_FORMAT_MASK == ta::UNICODE_CLASS;
        let native = match spec {
            None => None,
            Some(MarshalSpec::Simple(native)) => Some(native),
            Some(MarshalSpec::FixedSysString { count }) if self.is_well_known(t, WellKnown::String) => {
                let unit = if wide { 2 } else { 1 };
                return Ok((FieldForm::InlineText { wide, count }, count * unit, unit));
            }
            Some(MarshalSpec::FixedArray { count, element }) => {
                let TypeKind::SzArray(e) = self.kind(t) else { return Err(no(NO_PAIR)) };
                let (how, size, align) = self.value_form(e, element, wide, depth).map_err(no)?;
                let total = size.checked_mul(count).ok_or(no(NO_PAIR))?;
                return Ok((FieldForm::InlineArray { array: t, count, size, element: Box::new(how) }, total, align));
            }
            Some(_) => return Err(no(NO_PAIR)),
        };
        self.value_form(t, native, wide, depth).map_err(no)
    }

    fn value_form(&self, t: TypeDesc, native: Option<u8>, wide: bool, depth: u32) -> Result<Sized, &'static str> {
        let same = |size: u32| (FieldForm::Same(size), size, size);
        let one_of = |native_types: &[u8], size: u32| {
            if native.is_none_or(|n| native_types.contains(&n)) { Ok(same(size)) } else { Err(NO_PAIR) }
        };
        match self.type_class(t) {
            TypeClass::Prim(p) => match p {
                Prim::Bool => match native {
                    None | Some(n::BOOLEAN) => Ok((FieldForm::Bool(4), 4, 4)),
                    Some(n::I1 | n::U1) => Ok((FieldForm::Bool(1), 1, 1)),
                    Some(_) => Err(BAD_BOOL),
                },
                Prim::Char => match native {
                    None if wide => Ok(same(2)),
                    Some(n::I2 | n::U2) => Ok(same(2)),
                    None | Some(n::I1 | n::U1) => Ok((FieldForm::Char, 1, 1)),
                    Some(_) => Err(NO_PAIR),
                },
                Prim::I1 | Prim::U1 => one_of(&[n::I1, n::U1], 1),
                Prim::I2 | Prim::U2 => one_of(&[n::I2, n::U2], 2),
                Prim::I4 | Prim::U4 => one_of(&[n::I4, n::U4, n::ERROR], 4),
                Prim::I8 | Prim::U8 => one_of(&[n::I8, n::U8], 8),
                Prim::R4 => one_of(&[n::R4], 4),
                Prim::R8 => one_of(&[n::R8], 8),
                Prim::I | Prim::U => one_of(&[n::INT, n::UINT], POINTER),
                Prim::Void => Err(NO_PAIR),
            },
            TypeClass::Ptr => one_of(&[n::INT, n::UINT], POINTER),
            TypeClass::Struct if self.is_date(t) => {
                if native.is_none() {
                    Ok((FieldForm::Date, 8, 8))
                } else {
                    Err(NO_PAIR)
                }
            }
            TypeClass::Struct if native.is_none_or(|n| n == n::STRUCT) => {
                let form = self.form_within(t, depth + 1).map_err(|_| NO_PAIR)?;
                let how = if form.same { FieldForm::Same(form.size) } else { FieldForm::Struct(t) };
                Ok((how, form.size, form.align))
            }
            TypeClass::Ref => self.object_form(t, native, wide, depth),
            _ => Err(NO_PAIR),
        }
    }

    fn object_form(&self, t: TypeDesc, native: Option<u8>, wide: bool, depth: u32) -> Result<Sized, &'static str> {
        let pointer = |how| Ok((how, POINTER, POINTER));
        if self.is_well_known(t, WellKnown::String) {
            return match native {
                None => pointer(FieldForm::Text { wide }),
                Some(n::LPWSTR) => pointer(FieldForm::Text { wide: true }),
                Some(n::LPSTR | n::LPTSTR | n::LPUTF8STR) => pointer(FieldForm::Text { wide: false }),
                Some(n::BSTR) => pointer(FieldForm::Bstr),
                Some(_) => Err(NO_PAIR),
            };
        }
        if self.is_delegate(t) && self.type_args(t).is_empty() && native.is_none_or(|n| n == n::FUNC) {
            return pointer(FieldForm::Delegate(t));
        }
        if self.is_well_known(t, WellKnown::Object) {
            return Err(BAD_OBJECT);
        }
        if native.is_none() && self.is_derived_from_safe_handle(t) {
            return pointer(FieldForm::Handle);
        }
        if native.is_none_or(|n| n == n::STRUCT) && !self.is_interface(t) && self.type_args(t).is_empty() {
            let form = self.form_within(t, depth + 1).map_err(|_| NO_PAIR)?;
            return Ok((FieldForm::Class(t), form.size, form.align));
        }
        Err(NO_PAIR)
    }

    fn is_date(&self, t: TypeDesc) -> bool {
        self.find_type(self.corelib(), "System", "DateTime") == Some(t)
    }

    /// Is a class `System.Runtime.InteropServices.SafeHandle`, or derived from it?
    pub fn is_derived_from_safe_handle(&self, t: TypeDesc) -> bool {
        let handle = self.find_type(self.corelib(), "System.Runtime.InteropServices", "SafeHandle");
        let mut at = Some(t);
        while let Some(t) = at {
            if Some(t) == handle {
                return true;
            }
            at = self.base_type(t);
        }
        false
    }
}

/// Bytes of an address.
const POINTER: u32 = 8;
