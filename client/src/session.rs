//! `Session`: prepares a call for each attempt, sends it, reads it, and decides whether there is another attempt.
//!
//! An order is attempted once. The one exception: when it was refused with 401 or 403 and the reply showed that our clock
//! was far off, it is signed anew and sent once more, because a refusal is a certain *not placed*. Reads may be repeated.

use crate::Deadline;
use crate::clock::{Clock, Moment, system_time};
use crate::transport::{Failure, Http, Limits, Sent, Transport};
use countersign_core::call;
use countersign_core::delivery::{Class, Level};
use countersign_core::{
    Attempt, Call, Effect, Error, ErrorKind, Json, Mask, Options, Outcome, Reply, Request, Timestamp,
};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Is told about every attempt, on the calling thread. A closure that takes an [`Attempt`] is one, too.
pub trait Observer: Send + Sync {
    /// Directly before an attempt: what of it is known by then. A span can be opened here.
    fn before(&self, attempt: &Attempt) {
        let _ = attempt;
    }

    /// After it, before the answer is returned.
    fn after(&self, attempt: &Attempt);
}

impl<F: Fn(&Attempt) + Send + Sync> Observer for F {
    fn after(&self, attempt: &Attempt) {
        self(attempt);
    }
}

/// An answer, and the records of the attempts that brought it.
#[derive(Clone, Debug)]
pub struct Answer<T> {
    /// The answer.
    pub value: T,
    /// Every attempt, in their order.
    pub attempts: Vec<Attempt>,
}

impl<T> Answer<T> {
    /// The last attempt.
    pub fn attempt(&self) -> Option<&Attempt> {
        self.attempts.last()
    }

    /// Another answer that was made of this one.
    pub(crate) fn with<U>(self, make: impl FnOnce(T) -> Result<U, Error>) -> Result<Answer<U>, Error> {
        match make(self.value) {
            Ok(value) => Ok(Answer { value, attempts: self.attempts }),
            Err(error) => Err(error.with_attempts(self.attempts)),
        }
    }
}

#[derive(Clone)]
pub(crate) struct Session {
    transport: Arc<dyn Transport>,
    clock: Arc<Clock>,
    limits: Limits,
    /// The time limit for a whole call as it was set, where a part of it has passed already.
    set: Option<Duration>,
    read_retries: u32,
    /// What the transport was given beside the calls' own credentials: a proxy's.
    mask: Mask,
    observer: Option<Arc<dyn Observer>>,
}

/// Prepares a call, and reads its reply.
type Prepare<'p> = dyn Fn(Timestamp) -> Result<Call<Json>, Error> + 'p;
type Read<'r> = dyn FnMut(&Call<Json>, &Reply) -> Result<(), Error> + 'r;

/// The longest pause before a read is repeated; whoever asks for more gets the error instead.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

impl Session {
    pub(crate) fn new(options: &Options) -> Result<Self, Error> {
        let http = Http::new(options)?;
        let mask = http.mask().clone();
        Ok(Self { mask, ..Self::over(Arc::new(http), options) })
    }

    pub(crate) fn over(transport: Arc<dyn Transport>, options: &Options) -> Self {
        Self {
            transport,
            clock: Arc::new(Clock::new(options.flag("skew_correction", true))),
            limits: Http::limits(options),
            set: None,
            read_retries: options.number("read_retries", 2),
            mask: Mask::default(),
            observer: None,
        }
    }

    pub(crate) fn observe(&mut self, observer: Arc<dyn Observer>) {
        self.observer = Some(observer);
    }

    /// The same session with another time limit for a whole call.
    pub(crate) fn limited(&self, seconds: f64) -> Result<Self, Error> {
        // Judged as the option is, in its words.
        let options = Options::new().set("timeout", seconds.to_string());
        options.check().map_err(|error| Error::new(ErrorKind::InvalidArgument, error.message()))?;
        let limits = Limits { timeout: Http::limits(&options).timeout, ..self.limits };
        Ok(Self { limits, set: None, ..self.clone() })
    }

    /// The same session for a call that has waited: so much of its time limit is left. Messages name the limit.
    pub(crate) fn with_time_left(&self, left: Duration) -> Self {
        let set = Some(self.set.unwrap_or(self.limits.timeout));
        Self { limits: Limits { timeout: left.min(self.limits.timeout), ..self.limits }, set, ..self.clone() }
    }

    /// Seconds for a whole call.
    pub(crate) fn timeout(&self) -> Duration {
        self.limits.timeout
    }

    /// When a call that begins now has to end.
    pub(crate) fn deadline(&self) -> Deadline {
        Deadline::within(self.limits.timeout).of_limit(self.set.unwrap_or(self.limits.timeout))
    }

    /// The platform's clock minus ours in seconds, as far as it was learned.
    pub(crate) fn skew(&self) -> Option<i64> {
        self.clock.skew()
    }

    /// Takes over what was learned elsewhere.
    pub(crate) fn learn(&self, skew: i64) {
        self.clock.learn(skew);
    }

    /// The time to sign with.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.moment().timestamp()
    }

    /// Runs a call until the deadline: `prepare` signs it anew for every attempt.
    pub(crate) fn run<T: call::Answer>(
        &self,
        deadline: &Deadline,
        prepare: impl Fn(Timestamp) -> Result<Call<T>, Error>,
    ) -> Result<Answer<T>, Error> {
        let mut value = None;
        let attempts = self.attempts(deadline, &|now| prepare(now).map(Call::erase), &mut |call, reply| {
            value = Some(call.read_as(reply)?);
            Ok(())
        })?;
        match value {
            Some(value) => Ok(Answer { value, attempts }),
            None => Err(Error::new(ErrorKind::Internal, "A call ended well and was not read.")),
        }
    }

    /// Sends a call, once: nothing is signed again, nothing is repeated.
    pub(crate) fn send_once<T: call::Answer>(&self, call: &Call<T>, deadline: &Deadline) -> Result<Answer<T>, Error> {
        let mut value = None;
        let erased = call.clone().erase();
        let read: &mut Read<'_> = &mut |call, reply| {
            value = Some(call.read_as(reply)?);
            Ok(())
        };
        let (attempt, result, _) = self.attempt(&erased, &self.clock.moment(), 1, deadline, read);
        match (result, value) {
            (Ok(()), Some(value)) => Ok(Answer { value, attempts: vec![attempt] }),
            (Ok(()), None) => Err(Error::new(ErrorKind::Internal, "A call ended well and was not read.")),
            (Err(error), _) => Err(error.masked(&self.mask).with_attempts(vec![attempt])),
        }
    }

    /// The attempts of a call, whatever its answer is: compiled once.
    fn attempts(&self, deadline: &Deadline, prepare: &Prepare<'_>, read: &mut Read<'_>) -> Result<Vec<Attempt>, Error> {
        let mut attempts = Vec::new();
        let (mut resigned, mut repeats) = (false, 0);
        for number in 1.. {
            let moment = self.clock.moment();
            let call = match prepare(moment.timestamp()) {
                Ok(call) => call,
                Err(error) => return Err(error.with_attempts(attempts)),
            };
            // Kept by our own clock, not the platform's: what waits for it must not jump when the correction does.
            let sent_at = system_time();
            let (attempt, result, corrected) = self.attempt(&call, &moment, number, deadline, read);
            attempts.push(attempt);
            let Err(error) = result else { return Ok(attempts) };
            if corrected && !resigned && error.kind() == ErrorKind::Authentication {
                resigned = true;
                continue;
            }
            if call.effect() == Effect::Read && error.retryable() && repeats < self.read_retries {
                repeats += 1;
                let asked = error.retry_after().map(|seconds| Duration::from_secs(seconds.into()));
                let pause = asked.unwrap_or(Duration::from_millis(100 << repeats));
                if pause <= LONGEST_PAUSE && pause < deadline.left() {
                    std::thread::sleep(pause);
                    continue;
                }
            }
            let error = error.with_times(sent_at, call.settle_delay()).with_attempts(attempts);
            return Err(error.masked(&self.mask));
        }
        unreachable!("the loop ends by returning")
    }

    fn attempt(
        &self,
        call: &Call<Json>,
        signed: &Moment,
        number: u32,
        deadline: &Deadline,
        read: &mut Read<'_>,
    ) -> (Attempt, Result<(), Error>, bool) {
        let request = call.request();
        let mut attempt = Attempt {
            method: request.method.clone(),
            url: quoted(without_query(request), usize::MAX, call, &self.mask),
            bytes_sent: request.body.len(),
            number,
            level: Level::of(call.effect()),
            ..Attempt::default()
        };
        if let Some(observer) = &self.observer {
            observer.before(&attempt);
        }
        let started = Instant::now();
        let timeout = deadline.left().min(self.limits.timeout);
        let sent = self.transport.send(request, &Limits { timeout, deadline: Some(*deadline), ..self.limits });
        attempt.milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (result, corrected) = match sent {
            Ok(reply) => {
                let refused = matches!(reply.status, 401 | 403);
                let observation = self.clock.observe(&reply, signed, &self.clock.moment(), refused);
                attempt.status = Some(reply.status);
                attempt.request_id = reply.request_id().map(|id| quoted(id, LONGEST_ID, call, &self.mask));
                attempt.bytes_received = reply.body.len();
                attempt.skew = observation.skew;
                (read(call, &reply), observation.corrected)
            }
            Err(failure) => (Err(error_of(call, failure)), false),
        };
        if let Some(observer) = &self.observer {
            observer.after(&attempt);
        }
        (attempt, result, corrected)
    }
}

/// The error of a failure; whether bytes may have left outranks what a transport calls it.
fn error_of<T>(call: &Call<T>, failure: Failure) -> Error {
    let certain = failure.class.outcome(Effect::Order) == Some(Outcome::NotPlaced);
    let class = match failure.sent {
        Sent::Maybe if certain => Class::Interrupted,
        Sent::No if !certain => Class::Unreachable,
        _ => failure.class,
    };
    call.error(class, failure.message)
}

/// A text as somebody else wrote it: cut, and without credentials.
fn quoted(text: &str, most: usize, call: &Call<Json>, mask: &Mask) -> String {
    let short = text.char_indices().nth(most).map_or(text, |(end, _)| &text[..end]);
    let mut quote = if short.len() < text.len() { format!("{short}…") } else { text.to_owned() };
    call.cover(&mut quote);
    mask.cover(&mut quote);
    quote
}

/// The longest id of a request that is kept, in bytes.
const LONGEST_ID: usize = 256;

fn without_query(request: &Request) -> &str {
    request.url.split(['?', '#']).next().unwrap_or_default()
}
