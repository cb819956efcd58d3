//! Draining: what a worker does, rule after rule. Every function here is a sequence of steps; a worker may die after each,
//! and several may run at once.

use crate::account::Account;
use crate::accounts::{Set, account_row, make_account, pause_account, resume, set_account};
use crate::engine::{Asked, Call, Cx, Done, Told};
use crate::pause::{AccountRow, Pause};
use crate::reserve::reserve;
use crate::row::{Guard, Happening, LONGEST, Row, change, flag};
use crate::rows::fetch;
use crate::state::{Event, Reason, State};
use crate::statement::{Commit, Value, Wants, ascii, fitting};
use countersign::delivery::Class;
use countersign::draft::Designs;
use countersign::spiff::{Seen, Sight};
use countersign::{Deadline, Draft, Error, ErrorKind, Outcome};
use serde::Serialize;
use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

/// What one drain did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Drained {
    /// Orders that are placed now.
    pub placed: u64,
    /// Orders that came into doubt.
    pub unknown: u64,
    /// Orders that a person must look at now.
    pub held: u64,
    /// Orders that the platform refused.
    pub rejected: u64,
    /// Orders that were cancelled in time.
    pub cancelled: u64,
    /// When the next one is due, in seconds since 1970; `None` if nothing is open that is due by itself.
    pub next_due: Option<i64>,
    /// The rows that changed their state, as they are now; the last thousand.
    pub changed: Vec<Changed>,
}

/// A row that changed its state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "as the fields of `Shown`")]
pub struct Changed {
    pub account: String,
    pub external_id: String,
    pub state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    pub remote_id: Option<String>,
    /// What happened, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// How long a drain may take, and how many orders it may send or read back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    /// Milliseconds.
    pub ms: i64,
    /// Orders.
    pub max: u64,
    /// What is due later, within its time, is waited for.
    pub waits: bool,
}

/// Is told of each row as it changes, in the time that a drain takes.
pub(crate) type Tell = Box<dyn FnMut(&Changed) + Send + Sync>;

/// After how many orders of an account its doubts, and the other accounts, have their turn.
const ROUND: usize = 8;

/// How many candidates one look into the store brings.
const CANDIDATES: i64 = 64;

/// One worker for the length of one drain.
struct Worker<'r> {
    cx: Cx,
    began: i64,
    budget: Budget,
    /// The store is not where it was when it was made or adopted.
    moved: bool,
    done: u64,
    /// Rows that somebody holds a lock on: they are left alone until something else was waited for.
    locked: BTreeSet<i64>,
    /// The account as it was read after its last success, if nothing was written to it since.
    working: Option<AccountRow>,
    report: &'r mut Drained,
    tell: Tell,
}

pub(crate) async fn drain(cx: Cx, budget: Budget, tell: Tell) -> Result<Drained, Error> {
    crate::session::outside(&cx).await?;
    let session = crate::session::meet(&cx).await?;
    let moved = session.moved(&crate::meta::verify(&cx).await?);
    session.begin(&cx).await?;
    let report = work(&cx, moved, budget, tell).await;
    // What the host set is set again, whatever happened; the report counts for more.
    let ended = session.end(&cx).await;
    report.and_then(|report| ended.map(|()| report))
}

async fn work(cx: &Cx, moved: bool, budget: Budget, tell: Tell) -> Result<Drained, Error> {
    let mut report = Drained::default();
    let began = cx.io.clocks().boot;
    let mut worker = Worker {
        cx: cx.clone(),
        began,
        budget,
        moved,
        done: 0,
        locked: BTreeSet::new(),
        working: None,
        report: &mut report,
        tell,
    };
    loop {
        let mut busy = false;
        for (name, account) in &cx.shared.accounts {
            if worker.over() {
                break;
            }
            busy |= worker.pass(name, account).await?;
        }
        let next = worker.next_due().await?;
        worker.report.next_due = next.map(|due| due.0.div_euclid(1000));
        if worker.over() {
            break;
        }
        if busy {
            continue;
        }
        let Some((due, now)) = next else { break };
        // What is due and cannot be had, because somebody holds a lock or it waits for a person, is not asked for all the time.
        let wait = (due - now).max(cx.policy().ms(1)).max(1);
        if !budget.waits || wait >= worker.left() {
            break;
        }
        // New orders come meanwhile, and whoever drains is to be seen alive.
        cx.io.wait(wait.min(cx.policy().ms(cx.policy().poll)).max(1)).await;
        worker.locked.clear();
    }
    for name in cx.shared.accounts.keys() {
        strip(cx, name).await?;
    }
    Ok(report)
}

/// Strips the bodies of what ended long ago.
async fn strip(cx: &Cx, account: &str) -> Result<(), Error> {
    let policy = cx.policy();
    let mut old = Vec::new();
    for state in [State::Placed, State::Rejected, State::Cancelled] {
        // One state at a time: several would be sorted, all of them.
        let sql = format!(
            "SELECT id FROM {{p}}countersign_outbox WHERE account = ? AND state = {} AND due_at <= {{now}} ORDER BY due_at, id LIMIT ?",
            state.number()
        );
        let limit = i64::from(policy.strip) - i64::try_from(old.len()).unwrap_or(0);
        old.extend(cx.rows("old_bodies", &sql, vec![account.into(), limit.into()]).await?);
    }
    for row in old {
        let Some(id) = row.first().and_then(Value::int) else { continue };
        let sql = format!(
            "UPDATE {{p}}countersign_outbox SET body = NULL, history = '', due_at = NULL, version = version + 1 WHERE id = ? AND state IN (5, 6, 7){}",
            cx.and(Commit::Lazy)
        );
        cx.once(cx.statement("strip", &sql, vec![id.into()], Wants::Count)).await?;
    }
    // A reservation ends by what its row says: what is left of it is taken away some time later.
    let sql = "SELECT d.token FROM {p}countersign_outbox_design d LEFT JOIN {p}countersign_outbox o ON o.id = d.row_id WHERE d.reserved_at < {now} - ? AND (o.id IS NULL OR o.state NOT IN (1, 2, 3)) LIMIT ?";
    let old = cx.rows("old_designs", sql, vec![policy.ms(86_400).into(), i64::from(policy.strip).into()]).await?;
    let tokens: Vec<Value> = old.into_iter().filter_map(|row| row.into_iter().next()).collect();
    if !tokens.is_empty() {
        let places = vec!["?"; tokens.len()].join(", ");
        let sql =
            format!("DELETE FROM {{p}}countersign_outbox_design WHERE token IN ({places}){}", cx.and(Commit::Lazy));
        cx.once(cx.statement("strip_designs", &sql, tokens, Wants::Count)).await?;
    }
    Ok(())
}

/// How much of a wait has passed by two clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waited {
    /// At least so many milliseconds.
    Ms(i64),
    /// The clocks do not agree: nobody knows.
    Unclear,
}

/// What has passed since a moment that two clocks told, by now on both: the smaller difference counts.
pub(crate) fn waited(since: (i64, i64), now: (i64, i64), tolerance: i64) -> Waited {
    let (first, second) = (now.0 - since.0, now.1 - since.1);
    if (first - second).abs() > tolerance { Waited::Unclear } else { Waited::Ms(first.min(second)) }
}

/// What an attempt means to the machine, and to the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Meaning {
    pub(crate) event: Event,
    /// The account pauses, for this reason.
    pub(crate) pause: Option<Pause>,
    /// It costs so many tokens of the account.
    pub(crate) cost: Cost,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cost {
    Nothing,
    Throttle,
    Transient,
}

/// What an error of an attempt to place an order means.
pub(crate) fn meaning(error: &Error, rules: crate::state::Rules) -> Meaning {
    let of = |event, pause, cost| Meaning { event, pause, cost };
    if matches!(error.class(), Some(Class::Unavailable)) && rules.hold(11) {
        // A gateway may say so after the platform has acted.
        return of(Event::Doubted, None, Cost::Transient);
    }
    match (error.outcome(), error.kind()) {
        (Some(Outcome::Unknown), _) => of(Event::Doubted, None, Cost::Transient),
        (Some(Outcome::Placed), _) => of(Event::Accepted, None, Cost::Nothing),
        (_, ErrorKind::Authentication) => of(Event::AccountRefused, Some(Pause::Unauthorised), Cost::Nothing),
        (
            _,
            ErrorKind::GraphqlRefused | ErrorKind::Configuration | ErrorKind::InvalidArgument | ErrorKind::Unsupported,
        ) => of(Event::AccountRefused, Some(Pause::Refused), Cost::Nothing),
        (_, ErrorKind::Throttled) => of(Event::NotSent, Some(Pause::Throttled), Cost::Throttle),
        (_, ErrorKind::Refused | ErrorKind::InvalidOrder | ErrorKind::InvalidJson) => {
            of(Event::Refused, None, Cost::Nothing)
        }
        (Some(Outcome::NotPlaced), _) => of(Event::NotSent, None, Cost::Transient),
        // Without an outcome nobody can say that it was not sent.
        (None, _) => of(Event::Doubted, None, Cost::Transient),
    }
}

/// The event that a look before the send amounts to, and one after a doubt.
pub(crate) fn found(sight: &Sight) -> Option<Event> {
    match sight {
        Sight::Free => None,
        Sight::Ours => Some(Event::FoundOurs),
        Sight::Others => Some(Event::FoundOthers),
        Sight::Some => Some(Event::FoundSome),
        _ => Some(Event::Hidden),
    }
}

impl Worker<'_> {
    fn left(&self) -> i64 {
        self.budget.ms - (self.cx.io.clocks().boot - self.began)
    }

    fn over(&self) -> bool {
        self.left() <= 0 || self.done >= self.budget.max
    }

    /// When the next row of any account is due, and the store's clock.
    async fn next_due(&self) -> Result<Option<(i64, i64)>, Error> {
        let mut next: Option<(i64, i64)> = None;
        for name in self.cx.shared.accounts.keys() {
            // One state at a time, each at the beginning of the index.
            let of = |state| {
                format!(
                    "SELECT MIN(due_at) AS due, {{now}} AS now_at FROM {{p}}countersign_outbox WHERE account = ? AND state = {state}"
                )
            };
            let sql = [1, 2, 3].map(of).join(" UNION ALL ");
            let rows = self.cx.rows("next_due", &sql, vec![name.as_str().into(); 3]).await?;
            let least = rows.iter().filter_map(|row| Some((row.first()?.int()?, row.get(1)?.int()?))).min();
            let Some((due, now)) = least else { continue };
            let row = account_row(&self.cx, name).await?;
            let until = match row {
                Some(row) if row.is_paused(&self.key(name)) => Some(row.paused_until.unwrap_or(i64::MAX)),
                // What waits for `adopt` is due all the time.
                Some(row) if row.pause == Pause::Moved => Some(now + self.cx.policy().ms(self.cx.policy().poll)),
                _ => None,
            };
            let due = until.map_or(due, |until| until.max(due));
            if due < i64::MAX && next.is_none_or(|next| due < next.0) {
                next = Some((due, now));
            }
        }
        Ok(next)
    }

    fn key(&self, name: &str) -> String {
        self.cx.shared.accounts.get(name).map(|account| account.platform.credential()).unwrap_or_default()
    }

    /// One round over an account. Whether there was anything to do.
    async fn pass(&mut self, name: &str, account: &Account) -> Result<bool, Error> {
        let mut busy = self.reap(name, account).await?;
        let Some(pausing) = self.account(name, account).await? else { return Ok(busy) };
        let paused = pausing.is_paused(&account.platform.credential());
        // A person's pause is for orders; what is in doubt is read all the same.
        if !paused || !matches!(pausing.pause, Pause::Unauthorised | Pause::Throttled) {
            busy |= self.settle(name, account, &pausing).await?;
        }
        if !paused {
            busy |= self.send(name, account, pausing).await?;
        }
        Ok(busy)
    }

    /// Rows whose worker is gone: what they sent may have arrived.
    async fn reap(&mut self, name: &str, account: &Account) -> Result<bool, Error> {
        let ended = self.due(name, 2, "AND lease_until < {now}", vec![]).await?;
        let mut busy = false;
        for (id, _) in ended {
            let Some(row) = self.candidate(id).await? else { continue };
            if row.state == State::Sending && row.lease_until.is_some_and(|until| until < row.now) {
                let what = Happening { wait: self.webhook_wait(account), ..self.happening() };
                busy |= self.apply(&row, Event::LeaseEnded, what, Guard::LeaseEnded, account).await? == Done::Yes;
            }
        }
        Ok(busy)
    }

    /// The wait of a doubt where only a webhook can end it.
    fn webhook_wait(&self, account: &Account) -> Option<i64> {
        let policy = self.cx.policy();
        (!account.has_read()).then(|| policy.ms(policy.webhook_wait))
    }

    fn happening(&self) -> Happening {
        let clocks = self.cx.io.clocks();
        Happening { clock: self.cx.clock(), jitter: clocks.random[0], ..Happening::default() }
    }

    /// Rows of a state that are due, the earliest first.
    async fn due(&self, name: &str, state: i64, more: &str, params: Vec<Value>) -> Result<Vec<(i64, i64)>, Error> {
        let what = match state {
            1 => "due_pending",
            2 => "due_sending",
            _ => "due_unknown",
        };
        // The state is a literal: a partial index, and a planner that guesses, want it so.
        let sql = format!(
            "SELECT id, version FROM {{p}}countersign_outbox{} WHERE account = ? AND state = {state} AND due_at <= {{now}} {more} ORDER BY due_at, id LIMIT {CANDIDATES}",
            self.cx.shared.dialect.by_due()
        );
        let params = [vec![name.into()], params].concat();
        let rows = self.cx.rows(what, &sql, params).await?;
        let rows = rows.iter().filter_map(|row| Some((row.first()?.int()?, row.get(1)?.int()?)));
        Ok(rows.filter(|(id, _)| !self.locked.contains(id)).collect())
    }

    /// Reads a candidate. Once a lock of the host's was waited for, no second one is: `None` for a row that somebody holds.
    async fn candidate(&mut self, id: i64) -> Result<Option<Row>, Error> {
        if !self.locked.is_empty() && self.cx.shared.dialect.has_nowait() {
            let sql = "SELECT id FROM {p}countersign_outbox WHERE id = ? FOR UPDATE NOWAIT";
            // A server that does not know the word says so: then the lock is waited for.
            if self.cx.is_held(self.cx.statement("nowait", sql, vec![id.into()], Wants::Rows)).await? {
                self.locked.insert(id);
                return Ok(None);
            }
        }
        fetch(&self.cx, id).await
    }

    /// Applies an event to a row as it was read, and writes down what came of it.
    async fn apply(
        &mut self,
        row: &Row,
        event: Event,
        what: Happening,
        guard: Guard<'_>,
        account: &Account,
    ) -> Result<Done, Error> {
        let why = what.why.clone();
        let remote = what.remote_id.clone();
        let shared = &self.cx.shared;
        let Some(change) = change(row, event, &what, &shared.policy, shared.rules, account.has_read()) else {
            return Ok(Done::No);
        };
        let (to, reason) = (change.to, change.transition.reason.map(|own| what.reason.unwrap_or(own)));
        let statement = change.statement(&self.cx, row, guard);
        // What came of a send must be written down; a candidate that somebody locks is left to the next round.
        let done = match guard {
            Guard::Token(_) => self.cx.insist(statement).await?,
            _ => self.cx.once(statement).await?,
        };
        if done == Done::Busy {
            self.locked.insert(row.id);
        }
        if done == Done::Yes && to != row.state {
            self.changed(row, to, reason, remote, why);
        }
        Ok(done)
    }

    fn changed(&mut self, row: &Row, to: State, reason: Option<Reason>, remote: Option<String>, why: Option<String>) {
        let report = &mut self.report;
        match to {
            State::Placed => report.placed += 1,
            State::Unknown => report.unknown += 1,
            State::Held => report.held += 1,
            State::Rejected => report.rejected += 1,
            State::Cancelled => report.cancelled += 1,
            State::Pending | State::Sending => return,
        }
        let changed = Changed {
            account: row.account.clone(),
            external_id: row.external_id.clone(),
            state: to.name(),
            reason: reason.map(Reason::name),
            remote_id: remote.or_else(|| row.remote_id.clone()),
            why,
        };
        (self.tell)(&changed);
        report.changed.push(changed);
        if report.changed.len() > 1000 {
            report.changed.remove(0);
        }
    }

    /// Takes a row for this worker alone; `None` if somebody else has it.
    async fn claim(&mut self, row: &Row, account: &Account) -> Result<Option<Row>, Error> {
        let token = self.cx.token();
        let what = Happening { token: Some(token.clone()), ..self.happening() };
        match self.apply(row, Event::Claimed, what, Guard::NoLease, account).await? {
            Done::Yes => {
                let lease_until = Some(row.now + self.cx.policy().ms(self.cx.policy().lease));
                // As it stands now: a result takes its claim back out of the count.
                let (version, crashes) = (row.version + 1, row.crashes + 1);
                Ok(Some(Row { version, crashes, token: Some(token), lease_until, ..row.clone() }))
            }
            Done::No | Done::Busy => Ok(None),
            // Only what the store shows counts.
            Done::Lost => {
                let seen = fetch(&self.cx, row.id).await?;
                Ok(seen.filter(|seen| seen.token.as_deref() == Some(&token) && seen.state == row.state))
            }
        }
    }

    /// What a row orders; a row that nobody can read is held.
    async fn draft(&mut self, row: &Row, account: &Account) -> Result<Option<Draft>, Error> {
        let drafted = match (&row.body, row.wire) {
            (None, _) => Err(Error::new(ErrorKind::InvalidOrder, "Its body is gone.")),
            // The order as the shop wrote it, where no library of ours was at hand.
            (Some(body), 0) => account.platform.draft(body.as_bytes()).and_then(|draft| named(draft, &row.external_id)),
            (Some(body), _) => Draft::from_json(body.as_bytes()),
        };
        match drafted {
            Ok(draft) => Ok(Some(draft)),
            // A later version wrote it: another worker can.
            Err(error) if error.kind() == ErrorKind::Unsupported => {
                let event = if row.state == State::Pending { Event::Postponed } else { Event::ReadFailed };
                let wait = Some(self.cx.policy().ms(self.cx.policy().pause));
                let what = Happening { why: Some(error.message().to_owned()), wait, ..self.happening() };
                self.apply(row, event, what, Guard::Version, account).await?;
                Ok(None)
            }
            Err(error) => {
                let problems = error.problems().iter().map(|problem| format!("{}: {}", problem.path, problem.message));
                let why: Vec<String> = std::iter::once(error.message().to_owned()).chain(problems).collect();
                let what = Happening {
                    kind: Some(error.kind().number().into()),
                    why: Some(why.join(" ")),
                    ..self.happening()
                };
                self.apply(row, Event::Malformed, what, Guard::Version, account).await?;
                Ok(None)
            }
        }
    }

    /// Reads the designs of a row.
    async fn look(&self, name: &str, account: &Account, designs: Designs) -> Result<Result<Seen, Error>, Error> {
        let policy = self.cx.policy();
        let deadline = Deadline::within(millis(policy.ms(policy.deadline)));
        let call = Call { name: name.to_owned(), account: account.clone(), what: Asked::Look(designs), deadline };
        match self.cx.io.call(call).await? {
            Told::Seen(seen) => Ok(seen),
            _ => Err(Error::new(ErrorKind::InvalidArgument, "A look was answered by something else.")),
        }
    }

    /// What is in doubt and due: read it back.
    async fn settle(&mut self, name: &str, account: &Account, pausing: &AccountRow) -> Result<bool, Error> {
        let mut busy = false;
        for (id, version) in self.due(name, 3, "", vec![]).await? {
            if self.over() {
                break;
            }
            let Some(row) = self.candidate(id).await? else { continue };
            if row.state == State::Unknown && row.version == version {
                busy |= self.settle_one(name, account, pausing, row).await?;
            }
        }
        Ok(busy)
    }

    async fn settle_one(
        &mut self,
        name: &str,
        account: &Account,
        pausing: &AccountRow,
        row: Row,
    ) -> Result<bool, Error> {
        let policy = self.cx.policy().clone();
        if row.crashes >= i64::from(policy.crashes) {
            return Ok(self.apply(&row, Event::Crashed, self.happening(), Guard::NoLease, account).await? == Done::Yes);
        }
        if !account.has_read() {
            return Ok(
                self.apply(&row, Event::Exhausted, self.happening(), Guard::NoLease, account).await? == Done::Yes
            );
        }
        let clock = self.cx.clock();
        let Some(row) = self.claim(&row, account).await? else { return Ok(false) };
        let token = row.token.clone().unwrap_or_default();
        self.done += 1;
        let Some(draft) = self.draft(&row, account).await? else { return Ok(true) };
        let seen = self.look(name, account, draft.designs().clone()).await?;
        let mut what = self.happening();
        let event = match seen {
            Err(error) => {
                what.kind = Some(error.kind().number().into());
                what.why = Some(error.message().to_owned());
                if error.kind() == ErrorKind::Authentication {
                    self.pause(name, account, Pause::Unauthorised, None, error.message()).await?;
                }
                Event::ReadFailed
            }
            Ok(seen) => match Sight::of(draft.designs(), &seen) {
                Sight::Ours => Event::ReadOurs,
                Sight::Others => Event::ReadOthers,
                Sight::Free => absent(&row, clock, &policy, self.cx.shared.rules),
                Sight::Some => {
                    what.reason = Some(Reason::Partial);
                    Event::ReadNothing
                }
                Sight::Hidden(why) => {
                    what.why = Some(why);
                    what.reason = Some(Reason::NotShown);
                    Event::ReadNothing
                }
                _ => Event::ReadNothing,
            },
        };
        let since = row.doubted_at.unwrap_or(row.now);
        // A clock that was not right here counts from now on.
        what.clock = if matches!(event, Event::ReadAbsent) { clock } else { what.clock };
        let told = matches!(event, Event::ReadNothing);
        let spent = pausing.unpaused(since) >= policy.ms(policy.unknown)
            || (told && row.read_backs + 1 >= i64::from(policy.reads));
        let event = if spent
            && (told || matches!(event, Event::ReadFailed | Event::ClockJumped))
            && self.cx.shared.rules.hold(14)
        {
            Event::Exhausted
        } else {
            event
        };
        // Its designs are free, or not, by what the row says now.
        self.apply(&row, event, what, Guard::Token(&token), account).await?;
        Ok(true)
    }

    /// What waits and is due: look at the platform, then send it.
    async fn send(&mut self, name: &str, account: &Account, mut pausing: AccountRow) -> Result<bool, Error> {
        let mut busy = false;
        // Where nothing can be read back, what was there before the store was moved waits for a person.
        let after = if pausing.pause == Pause::Moved { pausing.paused_until.unwrap_or(i64::MAX) } else { -1 };
        let due = self.due(name, 1, "AND created_at > ?", vec![after.into()]).await?;
        let mut due = VecDeque::from(due);
        let mut sent = 0;
        while let Some((id, version)) = due.pop_front() {
            if self.over() || sent == ROUND {
                break;
            }
            let taken = match self.candidate(id).await? {
                Some(row)
                    if row.state == State::Pending
                        && row.version == version
                        && row.lease_until.is_none_or(|until| until < row.now) =>
                {
                    self.working = None;
                    self.send_one(name, account, &pausing, row).await?
                }
                _ => false,
            };
            if !taken {
                // Another worker goes the same way: whoever starts anywhere else does not meet it again.
                if !due.is_empty() {
                    let places = usize::from(self.cx.io.clocks().random[1]) % due.len();
                    due.rotate_left(places);
                }
                continue;
            }
            busy = true;
            sent += 1;
            // What became of it may pause the account.
            let after = match self.working.take() {
                Some(row) => Some(row),
                None => account_row(&self.cx, name).await?,
            };
            let Some(after) = after else { break };
            pausing = after;
            if pausing.is_paused(&account.platform.credential()) {
                break;
            }
        }
        Ok(busy)
    }

    /// Whether it was this worker's to take.
    async fn send_one(&mut self, name: &str, account: &Account, pausing: &AccountRow, row: Row) -> Result<bool, Error> {
        let policy = self.cx.policy().clone();
        let rules = self.cx.shared.rules;
        if row.crashes >= i64::from(policy.crashes) {
            return Ok(self.apply(&row, Event::Crashed, self.happening(), Guard::NoLease, account).await? != Done::Busy);
        }
        if pausing.unpaused(row.fresh_at) > policy.ms(policy.max_age) {
            return Ok(self.apply(&row, Event::Aged, self.happening(), Guard::NoLease, account).await? != Done::Busy);
        }
        let since = self.cx.io.clocks().boot;
        let Some(row) = self.claim(&row, account).await? else { return Ok(false) };
        let token = row.token.clone().unwrap_or_default();
        self.done += 1;
        let Some(draft) = self.draft(&row, account).await? else { return Ok(true) };
        if account.has_read() {
            if rules.hold(9) && !reserve(&self.cx, &row, draft.designs()).await? {
                let what = Happening {
                    why: Some("Another order has one of its designs under way.".to_owned()),
                    wait: Some(policy.ms(policy.lease)),
                    ..self.happening()
                };
                self.apply(&row, Event::Postponed, what, Guard::Token(&token), account).await?;
                return Ok(true);
            }
            if rules.hold(1) {
                match self.look(name, account, draft.designs().clone()).await? {
                    Err(error) => {
                        let mut what = Happening {
                            kind: Some(error.kind().number().into()),
                            why: Some(error.message().to_owned()),
                            ..self.happening()
                        };
                        if error.kind() == ErrorKind::Authentication {
                            what.wait = Some(policy.ms(policy.check_every));
                            self.pause(name, account, Pause::Unauthorised, None, error.message()).await?;
                        }
                        self.apply(&row, Event::Postponed, what, Guard::Token(&token), account).await?;
                        return Ok(true);
                    }
                    Ok(seen) => {
                        let sight = Sight::of(draft.designs(), &seen);
                        if let Some(event) = found(&sight) {
                            let why = if let Sight::Hidden(why) = sight { Some(why) } else { None };
                            let what = Happening { why, ..self.happening() };
                            let known = row.is(flag::BASELINE) && event != Event::Hidden;
                            if !known {
                                self.apply(&row, event, what, Guard::Token(&token), account).await?;
                                return Ok(true);
                            }
                        }
                    }
                }
            }
        }
        // Where the store's clock was set back, a lease that has ended seems to run again. Others have acted on its end.
        if rules.hold(4) && self.cx.io.clocks().boot - since >= policy.ms(policy.lease) {
            let why = Some("This worker stood still before it was sent.".to_owned());
            let what = Happening { why, ..self.happening() };
            self.apply(&row, Event::Postponed, what, Guard::Token(&token), account).await?;
            return Ok(true);
        }
        // Counted from before the statement: whoever is stopped from here on does not send late.
        let deadline =
            Deadline::within(if rules.hold(4) { millis(policy.ms(policy.deadline)) } else { millis(i64::MAX / 4) });
        let sent = self.apply(&row, Event::Sent, self.happening(), Guard::Leased(&token), account).await?;
        let sent = match sent {
            Done::Yes => true,
            Done::No | Done::Busy => false,
            Done::Lost => fetch(&self.cx, row.id)
                .await?
                .is_some_and(|seen| seen.state == State::Sending && seen.token.as_deref() == Some(&token)),
        };
        if !sent {
            return Ok(true);
        }
        let row = Row { state: State::Sending, version: row.version + 1, sends: row.sends + 1, ..row };
        let call =
            Call { name: name.to_owned(), account: account.clone(), what: Asked::Send(Box::new(draft)), deadline };
        let Told::Sent(result) = self.cx.io.call(call).await? else {
            return Err(Error::new(ErrorKind::InvalidArgument, "A send was answered by something else."));
        };
        self.result(name, account, row, &token, *result).await.map(|()| true)
    }

    /// Writes down what came of a send.
    async fn result(
        &mut self,
        name: &str,
        account: &Account,
        row: Row,
        token: &str,
        result: Result<countersign::spiff::PlacedOrder, Error>,
    ) -> Result<(), Error> {
        let policy = self.cx.policy().clone();
        let mut what = self.happening();
        let meant = match &result {
            Ok(placed) => {
                let id = placed.id.as_deref().or(placed.internal_id.as_deref());
                what.remote_id = id.map(|id| fitting(id, LONGEST).to_owned());
                Meaning { event: Event::Accepted, pause: None, cost: Cost::Nothing }
            }
            Err(error) => {
                what.kind = Some(error.kind().number().into());
                what.why = Some(error.message().to_owned());
                meaning(error, self.cx.shared.rules)
            }
        };
        let asked = result.as_ref().err().and_then(Error::retry_after).map(|seconds| policy.ms(seconds));
        what.wait = match meant.event {
            Event::Doubted | Event::Refused => self.webhook_wait(account),
            Event::NotSent => asked,
            _ => None,
        };
        let remote = what.remote_id.clone();
        let mut written = self.apply(&row, meant.event, what.clone(), Guard::Token(token), account).await? == Done::Yes;
        for _ in 0..4 {
            // The answer got lost, or the shop said something meanwhile: once more, on the row as it is now.
            let seen = if written { None } else { fetch(&self.cx, row.id).await? };
            let ours = |seen: &Row| seen.token.as_deref() == Some(token) && seen.state == State::Sending;
            let Some(seen) = seen.filter(ours) else { break };
            written = self.apply(&seen, meant.event, what.clone(), Guard::Token(token), account).await? == Done::Yes;
        }
        if !written && meant.event == Event::Accepted {
            // Somebody took it for lost: proof counts all the same.
            let placed = crate::evidence::prove(&self.cx, row.id, remote, row.sends, "a late reply").await?;
            if let Some((row, to)) = placed {
                self.changed(&row, to, None, row.remote_id.clone(), None);
            }
        }
        match meant.pause {
            Some(pause) => {
                let words = result.as_ref().err().map(|error| error.message().to_owned()).unwrap_or_default();
                let wait = asked.unwrap_or_else(|| policy.ms(policy.pause));
                let wait = (pause == Pause::Throttled).then_some(wait);
                self.pause(name, account, pause, wait, &words).await?;
            }
            None if result.is_ok() => self.success(name).await?,
            None => {}
        }
        self.spend(name, account, meant.cost).await
    }

    /// The row of an account, made where it is missing and looked after: who it belongs to, and whether its pause may end.
    async fn account(&mut self, name: &str, account: &Account) -> Result<Option<AccountRow>, Error> {
        if account_row(&self.cx, name).await?.is_none() {
            make_account(&self.cx, name, account.provider()).await?;
        }
        let Some(mut row) = account_row(&self.cx, name).await? else { return Ok(None) };
        let policy = self.cx.policy().clone();
        if row.provider != account.provider() {
            let message =
                format!("The account {name:?} is one at another platform in this store. Give this one another name.");
            return Err(Error::new(ErrorKind::Configuration, message));
        }
        let key = account.platform.credential();
        if !account.has_read() && row.pause < Pause::Moved {
            self.distrust(name, account, &row).await?;
            // It may pause by now.
            let Some(now) = account_row(&self.cx, name).await? else { return Ok(None) };
            row = now;
        }
        if row.alive_at.is_none_or(|at| row.now - at > policy.ms(60)) {
            set_account(&self.cx, &row, &[("alive_at", Set::Now)]).await?;
            row = match account_row(&self.cx, name).await? {
                Some(row) => row,
                None => return Ok(None),
            };
        }
        let ended = match row.pause {
            Pause::None | Pause::Moved | Pause::Person | Pause::Integration => false,
            Pause::Throttled | Pause::Refused => row.paused_until.is_some_and(|until| until <= row.now),
            Pause::Unauthorised => row.pause_key.as_deref() != Some(key.as_str()),
        };
        if ended {
            resume(&self.cx, &row).await?;
            return account_row(&self.cx, name).await;
        }
        let due = |every: u32| row.checked_at.is_none_or(|at| row.now - at > policy.ms(every));
        let tried = row.pause == Pause::Unauthorised && due(policy.check_every);
        let asked = row.pause == Pause::None && account.has_read() && due(policy.check_integration);
        if tried || asked {
            self.check(name, account, &row).await?;
            return account_row(&self.cx, name).await;
        }
        Ok(Some(row))
    }

    /// Where nothing can be read back, an order of an older copy of this store may have been sent by the newer one: orders
    /// from before the store was moved, or from before a long silence, wait for a person.
    async fn distrust(&mut self, name: &str, account: &Account, row: &AccountRow) -> Result<(), Error> {
        let policy = self.cx.policy().clone();
        let silent = row.alive_at.filter(|at| row.now - at > policy.ms(policy.alive));
        let (until, why) = match silent {
            _ if self.moved => (row.now, "The store was moved, copied or restored: is it the newest?"),
            Some(alive) => (alive, "Nobody drained for a while: is this store the newest?"),
            None => return Ok(()),
        };
        let sql = "SELECT id FROM {p}countersign_outbox WHERE account = ? AND state = 1 AND created_at <= ? LIMIT 1";
        if self.moved || !self.cx.rows("before_gap", sql, vec![name.into(), until.into()]).await?.is_empty() {
            self.pause(name, account, Pause::Moved, Some(until - row.now), why).await?;
        }
        Ok(())
    }

    /// The harmless read: ends a pause, or begins one.
    async fn check(&mut self, name: &str, account: &Account, row: &AccountRow) -> Result<(), Error> {
        let policy = self.cx.policy();
        let deadline = Deadline::within(millis(policy.ms(policy.deadline)));
        let call = Call { name: name.to_owned(), account: account.clone(), what: Asked::Check, deadline };
        let Told::Checked(checked) = self.cx.io.call(call).await? else {
            return Err(Error::new(ErrorKind::InvalidArgument, "A check was answered by something else."));
        };
        match checked {
            Ok(integration) => {
                let integration = integration.map(|id| fitting(&id, LONGEST).to_owned());
                let known = row.integration.clone();
                if let (Some(known), Some(now)) = (&known, &integration)
                    && known != now
                {
                    let why = format!("The credentials belong to the integration {now} now, and to {known} before.");
                    return self.pause(name, account, Pause::Integration, None, &why).await;
                }
                let mut sets = vec![("checked_at", Set::Now)];
                if let Some(integration) = integration {
                    sets.push(("integration", Set::To(ascii(&integration).into())));
                }
                set_account(&self.cx, row, &sets).await?;
                if row.pause == Pause::Unauthorised
                    && let Some(row) = account_row(&self.cx, name).await?
                {
                    resume(&self.cx, &row).await?;
                }
                Ok(())
            }
            Err(error) if error.kind() == ErrorKind::Authentication && row.pause == Pause::None => {
                self.pause(name, account, Pause::Unauthorised, None, error.message()).await
            }
            // Not reached: the orders will tell.
            Err(_) => set_account(&self.cx, row, &[("checked_at", Set::Now)]).await,
        }
    }

    /// Lets an account pause, unless it does for a graver reason.
    async fn pause(
        &mut self,
        name: &str,
        account: &Account,
        pause: Pause,
        wait: Option<i64>,
        why: &str,
    ) -> Result<(), Error> {
        let policy = self.cx.policy();
        let wait = match pause {
            Pause::Refused => Some(wait.unwrap_or_else(|| policy.ms(policy.check_every))),
            _ => wait,
        };
        let key = (pause == Pause::Unauthorised).then(|| account.platform.credential());
        pause_account(&self.cx, name, pause, wait, key, why).await
    }

    /// Notes that an account works.
    async fn success(&mut self, name: &str) -> Result<(), Error> {
        let Some(row) = account_row(&self.cx, name).await? else { return Ok(()) };
        let policy = self.cx.policy();
        let tokens = row.tokens(policy);
        // A commit for each order would be dear: once a minute is enough to see, and a full purse needs no more.
        let full = tokens >= i64::from(policy.quota);
        if full && row.success_at.is_some_and(|at| row.now - at < policy.ms(60)) {
            self.working = Some(row);
            return Ok(());
        }
        let tokens = (tokens + 1).min(policy.quota.into());
        let sets = [("success_at", Set::Now), ("quota", Set::To(tokens.into())), ("quota_at", Set::Now)];
        set_account(&self.cx, &row, &sets).await
    }

    /// Pays for a failure; without tokens the account pauses.
    async fn spend(&mut self, name: &str, account: &Account, cost: Cost) -> Result<(), Error> {
        let policy = self.cx.policy().clone();
        let cost = match cost {
            Cost::Nothing => return Ok(()),
            Cost::Throttle => i64::from(policy.quota_throttle),
            Cost::Transient => i64::from(policy.quota_transient),
        };
        let Some(row) = account_row(&self.cx, name).await? else { return Ok(()) };
        let tokens = row.tokens(&policy) - cost;
        set_account(&self.cx, &row, &[("quota", Set::To(tokens.max(0).into())), ("quota_at", Set::Now)]).await?;
        if tokens <= 0 {
            let wait = policy.ms(policy.pause);
            return self.pause(name, account, Pause::Throttled, Some(wait), "Too many failures in a row.").await;
        }
        Ok(())
    }
}

/// What a read that shows nothing ordered amounts to, by the clocks.
pub(crate) fn absent(row: &Row, clock: i64, policy: &crate::policy::Policy, rules: crate::state::Rules) -> Event {
    let tolerance = policy.ms(policy.clock_tolerance);
    let since = |at: Option<i64>, other: Option<i64>| {
        let (Some(at), Some(other)) = (at, other) else { return Waited::Unclear };
        if rules.hold(3) { waited((at, other), (row.now, clock), tolerance) } else { Waited::Ms(row.now - at) }
    };
    match since(row.wait_at, row.wait_clock) {
        Waited::Unclear => return Event::ClockJumped,
        Waited::Ms(ms) if ms < policy.settle_ms(row.doubts.max(1)) => return Event::ReadFailed,
        Waited::Ms(_) => {}
    }
    if row.absent_at.is_none() {
        return Event::ReadAbsent;
    }
    match since(row.absent_at, row.absent_clock) {
        Waited::Unclear => Event::ClockJumped,
        Waited::Ms(ms) if ms < policy.ms(policy.gap) => Event::ReadFailed,
        Waited::Ms(_) => Event::ProvenAbsent,
    }
}

/// The draft of an order as the shop wrote it, if it is the one that its row is known by.
fn named(draft: Draft, external_id: &str) -> Result<Draft, Error> {
    if draft.external_id() == external_id {
        return Ok(draft);
    }
    let message =
        format!("Its row is that of the order {external_id:.100?}, and its body of {:.100?}.", draft.external_id());
    Err(Error::new(ErrorKind::InvalidOrder, message))
}

fn millis(ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(ms).unwrap_or(0))
}
