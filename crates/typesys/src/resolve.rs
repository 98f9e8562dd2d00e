//! Tokens and signatures: from rows and blobs of one module to descs (ECMA-335 II.22.25, II.22.38, II.23.2, II.7.3).
//!
//! Every token is resolved once in open form (variables of the using context stay) and then substituted.

use crate::TypeSystem;
use crate::context::FieldRec;
use crate::desc::*;
use crate::error::{Result, TypeSysError};
use crate::modules::nested_name;
use kiln_metadata::{
    CallConv, FieldId, Implementation, MemberRefId, MemberRefParent, MemberSig, MethodDefId, MethodDefOrRef, MethodSpecId, MethodToken,
    Primitive, ResolutionScope, SigType, StandAloneSigId, Token, TypeDefId, TypeDefOrRef, TypeRefId, TypeSpecId,
};
use std::sync::Arc;

/// Forwarders may point to forwarders; longer chains are cycles.
const MAX_FORWARDS: u32 = 16;

impl TypeSystem {
    /// TypeDef, TypeRef, TypeSpec. A generic TypeDef alone is the definition over its own variables, never substituted.
    pub fn resolve_type(&self, module: ModuleId, token: Token, args: &GenericArgs) -> Result<TypeDesc> {
        if let Some(id) = TypeDefId::from_token(token) {
            self.checked_def(module, id)
        } else if let Some(id) = TypeRefId::from_token(token) {
            let (m, def) = self.resolve_type_ref(module, id)?;
            Ok(self.type_of_def(m, def))
        } else if let Some(id) = TypeSpecId::from_token(token) {
            Ok(self.substitute(self.type_spec(module, id)?, args))
        } else {
            Err(self.bad_token(module, token, "type"))
        }
    }

    pub(crate) fn bad_token(&self, module: ModuleId, token: Token, expected: &'static str) -> TypeSysError {
        TypeSysError::BadToken { module, token: token.0, expected }
    }

    fn checked_def(&self, module: ModuleId, id: TypeDefId) -> Result<TypeDesc> {
        let data = self.module_data(module);
        data.metadata.type_def(id).map_err(self.meta_err(module))?;
        Ok(self.type_of_def(module, id))
    }

    /// The open type of a TypeDefOrRef.
    pub(crate) fn type_def_or_ref(&self, module: ModuleId, t: TypeDefOrRef) -> Result<TypeDesc> {
        match t {
            TypeDefOrRef::TypeDef(id) => self.checked_def(module, id),
            TypeDefOrRef::TypeRef(id) => {
                let (m, def) = self.resolve_type_ref(module, id)?;
                Ok(self.type_of_def(m, def))
            }
            TypeDefOrRef::TypeSpec(id) => self.type_spec(module, id),
        }
    }

    fn type_spec(&self, module: ModuleId, id: TypeSpecId) -> Result<TypeDesc> {
        let cycle = || self.bad_token(module, id.token(), "type specification that ends");
        self.memo.type_specs.get_acyclic((module, id.0), cycle, || {
            let data = self.module_data(module);
            let sig = data.metadata.type_spec_sig(id).map_err(self.meta_err(module))?;
            self.sig_type(module, &sig)
        })
    }

    pub(crate) fn resolve_type_ref(&self, module: ModuleId, id: TypeRefId) -> Result<(ModuleId, TypeDefId)> {
        let cycle = || self.bad_token(module, id.token(), "type reference that ends");
        self.memo.type_refs.get_acyclic((module, id.0), cycle, || {
            let data = self.module_data(module);
            let row = data.metadata.type_ref(id).map_err(self.meta_err(module))?;
            match row.scope {
                Some(ResolutionScope::AssemblyRef(a)) => {
                    let target = self.resolve_assembly(module, a)?;
                    self.resolve_name(target, row.namespace, row.name, 0)
                }
                Some(ResolutionScope::TypeRef(outer)) => {
                    let (m, outer) = self.resolve_type_ref(module, outer)?;
                    let name = nested_name(row.namespace, row.name);
                    match self.module_data(m).find_nested(outer, &name) {
                        Some(def) => Ok((m, def)),
                        None => Err(self.missing_type(m, &name)),
                    }
                }
                Some(ResolutionScope::Module(_)) | None => self.resolve_name(module, row.namespace, row.name, 0),
                Some(ResolutionScope::ModuleRef(_)) => Err(self.bad_token(module, id.token(), "type of a single-file assembly")),
            }
        })
    }

    fn missing_type(&self, module: ModuleId, name: &str) -> TypeSysError {
        TypeSysError::MissingType { name: name.to_owned(), assembly: self.assembly_identity(module) }
    }

    fn resolve_assembly(&self, from: ModuleId, id: kiln_metadata::AssemblyRefId) -> Result<ModuleId> {
        let data = self.module_data(from);
        let row = data.metadata.assembly_ref(id).map_err(self.meta_err(from))?;
        self.find_module(row.name).ok_or_else(|| TypeSysError::MissingAssembly {
            name: row.name.to_owned(),
            identity: row.identity().to_string(),
            from: data.name.clone(),
        })
    }

    /// A type that is not nested, in a module or where the module forwards it to.
    pub(crate) fn resolve_name(&self, module: ModuleId, ns: &str, name: &str, forwards: u32) -> Result<(ModuleId, TypeDefId)> {
        let data = self.module_data(module);
        if let Some(def) = data.find_top_level(ns, name) {
            return Ok((module, def));
        }
        let missing = || self.missing_type(module, &if ns.is_empty() { name.to_owned() } else { format!("{ns}.{name}") });
        let exported = data.find_exported(ns, name).ok_or_else(missing)?;
        let row = data.metadata.exported_type(exported).map_err(self.meta_err(module))?;
        match row.implementation {
            Implementation::AssemblyRef(a) if forwards < MAX_FORWARDS => {
                let target = self.resolve_assembly(module, a)?;
                self.resolve_name(target, ns, name, forwards + 1)
            }
            _ => Err(missing()),
        }
    }

    /// A type in a signature, open.
    pub(crate) fn sig_type(&self, module: ModuleId, sig: &SigType) -> Result<TypeDesc> {
        Ok(match sig {
            SigType::Primitive(p) => self.well_known(primitive(*p)),
            SigType::ValueType(t) | SigType::Class(t) => self.type_def_or_ref(module, *t)?,
            SigType::Ptr(t) => self.ptr(self.sig_type(module, t)?),
            SigType::ByRef(t) => self.byref(self.sig_type(module, t)?),
            SigType::SzArray(t) => self.sz_array(self.sig_type(module, t)?),
            SigType::Array(a) => self.md_array(self.sig_type(module, &a.element)?, a.rank),
            SigType::GenericInst { def, args, .. } => {
                let def = self.type_def_or_ref(module, *def)?;
                let args = args.iter().map(|a| self.sig_type(module, a)).collect::<Result<Vec<_>>>()?;
                let wanted = self.type_args(def).len();
                if wanted != args.len() {
                    return Err(self.bad_type(def, format!("{} generic arguments given, {wanted} wanted", args.len())));
                }
                self.instantiate(def, &args)
            }
            SigType::Var(n) => self.intern(TypeKind::Var(*n)),
            SigType::MVar(n) => self.intern(TypeKind::MVar(*n)),
            SigType::FnPtr(sig) => {
                let sig = self.method_sig_of(module, sig)?;
                self.intern(TypeKind::FnPtr(Arc::new(sig)))
            }
            SigType::Modified { inner, .. } | SigType::Pinned(inner) => self.sig_type(module, inner)?,
        })
    }

    /// A method signature, open.
    pub(crate) fn method_sig_of(&self, module: ModuleId, sig: &kiln_metadata::MethodSig) -> Result<MethodSig> {
        let call_conv = match sig.call_conv {
            CallConv::Default => 0,
            CallConv::Cdecl => 1,
            CallConv::StdCall => 2,
            CallConv::ThisCall => 3,
            CallConv::FastCall => 4,
            CallConv::VarArg => 5,
            CallConv::Unmanaged => 9,
        };
        Ok(MethodSig {
            has_this: sig.has_this && !sig.explicit_this,
            call_conv,
            generic_count: sig.generic_params,
            ret: self.sig_type(module, &sig.ret)?,
            params: sig.params.iter().map(|p| self.sig_type(module, p)).collect::<Result<_>>()?,
        })
    }

    /// MethodDef, MemberRef, MethodSpec.
    pub fn resolve_method(&self, module: ModuleId, token: Token, args: &GenericArgs) -> Result<MethodDesc> {
        match MethodToken::from_token(token) {
            Some(MethodToken::MethodDef(id)) => self.method_of_def(module, id),
            Some(MethodToken::MemberRef(id)) => {
                let m = self.member_ref_method(module, id)?;
                Ok(self.substitute_member(m, args))
            }
            Some(MethodToken::MethodSpec(id)) => Ok(self.substitute_method(self.method_spec(module, id)?, args)),
            None => Err(self.bad_token(module, token, "method")),
        }
    }

    /// Substitutes the owner only: an uninstantiated generic method keeps its own variables.
    fn substitute_member(&self, m: MethodDesc, args: &GenericArgs) -> MethodDesc {
        let owner = self.method_owner(m);
        let to = self.substitute(owner, args);
        if to == owner { m } else { self.method_on(m, to) }
    }

    /// A MethodDef on its definition, over its own variables.
    pub(crate) fn method_of_def(&self, module: ModuleId, id: MethodDefId) -> Result<MethodDesc> {
        let data = self.module_data(module);
        let owner = data.metadata.method_owner(id).ok_or_else(|| self.bad_token(module, id.token(), "method with an owner"))?;
        data.metadata.method_def(id).map_err(self.meta_err(module))?;
        Ok(self.method_in(self.type_of_def(module, owner), module, id))
    }

    /// A method row on an owner, over its own variables.
    pub(crate) fn method_in(&self, owner: TypeDesc, module: ModuleId, def: MethodDefId) -> MethodDesc {
        let n = self.module_data(module).method_generic_count(def);
        let args: Instantiation = if n == 0 { self.empty.clone() } else { (0..n as u32).map(|i| self.intern(TypeKind::MVar(i))).collect() };
        self.intern_method(MethodKind::Def { owner, module, def, args })
    }

    fn method_spec(&self, module: ModuleId, id: MethodSpecId) -> Result<MethodDesc> {
        self.memo.method_specs.get((module, id.0), || {
            let data = self.module_data(module);
            let row = data.metadata.method_spec(id).map_err(self.meta_err(module))?;
            let m = match row.method {
                MethodDefOrRef::MethodDef(d) => self.method_of_def(module, d)?,
                MethodDefOrRef::MemberRef(r) => self.member_ref_method(module, r)?,
            };
            let sig = data.metadata.method_spec_sig(id).map_err(self.meta_err(module))?;
            let args = sig.iter().map(|a| self.sig_type(module, a)).collect::<Result<Vec<_>>>()?;
            let wanted = self.method_args(m).len();
            if wanted != args.len() {
                let what = format!("{} with {} generic arguments", self.method_display(m), args.len());
                return Err(TypeSysError::MissingMethod(what));
            }
            Ok(self.instantiate_method(m, self.method_owner(m), &args))
        })
    }

    fn member_parent(&self, module: ModuleId, parent: MemberRefParent) -> Result<Option<TypeDesc>> {
        Ok(Some(match parent {
            MemberRefParent::TypeDef(t) => self.type_def_or_ref(module, t.into())?,
            MemberRefParent::TypeRef(t) => self.type_def_or_ref(module, t.into())?,
            MemberRefParent::TypeSpec(t) => self.type_def_or_ref(module, t.into())?,
            MemberRefParent::MethodDef(_) => return Ok(None),
            MemberRefParent::ModuleRef(m) => return Err(self.bad_token(module, m.token(), "member of a single-file assembly")),
        }))
    }

    fn member_ref_method(&self, module: ModuleId, id: MemberRefId) -> Result<MethodDesc> {
        self.memo.member_methods.get((module, id.0), || {
            let data = self.module_data(module);
            let row = data.metadata.member_ref(id).map_err(self.meta_err(module))?;
            let owner = match (self.member_parent(module, row.parent)?, row.parent) {
                (Some(owner), _) => owner,
                // A call site of a vararg method of this module.
                (None, MemberRefParent::MethodDef(def)) => return self.method_of_def(module, def),
                _ => return Err(self.bad_token(module, id.token(), "method")),
            };
            let mut sig = match data.metadata.member_ref_sig(id).map_err(self.meta_err(module))? {
                MemberSig::Method(sig) => sig,
                MemberSig::Field(_) => return Err(self.bad_token(module, id.token(), "method")),
            };
            if let Some(fixed) = sig.sentinel {
                sig.params.truncate(fixed as usize);
            }
            let sig = self.method_sig_of(module, &sig)?;
            if self.is_array(owner)
                && let Some(method) = array_method(row.name, sig.params.len())
            {
                return Ok(self.intern_method(MethodKind::Array { owner, method }));
            }
            self.lookup_method(owner, row.name, &sig)?
                .ok_or_else(|| TypeSysError::MethodNotFound(self.signature_words(self.generic_definition(owner), row.name, &sig)))
        })
    }

    /// Finds a method by name and signature (given in terms of the owner's definition) on a type, then on its bases.
    pub(crate) fn lookup_method(&self, owner: TypeDesc, name: &str, sig: &MethodSig) -> Result<Option<MethodDesc>> {
        let args = GenericArgs { type_args: self.type_args(owner), method_args: self.empty.clone() };
        let mut at = Some(self.generic_definition(owner));
        let mut failure = None;
        let mut steps = 0;
        while let Some(t) = at {
            // Arrays and other constructed types have the members of their base.
            if let Some((module, def)) = self.type_def(t) {
                let level = GenericArgs { type_args: self.type_args(t), method_args: self.empty.clone() };
                let named = self.methods_named(module, def);
                for &id in named.get(name).map_or(&[][..], Vec::as_slice) {
                    let open = match self.open_sig(module, id) {
                        Ok(open) => open,
                        // Another overload may still match.
                        Err(e) => {
                            failure.get_or_insert(e);
                            continue;
                        }
                    };
                    if self.same_sig(&open, &level, sig) {
                        return Ok(Some(self.method_in(self.substitute(t, &args), module, id)));
                    }
                }
            }
            steps += 1;
            at = if steps > 200 { None } else { self.try_base_type(t)? };
        }
        match failure {
            Some(e) => Err(e),
            None => Ok(None),
        }
    }

    /// Whether `open`, substituted with `level`, is `sig`.
    pub(crate) fn same_sig(&self, open: &MethodSig, level: &GenericArgs, sig: &MethodSig) -> bool {
        open.has_this == sig.has_this
            && open.generic_count == sig.generic_count
            && open.params.len() == sig.params.len()
            && open.params.iter().zip(&sig.params).all(|(&a, &b)| self.substitute(a, level) == b)
            && self.substitute(open.ret, level) == sig.ret
    }

    /// Signature of a MethodDef, open.
    pub(crate) fn open_sig(&self, module: ModuleId, id: MethodDefId) -> Result<Arc<MethodSig>> {
        self.memo.open_sigs.get((module, id), || {
            let data = self.module_data(module);
            let sig = data.metadata.method_sig(id).map_err(self.meta_err(module))?;
            Ok(Arc::new(self.method_sig_of(module, &sig)?))
        })
    }

    /// Field, MemberRef.
    pub fn resolve_field(&self, module: ModuleId, token: Token, args: &GenericArgs) -> Result<FieldDesc> {
        if let Some(id) = FieldId::from_token(token) {
            let data = self.module_data(module);
            data.metadata.field(id).map_err(self.meta_err(module))?;
            let owner = data.metadata.field_owner(id).ok_or_else(|| self.bad_token(module, token, "field with an owner"))?;
            let owner = self.type_of_def(module, owner);
            return Ok(self.intern_field(FieldRec { owner, module, def: id }));
        }
        let id = MemberRefId::from_token(token).ok_or_else(|| self.bad_token(module, token, "field"))?;
        let f = self.memo.member_fields.get((module, id.0), || self.member_ref_field(module, id))?;
        Ok(self.substitute_field(f, args))
    }

    fn member_ref_field(&self, module: ModuleId, id: MemberRefId) -> Result<FieldDesc> {
        let data = self.module_data(module);
        let row = data.metadata.member_ref(id).map_err(self.meta_err(module))?;
        let owner = self.member_parent(module, row.parent)?.ok_or_else(|| self.bad_token(module, id.token(), "field"))?;
        let ty = match data.metadata.member_ref_sig(id).map_err(self.meta_err(module))? {
            MemberSig::Field(ty) => self.sig_type(module, &ty)?,
            MemberSig::Method(_) => return Err(self.bad_token(module, id.token(), "field")),
        };
        let args = GenericArgs { type_args: self.type_args(owner), method_args: self.empty.clone() };
        let mut at = Some(self.generic_definition(owner));
        let mut steps = 0;
        while let Some(t) = at {
            for &f in self.fields(t).iter() {
                if self.field_name(f) == row.name && self.field_type(f) == Ok(ty) {
                    return Ok(self.substitute_field(f, &args));
                }
            }
            steps += 1;
            at = if steps > 200 { None } else { self.try_base_type(t)? };
        }
        Err(TypeSysError::FieldNotFound(format!("{}.{}", self.loader_names(owner).0, row.name)))
    }

    /// StandAloneSig of a `calli`.
    pub fn resolve_sig(&self, module: ModuleId, token: Token, args: &GenericArgs) -> Result<Arc<MethodSig>> {
        let id = StandAloneSigId::from_token(token).ok_or_else(|| self.bad_token(module, token, "signature"))?;
        let data = self.module_data(module);
        let sig = data.metadata.call_site_sig(id).map_err(self.meta_err(module))?;
        let open = self.method_sig_of(module, &sig)?;
        Ok(Arc::new(self.substitute_sig(&open, args)))
    }

    /// StandAloneSig of locals.
    pub fn local_types(&self, module: ModuleId, token: Token, args: &GenericArgs) -> Result<Vec<LocalType>> {
        let id = StandAloneSigId::from_token(token).ok_or_else(|| self.bad_token(module, token, "signature"))?;
        let data = self.module_data(module);
        let locals = data.metadata.locals_sig(id).map_err(self.meta_err(module))?;
        let local = |sig: &SigType| {
            let ty = self.substitute(self.sig_type(module, sig)?, args);
            Ok(LocalType { ty, pinned: is_pinned(sig) })
        };
        locals.iter().map(local).collect()
    }

    /// For `ldtoken`: whether the token names a field.
    pub fn is_field_token(&self, module: ModuleId, token: Token) -> bool {
        FieldId::from_token(token).is_some() || self.member_is_field(module, token) == Some(true)
    }

    /// For `ldtoken`: whether the token names a method.
    pub fn is_method_token(&self, module: ModuleId, token: Token) -> bool {
        MethodDefId::from_token(token).is_some()
            || MethodSpecId::from_token(token).is_some()
            || self.member_is_field(module, token) == Some(false)
    }

    fn member_is_field(&self, module: ModuleId, token: Token) -> Option<bool> {
        let id = MemberRefId::from_token(token)?;
        let sig = self.module_data(module).metadata.member_ref_sig(id).ok()?;
        Some(matches!(sig, MemberSig::Field(_)))
    }
}

fn is_pinned(sig: &SigType) -> bool {
    match sig {
        SigType::Pinned(_) => true,
        SigType::Modified { inner, .. } => is_pinned(inner),
        _ => false,
    }
}

fn array_method(name: &str, params: usize) -> Option<ArrayMethod> {
    Some(match name {
        ".ctor" => ArrayMethod::Ctor(params as u32),
        "Get" => ArrayMethod::Get,
        "Set" => ArrayMethod::Set,
        "Address" => ArrayMethod::Address,
        _ => return None,
    })
}

fn primitive(p: Primitive) -> WellKnown {
    match p {
        Primitive::Void => WellKnown::Void,
        Primitive::Boolean => WellKnown::Boolean,
        Primitive::Char => WellKnown::Char,
        Primitive::I1 => WellKnown::SByte,
        Primitive::U1 => WellKnown::Byte,
        Primitive::I2 => WellKnown::Int16,
        Primitive::U2 => WellKnown::UInt16,
        Primitive::I4 => WellKnown::Int32,
        Primitive::U4 => WellKnown::UInt32,
        Primitive::I8 => WellKnown::Int64,
        Primitive::U8 => WellKnown::UInt64,
        Primitive::R4 => WellKnown::Single,
        Primitive::R8 => WellKnown::Double,
        Primitive::String => WellKnown::String,
        Primitive::TypedByRef => WellKnown::TypedReference,
        Primitive::I => WellKnown::IntPtr,
        Primitive::U => WellKnown::UIntPtr,
        Primitive::Object => WellKnown::Object,
    }
}
