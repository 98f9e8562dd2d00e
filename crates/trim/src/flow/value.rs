//! What is known of a value while a method's IL is followed, and sets of such: the lattice of the data flow of types (join is union, a set
//! that grows too large is as good as unknown).

use kiln_flow::Members;
use kiln_support::FxHashMap;
use kiln_typesys::{FieldDesc, MethodDesc, TypeDesc};
use std::rc::Rc;
use std::sync::Arc;

/// More than this many are as good as unknown.
const MOST: usize = 48;

/// What a value may be.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Value {
    /// Anything.
    Unknown,
    /// A null reference.
    Null,
    /// A number.
    Int(i32),
    /// A string.
    Text(Arc<str>),
    /// The object, or the handle, of a type, which may be a type parameter.
    Type(TypeDesc),
    /// An object of exactly this type.
    Object(TypeDesc),
    /// The object, or the handle, of a method.
    Method(MethodDesc),
    /// What came out of a place that promises this much.
    From(Place, Members),
    /// A managed address.
    Address(Location),
    /// The vector that was made at this offset.
    Vector(u32),
}

/// Where a value came from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Place {
    /// A parameter of a method, by position without `this`.
    Param(MethodDesc, u16),
    /// `this`.
    This(MethodDesc),
    /// What a method returns.
    Result(MethodDesc),
    /// A field.
    Field(FieldDesc),
}

/// What an address is of.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Location {
    /// A local.
    Local(u16),
    /// An argument, `this` first.
    Arg(u16),
    /// A field.
    Field(FieldDesc),
}

/// A set of values, by its number in [`Sets`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Values(u32);

impl Values {
    /// Anything.
    pub(crate) const UNKNOWN: Self = Self(0);
    /// Null only.
    pub(crate) const NULL: Self = Self(1);
}

/// All sets that were made.
#[derive(Debug)]
pub(crate) struct Sets {
    sets: Vec<Rc<[Value]>>,
    numbers: FxHashMap<Rc<[Value]>, Values>,
    joins: FxHashMap<(Values, Values), Values>,
}

impl Sets {
    pub(crate) fn new() -> Self {
        let mut out = Self { sets: Vec::new(), numbers: FxHashMap::default(), joins: FxHashMap::default() };
        out.one(Value::Unknown);
        out.one(Value::Null);
        out
    }

    /// The set of one value.
    pub(crate) fn one(&mut self, v: Value) -> Values {
        self.of(vec![v])
    }

    /// The set of these values, none of which is there twice.
    pub(crate) fn of(&mut self, values: Vec<Value>) -> Values {
        if values.len() > MOST {
            return Values::UNKNOWN;
        }
        if let Some(&known) = self.numbers.get(values.as_slice()) {
            return known;
        }
        let set: Rc<[Value]> = values.into();
        let number = Values(u32::try_from(self.sets.len()).unwrap_or_default());
        self.sets.push(set.clone());
        self.numbers.insert(set, number);
        number
    }

    /// What is in a set.
    pub(crate) fn get(&self, v: Values) -> Rc<[Value]> {
        self.sets.get(v.0 as usize).cloned().unwrap_or_default()
    }

    /// The only value of a set.
    pub(crate) fn only(&self, v: Values) -> Option<Value> {
        match &*self.get(v) {
            [one] => Some(one.clone()),
            _ => None,
        }
    }

    /// Both. What is in `a` already leaves it as it is, so that joining comes to an end.
    pub(crate) fn join(&mut self, a: Values, b: Values) -> Values {
        if a == b {
            return a;
        }
        if let Some(&known) = self.joins.get(&(a, b)) {
            return known;
        }
        let mut all = self.get(a).to_vec();
        for v in self.get(b).iter() {
            if !all.contains(v) {
                all.push(v.clone());
            }
        }
        let out = if all.len() == self.get(a).len() { a } else { self.of(all) };
        self.joins.insert((a, b), out);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST, Sets, Value, Values};

    #[test]
    fn joining_adds_what_is_new_and_comes_to_an_end() {
        let mut sets = Sets::new();
        let (one, two) = (sets.one(Value::Int(1)), sets.one(Value::Int(2)));
        let both = sets.join(one, two);
        assert_eq!(&*sets.get(both), [Value::Int(1), Value::Int(2)]);
        assert_eq!(sets.join(both, two), both);
        assert_eq!(sets.join(both, both), both);
        assert_eq!((sets.only(one), sets.only(both)), (Some(Value::Int(1)), None));
    }

    #[test]
    fn too_many_values_are_unknown() {
        let mut sets = Sets::new();
        let many = |n: usize| (0..n).map(|i| Value::Int(i as i32)).collect();
        let most = sets.of(many(MOST));
        assert_ne!(most, Values::UNKNOWN);
        let more = sets.one(Value::Null);
        assert_eq!(sets.join(most, more), Values::UNKNOWN);
    }
}
