//! `Session`: prepares a call for each attempt, sends it, reads it, and decides whether there is another attempt.
//!
//! An order is attempted once. The one exception: when it was refused with 401 or 403 and the reply showed that our clock
//! was far off, it is signed anew and sent once more, because a refusal is a certain *not placed*. Reads may be repeated.

use crate::clock::{Clock, Moment};
use crate::transport::{Failure, Http, Limits, Sent, Transport};
use countersign_core::call;
use countersign_core::delivery::Class;
use countersign_core::{Attempt, Call, Effect, Error, ErrorKind, Json, Options, Outcome, Reply, Request, Timestamp};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

/// Called with the record of every attempt, on the calling thread, before the answer is returned.
pub type Observer = Arc<dyn Fn(&Attempt) + Send + Sync>;

/// An answer and the record of the attempt that brought it.
#[derive(Clone, Debug)]
pub struct Answer<T> {
    /// The answer.
    pub value: T,
    /// The attempt.
    pub attempt: Attempt,
}

#[derive(Clone)]
pub(crate) struct Session {
    transport: Arc<dyn Transport>,
    clock: Arc<Clock>,
    limits: Limits,
    read_retries: u32,
    settle_delay: u32,
    observer: Option<Observer>,
}

/// Prepares a call, and reads its reply.
type Prepare<'p> = dyn Fn(Timestamp) -> Result<Call<Json>, Error> + 'p;
type Read<'r> = dyn FnMut(&Call<Json>, &Reply) -> Result<(), Error> + 'r;

/// The longest pause before a read is repeated; whoever asks for more gets the error instead.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

impl Session {
    pub(crate) fn new(options: &Options) -> Result<Self, Error> {
        Ok(Self::over(Arc::new(Http::new(options)?), options))
    }

    pub(crate) fn over(transport: Arc<dyn Transport>, options: &Options) -> Self {
        Self {
            transport,
            clock: Arc::new(Clock::new(options.flag("skew_correction", true))),
            limits: Http::limits(options),
            read_retries: options.number("read_retries", 2),
            settle_delay: options.number("settle_delay", countersign_core::options::SETTLE_DELAY),
            observer: None,
        }
    }

    pub(crate) fn observe(&mut self, observer: Observer) {
        self.observer = Some(observer);
    }

    /// The same session with another time limit for a whole call.
    pub(crate) fn limited(&self, seconds: f64) -> Result<Self, Error> {
        // Judged as the option is, in its words.
        let options = Options::new().set("timeout", seconds.to_string());
        options.check().map_err(|error| Error::new(ErrorKind::InvalidArgument, error.message()))?;
        let limits = Limits { timeout: Http::limits(&options).timeout, ..self.limits };
        Ok(Self { limits, ..self.clone() })
    }

    /// The same session with at most so much time for a whole call.
    pub(crate) fn within(&self, most: Duration) -> Self {
        Self { limits: Limits { timeout: self.limits.timeout.min(most), ..self.limits }, ..self.clone() }
    }

    /// The platform's clock minus ours in seconds, as far as it was learned.
    pub(crate) fn skew(&self) -> Option<i64> {
        self.clock.skew()
    }

    /// Runs a call: `prepare` signs it anew for every attempt.
    pub(crate) fn run<T: call::Answer>(
        &self,
        prepare: impl Fn(Timestamp) -> Result<Call<T>, Error>,
    ) -> Result<Answer<T>, Error> {
        let mut value = None;
        let attempt = self.attempts(&|now| prepare(now).map(Call::erase), &mut |call, reply| {
            value = Some(call.read_as(reply)?);
            Ok(())
        })?;
        match value {
            Some(value) => Ok(Answer { value, attempt }),
            None => Err(Error::new(ErrorKind::Internal, "A call ended well and was not read.")),
        }
    }

    /// The attempts of a call, whatever its answer is: compiled once.
    fn attempts(&self, prepare: &Prepare<'_>, read: &mut Read<'_>) -> Result<Attempt, Error> {
        let deadline = Instant::now() + self.limits.timeout;
        let (mut resigned, mut repeats) = (false, 0);
        for number in 1.. {
            let moment = self.clock.moment();
            let call = prepare(moment.timestamp())?;
            // Kept by our own clock, not the platform's: what waits for it must not jump when the correction does.
            let sent_at = system_time();
            let (attempt, result, corrected) = self.attempt(&call, &moment, number, deadline, read);
            if let Some(observer) = &self.observer {
                observer(&attempt);
            }
            let error = match result {
                Ok(()) => return Ok(attempt),
                Err(error) => error,
            };
            if corrected && !resigned && error.kind() == ErrorKind::Authentication {
                resigned = true;
                continue;
            }
            if call.effect() == Effect::Read && error.retryable() && repeats < self.read_retries {
                repeats += 1;
                let asked = error.retry_after().map(|seconds| Duration::from_secs(seconds.into()));
                let pause = asked.unwrap_or(Duration::from_millis(100 << repeats));
                if pause <= LONGEST_PAUSE && Instant::now() + pause < deadline {
                    std::thread::sleep(pause);
                    continue;
                }
            }
            let error = if error.outcome() == Some(Outcome::Unknown) {
                error.with_times(sent_at, sent_at.plus(self.settle_delay.into()))
            } else {
                error
            };
            return Err(error.with_attempt(attempt));
        }
        unreachable!("the loop ends by returning")
    }

    fn attempt(
        &self,
        call: &Call<Json>,
        signed: &Moment,
        number: u32,
        deadline: Instant,
        read: &mut Read<'_>,
    ) -> (Attempt, Result<(), Error>, bool) {
        let request = call.request();
        let mut attempt = Attempt {
            method: request.method.clone(),
            url: without_query(request).to_owned(),
            bytes_sent: request.body.len(),
            number,
            ..Attempt::default()
        };
        let started = Instant::now();
        let limits = Limits { timeout: deadline.saturating_duration_since(started), ..self.limits };
        let sent = self.transport.send(request, &limits);
        attempt.milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        match sent {
            Ok(reply) => {
                let refused = matches!(reply.status, 401 | 403);
                let observation = self.clock.observe(&reply, signed, &self.clock.moment(), refused);
                attempt.status = Some(reply.status);
                attempt.request_id = reply.request_id().map(str::to_owned);
                attempt.bytes_received = reply.body.len();
                attempt.skew = observation.skew;
                (attempt, read(call, &reply), observation.corrected)
            }
            Err(failure) => (attempt, Err(error_of(call, failure)), false),
        }
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

fn without_query(request: &Request) -> &str {
    request.url.split(['?', '#']).next().unwrap_or_default()
}

/// Now, by the clock of this machine.
pub(crate) fn system_time() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_unix(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
