//! Every row of `vectors/sign.json`, through every way to sign and back through `verify`; and an independent
//! re-derivation of all vectors.
#![allow(clippy::unwrap_used, reason = "a failed test says where")]

use countersign_core::signature::DEFAULT_CONTENT_TYPE;
use countersign_core::{Error, Parts, Timestamp};
use countersign_tests::{Row, vectors, vectors_dir};

/// The rows that the public documents and independent implementations give: none may be lost.
const GIVEN: [&str; 22] = [
    "U",
    "C2",
    "C3",
    "C4",
    "C5",
    "C6",
    "C7",
    "C8",
    "C9",
    "C10",
    "C11",
    "V1",
    "V2",
    "V3",
    "V4",
    "V5",
    "V6",
    "V7",
    "V8",
    "V9",
    "vws-auth-tools-body",
    "vws-auth-tools-no-body",
];

fn refused(row: &Row) -> Result<String, Error> {
    let body = row.bytes("body");
    let signer = row.signer()?;
    let content_type = row.get("content_type").unwrap_or(DEFAULT_CONTENT_TYPE);
    let (method, path, date) = (row.text("method"), row.text("path"), row.text("date"));
    let parts = Parts { method, path, content_type, date, body: &body };
    // All ways refuse alike; the last one's answer is returned.
    let mut out = [0xaa; 512];
    assert_eq!(signer.write_authorization(&parts, &mut out).is_err(), signer.authorization(&parts).is_err());
    assert_eq!(signer.string_to_sign(&parts).is_err(), signer.authorization(&parts).is_err());
    if signer.authorization(&parts).is_err() {
        assert_eq!(out, [0xaa; 512], "{}: a refusal writes nothing", row.id());
    }
    signer
        .headers(method, path, &body, row.get("content_type"), Some(date), Timestamp::from_unix(0))
        .map(|headers| headers.authorization)
}

#[test]
fn every_row_signs_or_is_refused_as_written() {
    let rows = vectors("sign.json");
    for id in GIVEN {
        assert!(rows.iter().any(|row| row.id() == id), "{id} is missing");
    }
    for row in &rows {
        if let Some(kind) = row.get("error") {
            let error = refused(row).expect_err(row.id());
            assert_eq!(error.kind().name(), kind, "{}: {error}", row.id());
            assert!(error.outcome().is_none() && !error.retryable(), "{}", row.id());
            continue;
        }
        let signer = row.signer().unwrap_or_else(|error| panic!("{}: {error}", row.id()));
        let body = row.bytes("body");
        let content_type = row.get("content_type").unwrap_or(DEFAULT_CONTENT_TYPE);
        let (method, path, date) = (row.text("method"), row.text("path"), row.text("date"));
        let parts = Parts { method, path, content_type, date, body: &body };
        let expected = row.text("authorization");

        assert_eq!(signer.string_to_sign(&parts).unwrap(), row.text("string_to_sign"), "{}", row.id());
        assert_eq!(signer.authorization(&parts).unwrap(), expected, "{}", row.id());
        assert_eq!(signer.authorization_len(), expected.len(), "{}", row.id());
        assert_eq!(signer.key_id(), row.text("key_id"));

        let mut out = vec![0xaa; expected.len() + 3];
        assert_eq!(signer.write_authorization(&parts, &mut out).unwrap(), expected.len(), "{}", row.id());
        assert_eq!(out, [expected.as_bytes(), &[0xaa; 3]].concat(), "{}: nothing is written behind it", row.id());
        let short = &mut out[..expected.len() - 1];
        short.fill(0xbb);
        let error = signer.write_authorization(&parts, short).expect_err(row.id());
        assert_eq!(error.kind().name(), "invalid_argument");
        assert!(short.iter().all(|byte| *byte == 0xbb), "{}: a short buffer stays untouched", row.id());

        let headers =
            signer.headers(method, path, &body, row.get("content_type"), Some(date), Timestamp::from_unix(0)).unwrap();
        assert_eq!((&*headers.authorization, &*headers.date), (expected, date), "{}", row.id());
        assert_eq!(headers.content_type.as_deref().unwrap_or(""), content_type, "{}", row.id());
        assert_eq!(headers.content_type.is_none(), content_type.is_empty(), "{}: an empty one is not sent", row.id());

        let mut received = vec![("Host", "x.test"), ("DATE", date), ("authorization", expected)];
        if !content_type.is_empty() {
            received.push(("content-Type", content_type));
        }
        let judged = signer.verify(method, path, &body, &received, Timestamp::from_unix(0), None);
        judged.unwrap_or_else(|error| panic!("{}: {error}", row.id()));
    }
}

#[test]
fn rows_said_to_equal_another_row_do() {
    let rows = vectors("sign.json");
    let of = |id: &str| rows.iter().find(|row| row.id() == id).unwrap_or_else(|| panic!("{id}")).text("authorization");
    let mut found = 0;
    for row in &rows {
        if let Some((_, other)) = row.get("note").and_then(|note| note.split_once("Equals ")) {
            assert_eq!(row.text("authorization"), of(other.trim_end_matches('.')), "{}", row.id());
            found += 1;
        }
    }
    assert!(found >= 6);
    assert_ne!(of("C10"), of("C11"), "one JSON value in two spellings has two signatures");
}

#[test]
fn without_a_date_the_moment_given_is_signed_and_sent() {
    let row = &vectors("sign.json")[3];
    assert_eq!(row.id(), "C4");
    let now = Timestamp::from_unix(1_577_836_800);
    let headers = row.signer().unwrap().headers("POST", row.text("path"), &row.bytes("body"), None, None, now).unwrap();
    assert_eq!(headers.authorization, row.text("authorization"));
    assert_eq!(headers.date, "Wed, 01 Jan 2020 00:00:00 GMT");
    assert_eq!(headers.content_type.as_deref(), Some("application/json"));
}

#[test]
fn an_independent_implementation_derives_the_same_values() {
    let script = vectors_dir().join("derive.py");
    let output = match std::process::Command::new("python3").arg(&script).output() {
        Ok(output) => output,
        // A machine without Python tests everything else; CI has it and must not pass without.
        Err(error) if std::env::var_os("CI").is_none() => {
            return assert_eq!(error.kind(), std::io::ErrorKind::NotFound, "{error}");
        }
        Err(error) => panic!("python3: {error}"),
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8_lossy(&output.stdout);
    for file in ["sign", "webhook", "explain"] {
        let rows = vectors(&format!("{file}.json")).len();
        assert!(said.contains(&format!("{file}.json: {rows} rows")), "{said}");
    }
}
