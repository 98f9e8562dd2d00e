//! The code of nodes: methods are imported and lowered, stubs are made, and what does not compile throws instead.

use crate::features::FeaturePolicy;
use crate::generics::{MAX_DEPTH, method_depth};
use crate::graph::{Node, Reason};
use crate::messages::Messages;
use crate::program::Warning;
use crate::reflection::demands;
use crate::throwing::throw_function;
use crate::{AnalysisError, AnalysisOptions};
use kiln_abi::helpers::throw_kind;
use kiln_diag::codes;
use kiln_flow::{Flow, Types};
use kiln_importer::{ImportOptions, import_method, type_throw_kind, type_throw_text};
use kiln_lir::{Function, Sym, SymKind};
use kiln_lower::{LowerError, LowerOptions, lower_method, lower_stub, sym_name};
use kiln_mir as mir;
use kiln_support::FxHashSet;
use kiln_trim::{Finding, Trim};
use kiln_typesys::{MethodDesc, ModuleId, TypeSystem};
use std::ops::Range;
use std::time::{Duration, Instant};

/// What the functions of a node come from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Source {
    /// The IL of a method.
    Il,
    /// The compiler.
    Stub,
    /// A failure.
    Nothing,
}

/// The code of a node.
#[derive(Debug)]
pub(crate) struct Body {
    /// The function, and those that go with it (filters). None while there is MIR: both together are most of what a large program takes.
    pub(crate) functions: Vec<Function>,
    /// What they were lowered from and can be again, where it is kept.
    pub(crate) mir: Option<mir::Function>,
    pub(crate) source: Source,
    /// What the flow of types found in it.
    pub(crate) found: Vec<(Node, Reason)>,
    /// The edges that the code has in the graph's log.
    pub(crate) edges: Range<usize>,
    /// Those by which the policies answered when the method was reached.
    pub(crate) answers: Range<usize>,
    /// What the user should hear of the application's own methods.
    pub(crate) findings: Vec<Finding>,
    /// The functions went to the sink.
    pub(crate) taken: bool,
}

/// Takes functions as soon as they are known to be in the program, so that the code of a large one is never in memory as a whole.
pub trait CodeSink {
    /// Takes the code of a function. What it leaves still has its symbol and name, the names of what it uses that has no node, and what
    /// tells where its code comes from.
    fn take(&mut self, function: &mut Function);
}

impl Body {
    fn new(functions: Vec<Function>, source: Source) -> Self {
        Self { functions, mir: None, source, found: Vec::new(), edges: 0..0, answers: 0..0, findings: Vec::new(), taken: false }
    }
}

/// How a body failed: what is said of it, and what is thrown in its place.
struct Failure {
    code: kiln_diag::Code,
    kind: i32,
    offset: Option<u32>,
    text: String,
    /// What the exception says, if it is not that the method does not compile.
    message: Option<String>,
}

impl From<LowerError> for Failure {
    fn from(e: LowerError) -> Self {
        match e {
            LowerError::Type(t) => {
                Self { code: codes::TYPE_LOAD, kind: type_throw_kind(&t), offset: None, text: t.to_string(), message: type_throw_text(&t) }
            }
            LowerError::Unsupported(text) => {
                Self { code: codes::UNSUPPORTED_IL, kind: throw_kind::PLATFORM_NOT_SUPPORTED, offset: None, text, message: None }
            }
        }
    }
}

/// What is said of a method beyond the bounds of generic expansion.
const ENDLESS: &str = "generic recursion never ends";

/// Whether a symbol is code that [`Code::body`] makes.
pub(crate) fn is_code(s: &Sym) -> bool {
    use SymKind as K;
    let of_method = matches!(s.kind(), K::Method | K::MethodEntry | K::UnboxingStub | K::VirtualCall | K::UnmanagedEntry);
    let native = matches!(s.kind(), K::DelegateEntry | K::DelegateNative);
    let thunk = native || matches!(s.kind(), K::DelegateShuffle | K::DelegateMulticast | K::DelegateObjects | K::ProxyMethod | K::Invoker);
    of_method || thunk || matches!(s.kind(), K::ThrowStub | K::ProgramStub)
}

/// Makes bodies.
pub(crate) struct Code<'a> {
    ts: &'a TypeSystem,
    policy: FeaturePolicy,
    messages: Messages,
    pub(crate) lower: LowerOptions,
    keep_mir: bool,
    trim: Trim,
    flow: Flow,
    /// What following types and names took.
    pub(crate) flow_time: Duration,
    /// Whose methods are looked at for what trimming may break.
    application: FxHashSet<ModuleId>,
}

impl<'a> Code<'a> {
    pub(crate) fn new(ts: &'a TypeSystem, policy: FeaturePolicy, messages: Messages, lower: LowerOptions, opts: &AnalysisOptions) -> Self {
        let application = opts.application.iter().copied().collect();
        let trim = Trim::new(ts, opts.application.iter().copied(), lower.entry_point);
        Self { ts, policy, messages, lower, keep_mir: opts.keep_mir, trim, flow: Flow::new(ts), flow_time: Duration::ZERO, application }
    }

    /// The body of a symbol, and what will throw in it; nothing for a symbol that is no code of the program's own. A method that is not
    /// admitted is beyond the bounds of expansion.
    pub(crate) fn body(&mut self, s: &Sym, admitted: bool) -> Result<Option<(Body, Option<Warning>)>, AnalysisError> {
        match s {
            Sym::Method(m) if !admitted => {
                let name = sym_name(self.ts, s);
                let text = format!("{}: {ENDLESS}", self.ts.method_display(*m));
                let body = throw_function(self.ts, s.clone(), name, throw_kind::TYPE_LOAD, &text);
                Ok(Some((Body::new(vec![body], Source::Nothing), None)))
            }
            Sym::Method(m) => Ok(Some(self.method(*m))),
            Sym::MethodEntry(_)
            | Sym::UnboxingStub(_)
            | Sym::DelegateShuffle(_)
            | Sym::DelegateMulticast(_)
            | Sym::VirtualCall(_)
            | Sym::UnmanagedEntry(_)
            | Sym::DelegateEntry(_)
            | Sym::DelegateNative(_) => self.stub(s, true).map(Some),
            Sym::Invoker(_) | Sym::DelegateObjects(_) | Sym::ProxyMethod(_) | Sym::ThrowStub(_) | Sym::ProgramStub(_) => {
                self.stub(s, false).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// What data flow finds in the application's methods, when all that are reached have a body.
    pub(crate) fn findings(&mut self) -> Vec<Finding> {
        let start = Instant::now();
        let found = self.trim.findings(self.ts);
        self.flow_time += start.elapsed();
        found
    }

    fn method(&mut self, m: MethodDesc) -> (Body, Option<Warning>) {
        match self.compiled(m) {
            Ok(body) => (body, None),
            Err(f) => {
                let ts = self.ts;
                let mut place = ts.method_display(m);
                let sym = Sym::Method(m);
                let name = sym_name(ts, &sym);
                // What .NET says itself is said as it says it.
                let said = f.message.unwrap_or_else(|| format!("{place}: {}", f.text));
                let body = throw_function(ts, sym, name, f.kind, &said);
                let (mut code, mut text) = (f.code, f.text);
                if text == ENDLESS {
                    // One warning for all instantiations.
                    place = ts.method_display(ts.method_definition(m));
                    if ts.method_def(m).is_some_and(|(module, _)| self.application.contains(&module)) {
                        (code, place) = (codes::GENERIC_RECURSION, kiln_trim::member_name(ts, m));
                        text = crate::cx::RECURSION.to_owned();
                    }
                }
                let method = Some(ts.method_definition(m));
                let warning = Warning { code, place, method, offset: f.offset, text, path: Vec::new() };
                (Body::new(vec![body], Source::Nothing), Some(warning))
            }
        }
    }

    /// What the flow of types finds in a method.
    fn found(&mut self, mir: &mir::Function) -> Vec<(Node, Reason)> {
        let types = match self.ts.method_def(mir.method) {
            Some((module, _)) if self.application.contains(&module) => Types::All,
            Some((module, _)) if module != self.ts.corelib() => Types::Definitions,
            _ => Types::None,
        };
        let known = self.flow.findings(self.ts, mir, types).known;
        known.into_iter().map(|f| (demands::node(self.ts, f.what), Reason::DataFlow)).collect()
    }

    fn compiled(&mut self, m: MethodDesc) -> Result<Body, Failure> {
        let ts = self.ts;
        if method_depth(ts, m) > MAX_DEPTH + 2 {
            let text = ENDLESS.to_owned();
            return Err(Failure { code: codes::TYPE_LOAD, kind: throw_kind::TYPE_LOAD, offset: None, text, message: None });
        }
        if ts.overlay_of(m).is_none() && (ts.is_pinvoke(m) || ts.is_internal_call(m) || ts.is_runtime_impl(m)) {
            return Ok(Body::new(vec![lower_stub(ts, &Sym::Method(m), &self.lower)?], Source::Stub));
        }
        if let Some(mir) = self.messages.body(ts, m) {
            return Ok(Body::new(lower_method(ts, &mir, &self.lower)?, Source::Stub));
        }
        let mir = import_method(ts, m, &self.policy, &ImportOptions::default()).map_err(|e| Failure {
            code: e.code(),
            kind: e.throw_kind(),
            offset: e.offset,
            text: e.kind.to_string(),
            message: e.throw_text(),
        })?;
        let mut body = Body::new(lower_method(ts, &mir, &self.lower)?, Source::Il);
        let start = Instant::now();
        if ts.method_def(m).is_some_and(|(module, _)| self.application.contains(&module)) {
            body.findings = self.trim.check(ts, &mir);
        }
        body.found = self.found(&mir);
        self.flow_time += start.elapsed();
        body.mir = self.keep_mir.then_some(mir);
        Ok(body)
    }

    /// Code that the compiler makes. What is about a method fails like one; of the rest every program needs all.
    fn stub(&self, s: &Sym, of_method: bool) -> Result<(Body, Option<Warning>), AnalysisError> {
        let ts = self.ts;
        let f = match lower_stub(ts, s, &self.lower) {
            Ok(f) => return Ok((Body::new(vec![f], Source::Stub), None)),
            Err(e) => Failure::from(e),
        };
        let name = sym_name(ts, s);
        if !of_method {
            return Err(AnalysisError::Stub(name, f.text));
        }
        let body = throw_function(ts, s.clone(), name.clone(), f.kind, &f.text);
        let warning = Warning { code: f.code, place: name, method: None, offset: f.offset, text: f.text, path: Vec::new() };
        Ok((Body::new(vec![body], Source::Nothing), Some(warning)))
    }
}
