//! The `TypeSystem` context: interners and the questions everybody asks.
//!
//! Interior mutability (`RefCell`) behind `&self`; one thread. All answers are memoised.

use crate::desc::*;

/// Options and caches of one type universe.
pub struct TypeSystem {}

/// PUBLIC API that other crates are written against (bodies in their own modules):
///
/// ```text
/// // loading
/// TypeSystem::new(modules: Vec<Module /* kiln_metadata */>) -> Result<TypeSystem, TypeSysError>   // finds System.Private.CoreLib among them
/// add_module(&self, Module) -> Result<ModuleId>;  module(ModuleId) -> Rc<Module> (or Arc);  modules() -> Vec<ModuleId>;  find_module(simple_name:&str) -> Option<ModuleId>;  corelib() -> ModuleId
/// // tokens (args = generic context of the using method: its owner's type args and its own method args; variables are substituted at once)
/// resolve_type(ModuleId, Token, &GenericArgs) -> Result<TypeDesc>       // TypeDef/TypeRef/TypeSpec; generic TypeDef alone = over its own Vars (open) when args empty
/// resolve_method(ModuleId, Token, &GenericArgs) -> Result<MethodDesc>   // MethodDef/MemberRef/MethodSpec; array methods give a MethodDesc with array_method_kind
/// resolve_field(ModuleId, Token, &GenericArgs) -> Result<FieldDesc>
/// resolve_sig(ModuleId, Token /*StandAloneSig*/, &GenericArgs) -> Result<MethodSig>;  local_types(ModuleId, Token, &GenericArgs) -> Result<Vec<LocalType{ty, pinned}>>
/// // GenericArgs { type_args: Instantiation, method_args: Instantiation }   (empty = open: Var/MVar stay)
/// // types
/// kind(TypeDesc) -> TypeKind (Rc/clone);  intern(TypeKind) -> TypeDesc;  well_known(WellKnown) -> TypeDesc;  is_well_known(t, WellKnown) -> bool
/// sz_array(t), md_array(t, rank), byref(t), ptr(t), instantiate(open_or_generic_def: TypeDesc, args:&[TypeDesc]) -> TypeDesc, generic_definition(t) -> TypeDesc (over its own Vars), type_args(t) -> Instantiation
/// find_type(module: ModuleId, namespace:&str, name:&str /* nested: Outer+Inner */) -> Option<TypeDesc>;  find_type_by_full_name(&str) -> Option<TypeDesc>  (CoreLib first, then all)
/// type_class(t) -> TypeClass; is_value_type, is_interface, is_abstract, is_sealed, is_delegate, is_enum, is_nullable, is_by_ref_like, is_array, enum_underlying(t) -> Option<TypeDesc>, prim(t) -> Option<Prim>
/// base_type(t) -> Option<TypeDesc> (instantiated);  interfaces(t) -> Rc<[TypeDesc]> (all, transitive, deterministic, exact; arrays get theirs over SZArrayHelper semantics);  element_type(t)
/// type_name(t) -> String ("[Asm]Ns.Outer+Inner`1<[Asm]X>" unique);  type_display(t) (short, C#-free: Ns.List`1<System.String>);  namespace_and_name(t) -> (String,String); assembly_name(ModuleId) -> String
/// custom_attribute(token-ish owner, "Ns.Name") -> Option<blob>  for types, methods, fields; has_attribute(…)
/// has_cctor(t) -> Option<MethodDesc>;  is_before_field_init(t);  finalizer(t) -> Option<MethodDesc>;  default_ctor(t) -> Option<MethodDesc>
/// // substitution and canonical forms (contract §2)
/// substitute(t, &GenericArgs) -> TypeDesc;  substitute_method(m, &GenericArgs) -> MethodDesc;  substitute_field(f, &GenericArgs)
/// canonical_type(t), canonical_method(m), canonical_field(f): RD → canon, ref args → __Canon recursively in type arguments (arrays of ref types as *types* stay arrays: canonical_type(string[]) = __Canon[]; a bare class type stays itself when it is the subject, only arguments are canonicalised — `canonical_arg(t)` is the argument rule)
/// contains_canon(t), is_shared_method(m) (canonical owner or method inst contains __Canon), is_runtime_determined(t), is_runtime_determined_method(m), is_runtime_determined_field(f), contains_vars(t)
/// shared_context(m canonical) -> GenericArgs  // each arg containing __Canon becomes RuntimeDetermined{var: Var(i)/MVar(i), canon: arg}, others as they are: what the importer uses as its generic context
/// hidden_param(m) -> HiddenParam {None, MethodTable, MethodDictionary}  (contract §2; for canonical shared methods; class instance non-generic: None, `this` serves)
/// // fields
/// fields(t) -> Rc<[FieldDesc]> (own, declared order, statics too); field_owner, field_type(f) (substituted), field_name, is_static, is_literal, is_thread_static, has_rva, rva_data(f) -> Option<Vec<u8>/slice>, is_init_only, find_field(t, name)
/// layout(t) -> Result<Rc<Layout>>  (for classes: the instance; arrays: element info separately);  value_size(t) -> (size, align) of a value of this type in memory (ref = 8);  field_offset(f) -> u32;  static_layout(t), thread_static_layout(t) -> Rc<StaticLayout>; abi_class(t) -> AbiClass; contains_refs(t) -> bool (value types: GC refs or byrefs inside)
/// // methods
/// methods(t) -> Rc<[MethodDesc]>; method_owner(m), method_name(m), method_sig(m) -> Rc<MethodSig> (fully substituted), method_args(m) -> Instantiation, method_def(m) -> Option<(ModuleId, MethodDefId)>, method_definition(m) (uninstantiated), instantiate_method(def, owner, args), find_method(t, name, predicate/param count)
/// flags: is_static_method, is_virtual, is_abstract_method, is_final, is_newslot, is_ctor, is_cctor, is_pinvoke, is_internal_call, is_runtime_impl (delegate methods), is_no_inlining, is_aggressive_inlining, is_synchronized, is_intrinsic (attribute), impl_map(m) -> Option<PInvoke{lib, entry, flags}>
/// method_generic_context(m) -> GenericArgs;  method_body(m) -> Result<Option<MethodIl{module, body: metadata body handle}>>  // honours overlay replacements (module of the replacement for tokens)
/// method_name_full(m) -> String unique link name "[Asm]Ns.T::M<inst>(params):ret";  method_display(m) -> "Ns.T::M(int32)";  fcall_name(m) -> "System.Object::GetType():System.Type" (surface-study format)
/// array_method_kind(m) -> Option<ArrayMethod {Ctor(n), Get, Set, Address}>
/// // virtual dispatch
/// vtable(t) -> Rc<[VtableSlot]> (classes, value types, arrays(=Array's), interfaces: empty);  vtable_slot(m virtual class method) -> u32;  dictionary_slot(owner generic def/inst) -> Option<u32>: vtable position that holds the dictionary pointer of that class (slots and dictionary pointers share one index space; `vtable_len(t)`; entries of `vtable` are enum-like: see VtableEntry)
/// interface_slot(m) -> u32;  resolve_virtual(m, exact_type) -> Option<MethodDesc> (class virtuals);  resolve_interface(iface_method, exact_type) -> Resolved (exact, then variance, then default methods; MethodImpls, covariant returns);  resolve_static_virtual(iface_method, exact_type) -> Option<MethodDesc>
/// resolve_constrained(m, t) -> what `constrained. t callvirt m` reaches when t is exactly known (value types: the override or None → box)
/// is_delegate_invoke(m);  delegate_invoke(t) -> Option<MethodDesc>
/// // casting
/// can_cast_to(from, to) -> bool  (reference compatibility incl. variance, arrays, nullable)
/// // overlay
/// set_overlay(module: ModuleId)  // [Kiln.Replaces("System.Exception::GetStackTrace():System.String")] static methods replace bodies; every key must resolve
/// ```
impl TypeSystem {}
