//! Arithmetic, comparisons and conversions of C#'s number types, and strings.

use crate::expr::Expr;
use crate::generate::Gen;
use crate::types::{Prim, Ty};

impl Gen {
    /// Forms of the type itself.
    pub fn special(&mut self, ty: &Ty, depth: u32) -> Expr {
        match ty {
            Ty::Prim(Prim::Bool) => self.condition(depth),
            Ty::Prim(Prim::Char) => {
                let from = self.expr(&Ty::INT, depth);
                Expr::dynamic(format!("((char){})", from.opaque()))
            }
            Ty::Prim(p) => self.number(*p, depth),
            Ty::Str => self.string(depth),
            _ => self.value(ty, depth),
        }
    }

    fn number(&mut self, p: Prim, depth: u32) -> Expr {
        let ty = Ty::Prim(p);
        let name = p.name();
        match self.choices.below(13) {
            0..=2 => self.binary(p, depth),
            9..=12 => self.library_number(p, depth),
            3 => {
                let from = *self.choices.pick(&Prim::ALL);
                if from == Prim::Bool {
                    return Expr::dynamic(format!("({} ? ({name})1 : ({name})0)", self.text(&Ty::BOOL, depth)));
                }
                let value = self.expr(&Ty::Prim(from), depth).opaque();
                let checked = if self.choices.chance(1, 4) { "checked" } else { "" };
                Expr::dynamic(format!("{checked}(({name}){value})"))
            }
            4 => {
                let value = self.expr(&ty, depth).opaque();
                let operator = if p.is_integer() && (p.is_unsigned() || self.choices.chance(1, 2)) { "~" } else { "-" };
                Expr::dynamic(format!("(({name})({operator}{value}))"))
            }
            5 => {
                let shape = format!("{name}?");
                let value = self.text(&Ty::Nullable(Box::new(ty.clone())), depth);
                Expr::dynamic(format!("((({shape}){value}) ?? {})", self.text(&ty, depth)))
            }
            6 if p == Prim::Int => self.measure(depth),
            6 if p.is_integer() => {
                let (value, by) = (self.expr(&ty, depth).opaque(), self.expr(&Ty::INT, depth).opaque());
                Expr::dynamic(format!("{name}.{}({value}, {by})", self.choices.pick(&["RotateLeft", "RotateRight"])))
            }
            7 if p.is_integer() => {
                let (value, by) = (self.expr(&ty, depth).opaque(), self.expr(&Ty::INT, depth).opaque());
                Expr::dynamic(format!("(({name})({value} {} {by}))", self.choices.pick(&["<<", ">>", ">>>"])))
            }
            7 => {
                let (a, b) = (self.expr(&ty, depth).opaque(), self.expr(&ty, depth).opaque());
                Expr::dynamic(format!("{name}.{}({a}, {b})", self.choices.pick(&["Max", "Min"])))
            }
            _ => {
                let (a, b) = (self.expr(&ty, depth).opaque(), self.expr(&ty, depth).opaque());
                // `Math` does not know the newer types, which have these functions themselves.
                let of = if p.has_constants() { "Math" } else { name };
                Expr::dynamic(format!("(({name}){of}.{}({a}, {b}))", self.choices.pick(&["Max", "Min"])))
            }
        }
    }

    fn binary(&mut self, p: Prim, depth: u32) -> Expr {
        let ty = Ty::Prim(p);
        let name = p.name();
        let operators: &[&str] = if p.is_integer() { &["+", "-", "*", "/", "%", "&", "|", "^"] } else { &["+", "-", "*", "/", "%"] };
        let operator = *self.choices.pick(operators);
        let a = self.expr(&ty, depth).opaque();
        let b = self.expr(&ty, depth).opaque();
        let b = if matches!(operator, "/" | "%") && p.is_integer() && !self.choices.chance(1, 6) {
            // Mostly not zero; the lowest number divided by -1 stays possible.
            format!("({b} | ({name})1)")
        } else {
            b
        };
        let checked = if p.is_integer() && self.choices.chance(1, 5) { "checked" } else { "" };
        Expr::dynamic(format!("{checked}(({name})({a} {operator} {b}))"))
    }

    /// An `int` that says something of another value.
    fn measure(&mut self, depth: u32) -> Expr {
        match self.choices.below(7) {
            0 => Expr::dynamic(format!("{}.Length", self.text(&Ty::Str, depth))),
            1 => {
                let t = self.element_type();
                Expr::dynamic(format!("{}.Length", self.text(&Ty::Array(Box::new(t)), depth)))
            }
            2 => {
                let t = self.any_type(1);
                Expr::dynamic(format!("{}.Count", self.text(&Ty::List(Box::new(t)), depth)))
            }
            3 => {
                let list = self.text(&Ty::List(Box::new(Ty::INT)), depth);
                let function = self.text(&Ty::Func(Box::new(Ty::INT), Box::new(Ty::BOOL)), depth);
                Expr::dynamic(format!(
                    "{list}.{}((Func<int, bool>){function})",
                    self.choices.pick(&["Count", "FirstOrDefault", "LastOrDefault"])
                ))
            }
            4 => {
                let list = self.text(&Ty::Array(Box::new(Ty::INT)), depth);
                let function = self.text(&Ty::Func(Box::new(Ty::INT), Box::new(Ty::INT)), depth);
                Expr::dynamic(format!("K.Sum({list}.Select((Func<int, int>){function}).ToArray())"))
            }
            5 => match self.enums().as_slice() {
                [] => self.simplest(&Ty::INT),
                enums => {
                    let id = *self.choices.pick(enums);
                    Expr::dynamic(format!("((int){})", self.expr(&Ty::Enum(id), depth).opaque()))
                }
            },
            _ => {
                let (a, b) = (self.text(&Ty::Str, depth), self.text(&Ty::Str, depth));
                Expr::dynamic(format!("Math.Sign(string.CompareOrdinal({a}, {b}))"))
            }
        }
    }

    fn condition(&mut self, depth: u32) -> Expr {
        match self.choices.below(10) {
            7 => self.equality(depth),
            8 => self.pattern(depth),
            0..=2 => {
                let mut p = *self.choices.pick(&Prim::ALL);
                if p == Prim::Bool {
                    p = Prim::Int;
                }
                let (a, b) = (self.expr(&Ty::Prim(p), depth).opaque(), self.text(&Ty::Prim(p), depth));
                Expr::dynamic(format!("({a} {} {b})", self.choices.pick(&["<", ">", "<=", ">=", "==", "!="])))
            }
            3 => {
                let (a, b) = (self.expr(&Ty::BOOL, depth).opaque(), self.text(&Ty::BOOL, depth));
                Expr::dynamic(format!("({a} {} {b})", self.choices.pick(&["&&", "||", "^", "==", "&"])))
            }
            4 => Expr::dynamic(format!("!{}", self.expr(&Ty::BOOL, depth).opaque())),
            5 => {
                let (value, tested) = (self.any_type(1), self.tested_type());
                let text = self.text(&value, depth);
                Expr::dynamic(format!("((object){text} is {})", self.name(&tested)))
            }
            _ => {
                let (a, b) = (self.text(&Ty::Str, depth), self.text(&Ty::Str, depth));
                Expr::dynamic(format!("({a} == {b})"))
            }
        }
    }

    fn string(&mut self, depth: u32) -> Expr {
        match self.choices.below(8) {
            0 => {
                let (a, b) = (self.text(&Ty::Str, depth), self.text(&Ty::Str, depth));
                Expr::dynamic(format!("({a} + {b})"))
            }
            5 => self.formatted(depth),
            6 => self.interpolated(depth),
            1 => {
                let ty = self.any_type(1);
                Expr::dynamic(format!("K.S({})", self.text(&ty, depth)))
            }
            2 => {
                let p = *self.choices.pick(&Prim::ALL);
                let (a, b) = (self.text(&Ty::Prim(p), depth), self.text(&Ty::Str, depth));
                Expr::dynamic(format!("string.Format(\"<{{0}}|{{1,4}}>\", {a}, {b})"))
            }
            3 => {
                let value = self.text(&Ty::Str, depth);
                let form = *self.choices.pick(&[
                    "ToUpperInvariant()",
                    "Trim()",
                    "Substring(1)",
                    "Replace('a', 'b')",
                    "PadLeft(4)",
                    "Insert(0, \"+\")",
                    "AsSpan(1).ToString()",
                    "TrimEnd('a', ' ')",
                    "Remove(1)",
                    "Split(' ')[^1]",
                    "ToLowerInvariant()",
                ]);
                Expr::dynamic(format!("{value}.{form}"))
            }
            _ => {
                let of = self.any_type(1);
                let text = self.text(&of, depth);
                Expr::dynamic(format!("(((object){text})?.GetType().Name)"))
            }
        }
    }
}
