//! A world: clocks, the store, the platform, and whoever runs tasks of the engine. One step is one answer to one task.

use crate::platform::{Clients, FakePlatform, Says, order_of};
use crate::random::Random;
use crate::shop::{Broken, Order, Shop};
use crate::store::Store;
use countersign::delivery::Class;
use countersign::{Effect, Error, ErrorKind};
use countersign_outbox::{
    Accounts, Answer, Asked, Call, Cancelled, Decision, Dialect, Engine, Enqueue, Notified, Outcome, Policy, Rules,
    Settings, Statement, Status, Step, Task, Told, Trouble, TroubleKind, Wants,
};
use std::time::Duration;

pub(crate) const SECOND: i64 = 1000;
pub(crate) const MINUTE: i64 = 60 * SECOND;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;

/// What the clocks say when a schedule begins: the one that can be set, and the one since the machine started.
const WALL: i64 = 1_750_000_000_000;
const BOOT: i64 = 5_000_000;

/// Something that is done by a task.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Op {
    Install,
    Drain(f64, u64),
    /// An order by its number, with so many pieces, and a grace in seconds.
    Enqueue(usize, u32, Option<i64>),
    Cancel(usize),
    /// The platform tells of what it took.
    Notify(usize),
    Retry(usize),
    Adopt,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    Nothing,
    Enqueued(Status),
    Cancelled(Cancelled),
    Notified(Notified),
}

/// What a task waits for.
enum Want {
    Begin,
    Sql(Statement),
    Call(Box<Call>),
    Wait,
    Told(Told),
}

/// A task under way. To drop it is to kill its process.
pub(crate) struct Running {
    pub(crate) op: Op,
    next: Box<dyn FnMut(Answer) -> Step<Ended>>,
    want: Want,
    /// Both clocks when the last send was written down, and when the last call was handed out.
    sent: (i64, i64),
    called: (i64, i64),
    /// Orders that this task was told to be placed.
    heard: Vec<String>,
}

impl Running {
    /// Whether an order is to be sent next.
    pub(crate) fn is_sending(&self) -> bool {
        matches!(&self.want, Want::Call(call) if matches!(call.what, Asked::Send(_)))
    }
}

/// What came of one step.
pub(crate) enum Turn {
    /// It goes on after so many milliseconds.
    On(Running, i64),
    Over,
}

/// What may go wrong with a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Busy,
    Refused,
    /// The connection broke: before it was done, or after.
    LostUndone,
    LostDone,
}

impl Fault {
    pub(crate) const ALL: [Self; 4] = [Self::Busy, Self::Refused, Self::LostUndone, Self::LostDone];
}

pub(crate) struct World<'s> {
    pub(crate) random: Random,
    /// Milliseconds since the schedule began, by nobody's clock.
    pub(crate) t: i64,
    /// How far the clock that can be set is off.
    pub(crate) offset: i64,
    pub(crate) store: &'s mut Store,
    pub(crate) clients: &'s Clients,
    pub(crate) platform: FakePlatform,
    pub(crate) shop: Shop,
    settings: Settings,
    deadline: i64,
    settle: i64,
    /// How often a statement fails, of 10,000.
    pub(crate) trouble: u64,
    /// This one fails, counted from one.
    pub(crate) failing: Option<(u64, Fault)>,
    /// Whoever runs a task alone dies after this step.
    pub(crate) killing: Option<u64>,
    pub(crate) statements: u64,
    /// Of each statement, whether it changes anything.
    pub(crate) changing: Vec<bool>,
    pub(crate) steps: u64,
    /// Tells each step.
    pub(crate) loud: bool,
    pub(crate) broken: Option<Broken>,
}

fn wrap<T: 'static>(mut task: Task<T>, ended: impl Fn(T) -> Ended + 'static) -> Box<dyn FnMut(Answer) -> Step<Ended>> {
    Box::new(move |answer| match task.next(answer) {
        Step::Sql(statement) => Step::Sql(statement),
        Step::Call(call) => Step::Call(call),
        Step::Wait(ms) => Step::Wait(ms),
        Step::Done(result) => Step::Done(result.map(&ended)),
    })
}

impl<'s> World<'s> {
    pub(crate) fn new(seed: u64, rules: Rules, signs: bool, store: &'s mut Store, clients: &'s Clients) -> Self {
        let platform = if signs { clients.signs.clone() } else { clients.spiff.clone() };
        // Days pass here: a step a minute would be too many.
        let policy = Policy { poll: 1800, ..Policy::default() };
        let (deadline, settle) = (policy.ms(policy.deadline), policy.ms(policy.settle));
        let settings = Settings { policy, rules, ..Settings::new(Accounts::from([("shop".to_owned(), platform)])) };
        Self {
            random: Random::new(seed),
            t: 0,
            offset: 0,
            store,
            clients,
            platform: FakePlatform::new(signs),
            shop: Shop::default(),
            settings,
            deadline,
            settle,
            trouble: 0,
            failing: None,
            killing: None,
            statements: 0,
            changing: Vec::new(),
            steps: 0,
            loud: false,
            broken: None,
        }
    }

    pub(crate) fn say(&self, who: &str, what: impl FnOnce() -> String) {
        if self.loud {
            #[allow(clippy::print_stderr, reason = "a trace is asked for")]
            {
                eprintln!("{:>12.3} s {who:<10} {}", self.t as f64 / 1000.0, what());
            }
        }
    }

    pub(crate) fn wall(&self) -> i64 {
        WALL + self.t + self.offset
    }

    fn boot(&self) -> i64 {
        BOOT + self.t
    }

    /// How long after its sender gave up an order may still be taken, and then be seen by all.
    pub(crate) fn aftermath(&self) -> i64 {
        self.deadline + self.settle + self.platform.lag + SECOND
    }

    /// A new engine for each task: nothing lives in a process.
    pub(crate) fn begin(&mut self, op: Op) -> Running {
        let engine = Engine::new(Dialect::Sqlite, "site".to_owned(), self.settings.clone()).unwrap();
        let next = match &op {
            Op::Install => wrap(engine.install(), |()| Ended::Nothing),
            Op::Drain(seconds, max) => wrap(engine.drain(*seconds, *max), |_| Ended::Nothing),
            Op::Enqueue(order, goods, grace) => {
                let order = &self.shop.orders[*order];
                let text = order_of(self.platform.signs, &order.id, &order.designs, *goods);
                let due = grace.map(|seconds| self.wall().div_euclid(SECOND) + seconds);
                let task = engine.enqueue(None, &text, Enqueue { due, ..Enqueue::default() });
                wrap(task, |enqueued| Ended::Enqueued(enqueued.status))
            }
            Op::Cancel(order) => wrap(engine.cancel(None, &self.shop.orders[*order].id), Ended::Cancelled),
            Op::Notify(taken) => {
                let taken = &self.platform.taken[*taken];
                // The platform has a clock of its own, and a right one.
                let at = (WALL + taken.at).div_euclid(SECOND);
                wrap(engine.notify(&taken.external_id, Some(&taken.remote_id), at), Ended::Notified)
            }
            Op::Retry(order) => {
                let id = &self.shop.orders[*order].id;
                wrap(engine.resolve(None, id, Decision::Retry, "ana", "again"), |_| Ended::Nothing)
            }
            Op::Adopt => wrap(engine.adopt(), |()| Ended::Nothing),
        };
        self.shop.begins(&op);
        let clocks = (self.wall(), self.boot());
        Running { op, next, want: Want::Begin, sent: clocks, called: clocks, heard: Vec::new() }
    }

    /// One step of a task.
    pub(crate) fn turn(&mut self, who: &str, mut running: Running) -> Turn {
        self.steps += 1;
        let outcome = match std::mem::replace(&mut running.want, Want::Begin) {
            Want::Begin => Outcome::Begin,
            Want::Wait => Outcome::Waited,
            Want::Told(told) => {
                if let Told::Sent(sent) = &told
                    && let Ok(placed) = sent.as_ref()
                {
                    running.heard.push(placed.external_id.clone());
                }
                Outcome::Told(told)
            }
            Want::Sql(statement) => self.sql(who, &statement),
            Want::Call(call) => {
                let (told, wait) = self.call(who, &call, &running);
                running.want = Want::Told(told);
                return Turn::On(running, wait);
            }
        };
        let (wall, boot) = (self.wall(), self.boot());
        let answer = Answer { outcome, wall, boot, random: self.random.bytes() };
        let wait = match (running.next)(answer) {
            Step::Sql(statement) => {
                if statement.name == "sent" {
                    running.sent = (wall, boot);
                }
                running.want = Want::Sql(statement);
                self.jitter()
            }
            Step::Call(call) => {
                running.called = (wall, boot);
                running.want = Want::Call(call);
                self.jitter()
            }
            Step::Wait(ms) => {
                running.want = Want::Wait;
                ms.max(0)
            }
            Step::Done(result) => {
                self.ended(who, running, result);
                return Turn::Over;
            }
        };
        Turn::On(running, wait)
    }

    fn jitter(&mut self) -> i64 {
        match self.random.below(100) {
            0 => self.random.from(SECOND, 20 * SECOND),
            1..=20 => self.random.from(30, 300),
            _ => self.random.from(1, 20),
        }
    }

    fn ended(&mut self, who: &str, running: Running, result: Result<Ended, Error>) {
        self.say(who, || match &result {
            Ok(ended) => format!("{:?} ended: {ended:?}", running.op),
            Err(error) => format!("{:?} failed: {error}", running.op),
        });
        if let Err(error) = &result
            && !matches!(error.kind(), ErrorKind::Store | ErrorKind::StoreBusy)
            && !matches!(running.op, Op::Retry(_))
        {
            self.breaks("error", format!("{:?} failed: {error}", running.op));
        }
        if result.is_ok() {
            for id in &running.heard {
                self.shop.order(id).proven = true;
            }
        }
        if let (Op::Notify(taken), Ok(Ended::Notified(Notified::Placed))) = (&running.op, &result) {
            let id = self.platform.taken[*taken].external_id.clone();
            self.shop.order(&id).proven = true;
        }
        if let Some(broken) = self.shop.ends(&running.op, result.ok()) {
            self.breaks(broken.what, broken.words);
        }
    }

    /// A process dies in the middle of a task.
    pub(crate) fn kill(&mut self, who: &str, running: Running) {
        self.say(who, || format!("killed in {:?}", running.op));
        self.shop.ends(&running.op, None);
    }

    /// Runs a task to its end, alone.
    pub(crate) fn finish(&mut self, op: Op) {
        let mut running = self.begin(op);
        while let Turn::On(next, wait) = self.turn("alone", running) {
            self.t += wait;
            running = next;
            if self.is_over() {
                return;
            }
            if self.killing == Some(self.steps) {
                self.kill("alone", running);
                return;
            }
        }
    }

    /// The same until it has ended well: a hook comes again, and so does cron, when every lease has ended.
    pub(crate) fn insist(&mut self, op: Op) {
        for _ in 0..5 {
            self.finish(op.clone());
            if !self.shop.failed || self.is_over() {
                return;
            }
            self.t += 2 * MINUTE;
        }
        self.breaks("stuck", format!("{op:?} fails each time."));
    }

    /// Whether there is nothing more to be learned.
    pub(crate) fn is_over(&mut self) -> bool {
        if self.steps > 100_000 {
            self.breaks("stuck", "It goes round in a circle.".to_owned());
        }
        self.broken.is_some()
    }

    pub(crate) fn breaks(&mut self, what: &'static str, words: String) {
        self.say("BROKEN", || format!("{what}: {words}"));
        self.broken.get_or_insert(Broken { what, words });
    }

    fn sql(&mut self, who: &str, statement: &Statement) -> Outcome {
        self.statements += 1;
        self.changing.push(statement.wants == Wants::Count);
        let fault = match self.failing {
            Some((number, fault)) => (number == self.statements).then_some(fault),
            None if self.random.often(self.trouble) => Some(self.random.one(&Fault::ALL)),
            None => None,
        };
        let now = self.wall();
        let trouble = |kind| Outcome::Trouble(Trouble { kind, message: "the schedule wants it so".to_owned() });
        if fault.is_some() && statement.wants == Wants::Count {
            // What a worker cannot write down it leaves to others, as if it had died.
            self.shop.deaths += 1;
        }
        let outcome = match fault {
            None => self.store.execute(statement, now),
            Some(Fault::Busy) => trouble(TroubleKind::Busy),
            Some(Fault::Refused) => trouble(TroubleKind::Refused),
            Some(Fault::LostUndone) => trouble(TroubleKind::Lost),
            Some(Fault::LostDone) => {
                self.store.execute(statement, now);
                trouble(TroubleKind::Lost)
            }
        };
        self.say(who, || {
            let came = match &outcome {
                Outcome::Rows(rows) => format!("{} rows", rows.len()),
                Outcome::Count(count) => count.to_string(),
                _ => format!("{:?}", fault),
            };
            let params: Vec<_> = statement
                .params
                .iter()
                .map(|param| match param {
                    countersign_outbox::Value::Int(number) => number.to_string(),
                    countersign_outbox::Value::Text(text) => text.chars().take(12).collect(),
                    countersign_outbox::Value::Null => "NULL".to_owned(),
                })
                .collect();
            format!("#{} {} -> {came}   [{}]", self.statements, statement.name, params.join(" "))
        });
        // A store that refuses the engine's own statements is no fault of the schedule's.
        if let (None, Outcome::Trouble(trouble)) = (fault, &outcome)
            && trouble.kind != TroubleKind::Duplicate
            // An installation asks whether there are tables.
            && !trouble.message.contains("no such table")
        {
            self.breaks("error", format!("{}: {}", statement.name, trouble.message));
        }
        outcome
    }

    /// Makes a call as the client would, and says how long it takes.
    fn call(&mut self, who: &str, call: &Call, running: &Running) -> (Told, i64) {
        let (wall, boot) = (self.wall(), self.boot());
        let left = |since: (i64, i64)| {
            // Without its rule there is no deadline: then the client's own time limit is left.
            if call.deadline.limit() > Duration::from_secs(3600) {
                return self.deadline;
            }
            self.deadline - (wall - since.0).max(boot - since.1).max(0)
        };
        let expired = |effect| Error::of_class(Class::Expired, effect, "Too late.");
        let quick = self.random.from(20, 800);
        match &call.what {
            Asked::Send(draft) => {
                let left = left(running.sent);
                if left <= 0 {
                    self.say(who, || format!("does not send {}: too late", draft.external_id()));
                    return (Told::Sent(Box::new(Err(expired(Effect::Order)))), 1);
                }
                let latest = self.t + left + self.settle - SECOND;
                let before = self.platform.taken.len();
                let (says, result) = self.platform.send(self.clients, &mut self.random, draft, self.t, latest);
                self.say(who, || match self.platform.taken.get(before) {
                    Some(taken) => {
                        let at = taken.at as f64 / 1000.0;
                        format!("sends {}: taken at {at}, answered {says:?}", taken.external_id)
                    }
                    None => format!("sends {}: not taken, answered {says:?}", draft.external_id()),
                });
                if let Some(taken) = self.platform.taken.get(before).cloned() {
                    self.taken(&taken);
                }
                let slow = says == Says::Nothing || self.random.often(500);
                let wait = if slow { left } else { quick.min(left) };
                (Told::Sent(Box::new(result)), wait)
            }
            Asked::Look(designs) => {
                let seen = if left(running.called) <= 0 {
                    Err(expired(Effect::Read))
                } else {
                    self.platform.look(&mut self.random, designs, self.t)
                };
                self.say(who, || match &seen {
                    Ok(seen) => {
                        let shown = seen.transactions.iter().map(|seen| match seen {
                            Some(seen) if seen.is_ordered == Some(true) => {
                                format!("by {}", seen.external_order_id.as_deref().unwrap_or("?"))
                            }
                            Some(_) => "free".to_owned(),
                            None => "hidden".to_owned(),
                        });
                        format!("looks for {}: {}", designs.external_id, shown.collect::<Vec<_>>().join(", "))
                    }
                    Err(error) => format!("looks for {}: {error}", designs.external_id),
                });
                (Told::Seen(seen), quick)
            }
            _ => {
                let checked = self.platform.check(&mut self.random);
                self.say(who, || format!("checks: {checked:?}"));
                (Told::Checked(checked), quick)
            }
        }
    }

    /// The platform takes an order: for the second time, that is what must never be.
    fn taken(&mut self, taken: &crate::platform::Taken) {
        if self.platform.taken_of(&taken.external_id).count() > 1 {
            self.breaks("doubled", format!("The platform took the order {} twice.", taken.external_id));
        }
        let other = |design: &String| {
            let mut others = self.platform.taken.iter().filter(|other| other.external_id != taken.external_id);
            others.any(|other| other.designs.contains(design))
        };
        // Of what was placed, only the store's clock says how long a read may not show it: where it jumps just then, the next
        // order of the same design is sent. Both were wanted.
        let blind = self.platform.lag > 0 && self.offset != 0;
        if !blind && let Some(design) = taken.designs.iter().find(|design| other(design)) {
            let words = format!("The design {design} is made for {} and for another order.", taken.external_id);
            self.breaks("design twice", words);
        }
    }

    /// From here on nothing goes wrong any more: everything must come to its end.
    pub(crate) fn settle(&mut self, webhooks: bool) {
        self.say("settling", || "from here on all goes well".to_owned());
        (self.trouble, self.platform.hostile) = (0, (0, 0));
        self.platform.script.clear();
        if self.platform.signs {
            self.t = self.platform.taken.iter().map(|taken| taken.at).fold(self.t, i64::max) + SECOND;
            for taken in 0..if webhooks { self.platform.taken.len() } else { 0 } {
                self.finish(Op::Notify(taken));
            }
        }
        let until = self.t + 60 * DAY;
        let mut rounds = 0;
        self.finish(Op::Drain(1.0, 10_000));
        loop {
            if self.store.is_moved() {
                self.finish(Op::Adopt);
            }
            // An account that waits for `adopt` is asked about every second as long as a drain lasts.
            let seconds = if self.platform.signs { 600.0 } else { 60.0 * 86_400.0 };
            self.finish(Op::Drain(seconds, 10_000));
            if self.is_over() || !self.store.is_open() {
                break;
            }
            // Cron comes again, and for what takes days not every minute.
            self.t += match rounds {
                0..20 => 5 * MINUTE,
                20..60 => HOUR,
                _ => DAY,
            };
            rounds += 1;
            if self.t > until {
                self.breaks("stuck", "An order is open, though nothing has gone wrong for weeks.".to_owned());
                break;
            }
        }
        if self.broken.is_none() {
            let lines = self.store.lines();
            if let Some(broken) = self.shop.check(&lines, &self.platform) {
                self.breaks(broken.what, broken.words);
            }
        }
        if self.loud {
            for line in self.store.lines() {
                self.say("row", || {
                    format!("{} {} {:?} flags {:#x}", line.external_id, line.state, line.reason, line.flags)
                });
                for line in line.history.lines() {
                    self.say("history", || line.to_owned());
                }
            }
        }
    }

    pub(crate) fn order(&mut self, designs: &[&str]) -> usize {
        let number = self.shop.orders.len();
        let designs = designs.iter().map(|design| (*design).to_owned()).collect();
        self.shop.orders.push(Order::new(format!("o-{number}"), designs));
        number
    }
}
