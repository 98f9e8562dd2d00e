//! Where values are kept: fields, what addresses are of, and the elements of vectors.

use super::Scan;
use super::require::Target;
use super::state::State;
use super::value::{Location, Place, Value, Values};
use crate::member;
use kiln_il::{Instr, Opcode};
use kiln_typesys::FieldDesc;

impl Scan<'_> {
    pub(super) fn vectors(&mut self, s: &mut State, i: &Instr<'_>) {
        match i.opcode {
            Opcode::Newarr => {
                let length = s.pop();
                let length = match self.sets.only(length) {
                    Some(Value::Int(n)) => Some(n),
                    _ => None,
                };
                s.make(i.offset, length);
                self.push(s, Value::Vector(i.offset));
            }
            Opcode::StelemRef | Opcode::Stelem => self.store_element(s),
            _ => self.load_element(s),
        }
    }

    pub(super) fn field(&mut self, s: &mut State, opcode: Opcode, f: FieldDesc, at: u32) {
        let ts = self.ts;
        if ts.is_static(f) {
            self.type_arguments(ts.field_owner(f), at);
        }
        let is_static = matches!(opcode, Opcode::Ldsfld | Opcode::Stsfld | Opcode::Ldsflda);
        let stored = matches!(opcode, Opcode::Stfld | Opcode::Stsfld).then(|| s.pop());
        if !is_static {
            s.pop();
        }
        match (stored, opcode) {
            (Some(v), _) => self.store_field(f, v, at),
            (None, Opcode::Ldflda | Opcode::Ldsflda) => self.push(s, Value::Address(Location::Field(f))),
            _ => {
                let v = self.load_field(f);
                s.stack.push(v);
            }
        }
    }

    fn load_field(&mut self, f: FieldDesc) -> Values {
        let ts = self.ts;
        if member::is_hoisted(ts, f) {
            return self.hoisted.get(ts, f);
        }
        let v = self.known.promises.value(ts, Place::Field(f));
        self.sets.one(v)
    }

    fn store_field(&mut self, f: FieldDesc, v: Values, at: u32) {
        let ts = self.ts;
        if member::is_hoisted(ts, f) {
            self.hoisted.join(ts, self.sets, f, v);
            return;
        }
        let members = self.known.promises.annotations.of_field(ts, f);
        self.require(v, members, &Target::Field(f), at);
    }

    pub(super) fn read(&mut self, s: &State, address: Values) -> Values {
        match self.sets.only(address) {
            Some(Value::Address(Location::Local(n))) => s.locals.get(usize::from(n)).copied().unwrap_or(Values::UNKNOWN),
            Some(Value::Address(Location::Arg(n))) => s.args.get(usize::from(n)).copied().unwrap_or(Values::UNKNOWN),
            Some(Value::Address(Location::Field(f))) => self.load_field(f),
            _ => Values::UNKNOWN,
        }
    }

    /// A write that may be to one of several places adds to what may be there.
    pub(super) fn write(&mut self, s: &mut State, address: Values, v: Values, at: u32) {
        let all = self.sets.get(address);
        let certain = all.len() == 1;
        for to in all.iter() {
            let place = match to {
                Value::Address(Location::Local(n)) => s.locals.get_mut(usize::from(*n)),
                Value::Address(Location::Arg(n)) => s.args.get_mut(usize::from(*n)),
                Value::Address(Location::Field(f)) => {
                    self.store_field(*f, v, at);
                    None
                }
                // A parameter that was passed by address.
                Value::From(Place::Param(m, index), members) => {
                    self.require(v, *members, &Target::Param(*m, usize::from(*index)), at);
                    None
                }
                _ => None,
            };
            if let Some(place) = place {
                *place = if certain { v } else { self.sets.join(*place, v) };
            }
        }
    }

    fn store_element(&mut self, s: &mut State) {
        let (v, index, array) = (s.pop(), s.pop(), s.pop());
        let index = self.sets.only(index);
        for a in self.sets.get(array).iter() {
            let Value::Vector(made) = a else { continue };
            let Some(vector) = s.vector(*made) else { continue };
            match (&mut vector.elements, &index) {
                (Some(elements), Some(Value::Int(n))) if (*n as usize) < elements.len() => elements[*n as usize] = v,
                (elements, _) => *elements = None,
            }
        }
    }

    fn load_element(&mut self, s: &mut State) {
        let (index, array) = (s.pop(), s.pop());
        let index = self.sets.only(index);
        let mut out: Option<Values> = None;
        for a in self.sets.get(array).iter() {
            let elements = match a {
                Value::Vector(made) => s.vector(*made).and_then(|v| v.elements.clone()),
                _ => None,
            };
            let v = match (elements, &index) {
                (Some(elements), Some(Value::Int(n))) => elements.get(*n as usize).copied().unwrap_or(Values::UNKNOWN),
                (Some(elements), _) => elements.into_iter().reduce(|a, b| self.sets.join(a, b)).unwrap_or(Values::UNKNOWN),
                (None, _) => Values::UNKNOWN,
            };
            out = Some(out.map_or(v, |o| self.sets.join(o, v)));
        }
        s.stack.push(out.unwrap_or(Values::UNKNOWN));
    }
}
