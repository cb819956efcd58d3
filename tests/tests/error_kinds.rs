//! `vectors/error-kinds.json`, from which every language takes its errors, is the core's table of kinds.
//!
//! `COUNTERSIGN_UPDATE=1` writes it anew. Numbers and names that were published never change.
#![allow(clippy::unwrap_used, reason = "a failed test says where")]

use countersign_core::ErrorKind;
use countersign_tests::{Value, vectors_dir};
use std::collections::HashSet;

fn band(number: i32) -> &'static str {
    match number {
        1..=19 => "input",
        20..=39 => "signature",
        40..=59 => "transport",
        60..=79 => "reply",
        90..=99 => "library",
        _ => panic!("{number} lies in no band"),
    }
}

#[test]
fn the_file_is_the_table() {
    let rows: Vec<Value> = ErrorKind::ALL
        .iter()
        .map(|kind| {
            serde_json::json!({
                "number": kind.number(),
                "name": kind.name(),
                "band": band(kind.number()),
                "next_step": kind.next_step(),
            })
        })
        .collect();
    let text = serde_json::to_string_pretty(&rows).unwrap() + "\n";
    let path = vectors_dir().join("error-kinds.json");
    if std::env::var_os("COUNTERSIGN_UPDATE").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let file = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(file == text, "{} differs from the table: run this test with COUNTERSIGN_UPDATE=1", path.display());
}

#[test]
fn numbers_and_names_are_unique_and_ordered() {
    let numbers: Vec<_> = ErrorKind::ALL.iter().map(|kind| kind.number()).collect();
    assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
    let names: HashSet<_> = ErrorKind::ALL.iter().map(|kind| kind.name()).collect();
    assert_eq!(names.len(), numbers.len());
    for kind in ErrorKind::ALL {
        assert!(kind.name().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{kind}");
        assert_eq!(ErrorKind::from_name(kind.name()), Some(*kind));
    }
}
