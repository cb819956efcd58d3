//! One run: a platform that misbehaves, processes that are killed and stopped, and a count of what came of it.

use super::process::{Slot, Talk};
use super::role::{Role, draw};
use super::{LATE, Queue, Way, policy, support};
use countersign_outbox::{Decision, Filter, Outbox, State};
use countersign_sandbox::Sandbox;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::{BufRead, Write};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// What a run does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) way: Way,
    pub(crate) seed: u64,
    pub(crate) kills: u32,
    /// How many workers are stopped for longer than their lease.
    pub(crate) stops: u32,
    /// The blows come at random; else workers only stop themselves, until everything was delivered by others.
    pub(crate) at_random: bool,
    /// Over how many of a hundred orders a worker stops itself. The first one never does.
    pub(crate) stops_itself: u64,
    pub(crate) workers: usize,
    pub(crate) events: u32,
    pub(crate) without: Option<u8>,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Count {
    pub(crate) kills: u32,
    pub(crate) stops: u32,
    pub(crate) events: u32,
    /// Deliveries of an event beside its first.
    pub(crate) again: u32,
    pub(crate) posts: u32,
    pub(crate) reads: u32,
    pub(crate) lost: u32,
    pub(crate) doubled: u32,
    /// Orders that a person was asked about, by the reason.
    pub(crate) held: BTreeMap<String, u32>,
    pub(crate) stuck: u32,
    pub(crate) seconds: f64,
    /// What is known of each order that went wrong.
    pub(crate) told: Vec<String>,
}

impl Count {
    pub(crate) fn add(&mut self, other: Self) {
        self.kills += other.kills;
        self.stops += other.stops;
        self.events += other.events;
        self.again += other.again;
        self.posts += other.posts;
        self.reads += other.reads;
        self.lost += other.lost;
        self.doubled += other.doubled;
        for (reason, count) in other.held {
            *self.held.entry(reason).or_default() += count;
        }
        self.stuck += other.stuck;
        self.seconds += other.seconds;
        self.told.extend(other.told);
    }

    pub(crate) fn held(&self) -> u32 {
        self.held.values().sum()
    }
}

/// How long a stop lasts: longer than a lease, and shorter than all that is waited before an order is sent again. The few
/// instructions between the last look at the deadline and the first byte are then no source of doubles.
const STOP: std::ops::Range<u64> = 1500..2400;

/// How long one lasts where the place is known, before the last look at the deadline: longer than all the waits, most times.
const LONG_STOP: Duration = Duration::from_secs(8);

/// What a busy machine may need to come to rest. Nothing waits so long but where it fails.
const PATIENCE: Duration = Duration::from_secs(180);

/// What the shop's payment provider knows: events, and which of them were acknowledged.
struct Events {
    orders: Vec<String>,
    state: Mutex<Deliveries>,
    /// The run is over, by its end or by a failure.
    over: AtomicBool,
    deliveries: AtomicU32,
}

#[derive(Default)]
struct Deliveries {
    waiting: VecDeque<u32>,
    acknowledged: BTreeSet<u32>,
    under_way: u32,
    released: u32,
    random: u64,
}

impl Events {
    fn state(&self) -> std::sync::MutexGuard<'_, Deliveries> {
        self.state.lock().unwrap()
    }

    /// Lets events happen, so many in all. One in ten is delivered twice, at the same time or later.
    fn release(&self, until: u32) {
        let mut state = self.state();
        while state.released < until {
            let event = state.released;
            state.released += 1;
            state.waiting.push_back(event);
            if draw(&mut state.random).is_multiple_of(20) {
                state.waiting.push_back(event);
            }
        }
    }

    fn next(&self) -> Option<u32> {
        let mut state = self.state();
        let event = state.waiting.pop_front()?;
        state.under_way += 1;
        Some(event)
    }

    fn acknowledged(&self, event: u32) {
        let mut state = self.state();
        state.under_way -= 1;
        let first = state.acknowledged.insert(event);
        if first && draw(&mut state.random).is_multiple_of(20) {
            state.waiting.push_back(event);
        }
    }

    fn all_are_safe(&self) -> bool {
        let state = self.state();
        state.acknowledged.len() == self.orders.len() && state.waiting.is_empty() && state.under_way == 0
    }

    /// Delivers events to one producer, each until it is acknowledged, whoever dies meanwhile.
    fn deliver(&self, slot: &Slot, role: &str) {
        let mut talk: Option<Talk> = None;
        let mut event = None;
        while !self.over.load(Ordering::SeqCst) {
            let to = match talk.take() {
                Some(to) if slot.is_alive() => to,
                _ => slot.start_to_talk(role).unwrap(),
            };
            event = event.or_else(|| self.next());
            let Some(now) = event else {
                thread::sleep(Duration::from_millis(3));
                talk = Some(to);
                continue;
            };
            self.deliveries.fetch_add(1, Ordering::SeqCst);
            // Without an answer it was killed: before it took the event, or after. Nobody can say.
            slot.asked.store(true, Ordering::SeqCst);
            let answer = self.ask(now, to);
            slot.asked.store(false, Ordering::SeqCst);
            if let Some((safe, to)) = answer {
                talk = Some(to);
                if safe {
                    self.acknowledged(now);
                    event = None;
                }
            }
        }
        // Before its pipes break: it would complain.
        slot.kill();
    }

    fn ask(&self, event: u32, mut talk: Talk) -> Option<(bool, Talk)> {
        let order = self.orders.get(event as usize)?;
        writeln!(talk.to, "{event}\t{order}").and_then(|()| talk.to.flush()).ok()?;
        let (ack, no) = (format!("ack {event}"), format!("no {event}"));
        let mut line = String::new();
        loop {
            line.clear();
            if talk.from.read_line(&mut line).ok()? == 0 {
                return None;
            }
            match line.trim_end() {
                said if said == ack => return Some((true, talk)),
                said if said == no => return Some((false, talk)),
                _ => {}
            }
        }
    }
}

/// Ends everything when the run ends, also by a failed assertion: then nobody waits for anybody.
struct Ending<'r>(&'r Events, &'r [Slot]);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.over.store(true, Ordering::SeqCst);
        for slot in self.1 {
            slot.kill();
        }
    }
}

/// The store of a run, seen from outside.
enum Store {
    Nothing,
    Outbox(Box<Outbox>),
    Queue(Queue),
}

impl Store {
    fn open_orders(&self) -> u32 {
        match self {
            Self::Nothing => 0,
            Self::Queue(queue) => queue.open_jobs(),
            Self::Outbox(outbox) => {
                let stats = outbox.stats().unwrap();
                let open = stats.values().flat_map(|account| &account.open);
                let open = open.filter(|(state, _)| **state != "held").map(|(_, count)| *count).sum::<i64>();
                u32::try_from(open).unwrap()
            }
        }
    }
}

/// What a platform does on a bad day. Per order about 60 in 100 are accepted and confirmed.
fn bad_day(seed: u64) -> String {
    json!([
        {
            "profile": {
                "accept_then_hang": 10,
                "accept_late": { "percent": 8, "ms": LATE.as_millis() },
                "cut_reply": 5,
                "accept_then_500": 5,
                "500": 6,
                "429": 6,
            },
            "target": "order", "seed": seed, "count": 1_000_000_000,
        },
        { "profile": { "500": 3 }, "target": "read", "seed": seed ^ 1, "count": 1_000_000_000 },
    ])
    .to_string()
}

pub(crate) fn run(plan: Plan) -> Count {
    let began = Instant::now();
    let (folder, sandbox) = (support::Folder::new(), support::sandbox());
    let file = folder.0.join("o.db");
    let ready: serde_json::Value = serde_json::from_str(&sandbox.ready_line()).unwrap();
    let key = |name: &str| ready["spiff"][name].as_str().unwrap().to_owned();
    let role = Role {
        produces: false,
        way: plan.way,
        file: file.clone(),
        base_url: sandbox.spiff_url().to_owned(),
        access_key: key("access_key"),
        secret_key: key("secret_key"),
        without: plan.without,
        stops: plan.stops_itself,
        seed: plan.seed,
        parent: std::process::id(),
    };
    let store = store(&role, &file, &sandbox);
    let orders = (0..plan.events).map(|event| {
        let text = support::order(&format!("e{event}"), &sandbox.create_transaction(), 1 + event % 3);
        String::from_utf8(text).unwrap()
    });
    let events = Events {
        orders: orders.collect(),
        state: Mutex::new(Deliveries { random: plan.seed, ..Deliveries::default() }),
        over: AtomicBool::new(false),
        deliveries: AtomicU32::new(0),
    };
    sandbox.faults(&bad_day(plan.seed)).unwrap();

    // A hook that calls the platform itself has no worker behind it, and takes longer.
    let (producers, workers) = if plan.way == Way::Direct { (4, 0) } else { (2, plan.workers) };
    let slots: Vec<Slot> = std::iter::repeat_with(Slot::default).take(producers + workers).collect();
    let mut count = Count { events: plan.events, ..Count::default() };
    thread::scope(|scope| {
        let ending = Ending(&events, &slots);
        let producer = serde_json::to_string(&Role { produces: true, ..role.clone() }).unwrap();
        for slot in &slots[..producers] {
            let (events, producer) = (&events, producer.clone());
            scope.spawn(move || events.deliver(slot, &producer));
        }
        let mut storm = Storm {
            plan,
            role: role.clone(),
            slots: &slots,
            producers,
            random: plan.seed,
            stopped: Vec::new(),
            count: &mut count,
        };
        storm.rage(&events, &store);
        sandbox.control("DELETE", "/_/faults", "").unwrap();
        let waiting = Instant::now();
        while !events.all_are_safe() {
            assert!(waiting.elapsed() < PATIENCE, "events that nobody acknowledges: seed {}", plan.seed);
            storm.tick();
        }
        std::fs::write(role.calm(), "").unwrap();
        let rested = storm.rest(&store);
        if let Store::Outbox(outbox) = &store {
            storm.count.held = answer(outbox);
        }
        // What the platform accepts late would show by now.
        thread::sleep(LATE + Duration::from_millis(500));
        let rested = rested && storm.rest(&store);
        storm.count.stuck = if rested { 0 } else { store.open_orders() };
        drop(ending);
    });
    if let Store::Queue(queue) = &store {
        count.held = BTreeMap::from([("parked".to_owned(), queue.parked())]);
    }
    count.again = events.deliveries.load(Ordering::SeqCst) - plan.events;
    compare(&sandbox, &store, plan, &mut count);
    count.seconds = began.elapsed().as_secs_f64();
    count
}

fn store(role: &Role, file: &Path, sandbox: &Sandbox) -> Store {
    match role.way {
        Way::Direct => Store::Nothing,
        Way::AtLeastOnce | Way::NeverAgain => Store::Queue(Queue::open(file)),
        Way::Outbox => {
            let settings = support::settings(&[("shop", support::spiff(sandbox))], policy());
            Store::Outbox(Box::new(support::open(file, settings)))
        }
    }
}

/// A person answers what is held: look again, and send it if it is not there. The workers do the rest. How many, and why?
fn answer(outbox: &Outbox) -> BTreeMap<String, u32> {
    let mut reasons = BTreeMap::new();
    let filter = Filter { state: Some(State::Held), limit: 1000, ..Filter::default() };
    let held = outbox.list(filter).unwrap();
    assert_eq!(held.next, None);
    for row in held.orders {
        *reasons.entry(row.reason.unwrap_or("none").to_owned()).or_default() += 1;
        outbox.resolve(None, &row.external_id, Decision::Retry, "ana", "look again").unwrap();
    }
    reasons
}

/// What the platform has, beside what was acknowledged.
fn compare(sandbox: &Sandbox, store: &Store, plan: Plan, count: &mut Count) {
    let mut accepted: BTreeMap<String, u32> = BTreeMap::new();
    for order in sandbox.orders() {
        *accepted.entry(order["externalId"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    let requests = sandbox.requests();
    let of = |target: &str| requests.iter().filter(|request| request["target"] == target).count();
    (count.posts, count.reads) = (u32::try_from(of("order")).unwrap(), u32::try_from(of("read")).unwrap());
    for event in 0..plan.events {
        let id = format!("e{event}");
        let times = accepted.get(&id).copied().unwrap_or(0);
        count.lost += u32::from(times == 0);
        count.doubled += u32::from(times > 1);
        if let Store::Outbox(outbox) = store
            && (times != 1 || count.stuck > 0)
            && count.told.len() < 10
        {
            let detail = outbox.get(None, &id, false).unwrap();
            if times == 1 && detail.as_ref().is_some_and(|detail| detail.shown.state == "placed") {
                continue;
            }
            let quoted = format!("\"{id}\"");
            let about = requests.iter().filter(|request| request["body"].as_str().unwrap_or("").contains(&quoted));
            let about: Vec<_> = about
                .map(|request| json!([request["time"], request["fault"], request["accepted"], request["status"]]))
                .collect();
            count.told.push(format!("{id}, accepted {times} times: {detail:#?}\nrequests: {}", json!(about)));
        }
    }
}

/// Whoever kills and stops.
struct Storm<'r> {
    plan: Plan,
    role: Role,
    slots: &'r [Slot],
    producers: usize,
    random: u64,
    /// Who stands still, and until when.
    stopped: Vec<(usize, Instant)>,
    count: &'r mut Count,
}

impl Storm<'_> {
    fn draw(&mut self, range: std::ops::Range<u64>) -> u64 {
        range.start + draw(&mut self.random) % (range.end - range.start)
    }

    fn start(&mut self, at: usize) {
        let seed = draw(&mut self.random);
        let stops = if at == self.producers { 0 } else { self.role.stops };
        let role = serde_json::to_string(&Role { seed, stops, ..self.role.clone() }).unwrap();
        self.slots[at].start(&role).unwrap();
    }

    /// Lets ten milliseconds pass, and those go on whose stop is over.
    fn tick(&mut self) {
        thread::sleep(Duration::from_millis(10));
        let now = Instant::now();
        self.stopped.retain(|(at, until)| {
            let over = *until <= now;
            if over {
                self.slots[*at].go_on();
            }
            !over
        });
        if self.plan.stops_itself > 0 {
            for at in self.producers..self.slots.len() {
                if self.stopped.iter().all(|(known, _)| *known != at) && self.slots[at].is_stopped() {
                    let lasts = if self.plan.at_random { LONG_STOP } else { PATIENCE * 2 };
                    self.stopped.push((at, now + lasts));
                    self.count.stops += 1;
                }
            }
        }
    }

    fn rage(&mut self, events: &Events, store: &Store) {
        for at in self.producers..self.slots.len() {
            self.start(at);
        }
        let blows = self.plan.kills + self.plan.stops;
        let began = Instant::now();
        if !self.plan.at_random {
            // Slowly, so that what is in doubt is not kept waiting. Who stopped goes on when others have delivered all.
            while !events.all_are_safe() || store.open_orders() > 0 {
                assert!(began.elapsed() < PATIENCE, "a storm without an end: {:?}", self.count);
                let released = 1 + began.elapsed().as_millis() / 120;
                events.release(u32::try_from(released).unwrap_or(u32::MAX).min(self.plan.events));
                self.tick();
            }
            self.stopped.iter_mut().for_each(|(_, until)| *until = Instant::now());
            return;
        }
        while self.count.kills < self.plan.kills || self.count.stops < self.plan.stops {
            assert!(
                began.elapsed() < PATIENCE + Duration::from_secs(1) * blows,
                "a storm without an end: {:?}",
                self.count
            );
            let struck = self.count.kills + self.count.stops + 4;
            let part = u64::from(self.plan.events) * u64::from(struck) / u64::from(blows.max(1));
            events.release(u32::try_from(part).unwrap_or(u32::MAX).min(self.plan.events));
            let pause = if self.plan.kills > 0 { self.draw(20..200) } else { self.draw(100..400) };
            let until = Instant::now() + Duration::from_millis(pause);
            while Instant::now() < until {
                self.tick();
            }
            let (kills, stops) = (self.plan.kills - self.count.kills, self.plan.stops.saturating_sub(self.count.stops));
            if kills + stops > 0 && self.draw(0..u64::from(kills + stops)) < u64::from(stops) {
                self.stop();
            } else {
                self.kill();
            }
        }
        events.release(self.plan.events);
    }

    fn kill(&mut self) {
        if self.count.kills == self.plan.kills {
            return;
        }
        let at = self.draw(0..self.slots.len() as u64) as usize;
        if at < self.producers {
            // A producer has little to do: it is killed while it does it, if it comes to that soon.
            let until = Instant::now() + Duration::from_millis(60);
            while !self.slots[at].asked.load(Ordering::SeqCst) && Instant::now() < until {
                thread::sleep(Duration::from_micros(200));
            }
            thread::sleep(Duration::from_micros(self.draw(0..2000)));
        }
        if self.slots[at].kill() {
            self.count.kills += 1;
        }
        if at >= self.producers {
            self.stopped.retain(|(stopped, _)| *stopped != at);
            self.start(at);
        }
    }

    fn stop(&mut self) {
        let workers = (self.slots.len() - self.producers) as u64;
        let at = self.producers + self.draw(0..workers) as usize;
        let lasts = Duration::from_millis(self.draw(STOP));
        // One worker goes on, so that what the stopped one had comes to an end meanwhile.
        let alone = self.stopped.len() + 1 >= workers as usize;
        if !alone && !self.slots[at].is_stopped() && self.slots[at].stop() {
            self.stopped.push((at, Instant::now() + lasts));
            self.count.stops += 1;
        }
    }

    /// Waits until every order has come to an end, and nobody stands still any more.
    fn rest(&mut self, store: &Store) -> bool {
        let began = Instant::now();
        while !self.stopped.is_empty() || store.open_orders() > 0 {
            if began.elapsed() > PATIENCE {
                return false;
            }
            for _ in 0..5 {
                self.tick();
            }
        }
        true
    }
}
