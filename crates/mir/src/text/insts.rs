//! Mnemonics and operand order of all instructions and terminators: the one list behind printer, parser and visits of operands.

use super::parts::{Part, Text};
use super::{Parser, Printer};
use crate::{Inst, Term, ValueId};

macro_rules! text_of {
    ($t:ident, $is:ident {
        plain { $($name:literal $v:ident;)* }
        tuple { $($tname:literal $tv:ident ( $($tf:ident),* );)* }
        named { $($sname:literal $sv:ident { $($sf:ident),* };)* }
    }) => {
        impl Text for $t {
            fn write(&self, p: &mut Printer<'_>) {
                match self {
                    $($t::$v => p.word($name),)*
                    $($t::$tv($($tf),*) => {
                        p.word($tname);
                        $($tf.write(p);)*
                    })*
                    $($t::$sv { $($sf),* } => {
                        p.word($sname);
                        $(
                            p.word(concat!(stringify!($sf), ":"));
                            $sf.write(p);
                        )*
                    })*
                }
            }
            fn read(p: &mut Parser<'_>) -> Result<Self, String> {
                Ok(match p.next()? {
                    $($name => $t::$v,)*
                    $($tname => {
                        $(let $tf = Text::read(p)?;)*
                        $t::$tv($($tf),*)
                    })*
                    $($sname => {
                        $(
                            p.expect(concat!(stringify!($sf), ":"))?;
                            let $sf = Text::read(p)?;
                        )*
                        $t::$sv { $($sf),* }
                    })*
                    other => return Err(format!("unknown instruction {other}")),
                })
            }
        }

        impl Part for $t {
            fn operands(&self, f: &mut dyn FnMut(ValueId)) {
                match self {
                    $($t::$v => {})*
                    $($t::$tv($($tf),*) => { $($tf.operands(f);)* })*
                    $($t::$sv { $($sf),* } => { $($sf.operands(f);)* })*
                }
            }
            fn operands_mut(&mut self, f: &mut dyn FnMut(&mut ValueId)) {
                match self {
                    $($t::$v => {})*
                    $($t::$tv($($tf),*) => { $($tf.operands_mut(f);)* })*
                    $($t::$sv { $($sf),* } => { $($sf.operands_mut(f);)* })*
                }
            }
        }

        /// The names of all of these.
        pub(super) const $is: &[&str] = &[$($name,)* $($tname,)* $($sname,)*];
    };
}

text_of! { Inst, INSTS {
    plain {
    "null" Null;
    "tail" TailPrefix;
    }
    tuple {
    "const.i32" ConstI32(v);
    "const.i64" ConstI64(v);
    "const.nint" ConstNInt(v);
    "const.f32" ConstF32(v);
    "const.f64" ConstF64(v);
    "string" String(v);
    "default" Default(t);
    "type_handle" TypeHandle(t);
    "type_of" TypeOf(t);
    "field_handle" FieldHandle(f);
    "method_handle" MethodHandle(m);
    "fn_addr" FnAddr(m);
    "rva_data" RvaData(f);
    "size_of" SizeOf(t);
    "bin" Bin(op, a, b);
    "un" Un(op, a);
    "compare" Compare(op, a, b);
    "intrinsic" Intrinsic(op, args);
    "cpu_has" CpuHas(needs);
    "load_slot" LoadSlot(s);
    "store_slot" StoreSlot(s, v);
    "slot_addr" SlotAddr(s);
    "loc_alloc" LocAlloc(n);
    "static_addr" StaticAddr(f);
    "ensure_class_init" EnsureClassInit(t);
    "array_len" ArrayLen(a);
    "array_data_addr" ArrayDataAddr(a);
    "null_check" NullCheck(v);
    "reinterpret" Reinterpret(v);
    "allocate" Allocate(t);
    }
    named {
    "fn_addr_constrained" FnAddrConstrained { ty, method };
    "virt_fn_addr" VirtFnAddr { obj, method };
    "conv" Conv { to, range, value };
    "vector" Vector { op, needs, method, args };
    "load" Load { ty, addr, volatile, unaligned };
    "store" Store { ty, addr, value, volatile, unaligned };
    "init_obj" InitObj { ty, addr };
    "copy_obj" CopyObj { ty, dst, src };
    "copy_block" CopyBlock { dst, src, size };
    "init_block" InitBlock { addr, value, size };
    "load_field" LoadField { obj, field, volatile };
    "store_field" StoreField { obj, field, value, volatile };
    "field_addr" FieldAddr { obj, field };
    "load_static" LoadStatic { field, volatile };
    "store_static" StoreStatic { field, value, volatile };
    "load_elem" LoadElem { ty, array, index };
    "store_elem" StoreElem { ty, array, index, value };
    "check_array_store" CheckArrayStore { array, value };
    "elem_addr" ElemAddr { ty, array, index, readonly };
    "md_elem_addr" MdElemAddr { array_ty, array, indices, readonly };
    "new_arr" NewArr { elem, len };
    "new_md_arr" NewMdArr { array_ty, lengths, lower_bounds };
    "new_obj" NewObj { ctor, args };
    "new_delegate" NewDelegate { delegate, target, method, virt };
    "new_delegate_indirect" NewDelegateIndirect { delegate, target, ptr };
    "box" Box { ty, value };
    "unbox" Unbox { ty, obj };
    "unbox_any" UnboxAny { ty, obj };
    "is_inst" IsInst { ty, obj };
    "cast_class" CastClass { ty, obj };
    "call" Call { method, args, null_check };
    "call_virt" CallVirt { method, args };
    "call_constrained" CallConstrained { ty, method, args };
    "call_indirect" CallIndirect { sig, ptr, args };
    "atomic_xchg" AtomicXchg { ty, addr, value };
    "atomic_add" AtomicAdd { ty, addr, value };
    "atomic_and" AtomicAnd { ty, addr, value };
    "atomic_or" AtomicOr { ty, addr, value };
    "atomic_cas" AtomicCas { ty, addr, value, comparand };
    "new_default_comparer" NewDefaultComparer { ty, equality };
    "bit_cast_value" BitCastValue { to, value };
    }
} }

text_of! { Term, TERMS {
    plain {
    "unreachable" Unreachable;
    }
    tuple {
    "jump" Jump(to, args);
    "return" Return(v);
    "leave" Leave(to);
    "end_finally" EndFinally(r);
    "end_filter" EndFilter(r, v);
    "throw" Throw(v);
    "rethrow" Rethrow(r);
    "throw_helper" ThrowHelper(kind, text);
    }
    named {
    "branch" Branch { cond, then_to, else_to };
    "switch" Switch { value, targets, default };
    }
} }
