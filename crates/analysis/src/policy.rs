//! What a policy is, and which there are. A policy knows one matter of .NET; it answers events by marking more nodes, and never calls
//! another one.

use crate::abilities::Abilities;
use crate::cx::Cx;
use crate::dispatch::Dispatch;
use crate::event::Event;
use crate::generics::dictionaries::Dictionaries;
use crate::graph::{Node, Reason};
use crate::interop::Interop;
use crate::reflection::Reflecting;
use crate::templates::Templates;
use crate::types::Types;
use kiln_lir::Function;
use kiln_typesys::{ModuleId, TypeSystem};

/// One matter of .NET.
pub(crate) trait Policy {
    /// Says what an event brings along. It may depend on the event alone, on what it meets (`Cx::offer`, `Cx::ask`) and on conditions, never
    /// on what is marked at the moment: then the order of events does not matter.
    fn answer(&mut self, cx: &mut Cx<'_>, event: &Event<'_>);

    /// What code brings along besides the symbols in it.
    fn scan(&self, _ts: &TypeSystem, _code: &Function, _needs: &mut Vec<(Node, Reason)>) {}
}

/// All policies.
#[derive(Debug)]
pub(crate) struct Policies {
    pub(crate) abilities: Abilities,
    pub(crate) types: Types,
    pub(crate) dictionaries: Dictionaries,
    pub(crate) dispatch: Dispatch,
    pub(crate) reflection: Reflecting,
    pub(crate) templates: Templates,
    pub(crate) interop: Interop,
}

impl Policies {
    pub(crate) fn new(ts: &TypeSystem, application: &[ModuleId], program: &[ModuleId]) -> Self {
        Self {
            abilities: Abilities::new(ts),
            types: Types,
            dictionaries: Dictionaries,
            dispatch: Dispatch::default(),
            reflection: Reflecting::new(ts, application, program),
            templates: Templates,
            interop: Interop,
        }
    }

    /// Tells all.
    pub(crate) fn answer(&mut self, cx: &mut Cx<'_>, event: &Event<'_>) {
        let Self { abilities, types, dictionaries, dispatch, reflection, templates, interop } = self;
        for policy in [abilities as &mut dyn Policy, types, dictionaries, dispatch, reflection, templates, interop] {
            policy.answer(cx, event);
        }
    }

    /// Asks all.
    pub(crate) fn scan(&self, ts: &TypeSystem, code: &Function, needs: &mut Vec<(Node, Reason)>) {
        let Self { abilities, types, dictionaries, dispatch, reflection, templates, interop } = self;
        for policy in [abilities as &dyn Policy, types, dictionaries, dispatch, reflection, templates, interop] {
            policy.scan(ts, code, needs);
        }
    }
}
