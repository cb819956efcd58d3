//! Every row of `vectors/explain.json`; and that every mistake the library knows has a row.
#![allow(clippy::unwrap_used, reason = "a failed test says where")]

use countersign_core::{Parts, Scheme, Signer, Timestamp};
use countersign_tests::{vectors, workspace_dir};
use std::collections::BTreeSet;

#[test]
fn every_row_is_explained_as_written() {
    let mut wrong = Vec::new();
    for row in vectors("explain.json") {
        let signer = row.signer().unwrap_or_else(|error| panic!("{}: {error}", row.id()));
        let body = row.bytes("body");
        let headers = row.headers();
        let found = signer.explain(row.text("method"), row.text("path"), &body, &headers);
        if found.matches.as_deref() != row.get("matches") {
            wrong.push(format!("{}: {:?}, due is {:?}", row.id(), found.matches, row.get("matches")));
            continue;
        }
        assert_eq!(found.ours, row.text("ours"), "{}", row.id());
        assert_eq!(found.presented.as_deref(), row.get("presented"), "{}", row.id());
        assert!(found.advice.ends_with(['.', ')']) && found.advice.len() > 30, "{}: {:?}", row.id(), found.advice);

        // What is explained as right is what verify accepts, and nothing else.
        let path = row.text("path").split('?').next().unwrap();
        let accepted = signer.verify(row.text("method"), path, &body, &headers, Timestamp::from_unix(0), None).is_ok();
        assert_eq!(accepted, row.get("matches") == Some("as_sent"), "{}", row.id());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The names that the source gives to mistakes (`mistake("name"`) and to oddities of the header (`push(("name"`).
fn names_in_the_source() -> BTreeSet<String> {
    let source = std::fs::read_to_string(workspace_dir().join("core/src/signature/explain.rs")).unwrap();
    let mut names = BTreeSet::from(["sample_signature".to_owned(), "as_sent".to_owned()]);
    for opening in ["mistake(", "push(("] {
        for (at, _) in source.match_indices(opening) {
            let rest = source[at + opening.len()..].trim_start();
            if let Some(name) = rest.strip_prefix('"').and_then(|rest| rest.split('"').next()) {
                names.insert(name.to_owned());
            }
        }
    }
    assert!(names.len() > 30, "the source is no longer written as this test reads it: {names:?}");
    names
}

#[test]
fn every_mistake_of_the_source_has_a_row_of_its_own() {
    let rows = vectors("explain.json");
    let known = names_in_the_source();
    let alone: BTreeSet<_> = rows.iter().filter_map(|row| row.get("matches")).map(str::to_owned).collect();
    let missing: Vec<_> = known.difference(&alone).collect();
    assert!(missing.is_empty(), "no row for {missing:?}");
    for name in alone.iter().flat_map(|names| names.split('+')) {
        assert!(known.contains(name), "no such mistake: {name}");
    }
    assert!(alone.iter().filter(|names| names.contains('+')).count() >= 10, "pairs");
}

/// The commonest body and the commonest accident together: JSON without spaces, a line feed behind it.
#[test]
fn a_final_line_feed_is_named_whatever_the_spacing() {
    for body in ["{\"a\":[1,2]}", "{\"a\": [1, 2]}"] {
        let sent = format!("{body}\n");
        let parts = |body| Parts { method: "POST", path: "/", content_type: "application/json", date: "now", body };
        let signer = Signer::new("key", "secret", Scheme::default()).unwrap();
        let value = signer.authorization(&parts(body.as_bytes())).unwrap();
        let headers = [("Authorization", &*value), ("Date", "now"), ("Content-Type", "application/json")];
        let found = signer.explain("POST", "/", sent.as_bytes(), &headers);
        assert_eq!(found.matches.as_deref(), Some("body_final_newline"));
    }
}
