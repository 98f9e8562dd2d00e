//! Is the class library at hand one that Kiln knows? Its major version, and the places of what compiler and runtime rely on
//! (`kiln_abi::managed`, `kiln_abi::version`): a difference would corrupt memory at run time, so the build refuses it and names it.

use crate::error::BuildError;
use kiln_abi::managed::{ManagedField, ManagedNumbers};
use kiln_abi::version::{FrameworkVersion, SUPPORTED};
use kiln_diag::{Diagnostic, codes};
use kiln_il::{Opcode, Operand, decode_body};
use kiln_typesys::{MethodDesc, TypeSystem};

/// The overlay of each version, compiled from `corelib/overlay` (`cargo xtask overlay --check` compiles them again and compares).
const OVERLAYS: &[(&str, &[u8])] =
    &[("9.0", include_bytes!("../../../corelib/kiln-overlay-9.0.dll")), ("10.0", include_bytes!("../../../corelib/kiln-overlay-10.0.dll"))];

/// Differences that are told; the others are counted.
const SHOWN: usize = 10;

/// The version of the universe's class library.
pub(crate) fn version(ts: &TypeSystem) -> Result<&'static FrameworkVersion, BuildError> {
    let module = ts.module(ts.corelib());
    let major = module.identity().ok().flatten().map_or(0, |identity| identity.version[0]);
    FrameworkVersion::find(major).ok_or_else(|| {
        let known: Vec<&str> = SUPPORTED.iter().map(|version| version.name).collect();
        let message = format!("the class library is that of .NET {major}, which Kiln does not know; it knows .NET {}", known.join(", "));
        let help = "install one of these, or name its folder with --framework or KILN_FRAMEWORK";
        BuildError::environment(Diagnostic::error(codes::UNKNOWN_FRAMEWORK, message).with_help(help))
    })
}

/// The overlay of a version.
pub(crate) fn overlay(version: &FrameworkVersion) -> Result<&'static [u8], BuildError> {
    let found = OVERLAYS.iter().find(|(name, _)| *name == version.name);
    found.map(|(_, bytes)| *bytes).ok_or_else(|| BuildError::internal("overlay", format!("there is none for .NET {}", version.name)))
}

/// Compares what is known of CoreLib with the one at hand.
pub(crate) fn check<'a>(
    ts: &TypeSystem,
    fields: impl Iterator<Item = &'a ManagedField>,
    numbers: impl Iterator<Item = &'a ManagedNumbers>,
) -> Result<(), BuildError> {
    let mut differences: Vec<String> = fields.filter_map(|field| differing_field(ts, field)).collect();
    differences.extend(numbers.filter_map(|numbers| differing_numbers(ts, numbers)));
    let Some(first) = differences.first() else { return Ok(()) };
    let mut d = Diagnostic::error(codes::LIBRARY_LAYOUT, format!("the class library is laid out in another way: {first}"));
    for difference in differences.iter().take(SHOWN).skip(1) {
        d = d.with_note(difference.clone());
    }
    if differences.len() > SHOWN {
        d = d.with_note(format!("and {} more", differences.len() - SHOWN));
    }
    Err(BuildError::environment(d.with_help("use a released version of .NET's class library, unchanged; `cargo xtask setup` fetches one")))
}

fn differing_field(ts: &TypeSystem, expected: &ManagedField) -> Option<String> {
    let ManagedField { ty, name, offset } = *expected;
    let found = ts.find_type_by_full_name(ty).and_then(|t| ts.find_field(t, name)).filter(|&f| !ts.is_static(f));
    match found.map(|f| ts.field_offset(f)) {
        Some(Ok(found)) if found as usize == offset => None,
        Some(Ok(found)) => Some(format!("{ty}::{name} is at offset {found}, and Kiln expects it at {offset}")),
        Some(Err(e)) => Some(format!("{ty}::{name}, which Kiln expects at offset {offset}, has no place: {e}")),
        None => Some(format!("{ty}::{name}, which Kiln expects at offset {offset}, is missing")),
    }
}

fn differing_numbers(ts: &TypeSystem, expected: &ManagedNumbers) -> Option<String> {
    let ManagedNumbers { ty, method, numbers } = *expected;
    let loaded = ts.find_type_by_full_name(ty).and_then(|t| ts.find_method(t, method, 0)).and_then(|m| loaded_numbers(ts, m));
    let Some(loaded) = loaded else { return Some(format!("{ty}::{method}, whose code Kiln knows, is missing")) };
    let missing = numbers.iter().find(|number| !loaded.contains(number))?;
    Some(format!("{ty}::{method} does not use {missing:#x}, which Kiln expects of it, but {loaded:x?}"))
}

/// The 32-bit numbers that a method's code loads.
fn loaded_numbers(ts: &TypeSystem, m: MethodDesc) -> Option<Vec<u32>> {
    let il = ts.method_body(m).ok()??;
    let body = il.body().ok()?;
    let instructions = decode_body(&body).ok()?.into_iter().map(kiln_il::Instr::canonical);
    Some(
        instructions
            .filter_map(|i| match (i.opcode, i.operand) {
                (Opcode::LdcI4, Operand::I32(number)) => Some(number as u32),
                _ => None,
            })
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use kiln_metadata::Module;
    use kiln_toolchain::requirements::framework_or_skip;

    fn corelib() -> Option<TypeSystem> {
        let framework = framework_or_skip()?;
        let bytes = std::fs::read(framework.dir.join("System.Private.CoreLib.dll")).expect("CoreLib is there");
        Some(TypeSystem::new(vec![Module::parse(bytes).expect("CoreLib parses")]).expect("CoreLib loads"))
    }

    fn refusal(result: Result<(), BuildError>) -> Diagnostic {
        match result {
            Err(BuildError::Environment(d)) => *d,
            other => panic!("not refused: {other:?}"),
        }
    }

    #[test]
    fn the_library_at_hand_is_as_the_tables_say() {
        let Some(ts) = corelib() else { return };
        let version = version(&ts).expect("a supported version");
        check(&ts, version.all_fields(), version.all_numbers()).expect("no difference");
    }

    #[test]
    fn a_field_that_lies_elsewhere_is_an_error_that_names_it() {
        let Some(ts) = corelib() else { return };
        let version = version(&ts).expect("a supported version");
        // Every row counts: each alone, moved by a word, is found.
        for field in version.all_fields() {
            let moved = ManagedField { offset: field.offset + 8, ..*field };
            let d = refusal(check(&ts, [moved].iter(), [].iter()));
            assert_eq!(d.code, codes::LIBRARY_LAYOUT.as_str());
            let ManagedField { ty, name, offset } = field;
            let expected = format!("{ty}::{name} is at offset {offset}, and Kiln expects it at {}", offset + 8);
            assert!(d.message.ends_with(&expected), "{}", d.message);
        }
    }

    #[test]
    fn a_method_that_tests_another_flag_is_an_error_that_names_it() {
        let Some(ts) = corelib() else { return };
        for expected in version(&ts).expect("a supported version").all_numbers() {
            let other = ManagedNumbers { numbers: &[0x0BAD_F1A6], ..*expected };
            let d = refusal(check(&ts, [].iter(), [other].iter()));
            assert!(d.message.contains(&format!("{}::{} does not use 0xbadf1a6", expected.ty, expected.method)), "{}", d.message);
        }
    }

    #[test]
    fn what_is_missing_is_an_error_and_many_differences_are_one() {
        let Some(ts) = corelib() else { return };
        let fields: Vec<ManagedField> = (0..30).map(|offset| ManagedField { ty: "System.Exception", name: "_none", offset }).collect();
        let d = refusal(check(&ts, fields.iter(), [].iter()));
        assert!(d.message.ends_with("System.Exception::_none, which Kiln expects at offset 0, is missing"), "{}", d.message);
        assert_eq!((d.notes.len(), d.notes.last().map(String::as_str)), (SHOWN, Some("and 20 more")));
    }

    #[test]
    fn every_version_has_an_overlay_and_is_looked_for() {
        for version in SUPPORTED {
            assert!(overlay(version).is_ok_and(|bytes| Module::parse(bytes).is_ok()), "{}", version.name);
        }
        let majors: Vec<u32> = SUPPORTED.iter().map(|version| u32::from(version.major)).collect();
        assert_eq!(majors, kiln_toolchain::SUPPORTED_MAJORS);
    }
}
