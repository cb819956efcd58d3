//! A row: one paid order. Everything that a rule compares stands in it, so that any worker can go on where another died.

use crate::engine::Cx;
use crate::policy::Policy;
use crate::state::{Due, Event, Facts, Reason, Record, Rules, State, Transition, step};
use crate::statement::{Commit, Statement, Value, Wants, ascii, unicode};
use serde::Serialize;
use serde_json::json;

pub(crate) enum Kind {
    Int,
    /// So many bytes of ASCII at most.
    Text(usize),
    Long,
}

/// How much room the ids of the shop and of the platform have, in bytes of ASCII.
pub(crate) const LONGEST: usize = 765;

pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) nullable: bool,
    pub(crate) default: Option<i64>,
}

macro_rules! columns {
    (@kind int) => { Kind::Int };
    (@kind long) => { Kind::Long };
    (@kind $most:expr) => { Kind::Text($most) };
    ($($name:literal $kind:tt $(= $default:literal)? $(null $null:tt)?;)*) => {
        &[$(Column {
            name: $name,
            kind: columns!(@kind $kind),
            nullable: columns!(@null $($null)?),
            default: columns!(@default $($default)?),
        }),*]
    };
    (@null) => { false };
    (@null yes) => { true };
    (@default) => { None };
    (@default $default:literal) => { Some($default) };
}

/// Every column but `id`. Later versions only add.
pub(crate) const COLUMNS: &[Column] = columns! {
    "row_key" 64;
    "provider" int;
    "account" 64;
    "external_id" LONGEST;
    "state" int;
    "version" int;
    "due_at" int null yes;
    "lease_until" int null yes;
    "token" 32 null yes;
    "failures" int = 0;
    "crashes" int = 0;
    "sends" int = 0;
    "doubts" int = 0;
    "resends" int = 0;
    "read_backs" int = 0;
    "first_sent_at" int null yes;
    "last_sent_at" int null yes;
    "doubted_at" int null yes;
    "wait_at" int null yes;
    "wait_clock" int null yes;
    "absent_at" int null yes;
    "absent_clock" int null yes;
    "flags" int = 0;
    "reason" int null yes;
    "wire" int;
    "items_hash" 64;
    "conflict_hash" 64 null yes;
    "body" long null yes;
    "remote_id" LONGEST null yes;
    "last_kind" int null yes;
    "created_at" int;
    "fresh_at" int;
    "updated_at" int;
    "done_at" int null yes;
    "history" long;
};

/// The bits of `flags`. What a later version adds stays untouched.
pub mod flag {
    /// A person said to send it although its designs were ordered before: reading back proves nothing.
    pub const BASELINE: i64 = 1;
    /// The shop does not want it any more.
    pub const UNWANTED: i64 = 1 << 1;
    /// The shop changed it when that was too late.
    pub const CONFLICT: i64 = 1 << 2;
    /// The platform may have it twice.
    pub const DUPLICATE: i64 = 1 << 3;
    /// It was changed or taken up again.
    pub const ALTERED: i64 = 1 << 4;
    /// It was found at the platform without having been sent from this row.
    pub const FOUND: i64 = 1 << 5;
    /// It is in doubt.
    pub const DOUBTED: i64 = 1 << 6;
    /// It was in doubt once.
    pub const EVER_DOUBTED: i64 = 1 << 7;
    /// It is to be cancelled at the platform by a person.
    pub const CANCEL_THERE: i64 = 1 << 8;
    /// A person accepted that it may be made twice.
    pub const RISK: i64 = 1 << 9;
    /// It was placed by another way, and only written down here.
    pub const ELSEWHERE: i64 = 1 << 10;
    /// The platform has it although it had ended otherwise here.
    pub const SURPRISE: i64 = 1 << 11;

    /// Their names, as lists show them.
    pub const NAMES: &[(i64, &str)] = &[
        (BASELINE, "ordered_before"),
        (UNWANTED, "cancel_wanted"),
        (CONFLICT, "conflict"),
        (DUPLICATE, "possible_duplicate"),
        (ALTERED, "changed"),
        (FOUND, "found"),
        (DOUBTED, "in_doubt"),
        (EVER_DOUBTED, "was_in_doubt"),
        (CANCEL_THERE, "cancel_at_platform"),
        (RISK, "risk_accepted"),
        (ELSEWHERE, "placed_elsewhere"),
        (SURPRISE, "placed_after_its_end"),
    ];

    /// What a person must look at.
    pub const ALERTS: i64 = CONFLICT | DUPLICATE | CANCEL_THERE | SURPRISE;
}

/// How many lines of history a row keeps.
const HISTORY: usize = 64;

/// One order in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the columns of docs/outbox.md")]
pub struct Row {
    pub id: i64,
    pub row_key: String,
    pub provider: i64,
    pub account: String,
    pub external_id: String,
    pub state: State,
    pub version: i64,
    pub due_at: Option<i64>,
    pub lease_until: Option<i64>,
    pub token: Option<String>,
    pub failures: i64,
    pub crashes: i64,
    pub sends: i64,
    pub doubts: i64,
    pub resends: i64,
    pub read_backs: i64,
    pub first_sent_at: Option<i64>,
    pub last_sent_at: Option<i64>,
    pub doubted_at: Option<i64>,
    pub wait_at: Option<i64>,
    pub wait_clock: Option<i64>,
    pub absent_at: Option<i64>,
    pub absent_clock: Option<i64>,
    pub flags: i64,
    pub reason: Option<Reason>,
    pub wire: i64,
    pub items_hash: String,
    pub conflict_hash: Option<String>,
    pub body: Option<String>,
    pub remote_id: Option<String>,
    pub last_kind: Option<i64>,
    pub created_at: i64,
    pub fresh_at: i64,
    pub updated_at: i64,
    pub done_at: Option<i64>,
    pub history: String,
    /// The store's clock when the row was read.
    pub now: i64,
}

/// A row as lists and other languages show it: no body, no token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "as the fields of `Row`; times in seconds since 1970")]
pub struct Shown {
    pub account: String,
    pub external_id: String,
    pub state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    pub flags: Vec<&'static str>,
    pub remote_id: Option<String>,
    pub due_at: Option<i64>,
    pub sends: i64,
    pub created_at: i64,
    pub updated_at: i64,
}

/// The values of a row in the order of their columns.
struct Cells<'v>(std::slice::Iter<'v, Value>);

impl Cells<'_> {
    fn next(&mut self) -> Result<&Value, String> {
        self.0.next().ok_or_else(|| "a row has too few values".to_owned())
    }

    fn int(&mut self) -> Result<i64, String> {
        self.opt_int()?.ok_or_else(|| "a number is NULL".to_owned())
    }

    fn opt_int(&mut self) -> Result<Option<i64>, String> {
        let value = self.next()?;
        match value.int() {
            None if *value != Value::Null => Err("a number is text".to_owned()),
            number => Ok(number),
        }
    }

    fn text(&mut self) -> Result<String, String> {
        self.opt_text()?.ok_or_else(|| "a text is NULL".to_owned())
    }

    fn opt_text(&mut self) -> Result<Option<String>, String> {
        Ok(self.next()?.text())
    }
}

impl Row {
    /// What a SELECT lists.
    pub(crate) fn columns() -> String {
        Self::columns_of("")
    }

    /// The same of a table that has another name in it.
    pub(crate) fn columns_of(table: &str) -> String {
        let names: String = COLUMNS.iter().map(|column| format!(", {table}{}", column.name)).collect();
        format!("{table}id{names}, {{now}}")
    }

    /// Reads what such a SELECT answers.
    pub(crate) fn of(values: &[Value]) -> Result<Self, String> {
        let mut cells = Cells(values.iter());
        Ok(Self {
            id: cells.int()?,
            row_key: cells.text()?,
            provider: cells.int()?,
            account: cells.text()?,
            external_id: unicode(&cells.text()?),
            state: {
                let number = cells.int()?;
                State::of_number(number).ok_or_else(|| format!("state {number} is not known to this version"))?
            },
            version: cells.int()?,
            due_at: cells.opt_int()?,
            lease_until: cells.opt_int()?,
            token: cells.opt_text()?,
            failures: cells.int()?,
            crashes: cells.int()?,
            sends: cells.int()?,
            doubts: cells.int()?,
            resends: cells.int()?,
            read_backs: cells.int()?,
            first_sent_at: cells.opt_int()?,
            last_sent_at: cells.opt_int()?,
            doubted_at: cells.opt_int()?,
            wait_at: cells.opt_int()?,
            wait_clock: cells.opt_int()?,
            absent_at: cells.opt_int()?,
            absent_clock: cells.opt_int()?,
            flags: cells.int()?,
            reason: cells.opt_int()?.and_then(Reason::of_number),
            wire: cells.int()?,
            items_hash: cells.text()?,
            conflict_hash: cells.opt_text()?,
            body: cells.opt_text()?,
            remote_id: cells.opt_text()?.as_deref().map(unicode),
            last_kind: cells.opt_int()?,
            created_at: cells.int()?,
            fresh_at: cells.int()?,
            updated_at: cells.int()?,
            done_at: cells.opt_int()?,
            history: cells.text()?,
            now: cells.int()?,
        })
    }

    /// Whether a flag is set.
    pub fn is(&self, flag: i64) -> bool {
        self.flags & flag != 0
    }

    /// What a person is to look at, and everything else that is said of it without its body.
    pub fn shown(&self) -> Shown {
        let seconds = |ms: i64| ms.div_euclid(1000);
        Shown {
            account: self.account.clone(),
            external_id: self.external_id.clone(),
            state: self.state.name(),
            reason: self.reason.filter(|_| self.state == State::Held).map(Reason::name),
            flags: flag::NAMES.iter().filter(|(bit, _)| self.is(*bit)).map(|(_, name)| *name).collect(),
            remote_id: self.remote_id.clone(),
            due_at: self.due_at.map(seconds),
            sends: self.sends,
            created_at: seconds(self.created_at),
            updated_at: seconds(self.updated_at),
        }
    }

    /// The lines of its history, the oldest first.
    pub fn history(&self) -> impl Iterator<Item = serde_json::Value> {
        self.history.lines().filter_map(|line| serde_json::from_str(line).ok())
    }

    /// What [`step`] looks at.
    pub(crate) fn facts(&self, policy: &Policy, rules: Rules, read_back: bool) -> Facts {
        Facts {
            ever_doubted: self.is(flag::EVER_DOUBTED),
            doubted: self.is(flag::DOUBTED),
            altered: self.is(flag::ALTERED),
            unwanted: self.is(flag::UNWANTED),
            resend_left: self.resends < i64::from(policy.resends) || !rules.hold(13),
            read_back,
            baseline: self.is(flag::BASELINE),
            blocked: self.state == State::Held
                && matches!(self.reason, Some(Reason::AlreadyOrdered | Reason::PartlyOrdered | Reason::AlreadyOurs)),
            ours: self.is(flag::FOUND),
            ..Facts::default()
        }
    }
}

/// What happens to a row beside the event itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct Happening {
    /// Facts that are not the row's own.
    pub(crate) sent_since: bool,
    pub(crate) other_remote: bool,
    pub(crate) other_goods: bool,
    /// The second clock of whoever tells it.
    pub(crate) clock: i64,
    /// Where in the span of a back-off: 0 to 255.
    pub(crate) jitter: u8,
    /// A wait that the platform or the account asks for, in milliseconds.
    pub(crate) wait: Option<i64>,
    /// A better reason than the machine's own.
    pub(crate) reason: Option<Reason>,
    pub(crate) kind: Option<i64>,
    pub(crate) why: Option<String>,
    pub(crate) who: Option<String>,
    pub(crate) remote_id: Option<String>,
    pub(crate) token: Option<String>,
    pub(crate) draft: Option<Kept>,
}

/// What of a new draft is kept.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) wire: i64,
    pub(crate) items_hash: String,
    pub(crate) body: String,
}

/// A change of a row: one UPDATE that happens whole, or not at all.
pub(crate) struct Change {
    pub(crate) transition: &'static Transition,
    pub(crate) to: State,
    sets: Vec<(&'static str, String, Option<Value>)>,
}

impl Change {
    fn set(&mut self, column: &'static str, value: impl Into<Value>) {
        self.sets.push((column, "?".to_owned(), Some(value.into())));
    }

    fn now(&mut self, column: &'static str) {
        self.sets.push((column, "{now}".to_owned(), None));
    }

    fn now_plus(&mut self, column: &'static str, ms: i64) {
        self.sets.push((column, "{now} + ?".to_owned(), Some(ms.into())));
    }
}

/// What becomes of the row when this happens: `None` if it does not concern it (any more).
pub(crate) fn change(
    row: &Row,
    event: Event,
    what: &Happening,
    policy: &Policy,
    rules: Rules,
    read_back: bool,
) -> Option<Change> {
    let facts = Facts {
        sent_since: what.sent_since,
        other_remote: what.other_remote,
        other_goods: what.other_goods,
        ..row.facts(policy, rules, read_back)
    };
    let transition = step(row.state, event, &facts, rules)?;
    let to = transition.to.unwrap_or(row.state);
    let mut change = Change { transition, to, sets: Vec::new() };
    let mut flags = row.flags;
    if matches!(event, Event::SaidPlaced | Event::SaidRetry | Event::SaidDrop) {
        // What was listed for a person has been seen by one.
        flags &= !flag::ALERTS;
    }
    let (mut doubts, mut failures) = (row.doubts, row.failures);
    for record in transition.records {
        match record {
            Record::Body => {
                if let Some(kept) = &what.draft {
                    change.set("wire", kept.wire);
                    change.set("items_hash", kept.items_hash.as_str());
                    change.set("body", kept.body.as_str());
                }
            }
            Record::Altered => {
                flags = (flags | flag::ALTERED) & !(flag::UNWANTED | flag::BASELINE);
                failures = 0;
                change.now("fresh_at");
            }
            Record::Fresh => {
                failures = 0;
                change.now("fresh_at");
            }
            Record::Conflict => {
                flags |= flag::CONFLICT;
                change.set("conflict_hash", what.draft.as_ref().map(|kept| kept.items_hash.clone()));
            }
            Record::Unwanted => flags |= flag::UNWANTED,
            Record::Wanted => flags &= !(flag::UNWANTED | flag::CANCEL_THERE),
            Record::CancelThere => flags |= flag::CANCEL_THERE,
            Record::Send => {
                change.set("sends", row.sends + 1);
                if row.first_sent_at.is_none() {
                    change.now("first_sent_at");
                }
                change.now("last_sent_at");
            }
            Record::Doubt => {
                flags |= flag::DOUBTED | flag::EVER_DOUBTED;
                doubts += 1;
                change.set("doubts", doubts);
                change.now("doubted_at");
                change.set("read_backs", 0);
                wait_anew(&mut change, what.clock);
            }
            Record::NoDoubt => flags &= !flag::DOUBTED,
            Record::Resend => change.set("resends", row.resends + 1),
            Record::Resends => change.set("resends", 0),
            Record::Read => change.set("read_backs", row.read_backs + 1),
            Record::Absent => {
                change.now("absent_at");
                change.set("absent_clock", what.clock);
            }
            Record::Restart => wait_anew(&mut change, what.clock),
            Record::ReadAnew => {
                change.now("doubted_at");
                change.set("read_backs", 0);
                wait_anew(&mut change, what.clock);
            }
            Record::Baseline => flags |= flag::BASELINE,
            Record::Risk => flags |= flag::RISK,
            Record::Found => flags |= flag::FOUND,
            Record::Surprise => flags |= flag::SURPRISE,
            Record::Duplicate => flags |= flag::DUPLICATE,
        }
    }
    if !to.is_open() {
        // What has ended is in doubt no more, whoever proved it.
        flags &= !flag::DOUBTED;
    }
    if flags != row.flags {
        change.set("flags", flags);
    }
    if transition.due == Due::Backoff && what.wait.is_none() {
        failures += 1;
    }
    if failures != row.failures {
        change.set("failures", failures);
    }
    due(&mut change, row, what, policy, doubts, failures);
    // A claim is told by its lease, and what a reading told stands as the reason that it may end with.
    let claim = event == Event::Claimed;
    if to != row.state || transition.reason.is_some() || what.reason.is_some() {
        let reason = match transition.reason {
            Some(own) => Some(what.reason.unwrap_or(own)),
            None => what.reason,
        };
        change.set("reason", reason.map(Reason::number));
    }
    if claim {
        change.set("crashes", row.crashes + 1);
    } else if event != Event::Sent && event != Event::LeaseEnded && row.crashes != 0 {
        change.set("crashes", 0);
    }
    if let Some(kind) = what.kind {
        change.set("last_kind", kind);
    }
    if let Some(remote) = &what.remote_id
        && row.remote_id.is_none()
    {
        change.set("remote_id", ascii(remote));
    }
    if to.is_open() {
        if row.done_at.is_some() {
            change.set("done_at", Value::Null);
        }
    } else if row.done_at.is_none() {
        change.now("done_at");
    }
    if !claim {
        change.set("history", line(row, event, what, transition, to));
    }
    Some(change)
}

fn wait_anew(change: &mut Change, clock: i64) {
    change.now("wait_at");
    change.set("wait_clock", clock);
    change.set("absent_at", Value::Null);
    change.set("absent_clock", Value::Null);
}

/// Due time, lease and token.
fn due(change: &mut Change, row: &Row, what: &Happening, policy: &Policy, doubts: i64, failures: i64) {
    let lease = policy.ms(policy.lease);
    let spread = |ms: i64| (ms / 2 + ms / 2 * i64::from(what.jitter) / 255).max(1);
    match change.transition.due {
        // What the shop or a person says to a row that is being worked at leaves the lease alone.
        Due::Keep => return,
        Due::Lease => {
            change.now_plus("due_at", lease);
            change.now_plus("lease_until", lease);
            if let Some(token) = &what.token {
                change.set("token", token.as_str());
            }
            return;
        }
        // A time of grace that was asked for stays.
        Due::Now
            if row.state == State::Pending
                && row.lease_until.is_none()
                && row.failures == 0
                && row.due_at > Some(row.now) => {}
        Due::Now => change.now("due_at"),
        // What has ended is due once more: when its body is forgotten.
        Due::Never if change.to.is_open() => change.set("due_at", Value::Null),
        Due::Never => change.now_plus("due_at", policy.ms(policy.keep_bodies)),
        Due::Backoff => {
            change.now_plus("due_at", what.wait.unwrap_or_else(|| spread(policy.backoff_ms(failures))));
        }
        Due::Account => change.now_plus("due_at", what.wait.unwrap_or_else(|| policy.ms(policy.check_every))),
        Due::Spaced => {
            let since = if row.state == State::Unknown { row.doubted_at } else { Some(row.fresh_at) };
            let age = row.now - since.unwrap_or(row.now);
            change.now_plus("due_at", policy.spacing_ms(age));
        }
        Due::Settle => change.now_plus("due_at", what.wait.unwrap_or_else(|| policy.settle_ms(doubts))),
        Due::Gap => change.now_plus("due_at", policy.ms(policy.gap)),
    }
    if row.lease_until.is_some() {
        change.set("lease_until", Value::Null);
    }
    if row.token.is_some() {
        change.set("token", Value::Null);
    }
}

/// The history with one more line: what happened, when, and why; no secret, no body.
fn line(row: &Row, event: Event, what: &Happening, transition: &Transition, to: State) -> String {
    let mut said = json!({ "at": row.now, "event": event.name(), "from": row.state.name(), "to": to.name() });
    let mut more = |name: &str, value: serde_json::Value| {
        if !value.is_null() {
            said[name] = value;
        }
    };
    more("reason", json!(transition.reason.map(|own| what.reason.unwrap_or(own).name())));
    more("kind", json!(what.kind));
    let cut = |text: &String| text.chars().take(300).collect::<String>();
    more("why", json!(what.why.as_ref().map(cut)));
    more("who", json!(what.who.as_ref().map(cut)));
    more("sends", if row.sends > 0 { json!(row.sends) } else { serde_json::Value::Null });
    let mut lines: Vec<&str> = row.history.lines().collect();
    // What is the same again and again is one line, with its beginning: the rest of the history must not go for it.
    if to == row.state
        && let Some(last) = lines.last().and_then(|last| serde_json::from_str::<serde_json::Value>(last).ok())
        && ["event", "to", "why", "kind"].iter().all(|name| last.get(name) == said.get(name))
    {
        said["since"] = last.get("since").or(last.get("at")).cloned().unwrap_or_default();
        lines.pop();
    }
    let excess = (lines.len() + 1).saturating_sub(HISTORY);
    let said = crate::statement::ascii_json(&said.to_string());
    lines.drain(..excess);
    lines.push(&said);
    lines.join("\n")
}

/// What must hold beside state and version for a change to happen.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Guard<'a> {
    /// Nothing else.
    Version,
    /// The lease has ended.
    LeaseEnded,
    /// No lease runs.
    NoLease,
    /// The row is still ours.
    Token(&'a str),
    /// The row is still ours, and the lease has not ended.
    Leased(&'a str),
}

impl Change {
    /// The statement that does it.
    pub(crate) fn statement(self, cx: &Cx, row: &Row, guard: Guard<'_>) -> Statement {
        // A claim that is lost is made again, and whoever sends without it finds his row changed.
        let claim = self.transition.event == Event::Claimed;
        let commit = if claim { Commit::Lazy } else { Commit::Durable };
        let name = self.transition.event.name();
        let state = self.to.number();
        let mut sql =
            format!("UPDATE {{p}}countersign_outbox SET state = {state}, version = version + 1, updated_at = {{now}}");
        let mut params = Vec::with_capacity(self.sets.len() + 4);
        for (column, how, value) in self.sets {
            sql.push_str(", ");
            sql.push_str(column);
            sql.push_str(" = ");
            sql.push_str(&how);
            params.extend(value);
        }
        let from = row.state.number();
        sql.push_str(&format!(" WHERE id = ? AND state = {from} AND version = ?"));
        params.push(row.id.into());
        params.push(row.version.into());
        match guard {
            Guard::Version => {}
            Guard::LeaseEnded => sql.push_str(" AND lease_until < {now}"),
            Guard::NoLease => sql.push_str(" AND (lease_until IS NULL OR lease_until < {now})"),
            Guard::Token(token) => {
                sql.push_str(" AND token = ?");
                params.push(token.into());
            }
            Guard::Leased(token) => {
                sql.push_str(" AND token = ? AND lease_until > {now}");
                params.push(token.into());
            }
        }
        sql.push_str(&cx.and(commit));
        cx.statement(name, &sql, params, Wants::Count)
    }
}
