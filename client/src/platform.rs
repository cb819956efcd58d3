//! `Platform`: any platform by its name, any operation by its name, JSON in and JSON out; and what is known of a call that
//! something struck from outside. It is what the other languages and the terminal are made of.

use crate::clock::system_time;
use crate::session::{Answer, Observer};
use crate::{Deadline, options_from_env, sign_customiser, spiff};
use countersign_core::delivery::Class;
use countersign_core::draft::{Designs, Draft};
use countersign_core::operation::{Row, find, rows};
use countersign_core::operations::{SIGN_CUSTOMISER, SPIFF};
use countersign_core::options::Scope;
use countersign_core::spiff::{PlacedOrder, Seen};
use countersign_core::{Call, Effect, Error, ErrorKind, Json, Options, Timestamp};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

/// A client of one of the platforms.
///
/// Made once and shared: `Send`, `Sync`, cheap to clone, usable after `fork`.
///
/// ```no_run
/// use countersign::{Options, Platform};
///
/// let platform = Platform::new("spiff", &Options::new().set("application_key", "…").set("region", "us"))?;
/// let answer = platform.run("transactions", br#"{"ids":["e3ac7f3a"],"select":"designName"}"#)?;
/// println!("{} after {} attempts", answer.value.get(), answer.attempts.len());
/// # Ok::<(), countersign::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Platform(Inner);

#[derive(Clone, Debug)]
enum Inner {
    Spiff(spiff::Client),
    SignCustomiser(sign_customiser::Client),
}

/// The same for the client of either platform.
macro_rules! each {
    ($platform:expr, $client:ident => $work:expr) => {
        match &$platform.0 {
            Inner::Spiff($client) => $work,
            Inner::SignCustomiser($client) => $work,
        }
    };
}

/// Not operations: they panic, so that the tests of every language see what becomes of a panic. Names that nobody types.
const PANICS: [(&str, Effect); 3] =
    [("__panic", Effect::Order), ("__panic_change", Effect::Change), ("__panic_read", Effect::Read)];

fn panic_of(operation: &str) -> Option<Effect> {
    PANICS.iter().find(|(name, _)| *name == operation).map(|(_, effect)| *effect)
}

fn panic_if_asked(operation: &str) {
    assert!(panic_of(operation).is_none(), "this panic was asked for by the operation {operation}");
}

/// Runs `work`; a panic in it becomes an error.
fn guarded<R>(work: impl FnOnce() -> Result<R, Error>, panicked: impl FnOnce() -> Error) -> Result<R, Error> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| {
        // A payload may panic once more while it is dropped.
        _ = catch_unwind(AssertUnwindSafe(|| drop(payload)));
        Err(panicked())
    })
}

impl Platform {
    /// A client of the platform with this name, `spiff` or `sign_customiser`.
    ///
    /// # Errors
    /// `invalid_argument` for another name; those of [`spiff::Client::new`] and [`sign_customiser::Client::new`].
    pub fn new(platform: &str, options: &Options) -> Result<Self, Error> {
        Ok(Self(match Scope::of(platform)? {
            Scope::SignCustomiser => Inner::SignCustomiser(sign_customiser::Client::new(options)?),
            _ => Inner::Spiff(spiff::Client::new(options)?),
        }))
    }

    /// The same by the options that the environment gives.
    ///
    /// # Errors
    /// As [`Platform::new`], and `configuration` for an unreadable file.
    pub fn from_env(platform: &str) -> Result<Self, Error> {
        Self::new(platform, &options_from_env(Scope::of(platform)?)?)
    }

    /// `spiff` or `sign_customiser`.
    pub fn name(&self) -> &'static str {
        match &self.0 {
            Inner::Spiff(_) => "spiff",
            Inner::SignCustomiser(_) => "sign_customiser",
        }
    }

    /// Every operation of the platform with this name.
    ///
    /// # Errors
    /// `invalid_argument` for another name.
    pub fn operations(platform: &str) -> Result<Vec<Row>, Error> {
        Ok(match Scope::of(platform)? {
            Scope::SignCustomiser => rows(SIGN_CUSTOMISER),
            _ => rows(SPIFF),
        })
    }

    /// What an operation does with this input.
    ///
    /// # Errors
    /// `invalid_argument` for a name that is none, with the nearest one.
    pub fn effect(&self, operation: &str, input: &[u8]) -> Result<Effect, Error> {
        effect(self.name(), operation, input)
    }

    /// Runs an operation: prepares it, sends it, reads the reply. A panic in it is an error like any other.
    ///
    /// # Errors
    /// Those of the operation.
    pub fn run(&self, operation: &str, input: &[u8]) -> Result<Answer<Json>, Error> {
        let begun = system_time();
        let work = || {
            panic_if_asked(operation);
            each!(self, client => client.run(operation, input))
        };
        guarded(work, || self.struck(Class::Defect, self.effect(operation, input).unwrap_or(Effect::Change), begun))
    }

    /// Prepares an operation without sending it, signed as of `now`, or of the clock.
    ///
    /// # Errors
    /// For an input that does not fit, with every problem; nothing is sent.
    pub fn prepare(&self, operation: &str, input: &[u8], now: Option<Timestamp>) -> Result<Call<Json>, Error> {
        let now = now.unwrap_or_else(system_time);
        let work = || {
            panic_if_asked(operation);
            each!(self, client => client.prepare(operation, input, now))
        };
        guarded(work, || {
            let error = Error::new(ErrorKind::Internal, Class::Defect.in_words(Effect::Read));
            error.before_sending(self.effect(operation, input).unwrap_or(Effect::Change))
        })
    }

    /// Checks an order given as JSON and writes it as it will be sent.
    ///
    /// # Errors
    /// `invalid_json`, `invalid_order`; nothing is sent.
    pub fn draft(&self, order: &[u8]) -> Result<Draft, Error> {
        each!(self, client => client.draft(order))
    }

    /// Signs a draft now and sends it exactly once, unless the deadline has passed by the time its first byte would leave.
    ///
    /// # Errors
    /// What became of this attempt.
    pub fn send(&self, draft: &Draft, deadline: &Deadline) -> Result<Answer<PlacedOrder>, Error> {
        let begun = system_time();
        let work = || {
            each!(self, client => {
                let call = client.account().sign(draft, client.now())?;
                client.send_once(&call, deadline)
            })
        };
        guarded(work, || self.struck(Class::Defect, Effect::Order, begun))
    }

    /// Whether the platform can be asked what became of an order.
    pub fn has_read(&self) -> bool {
        matches!(self.0, Inner::Spiff(_))
    }

    /// Reads the designs of an order; nothing is seen where the platform has no read.
    ///
    /// # Errors
    /// What became of the read.
    pub fn look(&self, designs: &Designs, deadline: &Deadline) -> Result<Answer<Seen>, Error> {
        let begun = system_time();
        let work = || match &self.0 {
            Inner::Spiff(client) => client.look(designs, deadline),
            Inner::SignCustomiser(_) => Ok(Answer { value: Seen::default(), attempts: Vec::new() }),
        };
        guarded(work, || self.struck(Class::Defect, Effect::Read, begun))
    }

    /// By which credential it calls, in a form that may be stored: the same for the same one, and nothing of a secret.
    pub fn credential(&self) -> String {
        each!(self, client => client.account().credential())
    }

    /// What is known of a call that something struck from outside of it: a panic, its caller's wish, a queue that was too
    /// long. `begun` is when the call began.
    pub fn struck(&self, class: Class, effect: Effect, begun: Timestamp) -> Error {
        self.struck_because(class, effect, begun, class.in_words(effect))
    }

    /// The same in words of the host's own.
    pub fn struck_because(&self, class: Class, effect: Effect, begun: Timestamp, message: impl Into<String>) -> Error {
        each!(self, client => client.struck(class, effect, begun, message))
    }

    /// The same client with another time limit for a whole call, in seconds. Connections are shared.
    ///
    /// # Errors
    /// `invalid_argument` unless it is more than 0 and at most 86400.
    pub fn with_timeout(&self, seconds: f64) -> Result<Self, Error> {
        Ok(Self(match &self.0 {
            Inner::Spiff(client) => Inner::Spiff(client.with_timeout(seconds)?),
            Inner::SignCustomiser(client) => Inner::SignCustomiser(client.with_timeout(seconds)?),
        }))
    }

    /// The same client for a call that has waited: so much of its time limit is left. Errors name the limit as it was set.
    #[must_use]
    pub fn with_time_left(&self, left: Duration) -> Self {
        Self(match &self.0 {
            Inner::Spiff(client) => Inner::Spiff(client.with_time_left(left)),
            Inner::SignCustomiser(client) => Inner::SignCustomiser(client.with_time_left(left)),
        })
    }

    /// The time limit for a whole call.
    pub fn timeout(&self) -> Duration {
        each!(self, client => client.timeout())
    }

    /// The same client for a partner, or with write access to one transaction or bundle.
    ///
    /// # Errors
    /// `invalid_argument` for an id that cannot stand in a header; `unsupported` at Sign Customiser.
    pub fn acting_for(
        &self,
        partner_id: Option<&str>,
        transaction_owner_id: Option<&str>,
        bundle_owner_id: Option<&str>,
    ) -> Result<Self, Error> {
        match &self.0 {
            Inner::Spiff(client) => {
                Ok(Self(Inner::Spiff(client.acting_for(partner_id, transaction_owner_id, bundle_owner_id)?)))
            }
            Inner::SignCustomiser(_) => {
                Err(Error::new(ErrorKind::Unsupported, "Sign Customiser knows no partners and no owners."))
            }
        }
    }

    /// The same client, telling `observer` about every attempt.
    #[must_use]
    pub fn with_observer(self, observer: Arc<dyn Observer>) -> Self {
        Self(match self.0 {
            Inner::Spiff(client) => Inner::Spiff(client.with_observer(observer)),
            Inner::SignCustomiser(client) => Inner::SignCustomiser(client.with_observer(observer)),
        })
    }
}

/// What an operation of the platform with this name does with this input.
///
/// # Errors
/// `invalid_argument` for a name that is none, with the nearest one.
pub fn effect(platform: &str, operation: &str, input: &[u8]) -> Result<Effect, Error> {
    let scope = Scope::of(platform)?;
    if let Some(effect) = panic_of(operation) {
        return Ok(effect);
    }
    match scope {
        Scope::SignCustomiser => Ok(find(SIGN_CUSTOMISER, operation)?.effect_of(input)),
        _ => Ok(find(SPIFF, operation)?.effect_of(input)),
    }
}

/// The error of a call of a client that was closed.
pub fn closed(effect: Effect) -> Error {
    Error::new(ErrorKind::InvalidArgument, "The client is closed. Make another one.").before_sending(effect)
}
