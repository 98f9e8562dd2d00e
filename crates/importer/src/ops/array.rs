//! Vectors and the methods of general arrays (ECMA-335 III.4.7 to III.4.9, III.4.20, III.4.26; II.14.2).

use crate::build::{Fact, Importer, Prefix, Res};
use crate::coerce::kind_name;
use crate::error::{ImportErrorKind, invalid};
use kiln_il::{Instr, Opcode as O};
use kiln_mir::{ConvTo, Inst, Ty, ValueId};
use kiln_typesys::{ArrayMethod, MethodDesc, TypeDesc, TypeKind, WellKnown, WellKnown as W};

/// Element type of `ldelem.*` (an abbreviation of `ldelem T`); `None` inside is `.ref`.
fn loaded_element(op: O) -> Option<Option<W>> {
    Some(match op {
        O::LdelemI1 => Some(W::SByte),
        O::LdelemU1 => Some(W::Byte),
        O::LdelemI2 => Some(W::Int16),
        O::LdelemU2 => Some(W::UInt16),
        O::LdelemI4 => Some(W::Int32),
        O::LdelemU4 => Some(W::UInt32),
        O::LdelemI8 => Some(W::Int64),
        O::LdelemI => Some(W::IntPtr),
        O::LdelemR4 => Some(W::Single),
        O::LdelemR8 => Some(W::Double),
        O::LdelemRef => None,
        _ => return None,
    })
}

/// The same of `stelem.*`.
fn stored_element(op: O) -> Option<Option<W>> {
    Some(match op {
        O::StelemI1 => Some(W::SByte),
        O::StelemI2 => Some(W::Int16),
        O::StelemI4 => Some(W::Int32),
        O::StelemI8 => Some(W::Int64),
        O::StelemI => Some(W::IntPtr),
        O::StelemR4 => Some(W::Single),
        O::StelemR8 => Some(W::Double),
        O::StelemRef => None,
        _ => return None,
    })
}

impl Importer<'_> {
    /// `newarr` … `stelem.*`: whether the opcode is one of them; then it is done.
    pub fn array_op(&mut self, i: &Instr<'_>, prefix: &Prefix) -> Res<bool> {
        match i.opcode {
            O::Ldlen => self.ldlen()?,
            O::Newarr | O::Ldelema | O::Ldelem | O::Stelem => {
                let t = self.ty_operand(i)?;
                if i.opcode == O::Newarr {
                    if self.refuses_type(t) {
                        return Ok(true);
                    }
                    if t == self.wk(WellKnown::Void) {
                        return invalid("an array of void");
                    }
                    self.ts.check_loads(self.ts.sz_array(t))?;
                }
                match i.opcode {
                    O::Newarr => self.newarr(t)?,
                    O::Ldelema => self.ldelema(t, prefix.readonly)?,
                    O::Ldelem => self.ldelem(Some(t))?,
                    _ => self.stelem(Some(t))?,
                }
            }
            op => {
                if let Some(elem) = loaded_element(op) {
                    self.ldelem(elem.map(|w| self.wk(w)))?;
                } else if let Some(elem) = stored_element(op) {
                    self.stelem(elem.map(|w| self.wk(w)))?;
                } else {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// int32 or native int.
    fn index(&mut self, v: ValueId) -> Res<ValueId> {
        match self.ty(v) {
            Ty::I32 | Ty::NInt => Ok(v),
            Ty::I64 => Ok(self.conv(v, ConvTo::NInt)),
            t => invalid(format!("{} where an index is expected", kind_name(t))),
        }
    }

    /// Element type the array on the stack is known to have.
    fn static_elem(&self, array: ValueId) -> Option<TypeDesc> {
        match self.ty(array) {
            Ty::Ref(Some(t)) => match self.ts.kind(t) {
                TypeKind::SzArray(e) => Some(e),
                _ => None,
            },
            _ => None,
        }
    }

    /// Null, or by its static type an instance of `t`.
    fn is_statically(&self, value: ValueId, t: TypeDesc) -> bool {
        *self.fact(value) == Fact::Null || matches!(self.ty(value), Ty::Ref(Some(v)) if self.ts.can_cast_to(v, t))
    }

    /// `newarr`.
    pub fn newarr(&mut self, elem: TypeDesc) -> Res {
        let n = self.pop()?;
        let n = self.index(n)?;
        let t = self.ts.sz_array(elem);
        let v = self.def_fact(Inst::NewArr { elem, len: n }, Ty::Ref(Some(t)), Fact::Exact(t));
        self.push(v);
        Ok(())
    }

    /// `ldlen`.
    pub fn ldlen(&mut self) -> Res {
        let a = self.pop()?;
        let a = self.object(a)?;
        self.push_def(Inst::ArrayLen(a), Ty::NInt);
        Ok(())
    }

    /// `ldelema`.
    pub fn ldelema(&mut self, ty: TypeDesc, readonly: bool) -> Res {
        let index = self.pop()?;
        let array = self.pop()?;
        let array = self.object(array)?;
        let index = self.index(index)?;
        let readonly = readonly || self.is_value(ty) || *self.fact(array) == Fact::Exact(self.ts.sz_array(ty));
        self.push_def(Inst::ElemAddr { ty, array, index, readonly }, Ty::ByRef(Some(ty)));
        Ok(())
    }

    /// `ldelem*`; without a type: a reference.
    pub fn ldelem(&mut self, ty: Option<TypeDesc>) -> Res {
        let index = self.pop()?;
        let array = self.pop()?;
        let array = self.object(array)?;
        let index = self.index(index)?;
        let ty = match ty {
            Some(t) => t,
            None => match self.static_elem(array) {
                Some(t) if self.is_ref(t) => t,
                _ => self.wk(WellKnown::Object),
            },
        };
        let st = self.stack_ty(ty);
        self.push_def(Inst::LoadElem { ty, array, index }, st);
        Ok(())
    }

    /// `stelem*`; without a type: a reference.
    pub fn stelem(&mut self, ty: Option<TypeDesc>) -> Res {
        let value = self.pop()?;
        let index = self.pop()?;
        let array = self.pop()?;
        let array = self.object(array)?;
        let index = self.index(index)?;
        // `stelem.ref` takes any object: the array's static type says something about the value only if the value's own does.
        let ty = match ty {
            Some(t) => t,
            None => match self.static_elem(array) {
                Some(t) if self.is_ref(t) && self.is_statically(value, t) => t,
                _ => self.wk(WellKnown::Object),
            },
        };
        let st = self.stack_ty(ty);
        let value = self.coerce(value, st)?;
        self.eff(Inst::StoreElem { ty, array, index, value });
        Ok(())
    }

    /// `newobj` of an array type.
    pub fn new_array_object(&mut self, m: MethodDesc) -> Res {
        let owner = self.ts.method_owner(m);
        let n = match self.ts.array_method_kind(m) {
            Some(ArrayMethod::Ctor(n)) => n as usize,
            _ => return invalid("newobj of an array method"),
        };
        let raw = self.pop_n(n)?;
        let mut args = Vec::with_capacity(n);
        for a in raw {
            args.push(self.coerce(a, Ty::I32)?);
        }
        let inst = match (self.ts.kind(owner), n) {
            (TypeKind::SzArray(elem), 1) => Inst::NewArr { elem, len: args[0] },
            (TypeKind::SzArray(_), _) => return Err(ImportErrorKind::Unsupported("newobj of nested vectors").into()),
            (TypeKind::MdArray(_, rank), _) if n == rank as usize => {
                Inst::NewMdArr { array_ty: owner, lengths: args, lower_bounds: Vec::new() }
            }
            (TypeKind::MdArray(_, rank), _) if n == 2 * rank as usize => Inst::NewMdArr {
                array_ty: owner,
                lengths: args.iter().copied().skip(1).step_by(2).collect(),
                lower_bounds: args.iter().copied().step_by(2).collect(),
            },
            _ => return invalid("array constructor with a wrong number of arguments"),
        };
        let v = self.def_fact(inst, Ty::Ref(Some(owner)), Fact::Exact(owner));
        self.push(v);
        Ok(())
    }

    /// `Get`, `Set`, `Address` (or a call of the constructor on an existing array, which nothing emits).
    pub fn array_method(&mut self, m: MethodDesc, kind: ArrayMethod, readonly: bool) -> Res {
        let array_ty = self.ts.method_owner(m);
        let (elem, rank) = match self.ts.kind(array_ty) {
            TypeKind::SzArray(e) => (e, 1),
            TypeKind::MdArray(e, r) => (e, r as usize),
            _ => return invalid("array method of another type"),
        };
        let value = match kind {
            ArrayMethod::Set => Some(self.pop()?),
            ArrayMethod::Get | ArrayMethod::Address => None,
            ArrayMethod::Ctor(_) => return invalid("call of an array constructor"),
        };
        let raw = self.pop_n(rank)?;
        let array = self.pop()?;
        let array = self.object(array)?;
        let mut indices = Vec::with_capacity(rank);
        for i in raw {
            indices.push(self.coerce(i, Ty::I32)?);
        }
        let st = self.stack_ty(elem);
        let vector = matches!(self.ts.kind(array_ty), TypeKind::SzArray(_));
        // Stores of references need the array's own element type; `Address` checks it unless readonly.
        if vector {
            match (kind, value) {
                (ArrayMethod::Set, Some(v)) => {
                    let value = self.coerce(v, st)?;
                    self.eff(Inst::StoreElem { ty: elem, array, index: indices[0], value });
                }
                (ArrayMethod::Get, _) => {
                    self.push_def(Inst::LoadElem { ty: elem, array, index: indices[0] }, st);
                }
                _ => {
                    self.push_def(Inst::ElemAddr { ty: elem, array, index: indices[0], readonly }, Ty::ByRef(Some(elem)));
                }
            }
            return Ok(());
        }
        let value = match value {
            Some(v) => Some(self.coerce(v, st)?),
            None => None,
        };
        let check = kind == ArrayMethod::Set && self.is_ref(elem) && *self.fact(array) != Fact::Exact(array_ty);
        let readonly = readonly || kind == ArrayMethod::Get || (kind == ArrayMethod::Set && !check) || self.is_value(elem);
        let addr = self.def(Inst::MdElemAddr { array_ty, array, indices, readonly: readonly || check }, Ty::ByRef(Some(elem)));
        match (kind, value) {
            (ArrayMethod::Set, Some(v)) => {
                if check {
                    self.eff(Inst::CheckArrayStore { array, value: v });
                }
                let mem = self.mem_ty(elem);
                self.store_mem(mem, addr, v, &Prefix::default())?;
            }
            (ArrayMethod::Get, _) => {
                let v = self.load_mem(elem, addr, &Prefix::default())?;
                self.push(v);
            }
            _ => self.push(addr),
        }
        Ok(())
    }
}
