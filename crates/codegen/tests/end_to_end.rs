//! Hand-written LIR → pieces → object → executable with a test runtime whose collector moves every object at every allocation.

#[path = "support/build.rs"]
mod build;

use build::{Fb, sym};
use kiln_codegen::{Batch, Code, CodegenOptions, Effort, OptLevel, Unit, compile_batch, compile_unit, encode_gc, join};
use kiln_link::{LinkInput, LinkObject, OutputKind, link};
use kiln_lir::*;
use kiln_target::Target;
use std::fmt::Write;
use std::path::PathBuf;
use std::process::Command;

/// `may_throw(i, stop, node)`: throws E1 when i % 7 == 3, E2 when i == stop; the exception carries node.value + 1000.
fn may_throw() -> Function {
    let (mut b, p) = Fb::new("may_throw", &[LTy::I64, LTy::I64, LTy::Ref], LTy::Void);
    let (t1, n1, t2, ok) = (b.block(&[]), b.block(&[]), b.block(&[]), b.block(&[]));
    let seven = b.c(7);
    let rest = b.bin(BinOp::URem, p[0], seven);
    let three = b.c(3);
    let c = b.cmp(IntCond::Eq, LTy::I64, rest, three);
    b.branch(c, t1, n1);
    b.go(n1);
    let c = b.cmp(IntCond::Eq, LTy::I64, p[0], p[1]);
    b.branch(c, t2, ok);
    for (block, mt) in [(t1, "MT_E1"), (t2, "MT_E2")] {
        b.f.blocks[block.index()].cold = true;
        b.go(block);
        let x = b.alloc(mt);
        let v = b.load(LTy::I64, p[2], 16);
        let k = b.c(1000);
        let v = b.add(v, k);
        b.store(LTy::I64, x, 8, v);
        b.call_void("RhpThrowEx", &[LTy::Ref], &[x], None);
    }
    b.go(ok);
    b.end(Term::Return(None));
    b.f
}

/// `note(pair, node)`: pair = {count, last, first} in the caller's frame; allocates before it stores.
fn note() -> Function {
    let (mut b, p) = Fb::new("note", &[LTy::Ptr, LTy::Ref], LTy::Void);
    let (first, done) = (b.block(&[]), b.block(&[]));
    b.alloc("MT_ARR");
    let count = b.load(LTy::I64, p[0], 0);
    let one = b.c(1);
    let count = b.add(count, one);
    b.store(LTy::I64, p[0], 0, count);
    b.store(LTy::Ref, p[0], 8, p[1]);
    let old = b.load(LTy::Ref, p[0], 16);
    let null = b.i(LTy::Ref, Inst::IConst(LTy::Ref, 0));
    let c = b.cmp(IntCond::Eq, LTy::Ref, old, null);
    b.branch(c, first, done);
    b.go(first);
    b.store(LTy::Ref, p[0], 16, p[1]);
    b.jump(done, &[]);
    b.go(done);
    b.end(Term::Return(None));
    b.f
}

/// `work(cell byref, n, stop)`: list building with a typed catch and a finally; see `expect` in the test runtime.
#[expect(clippy::too_many_lines, reason = "the LIR of one function, an instruction a line")]
fn work() -> Function {
    let (mut b, p) = Fb::new("work", &[LTy::Ref, LTy::I64, LTy::I64], LTy::I64);
    let (cell, n, stop) = (p[0], p[1], p[2]);
    let head = b.slot(8, &[0], Some(LTy::Ref), false);
    let sum = b.slot(8, &[], Some(LTy::I64), false);
    let pair = b.slot(24, &[8, 16], None, false);
    let pin = b.slot(8, &[0], Some(LTy::Ref), true);
    for (s, size) in [(head, 8), (sum, 8), (pair, 24), (pin, 8)] {
        b.e(Inst::ZeroSlot { slot: s, offset: 0, size });
    }
    let (head, sum, pair, pin) = (b.slot_addr(head), b.slot_addr(sum), b.slot_addr(pair), b.slot_addr(pin));
    let sum = b.i(LTy::Ref, Inst::PtrToRef(sum));
    let arr = b.alloc("MT_ARR");
    let element = b.i(LTy::Ref, Inst::Addr { base: arr, index: None, scale: 0, offset: 48 });
    b.store(LTy::Ref, pin, 0, arr);
    let zero = b.c(0);
    let header = b.block(&[LTy::I64]);
    let i = b.param(header, 0);
    let (body, cont, fin, pad, caught, unwinding, walk, step, done) = (
        b.block(&[]),
        b.block(&[]),
        b.block(&[]),
        b.pad(vec![Clause::Catch(sym("MT_E1")), Clause::Cleanup]),
        b.block(&[]),
        b.block(&[]),
        b.block(&[]),
        b.block(&[]),
        b.block(&[]),
    );
    b.jump(header, &[zero]);
    let bump = |b: &mut Fb, at: ValueId, offset: i32, by: ValueId| {
        let v = b.load(LTy::I64, at, offset);
        let v = b.add(v, by);
        b.store(LTy::I64, at, offset, v);
    };
    b.go(header);
    let c = b.cmp(IntCond::Ult, LTy::I64, i, n);
    b.branch(c, body, walk);
    b.go(body);
    let node = b.alloc("MT_NODE");
    let old = b.load(LTy::Ref, head, 0);
    b.store(LTy::Ref, node, 8, old);
    b.store(LTy::I64, node, 16, i);
    b.store(LTy::Ref, head, 0, node);
    bump(&mut b, element, 0, i);
    let one = b.c(1);
    bump(&mut b, cell, 0, one);
    b.call_void("note", &[LTy::Ptr, LTy::Ref], &[pair, node], None);
    b.call_void("may_throw", &[LTy::I64, LTy::I64, LTy::Ref], &[i, stop, node], Some(pad));
    b.jump(cont, &[]);
    b.go(cont);
    let one = b.c(1);
    bump(&mut b, sum, 0, one);
    b.jump(fin, &[]);
    b.go(pad);
    let m = b.match_catch("MT_E1");
    b.branch(m, caught, unwinding);
    b.go(caught);
    let ex = b.call("RhpBeginCatch", &[], LTy::Ref, &[], None);
    let extra = b.alloc("MT_NODE");
    let v = b.load(LTy::I64, ex, 8);
    b.store(LTy::I64, extra, 16, v);
    let v = b.load(LTy::I64, extra, 16);
    bump(&mut b, sum, 0, v);
    let h = b.load(LTy::Ref, head, 0);
    let v = b.load(LTy::I64, h, 16);
    bump(&mut b, sum, 0, v);
    b.jump(fin, &[]);
    b.go(fin);
    let ten = b.c(10);
    bump(&mut b, cell, 0, ten);
    let one = b.c(1);
    let next = b.add(i, one);
    b.jump(header, &[next]);
    b.go(unwinding);
    b.alloc("MT_ARR");
    let k = b.c(100);
    bump(&mut b, cell, 0, k);
    b.resume();
    b.go(walk);
    let h = b.load(LTy::Ref, head, 0);
    let null = b.i(LTy::Ref, Inst::IConst(LTy::Ref, 0));
    let c = b.cmp(IntCond::Eq, LTy::Ref, h, null);
    b.branch(c, done, step);
    b.go(step);
    let v = b.load(LTy::I64, h, 16);
    bump(&mut b, sum, 0, v);
    let next = b.load(LTy::Ref, h, 8);
    b.store(LTy::Ref, head, 0, next);
    b.alloc("MT_ARR");
    b.jump(walk, &[]);
    b.go(done);
    let s = b.load(LTy::I64, sum, 0);
    let e = b.load(LTy::I64, element, 0);
    let c = b.load(LTy::I64, cell, 0);
    let r = b.add(s, e);
    let mut r = b.add(r, c);
    let count = b.load(LTy::I64, pair, 0);
    r = b.add(r, count);
    for at in [8, 16] {
        let node = b.load(LTy::Ref, pair, at);
        let v = b.load(LTy::I64, node, 16);
        r = b.add(r, v);
    }
    b.ret(r);
    b.f
}

fn managed_main() -> Function {
    let (mut b, p) = Fb::new("managed_main", &[LTy::I64, LTy::I64], LTy::I64);
    let (ok, pad, caught, other) = (b.block(&[]), b.pad(vec![Clause::Catch(sym("MT_E2"))]), b.block(&[]), b.block(&[]));
    let arr = b.alloc("MT_ARR");
    let cell = b.i(LTy::Ref, Inst::Addr { base: arr, index: None, scale: 0, offset: 32 });
    let v = b.call("work", &[LTy::Ref, LTy::I64, LTy::I64], LTy::I64, &[cell, p[0], p[1]], Some(pad));
    b.jump(ok, &[]);
    b.go(ok);
    b.ret(v);
    b.go(pad);
    let m = b.match_catch("MT_E2");
    b.branch(m, caught, other);
    b.go(caught);
    let ex = b.call("RhpBeginCatch", &[], LTy::Ref, &[], None);
    let v = b.load(LTy::I64, ex, 8);
    let k = b.c(1_000_000);
    let v = b.bin(BinOp::Mul, v, k);
    let c = b.load(LTy::I64, cell, 0);
    let v = b.add(v, c);
    b.ret(v);
    b.go(other);
    b.resume();
    b.f
}

/// A loop with a switch, overflow checks, a branch whose two ways lead to one block.
fn arith() -> Function {
    let (mut b, p) = Fb::new("arith", &[LTy::I64, LTy::I32], LTy::I64);
    let header = b.block(&[LTy::I64, LTy::I64]);
    let (i, sum) = (b.param(header, 0), b.param(header, 1));
    let join = b.block(&[LTy::I64]);
    let term = b.param(join, 0);
    let (body, c0, c1, c2, other, fine, done) =
        (b.block(&[]), b.block(&[]), b.block(&[]), b.block(&[]), b.block(&[]), b.block(&[]), b.block(&[]));
    let dead = b.block(&[]);
    let zero = b.c(0);
    b.jump(header, &[zero, zero]);
    b.go(header);
    let c = b.cmp(IntCond::Slt, LTy::I64, i, p[0]);
    b.branch(c, body, done);
    b.go(body);
    let three = b.c(3);
    let k = b.bin(BinOp::And, i, three);
    b.end(Term::Switch { value: k, cases: vec![(0, c0), (1, c1), (2, c2)], default: other });
    b.go(c0);
    let wide = b.i(LTy::I64, Inst::Cast { op: CastOp::SExt, from: LTy::I32, to: LTy::I64, value: p[1] });
    b.jump(join, &[wide]);
    b.go(c1);
    let three = b.c(3);
    let (v, o) = b.overflow(BinOp::Mul, LTy::I64, i, three);
    let v2 = b.i(LTy::I64, Inst::Select(LTy::I64, o, i, v));
    b.end(Term::Branch { cond: o, then_to: (join, vec![i]), else_to: (join, vec![v2]), likely: Some(false) });
    b.go(c2);
    let small = b.i(LTy::I32, Inst::Cast { op: CastOp::Trunc, from: LTy::I64, to: LTy::I32, value: i });
    let bits = b.i(LTy::I32, Inst::Un(UnOp::Ctpop, LTy::I32, small));
    let wide = b.i(LTy::I64, Inst::Cast { op: CastOp::ZExt, from: LTy::I32, to: LTy::I64, value: bits });
    b.jump(join, &[wide]);
    b.go(other);
    let minus = b.c(-1);
    b.jump(join, &[minus]);
    b.go(join);
    let (total, o) = b.overflow(BinOp::Add, LTy::I64, sum, term);
    b.branch(o, dead, fine);
    b.go(fine);
    let one = b.c(1);
    let next = b.add(i, one);
    b.jump(header, &[next, total]);
    b.go(done);
    b.ret(sum);
    b.f
}

/// `filtered(x)`: throws {x}; a filter accepts 7 → 100 + x, a finally-like cleanup outside returns -x.
fn filtered() -> [Function; 3] {
    let (mut b, p) = Fb::new("thrower", &[LTy::I64], LTy::Void);
    let ex = b.alloc("MT_E1");
    b.store(LTy::I64, ex, 8, p[0]);
    b.call_void("RhpThrowEx", &[LTy::Ref], &[ex], None);
    let thrower = b.f;

    let (mut b, p) = Fb::new("is_seven", &[LTy::Ref, LTy::Ptr], LTy::I32);
    let v = b.load(LTy::I64, p[0], 8);
    let seven = b.c(7);
    let c = b.cmp(IntCond::Eq, LTy::I64, v, seven);
    let r = b.i(LTy::I32, Inst::Cast { op: CastOp::ZExt, from: LTy::I1, to: LTy::I32, value: c });
    b.ret(r);
    let filter = b.f;

    let (mut b, p) = Fb::new("filtered", &[LTy::I64], LTy::I64);
    let pad = b.pad(vec![Clause::Filter(sym("is_seven")), Clause::Catch(sym("MT_E1"))]);
    let (yes, no, end) = (b.block(&[]), b.block(&[]), b.block(&[]));
    b.call_void("thrower", &[LTy::I64], &[p[0]], Some(pad));
    b.jump(end, &[]);
    b.go(end);
    b.ret(p[0]);
    b.go(pad);
    let f = b.i(LTy::Ptr, Inst::SymAddr(sym("is_seven"), 0));
    let m = b.call("RhpMatchFilter", &[LTy::Ptr], LTy::I32, &[f], None);
    let zero = b.i(LTy::I32, Inst::IConst(LTy::I32, 0));
    let m = b.cmp(IntCond::Ne, LTy::I32, m, zero);
    b.branch(m, yes, no);
    b.go(yes);
    let ex = b.call("RhpBeginCatch", &[], LTy::Ref, &[], None);
    let v = b.load(LTy::I64, ex, 8);
    let k = b.c(100);
    let v = b.add(v, k);
    b.ret(v);
    b.go(no);
    b.call("RhpBeginCatch", &[], LTy::Ref, &[], None);
    let zero = b.c(0);
    let v = b.bin(BinOp::Sub, zero, p[0]);
    b.ret(v);
    [thrower, filter, b.f]
}

/// `floor(pow(x, 2.5)) + saturate_i32(1e300)`.
fn floats() -> Function {
    let (mut b, p) = Fb::new("floats", &[LTy::F64], LTy::F64);
    let e = b.i(LTy::F64, Inst::F64Const(2.5f64.to_bits()));
    let v = b.i(LTy::F64, Inst::Math(MathOp::Pow, LTy::F64, vec![p[0], e]));
    let v = b.i(LTy::F64, Inst::Math(MathOp::Floor, LTy::F64, vec![v]));
    let big = b.i(LTy::F64, Inst::F64Const(1e300f64.to_bits()));
    let big = b.i(LTy::F64, Inst::Bin(BinOp::FMul, LTy::F64, big, p[0]));
    let s = b.i(LTy::I32, Inst::Cast { op: CastOp::FpToSiSat, from: LTy::F64, to: LTy::I32, value: big });
    let s = b.i(LTy::F64, Inst::Cast { op: CastOp::SiToFp, from: LTy::I32, to: LTy::F64, value: s });
    let v = b.i(LTy::F64, Inst::Bin(BinOp::FAdd, LTy::F64, v, s));
    b.ret(v);
    b.f
}

/// Writes 42 to the thread block, through localloc'ed memory and RefToInt, and reads it back.
fn thread_word() -> Function {
    let (mut b, _) = Fb::new("thread_word", &[], LTy::I64);
    let size = b.c(24);
    let memory = b.i(LTy::Ptr, Inst::StackAlloc { size, zero: true });
    let v = b.load(LTy::I64, memory, 16);
    let k = b.c(42);
    let v = b.add(v, k);
    let at = b.i(LTy::Ptr, Inst::ThreadAddr(16));
    let at = b.i(LTy::Ref, Inst::PtrToRef(at));
    b.alloc("MT_ARR");
    let raw = b.i(LTy::I64, Inst::RefToInt(at));
    b.store(LTy::I64, raw, 0, v);
    let at = b.i(LTy::Ptr, Inst::ThreadAddr(16));
    let v = b.load(LTy::I64, at, 0);
    b.ret(v);
    b.f
}

/// A frozen object or a fresh one, by a phi, over a collection; then its value.
fn frozen() -> Function {
    let (mut b, p) = Fb::new("frozen", &[LTy::I64], LTy::I64);
    let (fresh, old) = (b.block(&[]), b.block(&[]));
    let join = b.block(&[LTy::Ref, LTy::Ref]);
    let (object, kept) = (b.param(join, 0), b.param(join, 1));
    let zero = b.c(0);
    let c = b.cmp(IntCond::Eq, LTy::I64, p[0], zero);
    b.branch(c, fresh, old);
    b.go(fresh);
    let a = b.alloc("MT_NODE");
    let seven = b.c(7);
    b.store(LTy::I64, a, 16, seven);
    b.jump(join, &[a, a]);
    b.go(old);
    let f = b.i(LTy::Ref, Inst::FrozenRef(sym("FROZEN")));
    let null = b.i(LTy::Ref, Inst::IConst(LTy::Ref, 0));
    b.jump(join, &[f, null]);
    b.go(join);
    b.alloc("MT_ARR");
    let v = b.load(LTy::I64, object, 16);
    let null = b.i(LTy::Ref, Inst::IConst(LTy::Ref, 0));
    let c = b.cmp(IntCond::Eq, LTy::Ref, kept, null);
    let big = b.c(1000);
    let zero = b.c(0);
    let k = b.i(LTy::I64, Inst::Select(LTy::I64, c, big, zero));
    let v = b.add(v, k);
    b.ret(v);
    b.f
}

/// An interior pointer chosen from two arrays, kept over a collection.
fn derived() -> Function {
    let (mut b, p) = Fb::new("derived", &[LTy::I64, LTy::I64], LTy::I64);
    let (x, y) = (b.alloc("MT_ARR"), b.alloc("MT_ARR"));
    let at = |b: &mut Fb, base, offset| b.i(LTy::Ref, Inst::Addr { base, index: Some(p[1]), scale: 8, offset });
    let (px, py) = (at(&mut b, x, 8), at(&mut b, y, 16));
    let zero = b.c(0);
    let c = b.cmp(IntCond::Eq, LTy::I64, p[0], zero);
    let chosen = b.i(LTy::Ref, Inst::Select(LTy::Ref, c, px, py));
    b.alloc("MT_ARR");
    let k = b.c(5);
    b.store(LTy::I64, chosen, 0, k);
    b.alloc("MT_ARR");
    let v = b.load(LTy::I64, chosen, 0);
    b.alloc("MT_ARR");
    let px = at(&mut b, x, 8);
    let py = at(&mut b, y, 16);
    let (vx, vy) = (b.load(LTy::I64, px, 0), b.load(LTy::I64, py, 0));
    let ten = b.c(10);
    let vy = b.bin(BinOp::Mul, vy, ten);
    let v = b.add(v, vx);
    let v = b.add(v, vy);
    b.ret(v);
    b.f
}

struct Temp(PathBuf);
impl Drop for Temp {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn run(opt: OptLevel, kind: OutputKind) {
    let dir = Temp(std::env::temp_dir().join(format!("kiln-codegen-{opt:?}-{}", std::process::id())));
    std::fs::create_dir_all(&dir.0).expect("temp dir");
    let mut functions = vec![may_throw(), note(), work(), managed_main(), arith(), floats(), thread_word(), frozen(), derived()];
    functions.extend(filtered());
    functions.sort_by_key(|f| Effort::of(f, opt));
    let effort = |unit: &Unit<'_>| Effort::of(unit.functions[0], opt);
    let units: Vec<Unit<'_>> = functions.iter().map(|f| Unit { name: &f.name, functions: vec![f] }).collect();
    let mut compiled = Vec::new();
    for units in units.chunk_by(|a, b| effort(a) == effort(b)) {
        let mut batch = Batch::new(opt);
        assert!(units.iter().all(|unit| batch.add(unit)));
        let options = CodegenOptions { opt, verify: true, ..CodegenOptions::default() };
        compiled.extend(compile_batch(&batch, &options).expect("compiles"));
    }
    assert_eq!(compiled.len(), functions.len());
    assert!(compiled.iter().all(|f| f.size > 0));
    let pieces = compiled.iter().map(|f| match &f.code {
        Code::Piece(piece) => piece,
        Code::Object(_) => panic!("not apart"),
    });
    let object = join(pieces, Target::host()).expect("fits together");

    // The runtime is a program of its own; the managed object is linked into it.
    let mut tables = format!("#[path = {:?}]\nmod gc_info;\n", concat!(env!("CARGO_MANIFEST_DIR"), "/../abi/src/gc_info.rs"));
    writeln!(tables, "const STATEPOINTS: bool = {};", opt != OptLevel::O0).expect("string");
    tables.push_str("unsafe extern \"C\" {\n");
    for f in &functions {
        writeln!(tables, "    #[link_name = {:?}] static CODE_{}: u8;", f.name, f.name).expect("string");
    }
    tables.push_str("}\n");
    // A function instead of an array: addresses are not constants.
    tables.push_str("struct Table;\nstatic FUNCTIONS: Table = Table;\nimpl Table { unsafe fn iter(&self) -> std::vec::IntoIter<(usize, &'static [u8])> { let list: Vec<(usize, &'static [u8])> = vec![\n");
    for (f, compiled) in functions.iter().zip(&compiled) {
        let record = compiled.gc.as_ref().map(encode_gc).unwrap_or_default();
        writeln!(tables, "    (&raw const CODE_{} as usize, &{record:?}),", f.name).expect("string");
    }
    tables.push_str("]; list.into_iter() } }\n");
    std::fs::write(dir.0.join("tables.rs"), tables).expect("write");
    std::fs::write(dir.0.join("rt.rs"), include_str!("support/rt.rs")).expect("write");
    let archive = dir.0.join("librt.a");
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let status = Command::new(rustc)
        .args(["--edition=2024", "--crate-type=staticlib", "-Cpanic=abort", "-Copt-level=1", "-Cforce-frame-pointers=yes", "-o"])
        .arg(&archive)
        .arg(dir.0.join("rt.rs"))
        .status()
        .expect("rustc");
    assert!(status.success());
    let out = dir.0.join("prog");
    link(&LinkInput {
        target: Target::host(),
        objects: vec![LinkObject::Bytes { name: "managed.o".to_owned(), data: object }],
        runtime_archive: Some(archive),
        kind,
        out: out.clone(),
        strip: false,
        map: None,
        scratch: dir.0.clone(),
        extra_libs: Vec::new(),
    })
    .expect("links");
    let result = Command::new(&out).output().expect("runs");
    println!("{opt:?}: {}", String::from_utf8_lossy(&result.stdout));
    assert!(result.status.success(), "{opt:?}: {}", String::from_utf8_lossy(&result.stderr));
}

#[test]
fn runs_at_o0() {
    run(OptLevel::O0, OutputKind::Exe);
}

#[test]
fn runs_at_o1() {
    run(OptLevel::O1, OutputKind::Exe);
}

#[test]
fn runs_at_o2() {
    run(OptLevel::O2, OutputKind::Exe);
}

#[test]
fn runs_for_size_and_static() {
    run(OptLevel::Size, OutputKind::Static);
}

#[test]
fn links_shared_libraries() {
    let dir = Temp(std::env::temp_dir().join(format!("kiln-codegen-shared-{}", std::process::id())));
    std::fs::create_dir_all(&dir.0).expect("temp dir");
    let function = arith();
    let unit = Unit { name: "test", functions: vec![&function] };
    let compiled = compile_unit(&unit, &CodegenOptions { shared: true, ..CodegenOptions::default() }).expect("compiles");
    assert_eq!(kiln_link::undefined_symbols(&compiled.object).expect("object").len(), 0);
    assert!(kiln_link::defined_symbols(&compiled.object).expect("object").contains("arith"));
    let out = dir.0.join("libtest.so");
    let objects = vec![LinkObject::Bytes { name: "managed".to_owned(), data: compiled.object }];
    link(&LinkInput {
        target: Target::host(),
        objects,
        runtime_archive: None,
        kind: OutputKind::Shared,
        out: out.clone(),
        strip: true,
        map: Some(dir.0.join("map")),
        scratch: dir.0.clone(),
        extra_libs: Vec::new(),
    })
    .expect("links");
    assert!(kiln_link::archive_symbols(&out).is_ok());
}
