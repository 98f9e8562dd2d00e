//! Lookups through the sorted tables and list columns (ECMA-335 II.22: which table is sorted by what).

use crate::ids::*;
use crate::module::FoundRows;
use crate::rows::{ClassLayoutRow, ConstantRow, FieldMarshalRow, ImplMapRow};
use crate::{Module, Result, Table};

/// An iterator over the rows of a list column, through the pointer table when the image has one.
#[derive(Clone)]
pub struct RowList<'a, I> {
    module: &'a Module,
    range: RowRangeIter<I>,
    ptr: Table,
}

impl<I: RowId> Iterator for RowList<'_, I> {
    type Item = I;
    fn next(&mut self) -> Option<I> {
        let position = self.range.next()?;
        Some(I::from_rid(self.module.through_ptr(self.ptr, position.rid())))
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.range.size_hint()
    }
}

impl<I: RowId> ExactSizeIterator for RowList<'_, I> {}

impl Module {
    fn list<I: RowId>(&self, range: RowRange<I>, ptr: Table) -> RowList<'_, I> {
        RowList { module: self, range: range.iter(), ptr }
    }

    /// The list position of an element (its row number, unless a pointer table intervenes).
    fn position(&self, which: usize, rid: u32) -> u32 {
        match &self.inverse_ptr {
            Some(inverse) if !inverse[which].is_empty() => inverse[which].get(rid as usize).copied().unwrap_or(0),
            _ => rid,
        }
    }

    /// The fields of a type, in declaration order.
    pub fn fields_of(&self, id: TypeDefId) -> Result<RowList<'_, FieldId>> {
        let range = self.raw_row(Table::TypeDef, id.0)?.list(4)?;
        Ok(self.list(range, Table::FieldPtr))
    }

    /// The methods of a type, in declaration order.
    pub fn methods_of(&self, id: TypeDefId) -> Result<RowList<'_, MethodDefId>> {
        let range = self.raw_row(Table::TypeDef, id.0)?.list(5)?;
        Ok(self.list(range, Table::MethodPtr))
    }

    /// The parameter rows of a method; look at `sequence`, rows may be missing.
    pub fn params_of(&self, id: MethodDefId) -> Result<RowList<'_, ParamId>> {
        let range = self.raw_row(Table::MethodDef, id.0)?.list(5)?;
        Ok(self.list(range, Table::ParamPtr))
    }

    /// The type that declares a field.
    #[must_use]
    pub fn field_owner(&self, id: FieldId) -> Option<TypeDefId> {
        self.find_owner(Table::TypeDef, 4, self.position(0, id.0)).map(TypeDefId)
    }

    /// The type that declares a method.
    #[must_use]
    pub fn method_owner(&self, id: MethodDefId) -> Option<TypeDefId> {
        self.find_owner(Table::TypeDef, 5, self.position(1, id.0)).map(TypeDefId)
    }

    /// The method that declares a parameter.
    #[must_use]
    pub fn param_owner(&self, id: ParamId) -> Option<MethodDefId> {
        self.find_owner(Table::MethodDef, 5, self.position(2, id.0)).map(MethodDefId)
    }

    /// The type that declares an event.
    #[must_use]
    pub fn event_owner(&self, id: EventId) -> Option<TypeDefId> {
        let map = self.find_owner(Table::EventMap, 1, self.position(3, id.0))?;
        Some(TypeDefId(self.cell(Table::EventMap, map, 0)))
    }

    /// The type that declares a property.
    #[must_use]
    pub fn property_owner(&self, id: PropertyId) -> Option<TypeDefId> {
        let map = self.find_owner(Table::PropertyMap, 1, self.position(4, id.0))?;
        Some(TypeDefId(self.cell(Table::PropertyMap, map, 0)))
    }

    /// The events of a type.
    pub fn events_of(&self, id: TypeDefId) -> Result<RowList<'_, EventId>> {
        // The map is small and the standard does not require it to be sorted.
        for rid in 1..=self.row_count(Table::EventMap) {
            let row = self.raw_row(Table::EventMap, rid)?;
            if row.raw(0) == id.0 {
                return Ok(self.list(row.list(1)?, Table::EventPtr));
            }
        }
        Ok(self.list(RowRange::empty(), Table::EventPtr))
    }

    /// The properties of a type.
    pub fn properties_of(&self, id: TypeDefId) -> Result<RowList<'_, PropertyId>> {
        for rid in 1..=self.row_count(Table::PropertyMap) {
            let row = self.raw_row(Table::PropertyMap, rid)?;
            if row.raw(0) == id.0 {
                return Ok(self.list(row.list(1)?, Table::PropertyPtr));
            }
        }
        Ok(self.list(RowRange::empty(), Table::PropertyPtr))
    }

    /// The type that a nested type is nested in.
    pub fn enclosing_type(&self, id: TypeDefId) -> Result<Option<TypeDefId>> {
        let row = self.find_rows::<NestedClassId>(0, id.0).next();
        row.map(|r| self.nested_class(r).map(|r| r.enclosing)).transpose()
    }

    /// The types nested directly in `id` (a scan of the table: index it when asked often).
    pub fn nested_types(&self, id: TypeDefId) -> impl Iterator<Item = TypeDefId> + '_ {
        let rows = 1..=self.row_count(Table::NestedClass);
        rows.filter(move |&r| self.cell(Table::NestedClass, r, 1) == id.0).map(|r| TypeDefId(self.cell(Table::NestedClass, r, 0)))
    }

    /// The rows of the interfaces that a type lists.
    #[must_use]
    pub fn interface_impls_of(&self, id: TypeDefId) -> FoundRows<'_, InterfaceImplId> {
        self.find_rows(0, id.0)
    }

    /// The explicit overrides of a type.
    #[must_use]
    pub fn method_impls_of(&self, id: TypeDefId) -> FoundRows<'_, MethodImplId> {
        self.find_rows(0, id.0)
    }

    /// The generic parameters of a type or method, by number.
    #[must_use]
    pub fn generic_params_of(&self, owner: impl Into<TypeOrMethodDef>) -> FoundRows<'_, GenericParamId> {
        self.find_rows(2, owner.into().encode())
    }

    /// The constraints of a generic parameter.
    #[must_use]
    pub fn constraints_of(&self, id: GenericParamId) -> FoundRows<'_, GenericParamConstraintId> {
        self.find_rows(0, id.0)
    }

    /// Explicit packing and size of a type.
    pub fn class_layout_of(&self, id: TypeDefId) -> Result<Option<ClassLayoutRow>> {
        self.find_rows::<ClassLayoutId>(2, id.0).next().map(|r| self.class_layout(r)).transpose()
    }

    /// Explicit offset of a field.
    #[must_use]
    pub fn field_offset_of(&self, id: FieldId) -> Option<u32> {
        let row = self.find_rows::<FieldLayoutId>(1, id.0).next()?;
        Some(self.cell(Table::FieldLayout, row.0, 0))
    }

    /// Address of a field's initial bytes.
    pub fn field_rva_of(&self, id: FieldId) -> Result<Option<u32>> {
        self.find_rows::<FieldRvaId>(1, id.0).next().map(|r| self.field_rva(r).map(|r| r.rva)).transpose()
    }

    /// The constant of a field, parameter or property.
    pub fn constant_of(&self, owner: impl Into<HasConstant>) -> Result<Option<ConstantRow<'_>>> {
        self.find_rows::<ConstantId>(1, owner.into().encode()).next().map(|r| self.constant(r)).transpose()
    }

    /// The custom attributes on an item.
    #[must_use]
    pub fn custom_attributes_of(&self, owner: impl Into<HasCustomAttribute>) -> FoundRows<'_, CustomAttributeId> {
        self.find_rows(0, owner.into().encode())
    }

    /// The marshalling descriptor of a field or parameter.
    pub fn field_marshal_of(&self, owner: impl Into<HasFieldMarshal>) -> Result<Option<FieldMarshalRow<'_>>> {
        self.find_rows::<FieldMarshalId>(0, owner.into().encode()).next().map(|r| self.field_marshal(r)).transpose()
    }

    /// The security declarations on an item.
    #[must_use]
    pub fn decl_security_of(&self, owner: impl Into<HasDeclSecurity>) -> FoundRows<'_, DeclSecurityId> {
        self.find_rows(1, owner.into().encode())
    }

    /// The native target of a platform-invoke method.
    pub fn impl_map_of(&self, method: MethodDefId) -> Result<Option<ImplMapRow<'_>>> {
        let key = MemberForwarded::MethodDef(method).encode();
        self.find_rows::<ImplMapId>(1, key).next().map(|r| self.impl_map(r)).transpose()
    }

    /// The accessors of a property or event.
    #[must_use]
    pub fn semantics_of(&self, owner: impl Into<HasSemantics>) -> FoundRows<'_, MethodSemanticsId> {
        self.find_rows(2, owner.into().encode())
    }

    /// The accessor with these semantics (see [`crate::flags::method_semantics`]).
    pub fn accessor(&self, owner: impl Into<HasSemantics>, semantics: u16) -> Result<Option<MethodDefId>> {
        for id in self.semantics_of(owner) {
            let row = self.method_semantics(id)?;
            if row.semantics & semantics != 0 {
                return Ok(Some(row.method));
            }
        }
        Ok(None)
    }

    /// Finds a type that is not nested, by name (a scan: index the table when asked often).
    pub fn find_type(&self, namespace: &str, name: &str) -> Result<Option<TypeDefId>> {
        for id in self.type_defs() {
            let row = self.type_def(id)?;
            if row.name == name && row.namespace == namespace && !row.is_nested() {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }
}
