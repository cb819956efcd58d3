//! The world around the machine: one or two orders, two workers, a platform, a shop and a person, made small.
//!
//! Every change of a row goes through the real [`step`]; what stands around it here (guards, waits, what a worker does after
//! what) mirrors `row.rs`, `drain.rs`, `evidence.rs`, `enqueue.rs` and `people.rs`. Time is counted in coarse units, and no
//! further than somebody compares: so the number of states is finite, and time may pass anywhere as often as it likes. A
//! worker that is slow, or stopped for hours, is one between two of whose steps time passes: that costs nothing.
//!
//! What the documents name as possible is left out, each with a reason where it is left out: see "limit" below.

use countersign_outbox::policy::Policy;
use countersign_outbox::row::flag;
use countersign_outbox::state::{Due, Event, Facts, Reason, Record, Rules, State, TABLE, Transition, step};

/// How long a worker has a row.
pub(crate) const LEASE: u8 = 2;
/// How long a request may take until its client gives up.
pub(crate) const DEADLINE: u8 = 1;
/// How much later the platform may still accept it: what `settle` stands for.
pub(crate) const SETTLE: u8 = 1;
/// How far apart two reads are that prove an absence.
pub(crate) const GAP: u8 = 1;
/// How many reads may prove nothing.
pub(crate) const READS: u8 = 2;
/// How many workers may die over a row.
pub(crate) const CRASHES: u8 = 2;
/// How often a row is sent again after a doubt.
pub(crate) const RESENDS: u8 = 1;

/// The wait after a doubt, by the policy's own arithmetic.
pub(crate) fn settle(doubts: u8) -> u8 {
    let policy = Policy {
        deadline: DEADLINE.into(),
        lease: LEASE.into(),
        settle: SETTLE.into(),
        settle_growth: 2,
        gap: GAP.into(),
        ..Policy::default()
    };
    u8::try_from(policy.settle_ms(doubts.into()) / policy.ms(1)).unwrap_or(u8::MAX)
}

/// Goods and data of an order, as two bits.
pub(crate) const OTHER_GOODS: u8 = 1;
pub(crate) const OTHER_DATA: u8 = 2;

/// What may go wrong in a place, as bits.
pub(crate) mod may {
    pub(crate) const CRASH: u32 = 1;
    pub(crate) const JUMP: u32 = 1 << 1;
    pub(crate) const RESTORE: u32 = 1 << 2;
    pub(crate) const LOSE: u32 = 1 << 3;
    pub(crate) const BUSY: u32 = 1 << 4;
    pub(crate) const REFUSE: u32 = 1 << 5;
    pub(crate) const PART: u32 = 1 << 6;
    /// Limit: later than all waits the platform accepts only what is sent again. The first send of an order would be doubled
    /// by that whatever the rules (see [`FIRST_LATE`]); they promise no more than that it happens once.
    pub(crate) const VERY_LATE: u32 = 1 << 7;
    pub(crate) const HIDE: u32 = 1 << 8;
    pub(crate) const READ_FAILS: u32 = 1 << 9;
    /// A read shows what was true one unit ago. (Limit: no longer ago than the two reads of an absence reach.)
    pub(crate) const LAG: u32 = 1 << 10;

    /// The shop changes goods, or data, or cancels, or enqueues once more.
    pub(crate) const CHANGE: u32 = 1 << 11;
    pub(crate) const DATA: u32 = 1 << 12;
    pub(crate) const CANCEL: u32 = 1 << 13;
    pub(crate) const AGAIN: u32 = 1 << 14;

    /// Another system orders the designs. Limit: not between a worker's look and its send, where nobody sees it.
    pub(crate) const OTHERS: u32 = 1 << 16;

    /// Beyond a limit: the platform keeps also what was sent for the first time, a read never shows what came since, another
    /// system orders at any moment.
    pub(crate) const FIRST_LATE: u32 = 1 << 17;
    pub(crate) const NEVER_SHOWN: u32 = 1 << 18;
    pub(crate) const OTHERS_MEANWHILE: u32 = 1 << 19;

    /// A row may be left for longer than `max_age`, and workers that die over one are counted.
    pub(crate) const AGE: u32 = 1 << 15;
}

/// A configuration: what there is, and how much may go wrong.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// What it is called in a report.
    pub(crate) name: &'static str,
    /// The platform has a read.
    pub(crate) read: bool,
    /// How many designs the first order has.
    pub(crate) designs: u8,
    /// There is a second order, with the first design.
    pub(crate) second: bool,
    /// Who ordered the designs before the outbox was there.
    pub(crate) before: Owner,
    pub(crate) may: u32,
    pub(crate) misfortunes: u8,
    pub(crate) shop: u8,
    pub(crate) persons: u8,
    /// How much more of the three a long run allows.
    pub(crate) soak: [u8; 3],
}

/// Whose order a design is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub(crate) enum Owner {
    #[default]
    Nobody,
    First,
    Second,
    Somebody,
}

const OWN: [Owner; 2] = [Owner::First, Owner::Second];

/// A row, as far as a rule looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub(crate) struct Row {
    /// `None`: not enqueued yet.
    pub(crate) state: Option<State>,
    pub(crate) reason: Option<Reason>,
    pub(crate) flags: u16,
    pub(crate) body: u8,
    /// Units until the lease ends; 0: it has ended, or there is none.
    lease: u8,
    crashes: u8,
    /// It was sent; how often, nobody asks.
    sends: u8,
    doubts: u8,
    resends: u8,
    reads: u8,
    /// Units since the wait began, by the second clock; the store's jumped since, or not.
    wait: u8,
    wait_jumped: bool,
    absent: Option<u8>,
    absent_jumped: bool,
    /// Older than `max_age`, and in doubt for longer than `unknown`.
    old: bool,
    long_doubted: bool,
    /// It is read before its wait is over: a person wants that, and it may be there already.
    early: bool,
    /// Which acceptance it knows.
    remote: u8,
    /// Units since it ended.
    done: u8,
}

impl Row {
    pub(crate) fn is(&self, flag: i64) -> bool {
        i64::from(self.flags) & flag != 0
    }

    fn facts(&self, rules: Rules, read_back: bool) -> Facts {
        Facts {
            ever_doubted: self.is(flag::EVER_DOUBTED),
            doubted: self.is(flag::DOUBTED),
            altered: self.is(flag::ALTERED),
            unwanted: self.is(flag::UNWANTED),
            resend_left: self.resends < RESENDS || !rules.hold(13),
            read_back,
            baseline: self.is(flag::BASELINE),
            blocked: self.state == Some(State::Held)
                && matches!(self.reason, Some(Reason::AlreadyOrdered | Reason::PartlyOrdered | Reason::AlreadyOurs)),
            ours: self.is(flag::FOUND),
            ..Facts::default()
        }
    }

    /// `drain::absent`, as of now: what a read that shows nothing ordered amounts to.
    fn absence(&self, rules: Rules) -> Event {
        if self.wait_jumped && rules.hold(3) {
            return Event::ClockJumped;
        }
        if !self.wait_jumped && self.wait < settle(self.doubts.max(1)) {
            return Event::ReadFailed;
        }
        match self.absent {
            None => Event::ReadAbsent,
            Some(_) if self.absent_jumped && rules.hold(3) => Event::ClockJumped,
            Some(since) if !self.absent_jumped && since < GAP => Event::ReadFailed,
            Some(_) => Event::ProvenAbsent,
        }
    }

    /// Due by the store's clock, no lease running. Back-offs are left out: whoever is due too early only does more.
    fn due(&self) -> bool {
        let waited = self.wait_jumped || self.wait >= settle(self.doubts.max(1));
        let apart = self.absent.is_none_or(|since| self.absent_jumped || since >= GAP);
        self.lease == 0 && (self.state != Some(State::Unknown) || self.early || (waited && apart))
    }
}

/// What a request that left was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Reply {
    Ok,
    /// No whole answer.
    Broken,
    /// 503.
    Unavailable,
    /// 422, 429, 401.
    Refused,
    Throttled,
    Unauthorised,
    /// Its deadline had passed: nothing left.
    Late,
}

/// Where a worker stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub(crate) enum At {
    #[default]
    Idle,
    /// It has a row that waits to be sent.
    Claimed,
    /// It has its designs as well.
    Reserved,
    /// It has looked; nothing is in the way, or this is.
    Looked(Option<Event>),
    /// It has written down that it sends.
    Sending,
    /// The request has left.
    Waiting,
    Answered(Reply),
    /// It has a row in doubt; this is what an absence would amount to.
    Doubting(Event),
    /// It has read it back.
    Read(Event),
}

/// A worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub(crate) struct Worker {
    pub(crate) at: At,
    pub(crate) row: u8,
    /// The token is still its own, and the version the one that it read.
    token: bool,
    version: bool,
    /// The row was sent once more since it sent it.
    sent_since: bool,
    /// Its own deadline has not passed.
    in_time: bool,
    /// Units since it took the row, by its own clock.
    held: u8,
    /// Units for which its request may still be accepted.
    left: u8,
    body: u8,
    remote: u8,
}

/// A request that nobody waits for any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Air {
    pub(crate) row: u8,
    body: u8,
    /// Units for which it may still be accepted; [`FOR_EVER`]: as long as it likes.
    left: u8,
}

const FOR_EVER: u8 = 255;

/// What shop, platform and person know of an order, beside the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub(crate) struct Order {
    /// What the shop wants at last.
    pub(crate) body: u8,
    pub(crate) wanted: bool,
    /// It was told of a conflict.
    told: bool,
    /// How often the platform accepted it whole, and what last.
    pub(crate) accepted: u8,
    accepted_body: u8,
    /// A design of it was ordered already when the platform accepted it.
    over: bool,
    /// What was accepted was sent after the shop's cancel was acknowledged.
    after_cancel: bool,
    /// A person accepted that it may be made twice, gave it up, or said that it is placed.
    risked: bool,
    dropped: bool,
    /// The shop was told that the platform does not have it, and will not get it.
    assured: bool,
    /// Dropped, and the shop has not enqueued it again since.
    given_up: bool,
    vouched: bool,
    /// The alerts that a person has seen since the shop's last word.
    seen: u16,
    /// A look showed that the platform had it before, and the row was placed by that.
    there: bool,
    found: bool,
    /// Proof was brought.
    proven: bool,
    /// Webhooks under way, as bits.
    webhooks: u8,
}

/// Who has the common design for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Taken {
    row: u8,
    /// The token that took it is the row's own still.
    same: bool,
}

/// Everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct World {
    pub(crate) rows: [Row; 2],
    pub(crate) orders: [Order; 2],
    pub(crate) workers: [Worker; 2],
    pub(crate) air: [Option<Air>; 2],
    truth: [Owner; 2],
    shown: [Owner; 2],
    hidden: bool,
    taken: Option<Taken>,
    /// The row before it was last sent, until the shop says something more.
    backup: Option<Row>,
    /// The store is a backup that nobody has looked beyond yet.
    restored: bool,
    pub(crate) misfortunes: u8,
    shop: u8,
    persons: u8,
}

/// One thing that happens. Workers are told by their place in the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Act {
    // The shop and a person.
    Enqueue(u8),
    Again(u8),
    Change(u8),
    Data(u8),
    Cancel(u8),
    Retry(u8),
    Drop(u8),
    SayPlaced(u8),
    // Time.
    Tick,
    /// Longer than `max_age` and `unknown`.
    Week,
    // Workers.
    Reap(u8, u8),
    Claim(u8, u8),
    /// Gives a row to a person, or lets it be, without claiming it.
    GiveUp(u8, u8),
    Reserve(u8),
    /// A look, which may show what was true before.
    Look(u8, bool),
    LookFails(u8),
    Apply(u8),
    Send(u8),
    Write(u8),
    Record(u8),
    // The platform.
    Accept(u8),
    AcceptUnheard(u8, Reply),
    NeverAccept(u8, Reply),
    AcceptLater(u8, Reply),
    AcceptVeryLate(u8),
    AcceptPart(u8),
    Answer(u8, Reply),
    LateAccept(u8),
    Webhook(u8, u8),
    Hide,
    Others,
    // What else goes wrong.
    Crash(u8),
    Jump,
    JumpBack,
    Restore,
}

impl Act {
    /// Whether it happens by itself when nothing goes wrong and nobody says anything.
    pub(crate) fn is_normal(self) -> bool {
        matches!(
            self,
            Self::Tick
                | Self::Week
                | Self::Reap(..)
                | Self::Claim(..)
                | Self::GiveUp(..)
                | Self::Reserve(_)
                | Self::Look(..)
                | Self::Apply(_)
                | Self::Send(_)
                | Self::Write(_)
                | Self::Record(_)
                | Self::Accept(_)
        )
    }
}

/// A promise that is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Broken {
    Doubled,
    Lost,
    WrongGoods,
    NoEnd,
    CancelledPlaced,
}

impl Broken {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Doubled => "doubled",
            Self::Lost => "lost",
            Self::WrongGoods => "wrong_goods",
            Self::NoEnd => "no_end",
            Self::CancelledPlaced => "cancelled_placed",
        }
    }
}

/// What stands beside an event.
#[derive(Clone, Copy, Default)]
struct What {
    /// The worker that it is the event of.
    worker: Option<u8>,
    sent_since: bool,
    other_remote: bool,
    other_goods: bool,
    body: u8,
    remote: u8,
    reason: Option<Reason>,
}

/// What a walk through a place goes by, and which rows of the machine it went through.
pub(crate) struct Walk {
    pub(crate) place: Place,
    pub(crate) rules: Rules,
    pub(crate) used: Vec<bool>,
}

impl Walk {
    pub(crate) fn new(place: Place, rules: Rules) -> Self {
        Self { place, rules, used: vec![false; TABLE.len()] }
    }

    pub(crate) fn begin(&self) -> World {
        World {
            rows: [Row::default(); 2],
            orders: [Order::default(); 2],
            workers: [Worker::default(); 2],
            air: [None; 2],
            truth: [self.place.before; 2],
            shown: [self.place.before; 2],
            hidden: false,
            taken: None,
            backup: None,
            restored: false,
            misfortunes: self.place.misfortunes,
            shop: self.place.shop,
            persons: self.place.persons,
        }
    }

    fn may(&self, what: u32) -> bool {
        self.place.may & what != 0
    }

    /// `row::change` and the statement that follows: what becomes of a row, or `None` if it does not concern it.
    fn change(&mut self, world: &mut World, row: u8, event: Event, what: What) -> Option<&'static Transition> {
        let now = &mut world.rows[usize::from(row)];
        let facts = Facts {
            sent_since: what.sent_since,
            other_remote: what.other_remote,
            other_goods: what.other_goods,
            ..now.facts(self.rules, self.place.read)
        };
        let from = now.state?;
        let transition = step(from, event, &facts, self.rules)?;
        if let Some(at) = TABLE
            .iter()
            .position(|one| one.event == event && one.from == transition.from && one.when == transition.when)
        {
            self.used[at] = true;
        }
        let to = transition.to.unwrap_or(from);
        let mut flags = i64::from(now.flags);
        if matches!(event, Event::SaidPlaced | Event::SaidRetry | Event::SaidDrop) {
            flags &= !flag::ALERTS;
        }
        for record in transition.records {
            match record {
                Record::Body => now.body = what.body,
                Record::Altered => {
                    flags = (flags | flag::ALTERED) & !(flag::UNWANTED | flag::BASELINE);
                    now.old = false;
                }
                Record::Fresh => now.old = false,
                Record::Conflict => flags |= flag::CONFLICT,
                Record::Unwanted => flags |= flag::UNWANTED,
                Record::Wanted => flags &= !(flag::UNWANTED | flag::CANCEL_THERE),
                Record::CancelThere => flags |= flag::CANCEL_THERE,
                Record::Send => now.sends = 1,
                Record::Doubt => {
                    flags |= flag::DOUBTED | flag::EVER_DOUBTED;
                    // The third wait is no longer than the second: that keeps the states few.
                    now.doubts = (now.doubts + 1).min(2);
                    now.long_doubted = false;
                    now.wait_anew();
                    now.reads = 0;
                }
                Record::NoDoubt => flags &= !flag::DOUBTED,
                Record::Resend => now.resends = (now.resends + 1).min(RESENDS + 1),
                Record::Resends => now.resends = 0,
                Record::Read => now.reads = (now.reads + 1).min(READS),
                Record::Absent => (now.absent, now.absent_jumped) = (Some(0), false),
                Record::Restart => now.wait_anew(),
                Record::ReadAnew => {
                    now.long_doubted = false;
                    now.wait_anew();
                    now.reads = 0;
                }
                Record::Baseline => flags |= flag::BASELINE,
                Record::Risk => flags |= flag::RISK,
                Record::Found => flags |= flag::FOUND,
                Record::Surprise => flags |= flag::SURPRISE,
                Record::Duplicate => flags |= flag::DUPLICATE,
                other => unreachable!("the explorer does not know {other:?}"),
            }
        }
        now.flags = u16::try_from(flags).unwrap_or_default();
        let mut token_goes = true;
        match transition.due {
            Due::Keep => token_goes = false,
            Due::Lease => {
                now.lease = LEASE;
                token_goes = event == Event::Claimed;
            }
            _ => now.lease = 0,
        }
        if to != from || transition.reason.is_some() || what.reason.is_some() {
            now.reason = transition.reason.map(|own| what.reason.unwrap_or(own)).or(what.reason);
        }
        if event == Event::Claimed {
            now.crashes += u8::from(self.place.may & may::AGE != 0);
        } else if event != Event::Sent && event != Event::LeaseEnded {
            now.crashes = 0;
        }
        if now.remote == 0 {
            now.remote = what.remote;
        }
        now.state = Some(to);
        now.early =
            to == State::Unknown && (transition.due == Due::Now || (now.early && transition.due != Due::Settle));
        if to != State::Unknown {
            // Nobody looks at the waits of what is not in doubt, nor at a reason but a held row's.
            (now.wait, now.wait_jumped, now.absent, now.absent_jumped, now.reads) = (0, false, None, false, 0);
        }
        if to != State::Held && to != State::Unknown {
            now.reason = None;
        }
        if to.is_open() || from.is_open() {
            now.done = 0;
        }
        if !to.is_open() {
            (now.old, now.long_doubted) = (false, false);
        }
        for (at, worker) in world.workers.iter_mut().enumerate() {
            if worker.at != At::Idle && worker.row == row && what.worker.map(usize::from) != Some(at) {
                worker.version = false;
                worker.token &= !token_goes;
                worker.sent_since |= event == Event::Sent && worker.token_was_sent();
            }
        }
        if token_goes && let Some(taken) = &mut world.taken {
            taken.same &= taken.row != row;
        }
        let order = &mut world.orders[usize::from(row)];
        order.there |= event == Event::FoundOurs;
        order.found |= event == Event::FoundOurs && to == State::Placed;
        order.risked |= transition.records.contains(&Record::Risk) || transition.records.contains(&Record::Baseline);
        Some(transition)
    }

    /// A worker is done. What its claim took is left to whoever finds it dead by its row.
    fn done(world: &mut World, who: u8) {
        world.workers[usize::from(who)] = Worker::default();
    }

    /// The platform accepts an order whole.
    fn accept(&self, world: &mut World, row: u8, body: u8) -> u8 {
        let order = &mut world.orders[usize::from(row)];
        order.accepted = (order.accepted + 1).min(2);
        order.accepted_body = body;
        order.after_cancel |= !order.wanted && body & CANCELLED != 0;
        let designs = &mut world.truth[..self.designs(row)];
        order.over |= designs.iter().any(|owner| *owner != Owner::Nobody);
        designs.fill(OWN[usize::from(row)]);
        if !self.place.read {
            order.webhooks |= order.accepted;
        }
        if !self.place.read || !self.may(may::LAG) {
            world.shown = world.truth;
        }
        order.accepted
    }

    fn designs(&self, row: u8) -> usize {
        if row == 0 { self.place.designs.into() } else { 1 }
    }

    /// What a read of the designs of a row shows.
    fn sight(&self, world: &World, row: u8, before: bool) -> Sight {
        if world.hidden {
            return Sight::Hidden;
        }
        let seen = if before { &world.shown } else { &world.truth };
        let seen = &seen[..self.designs(row)];
        if seen.iter().all(|owner| *owner == Owner::Nobody) {
            Sight::Free
        } else if seen.contains(&Owner::Nobody) {
            Sight::Some
        } else if seen.iter().all(|owner| *owner == OWN[usize::from(row)]) {
            Sight::Ours
        } else {
            Sight::Others
        }
    }

    /// Everything that can happen, and what the world is then.
    pub(crate) fn each(&mut self, world: &World, out: &mut Vec<(Act, World)>) {
        out.clear();
        let rows = if self.place.second { 2 } else { 1 };
        for row in 0..rows {
            self.shop(world, row, out);
            self.person(world, row, out);
            if let Some(next) = self.webhook(world, row, 1) {
                out.push((Act::Webhook(row, 1), next));
            }
            if let Some(next) = self.webhook(world, row, 2) {
                out.push((Act::Webhook(row, 2), next));
            }
        }
        for worker in 0..2 {
            // Two idle workers are one.
            if worker == 1 && world.workers[0] == world.workers[1] {
                continue;
            }
            self.work(world, worker, rows, out);
            self.platform(world, worker, out);
        }
        for (at, air) in world.air.iter().enumerate() {
            if let Some(air) = air {
                let mut next = *world;
                next.air[at] = None;
                self.accept(&mut next, air.row, air.body);
                out.push((Act::LateAccept(air.row), next));
            }
        }
        self.time(world, out);
        self.misfortune(world, out);
        for (_, next) in out.iter_mut() {
            next.tidy();
        }
    }

    fn shop(&mut self, world: &World, row: u8, out: &mut Vec<(Act, World)>) {
        let at = usize::from(row);
        let now = world.rows[at];
        if now.state.is_none() {
            let mut next = *world;
            next.rows[at].state = Some(State::Pending);
            next.orders[at].wanted = true;
            out.push((Act::Enqueue(row), next));
            return;
        }
        // Limit: what the shop says to a store that is older than the platform is judged by what the store knows.
        if world.shop == 0 || world.restored {
            return;
        }
        let wanted = world.orders[at].body;
        for (act, which, body) in [
            (Act::Again(row), may::AGAIN, wanted),
            (Act::Change(row), may::CHANGE, wanted ^ OTHER_GOODS),
            (Act::Data(row), may::DATA, wanted ^ OTHER_DATA),
        ] {
            if !self.may(which) {
                continue;
            }
            let mut next = *world;
            next.shop -= 1;
            let event = if body == now.body { Event::Repeated } else { Event::Changed };
            let other_goods = (body ^ now.body) & OTHER_GOODS != 0;
            let done = self.change(&mut next, row, event, What { other_goods, body, ..What::default() });
            let conflict = done.is_some_and(|done| done.records.contains(&Record::Conflict));
            if conflict && now.is(flag::CONFLICT) && !now.is(flag::UNWANTED) {
                // Noted already: nothing is written.
                next = World { shop: next.shop, ..*world };
            }
            let order = &mut next.orders[at];
            (order.body, order.wanted, order.given_up, order.seen, order.assured) = (body, true, false, 0, false);
            order.told = conflict;
            if done.is_some() {
                next.backup = None;
            }
            out.push((act, next));
        }
        if self.may(may::CANCEL) && world.orders[at].wanted {
            let mut next = *world;
            next.shop -= 1;
            let done = self.change(&mut next, row, Event::Cancel, What::default());
            next.orders[at].assured = done.is_some_and(|done| done.to == Some(State::Cancelled));
            (next.orders[at].wanted, next.orders[at].seen) = (false, 0);
            next.backup = None;
            out.push((Act::Cancel(row), next));
        }
    }

    fn person(&mut self, world: &World, row: u8, out: &mut Vec<(Act, World)>) {
        let at = usize::from(row);
        let now = world.rows[at];
        if world.persons == 0 || now.lease > 0 {
            return;
        }
        let mut decide = |act, event| {
            let mut next = *world;
            next.persons -= 1;
            if self.change(&mut next, row, event, What::default()).is_none() {
                return;
            }
            let order = &mut next.orders[at];
            order.seen |= now.flags & u16::try_from(flag::ALERTS).unwrap_or_default();
            match event {
                // Whoever tries it again wants it, whatever the shop said.
                Event::SaidRetry => {
                    (order.wanted, order.given_up, order.dropped, order.assured) = (true, false, false, false);
                }
                Event::SaidDrop => (order.dropped, order.given_up) = (true, true),
                _ => order.vouched = true,
            }
            out.push((act, next));
        };
        if matches!(now.state, Some(State::Held | State::Rejected | State::Cancelled)) {
            decide(Act::Retry(row), Event::SaidRetry);
        }
        // What has ended is answered only where there is an alert to answer.
        let alert = i64::from(now.flags) & flag::ALERTS != 0;
        let ended = matches!(now.state, Some(State::Rejected | State::Cancelled));
        if now.state == Some(State::Held) || (ended && alert) {
            decide(Act::Drop(row), Event::SaidDrop);
        }
        // A person looks before saying so.
        if world.orders[at].accepted > 0 && (now.state != Some(State::Placed) || alert) {
            decide(Act::SayPlaced(row), Event::SaidPlaced);
        }
    }

    /// `notify`: a webhook of the platform about its acceptance number `which`.
    fn webhook(&mut self, world: &World, row: u8, which: u8) -> Option<World> {
        let at = usize::from(row);
        if world.orders[at].webhooks & which == 0 {
            return None;
        }
        let mut next = *world;
        next.orders[at].webhooks &= !which;
        let now = world.rows[at];
        // Nothing was sent from this row: it is about an earlier order.
        if now.sends > 0 {
            next.orders[at].proven = true;
            let other_remote = now.remote != 0 && now.remote != which;
            self.change(&mut next, row, Event::Evidence, What { other_remote, remote: which, ..What::default() });
        }
        Some(next)
    }

    fn work(&mut self, world: &World, who: u8, rows: u8, out: &mut Vec<(Act, World)>) {
        let me = world.workers[usize::from(who)];
        let at = usize::from(me.row);
        let mut next = *world;
        let mine = What { worker: Some(who), ..What::default() };
        match me.at {
            At::Idle => {
                for row in 0..rows {
                    self.begin_work(world, who, row, out);
                }
            }
            At::Claimed => {
                if self.reserve(&mut next, who) {
                    next.workers[usize::from(who)].at = self.reserved();
                } else {
                    if me.token && me.version {
                        self.change(&mut next, me.row, Event::Postponed, mine);
                    }
                    Self::done(&mut next, who);
                }
                out.push((Act::Reserve(who), next));
            }
            At::Reserved => {
                for before in [false, true] {
                    if before && self.sight(world, me.row, true) == self.sight(world, me.row, false) {
                        continue;
                    }
                    let mut event = match self.sight(world, me.row, before) {
                        Sight::Free => None,
                        Sight::Ours => Some(Event::FoundOurs),
                        Sight::Others => Some(Event::FoundOthers),
                        Sight::Some => Some(Event::FoundSome),
                        Sight::Hidden => Some(Event::Hidden),
                    };
                    if world.rows[at].is(flag::BASELINE) && event != Some(Event::Hidden) {
                        event = None;
                    }
                    let mut next = *world;
                    next.workers[usize::from(who)].at = At::Looked(event);
                    out.push((Act::Look(who, before), next));
                }
                if self.may(may::READ_FAILS) && world.misfortunes > 0 {
                    next.misfortunes -= 1;
                    next.workers[usize::from(who)].at = At::Looked(Some(Event::Postponed));
                    out.push((Act::LookFails(who), next));
                }
            }
            At::Looked(Some(event)) => {
                if me.token && me.version {
                    self.change(&mut next, me.row, event, mine);
                }
                next.restored &= !me.token || matches!(event, Event::Postponed | Event::Hidden);
                Self::done(&mut next, who);
                out.push((Act::Apply(who), next));
            }
            At::Looked(None) => {
                let before = world.rows[at];
                let ended = if self.may(may::JUMP) { me.held >= LEASE } else { before.lease == 0 };
                let stood = ended && self.rules.hold(4);
                if !stood
                    && me.token
                    && me.version
                    && before.lease > 0
                    && self.change(&mut next, me.row, Event::Sent, mine).is_some()
                {
                    next.restored = false;
                    let order = next.orders[at];
                    if self.may(may::RESTORE) {
                        let row = Row { lease: 0, ..before };
                        next.backup = Some(row);
                    }
                    let worker = &mut next.workers[usize::from(who)];
                    (worker.at, worker.in_time, worker.held) = (At::Sending, true, 0);
                    worker.body = before.body | if order.wanted { 0 } else { CANCELLED };
                } else {
                    // It stood still for a whole lease: told by its own clock, which the store's agrees with where none jumps.
                    if stood && me.token && me.version {
                        self.change(&mut next, me.row, Event::Postponed, mine);
                    }
                    Self::done(&mut next, who);
                }
                out.push((Act::Send(who), next));
            }
            At::Sending => {
                let worker = &mut next.workers[usize::from(who)];
                if me.in_time || !self.rules.hold(4) {
                    (worker.at, worker.left) = (At::Waiting, DEADLINE + SETTLE);
                } else {
                    worker.at = At::Answered(Reply::Late);
                }
                worker.in_time = false;
                out.push((Act::Write(who), next));
            }
            // The platform has the word.
            At::Waiting => {}
            At::Answered(reply) => {
                let event = meaning(reply, self.rules);
                let what = What { remote: me.remote, ..mine };
                // What the shop said meanwhile is read first: the token alone tells whose the row is.
                let written = me.token
                    && world.rows[at].state == Some(State::Sending)
                    && self.change(&mut next, me.row, event, what).is_some();
                if event == Event::Accepted {
                    next.orders[at].proven = true;
                    if !written {
                        let now = next.rows[at];
                        let other_remote = now.remote != 0 && now.remote != me.remote;
                        let what = What { sent_since: me.sent_since, other_remote, ..what };
                        self.change(&mut next, me.row, Event::Evidence, what);
                    }
                }
                Self::done(&mut next, who);
                out.push((Act::Record(who), next));
            }
            At::Doubting(absence) => {
                for before in [false, true] {
                    if before && self.sight(world, me.row, true) == self.sight(world, me.row, false) {
                        continue;
                    }
                    let event = match self.sight(world, me.row, before) {
                        Sight::Ours => Event::ReadOurs,
                        Sight::Others => Event::ReadOthers,
                        Sight::Free => absence,
                        Sight::Some | Sight::Hidden => Event::ReadNothing,
                    };
                    let mut next = *world;
                    next.workers[usize::from(who)].at = At::Read(event);
                    out.push((Act::Look(who, before), next));
                }
                if self.may(may::READ_FAILS) && world.misfortunes > 0 {
                    next.misfortunes -= 1;
                    next.workers[usize::from(who)].at = At::Read(Event::ReadFailed);
                    out.push((Act::LookFails(who), next));
                }
            }
            At::Read(read) => {
                let now = world.rows[at];
                let told = read == Event::ReadNothing;
                let spent = now.long_doubted || (told && now.reads + 1 >= READS);
                let event =
                    if spent && (told || matches!(read, Event::ReadFailed | Event::ClockJumped)) && self.rules.hold(14)
                    {
                        Event::Exhausted
                    } else {
                        read
                    };
                let reason = told.then_some(if world.hidden { Reason::NotShown } else { Reason::Partial });
                let what = What { reason, ..mine };
                if me.token && me.version {
                    self.change(&mut next, me.row, event, what);
                }
                Self::done(&mut next, who);
                out.push((Act::Apply(who), next));
            }
        }
    }

    /// Where a worker stands that may look now.
    fn reserved(&self) -> At {
        if self.place.read && self.rules.hold(1) { At::Reserved } else { At::Looked(None) }
    }

    /// `drain::reserve` for the common design: whether the worker has it now.
    fn reserve(&self, world: &mut World, who: u8) -> bool {
        let me = world.workers[usize::from(who)];
        if let Some(taken) = world.taken {
            let row = world.rows[usize::from(taken.row)];
            let alive = match row.state {
                Some(State::Sending | State::Unknown) => true,
                Some(State::Pending) => taken.same && row.lease > 0,
                // A read may not show it at once.
                Some(State::Placed) => row.done < GAP,
                _ => false,
            };
            if alive {
                return false;
            }
        }
        world.taken = Some(Taken { row: me.row, same: me.token });
        true
    }

    /// What an idle worker does about a row.
    fn begin_work(&mut self, world: &World, who: u8, row: u8, out: &mut Vec<(Act, World)>) {
        let now = world.rows[usize::from(row)];
        let mut next = *world;
        if now.state == Some(State::Sending) && now.lease == 0 {
            self.change(&mut next, row, Event::LeaseEnded, What::default());
            out.push((Act::Reap(who, row), next));
            return;
        }
        if !matches!(now.state, Some(State::Pending | State::Unknown)) || !now.due() {
            return;
        }
        let pending = now.state == Some(State::Pending);
        let instead = if now.crashes >= CRASHES {
            Some(Event::Crashed)
        } else if pending && now.old {
            Some(Event::Aged)
        } else if !pending && !self.place.read {
            Some(Event::Exhausted)
        } else {
            None
        };
        if let Some(event) = instead {
            if self.change(&mut next, row, event, What::default()).is_some() {
                out.push((Act::GiveUp(who, row), next));
            }
            // Without the rule that ages a row, it is neither held nor sent.
            return;
        }
        let me = Worker { row, token: true, version: true, ..Worker::default() };
        let at = if !pending {
            At::Doubting(now.absence(self.rules))
        } else if self.place.read && self.place.second && self.rules.hold(9) {
            At::Claimed
        } else {
            self.reserved()
        };
        next.workers[usize::from(who)] = Worker { at, ..me };
        self.change(&mut next, row, Event::Claimed, What { worker: Some(who), ..What::default() });
        out.push((Act::Claim(who, row), next));
    }

    /// What the platform does with a request that somebody waits for.
    fn platform(&mut self, world: &World, who: u8, out: &mut Vec<(Act, World)>) {
        let me = world.workers[usize::from(who)];
        if me.at != At::Waiting {
            return;
        }
        let answered = |reply, cost: u8| {
            let mut next = *world;
            next.misfortunes -= cost;
            let worker = &mut next.workers[usize::from(who)];
            (worker.at, worker.left, worker.body) = (At::Answered(reply), 0, 0);
            next
        };
        let mut next = answered(Reply::Ok, 0);
        next.workers[usize::from(who)].remote = self.accept(&mut next, me.row, me.body);
        out.push((Act::Accept(who), next));
        if world.misfortunes == 0 {
            return;
        }
        for (which, reply) in [(may::LOSE, Reply::Broken), (may::BUSY, Reply::Unavailable)] {
            if !self.may(which) {
                continue;
            }
            let mut next = answered(reply, 1);
            self.accept(&mut next, me.row, me.body);
            out.push((Act::AcceptUnheard(who, reply), next));
            out.push((Act::NeverAccept(who, reply), answered(reply, 1)));
            let mut next = answered(reply, 1);
            if next.fly(Air { row: me.row, body: me.body, left: me.left }) {
                out.push((Act::AcceptLater(who, reply), next));
            }
        }
        let again = world.rows[usize::from(me.row)].resends > 0;
        if (self.may(may::VERY_LATE) && again) || self.may(may::FIRST_LATE) {
            let mut next = answered(Reply::Broken, 1);
            if next.fly(Air { row: me.row, body: me.body, left: FOR_EVER }) {
                out.push((Act::AcceptVeryLate(who), next));
            }
        }
        if self.may(may::PART) && me.row == 0 && self.place.designs == 2 {
            let mut next = answered(Reply::Broken, 1);
            next.orders[0].over |= next.truth[0] != Owner::Nobody;
            next.truth[0] = Owner::First;
            if !self.may(may::LAG) {
                next.shown = next.truth;
            }
            out.push((Act::AcceptPart(who), next));
        }
        if self.may(may::REFUSE) {
            for reply in [Reply::Refused, Reply::Throttled, Reply::Unauthorised] {
                out.push((Act::Answer(who, reply), answered(reply, 1)));
            }
        }
    }

    fn time(&mut self, world: &World, out: &mut Vec<(Act, World)>) {
        // A client that has waited as long as it may gets an answer or none, which is a misfortune: time waits for that.
        let due = |worker: &Worker| worker.at == At::Waiting && worker.left <= SETTLE;
        if !world.workers.iter().any(due) {
            let mut next = *world;
            for row in &mut next.rows {
                row.lease = row.lease.saturating_sub(1);
                if self.place.second && row.state.is_some_and(|state| !state.is_open()) {
                    row.done = (row.done + 1).min(GAP);
                }
                if row.state == Some(State::Unknown) {
                    row.wait = (row.wait + 1).min(settle(row.doubts.max(1)));
                    row.early &= row.wait < settle(row.doubts.max(1));
                    row.absent = row.absent.map(|since| (since + 1).min(GAP));
                }
            }
            let counted = self.may(may::JUMP);
            for worker in &mut next.workers {
                worker.in_time = false;
                worker.left = worker.left.saturating_sub(1);
                if counted && !matches!(worker.at, At::Idle | At::Sending | At::Waiting | At::Answered(_)) {
                    worker.held = (worker.held + 1).min(LEASE);
                }
            }
            for air in &mut next.air {
                *air = match *air {
                    Some(one) if one.left == FOR_EVER => Some(one),
                    Some(one) if one.left > 0 => Some(Air { left: one.left - 1, ..one }),
                    _ => None,
                };
            }
            if !self.may(may::NEVER_SHOWN) {
                next.shown = next.truth;
            }
            if next != *world {
                out.push((Act::Tick, next));
            }
        }
        let open = |row: &Row| row.state.is_some_and(|state| state.is_open() && state != State::Held);
        let quiet = world.workers.iter().all(|worker| worker.at == At::Idle) && world.air == [None; 2];
        if self.may(may::AGE) && quiet && world.rows.iter().any(|row| open(row) && !row.old) {
            let mut next = *world;
            for row in next.rows.iter_mut().filter(|row| open(row)) {
                (row.lease, row.old) = (0, true);
                if row.state == Some(State::Unknown) {
                    (row.long_doubted, row.early) = (true, false);
                    row.wait = settle(row.doubts.max(1));
                    row.absent = row.absent.map(|_| GAP);
                }
            }
            next.shown = next.truth;
            out.push((Act::Week, next));
        }
    }

    fn misfortune(&mut self, world: &World, out: &mut Vec<(Act, World)>) {
        if world.misfortunes == 0 {
            return;
        }
        let mut left = *world;
        left.misfortunes -= 1;
        if self.may(may::CRASH) {
            for who in 0..2 {
                let me = world.workers[usize::from(who)];
                let mut next = left;
                if me.at == At::Idle
                    || (me.at == At::Waiting && !next.fly(Air { row: me.row, body: me.body, left: me.left }))
                {
                    continue;
                }
                Self::done(&mut next, who);
                out.push((Act::Crash(who), next));
            }
        }
        if self.may(may::JUMP) {
            let mut next = left;
            for row in &mut next.rows {
                row.lease = 0;
                if self.place.second && row.state.is_some_and(|state| !state.is_open()) {
                    row.done = GAP;
                }
                if row.state == Some(State::Unknown) {
                    row.wait_jumped = true;
                    row.absent_jumped = row.absent.is_some();
                }
            }
            // One that nobody notices is none.
            if next.rows != world.rows {
                out.push((Act::Jump, next));
            }
        }
        if self.may(may::JUMP) {
            let mut next = left;
            for (at, row) in next.rows.iter_mut().enumerate() {
                // A lease that has ended seems to run again.
                let leased = |worker: &Worker| worker.at != At::Idle && worker.token && usize::from(worker.row) == at;
                if row.state == Some(State::Sending) || world.workers.iter().any(leased) {
                    row.lease = LEASE;
                }
                row.done = 0;
                if row.state == Some(State::Unknown) {
                    row.wait_jumped = true;
                    row.absent_jumped = row.absent.is_some();
                }
            }
            if next.rows != world.rows {
                out.push((Act::JumpBack, next));
            }
        }
        if self.may(may::HIDE) && !world.hidden {
            out.push((Act::Hide, World { hidden: true, ..left }));
        }
        let apart = |worker: &Worker| {
            matches!(worker.at, At::Idle | At::Claimed | At::Reserved | At::Doubting(_) | At::Read(_))
        };
        let apart = (world.air == [None; 2] && world.workers.iter().all(apart)) || self.may(may::OTHERS_MEANWHILE);
        if self.may(may::OTHERS) && apart {
            // One design after the other.
            if let Some(owner) = left.truth[..self.designs(0)].iter_mut().find(|owner| **owner == Owner::Nobody) {
                *owner = Owner::Somebody;
                left.shown = left.truth;
                out.push((Act::Others, left));
                left = World { truth: world.truth, shown: world.shown, ..left };
            }
        }
        // A backup, a copy beside the old store, or a failover that lost what came last: the row is as it was before it was
        // sent. Limit: not while a request is under way, or accepted and not yet shown, and not beyond what the shop said
        // since; nobody can see that from a store.
        if let Some(backup) = world.backup
            && world.air == [None; 2]
            && world.shown == world.truth
            && world.workers.iter().all(|worker| worker.at == At::Idle)
        {
            let mut next = World { backup: None, restored: true, taken: None, ..left };
            next.rows[0] = backup;
            next.orders[0].proven = false;
            out.push((Act::Restore, next));
        }
    }

    /// The first promise that a world breaks.
    pub(crate) fn broken(world: &World) -> Option<(Broken, String)> {
        let risked = world.orders.iter().any(|order| order.risked);
        if world.orders.iter().any(|order| order.over) && !risked {
            let twice = world.orders.iter().any(|order| order.accepted > 1);
            let text = if twice {
                "the platform has accepted it twice"
            } else {
                "its design is ordered twice, and nobody said so"
            };
            return Some((Broken::Doubled, text.to_owned()));
        }
        world.rows.iter().zip(&world.orders).find_map(|(row, order)| Self::broken_by(world, row, order))
    }

    fn broken_by(world: &World, row: &Row, order: &Order) -> Option<(Broken, String)> {
        let state = row.state?;
        let found = |broken, text: &str| Some((broken, text.to_owned()));
        let placed = state == State::Placed;
        let alert = |which: i64| i64::from(row.flags | order.seen) & which != 0;
        let other_goods = (order.accepted_body ^ order.body) & OTHER_GOODS != 0;
        // A person who says that it is placed has looked at what is placed there.
        let known = order.told || alert(flag::CONFLICT) || order.vouched;
        if placed && order.accepted > 0 && other_goods && order.wanted && !known {
            return found(Broken::WrongGoods, "it is placed with the old goods, and no conflict is noted");
        }
        if !order.wanted && (order.accepted > 0 || order.there) && !order.dropped {
            if order.after_cancel {
                return found(Broken::CancelledPlaced, "it was sent after its cancel was acknowledged");
            }
            if order.assured {
                return found(
                    Broken::CancelledPlaced,
                    "the shop was told that it is cancelled, and the platform has it",
                );
            }
            let coming = order.webhooks != 0
                || world.air != [None; 2]
                || world.workers.iter().any(|worker| matches!(worker.at, At::Waiting | At::Answered(_)));
            if !state.is_open() && !alert(flag::CANCEL_THERE | flag::SURPRISE) && !coming {
                let text =
                    format!("cancelled by the shop, it is at the platform, the row is {state}, and no alert says so");
                return found(Broken::CancelledPlaced, &text);
            }
        }
        // What is under way is placed by its own result soon; not what waits for a person, has ended, or waits to be sent.
        if order.proven && !placed && !matches!(state, State::Sending | State::Unknown) {
            let text = format!("the platform's own word that it has the order was brought, and the row is {state}");
            return found(Broken::NoEnd, &text);
        }
        if state == State::Cancelled && order.wanted && !order.given_up && !order.told {
            return found(Broken::Lost, "the shop wants it, and the row is cancelled");
        }
        if placed && order.accepted == 0 && !order.found && !order.vouched {
            return found(Broken::Lost, "the row is placed, and the platform does not have this order");
        }
        if row.is(flag::CANCEL_THERE) && order.wanted {
            return found(Broken::Lost, "the shop wants it, and an alert tells a person to cancel it at the platform");
        }
        None
    }
}

/// A bit of the body of a request: the shop's cancel was acknowledged before it was sent.
const CANCELLED: u8 = 4;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sight {
    Free,
    Ours,
    Others,
    Some,
    Hidden,
}

/// `drain::meaning`.
fn meaning(reply: Reply, rules: Rules) -> Event {
    match reply {
        Reply::Ok => Event::Accepted,
        Reply::Broken => Event::Doubted,
        Reply::Unavailable if rules.hold(11) => Event::Doubted,
        Reply::Refused => Event::Refused,
        Reply::Unauthorised => Event::AccountRefused,
        Reply::Unavailable | Reply::Throttled | Reply::Late => Event::NotSent,
    }
}

impl Row {
    fn wait_anew(&mut self) {
        (self.wait, self.wait_jumped, self.absent, self.absent_jumped) = (0, false, None, false);
    }
}

impl Worker {
    /// It has sent its row, or it is about to.
    fn token_was_sent(&self) -> bool {
        matches!(self.at, At::Sending | At::Waiting | At::Answered(_))
    }
}

impl World {
    /// Lets a request go on without its client; there is room for two.
    fn fly(&mut self, air: Air) -> bool {
        match self.air.iter_mut().find(|place| place.is_none()) {
            Some(place) => {
                *place = Some(air);
                true
            }
            None => false,
        }
    }

    /// Whether every order has come to an end, or to a person.
    pub(crate) fn is_at_end(&self) -> bool {
        let over = |row: &Row| row.state.is_none_or(|state| !state.is_open() || state == State::Held);
        self.rows.iter().all(over)
    }

    /// What nobody can tell apart is one world.
    fn tidy(&mut self) {
        if self.air[0] < self.air[1] {
            self.air.swap(0, 1);
        }
        for who in 0..2 {
            // Whoever has lost the row can still send, and bring proof; whatever else it does changes nothing.
            let worker = self.workers[usize::from(who)];
            let harmless = match worker.at {
                At::Sending | At::Waiting | At::Answered(Reply::Ok) => false,
                At::Answered(_) => !worker.token,
                // It may still take a design.
                At::Claimed => false,
                _ => !(worker.token && worker.version),
            };
            if harmless {
                Walk::done(self, who);
            }
        }
    }
}
