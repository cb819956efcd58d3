//! Orders of `vectors/order.json` become the requests, or the problems, that stand there.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

use countersign_core::{Call, Error, ErrorKind, Options, Outcome, Timestamp, sign_customiser, spiff};
use countersign_tests::{Row, Value, vectors};

fn options(row: &Row) -> Options {
    let given = row.0["options"].as_object().unwrap();
    given.iter().fold(Options::new(), |options, (name, value)| options.set(name, value.as_str().unwrap()))
}

fn prepare(row: &Row) -> Result<Call<spiff::PlacedOrder>, Error> {
    let now = Timestamp::from_unix(row.number("now"));
    let order = row.text("order").as_bytes();
    match row.text("platform") {
        "spiff" => spiff::Account::new(&options(row)).unwrap().prepare_order_json(order, now),
        _ => sign_customiser::Account::new(&options(row)).unwrap().prepare_order_json(order, now),
    }
}

#[test]
fn orders_become_requests() {
    let mut seen = 0;
    for row in vectors("order.json").iter().filter(|row| row.0["expect"].is_object()) {
        let due = Row(row.0["expect"].clone());
        let call = prepare(row).unwrap_or_else(|error| panic!("{}: {error}", row.id()));
        let request = call.request();
        assert_eq!(request.method, due.text("method"), "{}", row.id());
        assert_eq!(request.url, due.text("url"), "{}", row.id());
        assert_eq!(String::from_utf8(request.body.clone()).unwrap(), due.text("body"), "{}", row.id());
        for (name, value) in due.0["headers"].as_object().unwrap() {
            assert_eq!(request.header(name), value.as_str(), "{} {name}", row.id());
        }
        if let Some(authorization) = due.get("authorization") {
            assert_eq!(request.header("Authorization"), Some(authorization), "{}", row.id());
        }
        assert_eq!(call.erase().request().body, due.text("body").as_bytes());
        seen += 1;
    }
    assert!(seen >= 19, "only {seen} rows");
}

#[test]
fn problems_are_all_found_and_nothing_is_prepared() {
    let mut seen = 0;
    for row in vectors("order.json").iter().filter(|row| row.get("error").is_some()) {
        let error = prepare(row).map(|call| call.request().url.clone()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::from_name(row.text("error")).unwrap(), "{}", row.id());
        assert_eq!(error.outcome(), Some(Outcome::NotPlaced), "{}", row.id());
        assert!(!error.retryable(), "{}", row.id());
        let mut found: Vec<_> = error.problems().iter().map(|p| (p.path.as_str(), &*p.code)).collect();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let due: Vec<_> = row.0["problems"].as_array().unwrap().iter().map(|p| (text(&p[0]), text(&p[1]))).collect();
        let mut due: Vec<_> = due.iter().map(|(path, code)| (path.as_str(), code.as_str())).collect();
        found.sort_unstable();
        due.sort_unstable();
        assert_eq!(found, due, "{}: {error}", row.id());
        for problem in error.problems() {
            assert!(problem.message.ends_with(['.', '?']), "{}: {}", row.id(), problem.message);
        }
        seen += 1;
    }
    assert!(seen >= 40, "only {seen} rows");
}

#[test]
fn a_typed_order_gives_the_bytes_of_its_json() {
    let options = Options::new().set("access_key", "a").set("secret_key", "b").set("region", "us");
    let account = spiff::Account::new(&options).unwrap();
    let now = Timestamp::from_unix(0);
    let items = vec![spiff::OrderItem::transaction(2, "t"), spiff::OrderItem::bundle(1, "b")];
    let mut order = spiff::Order::new("1001", false, items);
    order.external_data = Some(spiff::ExternalData {
        note: Some("n".to_owned()),
        billing_address: Some(spiff::Address { zip: Some("1".to_owned()), ..Default::default() }),
        ..Default::default()
    });
    order.extra.insert("generateInternalId".to_owned(), true.into());
    let json = r#"{"externalId":"1001","paid":false,"orderItems":[{"amountToOrder":2,"transactionId":"t"},{"amountToOrder":1,"bundleId":"b"}],
        "externalData":{"note":"n","billingAddress":{"zip":"1"}},"extra":{"generateInternalId":true}}"#;
    let typed = account.prepare_order(&order, now).unwrap();
    assert_eq!(typed.request(), account.prepare_order_json(json.as_bytes(), now).unwrap().request());

    let empty = spiff::Order::new("", true, vec![spiff::OrderItem::transaction(0, "")]);
    assert_eq!(account.prepare_order(&empty, now).unwrap_err().problems().len(), 3);
}
