//! Clients, prepared calls, and what a call on its way does.

use crate::input::{Answer, Bytes, Moment, Number, Text, answer, argument, environment, json, pairs, with_options};
use crate::pool::{Calls, Deliver, Plan, Pool, Work};
use countersign::options::{SETTLE_DELAY, Scope};
use countersign::{Attempt, Call, Effect, Error, ErrorKind, Json, Options, Reply, Timestamp, sign_customiser, spiff};
use napi::Env;
use napi::bindgen_prelude::BufferSlice;
use napi_derive::napi;
use serde::Serialize;
use serde_json::value::RawValue;
use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A client of either platform.
#[napi]
pub struct Client {
    /// `None` once it was closed.
    open: RefCell<Option<Open>>,
    calls: Arc<Calls>,
    settle_delay: u32,
    timeout: Duration,
}

#[derive(Clone)]
struct Open {
    platform: Platform,
    pool: Arc<Pool>,
}

#[derive(Clone)]
enum Platform {
    Spiff(spiff::Client),
    SignCustomiser(sign_customiser::Client),
}

fn scope(platform: &str) -> Result<Scope, Error> {
    match platform {
        "spiff" => Ok(Scope::Spiff),
        "sign_customiser" => Ok(Scope::SignCustomiser),
        other => Err(argument(format!("There is no platform {other:?}."))),
    }
}

/// `client(platform, options, environment?, threads?, queue?)`: options are names and values in turn.
#[napi(catch_unwind)]
pub fn client(
    platform: Text,
    options: Vec<Bytes<'_>>,
    variables: Text,
    threads: Number,
    queue: Number,
) -> Answer<Client> {
    answer(|| {
        let scope = scope(&platform.get("platform")?)?;
        let given = match variables.optional("environment")? {
            Some(variables) => environment(&variables, scope)?,
            None => Options::new(),
        };
        let options = with_options(options, given)?;
        options.check()?;
        let platform = match scope {
            Scope::SignCustomiser => Platform::SignCustomiser(sign_customiser::Client::new(&options)?),
            _ => Platform::Spiff(spiff::Client::new(&options)?),
        };
        let pool = Pool::new(
            threads.among("threads", 1, 1024)?.unwrap_or(4),
            queue.among("queue", 0, 1_000_000)?.unwrap_or(1000),
        );
        Ok(Client {
            calls: Arc::clone(&pool.0),
            open: RefCell::new(Some(Open { platform, pool: Arc::new(pool) })),
            settle_delay: options.number("settle_delay", SETTLE_DELAY),
            timeout: Duration::try_from_secs_f64(options.seconds("timeout", 30.0)).unwrap_or(Duration::from_secs(30)),
        })
    })
}

impl Client {
    fn open(&self) -> Result<Open, Error> {
        self.open.borrow().clone().ok_or_else(|| argument("This client was closed: make a new one."))
    }
}

/// Not an operation: it panics, so that tests see what becomes of a panic. A name that nobody types.
const PANIC: &str = "__panic";

#[napi]
impl Client {
    /// The same client for others, or with write access to one thing. They share connections and threads.
    #[napi(catch_unwind)]
    pub fn acting_for(&self, partner: Text, transaction: Text, bundle: Text) -> Answer<Client> {
        answer(|| {
            let Open { platform, pool } = self.open()?;
            let Platform::Spiff(spiff) = platform else {
                return Err(Error::new(ErrorKind::Unsupported, "Sign Customiser knows no partners."));
            };
            let platform = Platform::Spiff(spiff.acting_for(
                partner.optional("partnerId")?.as_deref(),
                transaction.optional("transactionOwnerId")?.as_deref(),
                bundle.optional("bundleOwnerId")?.as_deref(),
            )?);
            Ok(Client {
                calls: Arc::clone(&self.calls),
                open: RefCell::new(Some(Open { platform, pool })),
                settle_delay: self.settle_delay,
                timeout: self.timeout,
            })
        })
    }

    /// Its limit for a whole call, in milliseconds.
    #[napi(catch_unwind)]
    pub fn timeout(&self) -> f64 {
        self.timeout.as_secs_f64() * 1000.0
    }

    /// Its connections close, and its threads end, when the calls of all that share them have ended.
    #[napi(catch_unwind)]
    pub fn close(&self) {
        drop(self.open.take());
    }

    #[napi(catch_unwind)]
    pub fn prepare(&self, operation: Text, input: Text, now: Moment) -> Answer<Prepared> {
        answer(|| {
            let (operation, input) = (operation.get("operation")?, input.get("input")?);
            let call = self.open()?.platform.prepare(&operation, input.as_bytes(), now.get()?)?;
            Ok(Prepared { call, settle_delay: self.settle_delay })
        })
    }

    /// Starts a call, whose answer `deliver` gets with its number. One that is aborted already is not sent.
    #[napi(catch_unwind)]
    pub fn submit(
        &self,
        deliver: Deliver<'_>,
        id: u32,
        operation: Text,
        input: Text,
        timeout: Number,
        aborted: bool,
    ) -> Answer<()> {
        answer(|| {
            let operation = operation.get("operation")?;
            let Open { platform, .. } = self.open()?;
            let effect = if operation == PANIC { Effect::Order } else { platform.effect(&operation)? };
            let plan = || {
                let limit = match timeout.optional("timeoutMs")? {
                    None => self.timeout,
                    Some(ms) if ms > 0.0 && ms <= 86_400_000.0 => Duration::from_secs_f64(ms / 1000.0),
                    Some(ms) => {
                        return Err(argument(format!(
                            "timeoutMs is {ms}: milliseconds are due, more than 0 and at most 86400000."
                        )));
                    }
                };
                Ok((input.get("input")?, Plan { effect, settle_delay: self.settle_delay, limit }))
            };
            let (input, plan) = plan().map_err(|error: Error| error.before_sending(effect))?;
            if aborted {
                return Err(plan.aborted());
            }
            self.calls.submit(deliver, id, plan, work(platform, operation, input))
        })
    }

    /// A failure, or nothing if the answer of the call is on the way.
    #[napi(catch_unwind)]
    pub fn abort(&self, id: u32) -> Answer<()> {
        answer(|| self.calls.abort(id).map_or(Ok(()), Err))
    }

    /// A failure if the call still waits for a thread, else nothing.
    #[napi(catch_unwind)]
    pub fn expire(&self, id: u32) -> Answer<()> {
        answer(|| self.calls.expire(id).map_or(Ok(()), Err))
    }
}

fn work(platform: Platform, operation: String, input: String) -> Work {
    Box::new(move |left| {
        assert!(operation != PANIC, "this panic was asked for by the operation {PANIC}");
        let attempts = Arc::default();
        let result = platform.watched(left, &attempts).and_then(|platform| platform.run(&operation, &input));
        let attempts = attempts.lock().unwrap_or_else(PoisonError::into_inner);
        #[derive(Serialize)]
        struct Made<'a> {
            platform: &'static str,
            operation: &'a str,
            attempts: &'a [Attempt],
        }
        let made = Made { platform: platform.name(), operation: &operation, attempts: &attempts };
        (result, if attempts.is_empty() { String::new() } else { json(&made).unwrap_or_default() })
    })
}

// Operations

#[derive(Serialize)]
struct OperationRow {
    name: &'static str,
    effect: &'static str,
    input: &'static str,
}

fn rows<A>(table: &[countersign::operations::Operation<A>]) -> Vec<OperationRow> {
    table.iter().map(|row| OperationRow { name: row.name, effect: effect_name(row.effect), input: row.input }).collect()
}

fn effect_name(effect: Effect) -> &'static str {
    match effect {
        Effect::Read => "read",
        Effect::Order => "order",
        Effect::Change => "change",
    }
}

/// `operations(platform)`
#[napi(catch_unwind)]
pub fn operations(platform: Text) -> Answer<String> {
    answer(|| {
        json(&match scope(&platform.get("platform")?)? {
            Scope::SignCustomiser => rows(countersign::operations::SIGN_CUSTOMISER),
            _ => rows(countersign::operations::SPIFF),
        })
    })
}

/// Operations beside the tables, which the client itself does: several reads and a judgement, or a question about itself.
const OWN: &[&str] = &["check", "settle"];

impl Platform {
    fn effect(&self, name: &str) -> Result<Effect, Error> {
        use countersign::operations::{SIGN_CUSTOMISER, SPIFF, find};
        match self {
            _ if OWN.contains(&name) => Ok(Effect::Read),
            Self::Spiff(_) => find(SPIFF, name).map(|operation| operation.effect),
            Self::SignCustomiser(_) => find(SIGN_CUSTOMISER, name).map(|operation| operation.effect),
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Spiff(_) => "spiff",
            Self::SignCustomiser(_) => "sign_customiser",
        }
    }

    fn prepare(&self, name: &str, input: &[u8], now: Timestamp) -> Result<Call<Json>, Error> {
        use countersign::operations::{SIGN_CUSTOMISER, SPIFF, find};
        match self {
            Self::Spiff(client) => find(SPIFF, name)?.prepare(client.account(), input, now),
            Self::SignCustomiser(client) => find(SIGN_CUSTOMISER, name)?.prepare(client.account(), input, now),
        }
    }

    /// The same client with another limit, telling about its attempts.
    fn watched(&self, limit: Duration, attempts: &Arc<Mutex<Vec<Attempt>>>) -> Result<Self, Error> {
        let kept = Arc::clone(attempts);
        let watch = Arc::new(move |attempt: &Attempt| {
            kept.lock().unwrap_or_else(PoisonError::into_inner).push(attempt.clone());
        });
        Ok(match self {
            Self::Spiff(client) => Self::Spiff(client.with_timeout(limit.as_secs_f64())?.with_observer(watch)),
            Self::SignCustomiser(client) => {
                Self::SignCustomiser(client.with_timeout(limit.as_secs_f64())?.with_observer(watch))
            }
        })
    }

    fn run(&self, name: &str, input: &str) -> Result<String, Error> {
        let text = |answer: countersign::Answer<Json>| String::from(Box::<str>::from(answer.value.0));
        match (self, name) {
            (Self::Spiff(client), "check") => {
                let found = client.check()?;
                json(&Check {
                    integration: Some(&found.integration),
                    subscriptions: None,
                    skew: found.skew,
                    attempt: &found.attempt,
                })
            }
            (Self::SignCustomiser(client), "check") => {
                let found = client.check()?;
                let subscriptions = Some(found.subscriptions);
                json(&Check { integration: None, subscriptions, skew: found.skew, attempt: &found.attempt })
            }
            (Self::Spiff(client), "settle") => {
                let doubt = Doubt::read(input)?;
                let sent_at = doubt.sent_at.ok_or_else(|| argument("sentAt is missing: give what the error said."))?;
                let first = doubt.first_absent_at.map(Timestamp::from_unix);
                json(&client.settle_json(doubt.order.get().as_bytes(), Timestamp::from_unix(sent_at), first)?)
            }
            (Self::SignCustomiser(client), "settle") => match client.settle_json(input.as_bytes())? {},
            (Self::Spiff(client), name) => client.run(name, input.as_bytes()).map(text),
            (Self::SignCustomiser(client), name) => client.run(name, input.as_bytes()).map(text),
        }
    }
}

#[derive(Serialize)]
struct Check<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    integration: Option<&'a spiff::types::Integration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subscriptions: Option<usize>,
    skew: Option<i64>,
    attempt: &'a Attempt,
}

/// The input of `settle`, as `lib/client.js` writes it.
#[derive(serde::Deserialize)]
struct Doubt {
    order: Box<RawValue>,
    sent_at: Option<i64>,
    first_absent_at: Option<i64>,
}

impl Doubt {
    fn read(input: &str) -> Result<Self, Error> {
        serde_json::from_str(input)
            .map_err(|error| argument(format!("The order to settle, or its sentAt, cannot be read: {error}.")))
    }
}

// Prepared calls

/// A prepared call.
#[napi]
pub struct Prepared {
    call: Call<Json>,
    settle_delay: u32,
}

#[napi]
impl Prepared {
    /// What to send, but for the body.
    #[napi(catch_unwind)]
    pub fn members(&self) -> Answer<String> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Members<'c> {
            method: &'c str,
            url: &'c str,
            headers: Vec<(&'c str, &'c str)>,
            signed_at: Timestamp,
            effect: &'static str,
        }
        let request = self.call.request();
        answer(|| {
            json(&Members {
                method: &request.method,
                url: &request.url,
                headers: request.headers.iter().map(|header| (header.name, header.value.as_str())).collect(),
                signed_at: self.call.signed_at(),
                effect: effect_name(self.call.effect()),
            })
        })
    }

    /// A Buffer, or null for none.
    #[napi(catch_unwind)]
    pub fn body<'a>(&self, env: &'a Env) -> napi::Result<Option<BufferSlice<'a>>> {
        match &*self.call.request().body {
            [] => Ok(None),
            body => BufferSlice::copy_from(env, body).map(Some),
        }
    }

    /// JSON text. Whoever reads a reply has sent the call: also an unusable argument leaves an order in doubt.
    #[napi(catch_unwind)]
    pub fn read(&self, status: Number, headers: Text, body: Bytes<'_>) -> Answer<String> {
        let reply = || {
            let status = status.optional("status")?.ok_or_else(|| argument("status is missing."))?;
            Ok(Reply {
                // A number that is no status has no meaning, and is judged like one: the outcome is unknown.
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "it is a whole number in range"
                )]
                status: if status.fract() == 0.0 && (0.0..=999.0).contains(&status) { status as u16 } else { 0 },
                headers: pairs(headers)?,
                body: body.get("body")?.into_owned(),
            })
        };
        answer(|| {
            let reply = reply().map_err(|error: Error| {
                let (effect, sent_at) = (self.call.effect(), self.call.signed_at());
                match effect {
                    Effect::Read => error,
                    _ => error.under_way(effect).with_times(sent_at, sent_at.plus(self.settle_delay.into())),
                }
            })?;
            Ok(self.call.read_json(&reply)?.get().to_owned())
        })
    }

    /// Always a failure.
    #[napi(catch_unwind)]
    pub fn failed(&self, not_sent: bool) -> Answer<()> {
        answer(|| Err(self.call.failed(not_sent)))
    }
}
