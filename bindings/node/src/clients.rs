//! Clients, prepared calls, and what a job does.

use crate::node::{Arguments, Env, Handle, Mailbox, Room, Value};
use crate::pool::{Plan, Work};
use crate::signing::{options_of, pairs};
use countersign::options::{SETTLE_DELAY, Scope};
use countersign::{
    Answer, Attempt, Call, Effect, Error, ErrorKind, Json, Options, Reply, Timestamp, sign_customiser, spiff,
};
use serde::Serialize;
use serde_json::value::RawValue;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A client of either platform.
pub(crate) struct Client {
    platform: Platform,
    settle_delay: u32,
    timeout: Duration,
}

#[derive(Clone)]
enum Platform {
    Spiff(spiff::Client),
    SignCustomiser(sign_customiser::Client),
}

impl Handle for Client {
    const TAG: u64 = 4;
}

/// A prepared call.
pub(crate) struct Prepared {
    call: Call<Json>,
    settle_delay: u32,
}

impl Handle for Prepared {
    const TAG: u64 = 5;
}

fn argument(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidArgument, message)
}

fn scope<'a>(env: Env<'a>, platform: Value<'a>) -> Result<Scope, Error> {
    match env.text(platform, "platform", &mut Room::<32>::new())? {
        "spiff" => Ok(Scope::Spiff),
        "sign_customiser" => Ok(Scope::SignCustomiser),
        other => Err(argument(format!("There is no platform {other:?}."))),
    }
}

/// The options that an environment gives: JSON of its variables, because a worker thread has variables of its own.
pub(crate) fn from_environment<'a>(env: Env<'a>, variables: Value<'a>, scope: Scope) -> Result<Options, Error> {
    let mut room = Room::<1024>::new();
    let variables: HashMap<String, String> = serde_json::from_str(env.text(variables, "environment", &mut room)?)
        .map_err(|_| argument("The environment holds text that is not Unicode."))?;
    Options::new().with_environment(
        scope,
        |name| variables.get(name).cloned(),
        |path| std::fs::read(path).map_err(|error| format!("{path}: {error}")),
    )
}

/// `client(platform, options, environment?)`: options are pairs of name and value in one list.
pub(crate) fn client<'a>(env: Env<'a>, [platform, options, variables, ..]: &Arguments<'a>) -> Result<Value<'a>, Error> {
    let scope = scope(env, *platform)?;
    let given = match env.optional_text(*variables, "environment", &mut Room::<1024>::new())? {
        Some(_) => from_environment(env, *variables, scope)?,
        None => Options::new(),
    };
    let options = options_of(env, *options, given)?;
    options.check()?;
    env.wrap(Client {
        platform: match scope {
            Scope::SignCustomiser => Platform::SignCustomiser(sign_customiser::Client::new(&options)?),
            _ => Platform::Spiff(spiff::Client::new(&options)?),
        },
        settle_delay: options.number("settle_delay", SETTLE_DELAY),
        timeout: Duration::try_from_secs_f64(options.seconds("timeout", 30.0)).unwrap_or(Duration::from_secs(30)),
    })
}

/// `actingFor(client, partnerId?, transactionOwnerId?, bundleOwnerId?)`
pub(crate) fn acting_for<'a>(
    env: Env<'a>,
    [client, partner, transaction, bundle, ..]: &Arguments<'a>,
) -> Result<Value<'a>, Error> {
    let mut rooms = (Room::<64>::new(), Room::<64>::new(), Room::<64>::new());
    let client = env.handle::<Client>(*client)?;
    let Platform::Spiff(spiff) = &client.platform else {
        return Err(Error::new(ErrorKind::Unsupported, "Sign Customiser knows no partners."));
    };
    let platform = Platform::Spiff(spiff.acting_for(
        env.optional_text(*partner, "partnerId", &mut rooms.0)?,
        env.optional_text(*transaction, "transactionOwnerId", &mut rooms.1)?,
        env.optional_text(*bundle, "bundleOwnerId", &mut rooms.2)?,
    )?);
    env.wrap(Client { platform, settle_delay: client.settle_delay, timeout: client.timeout })
}

/// `clientTimeout(client)`: its limit for a whole call, in milliseconds.
pub(crate) fn client_timeout<'a>(env: Env<'a>, [client, ..]: &Arguments<'a>) -> Result<Value<'a>, Error> {
    env.number(env.handle::<Client>(*client)?.timeout.as_secs_f64() * 1000.0)
}

/// `close(client)`: its connections close when the calls under way have ended.
pub(crate) fn close<'a>(env: Env<'a>, [client, ..]: &Arguments<'a>) -> Result<Value<'a>, Error> {
    drop(env.take::<Client>(*client));
    env.undefined()
}

// Operations

#[derive(Serialize)]
struct OperationRow {
    name: &'static str,
    effect: &'static str,
    input: &'static str,
}

fn rows<A>(table: &[countersign::operations::Operation<A>]) -> Vec<OperationRow> {
    let effect = |effect| match effect {
        Effect::Read => "read",
        Effect::Order => "order",
        Effect::Change => "change",
    };
    table.iter().map(|row| OperationRow { name: row.name, effect: effect(row.effect), input: row.input }).collect()
}

/// `operations(platform)`
pub(crate) fn operations<'a>(env: Env<'a>, [platform, ..]: &Arguments<'a>) -> Result<Value<'a>, Error> {
    env.json(&match scope(env, *platform)? {
        Scope::SignCustomiser => rows(countersign::operations::SIGN_CUSTOMISER),
        _ => rows(countersign::operations::SPIFF),
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
        let text = |answer: Answer<Json>| String::from(Box::<str>::from(answer.value.0));
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

fn json(value: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(value)
        .map_err(|error| Error::new(ErrorKind::Internal, format!("JSON could not be written: {error}")))
}

// Prepared calls

/// `prepare(client, operation, input, now?)`
pub(crate) fn prepare<'a>(
    env: Env<'a>,
    [client, operation, input, now, ..]: &Arguments<'a>,
) -> Result<Value<'a>, Error> {
    let mut rooms = (Room::<64>::new(), Room::<1024>::new());
    let client = env.handle::<Client>(*client)?;
    let input = env.text(*input, "input", &mut rooms.1)?.as_bytes();
    let call = client.platform.prepare(env.text(*operation, "operation", &mut rooms.0)?, input, env.moment(*now)?)?;
    env.wrap(Prepared { call, settle_delay: client.settle_delay })
}

/// `call(call)`: what to send, but for the body.
pub(crate) fn call<'a>(env: Env<'a>, [call, ..]: &Arguments<'a>) -> Result<Value<'a>, Error> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Members<'c> {
        method: &'c str,
        url: &'c str,
        headers: Vec<(&'c str, &'c str)>,
        signed_at: Timestamp,
        effect: &'static str,
    }
    let prepared = env.handle::<Prepared>(*call)?;
    let request = prepared.call.request();
    env.json(&Members {
        method: &request.method,
        url: &request.url,
        headers: request.headers.iter().map(|header| (header.name, header.value.as_str())).collect(),
        signed_at: prepared.call.signed_at(),
        effect: match prepared.call.effect() {
            Effect::Read => "read",
            Effect::Order => "order",
            Effect::Change => "change",
        },
    })
}

/// `callBody(call)`: a Buffer, or undefined for none.
pub(crate) fn call_body<'a>(env: Env<'a>, [call, ..]: &Arguments<'a>) -> Result<Value<'a>, Error> {
    match &*env.handle::<Prepared>(*call)?.call.request().body {
        [] => env.undefined(),
        body => env.buffer(body),
    }
}

/// `callRead(call, status, headers, body)`: JSON text. Whoever reads a reply has sent the call: also an unusable argument
/// leaves an order in doubt.
pub(crate) fn call_read<'a>(
    env: Env<'a>,
    [call, status, headers, body, ..]: &Arguments<'a>,
) -> Result<Value<'a>, Error> {
    let prepared = env.handle::<Prepared>(*call)?;
    let reply = || {
        let mut room = Room::<1024>::new();
        let status = env.optional_number(*status, "status")?.ok_or_else(|| argument("status is missing."))?;
        Ok(Reply {
            // A number that is no status has no meaning, and is judged like one: the outcome is unknown.
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "it is a whole number in range"
            )]
            status: if status.fract() == 0.0 && (0.0..=999.0).contains(&status) { status as u16 } else { 0 },
            headers: pairs(env, *headers)?,
            body: env.bytes(*body, "body", &mut room)?.to_vec(),
        })
    };
    let reply = reply().map_err(|error: Error| {
        let (effect, sent_at) = (prepared.call.effect(), prepared.call.signed_at());
        match effect {
            Effect::Read => error,
            _ => error.under_way(effect).with_times(sent_at, sent_at.plus(prepared.settle_delay.into())),
        }
    })?;
    env.string(prepared.call.read_json(&reply)?.get())
}

/// `callFailed(call, notSent)`: always a failure.
pub(crate) fn call_failed<'a>(env: Env<'a>, [call, not_sent, ..]: &Arguments<'a>) -> Result<Value<'a>, Error> {
    Err(env.handle::<Prepared>(*call)?.call.failed(env.flag(*not_sent)))
}

// Jobs

/// `open(deliver, threads, queue)`: makes the pool; `deliver(id, answer, failure, attempts)` is called for each job.
pub(crate) fn open<'a>(env: Env<'a>, [deliver, threads, queue, ..]: &Arguments<'a>) -> Result<Value<'a>, Error> {
    let number = |value, what| {
        let number = env.optional_number(value, what)?.unwrap_or_default();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "lib/pool.js checked it")]
        Ok::<_, Error>(number as usize)
    };
    let mailbox = Mailbox::new(env, *deliver)?;
    env.instance()?.borrow_mut().open(mailbox, number(*threads, "threads")?.max(1), number(*queue, "queue")?);
    env.undefined()
}

/// Not an operation: it panics, so that tests see what becomes of a panic. A name that nobody types.
const PANIC: &str = "__panic";

/// `submit(client, operation, input, timeoutMs?, aborted)`: the number of the job. One that is aborted already is not sent.
pub(crate) fn submit<'a>(
    env: Env<'a>,
    [client, operation, input, timeout, aborted, ..]: &Arguments<'a>,
) -> Result<Value<'a>, Error> {
    let client = env.handle::<Client>(*client)?;
    let operation = env.owned(*operation, "operation")?;
    let effect = if operation == PANIC { Effect::Order } else { client.platform.effect(&operation)? };
    let plan = || {
        let limit = match env.optional_number(*timeout, "timeoutMs")? {
            None => client.timeout,
            Some(ms) if ms > 0.0 && ms <= 86_400_000.0 => Duration::from_secs_f64(ms / 1000.0),
            Some(ms) => {
                return Err(argument(format!(
                    "timeoutMs is {ms}: milliseconds are due, more than 0 and at most 86400000."
                )));
            }
        };
        Ok((env.owned(*input, "input")?, Plan { effect, settle_delay: client.settle_delay, limit }))
    };
    let (input, plan) = plan().map_err(|error| error.before_sending(effect))?;
    if env.flag(*aborted) {
        return Err(plan.aborted());
    }
    let platform = client.platform.clone();
    let work: Work = Box::new(move |left| {
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
    });
    let id = env.instance()?.borrow_mut().submit(env, plan, work)?;
    env.number(id.into())
}

fn job<'a>(env: Env<'a>, id: Value<'a>) -> Result<u32, Error> {
    let id = env.optional_number(id, "job")?.unwrap_or_default();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number that submit() answered")]
    Ok(id as u32)
}

/// `abort(job)`: a failure, or undefined if its answer is on the way.
pub(crate) fn abort<'a>(env: Env<'a>, [id, ..]: &Arguments<'a>) -> Result<Value<'a>, Error> {
    let id = job(env, *id)?;
    env.instance()?.borrow_mut().abort(env, id).map_or_else(|| env.undefined(), Err)
}

/// `expire(job)`: a failure if it still waits for a thread, else undefined.
pub(crate) fn expire<'a>(env: Env<'a>, [id, ..]: &Arguments<'a>) -> Result<Value<'a>, Error> {
    let id = job(env, *id)?;
    env.instance()?.borrow_mut().expire(env, id).map_or_else(|| env.undefined(), Err)
}
