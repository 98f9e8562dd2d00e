//! The LLVM context: types, constants and attributes.

use super::value::{Attribute, Type, Value};
use llvm_sys::core::*;
use llvm_sys::prelude::*;
use std::ffi::{CStr, CString, c_char, c_uint};
use std::marker::PhantomData;

/// Owner of everything one compilation unit builds. Not `Send`: one per thread.
pub(crate) struct Context {
    raw: LLVMContextRef,
}

impl Context {
    /// A new empty context.
    pub(crate) fn new() -> Self {
        // SAFETY: creates a fresh context that this value owns.
        Self { raw: unsafe { LLVMContextCreate() } }
    }

    pub(super) fn raw(&self) -> LLVMContextRef {
        self.raw
    }

    /// Values get no names: text of the IR is not wanted.
    pub(crate) fn discard_names(&self) {
        // SAFETY: the context is alive.
        unsafe { LLVMContextSetDiscardValueNames(self.raw, 1) }
    }

    /// Integer type of `bits` bits.
    pub(crate) fn int(&self, bits: u32) -> Type<'_> {
        // SAFETY: the context is alive.
        Type::from_raw(unsafe { LLVMIntTypeInContext(self.raw, bits) })
    }

    /// `float`.
    pub(crate) fn float(&self) -> Type<'_> {
        // SAFETY: the context is alive.
        Type::from_raw(unsafe { LLVMFloatTypeInContext(self.raw) })
    }

    /// `double`.
    pub(crate) fn double(&self) -> Type<'_> {
        // SAFETY: the context is alive.
        Type::from_raw(unsafe { LLVMDoubleTypeInContext(self.raw) })
    }

    /// `void`.
    pub(crate) fn void(&self) -> Type<'_> {
        // SAFETY: the context is alive.
        Type::from_raw(unsafe { LLVMVoidTypeInContext(self.raw) })
    }

    /// `ptr` in an address space.
    pub(crate) fn ptr(&self, address_space: u32) -> Type<'_> {
        // SAFETY: the context is alive.
        Type::from_raw(unsafe { LLVMPointerTypeInContext(self.raw, address_space) })
    }

    /// `token`.
    pub(crate) fn token(&self) -> Type<'_> {
        // SAFETY: the context is alive.
        Type::from_raw(unsafe { LLVMTokenTypeInContext(self.raw) })
    }

    /// A packed or natural anonymous struct.
    pub(crate) fn struct_type<'c>(&'c self, fields: &[Type<'c>], packed: bool) -> Type<'c> {
        let mut raw: Vec<LLVMTypeRef> = fields.iter().map(|t| t.raw()).collect();
        // SAFETY: all element types belong to this context.
        Type::from_raw(unsafe { LLVMStructTypeInContext(self.raw, raw.as_mut_ptr(), raw.len() as c_uint, i32::from(packed)) })
    }

    /// `[count x element]`.
    pub(crate) fn array<'c>(&'c self, element: Type<'c>, count: u64) -> Type<'c> {
        // SAFETY: the element type belongs to this context.
        Type::from_raw(unsafe { LLVMArrayType2(element.raw(), count) })
    }

    /// A function type.
    pub(crate) fn function<'c>(&'c self, ret: Type<'c>, params: &[Type<'c>], variadic: bool) -> Type<'c> {
        let mut raw: Vec<LLVMTypeRef> = params.iter().map(|t| t.raw()).collect();
        // SAFETY: all types belong to this context.
        Type::from_raw(unsafe { LLVMFunctionType(ret.raw(), raw.as_mut_ptr(), raw.len() as c_uint, i32::from(variadic)) })
    }

    /// A constant struct.
    pub(crate) fn const_struct<'c>(&'c self, fields: &[Value<'c>], packed: bool) -> Value<'c> {
        let mut raw: Vec<LLVMValueRef> = fields.iter().map(|v| v.raw()).collect();
        // SAFETY: all constants belong to this context.
        Value::from_raw(unsafe { LLVMConstStructInContext(self.raw, raw.as_mut_ptr(), raw.len() as c_uint, i32::from(packed)) })
    }

    /// An enum attribute (`noreturn`, `uwtable`, …) by LLVM's name.
    pub(crate) fn enum_attribute(&self, name: &str, value: u64) -> Attribute<'_> {
        // SAFETY: name is passed with its length; kind 0 (unknown) would be a programming error of this crate.
        unsafe {
            let kind = LLVMGetEnumAttributeKindForName(name.as_ptr().cast(), name.len());
            debug_assert_ne!(kind, 0, "unknown LLVM attribute {name}");
            Attribute::from_raw(LLVMCreateEnumAttribute(self.raw, kind, value))
        }
    }

    /// An attribute with a type (`sret`).
    pub(crate) fn type_attribute<'c>(&'c self, name: &str, ty: Type<'c>) -> Attribute<'c> {
        // SAFETY: name is passed with its length, the type belongs to this context; kind 0 would be a programming error of this crate.
        unsafe {
            let kind = LLVMGetEnumAttributeKindForName(name.as_ptr().cast(), name.len());
            debug_assert_ne!(kind, 0, "unknown LLVM attribute {name}");
            Attribute::from_raw(LLVMCreateTypeAttribute(self.raw, kind, ty.raw()))
        }
    }

    /// A string attribute.
    pub(crate) fn string_attribute(&self, key: &str, value: &str) -> Attribute<'_> {
        // SAFETY: both strings are passed with their lengths and copied.
        Attribute::from_raw(unsafe {
            LLVMCreateStringAttribute(self.raw, key.as_ptr().cast(), key.len() as c_uint, value.as_ptr().cast(), value.len() as c_uint)
        })
    }

    /// Number of a metadata kind.
    pub(crate) fn metadata_kind(&self, name: &str) -> u32 {
        // SAFETY: the name is passed with its length.
        unsafe { LLVMGetMDKindIDInContext(self.raw, name.as_ptr().cast(), name.len() as c_uint) }
    }

    /// A metadata node over constants, as a value (the form `LLVMSetMetadata` takes).
    pub(crate) fn metadata_node<'c>(&'c self, label: Option<&str>, values: &[Value<'c>]) -> Value<'c> {
        // SAFETY: all values belong to this context; the label is passed with its length.
        unsafe {
            let mut parts: Vec<LLVMMetadataRef> = Vec::new();
            if let Some(label) = label {
                parts.push(LLVMMDStringInContext2(self.raw, label.as_ptr().cast(), label.len()));
            }
            parts.extend(values.iter().map(|v| LLVMValueAsMetadata(v.raw())));
            let node = LLVMMDNodeInContext2(self.raw, parts.as_mut_ptr(), parts.len());
            Value::from_raw(LLVMMetadataAsValue(self.raw, node))
        }
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: modules and builders borrow the context, so none is alive.
        unsafe { LLVMContextDispose(self.raw) }
    }
}

/// Takes a message that LLVM allocated.
pub(super) fn take_message(message: *mut c_char) -> String {
    if message.is_null() {
        return String::new();
    }
    // SAFETY: LLVM returns a NUL-terminated string to be freed with LLVMDisposeMessage.
    unsafe {
        let text = CStr::from_ptr(message).to_string_lossy().into_owned();
        LLVMDisposeMessage(message);
        text
    }
}

/// A C string; interior NULs (impossible in names we make) end it.
pub(super) fn c_string(text: &str) -> CString {
    CString::new(text.split('\0').next().unwrap_or_default()).unwrap_or_default()
}

/// Marks a handle as bound to a context.
pub(super) type Bound<'c> = PhantomData<&'c Context>;
