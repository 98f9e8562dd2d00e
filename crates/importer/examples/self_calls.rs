//! Lists methods whose MIR calls the method itself without a branch before it: intrinsics that the importer does not know yet.
//! `self_calls FILE.dll`

use kiln_importer::{ImportOptions, NoPolicy, check, import_method};
use kiln_metadata::Module;
use kiln_mir::{Inst, Term};
use kiln_typesys::TypeSystem;

fn main() {
    let file = std::env::args().nth(1).unwrap_or_default();
    let loaded = std::fs::read(&file).map_err(|e| e.to_string()).and_then(|b| Module::parse(b).map_err(|e| e.to_string()));
    let ts = match loaded.and_then(|m| TypeSystem::new(vec![m]).map_err(|e| e.to_string())) {
        Ok(ts) => ts,
        Err(e) => {
            eprintln!("{e}");
            std::process::exit(1);
        }
    };
    for module in ts.modules() {
        for t in check::types_of(&ts, module) {
            for m in ts.methods(t).iter() {
                let Ok(f) = import_method(&ts, *m, &NoPolicy, &ImportOptions::default()) else { continue };
                let mut at = 0;
                loop {
                    let b = &f.blocks[at];
                    let own = b.insts.iter().any(
                        |(_, i, _)| matches!(i, Inst::Call { method, .. } if ts.method_definition(*method) == ts.method_definition(*m)),
                    );
                    if own {
                        println!("{}", ts.method_display(*m));
                        break;
                    }
                    match b.term {
                        Term::Jump(to, _) if to.index() > at => at = to.index(),
                        _ => break,
                    }
                }
            }
        }
    }
}
