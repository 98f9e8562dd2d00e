//! Target over the importer and MIR: damaged bodies are imported or refused; what was imported prints, parses and prints the same.

use kiln_importer::{ImportOptions, NoPolicy, check, import_method};
use kiln_metadata::Module;
use kiln_typesys::TypeSystem;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Methods of one input that are looked at.
const MAX_METHODS: usize = 400;
/// The largest text that is parsed again.
const MAX_TEXT: usize = 1 << 18;

thread_local! {
    /// A universe of the class library's core alone, which every input needs: the file that `KILN_FUZZ_CORELIB` names. Reading it and
    /// building its name tables takes longer than everything that is done with an input.
    static CORE: Option<TypeSystem> = core();
}

fn core() -> Option<TypeSystem> {
    let bytes = std::fs::read(std::env::var_os("KILN_FUZZ_CORELIB")?).ok()?;
    TypeSystem::new(vec![Module::parse(bytes).ok()?]).ok()
}

/// What is missing to run.
pub(crate) fn missing() -> Option<&'static str> {
    CORE.with(|core| core.is_none().then_some("KILN_FUZZ_CORELIB names no System.Private.CoreLib.dll"))
}

/// Whether no input had a method of this text: most methods of an image are as they were in its seed, and what is parsed from a text
/// depends on nothing else.
fn is_new(text: &str) -> bool {
    thread_local!(static SEEN: RefCell<BTreeSet<u64>> = const { RefCell::new(BTreeSet::new()) });
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    SEEN.with(|seen| seen.borrow_mut().insert(hasher.finish()))
}

/// A whole image, imported against the real core library.
pub fn mir(data: &[u8]) {
    let Ok(app) = Module::parse(data.to_vec()) else { return };
    let Some(ts) = CORE.with(|core| TypeSystem::beside(core.as_ref()?, vec![app]).ok()) else { return };
    let Some(module) = ts.modules().into_iter().next() else { return };
    let mut left = MAX_METHODS;
    for t in check::types_of(&ts, module) {
        for &m in ts.methods(t).iter() {
            if left == 0 {
                return;
            }
            left -= 1;
            let Ok(f) = import_method(&ts, m, &NoPolicy, &ImportOptions::default()) else { continue };
            // Damaged IL may be refused here as well; it must not panic.
            let valid = kiln_mir::verify::verify(&f, &ts).is_ok();
            let (text, names) = kiln_mir::text::print_with_names(&f, &ts);
            if valid && text.len() <= MAX_TEXT && is_new(&text) {
                let back = kiln_mir::text::parse(&text, &names).unwrap_or_else(|e| panic!("{e}\n{text}"));
                assert_eq!(kiln_mir::text::print(&back, &ts), text);
            }
        }
    }
}
