//! Ten paid orders in an outbox, and a worker that is killed in the middle of them: each arrives once.

use super::{Arrived, PATIENCE, Step, item, spiff};
use countersign::{Error, ErrorKind, Platform};
use countersign_outbox::{Accounts, Enqueue, Filter, Outbox, Place, Policy, Settings, State, Status};
use countersign_sandbox::{Sandbox, credentials};
use serde_json::json;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const ORDERS: usize = 10;

/// Waits of minutes, for which nobody would watch a demonstration, are made of seconds.
const SCALE: u32 = 60;

/// What the platform does with the first orders: it accepts one and answers 500, takes three as it should, and accepts one
/// more without an answer. In that moment the worker is killed. The next worker meets one that is not accepted, and says 500.
const FAULTS: &str = r#"[{"fault":"accept_then_500","target":"order"},
    {"fault":"slow","ms_per_byte":0,"target":"order","count":3},
    {"fault":"accept_then_hang","target":"order"},
    {"fault":"500","target":"order"}]"#;
/// How many faults wait when the worker is to be killed.
const LEFT: usize = 1;

/// A folder that is gone with the demonstration.
struct Folder(PathBuf);

impl Folder {
    fn new() -> std::io::Result<Self> {
        let path = std::env::temp_dir().join(format!("countersign-demo-{}", std::process::id()));
        _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir(&path).map(|()| Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        _ = std::fs::remove_dir_all(&self.0);
    }
}

fn failed(what: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Internal, format!("{what}"))
}

/// A worker: this program once more, with the credentials of the sandbox and nothing else of ours.
fn worker(sandbox: &Sandbox, store: &str, args: &[&str]) -> Result<Command, Error> {
    let mut command = Command::new(std::env::current_exe().map_err(failed)?);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("COUNTERSIGN_")) {
        command.env_remove(name);
    }
    command
        .args(["outbox", args[0], "--store", store])
        .args(&args[1..])
        .env("COUNTERSIGN_SPIFF_BASE_URL", sandbox.spiff_url())
        .env("COUNTERSIGN_SPIFF_ACCESS_KEY", credentials::ACCESS_KEY)
        .env("COUNTERSIGN_SPIFF_SECRET_KEY", credentials::SECRET_KEY)
        .env("COUNTERSIGN_OUTBOX_TEST_SCALE", SCALE.to_string())
        .env("COUNTERSIGN_OUTBOX_ANYWHERE", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    Ok(command)
}

/// Ends with the demonstration, whatever becomes of it.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

/// How many orders of the outbox the platform has.
fn arrived(sandbox: &Sandbox) -> usize {
    let ours =
        |order: &serde_json::Value| order["externalId"].as_str().is_some_and(|id| id.starts_with("demo-outbox-"));
    sandbox.orders().iter().filter(|order| ours(order)).count()
}

pub(super) fn killed(sandbox: &Sandbox, expected: &mut Vec<Arrived>) -> Vec<Step> {
    let what = "Outbox: ten paid orders enqueued";
    expected.extend((1..=ORDERS).map(|i| ("spiff", "graphql", format!("demo-outbox-{i}"))));
    try_to(sandbox).unwrap_or_else(|error| vec![Step::new(what, "10 new", error.to_string())])
}

fn try_to(sandbox: &Sandbox) -> Result<Vec<Step>, Error> {
    let folder = Folder::new().map_err(failed)?;
    let store = format!("sqlite:{}", folder.0.join("outbox.db").display());
    let accounts = Accounts::from([("shop".to_owned(), Platform::new("spiff", &spiff(sandbox, true))?)]);
    let settings = Settings { policy: Policy { scale: SCALE, ..Policy::default() }, ..Settings::new(accounts) };
    let outbox = Outbox::open(&store, settings, Place { create: true, anywhere: true })?;
    outbox.install()?;
    let mut new = 0;
    for i in 1..=ORDERS {
        let order =
            json!({ "externalId": format!("demo-outbox-{i}"), "paid": true, "orderItems": [item(sandbox, false)?] });
        let enqueued = outbox.enqueue(None, order.to_string().as_bytes(), Enqueue::default())?;
        new += usize::from(enqueued.status == Status::New);
    }
    let mut steps = vec![Step::new("Outbox: ten paid orders enqueued", "10 new", format!("{new} new"))];

    sandbox.faults(FAULTS).map_err(failed)?;
    let mut first = Running(worker(sandbox, &store, &["run"])?.spawn().map_err(failed)?);
    let from = Instant::now();
    let waits = || -> Result<usize, Error> {
        let faults = sandbox.control("GET", "faults", "").map_err(failed)?;
        Ok(faults["faults"].as_array().map_or(0, Vec::len))
    };
    while waits()? > LEFT && from.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(2));
    }
    first.0.kill().map_err(failed)?;
    first.0.wait().map_err(failed)?;
    let there = arrived(sandbox);
    let due = "killed in the middle";
    let found = if (1..ORDERS).contains(&there) { due.to_owned() } else { format!("killed with {there} of 10 placed") };
    steps.push(Step::new("Outbox: the worker is killed while an order is under way", due, found));

    // It ends by itself when nothing is open any more.
    let second = worker(sandbox, &store, &["drain", "--seconds", "20"])?.output().map_err(failed)?;
    let list = outbox.list(Filter::default())?;
    let placed = list.orders.iter().filter(|order| order.state == State::Placed.name()).count();
    let mut found = format!("{placed} placed");
    if !second.status.success() {
        found += &format!(", {}: {}", second.status, String::from_utf8_lossy(&second.stderr).trim());
    }
    steps.push(Step::new("Outbox: another worker reads back what is in doubt, and ends", "10 placed", found));
    steps.push(Step::new(
        "Outbox: at the platform",
        "10 orders, each once",
        match arrived(sandbox) {
            ORDERS => "10 orders, each once".to_owned(),
            other => format!("{other} orders"),
        },
    ));
    Ok(steps)
}
