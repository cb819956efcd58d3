//! The conformance script, `tests/vectors/outbox.json`, through the drivers of the command: PostgreSQL, PostgreSQL behind pgbouncer in
//! transaction mode, and MariaDB. The rows that stand in a transaction of the host's are not for a connection that has no host.

use crate::server::{Server, repository};
use crate::stores::{Named, Store};
use countersign::{Error, Platform};
use countersign_outbox::{Accounts, Engine, Place, Policy, Settings};
use countersign_sandbox::{Options, Sandbox};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

#[test]
fn postgresql_does_what_every_store_does() {
    let server = Server::postgresql(&["--pgbouncer"]);
    assert_eq!(run(&server.at("port", "shop"), "a"), 26);
    assert_eq!(run(&server.at("pgbouncer", "shop"), "b"), 26);
}

#[test]
fn mariadb_does_what_every_store_does() {
    assert_eq!(run(&Server::mariadb(&[]).url(), "a"), 26);
}

/// Runs every row that needs no transaction, and answers how many those were.
fn run(url: &str, name: &str) -> usize {
    let text = std::fs::read_to_string(repository().join("tests/vectors/outbox.json")).unwrap();
    let rows: Vec<Value> = serde_json::from_str(&text).unwrap();
    let fits = |row: &&Value| !row["needs"].as_array().into_iter().flatten().any(|need| need == "transaction");
    let rows: Vec<_> = rows.iter().filter(fits).collect();
    let next = AtomicUsize::new(0);
    // Most of a row is waiting.
    let one = || {
        let mut wrong = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(row) = rows.get(number) else { return wrong };
            let mut script = Script::begin(url, format!("{name}{number}_"), row);
            for (at, step) in row["steps"].as_array().unwrap().iter().enumerate() {
                if let Err(why) = script.step(step) {
                    wrong.push(format!("{}, step {at} ({step}): {why}", row["id"]));
                    break;
                }
            }
        }
    };
    let wrong: Vec<String> = thread::scope(|scope| {
        let workers: Vec<_> = (0..4).map(|_| scope.spawn(one)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    rows.len()
}

/// One row, and what it stands on.
struct Script {
    sandbox: Sandbox,
    store: Store,
    engine: Engine,
    now: i64,
    designs: BTreeMap<String, String>,
    kept: BTreeMap<String, Value>,
}

impl Script {
    fn begin(url: &str, prefix: String, row: &Value) -> Self {
        let keys = Options::default();
        let sandbox = Sandbox::start(keys.clone()).unwrap();
        let accounts = row.get("accounts").cloned().unwrap_or_else(|| json!({ "shop": "spiff" }));
        let client = |platform: &str| {
            let options = countersign::Options::new();
            let options = match platform {
                "spiff" => options
                    .set("access_key", keys.access_key.clone())
                    .set("secret_key", keys.secret_key.clone())
                    .set("base_url", sandbox.spiff_url()),
                _ => options.set("api_token", keys.api_token.clone()).set("base_url", sandbox.sign_customiser_url()),
            };
            Platform::new(platform, &options).unwrap()
        };
        let accounts: Accounts = accounts
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, platform)| (name.clone(), client(platform.as_str().unwrap())))
            .collect();
        let scale = u32::try_from(row["scale"].as_u64().unwrap_or(1)).unwrap();
        let mut policy = Policy { scale, ..Policy::default() };
        for (name, value) in row["policy"].as_object().into_iter().flatten() {
            policy.set(name, &value.to_string()).unwrap();
        }
        let settings = Settings { policy, prefix, ..Settings::new(accounts) };
        let store = Named::read(url).unwrap().open(Place::default()).unwrap();
        let engine = Engine::new(store.dialect(), String::new(), settings).unwrap();
        let now = countersign::system_time().unix();
        Self { sandbox, store, engine, now, designs: BTreeMap::new(), kept: BTreeMap::new() }
    }

    fn step(&mut self, step: &Value) -> Result<(), String> {
        if step.get("do").is_some() {
            return self.operate(step);
        }
        for (name, given) in step.as_object().unwrap() {
            match name.as_str() {
                "sandbox" => self.sandbox.faults(&given.to_string())?,
                "wait" => thread::sleep(Duration::from_secs_f64(given.as_f64().unwrap())),
                "accepted" => {
                    for (id, times) in given.as_object().unwrap() {
                        fits(&json!(self.accepted(id).len()), times, id)?;
                    }
                }
                "received" => {
                    for (id, due) in given.as_object().unwrap() {
                        let first = self.accepted(id).into_iter().next().unwrap_or_default();
                        let due = self.filled(due);
                        fits(&first, &due, id)?;
                    }
                }
                other => return Err(format!("this runner does not know {other:?}")),
            }
        }
        Ok(())
    }

    fn accepted(&self, id: &str) -> Vec<Value> {
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        self.sandbox.orders().into_iter().filter(|order| text(&order["externalId"]) == id).collect()
    }

    fn perform(&self, operation: &str, input: &Value) -> Result<Value, Error> {
        let task = self.engine.task(operation, input.to_string().as_bytes())?;
        let answer = self.store.run(task, &|| false)?.unwrap();
        Ok(serde_json::from_str(answer.get()).unwrap())
    }

    fn operate(&mut self, step: &Value) -> Result<(), String> {
        let input = self.filled(step.get("input").unwrap_or(&json!({})));
        let done = self.perform(step["do"].as_str().unwrap(), &input);
        if let Some(due) = step.get("error") {
            let Err(error) = done else { return Err(format!("no error, but {done:?}")) };
            fits(&json!(error.kind().name()), &due["kind"], "kind").map_err(|why| format!("{why}: {error}"))?;
            let words = format!("{} {}", error.message(), error.next_step());
            if !words.contains(due["contains"].as_str().unwrap_or_default()) {
                return Err(words);
            }
            if let Some(paths) = due["problems"].as_array() {
                let mut got: Vec<_> = error.problems().iter().map(|problem| problem.path.clone()).collect();
                let mut due: Vec<_> = paths.iter().map(|path| path.as_str().unwrap().to_owned()).collect();
                got.sort();
                due.sort();
                return if got == due { Ok(()) } else { Err(format!("problems at {got:?}")) };
            }
            return Ok(());
        }
        let said = done.map_err(|error| error.to_string())?;
        if let Some(due) = step.get("answer") {
            let due = self.filled(due);
            fits(&said, &due, "answer")?;
        }
        for name in step["lacks"].as_array().into_iter().flatten() {
            fits(&said[name.as_str().unwrap()], &Value::Null, "lacks")?;
        }
        for (name, member) in step["keep"].as_object().into_iter().flatten() {
            self.kept.insert(name.clone(), said[member.as_str().unwrap()].clone());
        }
        Ok(())
    }

    /// The values in the place of their names.
    fn filled(&mut self, value: &Value) -> Value {
        match value {
            Value::Object(members) => {
                let filled: Map<_, _> =
                    members.iter().map(|(name, value)| (name.clone(), self.filled(value))).collect();
                filled.into()
            }
            Value::Array(items) => items.iter().map(|item| self.filled(item)).collect(),
            Value::String(text) => {
                let Some(name) = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) else {
                    return value.clone();
                };
                if let Some(design) = name.strip_prefix("design:") {
                    let sandbox = &self.sandbox;
                    return json!(
                        self.designs.entry(design.to_owned()).or_insert_with(|| sandbox.create_transaction())
                    );
                }
                if let Some(away) = name.strip_prefix("now") {
                    let away = if away.is_empty() { Ok(0) } else { away.parse::<i64>() };
                    return away.map_or_else(|_| value.clone(), |away| json!(self.now + away));
                }
                self.kept.get(name).unwrap_or(value).clone()
            }
            _ => value.clone(),
        }
    }
}

/// An object has at least these members, a list as many items; the rest is the value itself.
fn fits(got: &Value, due: &Value, at: &str) -> Result<(), String> {
    let fine = match due {
        Value::String(any) if any == "{any}" => !got.is_null(),
        Value::Object(members) => {
            for (name, due) in members {
                fits(got.get(name).unwrap_or(&Value::Null), due, &format!("{at}.{name}"))?;
            }
            got.is_object()
        }
        Value::Array(items) => {
            let got = got.as_array().filter(|got| got.len() == items.len());
            for (number, (got, due)) in got.into_iter().flatten().zip(items).enumerate() {
                fits(got, due, &format!("{at}[{number}]"))?;
            }
            got.is_some()
        }
        _ => got == due,
    };
    if fine { Ok(()) } else { Err(format!("{at} is {got}, and {due} is due")) }
}
