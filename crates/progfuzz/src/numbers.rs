//! Number forms of the class library: generic arithmetic, lifted operators, bit counts, texts and back, vectors.

use crate::expr::Expr;
use crate::generate::Gen;
use crate::types::{Prim, Ty};

/// Types that vectors have elements of, the plainest first.
const LANES: [Prim; 8] = [Prim::Int, Prim::Byte, Prim::Short, Prim::UInt, Prim::Long, Prim::ULong, Prim::Float, Prim::Double];
const FORMATS: [&str; 6] = ["E3", "F2", "G4", "N1", "R", "0.##;(0.0)"];
const INTEGER_FORMATS: [&str; 6] = ["X", "D7", "x4", "N0", "E2", "000-00"];

impl Gen {
    /// A number of the type `p`.
    pub fn library_number(&mut self, p: Prim, depth: u32) -> Expr {
        let (ty, name) = (Ty::Prim(p), p.name());
        match self.choices.below(8) {
            0 => {
                let from = self.number_type();
                let value = self.expr(&Ty::Prim(from), depth).opaque();
                let how = self.choices.pick(&["CreateTruncating", "CreateSaturating", "CreateChecked"]);
                Expr::dynamic(format!("{name}.{how}<{}>({value})", from.name()))
            }
            1 => {
                let (a, b) = (self.text(&Ty::Nullable(Box::new(ty.clone())), depth), self.expr(&ty, depth).opaque());
                let (operator, instead) = (*self.choices.pick(&["+", "-", "*"]), self.text(&ty, depth));
                let checked = if p.is_integer() && self.choices.chance(1, 4) { "checked" } else { "" };
                Expr::dynamic(format!("{checked}(({name})((({name}?){a} {operator} ({name}?){b}) ?? {instead}))"))
            }
            2 => {
                let value = self.expr(&ty, depth).opaque();
                let functions: &[&str] = match p {
                    Prim::Decimal => &["Floor", "Truncate", "Round", "Ceiling", "Abs"],
                    _ if p.is_integer() && p.is_unsigned() => &["PopCount", "LeadingZeroCount", "TrailingZeroCount", "Log2"],
                    _ if p.is_integer() => &["PopCount", "LeadingZeroCount", "TrailingZeroCount", "Abs"],
                    _ => &["Floor", "Truncate", "Round", "Ceiling", "Abs", "Sqrt", "BitIncrement"],
                };
                let function = *self.choices.pick(functions);
                Expr::dynamic(format!("(({name}){name}.{function}({value}))"))
            }
            3 => {
                let value = self.expr(&ty, depth).opaque();
                Expr::dynamic(format!("{name}.Parse(({value}).ToString(K.Culture), K.Culture)"))
            }
            4 if p.is_integer() => {
                let (a, b) = (self.expr(&ty, depth).opaque(), self.expr(&ty, depth).opaque());
                let part = self.choices.pick(&["Quotient", "Remainder"]);
                Expr::dynamic(format!("{name}.DivRem({a}, {b}).{part}"))
            }
            5 if LANES.contains(&p) => self.lane(p, depth),
            6 => {
                let (value, low, high) = (self.expr(&ty, depth).opaque(), self.text(&ty, depth), self.text(&ty, depth));
                Expr::dynamic(format!("{name}.Clamp({value}, {low}, {high})"))
            }
            _ => {
                let (from, as_bits) = match p {
                    Prim::Int => (Prim::Float, "BitConverter.SingleToInt32Bits"),
                    Prim::Long => (Prim::Double, "BitConverter.DoubleToInt64Bits"),
                    Prim::Double => (Prim::Long, "BitConverter.Int64BitsToDouble"),
                    Prim::Float => (Prim::Int, "BitConverter.Int32BitsToSingle"),
                    _ => (p, "K.Id"),
                };
                Expr::dynamic(format!("{as_bits}({})", self.expr(&Ty::Prim(from), depth).opaque()))
            }
        }
    }

    fn number_type(&mut self) -> Prim {
        let p = *self.choices.pick(&Prim::ALL);
        if p.is_number() { p } else { Prim::Int }
    }

    /// A number as text in some format.
    pub fn formatted(&mut self, depth: u32) -> Expr {
        let p = self.number_type();
        let format = *self.choices.pick(if p.is_integer() { &INTEGER_FORMATS } else { &FORMATS });
        let value = self.expr(&Ty::Prim(p), depth).opaque();
        Expr::dynamic(format!("({value}).ToString(\"{format}\", K.Culture)"))
    }

    /// One element of a vector.
    fn lane(&mut self, p: Prim, depth: u32) -> Expr {
        let width = *self.choices.pick(&["128", "256", "512"]);
        let vector = self.vector(p, width, 2, depth);
        if p.is_integer() && self.choices.chance(1, 2) {
            return Expr::dynamic(format!("Vector{width}.Sum({vector})"));
        }
        Expr::dynamic(format!("{vector}.GetElement({})", self.choices.below(2)))
    }

    fn vector(&mut self, p: Prim, width: &str, operators: u32, depth: u32) -> String {
        let (name, class) = (p.name(), format!("Vector{width}"));
        if operators == 0 || self.choices.chance(1, 3) {
            let value = self.expr(&Ty::Prim(p), depth.min(1)).opaque();
            return format!("{class}.Create<{name}>({value}).WithElement(1, {})", self.text(&Ty::Prim(p), 0));
        }
        let a = self.vector(p, width, operators - 1, depth);
        match self.choices.below(6) {
            0 | 1 => {
                let operator = *self.choices.pick(&["+", "-", "*", "&", "|", "^"]);
                format!("({a} {operator} {})", self.vector(p, width, operators - 1, depth))
            }
            2 => {
                let function = *self.choices.pick(&["GreaterThan", "Equals", "LessThanOrEqual", "AndNot"]);
                format!("{class}.{function}({a}, {})", self.vector(p, width, operators - 1, depth))
            }
            3 if p.is_integer() => {
                let function = *self.choices.pick(&["Max", "Min"]);
                format!("{class}.{function}({a}, {})", self.vector(p, width, operators - 1, depth))
            }
            4 if p.is_integer() => {
                let function = *self.choices.pick(&["ShiftLeft", "ShiftRightLogical"]);
                format!("{class}.{function}({a}, {})", self.choices.below(7))
            }
            _ => {
                let mask = self.vector(p, width, operators - 1, depth);
                format!("{class}.ConditionalSelect({class}.LessThan({a}, {mask}), {mask}, {a})")
            }
        }
    }
}
