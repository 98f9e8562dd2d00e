//! Vectors: types, constants, elements, shuffles.

use super::builder::Builder;
use super::value::{Type, Value};
use llvm_sys::core::*;
use llvm_sys::prelude::*;
use std::ffi::c_uint;

const NO_NAME: *const std::ffi::c_char = c"".as_ptr();

impl<'c> Type<'c> {
    /// `<count x self>`.
    pub(crate) fn vector(self, count: u32) -> Type<'c> {
        // SAFETY: only called on integer and floating types, with a count above zero.
        Type::from_raw(unsafe { LLVMVectorType(self.raw(), count) })
    }

    /// A value that nobody looks at.
    pub(crate) fn poison(self) -> Value<'c> {
        // SAFETY: valid for every first-class type.
        Value::from_raw(unsafe { LLVMGetPoison(self.raw()) })
    }

    /// Parameter types of a function type.
    pub(crate) fn params(self) -> Vec<Type<'c>> {
        // SAFETY: only called on function types; LLVM fills as many as it counts.
        unsafe {
            let mut raw: Vec<LLVMTypeRef> = vec![std::ptr::null_mut(); LLVMCountParamTypes(self.raw()) as usize];
            LLVMGetParamTypes(self.raw(), raw.as_mut_ptr());
            raw.into_iter().map(Type::from_raw).collect()
        }
    }
}

/// A constant vector of constants of one type.
pub(crate) fn const_vector<'c>(elements: &[Value<'c>]) -> Value<'c> {
    let mut raw: Vec<LLVMValueRef> = elements.iter().map(|v| v.raw()).collect();
    // SAFETY: the elements are constants of one type, at least one.
    Value::from_raw(unsafe { LLVMConstVector(raw.as_mut_ptr(), raw.len() as c_uint) })
}

impl<'c> Builder<'c> {
    /// An element; `index` is an i32.
    pub(crate) fn element(&self, vector: Value<'c>, index: Value<'c>) -> Value<'c> {
        // SAFETY: vector is one, index an integer.
        Value::from_raw(unsafe { LLVMBuildExtractElement(self.raw(), vector.raw(), index.raw(), NO_NAME) })
    }

    /// The vector with another element.
    pub(crate) fn with_element(&self, vector: Value<'c>, element: Value<'c>, index: Value<'c>) -> Value<'c> {
        // SAFETY: element has the vector's element type, index is an integer.
        Value::from_raw(unsafe { LLVMBuildInsertElement(self.raw(), vector.raw(), element.raw(), index.raw(), NO_NAME) })
    }

    /// Elements of two vectors of one type, by a constant vector of i32.
    pub(crate) fn shuffle(&self, a: Value<'c>, b: Value<'c>, mask: Value<'c>) -> Value<'c> {
        // SAFETY: a and b have one type, mask is a constant vector of i32.
        Value::from_raw(unsafe { LLVMBuildShuffleVector(self.raw(), a.raw(), b.raw(), mask.raw(), NO_NAME) })
    }
}
