//! Imports the bodies of an assembly after random damage to their IL: errors are fine, panics are not. `fuzz_il FILE.dll [ROUNDS] [SEED]`

use kiln_importer::{ImportOptions, NoPolicy, check, import_method};
use kiln_metadata::{MethodDefId, Module, Table};
use kiln_typesys::TypeSystem;

fn next(x: &mut u64) -> u64 {
    *x ^= *x << 13;
    *x ^= *x >> 7;
    *x ^= *x << 17;
    *x
}

fn main() {
    let mut args = std::env::args().skip(1);
    let file = args.next().unwrap_or_default();
    let rounds: u64 = args.next().and_then(|n| n.parse().ok()).unwrap_or(5);
    let mut seed: u64 = args.next().and_then(|n| n.parse().ok()).unwrap_or(1);
    let Ok(good) = std::fs::read(&file) else {
        eprintln!("cannot read {file}");
        return;
    };
    let mut spans = Vec::new();
    {
        // The module may copy the bytes, so positions are found by content.
        let Ok(m) = Module::parse(good.clone()) else { return };
        for i in 0..m.row_count(Table::MethodDef) as usize {
            if let Ok(Some(b)) = m.method_body(MethodDefId::from_index(i))
                && b.code.len() >= 24
                && let Some(at) = memmem(&good, b.code, spans.last().map_or(0, |s: &(usize, usize)| s.0))
            {
                spans.push((at, b.code.len()));
            }
        }
    }
    println!("{} bodies to damage", spans.len());
    std::panic::set_hook(Box::new(|i| eprintln!("panic: {i}")));
    let mut panics = 0;
    for round in 0..rounds {
        let mut bytes = good.clone();
        for &(at, len) in &spans {
            for _ in 0..1 + next(&mut seed) % 3 {
                let i = at + (next(&mut seed) as usize) % len;
                bytes[i] =
                    if next(&mut seed).is_multiple_of(2) { next(&mut seed) as u8 } else { bytes[at + (next(&mut seed) as usize) % len] };
            }
        }
        let Ok(ts) = Module::parse(bytes).map_err(|_| ()).and_then(|m| TypeSystem::new(vec![m]).map_err(|_| ())) else { continue };
        let (mut ok, mut bad, mut unverified) = (0, 0, 0);
        for module in ts.modules() {
            for t in check::types_of(&ts, module) {
                for m in ts.methods(t).iter() {
                    let r = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                        import_method(&ts, *m, &NoPolicy, &ImportOptions::default())
                    }));
                    match r {
                        Ok(Ok(f)) => {
                            ok += 1;
                            if let Err(e) = kiln_mir::verify::verify(&f, &ts) {
                                unverified += 1;
                                if unverified < 6 {
                                    println!("{}: {e}", ts.method_display(*m));
                                }
                            }
                        }
                        Ok(Err(_)) => bad += 1,
                        Err(_) => {
                            panics += 1;
                            println!("panicked in {}", ts.method_display(*m));
                        }
                    }
                }
            }
        }
        println!("round {round}: {ok} imported, {bad} refused, {unverified} do not verify");
    }
    println!("{panics} panics");
}

fn memmem(hay: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    let head = needle.get(..8)?;
    let mut at = from;
    while let Some(i) = hay.get(at..)?.windows(8).position(|w| w == head) {
        if hay[at + i..].starts_with(needle) {
            return Some(at + i);
        }
        at += i + 1;
    }
    None
}
