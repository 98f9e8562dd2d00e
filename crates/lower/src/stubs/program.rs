//! The program's own stubs that the runtime calls (`abi::program::ManagedEntryPoints`).

use crate::LowerError;
use crate::abi::{AbiSig, RetAbi};
use crate::cx::{Cx, Val};
use kiln_abi::helpers::throw_kind as t;
use kiln_abi::program::exception_kind as e;
use kiln_lir::{CallFlags, CallTarget, LTy, ProgramStub, Sym, Term, ValueId};
use kiln_typesys::{MethodDesc, TypeDesc, WellKnown};

const EXCEPTIONS: &[(i32, &str, &str)] = &[
    (t::TYPE_LOAD, "System", "TypeLoadException"),
    (t::MISSING_METHOD, "System", "MissingMethodException"),
    (t::MISSING_FIELD, "System", "MissingFieldException"),
    (t::FILE_NOT_FOUND, "System.IO", "FileNotFoundException"),
    (t::INVALID_PROGRAM, "System", "InvalidProgramException"),
    (t::PLATFORM_NOT_SUPPORTED, "System", "PlatformNotSupportedException"),
    (t::AMBIGUOUS_IMPLEMENTATION, "System.Runtime", "AmbiguousImplementationException"),
    (t::NOT_SUPPORTED, "System", "NotSupportedException"),
    (t::ENTRY_POINT_NOT_FOUND, "System", "EntryPointNotFoundException"),
    (t::BAD_IMAGE_FORMAT, "System", "BadImageFormatException"),
    (t::VERIFICATION, "System.Security", "VerificationException"),
    (t::TYPE_ACCESS, "System", "TypeAccessException"),
    (t::METHOD_ACCESS, "System", "MethodAccessException"),
    (t::FIELD_ACCESS, "System", "FieldAccessException"),
    (t::ABSTRACT_INSTANCE, "System", "InvalidOperationException"),
    (e::NULL_REFERENCE, "System", "NullReferenceException"),
    (e::INDEX_OUT_OF_RANGE, "System", "IndexOutOfRangeException"),
    (e::OVERFLOW, "System", "OverflowException"),
    (e::DIVIDE_BY_ZERO, "System", "DivideByZeroException"),
    (e::ARITHMETIC, "System", "ArithmeticException"),
    (e::INVALID_CAST, "System", "InvalidCastException"),
    (e::ARRAY_TYPE_MISMATCH, "System", "ArrayTypeMismatchException"),
    (e::OUT_OF_MEMORY, "System", "OutOfMemoryException"),
    (e::RANK, "System", "RankException"),
    (e::DLL_NOT_FOUND, "System", "DllNotFoundException"),
    (e::ENTRY_POINT_NOT_FOUND, "System", "EntryPointNotFoundException"),
    (e::ARGUMENT, "System", "ArgumentException"),
    (e::SYNCHRONIZATION_LOCK, "System.Threading", "SynchronizationLockException"),
    (e::NOT_SUPPORTED, "System", "NotSupportedException"),
    (e::INVALID_OPERATION, "System", "InvalidOperationException"),
    (e::MISSING_METHOD, "System", "MissingMethodException"),
    (e::INSUFFICIENT_EXECUTION_STACK, "System", "InsufficientExecutionStackException"),
    (e::ARGUMENT_NULL, "System", "ArgumentNullException"),
    (e::ARGUMENT_OUT_OF_RANGE, "System", "ArgumentOutOfRangeException"),
    (e::THREAD_STATE, "System.Threading", "ThreadStateException"),
    (e::THREAD_INTERRUPTED, "System.Threading", "ThreadInterruptedException"),
];

pub(super) fn stub(cx: &mut Cx<'_>, stub: ProgramStub) -> Result<LTy, LowerError> {
    match stub {
        ProgramStub::Main => main(cx),
        ProgramStub::CreateException => create_exception(cx),
        ProgramStub::CreateTypeInitException => create_type_init_exception(cx),
    }
}

fn call(cx: &mut Cx<'_>, m: MethodDesc, this: Option<ValueId>, args: &[Val]) -> Result<Option<Val>, LowerError> {
    let abi = AbiSig::of_method(cx.ts, m, false)?;
    cx.call_sig(CallTarget::Direct(Sym::Method(cx.ts.canonical_method(m))), &abi, this, None, args, &[], CallFlags::default())
}

/// `fn(args: Ref) -> i32` around the four forms of Main (C# spec 7.1).
fn main(cx: &mut Cx<'_>) -> Result<LTy, LowerError> {
    let ts = cx.ts;
    let args = cx.b.param(LTy::Ref);
    let m = cx.opts.entry_point.ok_or_else(|| LowerError::Unsupported("no entry point".to_owned()))?;
    let abi = AbiSig::of_method(ts, m, false)?;
    if let Some(module) = ts.method_def(m).and_then(|(module, _)| ts.initialized_module(module)) {
        cx.ensure_init(module, false)?;
    }
    let vals = if abi.args.is_empty() { Vec::new() } else { vec![Val::Reg(args)] };
    let r = call(cx, m, None, &vals)?;
    let code = match (&abi.ret, r) {
        (RetAbi::Void, _) => cx.b.iconst(LTy::I32, 0),
        (RetAbi::Scalar(_), Some(Val::Reg(v))) if cx.b.ty(v) == LTy::I32 => v,
        _ => return Err(LowerError::Unsupported(format!("{} has no valid Main signature", ts.method_display(m)))),
    };
    cx.b.term(Term::Return(Some(code)));
    Ok(LTy::I32)
}

fn exception_type(cx: &Cx<'_>, ns: &str, name: &str) -> Option<TypeDesc> {
    cx.ts.find_type(cx.ts.corelib(), ns, name)
}

/// A constructor whose parameters are these types.
fn ctor(cx: &Cx<'_>, t: TypeDesc, params: &[TypeDesc]) -> Result<MethodDesc, LowerError> {
    for m in cx.ts.find_methods(t, ".ctor") {
        if cx.ts.method_sig(m)?.params == params {
            return Ok(m);
        }
    }
    Err(LowerError::Unsupported(format!("{} lacks a constructor", cx.ts.type_display(t))))
}

/// `fn(kind: i32, message: Ref, name: Ref) -> Ref`.
fn create_exception(cx: &mut Cx<'_>) -> Result<LTy, LowerError> {
    let kind = cx.b.param(LTy::I32);
    let message = cx.b.param(LTy::Ref);
    cx.b.param(LTy::Ref);
    let start = cx.b.current();
    let string = cx.ts.well_known(WellKnown::String);
    let mut cases = Vec::new();
    for &(k, ns, name) in EXCEPTIONS {
        let Some(ty) = exception_type(cx, ns, name) else { continue };
        let b = exception_block(cx, ty, string, message)?;
        cases.push((i64::from(k), b));
    }
    let ty = exception_type(cx, "System", "Exception").ok_or_else(|| LowerError::Unsupported("System.Exception is missing".to_owned()))?;
    let default = exception_block(cx, ty, string, message)?;
    cx.b.switch_to(start);
    cx.b.term(Term::Switch { value: kind, cases, default });
    Ok(LTy::Ref)
}

/// Without message the parameterless constructor gives the class library's own text.
fn exception_block(cx: &mut Cx<'_>, ty: TypeDesc, string: TypeDesc, message: ValueId) -> Result<kiln_lir::BlockId, LowerError> {
    let start = cx.b.block();
    cx.b.switch_to(start);
    let o = cx.alloc(ty)?;
    let z = cx.b.is_zero(message);
    let (plain, text) = (cx.b.block(), cx.b.block());
    cx.b.branch(z, plain, text, None);
    cx.b.switch_to(plain);
    let c = ctor(cx, ty, &[])?;
    call(cx, c, Some(o), &[])?;
    cx.b.term(Term::Return(Some(o)));
    cx.b.switch_to(text);
    let c = ctor(cx, ty, &[string])?;
    call(cx, c, Some(o), &[Val::Reg(message)])?;
    cx.b.term(Term::Return(Some(o)));
    Ok(start)
}

/// `fn(inner: Ref, type_name: Ref) -> Ref`.
fn create_type_init_exception(cx: &mut Cx<'_>) -> Result<LTy, LowerError> {
    let inner = cx.b.param(LTy::Ref);
    let name = cx.b.param(LTy::Ref);
    let ty = exception_type(cx, "System", "TypeInitializationException")
        .ok_or_else(|| LowerError::Unsupported("System.TypeInitializationException is missing".to_owned()))?;
    let params = [cx.ts.well_known(WellKnown::String), cx.ts.well_known(WellKnown::Exception)];
    let c = ctor(cx, ty, &params)?;
    let o = cx.alloc(ty)?;
    call(cx, c, Some(o), &[Val::Reg(name), Val::Reg(inner)])?;
    cx.b.term(Term::Return(Some(o)));
    Ok(LTy::Ref)
}
