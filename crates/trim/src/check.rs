//! Findings of one method: what it uses that requires something, and whether it differs from what it overrides.
//!
//! What it uses is read off its IL, since importing replaces calls by what they come to; which of it is looked at is read off its MIR, where
//! branches that switches and guards exclude are gone.

use crate::flow::Flow;
use crate::requirement::{Kind, is_passed_on, of_call, of_field, of_method};
use crate::suppression::Suppressions;
use crate::{guards, member, names};
use kiln_diag::{Code, codes};
use kiln_il::{Decoder, Opcode, Operand};
use kiln_metadata::TypeOrMethodDef;
use kiln_metadata::flags::generic_param_attributes;
use kiln_mir::Function;
use kiln_support::{FxHashMap, FxHashSet};
use kiln_typesys::{FieldDesc, MethodDesc, ModuleId, Resolved, TypeDesc, TypeKind, TypeSystem, VtableEntry};

/// Something that the user should hear of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// .NET's code.
    pub code: Code,
    /// The member that the user wrote, as messages name it.
    pub member: String,
    /// The method whose IL it is in: a definition. Nothing if it is about an assembly.
    pub at: Option<MethodDesc>,
    /// Where in its IL; nothing if it is about the method as a whole.
    pub offset: Option<u32>,
    /// What is wrong, a sentence without a final dot.
    pub text: String,
}

/// What a method uses.
#[derive(Clone, Copy)]
enum Use {
    Method(MethodDesc),
    /// A static field.
    Field(FieldDesc),
    /// A field of an object, which requires nothing.
    InstanceField(FieldDesc),
}

/// Members that say where assemblies are.
const ASSEMBLY_FILES: [(&str, &str, Code); 5] = [
    ("Assembly", "get_Location", codes::NO_ASSEMBLY_LOCATION),
    ("AssemblyName", "get_CodeBase", codes::NO_ASSEMBLY_LOCATION),
    ("AssemblyName", "get_EscapedCodeBase", codes::NO_ASSEMBLY_LOCATION),
    ("Assembly", "GetFile", codes::NO_ASSEMBLY_FILE),
    ("Assembly", "GetFiles", codes::NO_ASSEMBLY_FILE),
];

/// Looks at methods of the application.
#[derive(Debug)]
pub struct Trim {
    /// See [`ASSEMBLY_FILES`].
    assembly_files: Vec<(MethodDesc, Code)>,
    suppressions: Suppressions,
    flow: Flow,
    /// Where the program starts.
    entry: Option<MethodDesc>,
    /// Of lambdas and local functions, the member whose code names them.
    parts: FxHashMap<MethodDesc, MethodDesc>,
    /// Getters that were looked at for being guards.
    getters: FxHashSet<MethodDesc>,
}

impl Trim {
    /// For the programs of a universe. `application`: what is not the class library's. `entry`: where the program starts.
    #[must_use]
    pub fn new(ts: &TypeSystem, application: impl IntoIterator<Item = ModuleId>, entry: Option<MethodDesc>) -> Self {
        let found = |namespace: &str, owner: &str, name: &str| {
            ts.find_type(ts.corelib(), namespace, owner).map(|t| ts.find_methods(t, name)).unwrap_or_default()
        };
        let assembly_files = ASSEMBLY_FILES
            .iter()
            .flat_map(|&(owner, name, code)| found("System.Reflection", owner, name).into_iter().map(move |m| (m, code)))
            .collect();
        let flow = Flow::new(ts, application.into_iter().collect());
        Self {
            assembly_files,
            suppressions: Suppressions::default(),
            flow,
            entry,
            parts: FxHashMap::default(),
            getters: FxHashSet::default(),
        }
    }

    /// The findings of a method as it was imported, in the order of its code.
    pub fn check(&mut self, ts: &TypeSystem, method: &Function) -> Vec<Finding> {
        let origins = member::origins(ts, method.method);
        let mut out = Vec::new();
        self.misplaced(ts, &origins, &mut out);
        self.overriding(ts, &origins, &mut out);
        let live = live(method);
        let (mut asks, mut has_parts) = (false, origins.len() > 1);
        for (used, offset, live) in uses(ts, method, &live) {
            match used {
                Use::Method(m) => {
                    asks = asks || self.flow.asks(ts, m);
                    let is_made = member::is_made(ts, m);
                    has_parts = has_parts || is_made;
                    if is_made {
                        self.part(ts, &origins, m, offset, &mut out);
                    }
                    self.guard(ts, m, &mut out);
                }
                Use::Field(f) => asks = asks || self.flow.asks_of_field(ts, f),
                Use::InstanceField(f) => {
                    asks = asks || self.flow.asks_of_field(ts, f);
                    has_parts = has_parts || member::is_hoisted(ts, f);
                }
            }
            if !live || matches!(used, Use::InstanceField(_)) {
                continue;
            }
            let about_files = self.file_code(ts, used);
            self.requirements(ts, &origins, used, about_files.is_some(), offset, &mut out);
            if let (Some(code), Use::Method(m)) = (about_files, used) {
                self.files(ts, &origins, m, code, offset, &mut out);
            }
        }
        self.flow.note(ts, method.method, live, asks, has_parts);
        out
    }

    /// What data flow finds in the methods that were checked, once all of them were, and what is wrong with the program's own assembly.
    pub fn findings(&mut self, ts: &TypeSystem) -> Vec<Finding> {
        let mut out = self.scopes(ts);
        out.append(&mut self.flow.findings(ts));
        out
    }

    /// Suppressions whose scope is none.
    fn scopes(&mut self, ts: &TypeSystem) -> Vec<Finding> {
        let Some((module, _)) = self.entry.and_then(|m| ts.method_def(m)) else { return Vec::new() };
        let of = |(code, scope, target): (String, String, String)| Finding {
            code: codes::SUPPRESSION_SCOPE,
            member: ts.assembly_name(module),
            at: None,
            offset: None,
            text: format!(
                "`[UnconditionalSuppressMessage]` of {code} with the scope \"{scope}\" and the target \"{target}\" suppresses nothing: \
                 `Scope` is \"module\", \"type\" or \"member\""
            ),
        };
        crate::suppression::without_scope(ts, module).into_iter().map(of).collect()
    }

    /// Requirements that nobody can be told of.
    fn misplaced(&mut self, ts: &TypeSystem, origins: &[MethodDesc], out: &mut Vec<Finding>) {
        let [own] = *origins else { return };
        let is_cctor = ts.is_cctor(own);
        if !is_cctor && self.entry != Some(own) {
            return;
        }
        for kind in Kind::ALL.into_iter().filter(|&kind| of_method(ts, own, kind).is_some()) {
            let (code, whose, cure) = if is_cctor {
                (kind.on_class_constructor(), "a class constructor, which nobody calls by its name", "put it on the class")
            } else {
                (kind.on_entry_point(), "where the program starts, so that nobody is told", "take it off")
            };
            let text = format!("`[{}]` stands on {whose}: {cure}", kind.written());
            self.say(ts, origins, code, None, text, out);
        }
    }

    /// What is used may be a guard that is none.
    fn guard(&mut self, ts: &TypeSystem, used: MethodDesc, out: &mut Vec<Finding>) {
        let used = ts.method_definition(used);
        let own = ts.method_def(used).is_some_and(|(module, _)| self.flow.is_application(module));
        if own
            && guards::is_getter(ts, used)
            && self.getters.insert(used)
            && let Some((code, text)) = guards::wrong(ts, used)
        {
            self.say(ts, &[used], code, None, text, out);
        }
    }

    /// A method of the compiler's is used. What it is a part of is told by its name, and should be the member that uses it.
    fn part(&mut self, ts: &TypeSystem, origins: &[MethodDesc], used: MethodDesc, offset: u32, out: &mut Vec<Finding>) {
        let used = ts.method_definition(used);
        let (Some(&user), Some(outer)) = (origins.last(), member::named_after(ts, used)) else { return };
        let first = *self.parts.entry(used).or_insert(user);
        let names = [first, user].map(|m| ts.method_name(m));
        if first != user && names.iter().any(|name| *name != outer) {
            let text = format!(
                "`{}` and `{}` both use `{}`, which the C# compiler makes for one member",
                names::method(ts, first),
                names::method(ts, user),
                names::method(ts, used)
            );
            self.say(ts, origins, codes::PART_OF_SEVERAL, Some(offset), text, out);
        }
    }

    /// `about_files`: what it says of assembly files is said by [`Self::files`] alone, as .NET does.
    fn requirements(&mut self, ts: &TypeSystem, origins: &[MethodDesc], used: Use, about_files: bool, offset: u32, out: &mut Vec<Finding>) {
        if matches!(used, Use::Method(m) if self.flow.decides(ts.method_definition(m))) {
            return;
        }
        for kind in Kind::ALL {
            let required = match used {
                Use::Method(m) => of_call(ts, m, kind),
                Use::Field(f) => of_field(ts, f, kind),
                Use::InstanceField(_) => None,
            };
            let Some(required) = required else { continue };
            if kind == Kind::AssemblyFiles && about_files {
                continue;
            }
            if origins.iter().any(|&m| is_passed_on(ts, m, kind)) {
                continue;
            }
            let name = match used {
                Use::Method(m) => names::method(ts, m),
                Use::Field(f) | Use::InstanceField(f) => names::field(ts, f),
            };
            let text = format!("`{name}` {}", required.says(kind));
            self.say(ts, origins, kind.code(), Some(offset), text, out);
        }
    }

    fn file_code(&self, ts: &TypeSystem, used: Use) -> Option<Code> {
        let Use::Method(m) = used else { return None };
        let m = ts.method_definition(m);
        self.assembly_files.iter().find(|(known, _)| *known == m).map(|(_, code)| *code)
    }

    fn files(&mut self, ts: &TypeSystem, origins: &[MethodDesc], m: MethodDesc, code: Code, offset: u32, out: &mut Vec<Finding>) {
        if origins.iter().any(|&m| is_passed_on(ts, m, Kind::AssemblyFiles)) {
            return;
        }
        let what = if code == codes::NO_ASSEMBLY_LOCATION { "is always empty" } else { "throws" };
        let text = format!(
            "`{}` {what}: the assemblies of a native program are no files; `AppContext.BaseDirectory` is its folder",
            names::method(ts, m)
        );
        self.say(ts, origins, code, Some(offset), text, out);
    }

    /// Requirements must be the same on a member and on what it overrides or implements: callers see either.
    fn overriding(&mut self, ts: &TypeSystem, origins: &[MethodDesc], out: &mut Vec<Finding>) {
        let Some(&own) = origins.first() else { return };
        for base in overridden(ts, own) {
            self.flow.overriding(ts, own, base, out);
            for kind in Kind::ALL {
                let (here, there) = (of_call(ts, own, kind).is_some(), of_call(ts, base, kind).is_some());
                if here == there {
                    continue;
                }
                let verb = if ts.is_interface(ts.method_owner(base)) { "implements" } else { "overrides" };
                let (with, without) = if here { ("has", "has not") } else { ("has no", "has") };
                let text = format!(
                    "`{}` {with} `[{written}]` and {verb} `{}`, which {without}: callers of one are not told what the other needs",
                    names::method(ts, own),
                    names::method(ts, base),
                    written = kind.written()
                );
                self.say(ts, &[own], kind.mismatch(), None, text, out);
            }
        }
    }

    fn say(&mut self, ts: &TypeSystem, origins: &[MethodDesc], code: Code, offset: Option<u32>, text: String, out: &mut Vec<Finding>) {
        let (Some(&at), Some(&written)) = (origins.first(), origins.last()) else { return };
        if !self.suppressions.covers(ts, origins, code.as_str()) {
            out.push(Finding { code, member: names::method(ts, written), at: Some(at), offset, text });
        }
    }
}

/// Offsets of what is in the MIR of a method.
fn live(method: &Function) -> FxHashSet<u32> {
    method.blocks.iter().flat_map(|b| b.insts.iter().map(|(_, _, pos)| pos.offset).chain([b.term_pos.offset])).collect()
}

/// What a method uses, by IL offset, and whether that is in its MIR: what it calls or takes the address of, fields, and constructors that
/// type arguments bring with them.
fn uses(ts: &TypeSystem, method: &Function, live: &FxHashSet<u32>) -> Vec<(Use, u32, bool)> {
    let mut out = Vec::new();
    let Ok(Some(il)) = ts.method_body(method.method) else { return out };
    let Ok(body) = il.body() else { return out };
    let context = il.map_context(&ts.method_generic_context(method.method));
    for i in Decoder::new(body.code).flatten() {
        // A function that is loaded for a delegate, and a token for a call, have become part of what follows.
        let joins = matches!(i.opcode, Opcode::Ldftn | Opcode::Ldvirtftn | Opcode::Ldtoken);
        let is_live = live.contains(&i.offset) || joins && live.contains(&i.end);
        let called = match i.operand {
            Operand::Method(token) => Some(token.token()),
            Operand::Token(token) => Some(token.token()),
            Operand::Field(token) => {
                let is_static = matches!(i.opcode, Opcode::Ldsfld | Opcode::Stsfld | Opcode::Ldsflda);
                let of = |f| if is_static { Use::Field(f) } else { Use::InstanceField(f) };
                out.extend(ts.resolve_field(il.module, token.token(), &context).ok().map(|f| (of(f), i.offset, is_live)));
                None
            }
            _ => None,
        };
        if let Some(m) = called.and_then(|token| ts.resolve_method(il.module, token, &context).ok()) {
            out.push((Use::Method(m), i.offset, is_live));
            if is_live {
                out.extend(constructors(ts, m).into_iter().map(|c| (Use::Method(c), i.offset, true)));
            }
        }
    }
    out
}

/// Parameterless constructors that a generic method or its type may call (`where T : new()`).
fn constructors(ts: &TypeSystem, m: MethodDesc) -> Vec<MethodDesc> {
    let mut out = Vec::new();
    let owner = ts.method_owner(m);
    let of_method = ts.method_def(m).map(|(module, row)| (module, TypeOrMethodDef::from(row)));
    let of_type = ts.type_def(owner).map(|(module, row)| (module, TypeOrMethodDef::from(row)));
    for (definition, args) in [(of_method, ts.method_args(m)), (of_type, ts.type_args(owner))] {
        let Some((module, definition)) = definition else { continue };
        if args.is_empty() {
            continue;
        }
        let metadata = ts.module(module);
        let rows = metadata.generic_params_of(definition).filter_map(|id| metadata.generic_param(id).ok());
        for row in rows.filter(|row| row.flags & generic_param_attributes::DEFAULT_CONSTRUCTOR_CONSTRAINT != 0) {
            let made = args.get(usize::from(row.number)).copied().filter(|&t| is_class(ts, t)).and_then(|t| ts.default_ctor(t));
            out.extend(made);
        }
    }
    out
}

fn is_class(ts: &TypeSystem, t: TypeDesc) -> bool {
    matches!(ts.kind(t), TypeKind::Def { .. })
}

/// What a method overrides in the base type, and implements of its type's interfaces.
fn overridden(ts: &TypeSystem, m: MethodDesc) -> Vec<MethodDesc> {
    if !ts.is_virtual(m) || ts.is_static_method(m) {
        return Vec::new();
    }
    let owner = ts.method_owner(m);
    let mut out = Vec::new();
    let inherited = ts.base_type(owner).and_then(|base| {
        let slot = ts.vtable_slot(m).ok()?;
        match ts.vtable(base).ok()?.get(slot as usize)? {
            VtableEntry::Method(s) => Some(ts.method_definition(s.imp)),
            VtableEntry::Dictionary(_) => None,
        }
    });
    out.extend(inherited);
    for &interface in ts.interfaces(owner).iter() {
        for &declared in ts.methods(interface).iter().filter(|&&d| ts.is_virtual(d) && !ts.is_static_method(d)) {
            if let Resolved::Method(found) = ts.resolve_interface(declared, owner)
                && ts.method_definition(found) == m
            {
                out.push(ts.method_definition(declared));
            }
        }
    }
    out
}
