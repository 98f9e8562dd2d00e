//! The opcode table: encoding, mnemonic, operand form, control flow and stack effect of every instruction
//! (ECMA-335 III, with `no.` and the prefixes of III.2).

/// How the operand of an instruction is encoded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OperandKind {
    /// No operand.
    None,
    /// Argument number in one byte.
    ShortArg,
    /// Argument number in two bytes.
    Arg,
    /// Local number in one byte.
    ShortLocal,
    /// Local number in two bytes.
    Local,
    /// Signed byte constant.
    ShortI,
    /// 32-bit constant.
    I4,
    /// 64-bit constant.
    I8,
    /// `float` constant.
    R4,
    /// `double` constant.
    R8,
    /// Signed byte branch distance.
    ShortTarget,
    /// 32-bit branch distance.
    Target,
    /// Jump table.
    Switch,
    /// Method token.
    Method,
    /// Field token.
    Field,
    /// Type token.
    Type,
    /// Any token (`ldtoken`).
    Token,
    /// `#US` token.
    String,
    /// Token of a call-site signature.
    Sig,
    /// Alignment (`unaligned.`) or check mask (`no.`).
    U1,
}

/// What an instruction does to control flow.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flow {
    /// Falls through.
    Next,
    /// Jumps always (`br`, `leave`).
    Branch,
    /// Jumps or falls through (conditional branches, `switch`).
    CondBranch,
    /// Calls and falls through (`call`, `callvirt`, `calli`, `newobj`).
    Call,
    /// Leaves the method or the handler (`ret`, `endfinally`, `endfilter`, `jmp`).
    Return,
    /// Throws (`throw`, `rethrow`).
    Throw,
    /// A prefix of the next instruction.
    Prefix,
}

/// Stack effect that depends on the operand (a call) or on the method (`ret`).
pub const VARIES: u8 = 0xFF;

macro_rules! opcodes {
    ($($code:literal $name:ident $mnemonic:literal $operand:ident $flow:ident $pops:tt $pushes:tt;)+) => {
        /// An IL instruction code. Two-byte codes are `0xFE00 | second byte`.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        #[repr(u16)]
        pub enum Opcode {
            $(#[doc = concat!("`", $mnemonic, "`")] $name = $code,)+
        }

        impl Opcode {
            /// All opcodes, in code order.
            pub const ALL: &'static [Opcode] = &[$(Opcode::$name,)+];

            /// From the code (two-byte codes as `0xFE00 | second byte`).
            #[must_use]
            pub fn from_code(code: u16) -> Option<Opcode> {
                match code {
                    $($code => Some(Opcode::$name),)+
                    _ => None,
                }
            }

            /// The assembler name.
            #[must_use]
            pub fn mnemonic(self) -> &'static str {
                match self {
                    $(Opcode::$name => $mnemonic,)+
                }
            }

            /// How the operand is encoded.
            #[must_use]
            pub fn operand_kind(self) -> OperandKind {
                match self {
                    $(Opcode::$name => OperandKind::$operand,)+
                }
            }

            /// Control flow.
            #[must_use]
            pub fn flow(self) -> Flow {
                match self {
                    $(Opcode::$name => Flow::$flow,)+
                }
            }

            /// How many stack values are popped, or [`VARIES`].
            #[must_use]
            pub fn pops(self) -> u8 {
                match self {
                    $(Opcode::$name => count!($pops),)+
                }
            }

            /// How many stack values are pushed, or [`VARIES`].
            #[must_use]
            pub fn pushes(self) -> u8 {
                match self {
                    $(Opcode::$name => count!($pushes),)+
                }
            }
        }
    };
}

macro_rules! count {
    (v) => {
        VARIES
    };
    ($n:literal) => {
        $n
    };
}

opcodes! {
    0x00 Nop "nop" None Next 0 0;
    0x01 Break "break" None Next 0 0;
    0x02 Ldarg0 "ldarg.0" None Next 0 1;
    0x03 Ldarg1 "ldarg.1" None Next 0 1;
    0x04 Ldarg2 "ldarg.2" None Next 0 1;
    0x05 Ldarg3 "ldarg.3" None Next 0 1;
    0x06 Ldloc0 "ldloc.0" None Next 0 1;
    0x07 Ldloc1 "ldloc.1" None Next 0 1;
    0x08 Ldloc2 "ldloc.2" None Next 0 1;
    0x09 Ldloc3 "ldloc.3" None Next 0 1;
    0x0A Stloc0 "stloc.0" None Next 1 0;
    0x0B Stloc1 "stloc.1" None Next 1 0;
    0x0C Stloc2 "stloc.2" None Next 1 0;
    0x0D Stloc3 "stloc.3" None Next 1 0;
    0x0E LdargS "ldarg.s" ShortArg Next 0 1;
    0x0F LdargaS "ldarga.s" ShortArg Next 0 1;
    0x10 StargS "starg.s" ShortArg Next 1 0;
    0x11 LdlocS "ldloc.s" ShortLocal Next 0 1;
    0x12 LdlocaS "ldloca.s" ShortLocal Next 0 1;
    0x13 StlocS "stloc.s" ShortLocal Next 1 0;
    0x14 Ldnull "ldnull" None Next 0 1;
    0x15 LdcI4M1 "ldc.i4.m1" None Next 0 1;
    0x16 LdcI40 "ldc.i4.0" None Next 0 1;
    0x17 LdcI41 "ldc.i4.1" None Next 0 1;
    0x18 LdcI42 "ldc.i4.2" None Next 0 1;
    0x19 LdcI43 "ldc.i4.3" None Next 0 1;
    0x1A LdcI44 "ldc.i4.4" None Next 0 1;
    0x1B LdcI45 "ldc.i4.5" None Next 0 1;
    0x1C LdcI46 "ldc.i4.6" None Next 0 1;
    0x1D LdcI47 "ldc.i4.7" None Next 0 1;
    0x1E LdcI48 "ldc.i4.8" None Next 0 1;
    0x1F LdcI4S "ldc.i4.s" ShortI Next 0 1;
    0x20 LdcI4 "ldc.i4" I4 Next 0 1;
    0x21 LdcI8 "ldc.i8" I8 Next 0 1;
    0x22 LdcR4 "ldc.r4" R4 Next 0 1;
    0x23 LdcR8 "ldc.r8" R8 Next 0 1;
    0x25 Dup "dup" None Next 1 2;
    0x26 Pop "pop" None Next 1 0;
    0x27 Jmp "jmp" Method Return 0 0;
    0x28 Call "call" Method Call v v;
    0x29 Calli "calli" Sig Call v v;
    0x2A Ret "ret" None Return v 0;
    0x2B BrS "br.s" ShortTarget Branch 0 0;
    0x2C BrfalseS "brfalse.s" ShortTarget CondBranch 1 0;
    0x2D BrtrueS "brtrue.s" ShortTarget CondBranch 1 0;
    0x2E BeqS "beq.s" ShortTarget CondBranch 2 0;
    0x2F BgeS "bge.s" ShortTarget CondBranch 2 0;
    0x30 BgtS "bgt.s" ShortTarget CondBranch 2 0;
    0x31 BleS "ble.s" ShortTarget CondBranch 2 0;
    0x32 BltS "blt.s" ShortTarget CondBranch 2 0;
    0x33 BneUnS "bne.un.s" ShortTarget CondBranch 2 0;
    0x34 BgeUnS "bge.un.s" ShortTarget CondBranch 2 0;
    0x35 BgtUnS "bgt.un.s" ShortTarget CondBranch 2 0;
    0x36 BleUnS "ble.un.s" ShortTarget CondBranch 2 0;
    0x37 BltUnS "blt.un.s" ShortTarget CondBranch 2 0;
    0x38 Br "br" Target Branch 0 0;
    0x39 Brfalse "brfalse" Target CondBranch 1 0;
    0x3A Brtrue "brtrue" Target CondBranch 1 0;
    0x3B Beq "beq" Target CondBranch 2 0;
    0x3C Bge "bge" Target CondBranch 2 0;
    0x3D Bgt "bgt" Target CondBranch 2 0;
    0x3E Ble "ble" Target CondBranch 2 0;
    0x3F Blt "blt" Target CondBranch 2 0;
    0x40 BneUn "bne.un" Target CondBranch 2 0;
    0x41 BgeUn "bge.un" Target CondBranch 2 0;
    0x42 BgtUn "bgt.un" Target CondBranch 2 0;
    0x43 BleUn "ble.un" Target CondBranch 2 0;
    0x44 BltUn "blt.un" Target CondBranch 2 0;
    0x45 Switch "switch" Switch CondBranch 1 0;
    0x46 LdindI1 "ldind.i1" None Next 1 1;
    0x47 LdindU1 "ldind.u1" None Next 1 1;
    0x48 LdindI2 "ldind.i2" None Next 1 1;
    0x49 LdindU2 "ldind.u2" None Next 1 1;
    0x4A LdindI4 "ldind.i4" None Next 1 1;
    0x4B LdindU4 "ldind.u4" None Next 1 1;
    0x4C LdindI8 "ldind.i8" None Next 1 1;
    0x4D LdindI "ldind.i" None Next 1 1;
    0x4E LdindR4 "ldind.r4" None Next 1 1;
    0x4F LdindR8 "ldind.r8" None Next 1 1;
    0x50 LdindRef "ldind.ref" None Next 1 1;
    0x51 StindRef "stind.ref" None Next 2 0;
    0x52 StindI1 "stind.i1" None Next 2 0;
    0x53 StindI2 "stind.i2" None Next 2 0;
    0x54 StindI4 "stind.i4" None Next 2 0;
    0x55 StindI8 "stind.i8" None Next 2 0;
    0x56 StindR4 "stind.r4" None Next 2 0;
    0x57 StindR8 "stind.r8" None Next 2 0;
    0x58 Add "add" None Next 2 1;
    0x59 Sub "sub" None Next 2 1;
    0x5A Mul "mul" None Next 2 1;
    0x5B Div "div" None Next 2 1;
    0x5C DivUn "div.un" None Next 2 1;
    0x5D Rem "rem" None Next 2 1;
    0x5E RemUn "rem.un" None Next 2 1;
    0x5F And "and" None Next 2 1;
    0x60 Or "or" None Next 2 1;
    0x61 Xor "xor" None Next 2 1;
    0x62 Shl "shl" None Next 2 1;
    0x63 Shr "shr" None Next 2 1;
    0x64 ShrUn "shr.un" None Next 2 1;
    0x65 Neg "neg" None Next 1 1;
    0x66 Not "not" None Next 1 1;
    0x67 ConvI1 "conv.i1" None Next 1 1;
    0x68 ConvI2 "conv.i2" None Next 1 1;
    0x69 ConvI4 "conv.i4" None Next 1 1;
    0x6A ConvI8 "conv.i8" None Next 1 1;
    0x6B ConvR4 "conv.r4" None Next 1 1;
    0x6C ConvR8 "conv.r8" None Next 1 1;
    0x6D ConvU4 "conv.u4" None Next 1 1;
    0x6E ConvU8 "conv.u8" None Next 1 1;
    0x6F Callvirt "callvirt" Method Call v v;
    0x70 Cpobj "cpobj" Type Next 2 0;
    0x71 Ldobj "ldobj" Type Next 1 1;
    0x72 Ldstr "ldstr" String Next 0 1;
    0x73 Newobj "newobj" Method Call v 1;
    0x74 Castclass "castclass" Type Next 1 1;
    0x75 Isinst "isinst" Type Next 1 1;
    0x76 ConvRUn "conv.r.un" None Next 1 1;
    0x79 Unbox "unbox" Type Next 1 1;
    0x7A Throw "throw" None Throw 1 0;
    0x7B Ldfld "ldfld" Field Next 1 1;
    0x7C Ldflda "ldflda" Field Next 1 1;
    0x7D Stfld "stfld" Field Next 2 0;
    0x7E Ldsfld "ldsfld" Field Next 0 1;
    0x7F Ldsflda "ldsflda" Field Next 0 1;
    0x80 Stsfld "stsfld" Field Next 1 0;
    0x81 Stobj "stobj" Type Next 2 0;
    0x82 ConvOvfI1Un "conv.ovf.i1.un" None Next 1 1;
    0x83 ConvOvfI2Un "conv.ovf.i2.un" None Next 1 1;
    0x84 ConvOvfI4Un "conv.ovf.i4.un" None Next 1 1;
    0x85 ConvOvfI8Un "conv.ovf.i8.un" None Next 1 1;
    0x86 ConvOvfU1Un "conv.ovf.u1.un" None Next 1 1;
    0x87 ConvOvfU2Un "conv.ovf.u2.un" None Next 1 1;
    0x88 ConvOvfU4Un "conv.ovf.u4.un" None Next 1 1;
    0x89 ConvOvfU8Un "conv.ovf.u8.un" None Next 1 1;
    0x8A ConvOvfIUn "conv.ovf.i.un" None Next 1 1;
    0x8B ConvOvfUUn "conv.ovf.u.un" None Next 1 1;
    0x8C Box "box" Type Next 1 1;
    0x8D Newarr "newarr" Type Next 1 1;
    0x8E Ldlen "ldlen" None Next 1 1;
    0x8F Ldelema "ldelema" Type Next 2 1;
    0x90 LdelemI1 "ldelem.i1" None Next 2 1;
    0x91 LdelemU1 "ldelem.u1" None Next 2 1;
    0x92 LdelemI2 "ldelem.i2" None Next 2 1;
    0x93 LdelemU2 "ldelem.u2" None Next 2 1;
    0x94 LdelemI4 "ldelem.i4" None Next 2 1;
    0x95 LdelemU4 "ldelem.u4" None Next 2 1;
    0x96 LdelemI8 "ldelem.i8" None Next 2 1;
    0x97 LdelemI "ldelem.i" None Next 2 1;
    0x98 LdelemR4 "ldelem.r4" None Next 2 1;
    0x99 LdelemR8 "ldelem.r8" None Next 2 1;
    0x9A LdelemRef "ldelem.ref" None Next 2 1;
    0x9B StelemI "stelem.i" None Next 3 0;
    0x9C StelemI1 "stelem.i1" None Next 3 0;
    0x9D StelemI2 "stelem.i2" None Next 3 0;
    0x9E StelemI4 "stelem.i4" None Next 3 0;
    0x9F StelemI8 "stelem.i8" None Next 3 0;
    0xA0 StelemR4 "stelem.r4" None Next 3 0;
    0xA1 StelemR8 "stelem.r8" None Next 3 0;
    0xA2 StelemRef "stelem.ref" None Next 3 0;
    0xA3 Ldelem "ldelem" Type Next 2 1;
    0xA4 Stelem "stelem" Type Next 3 0;
    0xA5 UnboxAny "unbox.any" Type Next 1 1;
    0xB3 ConvOvfI1 "conv.ovf.i1" None Next 1 1;
    0xB4 ConvOvfU1 "conv.ovf.u1" None Next 1 1;
    0xB5 ConvOvfI2 "conv.ovf.i2" None Next 1 1;
    0xB6 ConvOvfU2 "conv.ovf.u2" None Next 1 1;
    0xB7 ConvOvfI4 "conv.ovf.i4" None Next 1 1;
    0xB8 ConvOvfU4 "conv.ovf.u4" None Next 1 1;
    0xB9 ConvOvfI8 "conv.ovf.i8" None Next 1 1;
    0xBA ConvOvfU8 "conv.ovf.u8" None Next 1 1;
    0xC2 Refanyval "refanyval" Type Next 1 1;
    0xC3 Ckfinite "ckfinite" None Next 1 1;
    0xC6 Mkrefany "mkrefany" Type Next 1 1;
    0xD0 Ldtoken "ldtoken" Token Next 0 1;
    0xD1 ConvU2 "conv.u2" None Next 1 1;
    0xD2 ConvU1 "conv.u1" None Next 1 1;
    0xD3 ConvI "conv.i" None Next 1 1;
    0xD4 ConvOvfI "conv.ovf.i" None Next 1 1;
    0xD5 ConvOvfU "conv.ovf.u" None Next 1 1;
    0xD6 AddOvf "add.ovf" None Next 2 1;
    0xD7 AddOvfUn "add.ovf.un" None Next 2 1;
    0xD8 MulOvf "mul.ovf" None Next 2 1;
    0xD9 MulOvfUn "mul.ovf.un" None Next 2 1;
    0xDA SubOvf "sub.ovf" None Next 2 1;
    0xDB SubOvfUn "sub.ovf.un" None Next 2 1;
    0xDC Endfinally "endfinally" None Return 0 0;
    0xDD Leave "leave" Target Branch v 0;
    0xDE LeaveS "leave.s" ShortTarget Branch v 0;
    0xDF StindI "stind.i" None Next 2 0;
    0xE0 ConvU "conv.u" None Next 1 1;
    0xFE00 Arglist "arglist" None Next 0 1;
    0xFE01 Ceq "ceq" None Next 2 1;
    0xFE02 Cgt "cgt" None Next 2 1;
    0xFE03 CgtUn "cgt.un" None Next 2 1;
    0xFE04 Clt "clt" None Next 2 1;
    0xFE05 CltUn "clt.un" None Next 2 1;
    0xFE06 Ldftn "ldftn" Method Next 0 1;
    0xFE07 Ldvirtftn "ldvirtftn" Method Next 1 1;
    0xFE09 Ldarg "ldarg" Arg Next 0 1;
    0xFE0A Ldarga "ldarga" Arg Next 0 1;
    0xFE0B Starg "starg" Arg Next 1 0;
    0xFE0C Ldloc "ldloc" Local Next 0 1;
    0xFE0D Ldloca "ldloca" Local Next 0 1;
    0xFE0E Stloc "stloc" Local Next 1 0;
    0xFE0F Localloc "localloc" None Next 1 1;
    0xFE11 Endfilter "endfilter" None Return 1 0;
    0xFE12 Unaligned "unaligned." U1 Prefix 0 0;
    0xFE13 Volatile "volatile." None Prefix 0 0;
    0xFE14 Tail "tail." None Prefix 0 0;
    0xFE15 Initobj "initobj" Type Next 1 0;
    0xFE16 Constrained "constrained." Type Prefix 0 0;
    0xFE17 Cpblk "cpblk" None Next 3 0;
    0xFE18 Initblk "initblk" None Next 3 0;
    0xFE19 No "no." U1 Prefix 0 0;
    0xFE1A Rethrow "rethrow" None Throw 0 0;
    0xFE1C Sizeof "sizeof" Type Next 0 1;
    0xFE1D Refanytype "refanytype" None Next 1 1;
    0xFE1E Readonly "readonly." None Prefix 0 0;
}
