//! Every helper of `kiln_abi::helpers` by its name, for natives, and checked against its declaration: one that drifts does not compile.

pub use crate::alloc::{RhpBox, RhpNewFinalizable, RhpNewMdArray, RhpUnbox, RhpUnboxNullable};
pub use crate::arch::{
    RhpAssignRef, RhpCheckedAssignRef, RhpNewArray, RhpNewObject, RhpResume, RhpRethrow, RhpThrowArithmetic, RhpThrowDivideByZero,
    RhpThrowEx, RhpThrowHelper, RhpThrowIndexOutOfRange, RhpThrowNullReference, RhpThrowOverflow,
};
pub use crate::barrier::{RhpBulkMoveWithBarrier, RhpCopyStruct, RhpInterlockedCasRef, RhpInterlockedExchangeRef};
pub use crate::cast::{RhpCastClass, RhpCheckArrayElementType, RhpCheckArrayStore, RhpIsInstance};
pub use crate::dispatch::{RhpResolveGenericVirtual, RhpResolveInterface, RhpUnreachable};
pub use crate::eh::report::RhpUnhandled;
pub use crate::eh::{RhpBeginCatch, RhpMatchCatch, RhpMatchFilter, RhpPopFilterFrame, RhpPushFilterFrame};
pub use crate::lock::RhpPoll;
pub use crate::pinvoke::RhpResolvePInvoke;
pub use crate::statics::{RhpRunClassConstructor, RhpThreadStaticBase};
pub use crate::transitions::{RhpCallbackBegin, RhpCallbackEnd, RhpPInvokeBegin, RhpPInvokeEnd};
pub use crate::types::RhpGetRuntimeType;

macro_rules! check {
    ($($(#[$doc:meta])* $name:ident $parameters:tt -> $result:ident, $effect:ident;)*) => {
        $( const _: kiln_abi::helpers::signature::$name = $name; )*
    };
}
kiln_abi::for_each_helper!(check);
