//! With `-g`, lowered code says which IL offset it comes from; without, it is the same code and says nothing.

#![forbid(unsafe_code)]

use kiln_importer::{ImportOptions, NoPolicy, import_method};
use kiln_lir::{Function, Origin, print};
use kiln_lower::{LowerOptions, lower_method};
use kiln_testkit::corelib::{type_named, universe};

/// IL_0000 ldarg.0, IL_0001 ldarg.1, IL_0002 ldelem.i4, IL_0003 ldc.i4.1, IL_0004 add, IL_0005 ret.
const TEXT: &str = ".class C { .method static int32 M(int32[] a, int32 i) { ldarg.0 ldarg.1 ldelem.i4 ldc.i4.1 add ret } }";

fn lowered(with: bool) -> Function {
    let ts = universe("test.il", TEXT).expect("a universe");
    let m = ts.find_methods(type_named(&ts, "C").expect("C"), "M")[0];
    let mir = import_method(&ts, m, &NoPolicy, &ImportOptions::default()).expect("imports");
    let origins = if with { vec![ts.modules()[0]] } else { Vec::new() };
    let mut functions = lower_method(&ts, &mir, &LowerOptions { origins, ..LowerOptions::default() }).expect("lowers");
    assert_eq!(functions.len(), 1);
    functions.remove(0)
}

#[test]
fn a_check_comes_from_the_instruction_that_it_is_for() {
    let f = lowered(true);
    // In order, within blocks that exist.
    assert!(f.origins.is_sorted_by_key(|o: &Origin| (o.block, o.inst)));
    assert!(f.origins.iter().all(|o| f.blocks.get(o.block.index()).is_some_and(|b| o.inst as usize <= b.insts.len())));
    let of = |wanted: &str| {
        let (block, inst) = f
            .blocks
            .iter()
            .enumerate()
            .find_map(|(b, block)| {
                let one = |(_, i): &(kiln_lir::Results, kiln_lir::Inst)| format!("{i:?}").contains(wanted);
                block.insts.iter().position(one).map(|at| (b, at))
            })
            .unwrap_or_else(|| panic!("{wanted} in {}", print(&f)));
        let mark = f.origins.iter().filter(|o| o.block.index() == block && o.inst as usize <= inst).max_by_key(|o| o.inst);
        mark.and_then(|o| o.place).map(|p| p.offset)
    };
    // The null check and the bounds check are of the access; the addition has its own place.
    assert_eq!(of("ICmp(Eq, Ref"), Some(2));
    assert_eq!(of("ICmp(Uge, I32"), Some(2));
    assert_eq!(of("Bin(Add, I32"), Some(4));
}

#[test]
fn without_symbols_nothing_is_said_and_the_code_is_the_same() {
    let (with, without) = (lowered(true), lowered(false));
    assert!(!with.origins.is_empty());
    assert_eq!(without.origins, []);
    assert_eq!(print(&with), print(&without));
}
