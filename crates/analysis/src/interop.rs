//! What crosses to native code: which delegate types become C functions and are made of such, and which structures are described
//! (`abi::interop`). What parameters of P/Invokes need their wrappers name; the rest is asked for at run time, by type, and then stands for
//! the types that the application brings and those that it names.

use crate::abilities::Ability;
use crate::cx::Cx;
use crate::event::Event;
use crate::graph::{Node, Reason};
use crate::policy::Policy;
use kiln_lir::Sym;
use kiln_lower::delegate_crosses;
use kiln_typesys::{FieldForm, MethodDesc, NoForm, TypeDesc, TypeSystem};

/// The policy.
#[derive(Debug)]
pub(crate) struct Interop;

impl Policy for Interop {
    fn answer(&mut self, cx: &mut Cx<'_>, event: &Event<'_>) {
        match *event {
            Event::TypeIdentified(t) if cx.is_own(t) => crossing(cx, t),
            Event::TypeNamed(t) => crossing(cx, t),
            Event::FormUsed(t) => form(cx, t),
            _ => {}
        }
    }
}

/// A type that the program may ask for at run time.
fn crossing(cx: &mut Cx<'_>, t: TypeDesc) {
    let ts = cx.ts;
    if let Some(invoke) = delegate_crosses(ts, t) {
        let asked = Node::Ability(Ability::PassDelegates);
        for s in both_ways(t, invoke) {
            cx.need_if(&asked, s, Reason::Interop);
        }
    } else if !ts.contains_vars(t) && !ts.contains_canon(t) && differs(ts, t) {
        cx.need_if(&Node::Ability(Ability::ConvertStructures), Sym::NativeForm(t), Reason::Interop);
    }
}

/// What a delegate type that crosses is made of: its objects, and the code either way.
fn both_ways(t: TypeDesc, invoke: MethodDesc) -> [Sym; 3] {
    [Sym::ConstructedType(t), Sym::DelegateEntry(invoke), Sym::DelegateNative(invoke)]
}

/// Whether a structure is something else to native code, or would be one if it could.
fn differs(ts: &TypeSystem, t: TypeDesc) -> bool {
    match ts.native_form(t) {
        Ok(form) => !form.same,
        Err(NoForm::Field(..)) => true,
        Err(NoForm::Layout) => false,
    }
}

/// What the description of a structure names, and what converting makes.
fn form(cx: &mut Cx<'_>, t: TypeDesc) {
    let ts = cx.ts;
    cx.need(Sym::NecessaryType(t), Reason::Interop);
    let Ok(form) = ts.native_form(t) else { return };
    for field in form.fields {
        part(cx, &field.how);
    }
}

fn part(cx: &mut Cx<'_>, how: &FieldForm) {
    match how {
        FieldForm::Struct(t) => cx.need(Sym::NativeForm(*t), Reason::Interop),
        FieldForm::Class(t) => {
            cx.need(Sym::NativeForm(*t), Reason::Interop);
            cx.need(Sym::ConstructedType(*t), Reason::Interop);
        }
        FieldForm::InlineArray { array, element, .. } => {
            cx.need(Sym::ConstructedType(*array), Reason::Interop);
            part(cx, element);
        }
        FieldForm::Delegate(t) => {
            if let Some(invoke) = delegate_crosses(cx.ts, *t) {
                for s in both_ways(*t, invoke) {
                    cx.need(s, Reason::Interop);
                }
            }
        }
        _ => {}
    }
}
