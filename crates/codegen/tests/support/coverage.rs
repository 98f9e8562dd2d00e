//! What LIR has, and which of it some functions use.

use kiln_lir::*;
use std::collections::BTreeSet;

/// Names of what is used nowhere.
pub fn missing(functions: &[Function]) -> Vec<String> {
    let mut used = BTreeSet::new();
    for f in functions {
        function(f, &mut used);
    }
    wanted().into_iter().filter(|w| !used.contains(w)).collect()
}

/// Everything that there is. A new instruction, operation or kind of symbol is in here by itself; a new flag is found by the patterns
/// below, which name all fields.
fn wanted() -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    all.extend(InstKind::ALL.iter().map(|k| format!("instruction {}", k.word())));
    all.extend(BinOp::ALL.iter().map(|k| format!("binary {}", k.word())));
    all.extend([BinOp::Add, BinOp::Sub, BinOp::Mul].iter().flat_map(|k| ["", " unsigned"].map(|u| format!("checked {}{u}", k.word()))));
    all.extend(UnOp::ALL.iter().map(|k| format!("unary {}", k.word())));
    all.extend(MathOp::ALL.iter().map(|k| format!("math {}", k.word())));
    all.extend(IntCond::ALL.iter().map(|k| format!("icmp {}", k.word())));
    all.extend(FloatCond::ALL.iter().map(|k| format!("fcmp {}", k.word())));
    all.extend(CastOp::ALL.iter().map(|k| format!("cast {}", k.word())));
    all.extend(AtomicOp::ALL.iter().map(|k| format!("atomic {}", k.word())));
    all.extend(SymKind::ALL.iter().map(|k| format!("symbol {}", k.word())));
    let constants = LTy::ALL.iter().filter(|t| **t != LTy::Void);
    all.extend(constants.map(|t| format!("constant {}", t.word())));
    let memory = LTy::ALL.iter().filter(|t| !matches!(t, LTy::Void | LTy::I1));
    all.extend(memory.flat_map(|t| ["load", "store"].map(|k| format!("{k} {}", t.word()))));
    let flags = [
        "load volatile",
        "load once",
        "load align",
        "load invariant",
        "store volatile",
        "store align",
        "call leaf",
        "call noreturn",
        "call native",
        "call more",
        "call sret",
        "call readonly",
        "call tail",
        "call scope",
        "call unwind",
        "call indirect",
        "function sret",
        "function once",
        "function source",
        "slot refs",
        "slot pinned",
        "slot scalar",
        "slot bytes",
        "block cold",
        "block params",
        "pad",
        "clause catch",
        "clause filter",
        "clause cleanup",
        "lea index",
        "lea plain",
        "stack_alloc zero",
        "jump",
        "branch",
        "branch likely",
        "branch unlikely",
        "switch",
        "return",
        "return value",
        "unreachable",
        "symbol offset",
    ];
    all.extend(flags.map(str::to_owned));
    all
}

fn function(f: &Function, used: &mut BTreeSet<String>) {
    // All fields are named, so that a new one is thought of here.
    let Function { sym, name: _, params: _, ret: _, slots, blocks, value_types: _, sret, needs: _, once, sym_names, .. } = f;
    let mut add = |s: String| {
        used.insert(s);
    };
    std::iter::once(sym).chain(sym_names.iter().map(|s| &s.0)).for_each(|s| add(format!("symbol {}", s.kind().word())));
    for (set, what) in [(*sret, "function sret"), (*once, "function once"), (f.source.is_some(), "function source")] {
        if set {
            add(what.to_owned());
        }
    }
    for StackSlot { size: _, align: _, ref_offsets, pinned, scalar, name: _ } in slots {
        for (set, what) in [
            (!ref_offsets.is_empty(), "slot refs"),
            (*pinned, "slot pinned"),
            (scalar.is_some(), "slot scalar"),
            (scalar.is_none() && ref_offsets.is_empty(), "slot bytes"),
        ] {
            if set {
                add(what.to_owned());
            }
        }
    }
    for BlockData { params, landing_pad, insts, term, cold } in blocks {
        for (set, what) in [(!params.is_empty(), "block params"), (landing_pad.is_some(), "pad"), (*cold, "block cold")] {
            if set {
                add(what.to_owned());
            }
        }
        for clause in landing_pad.iter().flatten() {
            add(match clause {
                Clause::Catch(_) => "clause catch".to_owned(),
                Clause::Filter(_) => "clause filter".to_owned(),
                Clause::Cleanup => "clause cleanup".to_owned(),
            });
        }
        insts.iter().for_each(|i| inst(&i.1, &mut add));
        add(match term {
            Term::Jump(..) => "jump".to_owned(),
            Term::Branch { likely: None, .. } => "branch".to_owned(),
            Term::Branch { likely: Some(true), .. } => "branch likely".to_owned(),
            Term::Branch { likely: Some(false), .. } => "branch unlikely".to_owned(),
            Term::Switch { .. } => "switch".to_owned(),
            Term::Return(None) => "return".to_owned(),
            Term::Return(Some(_)) => "return value".to_owned(),
            Term::Unreachable => "unreachable".to_owned(),
        });
    }
}

fn access(kind: &str, ty: LTy, flags: MemFlags, add: &mut impl FnMut(String)) {
    let MemFlags { volatile, once, align, invariant } = flags;
    add(format!("{kind} {}", ty.word()));
    for (set, what) in [(volatile, "volatile"), (once, "once"), (align != 0, "align"), (invariant, "invariant")] {
        if set {
            add(format!("{kind} {what}"));
        }
    }
}

fn inst(inst: &Inst, add: &mut impl FnMut(String)) {
    add(format!("instruction {}", inst.kind().word()));
    match inst {
        Inst::IConst(ty, _) => add(format!("constant {}", ty.word())),
        Inst::F32Const(_) => add("constant f32".to_owned()),
        Inst::F64Const(_) => add("constant f64".to_owned()),
        Inst::SymAddr(_, offset) if *offset != 0 => add("symbol offset".to_owned()),
        Inst::Load { ty, flags, .. } => access("load", *ty, *flags, add),
        Inst::Store { ty, flags, .. } => access("store", *ty, *flags, add),
        Inst::Addr { index, .. } => add(if index.is_some() { "lea index" } else { "lea plain" }.to_owned()),
        Inst::Bin(op, ..) => add(format!("binary {}", op.word())),
        Inst::BinOverflow { op, signed, .. } => add(format!("checked {}{}", op.word(), if *signed { "" } else { " unsigned" })),
        Inst::Un(op, ..) => add(format!("unary {}", op.word())),
        Inst::Math(op, ..) => add(format!("math {}", op.word())),
        Inst::ICmp(cond, ..) => add(format!("icmp {}", cond.word())),
        Inst::FCmp(cond, ..) => add(format!("fcmp {}", cond.word())),
        Inst::Cast { op, .. } => add(format!("cast {}", op.word())),
        Inst::AtomicRmw { op, .. } => add(format!("atomic {}", op.word())),
        Inst::StackAlloc { zero: true, .. } => add("stack_alloc zero".to_owned()),
        Inst::Call(call) => {
            let Call { target, flags, unwind, .. } = &**call;
            let CallFlags { leaf, noreturn, native, more, sret, readonly, tail, scope } = *flags;
            for (set, what) in [
                (leaf, "leaf"),
                (noreturn, "noreturn"),
                (native, "native"),
                (more[0].is_some(), "more"),
                (sret, "sret"),
                (readonly, "readonly"),
                (tail, "tail"),
                (scope != ScopeId::FUNCTION, "scope"),
                (unwind.is_some(), "unwind"),
                (matches!(target, CallTarget::Indirect(_)), "indirect"),
            ] {
                if set {
                    add(format!("call {what}"));
                }
            }
        }
        _ => {}
    }
}
