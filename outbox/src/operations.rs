//! The operations of an outbox by their names, with JSON in and out: how every other language reaches them.

use crate::engine::Task;
use crate::enqueue::{Enqueue, Enqueued, Swept};
use crate::listing::Filter;
use crate::outbox::Engine;
use crate::people::Decision;
use crate::state::State;
use crate::statement::{Paramstyle, Value};
use countersign::{Error, ErrorKind};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, json};

/// JSON text.
pub type Json = Box<RawValue>;

/// An operation.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Operation {
    /// Its name.
    pub name: &'static str,
    /// The members of its input; a question mark for what may be absent.
    pub input: &'static str,
    /// What it does, in a sentence.
    pub what: &'static str,
}

macro_rules! operations {
    ($($name:literal $input:literal $what:literal;)*) => {
        /// Every operation.
        pub const OPERATIONS: &[Operation] = &[$(Operation { name: $name, input: $input, what: $what }),*];
    };
}

operations! {
    "adopt" "" "A person says that this store is the newest, and stands where it should.";
    "cancel" "external_id, account?" "Cancels an order as far as that is possible, and answers how far.";
    "changes" "after?, limit?" "The orders that changed since a cursor, which the last call answered.";
    "check" "max_held?, max_age?" "Whether a person must look, and what the database does not promise.";
    "drain" "seconds?, max?, waits?" "Sends and reads back what is due; never inside a transaction.";
    "enqueue" "order, account?, due?, already?, anyway?" "Enqueues a paid order, in the host's transaction where one is open.";
    "enqueue_statement" "order, account?, due?, already?, paramstyle?" "The one statement that enqueues an order unless it is there, for a host that runs its SQL itself.";
    "forget" "external_id, account?" "Strips what is personal of an order that has ended, or is held.";
    "get" "external_id, account?, body?" "One order with its history, or null.";
    "import" "external_id, remote_id?, account?" "Writes down an order that was placed before the outbox was there.";
    "install" "" "Makes the tables where they are missing; never inside a transaction.";
    "list" "state?, account?, alerts?, after?, limit?" "Some orders.";
    "notify" "topic, data, timestamp" "Takes a delivery of Sign Customiser that was verified: what it proves settles an order in doubt.";
    "pause" "account, why" "Sends nothing of an account until it is resumed.";
    "resolve" "external_id, decision, who, why, account?" "Writes down what a person decides about an order: placed, retry or drop.";
    "resume" "account" "Ends a pause.";
    "schema" "" "The statements that install runs, for a migration of the host's own.";
    "stats" "" "Counts, pauses, and when something last went well, by account.";
    "sweep" "orders, account?, since?" "Enqueues what is missing of a shop's paid orders, given whole: one answer for each, and what the list lacks of all since then.";
}

/// The input of every operation: which members it has, the table says.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Input {
    account: Option<String>,
    after: Option<Cursor>,
    alerts: bool,
    already: Option<Already>,
    anyway: bool,
    body: bool,
    data: Option<Json>,
    decision: String,
    due: Option<i64>,
    external_id: String,
    limit: Option<u32>,
    max: Option<u64>,
    max_age: Option<i64>,
    max_held: Option<i64>,
    order: Option<Json>,
    orders: Vec<Json>,
    paramstyle: String,
    remote_id: Option<String>,
    seconds: Option<f64>,
    since: Option<i64>,
    state: Option<String>,
    timestamp: i64,
    topic: String,
    waits: Option<bool>,
    who: String,
    why: String,
}

/// Whether an order was placed before, and as what.
#[derive(Deserialize)]
#[serde(untagged)]
enum Already {
    Was(bool),
    As(String),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Cursor {
    Number(i64),
    Text(String),
}

fn argument(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidArgument, message)
}

fn json_of(value: &impl Serialize) -> Result<Json, Error> {
    serde_json::value::to_raw_value(value)
        .map_err(|error| Error::new(ErrorKind::Internal, format!("JSON could not be written: {error}.")))
}

fn parsed<T: DeserializeOwned>(operation: &str, text: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(text)
        .map_err(|error| argument(format!("The input of {operation:?} is not what it takes: {error}.")))
}

impl Input {
    fn read(operation: &Operation, input: &[u8]) -> Result<Self, Error> {
        let input = if input.is_empty() { b"{}" } else { input };
        let given: Map<String, serde_json::Value> = {
            // Names alone: what an order holds is read by whoever knows it.
            let members: std::collections::BTreeMap<String, &RawValue> = serde_json::from_slice(input)
                .map_err(|error| argument(format!("The input of {:?} is no JSON object: {error}.", operation.name)))?;
            members.into_keys().map(|name| (name, serde_json::Value::Null)).collect()
        };
        let known: Vec<&str> = operation.input.split(", ").filter(|name| !name.is_empty()).collect();
        for name in given.keys() {
            if !known.iter().any(|known| known.trim_end_matches('?') == name) {
                return Err(argument(format!(
                    "{:?} takes no {name:.40?}. It takes: {}.",
                    operation.name, operation.input
                )));
            }
        }
        if let Some(missing) = known.iter().find(|name| !name.ends_with('?') && !given.contains_key(**name)) {
            return Err(argument(format!("{:?} needs {missing:?}.", operation.name)));
        }
        parsed(operation.name, input)
    }

    fn enqueue(&self) -> Enqueue {
        let already = match &self.already {
            None | Some(Already::Was(false)) => None,
            Some(Already::Was(true)) => Some(None),
            Some(Already::As(id)) => Some(Some(id.clone())),
        };
        Enqueue { due: self.due, already, anyway: self.anyway, sweep: false }
    }

    fn order(&self) -> Vec<u8> {
        self.order.as_deref().map(written).unwrap_or_default()
    }
}

/// An order as the shop wrote it: JSON, or a text that holds it, whatever that is worth.
fn written(order: &RawValue) -> Vec<u8> {
    let text = order.get();
    let held = text.starts_with('"').then(|| serde_json::from_str::<String>(text).ok()).flatten();
    held.unwrap_or_else(|| text.to_owned()).into_bytes()
}

/// An id as text, however a platform wrote it.
fn id(value: Option<&RawValue>) -> Option<String> {
    let text = value?.get();
    let id = if text.starts_with('"') { serde_json::from_str(text).ok()? } else { text.to_owned() };
    let scalar = !id.is_empty() && (text.starts_with('"') || text.parse::<serde_json::Number>().is_ok());
    scalar.then_some(id)
}

/// What an `order:created` says of an order: its id, and the platform's. Of another delivery nothing.
fn accepted(topic: &str, data: &str) -> Option<(String, Option<String>)> {
    #[derive(Deserialize)]
    struct Order<'a> {
        #[serde(borrow)]
        external_id: Option<&'a RawValue>,
        #[serde(borrow)]
        order_id: Option<&'a RawValue>,
    }
    if topic != "order:created" {
        return None;
    }
    let order: Order<'_> = serde_json::from_str(data).ok()?;
    Some((id(order.external_id)?, id(order.order_id)))
}

/// What became of each order of a sweep.
fn told(swept: Swept) -> serde_json::Value {
    let one = |result| match result {
        Ok::<Enqueued, Error>(enqueued) => json!(enqueued),
        Err(error) => json!({ "error": error }),
    };
    json!({ "orders": swept.orders.into_iter().map(one).collect::<Vec<_>>(), "unlisted": swept.unlisted })
}

impl<T: Serialize + Send + 'static> Task<T> {
    /// The same task with its answer as JSON.
    fn json(self) -> Task<Json> {
        self.then(|answer| json_of(&answer))
    }
}

impl Engine {
    /// An operation by its name: the table [`OPERATIONS`] lists them, and the members of their inputs.
    ///
    /// # Errors
    /// `invalid_argument` for a name or an input that is none.
    pub fn task(&self, operation: &str, input: &[u8]) -> Result<Task<Json>, Error> {
        let Some(operation) = OPERATIONS.iter().find(|known| known.name == operation) else {
            let names: Vec<_> = OPERATIONS.iter().map(|known| known.name).collect();
            return Err(argument(format!(
                "The outbox has no operation {operation:.40?}. It has: {}.",
                names.join(", ")
            )));
        };
        let input = Input::read(operation, input)?;
        let account = input.account.as_deref();
        let of = account.unwrap_or_default();
        let id = input.external_id.as_str();
        Ok(match operation.name {
            "adopt" => self.adopt().json(),
            "cancel" => self.cancel(account, id).json(),
            "changes" => {
                let after = input.after.map(|after| match after {
                    Cursor::Text(text) => text,
                    Cursor::Number(number) => number.to_string(),
                });
                self.changes(after.as_deref(), input.limit.unwrap_or(100)).json()
            }
            "check" => self.check(input.max_held.unwrap_or(0), input.max_age.unwrap_or(3600)).json(),
            "drain" => {
                let waits = input.waits.unwrap_or(true);
                self.drain_as(input.seconds.unwrap_or(20.0), input.max.unwrap_or(100), waits, |_| {}).json()
            }
            "enqueue" => self.enqueue(account, &input.order(), input.enqueue()).json(),
            "enqueue_statement" => {
                let statement = {
                    let style = Paramstyle::of(&input.paramstyle)?;
                    self.enqueue_statement(account, &input.order(), &input.enqueue(), style)?
                };
                let params: Vec<_> = statement.params.iter().map(plain).collect();
                self.answer(&json!({ "sql": statement.sql, "params": params }))?
            }
            "forget" => self.forget(account, id).json(),
            "get" => self.get(account, id, input.body).json(),
            "import" => self.import(account, id, input.remote_id.as_deref()).json(),
            "install" => self.install().json(),
            "list" => {
                let filter = Filter {
                    state: input.state.as_deref().map(state).transpose()?,
                    account: input.account.clone(),
                    alerts: input.alerts,
                    limit: input.limit.unwrap_or(100),
                    after: match input.after {
                        None => 0,
                        Some(Cursor::Number(number)) => number,
                        Some(Cursor::Text(text)) => text
                            .parse()
                            .map_err(|_| argument(format!("{text:.40?} is no cursor of a list: give its `next`.")))?,
                    },
                };
                self.list(filter).json()
            }
            "notify" => match accepted(&input.topic, input.data.as_ref().map(|data| data.get()).unwrap_or_default()) {
                Some((id, remote)) => self.notify(&id, remote.as_deref(), input.timestamp).json(),
                None => self.answer(&crate::evidence::Notified::Ignored)?,
            },
            "pause" => self.pause(of, &input.why).json(),
            "resolve" => self.resolve(account, id, Decision::of(&input.decision)?, &input.who, &input.why).json(),
            "resume" => self.resume(of).json(),
            "schema" => self.answer(&self.schema())?,
            "stats" => self.stats().json(),
            _ => {
                let orders: Vec<_> = input.orders.iter().map(|order| written(order)).collect();
                self.sweep(account, &orders, input.since).then(|swept| json_of(&told(swept)))
            }
        })
    }

    /// A task that has its answer already.
    fn answer(&self, value: &impl Serialize) -> Result<Task<Json>, Error> {
        let answer = json_of(value)?;
        Ok(self.ready(answer))
    }
}

fn state(name: &str) -> Result<State, Error> {
    State::ALL.iter().copied().find(|state| state.name() == name).ok_or_else(|| {
        let names: Vec<_> = State::ALL.iter().map(|state| state.name()).collect();
        argument(format!("{name:.40?} is no state. There are: {}.", names.join(", ")))
    })
}

/// A parameter as JSON.
pub(crate) fn plain(value: &Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Int(number) => (*number).into(),
        Value::Text(text) => text.as_str().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_names_its_order_however_the_platform_wrote_it() {
        let of = |data: &str| accepted("order:created", data);
        assert_eq!(of(r#"{"external_id":"1001","order_id":77}"#), Some(("1001".to_owned(), Some("77".to_owned()))));
        assert_eq!(of(r#"{"external_id":1001,"first_name":"\ud83c"}"#), Some(("1001".to_owned(), None)));
        for none in
            [r#"{"order_id":77}"#, r#"{"external_id":""}"#, r#"{"external_id":[1]}"#, r#"{"external_id":null}"#, "x"]
        {
            assert_eq!(of(none), None, "{none}");
        }
        assert_eq!(accepted("form:submitted", r#"{"external_id":"1"}"#), None);
    }

    #[test]
    fn every_operation_is_in_the_table_and_says_what_it_takes() {
        let engine =
            Engine::new(crate::Dialect::Mysql, String::new(), crate::Settings::new(crate::Accounts::new())).unwrap();
        let error = engine.task("enqeue", b"").unwrap_err();
        assert!(error.message().contains("enqueue"), "{error}");
        let error = engine.task("cancel", b"{}").unwrap_err();
        assert!(error.message().contains("external_id"), "{error}");
        let error = engine.task("cancel", br#"{"external_id":"1","acount":"x"}"#).unwrap_err();
        assert!(error.message().contains("acount") && error.message().contains("account?"), "{error}");
        let error = engine.task("cancel", b"[]").unwrap_err();
        assert!(error.message().contains("no JSON object"), "{error}");
        assert!(OPERATIONS.is_sorted_by_key(|operation| operation.name));
    }
}
