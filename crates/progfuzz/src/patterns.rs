//! Conditions by equality and by patterns, and strings with holes.

use crate::expr::Expr;
use crate::generate::Gen;
use crate::types::{Prim, Ty};

impl Gen {
    /// Whether two values are equal, asked in one of the ways that there are.
    pub fn equality(&mut self, depth: u32) -> Expr {
        let ty = self.any_type(1);
        let name = self.name(&ty);
        let (a, b) = (self.text(&ty, depth), self.text(&ty, depth));
        let is_record = matches!(&ty, Ty::User(id, _) if self.decls.0[*id].is_record);
        Expr::dynamic(match self.choices.below(5) {
            0 => format!("EqualityComparer<{name}>.Default.Equals({a}, {b})"),
            1 => format!("object.Equals({a}, {b})"),
            2 if is_record => format!("({a} == {b})"),
            3 => format!("K.SameHash<{name}>({a})"),
            _ => format!("new List<{name}> {{ {a} }}.Contains({b})"),
        })
    }

    /// A pattern over something of any type.
    pub fn pattern(&mut self, depth: u32) -> Expr {
        match self.choices.below(5) {
            0 => {
                let value = self.expr(&Ty::INT, depth).opaque();
                let pattern = *self.choices.pick(&["> 0 and < 100", "0 or 1 or 31", "not (< -1 or > 7)", ">= int.MaxValue", "not 7"]);
                Expr::dynamic(format!("({value} is {pattern})"))
            }
            1 => {
                let value = self.text(&Ty::Str, depth);
                let pattern =
                    *self.choices.pick(&["{ Length: > 1 }", "null or \"\"", "['a', ..]", "[.., 'y' or 'z', _]", "\"Kiln\" or \"a\""]);
                Expr::dynamic(format!("(K.Id<string>({value}) is {pattern})"))
            }
            2 => {
                let value = self.text(&Ty::Array(Box::new(Ty::INT)), depth);
                let pattern = *self.choices.pick(&["[0, ..]", "[_, > 0, .. { Length: 1 }]", "{ Length: 3 or 4 }", "[.., not 0]", "null"]);
                Expr::dynamic(format!("(K.Id<int[]>({value}) is {pattern})"))
            }
            3 => {
                let of = self.any_type(1);
                let (value, tested) = (self.text(&of, depth), self.tested_type());
                let (shape, variable) = (self.name(&tested), self.fresh("p"));
                Expr::dynamic(format!("((object){value} is {shape} {variable} && K.S({variable}).Length > {})", 3 + self.choices.below(9)))
            }
            _ => {
                let (a, b) = (self.text(&Ty::INT, depth), self.text(&Ty::Prim(Prim::Bool), depth));
                Expr::dynamic(format!("(K.Id(({a}, {b})) is (> 0, true) or (_, false) and not (0, _))"))
            }
        }
    }

    /// `$"…{value}…"`.
    pub fn interpolated(&mut self, depth: u32) -> Expr {
        let mut text = String::from("$\"<");
        for _ in 0..=self.choices.below(3) {
            let p = *self.choices.pick(&Prim::ALL);
            let ty = if self.choices.chance(1, 3) { Ty::Str } else { Ty::Prim(p) };
            let hole = *self.choices.pick(&["", ",6", ",-5", ",3:G"]);
            let hole = if ty == Ty::Str || !p.is_number() { hole.split(':').next().unwrap_or("") } else { hole };
            text.push_str(&format!("{{({}){hole}}}|", self.text(&ty, depth)));
        }
        Expr::dynamic(format!("string.Create(K.Culture, {text}>\")"))
    }
}
