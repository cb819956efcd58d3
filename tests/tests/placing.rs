//! Orders through the real client against the sandbox: what is reported, and how many orders the platform really has.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

use countersign::spiff::{Client, Order, OrderItem, Verdict};
use countersign::{Error, ErrorKind, Options, Outcome, Timestamp, sign_customiser};
use countersign_sandbox::Sandbox;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

fn sandbox() -> Sandbox {
    Sandbox::start(countersign_sandbox::Options::default()).unwrap()
}

fn keys(sandbox: &Sandbox) -> Options {
    Options::new()
        .set("access_key", "test_access_key")
        .set("secret_key", "test_secret_key")
        .set("base_url", sandbox.spiff_url())
        .set("timeout", "2")
}

fn spiff(sandbox: &Sandbox) -> Client {
    Client::new(&keys(sandbox)).unwrap()
}

fn signs(sandbox: &Sandbox) -> sign_customiser::Client {
    let options = Options::new().set("api_token", "test_api_token").set("timeout", "2");
    sign_customiser::Client::new(&options.set("base_url", sandbox.sign_customiser_url())).unwrap()
}

fn order(sandbox: &Sandbox, external_id: &str) -> Order {
    Order::new(external_id, true, vec![OrderItem::transaction(2, sandbox.create_transaction())])
}

fn sign_order(external_id: &str) -> sign_customiser::Order {
    sign_customiser::Order {
        integration_id: 42,
        external_id: external_id.to_owned(),
        external_order_number: "SC-1001".to_owned(),
        currency: "USD".to_owned(),
        products: vec![sign_customiser::Product { external_id: "p".to_owned(), quantity: 2, price: 2999 }],
        ..Default::default()
    }
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    Timestamp::from_unix(since.as_secs().try_into().unwrap())
}

/// Requests of the platform's own interface, without those that only set the scene.
fn requests(sandbox: &Sandbox) -> usize {
    sandbox.requests().len()
}

#[test]
fn every_wire_and_credential_places_exactly_one_order() {
    let sandbox = sandbox();
    let signed = keys(&sandbox);
    let application =
        Options::new().set("application_key", "test_application_key").set("base_url", sandbox.spiff_url());
    for (wire, options) in [
        ("graphql-sha512", signed.clone()),
        ("graphql-md5", signed.clone().set("digest", "md5")),
        ("graphql-application-key", application.clone()),
        ("rest-sha512", signed.clone().set("orders_api", "rest")),
        ("rest-md5", signed.clone().set("orders_api", "rest").set("digest", "md5")),
        ("rest-application-key", application.set("orders_api", "rest")),
        ("targets-vws", signed.clone().set("orders_api", "targets")),
    ] {
        let placed = Client::new(&options).unwrap().place_order(&order(&sandbox, wire)).unwrap();
        assert_eq!(placed.external_id, wire);
        let orders = sandbox.orders();
        let ours: Vec<_> = orders.iter().filter(|order| order["externalId"] == wire).collect();
        assert_eq!(ours.len(), 1, "{wire}");
        assert_eq!(placed.id.as_deref(), ours[0]["id"].as_str(), "{wire}");
        assert_eq!(ours[0]["paid"], true, "{wire}");
        assert_eq!(ours[0]["items"][0]["amountToOrder"], 2, "{wire}");
    }
    let prefixed = signed.set("base_url", format!("{}/2026-09", sandbox.spiff_url()));
    Client::new(&prefixed).unwrap().place_order(&order(&sandbox, "prefix")).unwrap();

    let (a, b) = (sandbox.create_transaction(), sandbox.create_transaction());
    let bundle = sandbox.create_bundle(&[&a, &b]).unwrap();
    let mut bundled = Order::new("bundle", true, vec![OrderItem::bundle(1, bundle)]);
    bundled.extra.insert("generateInternalId".to_owned(), true.into());
    let placed = spiff(&sandbox).place_order(&bundled).unwrap();
    assert!(placed.internal_id.is_some());

    let placed = signs(&sandbox).place_order(&sign_order("order-1")).unwrap();
    assert_eq!((placed.external_id.as_str(), placed.id.is_some()), ("order-1", true));
    assert_eq!(sandbox.orders().len(), 10);
}

/// What one misbehaviour of the platform must be reported as, and whether the platform has the order.
struct Row {
    fault: &'static str,
    kind: ErrorKind,
    outcome: Outcome,
    retryable: bool,
    has_it: bool,
}

const fn row(fault: &'static str, kind: ErrorKind, outcome: Outcome, retryable: bool, has_it: bool) -> Row {
    Row { fault, kind, outcome, retryable, has_it }
}

#[rustfmt::skip]
const FAULTS: &[Row] = &[
    row(r#"{"fault":"accept_then_hang"}"#, ErrorKind::Timeout, Outcome::Unknown, false, true),
    row(r#"{"fault":"hang"}"#, ErrorKind::Timeout, Outcome::Unknown, false, false),
    row(r#"{"fault":"cut_request","bytes":0}"#, ErrorKind::Interrupted, Outcome::Unknown, false, false),
    row(r#"{"fault":"cut_request","bytes":300}"#, ErrorKind::Interrupted, Outcome::Unknown, false, false),
    row(r#"{"fault":"cut_reply","bytes":0}"#, ErrorKind::Interrupted, Outcome::Unknown, false, true),
    row(r#"{"fault":"cut_reply","bytes":20}"#, ErrorKind::Interrupted, Outcome::Unknown, false, true),
    row(r#"{"fault":"accept_then_500"}"#, ErrorKind::ServerError, Outcome::Unknown, false, true),
    row(r#"{"fault":"500"}"#, ErrorKind::ServerError, Outcome::Unknown, false, false),
    row(r#"{"fault":"503"}"#, ErrorKind::ServerError, Outcome::Unknown, false, false),
    row(r#"{"fault":"503","retry_after":2}"#, ErrorKind::Throttled, Outcome::NotPlaced, true, false),
    row(r#"{"fault":"429","retry_after":2}"#, ErrorKind::Throttled, Outcome::NotPlaced, true, false),
    row(r#"{"fault":"429","retry_after":0}"#, ErrorKind::Throttled, Outcome::NotPlaced, true, false),
    row(r#"{"fault":"503","retry_after":0}"#, ErrorKind::Throttled, Outcome::NotPlaced, true, false),
    row(r#"{"fault":"401"}"#, ErrorKind::Authentication, Outcome::NotPlaced, false, false),
    row(r#"{"fault":"403"}"#, ErrorKind::Authentication, Outcome::NotPlaced, false, false),
    row(r#"{"fault":"status","status":404}"#, ErrorKind::Refused, Outcome::NotPlaced, false, false),
    row(r#"{"fault":"status","status":409,"accept":true}"#, ErrorKind::UnclearStatus, Outcome::Unknown, false, true),
    row(r#"{"fault":"redirect","to":"/elsewhere","status":307}"#, ErrorKind::Redirect, Outcome::Unknown, false, false),
    row(r#"{"fault":"html"}"#, ErrorKind::UnexpectedReply, Outcome::Unknown, false, false),
    row(r#"{"fault":"html","accept":true}"#, ErrorKind::UnexpectedReply, Outcome::Unknown, false, true),
    row(r#"{"fault":"truncated_json"}"#, ErrorKind::UnexpectedReply, Outcome::Unknown, false, true),
    row(r#"{"fault":"oversized"}"#, ErrorKind::UnexpectedReply, Outcome::Unknown, false, true),
    row(r#"{"fault":"not_json"}"#, ErrorKind::UnexpectedReply, Outcome::Unknown, false, true),
    row(r#"{"fault":"slow","ms_per_byte":200}"#, ErrorKind::Timeout, Outcome::Unknown, false, true),
];

#[rustfmt::skip]
const GRAPHQL_FAULTS: &[Row] = &[
    row(r#"{"fault":"order_null"}"#, ErrorKind::OrderNull, Outcome::Unknown, false, true),
    row(r#"{"fault":"data_null"}"#, ErrorKind::OrderNull, Outcome::Unknown, false, true),
    row(r#"{"fault":"no_data"}"#, ErrorKind::GraphqlRefused, Outcome::NotPlaced, false, false),
    row(r#"{"fault":"empty_body"}"#, ErrorKind::UnexpectedReply, Outcome::Unknown, false, true),
];

fn judge(sandbox: &Sandbox, row: &Row, place: impl FnOnce() -> Result<(), Error>) {
    sandbox.reset();
    sandbox.faults(row.fault).unwrap();
    let before = now();
    let error = place().map(|()| row.fault).unwrap_err();
    assert_eq!(error.kind(), row.kind, "{}: {error}", row.fault);
    assert_eq!(error.outcome(), Some(row.outcome), "{}", row.fault);
    assert_eq!(error.retryable(), row.retryable, "{}", row.fault);
    assert_eq!(sandbox.orders().len(), usize::from(row.has_it), "{}", row.fault);
    assert_eq!(requests(sandbox), 1, "{}: an order is sent once", row.fault);
    let attempt = error.attempt().unwrap();
    assert_eq!(attempt.status, error.status(), "{}", row.fault);
    assert_eq!(error.sent_at().is_some(), row.outcome == Outcome::Unknown, "{}", row.fault);
    assert!(error.sent_at().is_none_or(|at| at >= before && at <= now()), "{}", row.fault);
    for secret in ["test_secret_key", "test_application_key", "test_api_token"] {
        assert!(!format!("{error:?} {error} {:?}", error.attempt()).contains(secret), "{}", row.fault);
    }
}

#[test]
fn misbehaviour_over_graphql_is_reported_as_it_is() {
    let sandbox = sandbox();
    let client = Client::new(&keys(&sandbox).set("timeout", "0.6")).unwrap();
    for row in FAULTS.iter().chain(GRAPHQL_FAULTS) {
        judge(&sandbox, row, || client.place_order(&order(&sandbox, "1")).map(drop));
    }
}

#[test]
fn misbehaviour_over_rest_is_reported_as_it_is() {
    let sandbox = sandbox();
    for wire in ["rest", "targets"] {
        let client = Client::new(&keys(&sandbox).set("timeout", "0.6").set("orders_api", wire)).unwrap();
        for row in FAULTS {
            judge(&sandbox, row, || client.place_order(&order(&sandbox, "1")).map(drop));
        }
        sandbox.reset();
        sandbox.faults(r#"{"fault":"empty_body"}"#).unwrap();
        assert_eq!(client.place_order(&order(&sandbox, "2")).unwrap().id, None);
        assert_eq!(sandbox.orders().len(), 1);
    }
}

#[test]
fn misbehaviour_of_sign_customiser_is_reported_as_it_is() {
    let sandbox = sandbox();
    let options = Options::new().set("api_token", "test_api_token").set("timeout", "0.6");
    let client = sign_customiser::Client::new(&options.set("base_url", sandbox.sign_customiser_url())).unwrap();
    let own = [
        row(r#"{"fault":"wrong_echo"}"#, ErrorKind::UnexpectedReply, Outcome::Unknown, false, true),
        row(r#"{"fault":"empty_body"}"#, ErrorKind::UnexpectedReply, Outcome::Unknown, false, true),
    ];
    for row in FAULTS.iter().chain(&own) {
        judge(&sandbox, row, || client.place_order(&sign_order("1")).map(drop));
    }
    assert_eq!(client.run("settle", b"{}").unwrap_err().kind(), ErrorKind::Unsupported);
}

#[test]
fn an_order_with_errors_beside_it_is_placed() {
    let sandbox = sandbox();
    sandbox.faults(r#"{"fault":"partial_errors"}"#).unwrap();
    let placed = spiff(&sandbox).place_order(&order(&sandbox, "1")).unwrap();
    assert!(placed.errors.unwrap().get().contains("message"));
    assert_eq!(sandbox.orders().len(), 1);
}

#[test]
fn an_unknown_design_is_not_an_order() {
    let sandbox = sandbox();
    let unknown = Order::new("1", true, vec![OrderItem::transaction(1, "00000000-0000-0000-0000-000000000000")]);
    let error = spiff(&sandbox).place_order(&unknown).unwrap_err();
    // The platform ran the mutation and answered null: nobody can tell from that alone.
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::OrderNull, Some(Outcome::Unknown)));
    let rest = Client::new(&keys(&sandbox).set("orders_api", "rest")).unwrap().place_order(&unknown).unwrap_err();
    assert_eq!((rest.kind(), rest.outcome(), rest.status()), (ErrorKind::Refused, Some(Outcome::NotPlaced), Some(422)));
    assert!(sandbox.orders().is_empty());
}

#[test]
fn bad_orders_are_not_sent() {
    let sandbox = sandbox();
    let error = spiff(&sandbox).place_order_json(br#"{"orderItems":[]}"#).unwrap_err();
    assert_eq!((error.kind(), error.problems().len()), (ErrorKind::InvalidOrder, 3));
    assert_eq!(error.outcome(), Some(Outcome::NotPlaced));
    assert_eq!(requests(&sandbox), 0);
}

#[test]
fn wrong_credentials_are_told_apart() {
    let sandbox = sandbox();
    let with = |key: &str, secret: &str| {
        let options =
            Options::new().set("access_key", key).set("secret_key", secret).set("base_url", sandbox.spiff_url());
        Client::new(&options).unwrap()
    };
    let order = order(&sandbox, "1");
    for client in [with("test_access_key", "another"), with("another", "test_secret_key")] {
        let error = client.place_order(&order).unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Authentication, Some(Outcome::NotPlaced)));
        assert_eq!(client.check().unwrap_err().kind(), ErrorKind::Authentication);
    }
    // The platform shows nothing to an application key that it does not know, and calls that success.
    let options = Options::new().set("application_key", "wrong").set("base_url", sandbox.spiff_url());
    assert_eq!(Client::new(&options).unwrap().check().unwrap_err().kind(), ErrorKind::MissingData);
    assert!(sandbox.orders().is_empty());
    assert_eq!(spiff(&sandbox).check().unwrap().integration.external_integration_id.as_deref(), Some("sandbox-shop"));
}

#[test]
fn doubt_is_settled_to_placed() {
    let sandbox = sandbox();
    let client = Client::new(&keys(&sandbox).set("timeout", "0.5")).unwrap();
    let (a, b) = (sandbox.create_transaction(), sandbox.create_transaction());
    let bundle = sandbox.create_bundle(&[&a, &b]).unwrap();
    let single = sandbox.create_transaction();
    let order = Order::new("1001", true, vec![OrderItem::bundle(1, bundle), OrderItem::transaction(1, single)]);
    sandbox.faults(r#"{"fault":"accept_then_hang"}"#).unwrap();
    let error = client.place_order(&order).unwrap_err();
    assert_eq!(error.outcome(), Some(Outcome::Unknown));
    let settled = client.settle(&order, error.sent_at().unwrap(), None).unwrap();
    assert_eq!(settled.verdict, Verdict::Placed, "{}", settled.reason);
    assert_eq!(sandbox.orders().len(), 1);
}

#[test]
fn doubt_is_settled_to_absent_only_by_two_looks_late_enough() {
    let sandbox = sandbox();
    let order = order(&sandbox, "1001");
    let client = spiff(&sandbox);
    let settle = |ago: i64, first: Option<Timestamp>| client.settle(&order, now().plus(-ago), first).unwrap();

    let early = settle(10, None);
    assert_eq!((early.verdict, early.first_absent_at), (Verdict::Unclear, None));
    assert!(early.again_at.unwrap() > now());
    let first = settle(300, None);
    assert_eq!(first.verdict, Verdict::Unclear);
    let seen = first.first_absent_at.unwrap();
    assert!(first.again_at.unwrap() >= seen.plus(60));
    assert_eq!(settle(300, Some(seen)).verdict, Verdict::Unclear, "a second look right away proves nothing");
    assert_eq!(settle(300, Some(now().plus(-61))).verdict, Verdict::Absent);
    // A look before the request could no longer be accepted does not count as the first one.
    assert_eq!(settle(190, Some(now().plus(-100))).verdict, Verdict::Unclear);
    // Nor does one from the future.
    assert_eq!(settle(300, Some(now().plus(1000))).verdict, Verdict::Unclear);

    let hasty = Client::new(&keys(&sandbox).set("settle_delay", "0").set("settle_gap", "0")).unwrap();
    assert_eq!(hasty.settle(&order, now(), None).unwrap().verdict, Verdict::Absent);
}

#[test]
fn what_cannot_be_seen_or_is_not_ours_stays_unclear() {
    let sandbox = sandbox();
    let client = Client::new(&keys(&sandbox).set("settle_delay", "0").set("settle_gap", "0")).unwrap();
    let ours = order(&sandbox, "1001");
    let mut theirs = ours.clone();
    theirs.external_id = "999".to_owned();
    client.place_order(&theirs).unwrap();
    let settled = client.settle(&ours, now(), None).unwrap();
    assert_eq!((settled.verdict, settled.again_at), (Verdict::Unclear, None), "ordered by another order");

    let unknown = Order::new("1", true, vec![OrderItem::transaction(1, "no-such-id")]);
    for setting in [r#"{"unknown_ids":"null"}"#, r#"{"unknown_ids":"omit"}"#] {
        sandbox.settings(setting).unwrap();
        let settled = client.settle(&unknown, now(), None).unwrap();
        assert_eq!(settled.verdict, Verdict::Unclear, "{setting}");
        assert!(settled.again_at.is_some());
    }

    let mixed = Order::new("2", true, vec![ours.order_items[0].clone(), order(&sandbox, "x").order_items[0].clone()]);
    assert_eq!(client.settle(&mixed, now(), None).unwrap().verdict, Verdict::Unclear, "one ordered, one not");

    sandbox.faults(r#"{"fault":"data_null","count":9}"#).unwrap();
    assert_eq!(client.settle(&ours, now(), None).unwrap().verdict, Verdict::Unclear, "null is never absent");
    sandbox.reset();
    sandbox.faults(r#"{"fault":"500","count":9}"#).unwrap();
    let error = client.settle(&ours, now(), None).unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::ServerError, None));
}

#[test]
fn an_order_accepted_late_is_never_settled_to_absent_by_the_defaults() {
    let sandbox = sandbox();
    let client = Client::new(&keys(&sandbox).set("timeout", "0.2")).unwrap();
    let order = order(&sandbox, "1001");
    sandbox.faults(r#"{"fault":"accept_late","ms":700}"#).unwrap();
    let sent_at = client.place_order(&order).unwrap_err().sent_at().unwrap();
    let reader = spiff(&sandbox);
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let settled = reader.settle(&order, sent_at, None).unwrap();
        match settled.verdict {
            Verdict::Placed => break,
            Verdict::Unclear => assert!(Instant::now() < deadline, "{}", settled.reason),
            Verdict::Absent => panic!("{}", settled.reason),
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(sandbox.orders().len(), 1);
}

#[test]
fn a_wrong_clock_is_corrected_once_and_the_order_placed_once() {
    for skew in [-7200, 7200] {
        let sandbox = sandbox();
        sandbox.settings(r#"{"date_window_seconds":300}"#).unwrap();
        sandbox.faults(&format!(r#"{{"fault":"skewed_date","seconds":{skew},"count":50}}"#)).unwrap();
        let attempts = Arc::new(Mutex::new(Vec::new()));
        let seen = attempts.clone();
        let observer = Arc::new(move |attempt: &countersign::Attempt| seen.lock().unwrap().push(attempt.clone()));
        let client = spiff(&sandbox).with_observer(observer);
        client.place_order(&order(&sandbox, "1")).unwrap();
        assert_eq!(sandbox.orders().len(), 1);
        let attempts = attempts.lock().unwrap().clone();
        let statuses: Vec<_> = attempts.iter().map(|attempt| (attempt.number, attempt.status)).collect();
        assert_eq!(statuses, [(1, Some(401)), (2, Some(200))]);
        assert!((attempts[0].skew.unwrap() - skew).abs() <= 2);
        // What was learned stays learned.
        client.place_order(&order(&sandbox, "2")).unwrap();
        assert_eq!(requests(&sandbox), 3);

        let stubborn = Client::new(&keys(&sandbox).set("skew_correction", "false")).unwrap();
        let error = stubborn.place_order(&order(&sandbox, "3")).unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Authentication, Some(Outcome::NotPlaced)));
        assert_eq!(requests(&sandbox), 4);
        assert_eq!(sandbox.orders().len(), 2);
    }
}

#[test]
fn a_platform_whose_clock_jumps_gets_two_attempts_and_no_more() {
    let sandbox = sandbox();
    sandbox.settings(r#"{"date_window_seconds":300}"#).unwrap();
    let jumps: Vec<_> = [-7200, 7200, -7200, 7200]
        .iter()
        .map(|seconds| format!(r#"{{"fault":"skewed_date","seconds":{seconds}}}"#))
        .collect();
    sandbox.faults(&format!("[{}]", jumps.join(","))).unwrap();
    let error = spiff(&sandbox).place_order(&order(&sandbox, "1")).unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Authentication, Some(Outcome::NotPlaced)));
    assert_eq!((requests(&sandbox), sandbox.orders().len()), (2, 0));
}

#[test]
fn doubt_is_dated_by_our_own_clock_whatever_the_platform_says() {
    let sandbox = sandbox();
    sandbox.settings(r#"{"date_window_seconds":300}"#).unwrap();
    sandbox.faults(r#"[{"fault":"skewed_date","seconds":-7200,"count":2},{"fault":"accept_then_hang"}]"#).unwrap();
    let client = Client::new(&keys(&sandbox).set("timeout", "0.5")).unwrap();
    client.place_order(&order(&sandbox, "1")).unwrap();
    let before = now();
    let error = client.place_order(&order(&sandbox, "2")).unwrap_err();
    let sent_at = error.sent_at().unwrap();
    assert!(sent_at >= before && sent_at <= now(), "settling counts from {sent_at:?}");
}

#[test]
fn reads_are_repeated_and_orders_are_not() {
    let sandbox = sandbox();
    let client = spiff(&sandbox);
    let id = sandbox.create_transaction();
    sandbox.faults(r#"{"fault":"500","count":2}"#).unwrap();
    assert_eq!(client.transactions(&[&id]).unwrap()[0].as_ref().unwrap().id.as_deref(), Some(id.as_str()));
    assert_eq!(requests(&sandbox), 3);
    sandbox.faults(r#"{"fault":"500","count":3}"#).unwrap();
    let error = client.transactions(&[&id]).unwrap_err();
    assert_eq!((error.kind(), error.outcome(), error.retryable()), (ErrorKind::ServerError, None, true));
    assert_eq!(error.attempt().unwrap().number, 3);
    assert_eq!(requests(&sandbox), 6);
    // A document with a mutation is no read.
    sandbox.faults(r#"{"fault":"500","count":1}"#).unwrap();
    let mutation = "mutation { bundleCreate { id } }";
    assert_eq!(client.graphql(mutation, None, None).unwrap_err().outcome(), Some(Outcome::Unknown));
    assert_eq!(requests(&sandbox), 7);
}

#[test]
fn any_number_of_ids_is_read_and_aligned() {
    let sandbox = sandbox();
    let client = spiff(&sandbox);
    let mut ids: Vec<String> = (0..120).map(|_| sandbox.create_transaction()).collect();
    ids.insert(60, "no-such-id".to_owned());
    for setting in [r#"{"unknown_ids":"null"}"#, r#"{"unknown_ids":"omit"}"#] {
        sandbox.settings(setting).unwrap();
        let asked: Vec<&str> = ids.iter().map(String::as_str).collect();
        let read = client.transactions(&asked).unwrap();
        assert_eq!(read.len(), 121);
        for (id, transaction) in ids.iter().zip(&read) {
            let due = (id != "no-such-id").then_some(id.as_str());
            assert_eq!(transaction.as_ref().and_then(|t| t.id.as_deref()), due);
        }
    }
    let strangers: Vec<String> = (0..70).map(|i| format!("x{i}")).collect();
    let strangers: Vec<&str> = strangers.iter().map(String::as_str).collect();
    assert_eq!(client.transactions(&strangers).unwrap_err().kind(), ErrorKind::MissingData);
    assert_eq!(client.transactions(&[]).unwrap_err().kind(), ErrorKind::InvalidArgument);
}

#[test]
fn one_client_serves_many_threads() {
    let sandbox = sandbox();
    let client = spiff(&sandbox);
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (client, sandbox) = (&client, &sandbox);
            scope.spawn(move || {
                for n in 0..5 {
                    client.place_order(&order(sandbox, &format!("{thread}-{n}"))).unwrap();
                }
            });
        }
    });
    let orders = sandbox.orders();
    let ids: std::collections::HashSet<_> = orders.iter().map(|order| order["externalId"].to_string()).collect();
    assert_eq!((orders.len(), ids.len()), (40, 40));
}

#[test]
fn subscriptions_are_managed() {
    let sandbox = sandbox();
    let client = signs(&sandbox);
    let webhooks = client.webhooks();
    let before = webhooks.list().unwrap().len();
    let made = webhooks.create("order:created", "http://127.0.0.1:9/hook", Some(br#"{"a":1}"#)).unwrap();
    let id = u64::try_from(made.webhook_id.unwrap()).unwrap();
    assert!(made.secret.is_some() && !format!("{made:?}").contains("secret_"));
    assert_eq!(made.meta["a"], 1);
    assert_eq!(webhooks.list().unwrap().len(), before + 1);
    assert_eq!(webhooks.get(id).unwrap().topic.as_deref(), Some("order:created"));
    let changed = webhooks.update(id, "form:submitted", "http://127.0.0.1:9/other", Some(b"{}")).unwrap();
    assert_eq!((changed.topic.as_deref(), changed.meta.len()), (Some("form:submitted"), 0));
    webhooks.delete(id).unwrap();
    let gone = webhooks.get(id).unwrap_err();
    assert_eq!((gone.kind(), gone.status(), gone.outcome()), (ErrorKind::Refused, Some(404), None));
    assert_eq!(webhooks.create("orders:created", "x", None).unwrap_err().problems().len(), 2);
    assert_eq!(client.check().unwrap().subscriptions, before);
    assert!(client.request("GET", "/api/v2/webhooks", None).unwrap().get().contains("webhooks"));
}
