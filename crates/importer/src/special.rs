//! Class-library methods that the compiler knows: those without a useful IL body, and those whose result folds.
//!
//! Source: the list of `[Intrinsic]` methods of System.Private.CoreLib 9.0/10.0 and what their documentation promises. Matching is
//! by namespace, type and method name; anything with an unexpected shape stays an ordinary call.

mod comparers;
pub(crate) mod hardware;
mod math;
mod memory;
mod reflection;
mod runtime_helpers;
mod threading;
mod unsafe_ops;

use crate::build::{Importer, Res};
use kiln_mir::ValueId;
use kiln_typesys::{MethodDesc, MethodSig, TypeDesc};

/// A call seen by the handlers: arguments are popped and converted (`this` first).
pub(crate) struct Site<'s> {
    pub method: MethodDesc,
    pub name: &'s str,
    pub sig: &'s MethodSig,
    pub args: &'s [ValueId],
    /// Generic arguments of the method.
    pub targs: &'s [TypeDesc],
    /// Owner type.
    pub owner: TypeDesc,
}

/// `None`: an ordinary call. `Some(result)`: done.
pub(crate) type Done = Option<Option<ValueId>>;

/// A result.
pub(crate) fn done(v: ValueId) -> Res<Done> {
    Ok(Some(Some(v)))
}

impl Importer<'_> {
    /// Replaces the call, if the method is known.
    pub fn special_call(&mut self, m: MethodDesc, sig: &MethodSig, args: &[ValueId]) -> Res<Done> {
        match self.ts.method_def(m) {
            Some((module, _)) if module == self.ts.corelib() => {}
            _ => return Ok(None),
        }
        let owner = self.ts.method_owner(m);
        let (ns, ty) = self.ts.namespace_and_name(owner);
        let name = self.ts.method_name(m);
        let targs = self.ts.method_args(m);
        let s = Site { method: m, name: &name, sig, args, targs: &targs, owner };
        match (ns.as_str(), ty.as_str()) {
            ("System.Runtime.CompilerServices", "Unsafe") => self.unsafe_call(&s),
            ("System.Runtime.CompilerServices", "RuntimeHelpers") => self.runtime_helpers(&s),
            ("System.Runtime.InteropServices", "MemoryMarshal") => self.memory_marshal(&s),
            ("System.Threading", "Interlocked") => self.interlocked(&s),
            ("System.Threading", "Volatile") => self.volatile(&s),
            ("System.Threading", "Thread") if name == "MemoryBarrier" => self.barrier(),
            // A poll for the collector: safepoints are calls here.
            ("System.Threading", "Thread") if name == "FastPollGC" => Ok(Some(None)),
            ("System", "Math") | ("System", "MathF") | ("System", "Double") | ("System", "Single") => self.math(&s),
            ("System", "BitConverter") => self.bit_converter(&s),
            ("System.Numerics", "BitOperations") => self.bit_operations(&s),
            ("System.Buffers.Binary", "BinaryPrimitives") => self.binary_primitives(&s),
            ("System", "Type") | ("System", "RuntimeType") => self.type_call(&s),
            ("System", "Object") => self.object_call(&s),
            ("System", "Enum") => self.enum_call(&s),
            ("System", "Activator") => self.activator(&s),
            ("System", "GC") if name == "KeepAlive" => self.keep_alive(&s),
            ("System.Collections.Generic", "ComparerHelpers") => self.comparer_helpers(&s),
            ("System.Collections.Generic", "ArraySortHelper`1" | "ArraySortHelper`2") => self.sort_helper(&s),
            ("System.Runtime.Intrinsics", _) | ("System.Numerics", "Vector" | "Vector`1") => self.portable_vector(&s),
            (n, _) if n.starts_with("System.Runtime.Intrinsics.") => self.instruction_set(&s),
            _ => Ok(None),
        }
    }
}
