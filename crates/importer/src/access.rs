//! Accesses that are not allowed (ECMA-335 I.8.5.3): an exception in the place of the instruction.

use crate::build::Importer;
use kiln_abi::helpers::throw_kind;
use kiln_il::{Instr, Opcode as O};
use kiln_mir::Term;
use kiln_typesys::{FieldDesc, MethodDesc, Refused, TypeDesc};

impl Importer<'_> {
    /// Whether the method may not name another one here; then the block has ended.
    pub(crate) fn refuses_method(&mut self, m: MethodDesc) -> bool {
        let refused = if self.is_checked() { self.ts.refused_method(self.method, m) } else { None };
        self.refuse(refused)
    }

    /// The same of a field.
    pub(crate) fn refuses_field(&mut self, f: FieldDesc) -> bool {
        let refused = if self.is_checked() { self.ts.refused_field(self.method, f) } else { None };
        self.refuse(refused)
    }

    /// The same of a type.
    pub(crate) fn refuses_type(&mut self, t: TypeDesc) -> bool {
        let refused = if self.is_checked() { self.ts.refused_type(self.method, t) } else { None };
        self.refuse(refused)
    }

    /// A body that the overlay gives to a method may do what the class library's own may. And generic code may do with its arguments whatever
    /// they are: who names them was asked. Since they have taken their variables' places here, generic code is not asked at all.
    fn is_checked(&self) -> bool {
        let context = self.ts.method_generic_context(self.method);
        let is_generic = !context.type_args.is_empty() || !context.method_args.is_empty();
        !is_generic && self.ts.method_def(self.method).is_some_and(|d| d.0 == self.module) && self.ts.checks_access(self.module)
    }

    fn refuse(&mut self, refused: Option<Refused>) -> bool {
        let (kind, text) = match refused {
            None => return false,
            Some(Refused::Type(text)) => (throw_kind::TYPE_ACCESS, text),
            Some(Refused::Method(text)) => (throw_kind::METHOD_ACCESS, text),
            Some(Refused::Field(text)) => (throw_kind::FIELD_ACCESS, text),
        };
        self.end(Term::ThrowHelper(kind, text));
        true
    }

    /// The instruction behind another one.
    fn next_opcode(&self, i: &Instr<'_>) -> Option<O> {
        let at = kiln_il::index_at(&self.graph.instrs, i.end)?;
        self.graph.instrs.get(at).map(|next| next.opcode)
    }

    /// `ret` follows.
    pub(crate) fn returns_next(&self, i: &Instr<'_>) -> bool {
        self.next_opcode(i) == Some(O::Ret)
    }

    /// A box that only a test looks at, which needs none: what generic code has of arguments that may be by-ref-like.
    pub(crate) fn box_is_tested(&self, i: &Instr<'_>) -> bool {
        matches!(self.next_opcode(i), Some(O::Brtrue | O::Brfalse | O::Isinst | O::UnboxAny))
    }

    /// Loads and stores through addresses and of fields.
    pub(crate) fn accesses_memory(&self, op: O) -> bool {
        let fields = matches!(op, O::Ldfld | O::Stfld | O::Ldobj | O::Stobj | O::Cpblk | O::Initblk | O::Cpobj | O::Initobj | O::Ldflda);
        fields || op.mnemonic().starts_with("ldind.") || op.mnemonic().starts_with("stind.")
    }
}
