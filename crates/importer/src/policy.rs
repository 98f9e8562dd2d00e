//! What the importer asks the closed-world side: ILLink substitutions, feature switches, hardware capabilities.

use kiln_simd::{Isa, IsaSet};
use kiln_typesys::{FieldDesc, MethodDesc, ModuleId, TypeSystem};

/// A value known while importing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Constant {
    /// Booleans, characters, enums and all integers that are int32 on the evaluation stack.
    I32(i32),
    /// int64.
    I64(i64),
    /// native int.
    NInt(i64),
    /// float32 by bits.
    F32(u32),
    /// float64 by bits.
    F64(u64),
    /// The null reference.
    Null,
    /// `default(T)` of whatever the type is.
    Default,
}

/// What stands for the body of a method that was substituted.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Replacement {
    /// `body="stub"`: returns the value (`None` for void; the type's default when the value is `Constant::Default`).
    Return(Option<Constant>),
    /// `body="remove"`: throws.
    Throw,
}

/// The processors that a program is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Processor {
    /// Whether it is of the architecture whose instruction sets the compiler knows.
    pub native: bool,
    /// Where the class library has their classes, behind `System.Runtime.Intrinsics.`.
    pub namespace: &'static str,
    /// What every one of them has.
    pub compiled: IsaSet,
    /// What one may have, and is asked for when the program runs.
    pub asked: IsaSet,
}

impl Processor {
    /// The least one of an architecture whose instruction sets are known: what it may have beyond is asked when the program runs.
    #[must_use]
    pub fn least(namespace: &'static str) -> Self {
        let asked = Isa::ALL.iter().filter(|isa| !isa.is_wide()).fold(IsaSet::EMPTY, |set, &isa| set.with(isa));
        Self { native: true, namespace, compiled: IsaSet::BASELINE, asked }
    }

    /// One without any instruction set that the compiler knows.
    pub const PLAIN: Self = Self { native: false, namespace: "", compiled: IsaSet::EMPTY, asked: IsaSet::EMPTY };
}

/// Decisions of the closed world that fold code away while it is imported. Methods and fields are asked by whatever desc the
/// token gave (perhaps runtime-determined); answers should depend on the definition only. What is not answered is not folded.
pub trait ImportPolicy {
    /// The constant that every call of this method returns (the call is dropped, arguments are still evaluated).
    fn constant_result(&self, _ts: &TypeSystem, _m: MethodDesc) -> Option<Constant> {
        None
    }
    /// The constant value of a static field.
    fn constant_field(&self, _ts: &TypeSystem, _f: FieldDesc) -> Option<Constant> {
        None
    }
    /// What replaces the body of this method.
    fn removed_body(&self, _ts: &TypeSystem, _m: MethodDesc) -> Option<Replacement> {
        None
    }
    /// Whether a module's initialiser has run before any code of the module can: that of the entry point.
    fn is_initialized(&self, _module: ModuleId) -> bool {
        false
    }
    /// What the program runs on.
    fn processor(&self) -> &Processor {
        &Processor::PLAIN
    }
}

/// Folds nothing beyond what the importer knows itself and what a processor has.
#[derive(Clone, Copy, Default, Debug)]
pub struct OnlyProcessor(pub Processor);

impl ImportPolicy for OnlyProcessor {
    fn processor(&self) -> &Processor {
        &self.0
    }
}

/// Folds nothing beyond what the importer knows itself.
#[derive(Clone, Copy, Default, Debug)]
pub struct NoPolicy;

impl ImportPolicy for NoPolicy {}
