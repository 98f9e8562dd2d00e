//! How C functions take and give values: what the conventions of all targets have in common (contract §3).
//!
//! A convention classifies a structure (`sysv`, `aapcs64`) and has [`Rules`]; [`Args`] assigns registers and stack by them, and puts
//! the arguments into an order that LLVM's C convention assigns in the same way.

mod aapcs64;
mod sysv;

use crate::LowerError;
use crate::types::{Kind, Rep, rep};
use kiln_lir::LTy;
use kiln_target::CConvention;
use kiln_typesys::{TypeDesc, TypeSystem};

/// A piece of a structure that is a value of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Word {
    /// Where it is in the structure.
    pub(super) offset: u32,
    /// What register it takes.
    pub(super) ty: LTy,
}

/// How a structure travels.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Class {
    /// These words in registers, all of them or none: eightbytes on the stack when registers do not suffice.
    Registers(Vec<Word>),
    /// Eightbytes on the stack.
    Stack,
    /// The address of a copy.
    Address,
}

impl Class {
    /// The words of a result in registers; nothing when the caller gives memory for it.
    pub(super) fn result(self) -> Option<Vec<Word>> {
        match self {
            Class::Registers(words) => Some(words),
            Class::Stack | Class::Address => None,
        }
    }
}

/// The class of a structure without references.
pub(super) fn classify(convention: CConvention, ts: &TypeSystem, t: TypeDesc) -> Result<Class, LowerError> {
    match convention {
        CConvention::SysV => sysv::classify(ts, t),
        CConvention::Aapcs64 => aapcs64::classify(ts, t),
    }
}

/// The eightbytes of a structure.
pub(super) fn eightbytes(size: u32) -> Vec<Word> {
    (0..size.max(1).div_ceil(8)).map(|n| Word { offset: 8 * n, ty: LTy::I64 }).collect()
}

/// A scalar in a structure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Leaf {
    offset: u32,
    size: u32,
    kind: Kind,
}

/// The scalars of a structure; `None` when one of them is not aligned.
fn leaves(ts: &TypeSystem, t: TypeDesc) -> Result<Option<Vec<Leaf>>, LowerError> {
    let mut list = Vec::new();
    Ok(collect(ts, t, 0, &mut list)?.then_some(list))
}

fn collect(ts: &TypeSystem, t: TypeDesc, base: u32, list: &mut Vec<Leaf>) -> Result<bool, LowerError> {
    let t = ts.canonical_type(t);
    let layout = ts.layout(t)?;
    for &(field, offset) in &layout.fields {
        let ft = ts.field_type(field)?;
        let (size, align) = ts.value_size(ft)?;
        // One field in a larger struct is the first element of a buffer (`fixed`, `[InlineArray]`).
        let count = if layout.fields.len() == 1 && size > 0 { (layout.size.saturating_sub(offset) / size).max(1) } else { 1 };
        for at in (0..count).map(|i| base + offset + i * size) {
            if !at.is_multiple_of(align.max(1)) {
                return Ok(false);
            }
            match rep(ts, ft)? {
                Rep::Void => {}
                Rep::Struct if !collect(ts, ft, at, list)? => return Ok(false),
                Rep::Struct => {}
                Rep::Scalar(kind) => list.push(Leaf { offset: at, size, kind }),
            }
        }
    }
    Ok(true)
}

/// What a convention does with its registers.
#[derive(Debug)]
pub(super) struct Rules {
    /// Registers for integers and addresses among the arguments.
    int: usize,
    /// Registers for floating-point numbers.
    float: usize,
    /// After a structure that did not fit, the registers of its kind stay empty.
    exhausts: bool,
    /// A structure with an alignment of 16 begins at an even register.
    even: bool,
    /// The address of a result in memory has a register of its own, and the function does not give it back.
    own_result_register: bool,
}

impl Rules {
    fn of(convention: CConvention) -> &'static Self {
        match convention {
            CConvention::SysV => &sysv::RULES,
            CConvention::Aapcs64 => &aapcs64::RULES,
        }
    }
}

/// Where an argument goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Route {
    Registers,
    Stack,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Place<V> {
    Value(V),
    Padding,
}

/// What is to be passed, one argument after the other.
#[derive(Debug)]
pub(super) struct Args<V> {
    rules: &'static Rules,
    result: Option<V>,
    int: Vec<Place<V>>,
    float: Vec<Place<V>>,
    stack: Vec<Place<V>>,
}

impl<V: Copy> Args<V> {
    pub(super) fn new(convention: CConvention) -> Self {
        Args { rules: Rules::of(convention), result: None, int: Vec::new(), float: Vec::new(), stack: Vec::new() }
    }

    /// Where the next argument goes, given the types of its words; the registers that it leaves empty are taken.
    pub(super) fn route(&mut self, words: &[LTy], align: u32) -> Route {
        let float = words.iter().filter(|w| is_float(**w)).count();
        let int = words.len() - float;
        if self.rules.even && align > 8 && int > 0 && !self.int.len().is_multiple_of(2) {
            self.int.push(Place::Padding);
        }
        if self.int.len() + int <= self.rules.int && self.float.len() + float <= self.rules.float {
            return Route::Registers;
        }
        if self.rules.exhausts {
            let (used, count) = if int > 0 { (&mut self.int, self.rules.int) } else { (&mut self.float, self.rules.float) };
            used.resize(count, Place::Padding);
        }
        Route::Stack
    }

    /// Where a structure goes, and the words that it travels as.
    pub(super) fn structure(&mut self, class: Class, size: u32, align: u32) -> (Route, Vec<Word>) {
        if let Class::Registers(words) = class {
            let types: Vec<LTy> = words.iter().map(|w| w.ty).collect();
            if self.route(&types, align) == Route::Registers {
                return (Route::Registers, words);
            }
        }
        (Route::Stack, eightbytes(size))
    }

    /// Adds an argument's words along its route.
    pub(super) fn push(&mut self, route: Route, words: &[(V, LTy)], align: u32) {
        match route {
            Route::Registers => {
                for &(v, t) in words {
                    if is_float(t) { self.float.push(Place::Value(v)) } else { self.int.push(Place::Value(v)) }
                }
            }
            Route::Stack => {
                if align > 8 && !self.stack.len().is_multiple_of(2) {
                    self.stack.push(Place::Padding);
                }
                self.stack.extend(words.iter().map(|w| Place::Value(w.0)));
            }
        }
    }

    /// A scalar.
    pub(super) fn scalar(&mut self, v: V, ty: LTy) {
        let route = self.route(&[ty], 8);
        self.push(route, &[(v, ty)], 8);
    }

    /// The address that a result in memory goes to.
    pub(super) fn result_address(&mut self, v: V) {
        if self.rules.own_result_register {
            self.result = Some(v);
        } else {
            self.scalar(v, LTy::Ptr);
        }
    }

    /// Whether the address of a result in memory has a register of its own.
    pub(super) fn own_result_register(&self) -> bool {
        self.rules.own_result_register
    }

    /// The arguments in an order that LLVM's C convention assigns in this way: registers first, filled up, then the stack.
    pub(super) fn ordered(self, mut filler: impl FnMut(LTy) -> V) -> Vec<V> {
        let full = !self.stack.is_empty();
        let mut out: Vec<V> = self.result.into_iter().collect();
        for (mut places, count, ty) in [(self.int, self.rules.int, LTy::I64), (self.float, self.rules.float, LTy::F64)] {
            if full {
                places.resize(count, Place::Padding);
            } else {
                // Only what lies before a value needs to be filled.
                let end = places.iter().rposition(|p| matches!(p, Place::Value(_))).map_or(0, |last| last + 1);
                places.truncate(end);
            }
            out.extend(places.into_iter().map(|p| p.or(|| filler(ty))));
        }
        out.extend(self.stack.into_iter().map(|p| p.or(|| filler(LTy::I64))));
        out
    }
}

impl<V> Place<V> {
    fn or(self, filler: impl FnOnce() -> V) -> V {
        match self {
            Place::Value(v) => v,
            Place::Padding => filler(),
        }
    }
}

fn is_float(t: LTy) -> bool {
    matches!(t, LTy::F32 | LTy::F64)
}
