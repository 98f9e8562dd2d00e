//! Names: unique ones for symbols, short ones for people, and the form in which natives and replacements are keyed.

use crate::TypeSystem;
use crate::desc::*;
use std::fmt::Write;

/// Names for people are cut off behind this many bytes.
const MAX_DISPLAY: usize = 1 << 12;

/// How type names are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// Unique: assemblies (but CoreLib's) and arguments included.
    Link,
    /// For people.
    Display,
    /// Like display, with variables by the names their owner declares.
    Key,
}

/// Whose variables are named (style `Key`).
#[derive(Clone, Copy)]
struct Scope {
    owner: Option<(ModuleId, kiln_metadata::TypeDefId)>,
    method: Option<(ModuleId, kiln_metadata::MethodDefId)>,
}

const NO_SCOPE: Scope = Scope { owner: None, method: None };

impl TypeSystem {
    /// Unique stable name: ``[Asm]Ns.Outer+Inner`1<[Asm]X>``; types of CoreLib without the `[Asm]`.
    pub fn type_name(&self, t: TypeDesc) -> String {
        self.type_name_rc(t).to_string()
    }

    fn type_name_rc(&self, t: TypeDesc) -> std::rc::Rc<str> {
        self.memo.type_names.get(t, || {
            let mut s = String::new();
            self.write_type(&mut s, t, Style::Link, NO_SCOPE);
            s.into()
        })
    }

    /// Short name for people: ``Ns.List`1<System.String>``.
    pub fn type_display(&self, t: TypeDesc) -> String {
        let mut s = String::new();
        self.write_type(&mut s, t, Style::Display, NO_SCOPE);
        s
    }

    /// Namespace (of the outermost type) and name (`Outer+Inner`). Constructed types: of the innermost element, with its suffixes.
    pub fn namespace_and_name(&self, t: TypeDesc) -> (String, String) {
        match self.info(t) {
            Some(i) => (i.namespace.clone(), i.name.clone()),
            None => match (self.element_type(t), self.kind(t)) {
                (Some(e), kind) => {
                    let (ns, mut name) = self.namespace_and_name(e);
                    write_suffix(&mut name, &kind);
                    (ns, name)
                }
                (None, _) => (String::new(), self.type_display(t)),
            },
        }
    }

    fn write_list(&self, out: &mut String, list: &[TypeDesc], style: Style, scope: Scope) {
        for (i, &a) in list.iter().enumerate() {
            if i > 0 {
                out.push(',');
            }
            self.write_type(out, a, style, scope);
        }
    }

    fn write_type(&self, out: &mut String, t: TypeDesc, style: Style, scope: Scope) {
        // Arguments that repeat may make a name exponentially longer than its type is deep; such types do not load.
        if style == Style::Display && out.len() > MAX_DISPLAY {
            out.push('…');
            return;
        }
        match self.kind(t) {
            TypeKind::Def { module, def, args } => {
                if style == Style::Link && module != self.corelib() {
                    let _ = write!(out, "[{}]", self.assembly_name(module));
                }
                let info = self.def_info(module, def);
                if !info.namespace.is_empty() {
                    out.push_str(&info.namespace);
                    out.push('.');
                }
                out.push_str(&info.name);
                if !args.is_empty() {
                    out.push('<');
                    self.write_list(out, &args, style, scope);
                    out.push('>');
                }
            }
            TypeKind::FnPtr(sig) => {
                // The key form is that of the surveys: return type and parameters.
                if style == Style::Link {
                    let _ = write!(out, "fn{}{}", sig.call_conv, if sig.has_this { "this" } else { "" });
                } else {
                    self.write_type(out, sig.ret, style, scope);
                }
                out.push('(');
                self.write_list(out, &sig.params, style, scope);
                out.push(')');
                if style == Style::Link {
                    out.push(':');
                    self.write_type(out, sig.ret, style, scope);
                }
            }
            TypeKind::Var(i) => match self.variable_name(style, scope.owner.map(|(m, d)| (m, d.into())), i) {
                Some(name) => out.push_str(&name),
                None => {
                    let _ = write!(out, "!{i}");
                }
            },
            TypeKind::MVar(i) => match self.variable_name(style, scope.method.map(|(m, d)| (m, d.into())), i) {
                Some(name) => out.push_str(&name),
                None => {
                    let _ = write!(out, "!!{i}");
                }
            },
            TypeKind::RuntimeDetermined { var, canon } => {
                out.push('{');
                self.write_type(out, var, style, scope);
                out.push('=');
                self.write_type(out, canon, style, scope);
                out.push('}');
            }
            ref kind => {
                if let Some(e) = self.element_type(t) {
                    self.write_type(out, e, style, scope);
                }
                write_suffix(out, kind);
            }
        }
    }

    fn variable_name(&self, style: Style, owner: Option<(ModuleId, kiln_metadata::TypeOrMethodDef)>, index: u32) -> Option<String> {
        if style != Style::Key {
            return None;
        }
        let (module, owner) = owner?;
        let data = self.module_data(module);
        let mut rows = data.metadata.generic_params_of(owner).filter_map(|id| data.metadata.generic_param(id).ok());
        rows.find(|r| u32::from(r.number) == index).map(|r| r.name.to_owned())
    }

    /// Unique stable link name `[Asm]Ns.T::M<inst>(params):ret`; parameters as in the definition's signature.
    pub fn method_name_full(&self, m: MethodDesc) -> String {
        self.memo
            .method_full_names
            .get(m, || {
                let mut s = String::from(&*self.type_name_rc(self.method_owner(m)));
                s.push_str("::");
                s.push_str(&self.method_name(m));
                let args = self.method_args(m);
                if !args.is_empty() {
                    s.push('<');
                    self.write_list(&mut s, &args, Style::Link, NO_SCOPE);
                    s.push('>');
                }
                // Not the substituted signature: `M(T)` and `M(int)` on `C<int>` are two methods.
                self.write_sig(&mut s, self.method_definition(m), Style::Link, NO_SCOPE);
                s.into()
            })
            .to_string()
    }

    fn write_sig(&self, out: &mut String, m: MethodDesc, style: Style, scope: Scope) {
        match self.method_sig(m) {
            Ok(sig) => {
                out.push('(');
                self.write_list(out, &sig.params, style, scope);
                out.push_str("):");
                self.write_type(out, sig.ret, style, scope);
            }
            // Cannot be compiled either; the row keeps the name unique.
            Err(_) => {
                let _ = write!(out, "(?{:?})", self.method_def(m));
            }
        }
    }

    /// `Ns.T::M(int32)`.
    pub fn method_display(&self, m: MethodDesc) -> String {
        let mut s = self.type_display(self.method_owner(m));
        s.push_str("::");
        s.push_str(&self.method_name(m));
        let args = self.method_args(m);
        if !args.is_empty() {
            s.push('<');
            self.write_list(&mut s, &args, Style::Display, NO_SCOPE);
            s.push('>');
        }
        s.push('(');
        if let Ok(sig) = self.method_sig(m) {
            self.write_list(&mut s, &sig.params, Style::Display, NO_SCOPE);
        }
        s.push(')');
        s
    }

    /// `System.Object::GetType():System.Type`: definition's signature, no assemblies; type parameters by name, those of the method
    /// after its name, those of the owner left out. What the overlay gives to the runtime has the name that it says.
    pub fn fcall_name(&self, m: MethodDesc) -> String {
        self.native_of_overlay(m).map_or_else(|| self.method_key(m), |name| name.as_ref().to_owned())
    }

    /// The same of the method as it is declared.
    pub(crate) fn method_key(&self, m: MethodDesc) -> String {
        let def = self.method_definition(m);
        let owner = self.method_owner(def);
        let mut s = match self.info(owner) {
            Some(i) if i.namespace.is_empty() => i.name.clone(),
            Some(i) => format!("{}.{}", i.namespace, i.name),
            None => self.type_display(owner),
        };
        s.push_str("::");
        s.push_str(&self.method_name(def));
        let scope = Scope { owner: self.type_def(owner), method: self.method_def(def) };
        let args = self.method_args(def);
        if !args.is_empty() {
            s.push('<');
            self.write_list(&mut s, &args, Style::Key, scope);
            s.push('>');
        }
        self.write_sig(&mut s, def, Style::Key, scope);
        s
    }
}

fn write_suffix(out: &mut String, kind: &TypeKind) {
    match kind {
        TypeKind::SzArray(_) => out.push_str("[]"),
        TypeKind::MdArray(_, 1) => out.push_str("[*]"),
        TypeKind::MdArray(_, rank) => {
            out.push('[');
            for _ in 1..*rank {
                out.push(',');
            }
            out.push(']');
        }
        TypeKind::ByRef(_) => out.push('&'),
        TypeKind::Ptr(_) => out.push('*'),
        _ => {}
    }
}
