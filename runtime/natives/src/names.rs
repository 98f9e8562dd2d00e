//! Names of types in the formats of System.Type (Name, ToString, FullName, Namespace, AssemblyQualifiedName), from `TypeInfo`.
//!
//! Grammar as in ".NET: Specify fully qualified type names": nested types joined by `+`, generic arguments in brackets (in full
//! names each argument is assembly-qualified in brackets of its own), array suffixes, reserved characters escaped by `\`.

use kiln_abi::element_type;
use kiln_abi::method_table::flags;
use kiln_abi::object::rank_of_array;
use kiln_abi::type_info::TypeInfo;

use kiln_rt::mt::{self, Mt};

use crate::text::{Text, c_bytes};

/// What `Kiln.Natives::TypeName` asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// `Type.Name`.
    Name,
    /// `Type.ToString()`.
    Display,
    /// `Type.FullName`.
    Full,
    /// `Type.Namespace`.
    Namespace,
    /// `Type.AssemblyQualifiedName`.
    Qualified,
    /// Full name of the assembly.
    Assembly,
    /// Simple name of the assembly.
    AssemblySimple,
}

impl Kind {
    /// The number used by the overlay.
    #[must_use]
    pub fn from_number(n: i32) -> Option<Self> {
        Some(match n {
            0 => Self::Name,
            1 => Self::Display,
            2 => Self::Full,
            3 => Self::Namespace,
            4 => Self::Qualified,
            5 => Self::Assembly,
            6 => Self::AssemblySimple,
            _ => return None,
        })
    }
}

/// The table of type parameters: their names stand alone.
const GENERIC_PARAM: u32 = 0x2A;

/// Element of an array, pointer or byref, with the suffix that stands for it.
unsafe fn suffix(mt: Mt) -> Option<(Mt, Suffix)> {
    // SAFETY: the caller passes a MethodTable.
    unsafe {
        let table = &*mt;
        if table.element_type.is_null() {
            return None;
        }
        if mt::is_array(&*mt) {
            let rank = if mt::category(&*mt) == flags::CATEGORY_SZ_ARRAY { 0 } else { rank_of_array(table.base_size).max(1) };
            return Some((table.element_type, Suffix::Array(rank)));
        }
        match table.cor_element_type {
            element_type::PTR => Some((table.element_type, Suffix::Text(b"*"))),
            element_type::BYREF => Some((table.element_type, Suffix::Text(b"&"))),
            _ => None,
        }
    }
}

enum Suffix {
    /// Rank; 0 is a vector.
    Array(u32),
    Text(&'static [u8]),
}

impl Suffix {
    fn put(&self, to: &mut Text) {
        match self {
            Self::Text(text) => to.put(text),
            Self::Array(0) => to.put(b"[]"),
            Self::Array(1) => to.put(b"[*]"),
            Self::Array(rank) => {
                to.put(b"[");
                for _ in 1..*rank {
                    to.put(b",");
                }
                to.put(b"]");
            }
        }
    }
}

/// Innermost element type.
pub(crate) unsafe fn root(mut mt: Mt) -> Mt {
    // SAFETY: element types are MethodTables.
    while let Some((element, _)) = unsafe { suffix(mt) } {
        mt = element;
    }
    mt
}

fn escaped(to: &mut Text, name: &[u8]) {
    for byte in name {
        if b",[]&*+\\".contains(byte) {
            to.put(b"\\");
        }
        to.put(core::slice::from_ref(byte));
    }
}

/// `Ns.Outer+Inner` without arguments.
pub(crate) unsafe fn path(to: &mut Text, info: &TypeInfo) {
    // SAFETY: the tables are well formed.
    unsafe {
        match mt::info(info.declaring) {
            Some(outer) if info.token >> 24 != GENERIC_PARAM => {
                path(to, &outer);
                to.put(b"+");
            }
            _ if info.token >> 24 == GENERIC_PARAM => {}
            _ => {
                let namespace = c_bytes(info.namespace);
                if !namespace.is_empty() {
                    to.put(namespace);
                    to.put(b".");
                }
            }
        }
        escaped(to, c_bytes(info.name));
    }
}

pub(crate) unsafe fn arguments(mt: Mt) -> &'static [Mt] {
    // SAFETY: the table has as many arguments as it says; those of a definition are its variables, where they are known.
    unsafe {
        let Some(info) = mt::info(mt) else { return &[] };
        if is_definition(mt) {
            return crate::members::variables::of_type(mt);
        }
        if info.generic_args.is_null() {
            return &[];
        }
        core::slice::from_raw_parts(info.generic_args, usize::from(info.generic_arity))
    }
}

/// A generic definition: its full name has no arguments.
unsafe fn is_definition(mt: Mt) -> bool {
    // SAFETY: a type.
    unsafe { (*mt).flags & (flags::GENERICS_MASK | flags::HAS_COMPONENT_SIZE) == flags::GENERICS_TYPICAL }
}

/// It has no name; what stands in the place of one is its signature.
unsafe fn is_function_pointer(mt: Mt) -> bool {
    // SAFETY: a type.
    unsafe { (*mt).cor_element_type == element_type::FNPTR }
}

/// Over type variables, without being a definition: such types have no full name.
unsafe fn is_open(mt: Mt) -> bool {
    // SAFETY: a type.
    unsafe {
        let root = root(mt);
        matches!((*root).cor_element_type, 0x13 | 0x1e) || !is_definition(root) && arguments(root).iter().any(|a| is_open(*a))
    }
}

unsafe fn display(to: &mut Text, mt: Mt) {
    // SAFETY: the tables are well formed.
    unsafe {
        if let Some((element, suffix)) = suffix(mt) {
            display(to, element);
            return suffix.put(to);
        }
        let Some(info) = mt::info(mt) else { return };
        if is_function_pointer(mt) {
            return to.put_c(info.name);
        }
        path(to, &info);
        for (index, argument) in arguments(mt).iter().enumerate() {
            to.put(if index == 0 { b"[" } else { b"," });
            display(to, *argument);
        }
        if !arguments(mt).is_empty() {
            to.put(b"]");
        }
    }
}

unsafe fn full(to: &mut Text, mt: Mt) {
    // SAFETY: the tables are well formed.
    unsafe {
        if let Some((element, suffix)) = suffix(mt) {
            full(to, element);
            return suffix.put(to);
        }
        let Some(info) = mt::info(mt) else { return };
        path(to, &info);
        if is_definition(mt) {
            return;
        }
        for (index, argument) in arguments(mt).iter().enumerate() {
            to.put(if index == 0 { b"[[" } else { b",[" });
            qualified(to, *argument);
            to.put(b"]");
        }
        if !arguments(mt).is_empty() {
            to.put(b"]");
        }
    }
}

unsafe fn qualified(to: &mut Text, mt: Mt) {
    // SAFETY: the tables are well formed.
    unsafe {
        full(to, mt);
        if let Some(info) = mt::info(root(mt)) {
            to.put(b", ");
            to.put_c(info.assembly);
        }
    }
}

unsafe fn short(to: &mut Text, mt: Mt) {
    // SAFETY: the tables are well formed.
    unsafe {
        if let Some((element, suffix)) = suffix(mt) {
            short(to, element);
            return suffix.put(to);
        }
        if let Some(info) = mt::info(mt).filter(|_| !is_function_pointer(mt)) {
            to.put_c(info.name);
        }
    }
}

/// Writes a name. False: there is none (a global type's namespace).
///
/// # Safety
/// `mt` is a MethodTable with well-formed descriptions.
pub unsafe fn write(to: &mut Text, mt: Mt, kind: Kind) -> bool {
    // SAFETY: promised.
    unsafe {
        match kind {
            Kind::Name => short(to, mt),
            Kind::Display => display(to, mt),
            Kind::Full | Kind::Qualified if is_open(mt) || is_function_pointer(root(mt)) => return false,
            Kind::Full => full(to, mt),
            Kind::Qualified => qualified(to, mt),
            Kind::Namespace => {
                let mut info = mt::info(root(mt));
                while let Some(outer) = info.and_then(|i| mt::info(i.declaring)) {
                    info = Some(outer);
                }
                if let Some(info) = info {
                    to.put_c(info.namespace);
                }
                return !to.bytes().is_empty();
            }
            Kind::Assembly | Kind::AssemblySimple => {
                let name = mt::info(root(mt)).map_or(&[][..], |i| c_bytes(i.assembly));
                let end = match kind {
                    Kind::Assembly => name.len(),
                    _ => name.iter().position(|b| *b == b',').unwrap_or(name.len()),
                };
                to.put(&name[..end]);
            }
        }
        true
    }
}

#[cfg(test)]
mod tests;
