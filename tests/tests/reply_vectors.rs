//! Replies of `vectors/reply.json` are read as the outcome that stands there, typed and as JSON alike.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

use countersign_core::{Error, ErrorKind, Outcome, Reply};
use countersign_tests::replies::{NOW, call, reply};
use countersign_tests::{Row, Value, vectors};

#[test]
fn replies_are_read_as_they_must() {
    let rows = vectors("reply.json");
    assert!(rows.len() >= 140);
    for row in &rows {
        let (call, reply) = (call(row), reply(row));
        let due = &row.0["expect"];
        match call.read_json(&reply) {
            Ok(value) => {
                let value: Value = serde_json::from_str(value.get()).unwrap();
                let due = due.get("value").unwrap_or_else(|| panic!("{} must fail, but is {value}", row.id()));
                match due.as_object() {
                    Some(fields) => {
                        for (name, field) in fields {
                            assert_eq!(&value[name], field, "{} {name}", row.id());
                        }
                    }
                    None => assert_eq!(&value, due, "{}", row.id()),
                }
            }
            Err(error) => judge(row, due, &error, &reply),
        }
        // The typed form of the same reply agrees.
        assert_eq!(call.read(&reply).is_ok(), due.get("value").is_some(), "{}", row.id());
    }
}

fn judge(row: &Row, due: &Value, error: &Error, reply: &Reply) {
    assert_eq!(Some(error.kind()), due["error"].as_str().and_then(ErrorKind::from_name), "{}: {error}", row.id());
    assert_eq!(error.outcome().map(Outcome::name), due["outcome"].as_str(), "{}", row.id());
    assert_eq!(error.retryable(), due["retryable"] == true, "{}", row.id());
    assert_eq!(error.status(), Some(reply.status), "{}", row.id());
    assert_eq!(error.body(), Some(reply.body.as_slice()), "{}", row.id());
    if let Some(seconds) = due.get("retry_after") {
        assert_eq!(error.retry_after().map(i64::from), seconds.as_i64(), "{}", row.id());
    }
    if let Some(id) = due.get("request_id") {
        assert_eq!(error.request_id(), id.as_str(), "{}", row.id());
    }
    if let Some(problems) = due.get("problems") {
        let found: Vec<_> = error.problems().iter().map(|p| Value::from(vec![p.path.as_str(), &*p.code])).collect();
        assert_eq!(Value::from(found), *problems, "{}", row.id());
    }
    let unknown = error.outcome() == Some(Outcome::Unknown);
    assert_eq!(error.sent_at(), unknown.then_some(NOW), "{}", row.id());
    assert_eq!(error.settle_after(), unknown.then_some(NOW.plus(180)), "{}", row.id());
    assert!(!unknown || !error.retryable(), "{}", row.id());
}

#[test]
fn a_body_that_is_the_answer_is_not_copied() {
    let rows = vectors("reply.json");
    let row = rows.iter().find(|row| row.id() == "transactions-in-place").unwrap();
    let reply = reply(row);
    let value = call(row).read_json(&reply).unwrap().into_owned();
    let read = call(row);
    let slice = read.read_json(&reply).unwrap();
    let inside = reply.body.as_ptr_range();
    assert!(inside.contains(&slice.get().as_ptr()), "the answer is not a slice of the reply");
    assert_eq!(slice.get(), value.get());
}

/// The reply of a row with another body, in bytes.
fn judged(id: &str, body: &[u8]) -> Error {
    let rows = vectors("reply.json");
    let row = rows.iter().find(|row| row.id() == id).unwrap();
    let reply = Reply { body: body.to_vec(), ..reply(row) };
    call(row).read_json(&reply).unwrap_err()
}

/// RFC 8259, 8.1: JSON is UTF-8, also where nobody looks. Vectors are text and cannot say this.
#[test]
fn bytes_that_are_not_utf8_prove_nothing() {
    for (id, body) in [
        ("graphql-no-data", &b"{\"errors\":[{\"message\":\"x\"}],\"n\":\"\xff\"}"[..]),
        ("graphql-no-data", b"{\"errors\":[{\"message\":\"x\",\"n\":\"\xc3\"}]}"),
        ("graphql-placed", b"{\"data\":{\"orderCreate\":{\"id\":\"o-1\"}},\"n\":\"\xed\xa0\x80\"}"),
        ("rest_order-201-id", b"{\"id\":\"o-1\",\"n\":\"\xff\"}"),
        ("sc-placed", b"{\"order\":{\"order_id\":1,\"external_id\":\"1001\"},\"n\":\"\xff\"}"),
        ("graphql-placed", b"\xff\xfe{\0}\0"),
    ] {
        let error = judged(id, body);
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::UnexpectedReply, Some(Outcome::Unknown)), "{error}");
    }
    // A certain status stays certain; its errors are shown as far as they can be read.
    let error = judged("graphql_order-422", b"{\"errors\":[{\"message\":\"Gr\xf6\xdfe\"}]}");
    assert_eq!((error.outcome(), error.problems().len()), (Some(Outcome::NotPlaced), 1));
    assert!(error.message().ends_with("It says: Gr\u{fffd}\u{fffd}e"), "{error}");
}

#[test]
fn what_contradicts_is_quoted_and_cut() {
    let error = judged("graphql-placed", br#"{"data":{"orderCreate":{"id":"o-777","externalId":"0666"}}}"#);
    assert!(error.message().contains(r#"the order "0666" (id "o-777"), not of "1001""#), "{error}");
    let error = judged("rest_order-201-id", br#"{"success":false,"error":"no such transaction"}"#);
    assert!(error.message().ends_with(r#"{"success":false,"error":"no such transaction"}"#), "{error}");
    assert_eq!(error.problems()[0].message, "no such transaction");
    let error = judged("graphql-placed", br#"{"data":{"orderCreate":{"id":"A","id":"B"}}}"#);
    assert!(error.message().contains(r#""id" twice: "A" and "B""#), "{error}");
    let long = format!(r#"{{"order":{{"order_id":1,"external_id":"{}"}}}}"#, "x".repeat(900_000));
    assert!(judged("sc-placed", long.as_bytes()).message().len() < 1000);
    let error = judged("graphql-placed", b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xab\xae\x05\0C\xbf\xa6\xa3\x02\0\0\0");
    assert!(error.message().contains("compressed (gzip)") && error.message().contains("identity"), "{error}");
    let error = judged("graphql-still-coded", b"\x0b\x02\x80{}\x03");
    assert!(error.message().contains("compressed (br)"), "{error}");
}
