//! What the outbox will stand on: a draft that is kept and signed later, a call that is sent once and not too late, a look
//! that ends in time, and an observer that hears of an attempt before it is made.
#![allow(clippy::unwrap_used, reason = "a failed test says where")]

use countersign::delivery::Class;
use countersign::spiff::{Client, Designs, Verdict, judge};
use countersign::{Attempt, Deadline, Draft, ErrorKind, Observer, Options, Outcome, Timestamp, sign_customiser, spiff};
use countersign_sandbox::Sandbox;
use countersign_tests::{Row, vectors};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const MINUTE: Duration = Duration::from_secs(60);

fn sandbox() -> Sandbox {
    Sandbox::start(countersign_sandbox::Options::default()).unwrap()
}

fn options(sandbox: &Sandbox) -> Options {
    let options = Options::new().set("access_key", "test_access_key").set("secret_key", "test_secret_key");
    options.set("base_url", sandbox.spiff_url())
}

fn client(sandbox: &Sandbox) -> Client {
    Client::new(&options(sandbox)).unwrap()
}

fn order(transactions: &[String]) -> Vec<u8> {
    let items: Vec<_> = transactions
        .iter()
        .map(|transaction| serde_json::json!({ "amountToOrder": 1, "transactionId": transaction }))
        .collect();
    serde_json::json!({ "externalId": "1001", "paid": true, "orderItems": items }).to_string().into_bytes()
}

fn requests(sandbox: &Sandbox) -> usize {
    sandbox.requests().len()
}

/// The bytes of a draft that was kept and read again are those of an order placed at once.
#[test]
fn a_kept_draft_is_signed_as_the_order_is() {
    let mut seen = 0;
    for row in vectors("order.json").iter().filter(|row| row.0["expect"].is_object()) {
        let given = row.0["options"].as_object().unwrap();
        let options = given.iter().fold(Options::new(), |all, (name, value)| all.set(name, value.as_str().unwrap()));
        let now = Timestamp::from_unix(row.number("now"));
        let text = row.text("order").as_bytes();
        let call = match row.text("platform") {
            "spiff" => {
                let account = spiff::Account::new(&options).unwrap();
                let kept = account.draft(text).unwrap().to_json().unwrap();
                account.sign(&Draft::from_json(&kept).unwrap(), now).unwrap()
            }
            _ => {
                let account = sign_customiser::Account::new(&options).unwrap();
                let kept = account.draft(text).unwrap().to_json().unwrap();
                account.sign(&Draft::from_json(&kept).unwrap(), now).unwrap()
            }
        };
        let due = Row(row.0["expect"].clone());
        assert_eq!(call.request().url, due.text("url"), "{}", row.id());
        assert_eq!(String::from_utf8_lossy(&call.request().body), due.text("body"), "{}", row.id());
        if let Some(authorization) = due.get("authorization") {
            assert_eq!(call.request().header("Authorization"), Some(authorization), "{}", row.id());
        }
        seen += 1;
    }
    assert!(seen >= 19, "only {seen} rows");
}

/// The wire is the draft's: who changes `orders_api` meanwhile still sends the old orders as they were written.
#[test]
fn a_draft_keeps_its_wire() {
    let sandbox = sandbox();
    let transaction = sandbox.create_transaction();
    let rest = Client::new(&options(&sandbox).set("orders_api", "rest")).unwrap();
    let draft = rest.draft(&order(&[transaction])).unwrap();
    let graphql = client(&sandbox);
    let call = graphql.account().sign(&draft, graphql.now()).unwrap();
    assert!(call.request().url.ends_with("/api/v2/orders"));
    assert_eq!(graphql.send_once(&call, &Deadline::within(MINUTE)).unwrap().value.external_id, "1001");
    assert_eq!(sandbox.orders()[0]["wire"], "rest");

    let elsewhere = sign_customiser::Client::new(&Options::new().set("api_token", "t")).unwrap();
    let error = elsewhere.account().sign(&draft, graphql.now()).unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::InvalidArgument, Some(Outcome::NotPlaced)));
}

/// Nothing is signed again, and nothing repeated: a read that may be, and a refusal that a right clock would cure.
#[test]
fn a_call_is_sent_once() {
    let sandbox = sandbox();
    let transaction = sandbox.create_transaction();
    let client = client(&sandbox);
    sandbox.settings(r#"{"date_window_seconds":300}"#).unwrap();
    sandbox.faults(r#"{"fault":"skewed_date","seconds":-7200,"count":50}"#).unwrap();
    let draft = client.draft(&order(std::slice::from_ref(&transaction))).unwrap();
    let call = client.account().sign(&draft, client.now()).unwrap();
    let error = client.send_once(&call, &Deadline::within(MINUTE)).unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Authentication, Some(Outcome::NotPlaced)));
    assert_eq!((requests(&sandbox), error.attempts().len()), (1, 1));

    // What was learned is handed out, and signs the next attempt right; another process takes it over.
    let skew = client.skew().unwrap();
    assert!((skew + 7200).abs() <= 2, "{skew}");
    let other = Client::new(&options(&sandbox)).unwrap();
    other.learn_skew(skew);
    assert_eq!(other.skew(), Some(skew));
    assert!((other.now().unix() - countersign::system_time().unix() - skew).abs() <= 1);
    let call = other.account().sign(&draft, other.now()).unwrap();
    assert_eq!(other.send_once(&call, &Deadline::within(MINUTE)).unwrap().attempts.len(), 1);
    // What no clock can be is not believed, and with the correction off nothing is.
    other.learn_skew(200_000);
    assert_eq!(other.skew(), Some(skew));
    let stubborn = Client::new(&options(&sandbox).set("skew_correction", "false")).unwrap();
    stubborn.learn_skew(skew);
    assert_eq!(stubborn.skew(), None);

    sandbox.reset();
    sandbox.faults(r#"{"fault":"500","count":5}"#).unwrap();
    let read = client.account().prepare_graphql("{ currentIntegration { id } }", None, None, client.now()).unwrap();
    assert!(client.send_once(&read, &Deadline::within(MINUTE)).unwrap_err().retryable());
    assert_eq!(requests(&sandbox), 1);
}

/// Too late is not sent at all, on a new connection and on one that stands ready.
#[test]
fn nothing_leaves_after_the_deadline() {
    let sandbox = sandbox();
    let transaction = sandbox.create_transaction();
    let client = client(&sandbox);
    let draft = client.draft(&order(&[transaction])).unwrap();
    let sign = || client.account().sign(&draft, client.now()).unwrap();
    for connected in [false, true] {
        let before = requests(&sandbox);
        let error = client.send_once(&sign(), &Deadline::within(Duration::ZERO)).unwrap_err();
        assert_eq!((error.outcome(), error.retryable()), (Some(Outcome::NotPlaced), true), "{error}");
        assert!(!connected || error.class() == Some(Class::Expired), "{:?}", error.class());
        assert_eq!(requests(&sandbox), before);
        client.check().unwrap();
    }
    assert!(sandbox.orders().is_empty());
    assert!(client.send_once(&sign(), &Deadline::within(MINUTE)).is_ok());
}

/// One deadline for every read of a look: its two chunks, and their repeats.
#[test]
fn a_look_ends_in_time() {
    let sandbox = sandbox();
    let transactions: Vec<_> = (0..60).map(|_| sandbox.create_transaction()).collect();
    let client = client(&sandbox);
    let draft = client.draft(&order(&transactions)).unwrap();
    let before = requests(&sandbox);
    let seen = client.look(draft.designs(), &Deadline::within(MINUTE)).unwrap();
    assert_eq!((seen.value.transactions.len(), seen.attempts.len(), requests(&sandbox) - before), (60, 2, 2));

    // The first chunk takes most of the time; the second has what is left.
    sandbox.faults(r#"[{"fault":"accept_late","ms":900},{"fault":"hang"}]"#).unwrap();
    let begun = Instant::now();
    let error = client.look(draft.designs(), &Deadline::within(Duration::from_millis(1500))).unwrap_err();
    assert_eq!((error.kind(), error.outcome(), error.attempts().len()), (ErrorKind::Timeout, None, 2));
    assert!(begun.elapsed() < Duration::from_millis(4000), "{:?}", begun.elapsed());

    // Judging is pure: the same sight at another time, by other delays, is another verdict.
    let at = Timestamp::from_unix;
    let judged =
        |now, delay| judge(draft.designs(), &seen.value, (at(1000), Some(at(1100))), at(now), (delay, 60)).verdict;
    assert_eq!(
        [judged(1050, 100), judged(1120, 100), judged(1200, 100)],
        [Verdict::Unclear, Verdict::Unclear, Verdict::Absent]
    );
    assert_eq!(judged(1200, 500), Verdict::Unclear);
    let nothing = Designs { external_id: "1001".to_owned(), transactions: vec![], bundles: vec![] };
    assert_eq!(judge(&nothing, &Default::default(), (at(0), None), at(9000), (1, 1)).verdict, Verdict::Unclear);
}

struct Watch(Mutex<Vec<String>>);

impl Observer for Watch {
    fn before(&self, attempt: &Attempt) {
        self.0.lock().unwrap().push(format!("before {} {:?}", attempt.number, attempt.status));
    }

    fn after(&self, attempt: &Attempt) {
        self.0.lock().unwrap().push(format!("after {} {:?}", attempt.number, attempt.status));
    }
}

#[test]
fn an_observer_hears_of_each_attempt_before_and_after() {
    let sandbox = sandbox();
    let watch = Arc::new(Watch(Mutex::default()));
    let client = client(&sandbox).with_observer(watch.clone());
    sandbox.faults(r#"{"fault":"500"}"#).unwrap();
    client.check().unwrap();
    let told = watch.0.lock().unwrap().clone();
    assert_eq!(told, ["before 1 None", "after 1 Some(500)", "before 2 None", "after 2 Some(200)"]);
    // An answer and an error carry them all, without one.
    sandbox.faults(r#"{"fault":"500","count":2}"#).unwrap();
    let answer = client.run("current_integration", b"").unwrap();
    assert_eq!(
        answer.attempts.iter().map(|attempt| attempt.status).collect::<Vec<_>>(),
        [Some(500), Some(500), Some(200)]
    );
    sandbox.faults(r#"{"fault":"500","count":3}"#).unwrap();
    let error = client.run("current_integration", b"").unwrap_err();
    assert_eq!(error.attempts().iter().map(|attempt| attempt.number).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(error.attempt().unwrap().number, 3);
}
