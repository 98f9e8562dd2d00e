//! `[Requires…]` on members, properties and types: what a member requires of its callers, and who passes the requirement on.

use kiln_diag::{Code, codes};
use kiln_metadata::flags::method_semantics;
use kiln_metadata::{HasCustomAttribute, MethodDefId, PropertyId};
use kiln_typesys::{FieldDesc, MethodDesc, ModuleId, TypeDesc, TypeSystem};

const NAMESPACE: &str = "System.Diagnostics.CodeAnalysis";

/// What may be required.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// Members that nothing in the program names.
    UnreferencedCode,
    /// Code that is made at run time.
    DynamicCode,
    /// Assemblies as files.
    AssemblyFiles,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::UnreferencedCode, Self::DynamicCode, Self::AssemblyFiles];

    pub(crate) fn attribute(self) -> &'static str {
        match self {
            Self::UnreferencedCode => "RequiresUnreferencedCodeAttribute",
            Self::DynamicCode => "RequiresDynamicCodeAttribute",
            Self::AssemblyFiles => "RequiresAssemblyFilesAttribute",
        }
    }

    /// The attribute as it is written.
    pub(crate) fn written(self) -> &'static str {
        self.attribute().strip_suffix("Attribute").unwrap_or_default()
    }

    /// The code of a use.
    pub(crate) fn code(self) -> Code {
        match self {
            Self::UnreferencedCode => codes::REQUIRES_UNREFERENCED_CODE,
            Self::DynamicCode => codes::REQUIRES_DYNAMIC_CODE,
            Self::AssemblyFiles => codes::REQUIRES_ASSEMBLY_FILES,
        }
    }

    /// The code of an override that differs.
    pub(crate) fn mismatch(self) -> Code {
        match self {
            Self::UnreferencedCode => codes::UNREFERENCED_CODE_MISMATCH,
            Self::DynamicCode => codes::DYNAMIC_CODE_MISMATCH,
            Self::AssemblyFiles => codes::ASSEMBLY_FILES_MISMATCH,
        }
    }

    /// The code of a class constructor that has it.
    pub(crate) fn on_class_constructor(self) -> Code {
        match self {
            Self::UnreferencedCode => codes::UNREFERENCED_CODE_ON_CLASS_CONSTRUCTOR,
            Self::DynamicCode => codes::DYNAMIC_CODE_ON_CLASS_CONSTRUCTOR,
            Self::AssemblyFiles => codes::ASSEMBLY_FILES_ON_CLASS_CONSTRUCTOR,
        }
    }

    /// The code of an entry point that has it.
    pub(crate) fn on_entry_point(self) -> Code {
        match self {
            Self::UnreferencedCode => codes::UNREFERENCED_CODE_ON_ENTRY_POINT,
            Self::DynamicCode => codes::DYNAMIC_CODE_ON_ENTRY_POINT,
            Self::AssemblyFiles => codes::ASSEMBLY_FILES_ON_ENTRY_POINT,
        }
    }

    /// What such a member needs, as the rest of a sentence.
    pub(crate) fn needs(self) -> &'static str {
        match self {
            Self::UnreferencedCode => "may need members that are not in a trimmed program",
            Self::DynamicCode => "may need code that is not made ahead of time",
            Self::AssemblyFiles => "needs assemblies as files, and a native program has none",
        }
    }
}

/// What an attribute says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Requirement {
    /// The author's text, which may be empty.
    pub(crate) message: String,
    /// Where there is more.
    pub(crate) url: Option<String>,
}

impl Requirement {
    /// The rest of a sentence about a member that has it.
    pub(crate) fn says(&self, kind: Kind) -> String {
        let message = self.message.trim().trim_end_matches('.');
        let mut out = format!("{}, as its `[{}]` says", kind.needs(), kind.written());
        if !message.is_empty() {
            out.push_str(&format!(": {message}"));
        }
        if let Some(url) = &self.url {
            out.push_str(&format!(" ({url})"));
        }
        out
    }
}

/// What calling a method requires: by itself, by its property, or by its type if that makes or needs no object.
pub(crate) fn of_call(ts: &TypeSystem, m: MethodDesc, kind: Kind) -> Option<Requirement> {
    // Class constructors are not called by code; who uses the type is asked instead.
    if ts.is_cctor(m) || kind == Kind::DynamicCode && is_done_without(ts, m) {
        return None;
    }
    of_method(ts, m, kind).or_else(|| (ts.is_static_method(m) || ts.is_ctor(m)).then(|| of_type(ts, ts.method_owner(m), kind)).flatten())
}

/// Whether Kiln does what a member of the class library generates code for: proxies of an interface that is known.
fn is_done_without(ts: &TypeSystem, m: MethodDesc) -> bool {
    ts.method_generic_count(m) == 2
        && ts.method_name(m) == "Create"
        && ts.namespace_and_name(ts.method_owner(m)) == ("System.Reflection".to_owned(), "DispatchProxy".to_owned())
}

/// What using a static field requires: by its type.
pub(crate) fn of_field(ts: &TypeSystem, f: FieldDesc, kind: Kind) -> Option<Requirement> {
    of_type(ts, ts.field_owner(f), kind)
}

/// Whether a member passes the requirement on to its own callers, so that it may use what it likes: by itself, or by a type around it.
pub(crate) fn is_passed_on(ts: &TypeSystem, m: MethodDesc, kind: Kind) -> bool {
    let mut types = std::iter::successors(Some(ts.method_owner(m)), |&t| ts.enclosing_type(t));
    (!ts.is_cctor(m) && of_method(ts, m, kind).is_some()) || types.any(|t| of_type(ts, t, kind).is_some())
}

/// What stands on the method or on its property.
pub(crate) fn of_method(ts: &TypeSystem, m: MethodDesc, kind: Kind) -> Option<Requirement> {
    let (module, row) = ts.method_def(m)?;
    of_row(ts, module, row.into(), kind).or_else(|| of_row(ts, module, property_of(ts, module, row)?.into(), kind))
}

pub(crate) fn of_type(ts: &TypeSystem, t: TypeDesc, kind: Kind) -> Option<Requirement> {
    let (module, row) = ts.type_def(t)?;
    of_row(ts, module, row.into(), kind)
}

fn of_row(ts: &TypeSystem, module: ModuleId, owner: HasCustomAttribute, kind: Kind) -> Option<Requirement> {
    if let Some(added) = ts.added_attributes(module, owner, NAMESPACE, kind.attribute()).first() {
        let message = added.arguments.first().map(String::as_str).or(added.named("Message")).unwrap_or_default();
        return Some(Requirement { message: message.to_owned(), url: added.named("Url").map(str::to_owned) });
    }
    let metadata = ts.module(module);
    let attribute = metadata.find_attribute(owner, NAMESPACE, kind.attribute()).ok()??;
    // Damaged arguments leave the requirement without its text.
    let arguments = metadata.decode_attribute(attribute, &mut |_| None).unwrap_or_default();
    let text = |value: Option<&kiln_metadata::AttrValue<'_>>| value.and_then(|v| v.as_str()).map(str::to_owned);
    Some(Requirement { message: text(arguments.fixed.first()).unwrap_or_default(), url: text(arguments.named("Url")) })
}

/// The property whose accessor a method is.
pub(crate) fn property_of(ts: &TypeSystem, module: ModuleId, row: MethodDefId) -> Option<PropertyId> {
    let metadata = ts.module(module);
    let name = metadata.method_def(row).ok()?.name;
    if !name.contains("get_") && !name.contains("set_") {
        return None;
    }
    let is_accessor = |&p: &PropertyId| {
        [method_semantics::GETTER, method_semantics::SETTER].into_iter().any(|s| metadata.accessor(p, s) == Ok(Some(row)))
    };
    metadata.properties_of(metadata.method_owner(row)?).ok()?.into_iter().find(is_accessor)
}
