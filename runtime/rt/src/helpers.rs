//! Checks every helper that the runtime defines against its declaration in `kiln_abi::helpers`: one that drifts does not compile.

use crate::alloc::*;
use crate::arch::*;
use crate::barrier::*;
use crate::cast::*;
use crate::dispatch::*;
use crate::eh::*;
use crate::lock::RhpPoll;
use crate::pinvoke::RhpResolvePInvoke;
use crate::statics::*;
use crate::transitions::*;
use crate::types::RhpGetRuntimeType;

macro_rules! check {
    ($($(#[$doc:meta])* $name:ident $parameters:tt -> $result:ident, $effect:ident;)*) => {
        $( const _: kiln_abi::helpers::signature::$name = $name; )*
    };
}
kiln_abi::for_each_helper!(check);
