//! Access to the reflection tables of the program (`kiln_abi::reflection`).

use kiln_abi::reflection::{ExactType, FieldRow, GenericMethod, Implementation, MethodRow, ModuleInfo, Reflection, TypeRow, table};

use kiln_rt::mt::{self, Mt};

use crate::names;

/// A row type with its table.
pub(crate) trait Row: 'static {
    /// Index in `ModuleInfo::tables`.
    const TABLE: usize;
    /// First byte of its tokens (II.22).
    const KIND: u32;
}

macro_rules! row {
    ($($ty:ident $table:ident $kind:literal),*) => {
        $(impl Row for kiln_abi::reflection::$ty { const TABLE: usize = table::$table; const KIND: u32 = $kind; })*
    };
}
row!(TypeRow TYPE 0x02, FieldRow FIELD 0x04, MethodRow METHOD 0x06, ParamRow PARAM 0x08, MemberRefRow MEMBER_REF 0x0A,
     AttributeRow ATTRIBUTE 0x0C, EventRow EVENT 0x14, PropertyRow PROPERTY 0x17, GenericParamRow GENERIC_PARAM 0x2A);

/// An expression over the row of a token, which may be of any of some tables; `None` when there is no such row.
macro_rules! by_row {
    ($module:expr, $token:expr, [$($ty:ident),*], |$r:ident| $value:expr) => {
        match $token >> 24 {
            $(<$ty as $crate::members::tables::Row>::KIND => $crate::members::tables::row::<$ty>($module, $token).map(|$r| $value),)*
            _ => None,
        }
    };
}
pub(crate) use by_row;

/// The tables, if the program reflects on members.
pub(crate) fn reflection() -> Option<&'static Reflection> {
    // SAFETY: null or immutable data of the program.
    unsafe { kiln_rt::mt::program().reflection.as_ref() }
}

/// All modules with rows.
pub(crate) fn modules() -> &'static [&'static ModuleInfo] {
    match reflection() {
        // SAFETY: an array of addresses, none null.
        Some(r) if r.module_count > 0 => unsafe { core::slice::from_raw_parts(r.modules.cast(), r.module_count as usize) },
        _ => &[],
    }
}

/// Instantiated generic methods of the program.
pub(crate) fn generic_methods() -> &'static [GenericMethod] {
    match reflection() {
        // SAFETY: an array of records.
        Some(r) if r.generic_method_count > 0 => unsafe { core::slice::from_raw_parts(r.generic_methods, r.generic_method_count as usize) },
        _ => &[],
    }
}

/// Closed instantiations without objects.
pub(crate) fn instantiations() -> &'static [Mt] {
    match reflection() {
        // SAFETY: an array of addresses, none null.
        Some(r) if r.instantiation_count > 0 => unsafe { core::slice::from_raw_parts(r.instantiations, r.instantiation_count as usize) },
        _ => &[],
    }
}

/// Implementations of interface methods.
pub(crate) fn implementations() -> &'static [Implementation] {
    match reflection() {
        // SAFETY: an array of records.
        Some(r) if r.implementation_count > 0 => unsafe { core::slice::from_raw_parts(r.implementations, r.implementation_count as usize) },
        _ => &[],
    }
}

/// The rows of a table.
pub(crate) fn rows<T: Row>(module: &ModuleInfo) -> &'static [T] {
    let t = &module.tables[T::TABLE];
    // SAFETY: `count` rows of this type, immutable.
    unsafe { if t.count == 0 { &[] } else { core::slice::from_raw_parts(t.rows.cast(), t.count as usize) } }
}

/// Index of the row with a token: every row starts with its own.
pub(crate) fn find<T: Row>(module: &ModuleInfo, token: u32) -> Option<usize> {
    let rows = rows::<T>(module);
    // SAFETY: rows start with a u32.
    rows.binary_search_by_key(&token, |r| unsafe { core::ptr::from_ref(r).cast::<u32>().read() }).ok()
}

/// The row with a token.
pub(crate) fn row<T: Row>(module: &ModuleInfo, token: u32) -> Option<&'static T> {
    find::<T>(module, token).map(|i| &rows::<T>(module)[i])
}

/// A range of rows.
pub(crate) fn range<T: Row>(module: &ModuleInfo, r: kiln_abi::reflection::Range) -> &'static [T] {
    &rows::<T>(module)[r.first as usize..(r.first + r.count) as usize]
}

/// Address of a name or blob.
pub(crate) fn heap(module: &ModuleInfo, at: u32) -> *const u8 {
    // SAFETY: offsets of rows are inside of the heap.
    unsafe { module.heap.add(at as usize) }
}

/// A little-endian number of a blob.
///
/// # Safety
/// Four readable bytes.
pub(crate) unsafe fn u32_at(at: *const u8) -> u32 {
    // SAFETY: promised; unaligned.
    unsafe { at.cast::<u32>().read_unaligned() }
}

/// The module of a type, if it has rows.
pub(crate) fn module_of(mt: Mt) -> Option<&'static ModuleInfo> {
    // SAFETY: a type.
    let info = unsafe { mt::info(mt) }?;
    modules().iter().copied().find(|m| core::ptr::eq(m.assembly, info.assembly))
}

/// The definition of an instantiation, or the type itself.
pub(crate) fn definition(mt: Mt) -> Mt {
    // SAFETY: a type.
    match unsafe { mt::info(mt) } {
        Some(info) if !info.generic_definition.is_null() => info.generic_definition,
        _ => mt,
    }
}

/// Module and row of a class, struct or interface; `None` for arrays and the like, and for types that were not kept.
pub(crate) fn type_row(mt: Mt) -> Option<(&'static ModuleInfo, &'static TypeRow)> {
    // SAFETY: a type.
    unsafe {
        if mt.is_null() || mt::is_array(&*mt) || !(*mt).element_type.is_null() {
            return None;
        }
        let module = module_of(mt)?;
        Some((module, row::<TypeRow>(module, mt::info(mt)?.token)?))
    }
}

/// The closed types of a module, by their rows.
pub(crate) fn all_exact(module: &ModuleInfo) -> &'static [ExactType] {
    // SAFETY: an array of records.
    unsafe { if module.exact_count == 0 { &[] } else { core::slice::from_raw_parts(module.exact, module.exact_count as usize) } }
}

/// Code and offsets of a closed type, or of the template that shares its code.
pub(crate) fn exact(module: &ModuleInfo, mt: Mt) -> Option<&'static ExactType> {
    own_exact(module, mt).or_else(|| own_exact(module, crate::loader::template_for(mt)?.table))
}

/// Code and offsets of a closed type, as the compiler noted them.
pub(crate) fn own_exact(module: &ModuleInfo, mt: Mt) -> Option<&'static ExactType> {
    // SAFETY: a type.
    let row = find::<TypeRow>(module, unsafe { mt::info(mt) }?.token)? as u64;
    let all = all_exact(module);
    all[all.partition_point(|e| e.row < row)..].iter().take_while(|e| e.row == row).find(|e| core::ptr::eq(e.table, mt))
}

/// The owner's row of a method.
pub(crate) fn owner_row(module: &ModuleInfo, row: &MethodRow) -> &'static TypeRow {
    &rows::<TypeRow>(module)[row.owner as usize]
}

/// The owner's row of a field.
pub(crate) fn field_owner_row(module: &ModuleInfo, row: &FieldRow) -> &'static TypeRow {
    &rows::<TypeRow>(module)[row.owner as usize]
}

/// The type of a row: a definition when generic.
pub(crate) fn table_of(module: &ModuleInfo, row: &TypeRow) -> Mt {
    pooled(module, row.table)
}

/// A type of the module's pool, null when the program does not have it.
pub(crate) fn pooled(module: &ModuleInfo, index: u32) -> Mt {
    if index >= module.type_count {
        return core::ptr::null();
    }
    // SAFETY: in bounds.
    unsafe { module.types.add(index as usize).read() }
}

/// Exact arguments of a type, or none.
pub(crate) fn arguments(mt: Mt) -> &'static [Mt] {
    // SAFETY: a type.
    unsafe { names::arguments(mt) }
}
