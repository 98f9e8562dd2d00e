//! The `TypeSystem` context: interners and the questions everybody asks.
//!
//! Interior mutability (`RefCell`) behind `&self`; one thread. All answers are memoised.
#![allow(unused_variables, clippy::unimplemented, reason = "first declaration; bodies follow")]

use crate::desc::*;
use crate::error::Result;
use kiln_metadata::{FieldId, MethodDefId, Module, Token, TypeDefId};
use std::rc::Rc;
use std::sync::Arc;

/// Options and caches of one type universe.
#[derive(Debug)]
pub struct TypeSystem {}

/// Universe: modules, interners, well-known types.
impl TypeSystem {
    /// Builds a universe over these assemblies; System.Private.CoreLib must be among them.
    pub fn new(modules: Vec<Module>) -> Result<TypeSystem> { unimplemented!("typesys: new") }
    /// Adds an assembly.
    pub fn add_module(&self, module: Module) -> Result<ModuleId> { unimplemented!("typesys: add_module") }
    /// The metadata of a module.
    pub fn module(&self, id: ModuleId) -> Arc<Module> { unimplemented!("typesys: module") }
    /// All modules in load order.
    pub fn modules(&self) -> Vec<ModuleId> { unimplemented!("typesys: modules") }
    /// By simple assembly name (case-insensitive).
    pub fn find_module(&self, simple_name: &str) -> Option<ModuleId> { unimplemented!("typesys: find_module") }
    /// System.Private.CoreLib.
    pub fn corelib(&self) -> ModuleId { unimplemented!("typesys: corelib") }
    /// Simple assembly name.
    pub fn assembly_name(&self, id: ModuleId) -> String { unimplemented!("typesys: assembly_name") }
    /// The record of a type.
    pub fn kind(&self, t: TypeDesc) -> TypeKind { unimplemented!("typesys: kind") }
    /// The type with this record.
    pub fn intern(&self, kind: TypeKind) -> TypeDesc { unimplemented!("typesys: intern") }
    /// A type known by name (generic ones: over their own variables). Existence is checked in `new`.
    pub fn well_known(&self, w: WellKnown) -> TypeDesc { unimplemented!("typesys: well_known") }
    /// Whether `t` is (an instantiation of) this well-known type.
    pub fn is_well_known(&self, t: TypeDesc, w: WellKnown) -> bool { unimplemented!("typesys: is_well_known") }
    /// `T[]`.
    pub fn sz_array(&self, t: TypeDesc) -> TypeDesc { unimplemented!("typesys: sz_array") }
    /// `T[,…]`.
    pub fn md_array(&self, t: TypeDesc, rank: u32) -> TypeDesc { unimplemented!("typesys: md_array") }
    /// `T&`.
    pub fn byref(&self, t: TypeDesc) -> TypeDesc { unimplemented!("typesys: byref") }
    /// `T*`.
    pub fn ptr(&self, t: TypeDesc) -> TypeDesc { unimplemented!("typesys: ptr") }
    /// The generic type of `def` (any instantiation of it) over `args`.
    pub fn instantiate(&self, def: TypeDesc, args: &[TypeDesc]) -> TypeDesc { unimplemented!("typesys: instantiate") }
    /// The definition over its own variables (itself when not generic).
    pub fn generic_definition(&self, t: TypeDesc) -> TypeDesc { unimplemented!("typesys: generic_definition") }
    /// Generic arguments (empty when not generic).
    pub fn type_args(&self, t: TypeDesc) -> Instantiation { unimplemented!("typesys: type_args") }
    /// By name; nested: `Outer+Inner`. Follows forwarders. Generic types come over their own variables.
    pub fn find_type(&self, module: ModuleId, namespace: &str, name: &str) -> Option<TypeDesc> { unimplemented!("typesys: find_type") }
    /// `Ns.Outer+Inner`; CoreLib first, then all modules in order.
    pub fn find_type_by_full_name(&self, name: &str) -> Option<TypeDesc> { unimplemented!("typesys: find_type_by_full_name") }
}

/// Tokens and signatures.
impl TypeSystem {
    /// TypeDef, TypeRef, TypeSpec. A generic TypeDef alone is the definition over its own variables, never substituted.
    pub fn resolve_type(&self, module: ModuleId, token: Token, args: &GenericArgs) -> Result<TypeDesc> { unimplemented!("typesys: resolve_type") }
    /// MethodDef, MemberRef, MethodSpec.
    pub fn resolve_method(&self, module: ModuleId, token: Token, args: &GenericArgs) -> Result<MethodDesc> { unimplemented!("typesys: resolve_method") }
    /// Field, MemberRef.
    pub fn resolve_field(&self, module: ModuleId, token: Token, args: &GenericArgs) -> Result<FieldDesc> { unimplemented!("typesys: resolve_field") }
    /// StandAloneSig of a `calli`.
    pub fn resolve_sig(&self, module: ModuleId, token: Token, args: &GenericArgs) -> Result<Arc<MethodSig>> { unimplemented!("typesys: resolve_sig") }
    /// StandAloneSig of locals.
    pub fn local_types(&self, module: ModuleId, token: Token, args: &GenericArgs) -> Result<Vec<LocalType>> { unimplemented!("typesys: local_types") }
    /// For `ldtoken`: whether the token names a field.
    pub fn is_field_token(&self, module: ModuleId, token: Token) -> bool { unimplemented!("typesys: is_field_token") }
    /// For `ldtoken`: whether the token names a method.
    pub fn is_method_token(&self, module: ModuleId, token: Token) -> bool { unimplemented!("typesys: is_method_token") }
}

/// Classification and hierarchy.
impl TypeSystem {
    /// Stack and memory behaviour.
    pub fn type_class(&self, t: TypeDesc) -> TypeClass { unimplemented!("typesys: type_class") }
    /// Value type, primitives and enums included (RD: of the canonical form).
    pub fn is_value_type(&self, t: TypeDesc) -> bool { unimplemented!("typesys: is_value_type") }
    /// Interface.
    pub fn is_interface(&self, t: TypeDesc) -> bool { unimplemented!("typesys: is_interface") }
    /// Abstract class or interface.
    pub fn is_abstract(&self, t: TypeDesc) -> bool { unimplemented!("typesys: is_abstract") }
    /// Cannot be derived from (value types, sealed classes, arrays of such).
    pub fn is_sealed(&self, t: TypeDesc) -> bool { unimplemented!("typesys: is_sealed") }
    /// Class derived from MulticastDelegate.
    pub fn is_delegate(&self, t: TypeDesc) -> bool { unimplemented!("typesys: is_delegate") }
    /// Enum.
    pub fn is_enum(&self, t: TypeDesc) -> bool { unimplemented!("typesys: is_enum") }
    /// `Nullable<T>`.
    pub fn is_nullable(&self, t: TypeDesc) -> bool { unimplemented!("typesys: is_nullable") }
    /// `ref struct` (or TypedReference).
    pub fn is_by_ref_like(&self, t: TypeDesc) -> bool { unimplemented!("typesys: is_by_ref_like") }
    /// Vector or general array.
    pub fn is_array(&self, t: TypeDesc) -> bool { unimplemented!("typesys: is_array") }
    /// Has type arguments.
    pub fn is_generic(&self, t: TypeDesc) -> bool { unimplemented!("typesys: is_generic") }
    /// Underlying primitive of an enum.
    pub fn enum_underlying(&self, t: TypeDesc) -> Option<TypeDesc> { unimplemented!("typesys: enum_underlying") }
    /// Primitive that this type or its enum base is.
    pub fn prim(&self, t: TypeDesc) -> Option<Prim> { unimplemented!("typesys: prim") }
    /// Base class, instantiated; arrays: System.Array; interfaces: none.
    pub fn base_type(&self, t: TypeDesc) -> Option<TypeDesc> { unimplemented!("typesys: base_type") }
    /// All interfaces, transitive, exact, base's first; arrays with the generic collection interfaces.
    pub fn interfaces(&self, t: TypeDesc) -> Rc<[TypeDesc]> { unimplemented!("typesys: interfaces") }
    /// Element of an array, byref or pointer.
    pub fn element_type(&self, t: TypeDesc) -> Option<TypeDesc> { unimplemented!("typesys: element_type") }
    /// Forces everything a MethodTable needs (base, interfaces, layout, vtable): the error that the infallible accessors hide.
    pub fn check_type(&self, t: TypeDesc) -> Result<()> { unimplemented!("typesys: check_type") }
    /// Number of generic parameters of the definition.
    pub fn generic_param_count(&self, t: TypeDesc) -> usize { unimplemented!("typesys: generic_param_count") }
    /// Variance of the generic parameters of an interface or delegate.
    pub fn variance(&self, t: TypeDesc) -> Rc<[Variance]> { unimplemented!("typesys: variance") }
    /// The definition row.
    pub fn type_def(&self, t: TypeDesc) -> Option<(ModuleId, TypeDefId)> { unimplemented!("typesys: type_def") }
    /// TypeAttributes of the definition (0 for constructed types).
    pub fn type_flags(&self, t: TypeDesc) -> u32 { unimplemented!("typesys: type_flags") }
    /// The type that `t`'s definition is nested in (definition over its own variables).
    pub fn enclosing_type(&self, t: TypeDesc) -> Option<TypeDesc> { unimplemented!("typesys: enclosing_type") }
    /// The class constructor.
    pub fn has_cctor(&self, t: TypeDesc) -> Option<MethodDesc> { unimplemented!("typesys: has_cctor") }
    /// `beforefieldinit`.
    pub fn is_before_field_init(&self, t: TypeDesc) -> bool { unimplemented!("typesys: is_before_field_init") }
    /// The most derived override of Object.Finalize, if any but Object's.
    pub fn finalizer(&self, t: TypeDesc) -> Option<MethodDesc> { unimplemented!("typesys: finalizer") }
    /// Parameterless instance constructor.
    pub fn default_ctor(&self, t: TypeDesc) -> Option<MethodDesc> { unimplemented!("typesys: default_ctor") }
}

/// Names.
impl TypeSystem {
    /// Unique stable name: `[Asm]Ns.Outer+Inner\`1<[Asm]X>`; types of CoreLib without the `[Asm]`.
    pub fn type_name(&self, t: TypeDesc) -> String { unimplemented!("typesys: type_name") }
    /// Short name for people: `Ns.List\`1<System.String>`.
    pub fn type_display(&self, t: TypeDesc) -> String { unimplemented!("typesys: type_display") }
    /// Namespace (of the outermost type) and name (`Outer+Inner`).
    pub fn namespace_and_name(&self, t: TypeDesc) -> (String, String) { unimplemented!("typesys: namespace_and_name") }
    /// Unique stable link name `[Asm]Ns.T::M<inst>(params):ret`; parameters as in the definition's signature.
    pub fn method_name_full(&self, m: MethodDesc) -> String { unimplemented!("typesys: method_name_full") }
    /// `Ns.T::M(int32)`.
    pub fn method_display(&self, m: MethodDesc) -> String { unimplemented!("typesys: method_display") }
    /// `System.Object::GetType():System.Type`: definition's signature, no assemblies.
    pub fn fcall_name(&self, m: MethodDesc) -> String { unimplemented!("typesys: fcall_name") }
}

/// Custom attributes.
impl TypeSystem {
    /// The value blob of the first attribute of this class.
    pub fn custom_attribute(&self, owner: impl Into<AttrOwner>, full_name: &str) -> Option<Vec<u8>> { unimplemented!("typesys: custom_attribute") }
    /// Whether there is an attribute of this class.
    pub fn has_attribute(&self, owner: impl Into<AttrOwner>, full_name: &str) -> bool { unimplemented!("typesys: has_attribute") }
}

/// Substitution and canonical forms (contract §2).
impl TypeSystem {
    /// Replaces variables; RD by what its variable becomes.
    pub fn substitute(&self, t: TypeDesc, args: &GenericArgs) -> TypeDesc { unimplemented!("typesys: substitute") }
    /// The same in owner and method arguments.
    pub fn substitute_method(&self, m: MethodDesc, args: &GenericArgs) -> MethodDesc { unimplemented!("typesys: substitute_method") }
    /// The same in the owner.
    pub fn substitute_field(&self, f: FieldDesc, args: &GenericArgs) -> FieldDesc { unimplemented!("typesys: substitute_field") }
    /// Canonical form as a type argument: reference type → __Canon.
    pub fn canonical_arg(&self, t: TypeDesc) -> TypeDesc { unimplemented!("typesys: canonical_arg") }
    /// Canonical form of a type as subject: arguments and array elements canonical, RD → canon.
    pub fn canonical_type(&self, t: TypeDesc) -> TypeDesc { unimplemented!("typesys: canonical_type") }
    /// Canonical form of a method.
    pub fn canonical_method(&self, m: MethodDesc) -> MethodDesc { unimplemented!("typesys: canonical_method") }
    /// Canonical form of a field.
    pub fn canonical_field(&self, f: FieldDesc) -> FieldDesc { unimplemented!("typesys: canonical_field") }
    /// Mentions __Canon.
    pub fn contains_canon(&self, t: TypeDesc) -> bool { unimplemented!("typesys: contains_canon") }
    /// Mentions `!i` / `!!i` outside of RD.
    pub fn contains_vars(&self, t: TypeDesc) -> bool { unimplemented!("typesys: contains_vars") }
    /// A canonical method whose owner or method arguments mention __Canon.
    pub fn is_shared_method(&self, m: MethodDesc) -> bool { unimplemented!("typesys: is_shared_method") }
    /// Mentions RD.
    pub fn is_runtime_determined(&self, t: TypeDesc) -> bool { unimplemented!("typesys: is_runtime_determined") }
    /// Mentions RD.
    pub fn is_runtime_determined_method(&self, m: MethodDesc) -> bool { unimplemented!("typesys: is_runtime_determined_method") }
    /// Mentions RD.
    pub fn is_runtime_determined_field(&self, f: FieldDesc) -> bool { unimplemented!("typesys: is_runtime_determined_field") }
    /// Generic context for importing a canonical method: arguments with __Canon become RD.
    pub fn shared_context(&self, m: MethodDesc) -> GenericArgs { unimplemented!("typesys: shared_context") }
    /// The hidden parameter of a canonical shared method.
    pub fn hidden_param(&self, m: MethodDesc) -> HiddenParam { unimplemented!("typesys: hidden_param") }
}

/// Fields.
impl TypeSystem {
    /// Own fields in declared order, static ones too.
    pub fn fields(&self, t: TypeDesc) -> Rc<[FieldDesc]> { unimplemented!("typesys: fields") }
    /// Owner (instantiated).
    pub fn field_owner(&self, f: FieldDesc) -> TypeDesc { unimplemented!("typesys: field_owner") }
    /// Definition row.
    pub fn field_def(&self, f: FieldDesc) -> (ModuleId, FieldId) { unimplemented!("typesys: field_def") }
    /// Type, substituted.
    pub fn field_type(&self, f: FieldDesc) -> Result<TypeDesc> { unimplemented!("typesys: field_type") }
    /// Name.
    pub fn field_name(&self, f: FieldDesc) -> String { unimplemented!("typesys: field_name") }
    /// Static.
    pub fn is_static(&self, f: FieldDesc) -> bool { unimplemented!("typesys: is_static") }
    /// Compile-time constant without storage.
    pub fn is_literal(&self, f: FieldDesc) -> bool { unimplemented!("typesys: is_literal") }
    /// `initonly`.
    pub fn is_init_only(&self, f: FieldDesc) -> bool { unimplemented!("typesys: is_init_only") }
    /// `[ThreadStatic]`.
    pub fn is_thread_static(&self, f: FieldDesc) -> bool { unimplemented!("typesys: is_thread_static") }
    /// Data in the image.
    pub fn has_rva(&self, f: FieldDesc) -> bool { unimplemented!("typesys: has_rva") }
    /// The bytes, as many as the field's type has.
    pub fn rva_data(&self, f: FieldDesc) -> Option<Vec<u8>> { unimplemented!("typesys: rva_data") }
    /// By name, own fields only.
    pub fn find_field(&self, t: TypeDesc, name: &str) -> Option<FieldDesc> { unimplemented!("typesys: find_field") }
}

/// Layout.
impl TypeSystem {
    /// Of a value type, or of the instances of a class.
    pub fn layout(&self, t: TypeDesc) -> Result<Rc<Layout>> { unimplemented!("typesys: layout") }
    /// Size and alignment of a value of this type (references: 8, 8).
    pub fn value_size(&self, t: TypeDesc) -> Result<(u32, u32)> { unimplemented!("typesys: value_size") }
    /// Instance fields: value types from 0, classes from the object pointer. Statics: from the start of the statics block; thread statics: of the thread block.
    pub fn field_offset(&self, f: FieldDesc) -> Result<u32> { unimplemented!("typesys: field_offset") }
    /// Ordinary statics, behind the header.
    pub fn static_layout(&self, t: TypeDesc) -> Result<Rc<StaticLayout>> { unimplemented!("typesys: static_layout") }
    /// Thread statics, from 0.
    pub fn thread_static_layout(&self, t: TypeDesc) -> Result<Rc<StaticLayout>> { unimplemented!("typesys: thread_static_layout") }
    /// How a value is passed.
    pub fn abi_class(&self, t: TypeDesc) -> Result<AbiClass> { unimplemented!("typesys: abi_class") }
    /// A value of this type is or contains object references or byrefs.
    pub fn contains_refs(&self, t: TypeDesc) -> bool { unimplemented!("typesys: contains_refs") }
    /// MethodTable base size: instance with header word, 8-aligned (String 22, arrays 24 + 8·rank for general ones); boxed size of value types.
    pub fn base_size(&self, t: TypeDesc) -> Result<u32> { unimplemented!("typesys: base_size") }
}

/// Methods.
impl TypeSystem {
    /// Own methods in declared order; generic ones over their own variables.
    pub fn methods(&self, t: TypeDesc) -> Rc<[MethodDesc]> { unimplemented!("typesys: methods") }
    /// Owner (instantiated).
    pub fn method_owner(&self, m: MethodDesc) -> TypeDesc { unimplemented!("typesys: method_owner") }
    /// Name.
    pub fn method_name(&self, m: MethodDesc) -> String { unimplemented!("typesys: method_name") }
    /// Signature, fully substituted.
    pub fn method_sig(&self, m: MethodDesc) -> Result<Arc<MethodSig>> { unimplemented!("typesys: method_sig") }
    /// Method arguments.
    pub fn method_args(&self, m: MethodDesc) -> Instantiation { unimplemented!("typesys: method_args") }
    /// Definition row (`None`: array method).
    pub fn method_def(&self, m: MethodDesc) -> Option<(ModuleId, MethodDefId)> { unimplemented!("typesys: method_def") }
    /// On the owner's definition, over its own variables.
    pub fn method_definition(&self, m: MethodDesc) -> MethodDesc { unimplemented!("typesys: method_definition") }
    /// Number of generic parameters of the method itself.
    pub fn method_generic_count(&self, m: MethodDesc) -> usize { unimplemented!("typesys: method_generic_count") }
    /// The method of `def`'s row on `owner` (an instantiation of the same type) over method arguments.
    pub fn instantiate_method(&self, def: MethodDesc, owner: TypeDesc, args: &[TypeDesc]) -> MethodDesc { unimplemented!("typesys: instantiate_method") }
    /// `m` with another instantiation of its owner, same method arguments.
    pub fn method_on(&self, m: MethodDesc, owner: TypeDesc) -> MethodDesc { unimplemented!("typesys: method_on") }
    /// The method with this record.
    pub fn intern_method(&self, kind: MethodKind) -> MethodDesc { unimplemented!("typesys: intern_method") }
    /// First own method with this name and number of parameters (`this` not counted).
    pub fn find_method(&self, t: TypeDesc, name: &str, param_count: usize) -> Option<MethodDesc> { unimplemented!("typesys: find_method") }
    /// All own methods with this name.
    pub fn find_methods(&self, t: TypeDesc, name: &str) -> Vec<MethodDesc> { unimplemented!("typesys: find_methods") }
    /// Static.
    pub fn is_static_method(&self, m: MethodDesc) -> bool { unimplemented!("typesys: is_static_method") }
    /// Virtual.
    pub fn is_virtual(&self, m: MethodDesc) -> bool { unimplemented!("typesys: is_virtual") }
    /// Abstract.
    pub fn is_abstract_method(&self, m: MethodDesc) -> bool { unimplemented!("typesys: is_abstract_method") }
    /// Final.
    pub fn is_final(&self, m: MethodDesc) -> bool { unimplemented!("typesys: is_final") }
    /// `newslot`.
    pub fn is_newslot(&self, m: MethodDesc) -> bool { unimplemented!("typesys: is_newslot") }
    /// Instance constructor.
    pub fn is_ctor(&self, m: MethodDesc) -> bool { unimplemented!("typesys: is_ctor") }
    /// Class constructor.
    pub fn is_cctor(&self, m: MethodDesc) -> bool { unimplemented!("typesys: is_cctor") }
    /// P/Invoke or QCall.
    pub fn is_pinvoke(&self, m: MethodDesc) -> bool { unimplemented!("typesys: is_pinvoke") }
    /// FCall.
    pub fn is_internal_call(&self, m: MethodDesc) -> bool { unimplemented!("typesys: is_internal_call") }
    /// Provided by the runtime: delegate methods, array methods.
    pub fn is_runtime_impl(&self, m: MethodDesc) -> bool { unimplemented!("typesys: is_runtime_impl") }
    /// NoInlining.
    pub fn is_no_inlining(&self, m: MethodDesc) -> bool { unimplemented!("typesys: is_no_inlining") }
    /// AggressiveInlining.
    pub fn is_aggressive_inlining(&self, m: MethodDesc) -> bool { unimplemented!("typesys: is_aggressive_inlining") }
    /// Synchronized.
    pub fn is_synchronized(&self, m: MethodDesc) -> bool { unimplemented!("typesys: is_synchronized") }
    /// `[Intrinsic]` on the method or its type.
    pub fn is_intrinsic(&self, m: MethodDesc) -> bool { unimplemented!("typesys: is_intrinsic") }
    /// MethodAttributes and MethodImplAttributes.
    pub fn method_flags(&self, m: MethodDesc) -> (u16, u16) { unimplemented!("typesys: method_flags") }
    /// Native target of a P/Invoke.
    pub fn impl_map(&self, m: MethodDesc) -> Option<PInvoke> { unimplemented!("typesys: impl_map") }
    /// Owner's and own arguments.
    pub fn method_generic_context(&self, m: MethodDesc) -> GenericArgs { unimplemented!("typesys: method_generic_context") }
    /// Where the IL is; honours overlay replacements. `None`: abstract, extern or runtime-provided.
    pub fn method_body(&self, m: MethodDesc) -> Result<Option<MethodIl>> { unimplemented!("typesys: method_body") }
    /// For methods of array types.
    pub fn array_method_kind(&self, m: MethodDesc) -> Option<ArrayMethod> { unimplemented!("typesys: array_method_kind") }
    /// `Invoke` of a delegate type.
    pub fn is_delegate_invoke(&self, m: MethodDesc) -> bool { unimplemented!("typesys: is_delegate_invoke") }
    /// `Invoke` of a delegate type.
    pub fn delegate_invoke(&self, t: TypeDesc) -> Option<MethodDesc> { unimplemented!("typesys: delegate_invoke") }
}

/// Vtables.
impl TypeSystem {
    /// Slots and dictionary pointers; arrays have System.Array's; interfaces only their dictionary.
    pub fn vtable(&self, t: TypeDesc) -> Result<Rc<[VtableEntry]>> { unimplemented!("typesys: vtable") }
    /// Number of entries.
    pub fn vtable_len(&self, t: TypeDesc) -> Result<u32> { unimplemented!("typesys: vtable_len") }
    /// Position of a virtual class method (of the slot it introduces or overrides).
    pub fn vtable_slot(&self, m: MethodDesc) -> Result<u32> { unimplemented!("typesys: vtable_slot") }
    /// Position of the dictionary pointer of this generic class, value type or interface.
    pub fn dictionary_slot(&self, owner: TypeDesc) -> Option<u32> { unimplemented!("typesys: dictionary_slot") }
    /// Position of a virtual instance method among its interface's virtual instance methods.
    pub fn interface_slot(&self, m: MethodDesc) -> u32 { unimplemented!("typesys: interface_slot") }
}

/// Dispatch resolution.
impl TypeSystem {
    /// What a virtual class method is on an exact type, with the method arguments of `m`.
    pub fn resolve_virtual(&self, m: MethodDesc, exact_type: TypeDesc) -> Option<MethodDesc> { unimplemented!("typesys: resolve_virtual") }
    /// What an interface method is on an exact type.
    pub fn resolve_interface(&self, m: MethodDesc, exact_type: TypeDesc) -> Resolved { unimplemented!("typesys: resolve_interface") }
    /// What a static virtual interface method is on a type.
    pub fn resolve_static_virtual(&self, m: MethodDesc, exact_type: TypeDesc) -> Option<MethodDesc> { unimplemented!("typesys: resolve_static_virtual") }
    /// What `constrained. t callvirt m` calls directly when `t` is exactly known: on value types the override (None: box), on reference types the final method or None (dispatch).
    pub fn resolve_constrained(&self, m: MethodDesc, t: TypeDesc) -> Option<MethodDesc> { unimplemented!("typesys: resolve_constrained") }
}

/// Casting.
impl TypeSystem {
    /// Reference compatibility incl. variance and arrays; value types as boxed.
    pub fn can_cast_to(&self, from: TypeDesc, to: TypeDesc) -> bool { unimplemented!("typesys: can_cast_to") }
}

/// Overlay.
impl TypeSystem {
    /// Static methods with `[Kiln.ReplacesAttribute(name)]` replace the bodies of the methods named (`fcall_name` form); every name must resolve.
    pub fn set_overlay(&self, module: ModuleId) -> Result<()> { unimplemented!("typesys: set_overlay") }
    /// The definition of the replacement of `m`, if any.
    pub fn overlay_of(&self, m: MethodDesc) -> Option<MethodDesc> { unimplemented!("typesys: overlay_of") }
}
