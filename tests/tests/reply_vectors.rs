//! Replies of `vectors/reply.json` are read as the outcome that stands there, typed and as JSON alike.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

use countersign_core::{
    Call, Error, ErrorKind, Json, Options, Outcome, Reply, Timestamp, operations, sign_customiser, spiff,
};
use countersign_tests::{Row, Value, vectors};

const SPIFF_ORDER: &[u8] =
    br#"{"externalId":"1001","paid":true,"orderItems":[{"amountToOrder":1,"transactionId":"a"}]}"#;
const SIGN_ORDER: &[u8] = br#"{"integration_id":1,"external_id":"1001","external_order_number":"1","currency":"USD",
    "products":[{"external_id":"p","quantity":1,"price":1}]}"#;
const NOW: Timestamp = Timestamp::from_unix(1_735_689_599);

fn call(row: &Row) -> Call<Json> {
    let mut options = Options::new();
    for (name, value) in row.0["options"].as_object().into_iter().flatten() {
        options = options.set(name, value.as_str().unwrap());
    }
    let keys = |options: Options| options.set("access_key", "a").set("secret_key", "b").set("region", "us");
    let spiff = |name, input: &[u8], orders_api| {
        let account = spiff::Account::new(&keys(options.clone()).set("orders_api", orders_api)).unwrap();
        operations::find(operations::SPIFF, name).unwrap().prepare(&account, input, NOW).unwrap()
    };
    let sign_customiser = |name, input: &[u8]| {
        let account = sign_customiser::Account::new(&options.clone().set("api_token", "t")).unwrap();
        operations::find(operations::SIGN_CUSTOMISER, name).unwrap().prepare(&account, input, NOW).unwrap()
    };
    match row.text("call") {
        "graphql_order" => spiff("place_order", SPIFF_ORDER, "graphql"),
        "rest_order" => spiff("place_order", SPIFF_ORDER, "rest"),
        "targets_order" => spiff("place_order", SPIFF_ORDER, "targets"),
        "transactions" => spiff("transactions", br#"{"ids":["a","b"]}"#, "graphql"),
        "current_integration" => spiff("current_integration", b"", "graphql"),
        "graphql_query" => spiff("graphql", br#"{"query":"{ a }"}"#, "graphql"),
        "graphql_mutation" => spiff("graphql", br#"{"query":"mutation { a }"}"#, "graphql"),
        "sign_customiser_order" => sign_customiser("place_order", SIGN_ORDER),
        "webhooks_get" | "webhooks_delete" => sign_customiser(row.text("call"), br#"{"id":1}"#),
        "webhooks_create" => {
            sign_customiser("webhooks_create", br#"{"topic":"order:created","url":"https://a.example"}"#)
        }
        name => sign_customiser(name, b""),
    }
}

fn reply(row: &Row) -> Reply {
    let headers = row.headers().into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Reply { status: row.number("status").try_into().unwrap(), headers, body: row.text("body").into() }
}

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
