//! `vectors/events.json`: what is said of a call that something struck, whatever struck it.
#![allow(clippy::unwrap_used, reason = "a failed test says where")]

use countersign::delivery::Class;
use countersign::{Effect, Error, Options, Platform, Problem, operation, platform, system_time};
use countersign_tests::{Row, Value, vectors};

fn client() -> Platform {
    // Nobody listens there: whoever sends something is told so.
    let options = Options::new().set("application_key", "k").set("base_url", "http://127.0.0.1:9");
    Platform::new("spiff", &options).unwrap()
}

fn struck(platform: &Platform, row: &Row, effect: Effect) -> Error {
    let (name, input) = (row.text("operation"), row.0["input"].to_string());
    let outside = |class| platform.struck(class, effect, system_time());
    match row.text("event") {
        "panic" => {
            let name = match effect {
                Effect::Order => "__panic",
                Effect::Change => "__panic_change",
                Effect::Read => "__panic_read",
            };
            platform.run(name, b"").unwrap_err()
        }
        "reply_without_body" => platform.prepare(name, input.as_bytes(), None).unwrap().unreadable("there is no body."),
        "aborted_waiting" => outside(Class::AbortedUnsent),
        "expired_waiting" => outside(Class::Expired),
        "busy" => outside(Class::Busy),
        "aborted_under_way" | "interrupted_after_success" => outside(Class::AbortedUnderWay),
        "closed_client" => platform::closed(effect),
        "bad_input" => platform.run(name, input.as_bytes()).unwrap_err(),
        "unserialisable" => {
            let paths = row.0["error"]["problems"].as_array().unwrap();
            let problem = |path: &Value| Problem {
                path: path.as_str().unwrap().to_owned(),
                code: "number".into(),
                message: "NaN is no number of JSON.".to_owned(),
            };
            operation::unusable(effect, paths.iter().map(problem).collect())
        }
        other => panic!("{other} is new: say how it is made"),
    }
}

#[test]
fn every_event_says_what_is_known() {
    std::panic::set_hook(Box::new(|_| {}));
    let platform = client();
    for row in vectors("events.json") {
        let effect = platform.effect(row.text("operation"), row.0["input"].to_string().as_bytes()).unwrap();
        assert_eq!(effect.name(), row.text("effect"), "{}", row.id());
        let before = system_time();
        let error = struck(&platform, &row, effect);
        let due = &row.0["error"];
        assert_eq!(error.kind().name(), due["kind"], "{}", row.id());
        assert_eq!(error.outcome().map(|outcome| outcome.name()), due["outcome"].as_str(), "{}", row.id());
        assert_eq!(error.retryable(), due["retryable"].as_bool().unwrap(), "{}", row.id());
        assert_eq!(error.next_step(), due["next_step"].as_str().unwrap(), "{}", row.id());
        let mut paths: Vec<_> = error.problems().iter().map(|problem| Value::from(problem.path.as_str())).collect();
        let mut due_paths = due["problems"].as_array().unwrap().clone();
        paths.sort_by_key(ToString::to_string);
        due_paths.sort_by_key(ToString::to_string);
        assert_eq!(paths, due_paths, "{}: {error}", row.id());
        match due["settle_after"].as_i64() {
            Some(delay) => {
                let sent_at = error.sent_at().unwrap();
                assert!((before..=system_time()).contains(&sent_at), "{}", row.id());
                assert_eq!(error.settle_after(), Some(sent_at.plus(delay)), "{}", row.id());
            }
            None => assert_eq!((error.sent_at(), error.settle_after()), (None, None), "{}", row.id()),
        }
        // What crosses to the other languages says the same.
        let crossed = serde_json::to_value(&error).unwrap();
        for member in ["kind", "outcome", "retryable", "next_step"] {
            assert_eq!(crossed[member], due[member], "{}", row.id());
        }
        assert_eq!(crossed["sent_at"].is_null(), due["sent_at"].is_null(), "{}", row.id());
    }
}
