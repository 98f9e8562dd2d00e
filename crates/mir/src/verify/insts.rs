//! Rule 3: kinds of operands and results, by family of instructions.

use super::{Kind, V, Verifier};
use crate::{BinOp, Inst, IntrinsicOp, MemTy, ValueId};
use kiln_simd::Shape;
use kiln_typesys::{FieldDesc, MethodDesc, MethodSig, Prim, TypeClass, TypeDesc};

const ADDR: &[Kind] = &[Kind::ByRef, Kind::NInt];
const OBJ: &[Kind] = &[Kind::Ref];
const INT: &[Kind] = &[Kind::I32, Kind::I64, Kind::NInt];
const INDEX: &[Kind] = &[Kind::I32, Kind::NInt];
const NUMBER: &[Kind] = &[Kind::I32, Kind::I64, Kind::NInt, Kind::F32, Kind::F64];
const NULLABLE: &[Kind] = &[Kind::Ref, Kind::ByRef, Kind::NInt];

fn mem_kind(t: MemTy) -> Kind {
    match t {
        MemTy::I8 | MemTy::U8 | MemTy::I16 | MemTy::U16 | MemTy::I32 => Kind::I32,
        MemTy::I64 => Kind::I64,
        MemTy::NInt => Kind::NInt,
        MemTy::F32 => Kind::F32,
        MemTy::F64 => Kind::F64,
        MemTy::Ref => Kind::Ref,
        MemTy::ByRef => Kind::ByRef,
        MemTy::Struct(_) => Kind::Value,
    }
}

/// An instruction whose kinds are looked at.
struct Rules<'a> {
    v: &'a Verifier<'a>,
    result: Option<Kind>,
}

impl Verifier<'_> {
    pub(super) fn check_inst(&self, r: Option<ValueId>, inst: &Inst) -> V {
        let rules = Rules { v: self, result: r.map(|v| self.k(v)) };
        let families = [Rules::constant, Rules::arithmetic, Rules::memory, Rules::array, Rules::object, Rules::call];
        families.iter().find_map(|family| family(&rules, inst)).unwrap_or_else(|| Err("no rule for this instruction".to_owned()))
    }
}

/// Each family answers for its own instructions only.
impl Rules<'_> {
    fn want(&self, v: ValueId, ok: &[Kind]) -> V {
        let k = self.v.k(v);
        if ok.contains(&k) { Ok(()) } else { Err(format!("{v} is {k:?}, expected {ok:?}")) }
    }

    fn want_all(&self, all: &[ValueId], ok: &[Kind]) -> V {
        all.iter().try_for_each(|v| self.want(*v, ok))
    }

    fn gives(&self, ok: &[Kind]) -> V {
        match self.result {
            Some(k) if ok.contains(&k) => Ok(()),
            k => Err(format!("result is {k:?}, expected {ok:?}")),
        }
    }

    fn nothing(&self) -> V {
        if self.result.is_some() { Err("result where there is none".to_owned()) } else { Ok(()) }
    }

    fn of(&self, t: TypeDesc) -> Kind {
        self.v.type_kind(t)
    }

    fn of_field(&self, f: FieldDesc) -> Result<Kind, String> {
        self.v.ts.field_type(f).map(|t| self.of(t)).map_err(|e| e.to_string())
    }

    fn constant(&self, inst: &Inst) -> Option<V> {
        use Inst as I;
        Some(match inst {
            I::ConstI32(_) | I::SizeOf(_) => self.gives(&[Kind::I32]),
            I::ConstI64(_) => self.gives(&[Kind::I64]),
            I::ConstNInt(_) | I::FnAddr(_) | I::FnAddrConstrained { .. } | I::RvaData(_) => self.gives(&[Kind::NInt]),
            I::ConstF32(_) => self.gives(&[Kind::F32]),
            I::ConstF64(_) => self.gives(&[Kind::F64]),
            I::Null | I::String(_) | I::TypeOf(_) => self.gives(OBJ),
            I::TypeHandle(_) | I::FieldHandle(_) | I::MethodHandle(_) => self.gives(&[Kind::Value]),
            I::Default(t) => self.gives(&[self.of(*t)]),
            I::EnsureClassInit(_) | I::TailPrefix => self.nothing(),
            _ => return None,
        })
    }

    fn arithmetic(&self, inst: &Inst) -> Option<V> {
        use Inst as I;
        Some(match inst {
            I::Bin(op, a, b) => self.binary(*op, self.v.k(*a), self.v.k(*b)),
            I::Un(_, v) => self.gives(&[self.v.k(*v)]),
            I::Compare(_, a, b) => match (self.v.k(*a), self.v.k(*b)) {
                (x, y) if x != y || x == Kind::Value => Err(format!("comparison of {x:?} with {y:?}")),
                _ => self.gives(&[Kind::I32]),
            },
            I::Conv { value, .. } if self.v.k(*value) == Kind::Value => Err("conversion of a struct".to_owned()),
            I::Conv { .. } => self.gives(NUMBER),
            I::Intrinsic(IntrinsicOp::MemoryBarrier | IntrinsicOp::KeepAlive, _) => self.nothing(),
            I::Intrinsic(..) => self.gives(NUMBER),
            I::CpuHas(_) => self.gives(&[Kind::I32]),
            I::Vector { op, .. } if op.to == Shape::nothing() => self.nothing(),
            I::Vector { op, args, .. } if op.params().is_some_and(|n| n != args.len()) => {
                Err(format!("{} operands for {}", args.len(), op.word()))
            }
            I::Vector { .. } if self.result.is_none() => Err("no result".to_owned()),
            I::Vector { .. } => Ok(()),
            I::Reinterpret(_) if self.result.is_none() => Err("no result".to_owned()),
            I::Reinterpret(_) => Ok(()),
            I::BitCastValue { to, .. } => self.gives(&[self.of(*to)]),
            _ => return None,
        })
    }

    fn binary(&self, op: BinOp, a: Kind, b: Kind) -> V {
        use BinOp as B;
        let rk = self.result;
        let ok = match (op, a, b) {
            (B::Shl | B::Shr | B::ShrUn, x, Kind::I32 | Kind::NInt) => INT.contains(&x) && rk == Some(x),
            (B::Sub, Kind::ByRef, Kind::ByRef) => rk == Some(Kind::NInt),
            (B::Add | B::Sub, Kind::ByRef, Kind::NInt) => rk == Some(Kind::ByRef),
            (_, x, y) => x == y && !matches!(x, Kind::Ref | Kind::Value | Kind::ByRef) && rk == Some(x),
        };
        if ok { Ok(()) } else { Err(format!("{op:?} of {a:?} and {b:?} gives {rk:?}")) }
    }

    fn memory(&self, inst: &Inst) -> Option<V> {
        use Inst as I;
        Some(match inst {
            I::LoadSlot(s) => self.gives(&[self.v.slot_kind(*s)]),
            I::StoreSlot(s, v) => self.want(*v, &[self.v.slot_kind(*s)]).and(self.nothing()),
            I::SlotAddr(_) | I::StaticAddr(_) => self.gives(&[Kind::ByRef]),
            I::Load { ty, addr, .. } => self.want(*addr, ADDR).and(self.gives(&[mem_kind(*ty)])),
            I::Store { ty, addr, value, .. } => self.want(*addr, ADDR).and(self.want(*value, &[mem_kind(*ty)])).and(self.nothing()),
            I::InitObj { addr, .. } => self.want(*addr, ADDR).and(self.nothing()),
            I::CopyObj { dst, src, .. } => self.want_all(&[*dst, *src], ADDR).and(self.nothing()),
            I::CopyBlock { dst, src, size } => self.want_all(&[*dst, *src], ADDR).and(self.want(*size, &[Kind::NInt])).and(self.nothing()),
            I::InitBlock { addr, value, size } => {
                self.want(*addr, ADDR).and(self.want(*value, &[Kind::I32])).and(self.want(*size, &[Kind::NInt])).and(self.nothing())
            }
            I::LocAlloc(n) => self.want(*n, &[Kind::NInt]).and(self.gives(&[Kind::NInt])),
            I::LoadField { obj, field, .. } => {
                let any = self.want(*obj, &[Kind::Ref, Kind::ByRef, Kind::NInt, Kind::Value]);
                any.and(self.of_field(*field)).and_then(|k| self.gives(&[k]))
            }
            I::StoreField { obj, field, value, .. } => {
                let stored = self.want(*obj, NULLABLE).and(self.of_field(*field)).and_then(|k| self.want(*value, &[k]));
                stored.and(self.nothing())
            }
            I::FieldAddr { obj, .. } => self.want(*obj, NULLABLE).and(self.gives(ADDR)),
            I::LoadStatic { field, .. } => self.of_field(*field).and_then(|k| self.gives(&[k])),
            I::StoreStatic { field, value, .. } => self.of_field(*field).and_then(|k| self.want(*value, &[k])).and(self.nothing()),
            I::NullCheck(v) => self.want(*v, NULLABLE).and(self.nothing()),
            I::AtomicXchg { ty, addr, value }
            | I::AtomicAdd { ty, addr, value }
            | I::AtomicAnd { ty, addr, value }
            | I::AtomicOr { ty, addr, value } => self.atomic(*ty, *addr, &[*value]),
            I::AtomicCas { ty, addr, value, comparand } => self.atomic(*ty, *addr, &[*value, *comparand]),
            _ => return None,
        })
    }

    fn atomic(&self, ty: MemTy, addr: ValueId, values: &[ValueId]) -> V {
        let kind = [mem_kind(ty)];
        self.want(addr, ADDR).and(self.want_all(values, &kind)).and(self.gives(&kind))
    }

    fn array(&self, inst: &Inst) -> Option<V> {
        use Inst as I;
        Some(match inst {
            I::ArrayLen(a) => self.want(*a, OBJ).and(self.gives(&[Kind::NInt])),
            I::LoadElem { ty, array, index } => self.want(*array, OBJ).and(self.want(*index, INDEX)).and(self.gives(&[self.of(*ty)])),
            I::StoreElem { ty, array, index, value } => {
                self.want(*array, OBJ).and(self.want(*index, INDEX)).and(self.want(*value, &[self.of(*ty)])).and(self.nothing())
            }
            I::CheckArrayStore { array, value } => self.want_all(&[*array, *value], OBJ).and(self.nothing()),
            I::ElemAddr { array, index, .. } => self.want(*array, OBJ).and(self.want(*index, INDEX)).and(self.gives(&[Kind::ByRef])),
            I::ArrayDataAddr(a) => self.want(*a, OBJ).and(self.gives(&[Kind::ByRef])),
            I::MdElemAddr { array, indices, .. } => {
                self.want_all(indices, &[Kind::I32]).and(self.want(*array, OBJ)).and(self.gives(&[Kind::ByRef]))
            }
            I::NewArr { len, .. } => self.want(*len, INDEX).and(self.gives(OBJ)),
            I::NewMdArr { lengths, lower_bounds, .. } => {
                self.want_all(lengths, &[Kind::I32]).and(self.want_all(lower_bounds, &[Kind::I32])).and(self.gives(OBJ))
            }
            _ => return None,
        })
    }

    fn object(&self, inst: &Inst) -> Option<V> {
        use Inst as I;
        Some(match inst {
            I::NewDefaultComparer { .. } | I::NewObj { .. } | I::Allocate(_) => self.gives(OBJ),
            I::VirtFnAddr { obj, .. } => self.want(*obj, OBJ).and(self.gives(&[Kind::NInt])),
            I::NewDelegate { target, .. } => self.want(*target, OBJ).and(self.gives(OBJ)),
            I::NewDelegateIndirect { target, ptr, .. } => self.want(*target, OBJ).and(self.want(*ptr, &[Kind::NInt])).and(self.gives(OBJ)),
            I::Box { ty, value } => self.want(*value, &[self.of(*ty)]).and(self.gives(OBJ)),
            I::Unbox { obj, .. } => self.want(*obj, OBJ).and(self.gives(&[Kind::ByRef])),
            I::UnboxAny { ty, obj } => self.want(*obj, OBJ).and(self.gives(&[self.of(*ty)])),
            I::IsInst { obj, .. } | I::CastClass { obj, .. } => self.want(*obj, OBJ).and(self.gives(OBJ)),
            _ => return None,
        })
    }

    fn call(&self, inst: &Inst) -> Option<V> {
        use Inst as I;
        Some(match inst {
            I::Call { method, args, .. } => self.method_call(*method, args),
            I::CallVirt { method, args } => {
                let this = args.first().map_or_else(|| Err("no `this`".to_owned()), |this| self.want(*this, OBJ));
                this.and(self.method_call(*method, args))
            }
            I::CallConstrained { method, args, .. } => match (self.v.ts.is_static_method(*method), args.first()) {
                (false, Some(this)) => self.want(*this, &[Kind::ByRef]).and(self.method_call(*method, args)),
                _ => self.method_call(*method, args),
            },
            I::CallIndirect { sig, ptr, args } => self.want(*ptr, &[Kind::NInt]).and(self.arguments(sig, args)),
            _ => return None,
        })
    }

    fn method_call(&self, method: MethodDesc, args: &[ValueId]) -> V {
        let sig = self.v.ts.method_sig(method).map_err(|e| e.to_string())?;
        self.arguments(&sig, args)
    }

    /// Arguments and result of a call.
    fn arguments(&self, sig: &MethodSig, args: &[ValueId]) -> V {
        let this = usize::from(sig.has_this);
        if args.len() != sig.params.len() + this {
            return Err(format!("{} arguments, expected {}", args.len(), sig.params.len() + this));
        }
        for (a, p) in args[this..].iter().zip(&sig.params) {
            let (have, want) = (self.v.k(*a), self.of(*p));
            if have != want {
                return Err(format!("argument {a} is {have:?}, expected {want:?}"));
            }
        }
        if this == 1 && !matches!(self.v.k(args[0]), Kind::Ref | Kind::ByRef) {
            return Err(format!("`this` is {:?}", self.v.k(args[0])));
        }
        let void = self.v.ts.type_class(sig.ret) == TypeClass::Prim(Prim::Void);
        let want = (!void).then(|| self.of(sig.ret));
        if want == self.result { Ok(()) } else { Err(format!("result is {:?}, the signature says {want:?}", self.result)) }
    }
}
