//! The bound on the breadth of generic expansion. Generic code can name larger instantiations of itself (ECMA-335 II.9.2 calls such edges
//! between type parameters expanding); where several of them lie on one cycle, their number grows exponentially with the depth, and the
//! bound on depth comes too late. Every definition has a budget of instantiations at each depth of nesting, the smaller the deeper,
//! and so have all definitions together. Large ones have another: what doubles itself in each step is few instantiations, of exponential size.
//! The worklist finds what is nearest to the roots first, so what a budget leaves out is
//! what lies furthest in.

use kiln_lir::Sym;
use kiln_support::{FxHashMap, FxHashSet};
use kiln_typesys::{MethodDesc, TypeDesc, TypeSystem};

/// Instantiations of one definition that are nested this deeply (the index; deeper ones: the last).
const OF_ONE: [u32; 10] = [20_000, 20_000, 20_000, 20_000, 8_000, 4_000, 2_000, 1_000, 500, 250];
/// The same of all definitions together, as a multiple.
const OF_ALL: u32 = 16;

/// An instantiation of more parts than this is large: its name and those of what it has are as long as it is.
const LARGE: u32 = 48;
/// The parts of all large ones.
const OF_LARGE: u64 = 300_000;

/// Something instantiated.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Instance {
    Type(TypeDesc),
    Method(MethodDesc),
}

/// How much is instantiated.
#[derive(Debug, Default)]
pub(crate) struct Expansion {
    known: FxHashMap<Instance, bool>,
    of_one: FxHashMap<Instance, Vec<u32>>,
    of_all: Vec<u32>,
    of_large: u64,
    refused: FxHashSet<Sym>,
    left_out: usize,
}

impl Expansion {
    /// Whether an instantiation is within the budgets; asked again, the answer is the same.
    pub(crate) fn admits(&mut self, ts: &TypeSystem, s: &Sym) -> bool {
        let admitted = match s {
            Sym::ConstructedType(t) | Sym::NecessaryType(t) | Sym::Statics(t) | Sym::ThreadStatics(t) => self.admits_type(ts, *t),
            Sym::Method(m)
            | Sym::MethodEntry(m)
            | Sym::UnboxingStub(m)
            | Sym::MethodDictionary(m)
            | Sym::DispatchCell(m)
            | Sym::GvmHandle(m)
            | Sym::MethodHandle(m) => self.admits_method(ts, *m),
            Sym::FieldHandle(f) => self.admits_type(ts, ts.field_owner(*f)),
            _ => true,
        };
        if !admitted {
            self.refused.insert(s.clone());
        }
        admitted
    }

    /// The same of a type.
    pub(crate) fn admits_type(&mut self, ts: &TypeSystem, t: TypeDesc) -> bool {
        if ts.type_args(t).is_empty() {
            // An array or pointer is as large as its element.
            return ts.element_type(t).is_none_or(|e| self.admits_type(ts, e));
        }
        self.counted(Instance::Type(t), || Instance::Type(ts.generic_definition(t)), usize::from(ts.type_depth(t)), ts.type_parts(t))
    }

    /// The same of a method.
    pub(crate) fn admits_method(&mut self, ts: &TypeSystem, m: MethodDesc) -> bool {
        let args = ts.method_args(m);
        if args.is_empty() {
            return self.admits_type(ts, ts.method_owner(m));
        }
        let of_owner = ts.type_depth(ts.method_owner(m));
        let depth = args.iter().map(|&a| ts.type_depth(a).saturating_add(1)).max().unwrap_or(0).max(of_owner);
        let parts = args.iter().fold(ts.type_parts(ts.method_owner(m)), |n, &a| n.saturating_add(ts.type_parts(a)));
        self.counted(Instance::Method(m), || Instance::Method(ts.method_definition(m)), usize::from(depth), parts)
    }

    fn counted(&mut self, instance: Instance, definition: impl FnOnce() -> Instance, depth: usize, parts: u32) -> bool {
        if let Some(&admitted) = self.known.get(&instance) {
            return admitted;
        }
        let level = depth.min(OF_ONE.len() - 1);
        let of_one = self.of_one.entry(definition()).or_default();
        // Deeper ones than the last level have a budget each: recursion that goes straight down is bounded by depth alone.
        let (one, all) = (slot(of_one, depth), slot(&mut self.of_all, depth));
        let large = if parts > LARGE { u64::from(parts) } else { 0 };
        let admitted = *one < OF_ONE[level] && *all < OF_ONE[level] * OF_ALL && self.of_large + large <= OF_LARGE;
        if admitted {
            self.of_large += large;
            *one += 1;
            *all += 1;
        } else {
            self.left_out += 1;
        }
        self.known.insert(instance, admitted);
        admitted
    }

    /// How many instantiations were left out.
    pub(crate) fn left_out(&self) -> usize {
        self.left_out
    }

    /// The symbols that were asked for and are not in the program.
    pub(crate) fn into_refused(self) -> FxHashSet<Sym> {
        self.refused
    }
}

fn slot(counts: &mut Vec<u32>, depth: usize) -> &mut u32 {
    if counts.len() <= depth {
        counts.resize(depth + 1, 0);
    }
    &mut counts[depth]
}
