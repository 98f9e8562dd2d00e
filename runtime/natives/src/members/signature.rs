//! Signature blobs (`kiln_abi::reflection::sig`) to types.

use core::ptr::null;

use kiln_abi::reflection::{ModuleInfo, sig};

use kiln_rt::mt::Mt;

use super::handles::MethodHandle;
use super::tables::{self, pooled};
use super::{types, variables};
use crate::lookup;
use crate::types::element;

/// Where variables in a signature get their types.
#[derive(Clone, Copy)]
pub(crate) struct Context {
    pub module: &'static ModuleInfo,
    /// Exact type or definition.
    pub owner: Mt,
    /// Method or null.
    pub method: *const MethodHandle,
}

impl Context {
    fn variable(&self, index: usize) -> Mt {
        tables::arguments(self.owner).get(index).copied().unwrap_or(null())
    }

    fn method_variable(&self, index: usize) -> Mt {
        // SAFETY: a handle or null.
        unsafe {
            let Some(m) = self.method.as_ref() else { return null() };
            let all = if m.count == 0 { variables::of_method(m) } else { m.arguments() };
            all.get(index).copied().unwrap_or(null())
        }
    }
}

/// Reads one type and moves the cursor behind it; null when the program does not have the type.
///
/// # Safety
/// The cursor is at a type of a blob of the context's module.
pub(crate) unsafe fn read_type(at: &mut *const u8, context: &Context) -> Mt {
    // SAFETY: blobs are well formed.
    unsafe {
        let kind = at.read();
        *at = at.add(1);
        match kind {
            sig::TYPE => {
                let index = tables::u32_at(*at);
                *at = at.add(4);
                pooled(context.module, index)
            }
            sig::VAR | sig::MVAR => {
                let index = usize::from(at.read());
                *at = at.add(1);
                if kind == sig::VAR { context.variable(index) } else { context.method_variable(index) }
            }
            sig::SZ_ARRAY => types::array(read_type(at, context), 0),
            sig::ARRAY => {
                let rank = u32::from(at.read());
                *at = at.add(1);
                types::array(read_type(at, context), rank)
            }
            sig::PTR | sig::BY_REF => {
                let e = read_type(at, context);
                if e.is_null() { e } else { lookup::derived_from(e, if kind == sig::PTR { element::PTR } else { element::BYREF }) }
            }
            sig::GENERIC_INST => {
                let definition = pooled(context.module, tables::u32_at(*at));
                let count = usize::from(at.add(4).read());
                *at = at.add(5);
                let mut arguments = [null(); 64];
                let mut complete = !definition.is_null();
                for slot in arguments.iter_mut().take(count) {
                    *slot = read_type(at, context);
                    complete &= !slot.is_null();
                }
                if complete { types::instantiation(definition, &arguments[..count]) } else { null() }
            }
            _ => null(),
        }
    }
}

/// Head of a method's or property's signature: calling convention, generic arity, parameters; the cursor is at the return type then.
///
/// # Safety
/// The cursor is at the start of such a blob.
pub(crate) unsafe fn read_head(at: &mut *const u8) -> (u8, u16, u16) {
    // SAFETY: promised.
    unsafe {
        let head = (at.read(), at.add(1).cast::<u16>().read_unaligned(), at.add(3).cast::<u16>().read_unaligned());
        *at = at.add(5);
        head
    }
}
