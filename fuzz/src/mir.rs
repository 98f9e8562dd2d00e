//! Target over the importer and MIR: damaged bodies are imported or refused; what was imported prints, parses and prints the same.

use kiln_importer::{ImportOptions, NoPolicy, check, import_method};
use kiln_metadata::Module;
use kiln_typesys::TypeSystem;
use std::sync::OnceLock;

/// Methods of one input that are looked at.
const MAX_METHODS: usize = 400;
/// The largest text that is parsed again.
const MAX_TEXT: usize = 1 << 18;

/// The class library's core, which every type system needs: the file that `KILN_FUZZ_CORELIB` names.
fn core() -> Option<&'static [u8]> {
    static CORE: OnceLock<Option<Vec<u8>>> = OnceLock::new();
    CORE.get_or_init(|| std::fs::read(std::env::var_os("KILN_FUZZ_CORELIB")?).ok()).as_deref()
}

/// A whole image, imported against the real core library.
pub fn mir(data: &[u8]) {
    let (Ok(app), Some(core)) = (Module::parse(data.to_vec()), core()) else { return };
    let Ok(core) = Module::parse(core.to_vec()) else { return };
    let Ok(ts) = TypeSystem::new(vec![app, core]) else { return };
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
            if valid && text.len() <= MAX_TEXT {
                let back = kiln_mir::text::parse(&text, &names).unwrap_or_else(|e| panic!("{e}\n{text}"));
                assert_eq!(kiln_mir::text::print(&back, &ts), text);
            }
        }
    }
}
