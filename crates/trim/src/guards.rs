//! `[FeatureGuard(typeof(Requires…))]` on a property says that it is false where what it guards is missing, and compiling takes it at its word:
//! it is false here. So it has to be what its code says (IL4000), and a static boolean property that can only be read (IL4001).
//!
//! The code is followed on all ways that values decide which are known; what is known are constants and checks that are false for the same
//! reason. A property that is a feature switch, too, is what the switch says.

use crate::names;
use crate::requirement::{Kind, property_of};
use kiln_diag::{Code, codes};
use kiln_il::{Decoder, Instr, Opcode, Operand, VARIES};
use kiln_metadata::flags::method_semantics;
use kiln_metadata::{AttrValue, PropertyId};
use kiln_support::FxHashSet;
use kiln_typesys::{GenericArgs, MethodDesc, ModuleId, TypeSystem, WellKnown};

const NAMESPACE: &str = "System.Diagnostics.CodeAnalysis";

/// Guards that guard one another are looked into so deep.
const DEPTH: usize = 8;

/// More ways through one property than this are not followed.
const WAYS: usize = 1_000;

/// Whether a method looks like a property's getter: what is cheap to tell.
pub(crate) fn is_getter(ts: &TypeSystem, m: MethodDesc) -> bool {
    let Some((module, row)) = ts.method_def(m) else { return false };
    ts.module(module).method_def(row).is_ok_and(|row| row.name.starts_with("get_"))
}

/// What is wrong with the guard whose getter this is, if it is one; in words.
pub(crate) fn wrong(ts: &TypeSystem, getter: MethodDesc) -> Option<(Code, String)> {
    let (module, property) = property(ts, getter)?;
    let guarded = guarded(ts, module, property);
    if guarded.is_empty() {
        return None;
    }
    let metadata = ts.module(module);
    let name = names::method(ts, getter);
    let name = name.strip_suffix(".get").unwrap_or(&name);
    if !may_be_constant(ts, module, property, getter) {
        let text = format!("`[FeatureGuard]` stands on `{name}`, which is no static boolean property that can only be read");
        return Some((codes::GUARD_MISPLACED, text));
    }
    if matches!(metadata.find_attribute(property, NAMESPACE, "FeatureSwitchDefinitionAttribute"), Ok(Some(_))) {
        return None;
    }
    let kind = guarded.into_iter().find(|&kind| !is_false(ts, getter, kind, DEPTH))?;
    let text = format!(
        "`{name}` may be true where what `[{}]` is about is missing, and its `[FeatureGuard]` says that it is not: it is taken for false",
        kind.written()
    );
    Some((codes::GUARD_DIFFERS, text))
}

/// Whether a property, whose getter this is, can be taken for a constant: it is static and boolean, and can only be read.
#[must_use]
pub fn may_be_constant(ts: &TypeSystem, module: ModuleId, property: PropertyId, getter: MethodDesc) -> bool {
    let is_boolean = ts.method_sig(getter).is_ok_and(|sig| sig.ret == ts.well_known(WellKnown::Boolean));
    ts.is_static_method(getter) && is_boolean && ts.module(module).accessor(property, method_semantics::SETTER) == Ok(None)
}

fn property(ts: &TypeSystem, getter: MethodDesc) -> Option<(ModuleId, PropertyId)> {
    let (module, row) = ts.method_def(getter)?;
    Some((module, property_of(ts, module, row)?))
}

/// What a property guards.
fn guarded(ts: &TypeSystem, module: ModuleId, property: PropertyId) -> Vec<Kind> {
    let metadata = ts.module(module);
    let mut out = Vec::new();
    for id in metadata.custom_attributes_of(property) {
        if metadata.attribute_name(id) != Ok((NAMESPACE, "FeatureGuardAttribute")) {
            continue;
        }
        let args = metadata.decode_attribute(id, &mut |_| None).unwrap_or_default();
        let Some(AttrValue::Type(Some(text))) = args.fixed.first() else { continue };
        let name = text.split(',').next().unwrap_or(text).trim();
        out.extend(Kind::ALL.into_iter().find(|kind| name.strip_prefix(NAMESPACE) == Some(&format!(".{}", kind.attribute()))));
    }
    out
}

/// Whether a method returns false where what a requirement is about is missing.
fn is_false(ts: &TypeSystem, m: MethodDesc, kind: Kind, depth: usize) -> bool {
    let m = ts.method_definition(m);
    let is_feature = ts.namespace_and_name(ts.method_owner(m)).1 == "RuntimeFeature";
    if kind == Kind::DynamicCode
        && is_feature
        && matches!(ts.method_name(m).as_str(), "get_IsDynamicCodeSupported" | "get_IsDynamicCodeCompiled")
    {
        return true;
    }
    if depth == 0 {
        return false;
    }
    if depth < DEPTH && property(ts, m).is_some_and(|(module, p)| guarded(ts, module, p).contains(&kind)) {
        return true;
    }
    let Ok(Some(il)) = ts.method_body(m) else { return false };
    let Ok(body) = il.body() else { return false };
    let Ok(code) = Decoder::new(body.code).map(|i| i.map(Instr::canonical)).collect::<Result<Vec<_>, _>>() else { return false };
    let called = |i: &Instr<'_>| {
        let Operand::Method(token) = i.operand else { return None };
        let m = ts.resolve_method(il.module, token.token(), &GenericArgs::default()).ok()?;
        let sig = ts.method_sig(m).ok()?;
        let takes = sig.params.len() + usize::from(sig.has_this && i.opcode != Opcode::Newobj);
        let returns = i.opcode == Opcode::Newobj || sig.ret != ts.well_known(WellKnown::Void);
        Some(Called { takes, returns, is_false: takes == 0 && returns && is_false(ts, m, kind, depth - 1) })
    };
    // What cannot be followed is believed.
    follow(&code, called).unwrap_or(true)
}

/// A call, to who follows values.
struct Called {
    takes: usize,
    returns: bool,
    is_false: bool,
}

/// What is known on one way: numbers, or nothing of a value.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
struct Way {
    stack: Vec<Option<i32>>,
    locals: Vec<(u16, i32)>,
}

impl Way {
    /// Does what an instruction does, and says where it goes. Nothing: it cannot be followed.
    fn step(&mut self, i: &Instr<'_>, called: impl Fn(&Instr<'_>) -> Option<Called>) -> Option<Vec<u32>> {
        let mut next = vec![i.end];
        match (i.opcode, &i.operand) {
            (Opcode::LdcI4, Operand::I32(n)) => self.stack.push(Some(*n)),
            (Opcode::Ldloc, Operand::Local(n)) => self.stack.push(self.locals.iter().find(|l| l.0 == *n).map(|l| l.1)),
            (Opcode::Stloc, Operand::Local(n)) => {
                self.locals.retain(|l| l.0 != *n);
                let v = self.stack.pop()?;
                self.locals.extend(v.map(|v| (*n, v)));
            }
            (Opcode::Call | Opcode::Callvirt | Opcode::Newobj, _) => {
                let call = called(i)?;
                self.stack.truncate(self.stack.len().checked_sub(call.takes)?);
                if call.returns {
                    self.stack.push(call.is_false.then_some(0));
                }
            }
            (Opcode::Br, Operand::Target(t)) => next = vec![*t],
            (Opcode::Brtrue | Opcode::Brfalse, Operand::Target(t)) => match self.stack.pop()? {
                Some(n) if (n != 0) == (i.opcode == Opcode::Brtrue) => next = vec![*t],
                Some(_) => {}
                None => next.push(*t),
            },
            (Opcode::And, _) => {
                let (a, b) = (self.stack.pop()?, self.stack.pop()?);
                self.stack.push(if a == Some(0) || b == Some(0) { Some(0) } else { None });
            }
            (opcode, _) if opcode.pops() != VARIES && opcode.pushes() != VARIES && i.falls_through() => {
                next.extend(i.targets());
                self.stack.truncate(self.stack.len().checked_sub(usize::from(opcode.pops()))?);
                self.stack.extend(std::iter::repeat_n(None, usize::from(opcode.pushes())));
                // What an address may change is known no longer.
                if opcode == Opcode::Ldloca {
                    self.locals.clear();
                }
            }
            _ => return None,
        }
        Some(next)
    }
}

/// Whether all ways through code return zero; nothing if that cannot be told.
fn follow(code: &[Instr<'_>], called: impl Fn(&Instr<'_>) -> Option<Called>) -> Option<bool> {
    let mut waiting = vec![(0, Way::default())];
    let mut seen: FxHashSet<(u32, Way)> = FxHashSet::default();
    while let Some((at, mut way)) = waiting.pop() {
        if !seen.insert((at, way.clone())) {
            continue;
        }
        if seen.len() > WAYS {
            return None;
        }
        let i = code.get(kiln_il::index_at(code, at)?)?;
        match i.opcode {
            Opcode::Throw => {}
            Opcode::Ret if way.stack.pop()? == Some(0) => {}
            Opcode::Ret => return Some(false),
            _ => waiting.extend(way.step(i, &called)?.into_iter().map(|n| (n, way.clone()))),
        }
    }
    Some(true)
}

#[cfg(test)]
mod tests {
    use super::{Called, follow};
    use kiln_il::{Decoder, Instr, Operand};

    /// Code whose calls take nothing and return false if they are of the first method.
    fn is_false(code: &[u8]) -> Option<bool> {
        let code: Vec<Instr<'_>> = Decoder::new(code).map(|i| i.expect("an instruction").canonical()).collect();
        follow(&code, |i| {
            let is_false = matches!(i.operand, Operand::Method(token) if token.token().rid() == 1);
            Some(Called { takes: 0, returns: true, is_false })
        })
    }

    #[test]
    fn a_check_that_is_false_and_another_is_false_and_with_or_it_is_not_known_to_be() {
        const CHECK: [u8; 5] = [0x28, 1, 0, 0, 6];
        const OTHER: [u8; 5] = [0x28, 2, 0, 0, 6];
        let both = |first: [u8; 5], branch: u8, second: [u8; 5], otherwise: u8| {
            let mut code = first.to_vec();
            code.extend([branch, 6]);
            code.extend(second);
            code.extend([0x2a, otherwise, 0x2a]);
            is_false(&code)
        };
        // `&&` either way round, then `||`.
        assert_eq!(both(CHECK, 0x2c, OTHER, 0x16), Some(true));
        assert_eq!(both(OTHER, 0x2c, CHECK, 0x16), Some(true));
        assert_eq!(both(CHECK, 0x2d, OTHER, 0x17), Some(false));
        assert_eq!(is_false(&[0x17, 0x2a]), Some(false));
        assert_eq!(is_false(&[0x16, 0x2a]), Some(true));
        // A loop that never ends returns nothing else.
        assert_eq!(is_false(&[0x2b, 0xfe]), Some(true));
    }
}
