//! Methods that always return one constant because what they call was substituted by one: `TrackCompletion => Log.IsEnabled(…)`.
//!
//! The answer folds branches while importing, before what is behind them becomes reachable. Only straight evaluation of a few
//! instructions is tried (ECMA-335 III): loads, calls of such methods, branches on known values. As in the linker's
//! own propagation, loading a static field counts as free of effects.

use kiln_il::{Instr, Opcode, Operand, decode_body, index_at};
use kiln_importer::Constant;
use kiln_typesys::{MethodDesc, TypeSystem};

/// Longer bodies do something.
const MAX_CODE: usize = 48;

/// The constant that a method returns, if its body comes to one. `call` answers for the methods that it calls.
pub(crate) fn result(ts: &TypeSystem, m: MethodDesc, call: &mut dyn FnMut(MethodDesc) -> Option<Constant>) -> Option<Constant> {
    let owner = ts.method_owner(m);
    // A call that runs a class constructor at a precise time, or the module's initialiser, has an effect.
    if ts.method_def(m).is_some_and(|(module, _)| ts.initialized_module(module).is_some()) {
        return None;
    }
    if ts.is_virtual(m) || ts.is_static_method(m) && ts.has_cctor(owner).is_some() && !ts.is_before_field_init(owner) {
        return None;
    }
    let il = ts.method_body(m).ok()??;
    let body = il.body().ok()?;
    if body.code.len() > MAX_CODE || !body.clauses.is_empty() {
        return None;
    }
    let code: Vec<Instr<'_>> = decode_body(&body).ok()?.into_iter().map(Instr::canonical).collect();
    let mut stack: Vec<Option<Constant>> = Vec::new();
    let mut at = 0;
    // Something was substituted: a method that just says `return true` is left to the optimiser.
    let mut folded = false;
    for _ in 0..MAX_CODE {
        let i = code.get(at)?;
        at += 1;
        match (i.opcode, i.operand) {
            (Opcode::Nop, _) => {}
            (Opcode::LdcI4, Operand::I32(v)) => stack.push(Some(Constant::I32(v))),
            (Opcode::LdcI8, _) | (Opcode::Ldnull, _) | (Opcode::Ldsfld, _) | (Opcode::Ldarg, _) => stack.push(None),
            (Opcode::Pop, _) => drop(stack.pop()?),
            // Arguments of the calls: what they come to does not matter.
            (Opcode::ConvI4 | Opcode::ConvI8 | Opcode::ConvU4 | Opcode::ConvU8, _) => *stack.last_mut()? = None,
            (Opcode::Call | Opcode::Callvirt, Operand::Method(token)) => {
                let callee = ts.resolve_method(il.module, token.token(), &il.args).ok()?;
                let sig = ts.method_sig(callee).ok()?;
                let value = call(callee)?;
                let arguments = sig.params.len() + usize::from(sig.has_this);
                stack.truncate(stack.len().checked_sub(arguments)?);
                stack.push(Some(value));
                folded = true;
            }
            (Opcode::Br, Operand::Target(to)) => at = index_at(&code, to)?,
            (Opcode::Brtrue | Opcode::Brfalse, Operand::Target(to)) => {
                let Some(Constant::I32(value)) = stack.pop()? else { return None };
                if (value != 0) == (i.opcode == Opcode::Brtrue) {
                    at = index_at(&code, to)?;
                }
            }
            (Opcode::Ret, _) => return stack.pop()?.filter(|_| folded),
            _ => return None,
        }
    }
    None
}
