//! What can be named at one place of a program.

use crate::decl::TypeParam;
use crate::types::Ty;

/// A local or a parameter.
#[derive(Clone, Debug)]
pub struct Var {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Ty,
    /// Whether it may be assigned.
    pub mutable: bool,
    /// Whether a lambda may use it: not by-refs and spans.
    pub capturable: bool,
}

/// The place where code is being written.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// What is declared here, the innermost last.
    pub vars: Vec<Var>,
    /// The type parameters of the type, then those of the method.
    pub params: Vec<TypeParam>,
    /// Only methods of a lower rank may be called.
    pub rank: u32,
    /// The type of `this`, if there is one.
    pub this: Option<Ty>,
    /// How many loops are around.
    pub loops: u32,
    /// Whether spans and by-refs may be declared: not in iterators and async methods.
    pub by_refs: bool,
    /// Whether `break` and `continue` may stand here, and nothing lies between them and the loop that they leave.
    pub in_loop: bool,
    /// Whether a `catch` or `finally` is around, where no stack space may be asked for.
    pub in_handler: bool,
    /// Whether this is a lambda: it calls no delegate that it finds, because what it finds may be itself.
    pub in_lambda: bool,
    /// Whether `await` may stand here.
    pub is_async: bool,
    /// What the method returns, if `return` may stand here.
    pub ret: Option<Ty>,
}

impl Scope {
    /// The variables of exactly this type.
    #[must_use]
    pub fn of_type(&self, ty: &Ty) -> Vec<&Var> {
        self.vars.iter().filter(|v| v.ty == *ty).collect()
    }

    /// What a lambda that is written here may use.
    #[must_use]
    pub fn inside_lambda(&self, this_is_struct: bool) -> Self {
        Self {
            vars: self.vars.iter().filter(|v| v.capturable).cloned().collect(),
            params: self.params.clone(),
            // A delegate may be called from anywhere: it calls nothing.
            rank: 0,
            this: self.this.clone().filter(|_| !this_is_struct),
            loops: self.loops,
            by_refs: false,
            in_loop: false,
            in_handler: self.in_handler,
            in_lambda: true,
            is_async: false,
            ret: None,
        }
    }
}
