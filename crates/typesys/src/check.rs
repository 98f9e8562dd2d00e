//! Loads everything of a universe: every definition's base, interfaces, layout and vtable, every method's signature and names, and
//! every token of every body. What fails is reported, not raised.

use crate::TypeSystem;
use crate::desc::*;
use kiln_il::{Operand, decode_body};
use kiln_metadata::Token;
use std::fmt::Display;

/// What `check_types` saw.
#[derive(Debug, Default)]
pub struct CheckReport {
    /// Modules loaded.
    pub modules: u64,
    /// Type definitions.
    pub types: u64,
    /// Methods.
    pub methods: u64,
    /// Interface methods resolved on classes.
    pub dispatches: u64,
    /// Tokens of bodies resolved.
    pub tokens: u64,
    /// What did not load: where and why.
    pub failures: Vec<String>,
}

impl CheckReport {
    fn fail(&mut self, place: impl Display, why: impl Display) {
        self.failures.push(format!("{place}: {why}"));
    }
}

/// Loads all types, methods and tokens of all modules.
pub fn check_types(ts: &TypeSystem, report: &mut CheckReport) {
    let canon = ts.well_known(WellKnown::Canon);
    for module in ts.modules() {
        report.modules += 1;
        let metadata = ts.module(module);
        for def in metadata.type_defs() {
            report.types += 1;
            let open = ts.type_of_def(module, def);
            let exact = match ts.type_args(open).len() {
                0 => open,
                n => ts.instantiate(open, &vec![canon; n]),
            };
            for t in [open, exact] {
                if let Err(e) = ts.check_type(t) {
                    report.fail(ts.type_display(t), e);
                }
            }
            check_dispatch(ts, exact, report);
            for &m in ts.methods(open).iter() {
                report.methods += 1;
                if let Err(e) = ts.method_sig(m) {
                    report.fail(ts.method_display(m), e);
                }
                check_body(ts, m, report);
            }
            for &f in ts.fields(open).iter() {
                if let Err(e) = ts.field_type(f) {
                    report.fail(format_args!("{}::{}", ts.type_display(open), ts.field_name(f)), e);
                }
            }
        }
    }
}

/// A class that is not abstract implements everything that its interfaces want.
fn check_dispatch(ts: &TypeSystem, t: TypeDesc, report: &mut CheckReport) {
    if ts.is_abstract(t) {
        return;
    }
    for &i in ts.interfaces(t).iter() {
        for &m in ts.methods(i).iter() {
            if !ts.is_virtual(m) {
                continue;
            }
            report.dispatches += 1;
            let found = match ts.is_static_method(m) {
                true => ts.resolve_static_virtual(m, t).is_some(),
                false => matches!(ts.resolve_interface(m, t), Resolved::Method(_) | Resolved::Default(_)),
            };
            if !found {
                report.fail(ts.type_display(t), format_args!("{} is not implemented", ts.method_display(m)));
            }
        }
    }
    for e in ts.vtable(t).iter().flat_map(|v| v.iter()) {
        if let VtableEntry::Method(s) = e
            && ts.is_abstract_method(s.imp)
        {
            report.fail(ts.type_display(t), format_args!("{} is abstract", ts.method_display(s.imp)));
        }
    }
}

fn check_body(ts: &TypeSystem, m: MethodDesc, report: &mut CheckReport) {
    let il = match ts.method_body(m) {
        Ok(Some(il)) => il,
        Ok(None) => return,
        Err(e) => return report.fail(ts.method_display(m), e),
    };
    let body = match il.body() {
        Ok(body) => body,
        Err(e) => return report.fail(ts.method_display(m), e),
    };
    let instrs = match decode_body(&body) {
        Ok(instrs) => instrs,
        Err(e) => return report.fail(ts.method_display(m), e),
    };
    let open = GenericArgs::empty();
    if let Some(locals) = body.locals
        && let Err(e) = ts.local_types(il.module, locals.token(), &open)
    {
        report.fail(ts.method_display(m), e);
    }
    let ty = |t: Token| ts.resolve_type(il.module, t, &open).map(drop);
    let method = |t: Token| ts.resolve_method(il.module, t, &open).and_then(|m| ts.method_sig(m)).map(drop);
    let field = |t: Token| ts.resolve_field(il.module, t, &open).and_then(|f| ts.field_type(f)).map(drop);
    for i in &instrs {
        let result = match i.operand {
            Operand::Type(t) => ty(t.token()),
            Operand::Method(t) => method(t.token()),
            Operand::Field(t) => field(t.token()),
            Operand::Sig(t) => ts.resolve_sig(il.module, t.token(), &open).map(drop),
            Operand::Token(t) if ts.is_field_token(il.module, t.token()) => field(t.token()),
            Operand::Token(t) if ts.is_method_token(il.module, t.token()) => method(t.token()),
            Operand::Token(t) => ty(t.token()),
            _ => continue,
        };
        report.tokens += 1;
        if let Err(e) = result {
            report.fail(format_args!("{} at {:#x}", ts.method_display(m), i.offset), e);
        }
    }
    for c in &body.clauses {
        if let kiln_metadata::EhKind::Catch(t) = c.kind
            && let Err(e) = ty(t.token())
        {
            report.fail(ts.method_display(m), e);
        }
    }
}
