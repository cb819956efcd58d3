//! `vectors/facts.json`: the errors that tests make for their own mocks.
#![allow(clippy::unwrap_used, reason = "a failed test says where")]

use countersign::{Error, Timestamp};
use countersign_tests::{Value, vectors};

const NOW: i64 = 1_700_000_000;

fn made(facts: &Value) -> Result<Error, Error> {
    Error::of_facts(facts.to_string().as_bytes(), Timestamp::from_unix(NOW))
}

fn paths(error: &Error) -> Vec<Value> {
    error.problems().iter().map(|problem| problem.path.as_str().into()).collect()
}

#[test]
fn an_error_is_made_of_its_facts() {
    for row in vectors("facts.json") {
        let made = made(&row.0["facts"]);
        if let Some(refused) = row.0["refused"].as_array() {
            let error = made.unwrap_err();
            assert_eq!((error.kind().name(), &paths(&error)), ("invalid_argument", refused), "{}", row.id());
            continue;
        }
        let error = made.unwrap();
        let mut record = serde_json::to_value(&error).unwrap();
        record["problems"] = paths(&error).into();
        record["body"] = error.body().map(|body| String::from_utf8_lossy(body).into_owned()).into();
        for (name, due) in row.0["error"].as_object().unwrap() {
            assert_eq!(&record[name], due, "{}: {name}", row.id());
        }
        assert!(!error.message().is_empty(), "{}", row.id());
    }
}

/// Whatever a client says, the record of it makes the same again.
#[test]
fn a_record_makes_the_same_error() {
    use countersign::delivery::{Attempt, Class};
    use countersign::{Effect, ErrorKind};
    let attempt = || Attempt { method: "POST".to_owned(), skew: Some(-3), number: 1, ..Attempt::default() };
    let mut errors: Vec<_> = ErrorKind::ALL.iter().map(|kind| (Error::new(*kind, "m"), None)).collect();
    for class in Class::ALL {
        for effect in [Effect::Order, Effect::Change, Effect::Read] {
            if class.kind().is_some() {
                errors.push((Error::of_class(*class, effect, "m"), Some(effect)));
            }
        }
    }
    for (error, effect) in errors {
        let error = error.with_times(Timestamp::from_unix(100), 7).with_attempts(vec![attempt()]);
        let record = serde_json::to_value(&error).unwrap();
        let mut facts = record.clone();
        facts["effect"] = effect.map(Effect::name).into();
        assert_eq!(serde_json::to_value(made(&facts).unwrap()).unwrap(), record, "{facts}");
    }
}

/// A log tells of the last attempt, which the call failed by, as a warning.
#[test]
fn attempts_have_their_levels() {
    for (effect, level) in [("order", "info"), ("change", "info"), ("read", "debug")] {
        let facts =
            serde_json::json!({ "kind": "authentication", "effect": effect, "attempts": [{ "number": 1 }, {}] });
        let record = serde_json::to_value(made(&facts).unwrap()).unwrap();
        let levels = [&record["attempts"][0]["level"], &record["attempts"][1]["level"], &record["attempt"]["level"]];
        assert_eq!(levels, [level, "warning", "warning"], "{effect}");
    }
}

#[test]
fn what_is_no_fact_is_refused_with_a_sentence() {
    let said = |facts: &str| Error::of_facts(facts.as_bytes(), Timestamp::from_unix(NOW)).unwrap_err().to_string();
    assert!(said("no").contains("JSON"));
    assert!(said("[]").contains("an object is due here"));
    assert!(said(r#"{"kind":"timeout","stauts":500}"#).contains("Did you mean \"status\"?"));
    assert!(said(r#"{"kind":"time_out"}"#).contains("kind: Did you mean \"timeout\"?"));
    assert!(said(r#"{"kind":"timeout","effect":"buy"}"#).contains("effect: Known here: order, change, read."));
    assert!(said(r#"{"kind":"refused","attempts":[{"number":1.5}]}"#).contains("attempts[0].number"));
    assert!(
        said(r#"{"kind":"invalid_order","problems":[{"path":"a"}]}"#).contains("problems[0].code: code is missing.")
    );
    let lie = said(r#"{"kind":"refused","outcome":"unknown","retryable":true}"#);
    assert!(lie.contains("outcome: With the other facts it is: not_placed."), "{lie}");
    assert!(lie.contains("retryable: With the other facts it is: false."), "{lie}");
    // Without anything else it was sent now.
    let error = made(&serde_json::json!({ "kind": "interrupted" })).unwrap();
    assert_eq!(error.sent_at(), Some(Timestamp::from_unix(NOW)));
    assert_eq!(error.message(), "The connection broke after the request may have left.");
}
