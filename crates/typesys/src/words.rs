//! The words in which the runtime's loader says what it does not find or refuses: names of types, assemblies and members as its
//! exceptions have them.

use crate::TypeSystem;
use crate::desc::*;

impl TypeSystem {
    /// A definition's full name and its assembly's identity, as the loader writes them.
    pub(crate) fn loader_names(&self, t: TypeDesc) -> (String, String) {
        let (namespace, name) = self.namespace_and_name(t);
        let full = if namespace.is_empty() { name } else { format!("{namespace}.{name}") };
        (full, self.type_def(t).map_or_else(String::new, |(module, _)| self.assembly_identity(module)))
    }

    /// `Name, Version=…, Culture=…, PublicKeyToken=…`.
    pub fn assembly_identity(&self, module: ModuleId) -> String {
        let m = self.module(module);
        m.assembly().ok().flatten().map_or_else(String::new, |row| row.identity().to_string())
    }

    /// ``List`1[T]``.
    pub(crate) fn definition_with_parameters(&self, t: TypeDesc) -> String {
        let (name, _) = self.loader_names(t);
        let Some((module, def)) = self.type_def(t) else { return name };
        let data = self.module_data(module);
        let rows = data.metadata.generic_params_of(def).filter_map(|id| data.metadata.generic_param(id).ok());
        let names: Vec<&str> = rows.map(|row| row.name).collect();
        format!("{name}[{}]", names.join(","))
    }

    /// A type as reflection writes it: ``System.Span`1[System.Int32]``.
    pub fn reflection_name(&self, t: TypeDesc) -> String {
        match self.kind(t) {
            TypeKind::SzArray(e) => format!("{}[]", self.reflection_name(e)),
            TypeKind::MdArray(e, rank) => {
                let inside = if rank == 1 { "*".to_owned() } else { ",".repeat(rank as usize - 1) };
                format!("{}[{inside}]", self.reflection_name(e))
            }
            TypeKind::ByRef(e) => format!("{}&", self.reflection_name(e)),
            TypeKind::Ptr(e) => format!("{}*", self.reflection_name(e)),
            TypeKind::Def { args, .. } => {
                let (name, _) = self.loader_names(t);
                if args.is_empty() {
                    return name;
                }
                let args: Vec<String> = args.iter().map(|&a| self.reflection_name(a)).collect();
                format!("{name}[{}]", args.join(","))
            }
            _ => self.type_display(t),
        }
    }

    /// `Int32 C.M(System.String, Int32 ByRef)`: a method that is not there.
    pub(crate) fn signature_words(&self, owner: TypeDesc, name: &str, sig: &MethodSig) -> String {
        let params: Vec<String> = sig.params.iter().map(|&p| self.signature_type(p)).collect();
        format!("{} {}.{name}({})", self.signature_type(sig.ret), self.loader_names(owner).0, params.join(", "))
    }

    /// A type in a signature: primitives have no namespace there.
    pub(crate) fn signature_type(&self, t: TypeDesc) -> String {
        match self.kind(t) {
            TypeKind::SzArray(e) => format!("{}[]", self.signature_type(e)),
            TypeKind::MdArray(e, rank) => format!("{}[{}]", self.signature_type(e), ",".repeat((rank as usize).saturating_sub(1))),
            TypeKind::ByRef(e) => format!("{} ByRef", self.signature_type(e)),
            TypeKind::Ptr(e) => format!("{}*", self.signature_type(e)),
            TypeKind::Var(n) => format!("!{n}"),
            TypeKind::MVar(n) => format!("!!{n}"),
            TypeKind::Def { args, .. } => {
                let element = matches!(self.type_class(t), TypeClass::Prim(_)) && !self.is_enum(t);
                let (namespace, simple) = self.namespace_and_name(t);
                let name = if element || self.is_well_known(t, WellKnown::TypedReference) || namespace.is_empty() {
                    simple
                } else {
                    format!("{namespace}.{simple}")
                };
                if args.is_empty() {
                    return name;
                }
                let args: Vec<String> = args.iter().map(|&a| self.signature_type(a)).collect();
                format!("{name}<{}>", args.join(","))
            }
            TypeKind::FnPtr(_) | TypeKind::RuntimeDetermined { .. } => self.type_display(t),
        }
    }
}
