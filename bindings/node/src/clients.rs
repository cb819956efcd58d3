//! Clients, and prepared calls.

use crate::input::{Answer, Bytes, Number, Text, answer, argument, environment, json, pairs, with_options};
use crate::pool::{Calls, Deliver, Job, Pool};
use countersign::delivery::Class;
use countersign::{
    Call, Effect, Error, Json, Options, Platform, Reply, Timestamp, operation, platform, spiff, system_time,
};
use napi::Env;
use napi::bindgen_prelude::BufferSlice;
use napi_derive::napi;
use serde::de::{Deserialize, IntoDeserializer, value};
use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

/// A client of either platform.
#[napi]
pub struct Client {
    name: &'static str,
    /// `None` once it was closed.
    open: RefCell<Option<Open>>,
    calls: Arc<Calls>,
}

#[derive(Clone)]
struct Open {
    platform: Platform,
    pool: Arc<Pool>,
}

/// `operations(platform)`
#[napi(catch_unwind)]
pub fn operations(platform: Text) -> Answer<String> {
    answer(|| json(&Platform::operations(&platform.get("platform")?)?))
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
        let platform = platform.get("platform")?;
        let given = match variables.optional("environment")? {
            Some(variables) => environment(&variables, &platform)?,
            None => Options::new(),
        };
        let platform = Platform::new(&platform, &with_options(options, given)?)?;
        let threads = threads.whole("threads", 1, 1024)?.unwrap_or(4);
        let pool = Pool::new(threads as usize, queue.whole("queue", 0, 1_000_000)?.unwrap_or(1000) as usize);
        Ok(Client::new(platform, Arc::new(pool)))
    })
}

/// The shortest time there is, in milliseconds.
const NANOSECOND: f64 = 1e-6;

impl Client {
    fn new(platform: Platform, pool: Arc<Pool>) -> Self {
        Self { name: platform.name(), calls: Arc::clone(&pool.0), open: RefCell::new(Some(Open { platform, pool })) }
    }

    /// What it is to an outbox, which keeps it for itself.
    #[cfg(feature = "outbox")]
    pub(crate) fn platform(&self) -> Result<Platform, Error> {
        self.open(Effect::Read).map(|open| open.platform)
    }

    fn open(&self, effect: Effect) -> Result<Open, Error> {
        self.open.borrow().clone().ok_or_else(|| platform::closed(effect))
    }
}

#[napi]
impl Client {
    /// The same client for others, or with write access to one thing. They share connections and threads.
    #[napi(catch_unwind)]
    pub fn acting_for(&self, partner: Text, transaction: Text, bundle: Text) -> Answer<Client> {
        answer(|| {
            let Open { platform, pool } = self.open(Effect::Read)?;
            let platform = platform.acting_for(
                partner.optional("partnerId")?.as_deref(),
                transaction.optional("transactionOwnerId")?.as_deref(),
                bundle.optional("bundleOwnerId")?.as_deref(),
            )?;
            Ok(Self::new(platform, pool))
        })
    }

    /// Its limit for a whole call, in milliseconds.
    #[napi(catch_unwind)]
    pub fn timeout(&self) -> Answer<f64> {
        answer(|| Ok(self.open(Effect::Read)?.platform.timeout().as_secs_f64() * 1000.0))
    }

    /// Its connections close, and its threads end, when the calls of all that share them have ended.
    #[napi(catch_unwind)]
    pub fn close(&self) {
        drop(self.open.take());
    }

    #[napi(catch_unwind)]
    pub fn prepare(&self, operation: Text, input: Text, now: Number) -> Answer<Prepared> {
        answer(|| {
            let (operation, input) = (operation.get("operation")?, input.get("input")?);
            let effect = platform::effect(self.name, &operation, input.as_bytes())?;
            self.open(effect)?.platform.prepare(&operation, input.as_bytes(), now.moment()?).map(Prepared)
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
            let (operation, input) = (operation.get("operation")?, input.get("input")?);
            let effect = platform::effect(self.name, &operation, input.as_bytes())?;
            let Open { platform, .. } = self.open(effect)?;
            let platform = match timeout.limit("timeoutMs", NANOSECOND) {
                Ok(None) => Ok(platform),
                Ok(Some(limit)) => platform.with_timeout(limit.as_secs_f64()),
                Err(error) => Err(error),
            };
            let platform = platform.map_err(|error| error.before_sending(effect))?;
            if aborted {
                return Err(platform.struck(Class::AbortedUnsent, effect, system_time()));
            }
            self.calls.submit(deliver, Job { id, platform, operation, input, effect })
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

// What is judged before it comes to a client

/// A time limit in milliseconds, at least so many.
#[napi(catch_unwind)]
pub fn milliseconds(given: Number, what: Text, least: f64) -> Answer<f64> {
    answer(|| {
        let what = what.get("what")?;
        let limit =
            given.limit(&what, least)?.ok_or_else(|| argument(format!("{what} is missing: milliseconds are due.")))?;
        Ok(limit.as_secs_f64() * 1000.0)
    })
}

/// `pace(timeoutMs, intervalMs, waitedMs)`: how many milliseconds the next look at a process execution may take, and how many
/// to rest before one more; undefined for as many as any read, and where the wait is over.
#[napi(catch_unwind)]
pub fn pace(timeout: f64, interval: f64, waited: f64) -> Vec<Option<f64>> {
    let [timeout, interval, waited] = [timeout, interval, waited].map(|ms| Duration::from_secs_f64(ms / 1000.0));
    let pace = spiff::Pace { timeout, interval };
    [pace.look(waited), pace.rest(waited)].map(|time| time.map(|time| time.as_secs_f64() * 1000.0)).to_vec()
}

/// A moment in seconds since 1970, if it is one; in whatever year where the operation judges that.
#[napi(catch_unwind)]
pub fn moment(seconds: Number, what: Text, in_any_year: bool) -> Answer<f64> {
    answer(|| {
        let what = what.get("what")?;
        let seconds = seconds.optional(&what)?.unwrap_or(f64::NAN);
        if seconds.fract() != 0.0 {
            return Err(argument(format!("{what} is {seconds}: whole seconds since 1970 are due, or a Date.")));
        }
        if !in_any_year {
            #[expect(clippy::cast_possible_truncation, reason = "what is out of range stays so")]
            Timestamp::of_seconds(seconds as i64).map_err(|why| argument(format!("{what} is not usable: {why}")))?;
        }
        Ok(seconds)
    })
}

fn effect(name: &str) -> Result<Effect, Error> {
    Effect::deserialize(name.into_deserializer())
        .map_err(|error: value::Error| argument(format!("The effect {name:?} is none: {error}.")))
}

/// Always a failure: an argument that is not usable. `effect` says what it stopped, if it stopped a call.
#[napi(catch_unwind)]
pub fn refused(message: Text, effect_name: Text) -> Answer<()> {
    answer(|| {
        let error = argument(message.get("message")?);
        Err(match effect_name.optional("effect")? {
            Some(name) => error.before_sending(effect(&name)?),
            None => error,
        })
    })
}

/// Always a failure: an input that is not JSON, with every problem.
#[napi(catch_unwind)]
pub fn unusable(effect_name: Text, problems: Text) -> Answer<()> {
    answer(|| {
        let problems = serde_json::from_str(&problems.get("problems")?)
            .map_err(|error| argument(format!("The problems cannot be read: {error}.")))?;
        Err(operation::unusable(effect(&effect_name.get("effect")?)?, problems))
    })
}

/// A prepared call.
#[napi]
pub struct Prepared(Call<Json>);

#[napi]
impl Prepared {
    /// What to send, but for the body.
    #[napi(catch_unwind)]
    pub fn members(&self) -> Answer<String> {
        let request = self.0.request();
        let headers: Vec<_> = request.headers.iter().map(|header| (header.name, header.value.as_str())).collect();
        answer(|| {
            json(&serde_json::json!({
                "method": request.method, "url": request.url, "headers": headers,
                "signedAt": self.0.signed_at(),
            }))
        })
    }

    /// A Buffer, or null for none.
    #[napi(catch_unwind)]
    pub fn body<'a>(&self, env: &'a Env) -> napi::Result<Option<BufferSlice<'a>>> {
        match &*self.0.request().body {
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
            let reply = reply().map_err(|error: Error| self.0.unreadable(error))?;
            Ok(self.0.read_json(&reply)?.get().to_owned())
        })
    }

    /// Always a failure.
    #[napi(catch_unwind)]
    pub fn failed(&self, not_sent: bool) -> Answer<()> {
        answer(|| Err(self.0.failed(not_sent)))
    }
}
