//! Is an object an instance of a type (ECMA-335 I.8.7, III.4.3, III.4.6)?
//!
//! Classes: the chain of parents. Interfaces: the interface map, then variance. Arrays: element compatibility. What is not
//! decided by the first look goes through a cache.

use kiln_abi::method_table::kind_flags::OF_VECTORS;
use kiln_abi::program::exception_kind;

use crate::arch::RhpThrowNullReference;
use crate::eh;
use crate::mt::{self, Mt, Obj, mt_of, program};
use crate::pal::Buf;
use crate::text;

const CACHE: usize = 1024;
/// (type of the object, wanted type, 1 + result).
static mut RESULTS: [(usize, usize, u8); CACHE] = [(0, 0, 0); CACHE];

/// May an object of type `from` be used as `to`?
///
/// # Safety
/// MethodTables.
#[inline(always)]
pub unsafe fn castable(from: Mt, to: Mt) -> bool {
    if from == to {
        return true;
    }
    // SAFETY: promised; one thread.
    unsafe {
        let i = ((from as usize >> 4) ^ (to as usize >> 4).wrapping_mul(0x9E37_79B1)) % CACHE;
        let e = &mut *(&raw mut RESULTS[i]);
        if e.0 == from as usize && e.1 == to as usize {
            return e.2 != 1;
        }
        let result = castable_slow(from, to, 0);
        *e = (from as usize, to as usize, 1 + u8::from(result));
        result
    }
}

/// Nesting of type arguments that is followed.
const DEPTH: u32 = 32;

unsafe fn castable_slow(from: Mt, to: Mt, depth: u32) -> bool {
    if from == to {
        return true;
    }
    if depth > DEPTH {
        return false;
    }
    // SAFETY: promised.
    unsafe {
        let (f, t) = (&*from, &*to);
        if to == program().well_known.object {
            return true;
        }
        if mt::is_interface(t) {
            if mt::interfaces(f).contains(&to) {
                return true;
            }
            if mt::is_sz_array(f) && f.kind_flags & t.kind_flags & OF_VECTORS != 0 {
                return mt::info(to)
                    .is_some_and(|i| !i.generic_args.is_null() && elements_compatible(f.element_type, i.generic_args.read(), depth));
            }
            // `from` itself may be an interface when this is about type arguments.
            return mt::is_interface(f) && variant(from, to, depth) || mt::interfaces(f).iter().any(|&i| variant(i, to, depth));
        }
        if mt::is_nullable(t) {
            return from == mt::nullable_argument(t);
        }
        if mt::is_array(t) {
            return mt::is_array(f) && same_shape(f, t) && elements_compatible(f.element_type, t.element_type, depth);
        }
        let mut p = f.parent;
        while !p.is_null() {
            if p == to {
                return true;
            }
            p = (*p).parent;
        }
        mt::has_variance(t) && variant(from, to, depth)
    }
}

unsafe fn same_shape(a: &mt::MethodTableRef, b: &mt::MethodTableRef) -> bool {
    // SAFETY: descriptions are program data.
    unsafe {
        let rank = |m: &mt::MethodTableRef| mt::info(m).map_or(1, |i| i.rank);
        mt::is_sz_array(a) == mt::is_sz_array(b) && rank(a) == rank(b)
    }
}

/// Signed and unsigned integers of a size, and enums over them, are one element type (I.8.7.1, reduced types).
fn reduced(element: u8) -> u8 {
    match element {
        // U1 U2 U4 U8 U → I1 I2 I4 I8 I
        5 | 7 | 9 | 11 | 25 => element - 1,
        _ => element,
    }
}

/// Array-element-compatible-with (I.8.7.1).
unsafe fn elements_compatible(from: Mt, to: Mt, depth: u32) -> bool {
    // SAFETY: promised.
    unsafe {
        if from == to {
            return true;
        }
        if from.is_null() || to.is_null() {
            return false;
        }
        let (f, t) = (&*from, &*to);
        if mt::is_value_type(f) || mt::is_value_type(t) {
            return mt::is_primitive(f) && mt::is_primitive(t) && reduced(f.cor_element_type) == reduced(t.cor_element_type);
        }
        castable_slow(from, to, depth + 1)
    }
}

/// Is `from` an instantiation of `to`'s definition whose arguments convert (I.8.7.1, variance)?
pub(crate) unsafe fn variant(from: Mt, to: Mt, depth: u32) -> bool {
    // SAFETY: promised.
    unsafe {
        if from == to {
            return true;
        }
        let (Some(a), Some(b)) = (mt::info(from), mt::info(to)) else { return false };
        if a.generic_definition.is_null() || a.generic_definition != b.generic_definition || a.generic_arity != b.generic_arity {
            return false;
        }
        if !mt::has_variance(&*to) {
            return false;
        }
        for i in 0..b.generic_arity as usize {
            let (x, y) = (a.generic_args.add(i).read(), b.generic_args.add(i).read());
            if x == y {
                continue;
            }
            let variance = if b.variance.is_null() { 0 } else { b.variance.add(i).read() };
            let reference = !x.is_null() && !y.is_null() && !mt::is_value_type(&*x) && !mt::is_value_type(&*y);
            let ok = match variance {
                1 => reference && castable_slow(x, y, depth + 1),
                2 => reference && castable_slow(y, x, depth + 1),
                _ => false,
            };
            if !ok {
                return false;
            }
        }
        true
    }
}

/// `o` (not null) is an instance of `mt`?
///
/// # Safety
/// A live object, a MethodTable.
#[inline(always)]
pub unsafe fn is_instance(mt: Mt, o: Obj) -> bool {
    // SAFETY: promised.
    unsafe { castable(mt_of(o), mt) }
}

/// `isinst`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn RhpIsInstance(mt: Mt, o: Obj) -> Obj {
    // SAFETY: an object or null.
    unsafe { if o.is_null() || is_instance(mt, o) { o } else { core::ptr::null_mut() } }
}

/// `castclass`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn RhpCastClass(mt: Mt, o: Obj) -> Obj {
    // SAFETY: an object or null.
    unsafe {
        if !o.is_null() && !is_instance(mt, o) {
            throw_invalid_cast(mt_of(o), mt);
        }
    }
    o
}

/// The class library's own text of the exception.
#[cold]
#[inline(never)]
pub(crate) unsafe fn throw_invalid_cast(from: Mt, to: Mt) -> ! {
    let mut message: Buf<u8> = Buf::new();
    let mut put = |bytes: &[u8]| bytes.iter().for_each(|&b| message.push(b));
    // SAFETY: MethodTables.
    unsafe {
        put(b"Unable to cast object of type '");
        text::type_name(from, &mut put);
        put(b"' to type '");
        text::type_name(to, &mut put);
        put(b"'.");
        let s = text::new_string(message.as_slice());
        drop(message);
        crate::arch::throw_new(exception_kind::INVALID_CAST, s);
    }
    crate::pal::abort()
}

/// `stelem.ref`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn RhpCheckArrayStore(array: Obj, value: Obj) {
    // SAFETY: an array and an object, or nulls.
    unsafe {
        if array.is_null() {
            RhpThrowNullReference();
        }
        if value.is_null() {
            return;
        }
        let element = (*mt_of(array)).element_type;
        if mt_of(value) != element && element != program().well_known.object && !castable(mt_of(value), element) {
            eh::throw_kind(exception_kind::ARRAY_TYPE_MISMATCH);
        }
    }
}

/// `ldelema`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn RhpCheckArrayElementType(array: Obj, element: Mt) {
    // SAFETY: an array or null.
    unsafe {
        if array.is_null() {
            RhpThrowNullReference();
        }
        if (*mt_of(array)).element_type != element {
            eh::throw_kind(exception_kind::ARRAY_TYPE_MISMATCH);
        }
    }
}
