//! Reading blobs of templates (`kiln_abi::templates`): numbers, and types over the arguments at hand.

use core::ptr::null;

use kiln_abi::reflection::sig;

use kiln_rt::mt::Mt;

use super::{tables, templates};
use crate::lookup;
use crate::members::types;
use crate::types::element;

/// As many arguments as anything has.
pub(super) const MOST: usize = 64;

/// What variables stand for.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub types: &'a [Mt],
    pub method: &'a [Mt],
}

/// A place in a blob.
#[derive(Clone, Copy)]
pub(super) struct Cursor(*const u8);

impl Cursor {
    /// The start of a blob of the program's templates; `None` for 0.
    pub fn at(offset: u32) -> Option<Self> {
        // SAFETY: offsets in templates are those of blobs.
        templates().filter(|_| offset != 0).map(|t| Self(unsafe { t.blobs.add(offset as usize) }))
    }

    /// Reads what the compiler put there.
    ///
    /// # Safety
    /// The blob goes on with such a number.
    unsafe fn number<T: Copy>(&mut self) -> T {
        // SAFETY: promised; unaligned.
        unsafe {
            let value = self.0.cast::<T>().read_unaligned();
            self.0 = self.0.add(size_of::<T>());
            value
        }
    }

    /// A byte.
    ///
    /// # Safety
    /// As `number`.
    pub unsafe fn u8(&mut self) -> u8 {
        // SAFETY: promised.
        unsafe { self.number() }
    }

    /// Two bytes.
    ///
    /// # Safety
    /// As `number`.
    pub unsafe fn u16(&mut self) -> u16 {
        // SAFETY: promised.
        unsafe { self.number() }
    }

    /// Four bytes.
    ///
    /// # Safety
    /// As `number`.
    pub unsafe fn u32(&mut self) -> u32 {
        // SAFETY: promised.
        unsafe { self.number() }
    }

    /// A count as a byte, and as many types. The second result: the program has all of them.
    ///
    /// # Safety
    /// The blob goes on like that.
    pub unsafe fn types(&mut self, scope: Scope<'_>, into: &mut [Mt; MOST]) -> (usize, bool) {
        // SAFETY: promised.
        unsafe {
            let count = usize::from(self.u8());
            let mut complete = count <= MOST;
            for i in 0..count {
                let t = self.ty(scope);
                complete &= !t.is_null();
                if let Some(slot) = into.get_mut(i) {
                    *slot = t;
                }
            }
            (count.min(MOST), complete)
        }
    }

    /// A type; null where the program does not have it and cannot make it.
    ///
    /// # Safety
    /// The blob goes on with a type.
    pub unsafe fn ty(&mut self, scope: Scope<'_>) -> Mt {
        // SAFETY: promised; pool indices are in bounds.
        unsafe {
            match self.u8() {
                sig::TYPE => self.pooled(),
                sig::VAR => scope.types.get(usize::from(self.u8())).copied().unwrap_or(null()),
                sig::MVAR => scope.method.get(usize::from(self.u8())).copied().unwrap_or(null()),
                sig::SZ_ARRAY => types::array(self.ty(scope), 0),
                sig::ARRAY => {
                    let rank = u32::from(self.u8());
                    types::array(self.ty(scope), rank)
                }
                kind @ (sig::PTR | sig::BY_REF) => {
                    let e = self.ty(scope);
                    if e.is_null() { e } else { lookup::derived_from(e, if kind == sig::PTR { element::PTR } else { element::BYREF }) }
                }
                sig::GENERIC_INST => {
                    let definition = self.pooled();
                    let mut arguments = [null(); MOST];
                    let (count, complete) = self.types(scope, &mut arguments);
                    if definition.is_null() || !complete {
                        null()
                    } else {
                        tables::instantiation_or_identity(definition, &arguments[..count])
                    }
                }
                _ => null(),
            }
        }
    }

    unsafe fn pooled(&mut self) -> Mt {
        // SAFETY: promised.
        unsafe {
            let index = self.u32() as usize;
            templates().map_or(null(), |t| t.pool.add(index).read())
        }
    }
}
