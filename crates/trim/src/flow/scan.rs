//! One method's IL, followed from state to state until nothing new is known (forward, at the granularity of basic blocks), then once more
//! to say what is missing.

use super::blocks::Blocks;
use super::reached::Only;
use super::require::Target;
use super::state::State;
use super::value::{Location, Place, Sets, Value, Values};
use super::{Hoisted, Known};
use crate::check::Finding;
use crate::names;
use kiln_diag::{Code, codes};
use kiln_il::{Instr, Opcode, Operand, VARIES};
use kiln_support::FxIndexSet;
use kiln_typesys::{GenericArgs, MethodDesc, MethodIl, TypeDesc, TypeSystem, WellKnown};
use std::collections::BTreeSet;

/// A block that changes more often than this has a bug of ours around it; what is known by then is used.
const ROUNDS: usize = 10_000;

/// The scan of a method.
pub(crate) struct Scan<'a> {
    pub(super) ts: &'a TypeSystem,
    pub(super) known: &'a mut Known,
    pub(super) sets: &'a mut Sets,
    pub(super) hoisted: &'a mut Hoisted,
    pub(super) looked_at: &'a mut FxIndexSet<TypeDesc>,
    /// The method's definition, and what it was made from.
    pub(super) origins: Vec<MethodDesc>,
    pub(super) il: MethodIl,
    pub(super) context: GenericArgs,
    /// What is found is said.
    pub(super) report: bool,
    pub(super) out: &'a mut Vec<Finding>,
    /// Who passes what is required on may do what he likes, by kind of requirement.
    pub(super) passed_on: [bool; 3],
    /// Which members a lookup is for.
    pub(super) only: Only,
    /// The `constrained.` prefix of the next call.
    pub(super) constrained: Option<TypeDesc>,
}

/// The position in [`Kind::ALL`] of what a code is about.
fn kind_of(code: Code) -> usize {
    match code {
        codes::REQUIRES_DYNAMIC_CODE | codes::ABSTRACT_DELEGATE => 1,
        codes::REQUIRES_ASSEMBLY_FILES => 2,
        _ => 0,
    }
}

impl<'a> Scan<'a> {
    pub(super) fn method(&self) -> MethodDesc {
        self.origins[0]
    }

    pub(super) fn say(&mut self, code: Code, at: u32, text: String) {
        let Some(&written) = self.origins.last() else { return };
        if !self.report || self.passed_on[kind_of(code)] {
            return;
        }
        if self.known.suppressions.covers(self.ts, &self.origins, code.as_str()) {
            return;
        }
        self.out.push(Finding { code, member: names::method(self.ts, written), at: Some(self.method()), offset: Some(at), text });
    }

    /// Follows the code.
    pub(super) fn run(&mut self, live: &[u32]) -> Option<()> {
        let il = self.il.clone();
        let body = il.body().ok()?;
        let blocks = Blocks::new(&body, live)?;
        let locals = match body.locals {
            Some(token) => self.ts.local_types(il.module, token.token(), &self.context).ok()?.len(),
            None => 0,
        };
        let entry = State { locals: vec![Values::NULL; locals], args: self.arguments(), ..State::default() };
        let mut states: Vec<Option<State>> = vec![None; blocks.blocks.len()];
        states[0] = Some(entry);
        let mut work = BTreeSet::from([0usize]);
        let report = std::mem::replace(&mut self.report, false);
        for _ in 0..ROUNDS {
            let Some(b) = work.pop_first() else { break };
            self.block(&blocks, b, &mut states, &mut work)?;
        }
        self.report = report;
        if report {
            for b in 0..blocks.blocks.len() {
                if states[b].is_some() {
                    self.block(&blocks, b, &mut states, &mut BTreeSet::new())?;
                }
            }
        }
        Some(())
    }

    fn arguments(&mut self) -> Vec<Values> {
        let (ts, m) = (self.ts, self.method());
        let Ok(sig) = ts.method_sig(m) else { return Vec::new() };
        let mut out = Vec::new();
        if sig.has_this {
            let v = self.known.promises.value(ts, Place::This(m));
            out.push(self.sets.one(v));
        }
        for index in 0..sig.params.len() {
            let v = self.known.promises.value(ts, Place::Param(m, u16::try_from(index).unwrap_or(u16::MAX)));
            out.push(self.sets.one(v));
        }
        out
    }

    fn block(&mut self, blocks: &Blocks<'_>, b: usize, states: &mut [Option<State>], work: &mut BTreeSet<usize>) -> Option<()> {
        let block = &blocks.blocks[b];
        let mut state = states[b].clone()?;
        self.throws(blocks, b, &state, states, work);
        for i in &blocks.code[block.range.clone()] {
            self.instruction(&mut state, i)?;
            if matches!(i.opcode, Opcode::Stloc | Opcode::Starg) || matches!(i.opcode, Opcode::Call | Opcode::Callvirt | Opcode::Newobj) {
                self.throws(blocks, b, &state, states, work);
            }
        }
        let leaves = blocks.code[block.range.end - 1].opcode == Opcode::Leave;
        if leaves {
            state.stack.clear();
        }
        for to in blocks.next(b) {
            self.flow_to(to, &state, states, work);
        }
        Some(())
    }

    fn flow_to(&mut self, to: usize, state: &State, states: &mut [Option<State>], work: &mut BTreeSet<usize>) {
        let changed = match &mut states[to] {
            Some(known) => known.join(self.sets, state),
            none => {
                *none = Some(state.clone());
                true
            }
        };
        if changed {
            work.insert(to);
        }
    }

    /// An exception may go to the handlers from here.
    fn throws(&mut self, blocks: &Blocks<'_>, b: usize, state: &State, states: &mut [Option<State>], work: &mut BTreeSet<usize>) {
        for &(to, with_exception) in &blocks.blocks[b].handlers {
            let mut at_handler = State { stack: Vec::new(), ..state.clone() };
            if with_exception {
                at_handler.stack.push(Values::UNKNOWN);
            }
            if let Some(to) = blocks.at(to) {
                self.flow_to(to, &at_handler, states, work);
            }
        }
    }

    /// What an instruction does to the state; `None` where its token names nothing, so that nothing behind it runs.
    fn instruction(&mut self, s: &mut State, i: &Instr<'_>) -> Option<()> {
        use Opcode as O;
        match (i.opcode, i.operand) {
            (O::Ldarg, Operand::Arg(n)) => s.stack.push(s.args.get(usize::from(n)).copied().unwrap_or(Values::UNKNOWN)),
            (O::Starg, Operand::Arg(n)) => self.store_argument(s, n, i.offset),
            (O::Ldarga, Operand::Arg(n)) => self.push(s, Value::Address(Location::Arg(n))),
            (O::Ldloc, Operand::Local(n)) => s.stack.push(s.locals.get(usize::from(n)).copied().unwrap_or(Values::UNKNOWN)),
            (O::Stloc, Operand::Local(n)) => {
                let v = s.pop();
                if let Some(place) = s.locals.get_mut(usize::from(n)) {
                    *place = v;
                }
            }
            (O::Ldloca, Operand::Local(n)) => self.push(s, Value::Address(Location::Local(n))),
            (O::Ldnull, _) => s.stack.push(Values::NULL),
            (O::LdcI4, Operand::I32(n)) => self.push(s, Value::Int(n)),
            (O::Ldstr, Operand::String(at)) => {
                let metadata = self.il.metadata.clone();
                let text = metadata.user_string(at).ok().map(|t| String::from_utf16_lossy(&t.units().collect::<Vec<u16>>()));
                let v = text.map_or(Value::Unknown, |t| Value::Text(t.into()));
                self.push(s, v);
            }
            (O::Dup, _) => {
                let v = s.pop();
                s.stack.extend([v, v]);
            }
            (O::Castclass | O::Isinst, _) => {}
            (O::Ldtoken, Operand::Token(token)) => self.token(s, token.token(), i.offset)?,
            (O::Ldfld | O::Ldsfld | O::Ldflda | O::Ldsflda | O::Stfld | O::Stsfld, Operand::Field(token)) => {
                let f = self.ts.resolve_field(self.il.module, token.token(), &self.context).ok()?;
                self.field(s, i.opcode, f, i.offset);
            }
            (O::LdindRef | O::Ldobj, _) => {
                let address = s.pop();
                let v = self.read(s, address);
                s.stack.push(v);
            }
            (O::StindRef | O::Stobj, _) => {
                let (v, address) = (s.pop(), s.pop());
                self.write(s, address, v, i.offset);
            }
            (O::Box, Operand::Type(token)) => {
                let v = s.pop();
                let t = self.ts.resolve_type(self.il.module, token.token(), &self.context).ok()?;
                let boxed = if self.ts.is_value_type(t) && !self.ts.contains_vars(t) { self.sets.one(Value::Object(t)) } else { v };
                s.stack.push(boxed);
            }
            (O::Constrained, Operand::Type(token)) => {
                self.constrained = Some(self.ts.resolve_type(self.il.module, token.token(), &self.context).ok()?);
            }
            (O::Call | O::Callvirt | O::Newobj, Operand::Method(token)) => {
                let m = self.ts.resolve_method(self.il.module, token.token(), &self.context).ok()?;
                self.call(s, m, i.opcode == O::Newobj, i.offset)?;
                self.constrained = None;
            }
            (O::Ldftn | O::Ldvirtftn, Operand::Method(token)) => {
                let m = self.ts.resolve_method(self.il.module, token.token(), &self.context).ok()?;
                if i.opcode == O::Ldvirtftn {
                    s.pop();
                }
                self.arguments_of(m, i.offset);
                self.reach_promises(m, i.offset);
                s.stack.push(Values::UNKNOWN);
            }
            (O::Calli, Operand::Sig(token)) => {
                let sig = self.ts.resolve_sig(self.il.module, token.token(), &self.context).ok()?;
                s.pop_many(sig.params.len() + usize::from(sig.has_this) + 1);
                if sig.ret != self.ts.well_known(WellKnown::Void) {
                    s.stack.push(Values::UNKNOWN);
                }
            }
            (O::Ret, _) => self.returned(s, i.offset),
            (O::Newarr | O::StelemRef | O::Stelem | O::LdelemRef | O::Ldelem, _) => self.vectors(s, i),
            _ => self.other(s, i),
        }
        Some(())
    }

    fn other(&mut self, s: &mut State, i: &Instr<'_>) {
        let (pops, pushes) = (i.opcode.pops(), i.opcode.pushes());
        if pops == VARIES {
            s.stack.clear();
        } else {
            s.pop_many(usize::from(pops));
        }
        if pushes != VARIES {
            s.stack.extend(std::iter::repeat_n(Values::UNKNOWN, usize::from(pushes)));
        }
    }

    pub(super) fn push(&mut self, s: &mut State, v: Value) {
        let v = self.sets.one(v);
        s.stack.push(v);
    }

    fn store_argument(&mut self, s: &mut State, n: u16, at: u32) {
        let v = s.pop();
        let (ts, m) = (self.ts, self.method());
        let index = if ts.is_static_method(m) { Some(usize::from(n)) } else { usize::from(n).checked_sub(1) };
        if let Some(index) = index {
            let members = self.known.promises.annotations.of_method(ts, m).map(|of| of.argument(index, true));
            self.require(v, members.unwrap_or_default(), &Target::Param(m, index), at);
        }
        if let Some(place) = s.args.get_mut(usize::from(n)) {
            *place = v;
        }
    }

    fn token(&mut self, s: &mut State, token: kiln_metadata::Token, at: u32) -> Option<()> {
        let (ts, module) = (self.ts, self.il.module);
        let v = if ts.is_field_token(module, token) {
            Value::Unknown
        } else if ts.is_method_token(module, token) {
            let m = ts.resolve_method(module, token, &self.context).ok()?;
            self.arguments_of(m, at);
            self.reach_promises(m, at);
            Value::Method(m)
        } else {
            Value::Type(ts.resolve_type(module, token, &self.context).ok()?)
        };
        self.push(s, v);
        Some(())
    }

    fn returned(&mut self, s: &mut State, at: u32) {
        let (ts, m) = (self.ts, self.method());
        if ts.method_sig(m).is_ok_and(|sig| sig.ret == ts.well_known(WellKnown::Void)) {
            return;
        }
        let v = s.pop();
        let members = self.known.promises.annotations.of_method(ts, m).map(|of| of.result);
        self.require(v, members.unwrap_or_default(), &Target::Result(m), at);
    }
}
