//! What holds for every target.

use super::*;
use std::collections::BTreeSet;

#[test]
fn every_target_is_found_by_its_own_rid_and_falls_back_to_it_first() {
    for target in Target::ALL {
        assert_eq!(Target::parse(target.rid), Ok(*target));
        assert_eq!(target.rid_fallbacks.first(), Some(&target.rid));
        assert_eq!(target.rid_fallbacks.last(), Some(&"any"));
    }
}

#[test]
fn what_is_not_supported_yet_is_told_apart_from_what_is_unknown() {
    assert_eq!(Target::parse("win-x64"), Err(TargetError::Unsupported("win-x64".to_owned())));
    assert_eq!(Target::parse("linux-x46"), Err(TargetError::Unknown("linux-x46".to_owned())));
    for rid in KNOWN {
        assert!(matches!(Target::parse(rid), Err(TargetError::Unsupported(_))), "{rid} is both known and supported");
    }
    let supported = Target::supported();
    assert!(supported.contains("linux-x64") && supported.contains("linux-arm64"), "{supported}");
}

#[test]
fn two_targets_never_share_a_cache_key() {
    let keys: BTreeSet<String> = Target::ALL.iter().map(|t| format!("{t:?}")).collect();
    assert_eq!(keys.len(), Target::ALL.len());
    // A field that the text leaves out could differ without a new key.
    let changed = Target { cpu: "another", ..*Target::ALL[0] };
    assert!(!keys.contains(&format!("{changed:?}")));
}

#[test]
fn the_host_is_a_target() {
    assert!(Target::host().is_host());
    assert!(Target::ALL.contains(&Target::host()));
}

#[test]
fn registers_and_page_sizes_make_sense() {
    for target in Target::ALL {
        assert_ne!(target.frame.sp, target.frame.fp, "{}", target.rid);
        assert!(target.page_sizes.0.is_power_of_two() && target.page_sizes.0 <= target.page_sizes.1, "{}", target.rid);
    }
}

#[test]
fn the_class_librarys_shims_are_part_of_the_runtime_and_other_libraries_are_not() {
    for target in Target::ALL {
        assert!(target.builtin_library("QCall") && target.builtin_library("libSystem.Native"));
        assert!(!target.builtin_library("libsqlite3") && !target.builtin_library("kernel32"));
    }
}
