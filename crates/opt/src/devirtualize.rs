//! A virtual or interface call that reaches one method on every object it may be made on becomes a direct call of that method; the check
//! for null stays (ECMA-335 III.4.2).
//!
//! The objects are those of the closed program that are of the call's type, or of the type that the reference is known to have. Left alone:
//! generic virtual methods, methods of value types (the object would have to be unboxed), methods that take a hidden generic argument
//! (the object's exact type would have to be found first; default interface methods of generic interfaces are among them), all
//! default interface methods, natives, and calls that no object can receive.

use crate::{Cx, Pass};
use kiln_mir::{Function, Inst, Ty, ValueId};
use kiln_support::{FxHashMap, FxHashSet};
use kiln_typesys::{HiddenParam, MethodDesc, Resolved, TypeDesc, TypeSystem, VtableEntry};

/// The pass, with what it found before: by method called and type of the reference.
#[derive(Debug, Default)]
pub(crate) struct Devirtualize {
    known: FxHashMap<(MethodDesc, TypeDesc), Option<MethodDesc>>,
}

impl Pass for Devirtualize {
    fn run(&mut self, cx: &mut Cx<'_>, f: &mut Function) -> usize {
        let mut done = 0;
        let mut assumed: Option<FxHashSet<ValueId>> = None;
        for block in 0..f.blocks.len() {
            for at in 0..f.blocks[block].insts.len() {
                let Inst::CallVirt { method, args } = &f.blocks[block].insts[at].1 else { continue };
                let (method, Some(&this)) = (*method, args.first()) else { continue };
                let assumed = assumed.get_or_insert_with(|| reinterpreted(f));
                let known = match f.values.get(this.index()) {
                    Some(Ty::Ref(Some(t))) if !assumed.contains(&this) => Some(*t),
                    _ => None,
                };
                let Some(target) = self.target(cx, method, known) else { continue };
                if !cx.burn() {
                    return done;
                }
                let inst = &mut f.blocks[block].insts[at].1;
                if let Inst::CallVirt { args, .. } = inst {
                    *inst = Inst::Call { method: target, args: std::mem::take(args), null_check: true };
                    done += 1;
                }
            }
        }
        done
    }
}

/// Values whose type the code only claims (`Unsafe.As`).
fn reinterpreted(f: &Function) -> FxHashSet<ValueId> {
    let all = f.blocks.iter().flat_map(|b| &b.insts);
    all.filter_map(|(result, inst, _)| result.filter(|_| matches!(inst, Inst::Reinterpret(_)))).collect()
}

impl Devirtualize {
    /// The only method that a call reaches.
    fn target(&mut self, cx: &Cx<'_>, method: MethodDesc, known: Option<TypeDesc>) -> Option<MethodDesc> {
        let ts = cx.ts;
        let owner = ts.method_owner(method);
        let already = !ts.is_interface(owner) && !ts.is_abstract_method(method) && (ts.is_final(method) || ts.is_sealed(owner));
        if !ts.is_virtual(method) || already || !ts.method_args(method).is_empty() || ts.is_delegate_invoke(method) {
            return None;
        }
        let receiver = known.filter(|&t| narrows(ts, t, owner)).unwrap_or(owner);
        *self.known.entry((method, receiver)).or_insert_with(|| only_target(cx, method, receiver))
    }
}

/// Whether a reference of the type refers to fewer objects than one of the method's owner, and to no others.
fn narrows(ts: &TypeSystem, t: TypeDesc, owner: TypeDesc) -> bool {
    if ts.is_interface(t) || ts.is_value_type(t) || ts.type_def(t).is_none() {
        return false;
    }
    let (t, owner) = (ts.canonical_type(t), ts.canonical_type(owner));
    if ts.is_interface(owner) {
        return ts.interfaces(t).iter().any(|&i| ts.canonical_type(i) == owner);
    }
    std::iter::successors(Some(t), |&c| ts.base_type(c)).any(|c| ts.canonical_type(c) == owner)
}

/// What the call reaches on each of the objects, if it is the same method on all.
fn only_target(cx: &Cx<'_>, method: MethodDesc, receiver: TypeDesc) -> Option<MethodDesc> {
    let ts = cx.ts;
    if !cx.facts.is_closed(ts, receiver) {
        return None;
    }
    let mut only: Option<MethodDesc> = None;
    let mut constructed = false;
    for object in cx.facts.objects_of(ts, receiver) {
        for found in reached(ts, method, object.ty)? {
            constructed |= object.constructed;
            let same = match only {
                None => is_callable(ts, found).then_some(found)?,
                Some(before) if before == found => before,
                // Instantiations that share their code: the code is what is called.
                Some(before) => {
                    let shared = ts.canonical_method(before);
                    (ts.canonical_method(found) == shared).then_some(shared)?
                }
            };
            only = Some(same);
        }
    }
    // Else nothing says that the program has the method.
    only.filter(|_| constructed)
}

/// What a call reaches on objects of a type: nothing where they do not have the interface, `None` where it cannot be said.
fn reached(ts: &TypeSystem, method: MethodDesc, t: TypeDesc) -> Option<Vec<MethodDesc>> {
    let owner = ts.method_owner(method);
    if !ts.is_interface(owner) {
        let vtable = ts.vtable(t).ok()?;
        return match vtable.get(ts.vtable_slot(method).ok()? as usize)? {
            VtableEntry::Method(slot) => Some(vec![slot.imp]),
            VtableEntry::Dictionary(_) => None,
        };
    }
    let (definition, canonical) = (ts.generic_definition(owner), ts.canonical_type(owner));
    let mut out = Vec::new();
    for &i in ts.interfaces(t).iter().filter(|&&i| ts.generic_definition(i) == definition) {
        if ts.canonical_type(i) != canonical {
            // Arrays of enums and of integers of one size are cast to each other's interfaces.
            if ts.is_array(t) {
                return None;
            }
            continue;
        }
        match ts.resolve_interface(ts.method_on(ts.method_definition(method), i), t) {
            Resolved::Method(m) => out.push(m),
            _ => return None,
        }
    }
    Some(out)
}

/// Whether a direct call of the method needs nothing but its arguments.
fn is_callable(ts: &TypeSystem, m: MethodDesc) -> bool {
    let owner = ts.method_owner(m);
    let shared = ts.canonical_method(m);
    let native = ts.overlay_of(m).is_none() && (ts.is_internal_call(m) || ts.is_pinvoke(m) || ts.is_runtime_impl(m));
    !ts.is_abstract_method(m)
        && !ts.is_static_method(m)
        && !ts.is_value_type(owner)
        && !ts.is_interface(owner)
        && !native
        && (!ts.is_shared_method(shared) || ts.hidden_param(shared) == HiddenParam::None)
}
