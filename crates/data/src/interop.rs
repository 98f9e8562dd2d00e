//! What crosses to native code (`abi::interop`): the delegate types with C functions, from the compiled functions.

use crate::image::Image;
use crate::record::Record;
use kiln_abi::interop as abi;
use kiln_lir::Sym;

/// The symbol of the whole.
const ROOT: &str = "kiln_interop";

/// Emits it; the symbol that the program header names, if there is anything.
pub(crate) fn emit(image: &mut Image<'_>) -> Option<&'static str> {
    let program = image.program;
    if program.native_delegates.is_empty() {
        return None;
    }
    let mut delegates = Record::default();
    for &invoke in &program.native_delegates {
        let Some(table) = image.method_table(image.ts.method_owner(invoke)) else { continue };
        let compiled = |s: Sym| Some(image.name(&s)).filter(|name| image.functions.contains(name));
        let (entry, call) = (compiled(Sym::DelegateEntry(invoke)), compiled(Sym::DelegateNative(invoke)));
        delegates.push(abi::NativeDelegateFields { table: table.into(), entry: entry.into(), call: call.into() });
    }
    let delegate_count = delegates.count::<abi::NativeDelegate>();
    image.constant("interop:delegates", "interop", 8, delegates);
    image.constant(ROOT, "interop", 8, Record::of(abi::InteropFields { delegates: "interop:delegates".into(), delegate_count }));
    Some(ROOT)
}
