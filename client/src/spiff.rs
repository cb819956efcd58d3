//! The client of Spiff Commerce.

#[rustfmt::skip]
mod methods;
mod pages;

use crate::clock::system_time;
use crate::session::Answer;
use crate::{Deadline, client};
use asked::Input;
use countersign_core::call;
use countersign_core::delivery::{Class, Effect};
use countersign_core::operation::{Steps, find};
use countersign_core::operations::SPIFF;
pub use countersign_core::spiff::*;
use countersign_core::{Attempt, Call, Error, ErrorKind, Json, Timestamp};
use document::Document;
pub use pages::Pages;
use serde_json::Value;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::ops::Range;
use std::time::Duration;

/// Places orders at Spiff and reads them back.
///
/// Every query and mutation of the platform is a method; `docs/spiff-model.md` lists them.
///
/// ```no_run
/// use countersign::spiff::{Client, Terminal, input};
/// use std::time::Duration;
///
/// let spiff = Client::from_env()?;
/// // Aligned with the ids, `None` where there is none; any number of ids. `select` asks for other fields.
/// for design in spiff.select("designName product { name basePrice }").transactions(&["…", "…"])?.iter().flatten() {
///     println!("{:?} costs {:?}", design.design_name, design.product.as_ref().and_then(|product| product.base_price));
/// }
/// // A feed is read page by page.
/// for status in spiff.order_statuses_feed() {
///     println!("{:?}", status?.and_then(|status| status.name));
/// }
/// // A flow is started, awaited, and its artifacts are read.
/// let start = input::ProcessExecutionCreate {
///     process_flow_id: "…".to_owned(),
///     inputs: vec![Terminal::entity("Transaction", "…")],
/// };
/// let run = spiff.process_execution_create(&start)?;
/// let run = spiff.wait_for_process_execution(run.id.as_deref().unwrap_or_default(), Duration::from_secs(60))?;
/// for node in run.nodes.iter().flatten().flatten() {
///     if let Some(text) = &node.artifacts {
///         println!("{:?}", text.artifact()?.json_key().map(|file| file.url));
///     }
/// }
/// # Ok::<(), countersign::Error>(())
/// ```
pub type Client = client::Client<Account>;

/// What [`Client::check`] found.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Check<I = types::Integration> {
    /// The integration that the credentials belong to.
    pub integration: I,
    /// The platform's clock minus ours in seconds, as far as the reply tells.
    pub skew: Option<i64>,
    /// The attempt.
    pub attempt: Option<Attempt>,
}

impl Client {
    /// The same client for a partner, or with write access to one transaction or bundle.
    ///
    /// # Errors
    /// `invalid_argument` for an id that cannot stand in a header.
    pub fn acting_for(
        &self,
        partner_id: Option<&str>,
        transaction_owner_id: Option<&str>,
        bundle_owner_id: Option<&str>,
    ) -> Result<Self, Error> {
        let account = self.account.acting_for(partner_id, transaction_owner_id, bundle_owner_id)?;
        Ok(Self { account, ..self.clone() })
    }

    /// The same client, whose typed operations ask for these fields instead of their defaults: names and braces, such as
    /// `"id product { id name }"`. It is checked when an operation uses it, before anything is sent.
    #[must_use]
    pub fn select(&self, fields: &str) -> Self {
        Self { selection: Some(fields.into()), ..self.clone() }
    }

    /// Runs an operation of [`countersign_core::operations::SPIFF`] by its name, JSON in and JSON out. A read with more ids
    /// than one request takes becomes several requests and one answer.
    ///
    /// # Errors
    /// Those of the operation.
    pub fn run(&self, operation: &str, input: &[u8]) -> Result<Answer<Json>, Error> {
        let operation = find(SPIFF, operation)?;
        match operation.steps {
            Steps::Document(document) => self.read_all(&self.session.deadline(), &document.read(input)?),
            Steps::Wait => self.wait(&Wait::read(input)?),
            Steps::Settle => {
                let settled = self.settled(&Doubt::read(input, system_time())?)?;
                settled.with(|settlement| client::json(&settlement))
            }
            Steps::Check => self
                .checked(|now| operation.prepare(&self.account, input, now))
                .and_then(|answer| answer.with(|check| client::json(&check))),
            Steps::One => self.call(|now| operation.prepare(&self.account, input, now)),
        }
    }

    /// All parts of an operation, as one answer.
    fn read_all(&self, deadline: &Deadline, input: &Input<'_>) -> Result<Answer<Json>, Error> {
        match input.parts()?.as_slice() {
            [all] => self.session.run(deadline, |now| input.prepare(&self.account, all.clone(), now)),
            parts => self.parts_until(deadline, input, parts),
        }
    }

    /// The parts one after another, joined. What one part does not show is only missing if no part shows anything.
    fn parts_until(
        &self,
        deadline: &Deadline,
        input: &Input<'_>,
        parts: &[Range<usize>],
    ) -> Result<Answer<Json>, Error> {
        let mut answers = Vec::with_capacity(parts.len());
        let mut attempts = Vec::new();
        let mut missing = None;
        for part in parts {
            match self.session.run(deadline, |now| input.prepare::<Json>(&self.account, part.clone(), now)) {
                Ok(answer) => {
                    attempts.extend(answer.attempts);
                    answers.push((part.clone(), Some(answer.value)));
                }
                Err(error) if error.kind() == ErrorKind::MissingData => {
                    answers.push((part.clone(), None));
                    attempts.extend(error.overcome());
                    missing = Some(error);
                }
                Err(error) => return Err(error.with_attempts(attempts)),
            }
        }
        match missing {
            Some(error) if answers.iter().all(|(_, answer)| answer.is_none()) => {
                Err(error.replacing_attempts(attempts))
            }
            _ => Ok(Answer { value: input.join(&answers)?, attempts }),
        }
    }

    /// The typed answer of an operation.
    fn answer<T: call::Answer>(&self, document: &'static Document, mut input: Value) -> Result<T, Error> {
        if let Some(fields) = self.selection.as_deref().filter(|_| !document.of.is_empty()) {
            input["select"] = fields.into();
        }
        self.decoded(&self.session.deadline(), document, &input).map(|answer| answer.value)
    }

    /// An operation whose answer is decoded where it lies.
    fn decoded<T: call::Answer>(
        &self,
        deadline: &Deadline,
        document: &'static Document,
        input: &Value,
    ) -> Result<Answer<T>, Error> {
        let input = input.to_string();
        let input = document.read(input.as_bytes())?;
        match input.parts()?.as_slice() {
            [all] => self.session.run(deadline, |now| input.prepare(&self.account, all.clone(), now)),
            parts => self.parts_until(deadline, &input, parts)?.with(|json| {
                T::of(Cow::Owned(json.0)).map_err(|error| {
                    let message = format!("The reply is JSON, but not of the documented shape: {error}.");
                    Error::of_class(Class::UnexpectedReply, document.effect, message)
                })
            }),
        }
    }

    fn pages<T>(&self, document: &'static Document, input: Value) -> Pages<T> {
        Pages::new(self.clone(), document, input)
    }

    /// Waits until a process execution has ended, well (`completed_at`) or not (`failed_at`), and answers it. It is looked
    /// at every [`flow::WAIT_STEP`], and a last time at the end. That the two fields say so is unverified: a
    /// first-party client relies on it.
    ///
    /// # Errors
    /// `timeout` if it has not ended by then; those of a read.
    pub fn wait_for_process_execution(&self, id: &str, timeout: Duration) -> Result<types::ProcessExecution, Error> {
        let select = self.selection.as_deref().map(str::to_owned);
        let json =
            self.wait(&Wait { id: id.to_owned(), pace: Pace { timeout, interval: flow::WAIT_STEP }, select })?.value;
        serde_json::from_str(json.get()).map_err(|error| {
            Error::of_class(
                Class::UnexpectedReply,
                Effect::Read,
                format!("The process execution is of another shape: {error}."),
            )
        })
    }

    fn wait(&self, wait: &Wait) -> Result<Answer<Json>, Error> {
        let Pace { timeout, .. } = wait.pace;
        let whole = Deadline::within(timeout);
        let waited = || timeout.saturating_sub(whole.left());
        let mut attempts = Vec::new();
        loop {
            let deadline = match (wait.pace.look(waited()), self.session.deadline()) {
                // Messages name the limit that was set, not what is left of it.
                (Some(most), read) if most < read.left() => Deadline::within(most).of_limit(most.max(timeout)),
                (_, read) => read,
            };
            let answer = match self.session.run(&deadline, |now| wait.prepare(&self.account, now)) {
                Ok(answer) => answer,
                Err(error) => return Err(error.with_attempts(attempts)),
            };
            attempts.extend(answer.attempts);
            if Wait::is_over(&answer.value) {
                return Ok(Answer { value: answer.value, attempts });
            }
            let Some(rest) = wait.pace.rest(waited()) else {
                let within =
                    if timeout.is_zero() { "yet".to_owned() } else { format!("within {} s", timeout.as_secs_f64()) };
                let message = format!("Process execution {:?} has not ended {within}.", wait.id);
                return Err(Error::of_class(Class::TimedOut, Effect::Read, message).with_attempts(attempts));
            };
            std::thread::sleep(rest);
        }
    }

    /// Places an order, once. Whatever happens, it is not sent a second time (but see `skew_correction`).
    ///
    /// # Errors
    /// With [`Error::outcome`] *not placed*: it is certain that the platform does not have it. With *unknown*: settle it.
    pub fn place_order(&self, order: &Order) -> Result<PlacedOrder, Error> {
        self.call(|now| self.account.prepare_order(order, now)).map(|answer| answer.value)
    }

    /// Executes a GraphQL document; the answer is its `data`. `variables` is a JSON object.
    ///
    /// # Errors
    /// `graphql_refused` if it was not executed, `graphql_errors` if it was with errors, `missing_data` for null.
    pub fn graphql(&self, query: &str, variables: Option<&[u8]>, operation_name: Option<&str>) -> Result<Json, Error> {
        self.call(|now| self.account.prepare_graphql(query, variables, operation_name, now)).map(|answer| answer.value)
    }

    /// Finds out whether an order in doubt was placed, by reading its transactions back.
    ///
    /// `sent_at` is what the error said. The first answer *nothing ordered* is unclear by itself, because it proves
    /// nothing about a request that may still be accepted: settle again at [`Settlement::again_at`], and hand over
    /// [`Settlement::first_absent_at`]. Looks grow rarer, as [`SPACING`] says; after the last one `again_at` is `None`.
    ///
    /// # Errors
    /// `invalid_argument` for a moment before this library existed or far ahead. Those of a read; the order is as much in doubt as before.
    pub fn settle(
        &self,
        order: &Order,
        sent_at: Timestamp,
        first_absent_at: Option<Timestamp>,
    ) -> Result<Settlement, Error> {
        let text = serde_json::to_vec(order).map_err(Error::unwritten)?;
        self.settle_json(&text, sent_at, first_absent_at)
    }

    /// The same for an order given as JSON.
    ///
    /// # Errors
    /// As [`Client::settle`].
    pub fn settle_json(
        &self,
        order: &[u8],
        sent_at: Timestamp,
        first_absent_at: Option<Timestamp>,
    ) -> Result<Settlement, Error> {
        let doubt = Doubt::of(order, sent_at, first_absent_at, system_time())?;
        self.settled(&doubt).map(|answer| answer.value)
    }

    fn settled(&self, doubt: &Doubt<'_>) -> Result<Answer<Settlement>, Error> {
        // What is settled was sent once: this is a read, whatever is wrong with it.
        let draft = self.account.draft(doubt.order).map_err(|error| error.before_sending(Effect::Read))?;
        let designs = draft.designs();
        let times = (self.account.settle_delay(), self.account.settle_gap());
        self.look(designs, &self.session.deadline())?
            .with(|seen| Ok(judge(designs, &seen, (doubt.sent_at, doubt.first_absent_at), system_time(), times)))
    }

    /// Reads the designs of an order back, every one of them within the deadline: what [`judge`] needs.
    ///
    /// # Errors
    /// Those of a read. That nothing is shown is an answer, and no error.
    pub fn look(&self, designs: &Designs, deadline: &Deadline) -> Result<Answer<Seen>, Error> {
        let transactions =
            self.visible(deadline, &operations::TRANSACTIONS, &designs.transactions, SeenTransaction::SELECT)?;
        match self.visible(deadline, &operations::BUNDLES, &designs.bundles, SeenBundle::SELECT) {
            Ok(bundles) => {
                let seen = Seen::of(designs, transactions.value.as_deref(), bundles.value.as_deref());
                Ok(Answer { value: seen, attempts: [transactions.attempts, bundles.attempts].concat() })
            }
            Err(error) => Err(error.with_attempts(transactions.attempts)),
        }
    }

    /// A read in which *nothing is shown* is an answer, not an error: the list as the platform gave it.
    fn visible(
        &self,
        deadline: &Deadline,
        document: &'static Document,
        ids: &[String],
        select: &str,
    ) -> Result<Answer<Option<Box<RawValue>>>, Error> {
        if ids.is_empty() {
            return Ok(Answer { value: None, attempts: Vec::new() });
        }
        let input = asked::ids(ids, select)?;
        let input = document.read(&input)?.as_answered();
        match self.read_all(deadline, &input) {
            Ok(answer) => answer.with(|json| Ok(Some(json.0))),
            Err(error) if error.kind() == ErrorKind::MissingData => {
                Ok(Answer { value: None, attempts: error.overcome().collect() })
            }
            Err(error) => Err(error),
        }
    }

    /// Makes one harmless read that tells whether credentials, region and clock are right.
    ///
    /// # Errors
    /// What is wrong: `authentication`, `missing_data` (the platform's other way to refuse), `connect`, `tls`, …
    pub fn check(&self) -> Result<Check, Error> {
        self.checked(|now| operations::CURRENT_INTEGRATION.prepare(&self.account, b"", now)).map(|answer| answer.value)
    }

    fn checked<I: call::Answer>(
        &self,
        prepare: impl Fn(Timestamp) -> Result<Call<I>, Error>,
    ) -> Result<Answer<Check<I>>, Error> {
        let answer = self.call(prepare)?;
        let (skew, attempt) = self.clock_seen(&answer.attempts);
        answer.with(|integration| Ok(Check { integration, skew, attempt }))
    }
}
