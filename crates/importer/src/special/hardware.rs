//! Hardware intrinsics: what of `System.Runtime.Intrinsics` and `System.Numerics` the compiler answers or replaces by operations.
//!
//! The IL body of a method of an instruction set (`Sse2.Add`) calls the method itself: it stands for the instruction. Where there is none, that
//! is a PlatformNotSupportedException. Methods of the portable vectors have bodies of their own; those that are hot are operations too.
//! What the program is not compiled for is asked of the processor when it runs (ADR 0013).

use super::{Done, Site, done};
use crate::build::{Fact, Importer, Res};
use crate::policy::Processor;
use kiln_abi::helpers::throw_kind;
use kiln_abi::program::exception_kind;
use kiln_mir::{Inst, Term, Ty, ValueId};
use kiln_simd::{Arg, Found, Input, IsaSet, Lane, Op, Query, Shape, find};
use kiln_typesys::{MethodDesc, MethodSig, Prim, TypeClass, TypeDesc, TypeKind, TypeSystem};

/// What .NET says (`PlatformNotSupported` of CoreLib's resources).
const MESSAGE: &str = "Operation is not supported on this platform.";
/// Where the classes of instruction sets are; the rest is the architecture.
const SETS: &str = "System.Runtime.Intrinsics.";

/// Whether the processor has something.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    /// The program is compiled for it, or can never use it.
    Known(bool),
    /// The processor is asked when the program runs.
    Asked(IsaSet),
}

/// The answer that `IsSupported` of an instruction set or `IsHardwareAccelerated` of a vector gives; `None`: the method is another one.
#[must_use]
pub fn answer(ts: &TypeSystem, processor: &Processor, m: MethodDesc) -> Option<Answer> {
    let name = ts.method_name(m);
    let name = last(&name);
    if name != "get_IsSupported" && name != "get_IsHardwareAccelerated" {
        return None;
    }
    let (namespace, class) = ts.namespace_and_name(ts.method_owner(m));
    if name == "get_IsHardwareAccelerated" {
        if namespace != "System.Runtime.Intrinsics" && namespace != "System.Numerics" {
            return None;
        }
        let needs = match class.trim_end_matches("`1") {
            "Vector128" | "Vector" => IsaSet::BASELINE,
            "Vector256" => IsaSet::find("avx2")?,
            _ => return Some(Answer::Known(false)),
        };
        return Some(Answer::Known(processor.native && processor.compiled.has(needs)));
    }
    namespace.starts_with(SETS).then(|| match IsaSet::of_class(&class) {
        Some(needs) if processor.native && namespace.ends_with(processor.namespace) => support(processor, needs),
        _ => Answer::Known(false),
    })
}

fn support(processor: &Processor, needs: IsaSet) -> Answer {
    if needs.is_wide() {
        return Answer::Known(false);
    }
    if processor.compiled.has(needs) {
        Answer::Known(true)
    } else if processor.asked.and(processor.compiled).has(needs) {
        Answer::Asked(needs.without(processor.compiled))
    } else {
        Answer::Known(false)
    }
}

/// The method's name without the interface that it implements.
fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// Whether the method asks what the program's processor is to be asked for.
pub(crate) fn asks(ts: &TypeSystem, processor: &Processor, m: MethodDesc) -> Option<IsaSet> {
    match answer(ts, processor, m) {
        Some(Answer::Asked(needs)) => Some(needs),
        _ => None,
    }
}

/// `DivRem` of the base set: the one instruction with two results.
fn is_division(ts: &TypeSystem, processor: &Processor, m: MethodDesc) -> bool {
    let (namespace, class) = ts.namespace_and_name(ts.method_owner(m));
    processor.native
        && namespace.strip_prefix(SETS).is_some_and(|n| n == processor.namespace)
        && IsaSet::of_class(&class).is_some_and(|needs| processor.compiled.has(needs))
        && ts.method_name(m) == "DivRem"
        && ts.method_sig(m).is_ok_and(|sig| sig.params.len() == 3)
}

/// Whether the method's body is made by [`Importer::stand_in`]: it belongs to an instruction set and is one instruction.
pub(crate) fn stands_in(ts: &TypeSystem, processor: &Processor, m: MethodDesc) -> bool {
    let corelib = matches!(ts.method_def(m), Some((module, _)) if module == ts.corelib());
    let (namespace, class) = ts.namespace_and_name(ts.method_owner(m));
    if corelib && (asks(ts, processor, m).is_some() || is_division(ts, processor, m)) {
        return true;
    }
    corelib
        && processor.native
        && namespace.strip_prefix(SETS).is_some_and(|n| n == processor.namespace)
        && IsaSet::of_class(&class).is_some()
        && ts.method_sig(m).is_ok_and(|sig| {
            let shapes: Option<Vec<Arg>> = sig.params.iter().map(|&t| argument(ts, t, None)).collect();
            shapes.is_some_and(|args| matches!(lookup(ts, processor, m, &sig, &args), Some(Found::Ops { .. } | Found::Immediate(..))))
        })
}

fn lookup(ts: &TypeSystem, processor: &Processor, m: MethodDesc, sig: &MethodSig, args: &[Arg]) -> Option<Found> {
    // Portable operations are only tried where their instructions are known.
    if !processor.native {
        return None;
    }
    let (namespace, class) = ts.namespace_and_name(ts.method_owner(m));
    let class = match (namespace.as_str(), class.as_str()) {
        ("System.Runtime.Intrinsics", "Vector64" | "Vector128" | "Vector256" | "Vector512")
        | ("System.Runtime.Intrinsics", "Vector64`1" | "Vector128`1" | "Vector256`1" | "Vector512`1")
        | ("System.Numerics", "Vector" | "Vector`1") => None,
        (n, class) if n.strip_prefix(SETS).is_some_and(|n| n == processor.namespace) => Some(class),
        _ => return None,
    };
    let ret = if ts.type_class(sig.ret) == TypeClass::Prim(Prim::Void) { Shape::nothing() } else { shape(ts, sig.ret)? };
    let name = ts.method_name(m);
    find(&Query { class, name: last(&name), args, ret, native: processor.native })
}

/// The lane of a primitive type.
fn lane(p: Prim) -> Option<Lane> {
    Some(match p {
        Prim::Void => return None,
        Prim::Bool | Prim::U1 => Lane::U8,
        Prim::I1 => Lane::I8,
        Prim::Char | Prim::U2 => Lane::U16,
        Prim::I2 => Lane::I16,
        Prim::I4 => Lane::I32,
        Prim::U4 => Lane::U32,
        Prim::I8 | Prim::I => Lane::I64,
        Prim::U8 | Prim::U => Lane::U64,
        Prim::R4 => Lane::F32,
        Prim::R8 => Lane::F64,
    })
}

/// A scalar, or a vector of what vectors may have; of exact types only.
fn shape(ts: &TypeSystem, t: TypeDesc) -> Option<Shape> {
    if let TypeClass::Prim(p) = ts.type_class(t) {
        return lane(p).map(Shape::scalar);
    }
    let TypeKind::Def { module, ref args, .. } = ts.kind(t) else { return None };
    let [element] = args[..] else { return None };
    if module != ts.corelib() || ts.is_enum(element) || ts.contains_vars(t) || ts.is_runtime_determined(t) {
        return None;
    }
    let (namespace, name) = ts.namespace_and_name(t);
    let bytes = match (namespace.as_str(), name.as_str()) {
        ("System.Runtime.Intrinsics", "Vector64`1") => 8,
        ("System.Runtime.Intrinsics", "Vector128`1") | ("System.Numerics", "Vector`1") => 16,
        ("System.Runtime.Intrinsics", "Vector256`1") => 32,
        ("System.Runtime.Intrinsics", "Vector512`1") => 64,
        _ => return None,
    };
    match ts.type_class(element) {
        TypeClass::Prim(Prim::Bool | Prim::Char) => None,
        TypeClass::Prim(p) => lane(p).map(|lane| Shape::vector(lane, bytes)),
        _ => None,
    }
}

fn argument(ts: &TypeSystem, t: TypeDesc, known: Option<i64>) -> Option<Arg> {
    match ts.type_class(t) {
        TypeClass::Ptr | TypeClass::ByRef => Some(Arg::Address(ts.element_type(t).and_then(|e| match ts.type_class(e) {
            TypeClass::Prim(p) => lane(p),
            _ => None,
        }))),
        _ => shape(ts, t).map(|s| Arg::Value(s, known)),
    }
}

impl Importer<'_> {
    /// A method of the class of an instruction set.
    pub(super) fn instruction_set(&mut self, s: &Site<'_>) -> Res<Done> {
        if let Some(answer) = answer(self.ts, self.policy.processor(), s.method) {
            return self.answered(answer);
        }
        if let Some(v) = self.operation(s)? {
            return Ok(Some(v));
        }
        if is_division(self.ts, self.policy.processor(), s.method) {
            return self.division(s.sig, s.args);
        }
        if self.ts.method_definition(s.method) != self.ts.method_definition(self.method) {
            return Ok(None);
        }
        self.end(Term::ThrowHelper(throw_kind::PLATFORM_NOT_SUPPORTED, MESSAGE.to_owned()));
        Ok(Some(None))
    }

    /// A division with both of its results, in a tuple.
    fn division(&mut self, sig: &MethodSig, args: &[ValueId]) -> Res<Done> {
        let ty = self.stack_ty(sig.params[2]);
        let Some(of) = shape(self.ts, sig.params[2]) else { return Ok(None) };
        let slot = self.temp(sig.ret);
        let zero = self.default_value(sig.ret);
        self.eff(Inst::StoreSlot(slot, zero));
        for (kind, field) in [(kiln_simd::Kind::DivWide, "Item1"), (kiln_simd::Kind::RemWide, "Item2")] {
            let Some(field) = self.ts.find_field(sig.ret, field) else { return Ok(None) };
            let inst = Inst::Vector { op: Op::on(kind, of), needs: IsaSet::EMPTY, method: None, args: args.to_vec() };
            let value = self.def(inst, ty);
            let obj = self.slot_addr(slot);
            self.eff(Inst::StoreField { obj, field, value, volatile: false });
        }
        let ty = self.stack_ty(sig.ret);
        let v = self.def(Inst::LoadSlot(slot), ty);
        done(v)
    }

    /// A method of a portable vector.
    pub(super) fn portable_vector(&mut self, s: &Site<'_>) -> Res<Done> {
        if let Some(answer) = answer(self.ts, self.policy.processor(), s.method) {
            return self.answered(answer);
        }
        // `new Vector<T>(value)`: every element is the value.
        if self.policy.processor().native
            && let ("Vector`1", ".ctor", [this, value], [_]) =
                (self.ts.namespace_and_name(s.owner).1.as_str(), s.name, s.args, &s.sig.params[..])
            && let Some(to) = shape(self.ts, s.owner)
            && shape(self.ts, s.sig.params[0]) == Some(Shape::scalar(to.lane))
        {
            let ty = self.stack_ty(s.owner);
            let op = Op::on(kiln_simd::Kind::Splat, to);
            let v = self.def(Inst::Vector { op, needs: IsaSet::EMPTY, method: None, args: vec![*value] }, ty);
            self.store_mem(kiln_mir::MemTy::Struct(s.owner), *this, v, &crate::build::Prefix::default())?;
            return Ok(Some(None));
        }
        self.operation(s)
    }

    fn answered(&mut self, answer: Answer) -> Res<Done> {
        let v = match answer {
            Answer::Known(known) => self.i32(i32::from(known)),
            // The class library goes the way that every processor can go; its code is in every program.
            Answer::Asked(_) if self.module == self.ts.corelib() => self.i32(0),
            Answer::Asked(needs) => self.def(Inst::CpuHas(needs), Ty::I32),
        };
        done(v)
    }

    /// The operations of a call, if it is some.
    fn operation(&mut self, s: &Site<'_>) -> Res<Done> {
        if s.sig.has_this {
            return Ok(None);
        }
        let mut args = Vec::with_capacity(s.args.len());
        for (&t, &v) in s.sig.params.iter().zip(s.args) {
            let Some(arg) = argument(self.ts, t, self.fact(v).int()) else { return Ok(None) };
            args.push(arg);
        }
        let Some(Found::Ops { steps, needs }) = lookup(self.ts, self.policy.processor(), s.method, s.sig, &args) else { return Ok(None) };
        self.steps(s, &steps, needs)
    }

    fn steps(&mut self, s: &Site<'_>, steps: &[(Op, Vec<Input>)], needs: IsaSet) -> Res<Done> {
        let processor = self.policy.processor();
        let (needs, method) = match support(processor, needs) {
            _ if needs.is_empty() => (needs, None),
            Answer::Known(true) => (IsaSet::EMPTY, None),
            Answer::Asked(needs) => (needs, Some(self.ts.method_definition(s.method))),
            Answer::Known(false) => return Ok(None),
        };
        let mut results: Vec<ValueId> = Vec::with_capacity(steps.len());
        for (index, (op, inputs)) in steps.iter().enumerate() {
            let args = inputs
                .iter()
                .map(|input| match *input {
                    Input::Arg(n) => s.args[n],
                    Input::Step(n) => results[n],
                })
                .collect();
            let inst = Inst::Vector { op: *op, needs, method, args };
            if op.to == Shape::nothing() {
                self.eff(inst);
                return Ok(Some(None));
            }
            let ty = if index + 1 == steps.len() { self.stack_ty(s.sig.ret) } else { self.between(s, op.to) };
            results.push(self.def(inst, ty));
        }
        Ok(results.last().map(|&v| Some(v)))
    }

    /// The type of a value between two operations: a vector of the size of one of the call's.
    fn between(&self, s: &Site<'_>, shape_of: Shape) -> Ty {
        let size = |t: TypeDesc| shape(self.ts, t).map(|s| s.bytes);
        let all = s.sig.params.iter().chain(std::iter::once(&s.sig.ret));
        all.copied().find(|&t| size(t) == Some(shape_of.bytes)).map_or(Ty::I32, |t| self.stack_ty(t))
    }

    /// The body of a method that is an instruction: for who calls it through a delegate, by reflection, or with an immediate that is not known.
    pub(crate) fn stand_in(&mut self) -> Res {
        let ts = self.ts;
        let m = self.method;
        if let Some(needs) = asks(ts, self.policy.processor(), m) {
            let v = self.def(Inst::CpuHas(needs), Ty::I32);
            self.end(Term::Return(Some(v)));
            return Ok(());
        }
        let sig = ts.method_sig(m)?;
        let args: Vec<ValueId> = (0..sig.params.len()).map(|n| self.load_slot(kiln_mir::SlotId::new(n))).collect();
        if is_division(ts, self.policy.processor(), m) {
            let v = self.division(&sig, &args)?;
            self.end(Term::Return(v.flatten()));
            return Ok(());
        }
        let shapes: Option<Vec<Arg>> = sig.params.iter().map(|&t| argument(ts, t, None)).collect();
        let found = shapes.and_then(|shapes| lookup(ts, self.policy.processor(), m, &sig, &shapes));
        let Some(Found::Immediate(at, values)) = found else {
            return self.stand_in_for(m, &sig, &args);
        };
        let start = self.cur;
        let mut targets = Vec::new();
        for value in 0..values {
            let block = self.extra_block();
            let mut args = args.clone();
            args[at] = self.i32(i32::from(value));
            self.stand_in_for(m, &sig, &args)?;
            targets.push((block, Vec::new()));
        }
        let default = self.extra_block();
        self.end(Term::ThrowHelper(exception_kind::ARGUMENT_OUT_OF_RANGE, "index".to_owned()));
        self.cur = start;
        self.end(Term::Switch { value: args[at], targets, default: (default, Vec::new()) });
        Ok(())
    }

    fn stand_in_for(&mut self, m: MethodDesc, sig: &MethodSig, args: &[ValueId]) -> Res {
        let name = self.ts.method_name(m);
        let site = Site { method: m, name: &name, sig, args, targs: &[], owner: self.ts.method_owner(m) };
        match self.operation(&site)? {
            Some(v) => self.end(Term::Return(v)),
            // An immediate that the instruction does not have.
            None if matches!(args.last().map(|&v| self.fact(v)), Some(Fact::I32(_))) => {
                self.end(Term::ThrowHelper(exception_kind::ARGUMENT_OUT_OF_RANGE, "index".to_owned()));
            }
            None => self.end(Term::ThrowHelper(throw_kind::PLATFORM_NOT_SUPPORTED, MESSAGE.to_owned())),
        }
        Ok(())
    }
}
