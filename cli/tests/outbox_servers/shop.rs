//! A shop: the platforms' sandbox, and commands with the credentials of both.

use crate::server::PASSWORD;
use crate::support::{CANARY, Ran, Run, countersign, wait};
use countersign_sandbox::{Options, Sandbox};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// By what every time of the policy is divided: a call still has two seconds.
pub(crate) const SCALE: &str = "10";

const SECRET_KEY: &str = "canary-5f1e-secret";
const API_TOKEN: &str = "canary-5f1e-token";

pub(crate) struct Shop {
    pub(crate) sandbox: Sandbox,
    pub(crate) store: String,
}

impl Shop {
    pub(crate) fn new(store: impl Into<String>) -> Self {
        let sandbox = Sandbox::start(Options {
            access_key: "key".to_owned(),
            secret_key: SECRET_KEY.to_owned(),
            api_token: API_TOKEN.to_owned(),
            ..Options::default()
        });
        Self { sandbox: sandbox.unwrap(), store: store.into() }
    }

    /// One whose tables are made.
    pub(crate) fn open(store: impl Into<String>) -> Self {
        let shop = Self::new(store);
        shop.run(&["install"]).exits(0);
        shop
    }

    /// A command of the outbox.
    pub(crate) fn command(&self, args: &[&str]) -> Run {
        countersign(["outbox"].iter().chain(args)).env("COUNTERSIGN_OUTBOX_STORE", &self.store).envs(&[
            ("COUNTERSIGN_OUTBOX_TEST_SCALE", SCALE),
            ("COUNTERSIGN_SPIFF_ACCESS_KEY", "key"),
            ("COUNTERSIGN_SPIFF_SECRET_KEY", SECRET_KEY),
            ("COUNTERSIGN_SPIFF_BASE_URL", self.sandbox.spiff_url()),
            ("COUNTERSIGN_SIGN_CUSTOMISER_API_TOKEN", API_TOKEN),
            ("COUNTERSIGN_SIGN_CUSTOMISER_BASE_URL", self.sandbox.sign_customiser_url()),
        ])
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        secretly(self.command(args))
    }

    /// An order of a new design.
    pub(crate) fn order(&self, id: &str) -> String {
        let item = json!({ "amountToOrder": 1, "transactionId": self.sandbox.create_transaction() });
        json!({ "externalId": id, "paid": true, "orderItems": [item] }).to_string()
    }

    pub(crate) fn enqueue(&self, order: &str) -> Ran {
        secretly(self.command(&["enqueue", "-"]).stdin(order))
    }

    pub(crate) fn fault(&self, fault: &Value) {
        self.sandbox.faults(&fault.to_string()).unwrap();
    }

    pub(crate) fn shown(&self, id: &str) -> Value {
        self.run(&["show", "--json", id]).exits(0).json()
    }

    /// The shop's ids that the platforms hold, in order.
    pub(crate) fn arrived(&self) -> Vec<String> {
        let text = |order: &Value| order["externalId"].as_str().unwrap().to_owned();
        let mut arrived: Vec<_> = self.sandbox.orders().iter().map(text).collect();
        arrived.sort();
        arrived
    }
}

/// Runs a command that must not show the password of the database.
#[track_caller]
pub(crate) fn secretly(run: Run) -> Ran {
    let ran = run.run();
    assert!(!ran.stdout.contains(PASSWORD) && !ran.stderr.contains(PASSWORD), "{ran:#?}");
    ran
}

pub(crate) fn sign_order(id: &str) -> String {
    json!({ "integration_id": 1, "external_id": id, "external_order_number": id, "currency": "USD",
        "products": [{ "external_id": "sku", "quantity": 1, "price": 2999 }] })
    .to_string()
}

/// A worker that ends with the test. What it says on standard error is kept, line by line.
pub(crate) struct Worker {
    pub(crate) child: Child,
    said: Arc<Mutex<Vec<String>>>,
    printed: Arc<Mutex<Vec<String>>>,
}

fn collect(from: impl Read + Send + 'static) -> Arc<Mutex<Vec<String>>> {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&lines);
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            assert!(!line.contains(PASSWORD) && !line.contains(CANARY), "{line}");
            kept.lock().unwrap().push(line);
        }
    });
    lines
}

impl Worker {
    /// One that serves already.
    pub(crate) fn start(run: Run) -> Self {
        let mut child = run.spawn();
        let printed = collect(child.stdout.take().unwrap());
        let said = collect(child.stderr.take().unwrap());
        let worker = Self { child, said, printed };
        worker.says("Serving ");
        worker
    }

    pub(crate) fn said(&self) -> Vec<String> {
        self.said.lock().unwrap().clone()
    }

    pub(crate) fn printed(&self) -> Vec<String> {
        self.printed.lock().unwrap().clone()
    }

    /// Waits for a line with these words on standard error.
    #[track_caller]
    pub(crate) fn says(&self, words: &str) {
        until(words, || self.said().iter().any(|line| line.contains(words)), || format!("{:?}", self.said()));
    }

    pub(crate) fn signal(&self, name: &str) {
        let killed = Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap();
        assert!(killed.success());
    }

    /// Asks it to end, and waits for that.
    #[track_caller]
    pub(crate) fn end(mut self) -> Vec<String> {
        self.signal("-TERM");
        assert_eq!(wait(&mut self.child), 0, "{:?}", self.said());
        self.says("Ended as asked");
        self.printed()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// Waits for what must come to be, and not for ever.
#[track_caller]
pub(crate) fn until(what: &str, is: impl Fn() -> bool, otherwise: impl Fn() -> String) {
    let from = Instant::now();
    while !is() {
        assert!(from.elapsed() < Duration::from_secs(60), "{what}: {}", otherwise());
        std::thread::sleep(Duration::from_millis(10));
    }
}
