//! The typed rows of the type-system tables and their accessors (ECMA-335 II.22).

use crate::ids::*;
use crate::{Module, Result, Token};

/// Defines a row struct with one accessor for a row and one for all rows.
macro_rules! row {
    ($(#[$doc:meta])* $row:ident $(<$lt:lifetime>)?, $id:ident, $one:ident, $all:ident {
        $($(#[$fdoc:meta])* $field:ident: $ty:ty = $get:ident($col:literal)),+ $(,)?
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $row $(<$lt>)? {
            $($(#[$fdoc])* pub $field: $ty,)+
        }

        impl Module {
            #[doc = concat!("Reads a row of [`", stringify!($row), "`].")]
            pub fn $one $(<$lt>)? (& $($lt)? self, id: $id) -> Result<$row $(<$lt>)?> {
                let row = self.raw_row($id::TABLE, id.0)?;
                Ok($row { $($field: row.$get($col)?,)+ })
            }

            #[doc = concat!("All rows of the table of [`", stringify!($row), "`].")]
            #[must_use]
            pub fn $all(&self) -> RowRange<$id> {
                self.rows()
            }
        }
    };
}

pub(crate) use row;

row! {
    /// The module itself (one row).
    ModuleRow<'a>, ModuleRowId, module_row, module_rows {
        /// Edit-and-Continue generation.
        generation: u16 = u16(0),
        /// File name of the module.
        name: &'a str = str(1),
        /// Version id: unique per build.
        mvid: Option<[u8; 16]> = guid(2),
        /// Edit-and-Continue id.
        enc_id: Option<[u8; 16]> = guid(3),
        /// Edit-and-Continue base id.
        enc_base_id: Option<[u8; 16]> = guid(4),
    }
}

row! {
    /// A type of another module.
    TypeRefRow<'a>, TypeRefId, type_ref, type_refs {
        /// Where to look; `None` means the exported types of this assembly.
        scope: Option<ResolutionScope> = opt_coded(0),
        /// Name without namespace.
        name: &'a str = str(1),
        /// Namespace, empty for none (nested types have none).
        namespace: &'a str = str(2),
    }
}

row! {
    /// A type of this module.
    TypeDefRow<'a>, TypeDefId, type_def, type_defs {
        /// See [`crate::flags::type_attributes`].
        flags: u32 = u32(0),
        /// Name without namespace.
        name: &'a str = str(1),
        /// Namespace, empty for none.
        namespace: &'a str = str(2),
        /// Base type; `None` for interfaces, `System.Object` and `<Module>`.
        extends: Option<TypeDefOrRef> = opt_coded(3),
        /// The fields, as list positions: prefer [`Module::fields_of`], which follows pointer tables.
        field_list: RowRange<FieldId> = list(4),
        /// The methods, as list positions: prefer [`Module::methods_of`].
        method_list: RowRange<MethodDefId> = list(5),
    }
}

row! {
    /// Indirection to a field (uncompressed images only).
    FieldPtrRow, FieldPtrId, field_ptr, field_ptrs {
        /// The field.
        field: FieldId = row(0),
    }
}

row! {
    /// A field.
    FieldRow<'a>, FieldId, field, fields {
        /// See [`crate::flags::field_attributes`].
        flags: u16 = u16(0),
        /// Name.
        name: &'a str = str(1),
        /// Undecoded signature: [`Module::field_sig`].
        signature: &'a [u8] = blob(2),
    }
}

row! {
    /// Indirection to a method (uncompressed images only).
    MethodPtrRow, MethodPtrId, method_ptr, method_ptrs {
        /// The method.
        method: MethodDefId = row(0),
    }
}

row! {
    /// A method of this module.
    MethodDefRow<'a>, MethodDefId, method_def, method_defs {
        /// Address of the body; 0 for none.
        rva: u32 = u32(0),
        /// See [`crate::flags::method_impl_attributes`].
        impl_flags: u16 = u16(1),
        /// See [`crate::flags::method_attributes`].
        flags: u16 = u16(2),
        /// Name.
        name: &'a str = str(3),
        /// Undecoded signature: [`Module::method_sig`].
        signature: &'a [u8] = blob(4),
        /// The parameter rows, as list positions: prefer [`Module::params_of`].
        param_list: RowRange<ParamId> = list(5),
    }
}

row! {
    /// Indirection to a parameter (uncompressed images only).
    ParamPtrRow, ParamPtrId, param_ptr, param_ptrs {
        /// The parameter.
        param: ParamId = row(0),
    }
}

row! {
    /// Names and attributes of a parameter; signatures alone define which parameters exist.
    ParamRow<'a>, ParamId, param, params {
        /// See [`crate::flags::param_attributes`].
        flags: u16 = u16(0),
        /// 0 is the return value, 1 the first parameter.
        sequence: u16 = u16(1),
        /// Name, may be empty.
        name: &'a str = str(2),
    }
}

row! {
    /// An interface that a type implements.
    InterfaceImplRow, InterfaceImplId, interface_impl, interface_impls {
        /// The type.
        class: TypeDefId = row(0),
        /// The interface.
        interface: TypeDefOrRef = coded(1),
    }
}

row! {
    /// A method or field of another type, possibly constructed.
    MemberRefRow<'a>, MemberRefId, member_ref, member_refs {
        /// The owner.
        parent: MemberRefParent = coded(0),
        /// Name.
        name: &'a str = str(1),
        /// Undecoded signature: [`Module::member_ref_sig`].
        signature: &'a [u8] = blob(2),
    }
}

row! {
    /// A compile-time constant.
    ConstantRow<'a>, ConstantId, constant, constants {
        /// Element type byte of the value: [`ConstantRow::decode`] decodes.
        ty: u8 = u8(0),
        /// Whose value it is.
        parent: HasConstant = coded(1),
        /// The value's bytes.
        value: &'a [u8] = blob(2),
    }
}

row! {
    /// A custom attribute.
    CustomAttributeRow<'a>, CustomAttributeId, custom_attribute, custom_attributes {
        /// What it sits on.
        parent: HasCustomAttribute = coded(0),
        /// Its constructor.
        constructor: CustomAttributeType = coded(1),
        /// The argument blob: [`Module::decode_attribute`].
        value: &'a [u8] = blob(2),
    }
}

row! {
    /// How a field or parameter is marshalled.
    FieldMarshalRow<'a>, FieldMarshalId, field_marshal, field_marshals {
        /// The field or parameter.
        parent: HasFieldMarshal = coded(0),
        /// The descriptor: [`crate::MarshalSpec::parse`].
        native_type: &'a [u8] = blob(1),
    }
}

row! {
    /// Declarative security (ignored by .NET).
    DeclSecurityRow<'a>, DeclSecurityId, decl_security, decl_securities {
        /// Action code.
        action: u16 = u16(0),
        /// What it sits on.
        parent: HasDeclSecurity = coded(1),
        /// The permission set.
        permission_set: &'a [u8] = blob(2),
    }
}

row! {
    /// Explicit packing and size of a type.
    ClassLayoutRow, ClassLayoutId, class_layout, class_layouts {
        /// Packing, 0 for the default.
        packing_size: u16 = u16(0),
        /// Size, 0 for computed.
        class_size: u32 = u32(1),
        /// The type.
        parent: TypeDefId = row(2),
    }
}

row! {
    /// Explicit offset of a field.
    FieldLayoutRow, FieldLayoutId, field_layout, field_layouts {
        /// Byte offset.
        offset: u32 = u32(0),
        /// The field.
        field: FieldId = row(1),
    }
}

row! {
    /// A signature used by IL alone: locals or a `calli` site.
    StandAloneSigRow<'a>, StandAloneSigId, stand_alone_sig, stand_alone_sigs {
        /// Undecoded signature: [`Module::locals_sig`] and [`Module::call_site_sig`].
        signature: &'a [u8] = blob(0),
    }
}

row! {
    /// The events of a type.
    EventMapRow, EventMapId, event_map, event_maps {
        /// The type.
        parent: TypeDefId = row(0),
        /// The events, as list positions: prefer [`Module::events_of`].
        event_list: RowRange<EventId> = list(1),
    }
}

row! {
    /// Indirection to an event (uncompressed images only).
    EventPtrRow, EventPtrId, event_ptr, event_ptrs {
        /// The event.
        event: EventId = row(0),
    }
}

row! {
    /// An event.
    EventRow<'a>, EventId, event, events {
        /// See [`crate::flags::SPECIAL_NAME_EVENT`].
        flags: u16 = u16(0),
        /// Name.
        name: &'a str = str(1),
        /// Delegate type.
        ty: Option<TypeDefOrRef> = opt_coded(2),
    }
}

row! {
    /// The properties of a type.
    PropertyMapRow, PropertyMapId, property_map, property_maps {
        /// The type.
        parent: TypeDefId = row(0),
        /// The properties, as list positions: prefer [`Module::properties_of`].
        property_list: RowRange<PropertyId> = list(1),
    }
}

row! {
    /// Indirection to a property (uncompressed images only).
    PropertyPtrRow, PropertyPtrId, property_ptr, property_ptrs {
        /// The property.
        property: PropertyId = row(0),
    }
}

row! {
    /// A property.
    PropertyRow<'a>, PropertyId, property, properties {
        /// Property attributes.
        flags: u16 = u16(0),
        /// Name.
        name: &'a str = str(1),
        /// Undecoded signature: [`Module::property_sig`].
        signature: &'a [u8] = blob(2),
    }
}

row! {
    /// Makes a method an accessor of a property or event.
    MethodSemanticsRow, MethodSemanticsId, method_semantics, all_method_semantics {
        /// See [`crate::flags::method_semantics`].
        semantics: u16 = u16(0),
        /// The accessor.
        method: MethodDefId = row(1),
        /// The property or event.
        association: HasSemantics = coded(2),
    }
}

row! {
    /// An explicit override: `body` implements `declaration` in `class`.
    MethodImplRow, MethodImplId, method_impl, method_impls {
        /// The type.
        class: TypeDefId = row(0),
        /// The implementation.
        body: MethodDefOrRef = coded(1),
        /// What is implemented.
        declaration: MethodDefOrRef = coded(2),
    }
}

row! {
    /// A native library or another module of the assembly.
    ModuleRefRow<'a>, ModuleRefId, module_ref, module_refs {
        /// Name.
        name: &'a str = str(0),
    }
}

row! {
    /// A constructed type.
    TypeSpecRow<'a>, TypeSpecId, type_spec, type_specs {
        /// Undecoded signature: [`Module::type_spec_sig`].
        signature: &'a [u8] = blob(0),
    }
}

row! {
    /// The native target of a platform-invoke method.
    ImplMapRow<'a>, ImplMapId, impl_map, impl_maps {
        /// See [`crate::flags::pinvoke_attributes`].
        flags: u16 = u16(0),
        /// The method.
        member: MemberForwarded = coded(1),
        /// Native symbol.
        import_name: &'a str = str(2),
        /// Native library.
        import_scope: ModuleRefId = row(3),
    }
}

row! {
    /// A field whose initial bytes lie in the image.
    FieldRvaRow, FieldRvaId, field_rva, field_rvas {
        /// Address.
        rva: u32 = u32(0),
        /// The field.
        field: FieldId = row(1),
    }
}

row! {
    /// Edit-and-Continue log entry.
    EncLogRow, EncLogId, enc_log, enc_logs {
        /// Changed item.
        token: Token = token(0),
        /// Function code.
        func_code: u32 = u32(1),
    }
}

row! {
    /// Edit-and-Continue map entry.
    EncMapRow, EncMapId, enc_map, enc_maps {
        /// Mapped item.
        token: Token = token(0),
    }
}

row! {
    /// The manifest of this assembly (at most one row).
    AssemblyRow<'a>, AssemblyId, assembly_row, assembly_rows {
        /// Hash algorithm of the files.
        hash_algorithm: u32 = u32(0),
        /// Version part 1.
        major: u16 = u16(1),
        /// Version part 2.
        minor: u16 = u16(2),
        /// Version part 3.
        build: u16 = u16(3),
        /// Version part 4.
        revision: u16 = u16(4),
        /// See [`crate::flags::assembly_flags`].
        flags: u32 = u32(5),
        /// Full public key, or empty.
        public_key: &'a [u8] = blob(6),
        /// Simple name.
        name: &'a str = str(7),
        /// Culture, empty for neutral.
        culture: &'a str = str(8),
    }
}

row! {
    /// Unused by .NET.
    AssemblyProcessorRow, AssemblyProcessorId, assembly_processor, assembly_processors {
        /// Processor.
        processor: u32 = u32(0),
    }
}

row! {
    /// Unused by .NET.
    AssemblyOsRow, AssemblyOsId, assembly_os, assembly_oses {
        /// Platform.
        platform: u32 = u32(0),
        /// Major version.
        major: u32 = u32(1),
        /// Minor version.
        minor: u32 = u32(2),
    }
}

row! {
    /// A referenced assembly.
    AssemblyRefRow<'a>, AssemblyRefId, assembly_ref, assembly_refs {
        /// Version part 1.
        major: u16 = u16(0),
        /// Version part 2.
        minor: u16 = u16(1),
        /// Version part 3.
        build: u16 = u16(2),
        /// Version part 4.
        revision: u16 = u16(3),
        /// See [`crate::flags::assembly_flags`].
        flags: u32 = u32(4),
        /// Public key or its token, or empty.
        public_key_or_token: &'a [u8] = blob(5),
        /// Simple name.
        name: &'a str = str(6),
        /// Culture, empty for neutral.
        culture: &'a str = str(7),
        /// Hash of the referenced file, usually empty.
        hash_value: &'a [u8] = blob(8),
    }
}

row! {
    /// Unused by .NET.
    AssemblyRefProcessorRow, AssemblyRefProcessorId, assembly_ref_processor, assembly_ref_processors {
        /// Processor.
        processor: u32 = u32(0),
        /// The reference.
        assembly_ref: AssemblyRefId = row(1),
    }
}

row! {
    /// Unused by .NET.
    AssemblyRefOsRow, AssemblyRefOsId, assembly_ref_os, assembly_ref_oses {
        /// Platform.
        platform: u32 = u32(0),
        /// Major version.
        major: u32 = u32(1),
        /// Minor version.
        minor: u32 = u32(2),
        /// The reference.
        assembly_ref: AssemblyRefId = row(3),
    }
}

row! {
    /// Another file of a multi-file assembly.
    FileRow<'a>, FileId, file, files {
        /// Bit 0: the file has no metadata.
        flags: u32 = u32(0),
        /// File name.
        name: &'a str = str(1),
        /// Hash.
        hash_value: &'a [u8] = blob(2),
    }
}

row! {
    /// A type that this assembly exports from elsewhere (a forwarder, when `implementation` is an assembly).
    ExportedTypeRow<'a>, ExportedTypeId, exported_type, exported_types {
        /// Type attributes and [`crate::flags::FORWARDER`].
        flags: u32 = u32(0),
        /// Hint: row of the type in its module.
        type_def_id: u32 = u32(1),
        /// Name without namespace.
        name: &'a str = str(2),
        /// Namespace.
        namespace: &'a str = str(3),
        /// Where the type is; an `ExportedType` means nesting.
        implementation: Implementation = coded(4),
    }
}

row! {
    /// A named resource of the manifest.
    ManifestResourceRow<'a>, ManifestResourceId, manifest_resource, manifest_resources {
        /// Offset in the resources of this image, when `implementation` is `None`.
        offset: u32 = u32(0),
        /// 1 public, 2 private.
        flags: u32 = u32(1),
        /// Name.
        name: &'a str = str(2),
        /// Where it is, when not in this image.
        implementation: Option<Implementation> = opt_coded(3),
    }
}

row! {
    /// Nesting of a type.
    NestedClassRow, NestedClassId, nested_class, nested_classes {
        /// The inner type.
        nested: TypeDefId = row(0),
        /// The outer type.
        enclosing: TypeDefId = row(1),
    }
}

row! {
    /// A generic parameter of a type or method.
    GenericParamRow<'a>, GenericParamId, generic_param, generic_params {
        /// 0-based position.
        number: u16 = u16(0),
        /// See [`crate::flags::generic_param_attributes`].
        flags: u16 = u16(1),
        /// The generic type or method.
        owner: TypeOrMethodDef = coded(2),
        /// Name.
        name: &'a str = str(3),
    }
}

row! {
    /// An instantiated method.
    MethodSpecRow<'a>, MethodSpecId, method_spec, method_specs {
        /// The generic method.
        method: MethodDefOrRef = coded(0),
        /// Undecoded arguments: [`Module::method_spec_sig`].
        instantiation: &'a [u8] = blob(1),
    }
}

row! {
    /// A constraint of a generic parameter.
    GenericParamConstraintRow, GenericParamConstraintId, generic_param_constraint, generic_param_constraints {
        /// The parameter.
        owner: GenericParamId = row(0),
        /// What it must derive from or implement.
        constraint: TypeDefOrRef = coded(1),
    }
}
