//! Every operation of `vectors/operations.json` against the sandbox, and no operation without a row.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

use countersign::spiff::Client;
use countersign::{Effect, Options, operations};
use countersign_sandbox::Sandbox;
use countersign_tests::{Value, vectors};
use std::collections::BTreeSet;

/// Whether `given` has at least what `due` has.
fn has(given: &Value, due: &Value) -> bool {
    match (given, due) {
        (Value::Object(given), Value::Object(due)) => {
            due.iter().all(|(name, due)| given.get(name).is_some_and(|given| has(given, due)))
        }
        (Value::Array(given), Value::Array(due)) => {
            given.len() == due.len() && given.iter().zip(due).all(|(given, due)| has(given, due))
        }
        _ => given == due,
    }
}

/// What is an order is known before it is sent: it is never repeated, and what is in doubt is settled.
#[test]
fn what_places_an_order_has_the_effect_of_one() {
    let orders = |names: &[(&'static str, Effect)]| -> Vec<_> {
        names.iter().filter(|(_, effect)| *effect == Effect::Order).map(|(name, _)| *name).collect()
    };
    let spiff: Vec<_> = operations::SPIFF.iter().map(|row| (row.name, row.effect)).collect();
    let sign: Vec<_> = operations::SIGN_CUSTOMISER.iter().map(|row| (row.name, row.effect)).collect();
    // The platforms' names: orderCreate, orderCreateSimpleAsync; POST /api/v2/orders.
    assert_eq!(orders(&spiff), ["place_order", "order_create_simple_async"]);
    assert_eq!(orders(&sign), ["place_order"]);
}

#[test]
fn every_operation_answers() {
    let sandbox = Sandbox::start(countersign_sandbox::Options::default()).unwrap();
    let options = Options::new()
        .set("access_key", "test_access_key")
        .set("secret_key", "test_secret_key")
        .set("base_url", sandbox.spiff_url());
    let spiff = Client::new(&options).unwrap();
    // Placing has vectors of its own, and a raw document is not an operation of the schema.
    let mut left: BTreeSet<_> = operations::SPIFF.iter().map(|operation| operation.name).collect();
    left.remove("place_order");
    left.remove("graphql");
    for row in vectors("operations.json") {
        sandbox.reset();
        let answer = spiff.run(row.text("operation"), row.0["input"].to_string().as_bytes());
        match row.get("error") {
            None => {
                let answer: Value = serde_json::from_str(answer.unwrap().value.get()).unwrap();
                assert!(has(&answer, &row.0["answer"]), "{}: {answer}", row.id());
                assert!(!sandbox.requests().is_empty(), "{}", row.id());
                left.remove(row.text("operation"));
            }
            Some(kind) => {
                let error = answer.expect_err(row.id());
                assert_eq!(error.kind().name(), kind, "{}: {error}", row.id());
                let paths: Vec<_> = error.problems().iter().map(|problem| problem.path.as_str()).collect();
                let due: Vec<_> =
                    row.0["problems"].as_array().unwrap().iter().map(|path| path.as_str().unwrap()).collect();
                assert_eq!(paths, due, "{}: {error}", row.id());
                assert!(sandbox.requests().is_empty(), "{}", row.id());
            }
        }
    }
    assert!(left.is_empty(), "tests/vectors/operations.json has no row for {left:?}");
}
