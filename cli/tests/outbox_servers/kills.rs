//! Kill loops: commands that enqueue and commands that work are killed at random together with their server, and workers are stopped for
//! longer than their lease, while the platform misbehaves. Afterwards every acknowledged order is at the platform once.
//!
//! `COUNTERSIGN_KILLS=1000` makes it longer.

use crate::server::{Kind, Server};
use crate::shop::{Shop, until};
use crate::support::Run;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// The times of production divided by fifty, and shorter where that keeps their order: a lease of 1.2 s, a deadline of 0.4 s, and a doubt
/// that is believed absent after 2.7 s.
const SCALE: &str = "50";
const POLICY: &[&str] =
    &["deadline=20", "lease=60", "settle=60", "settle_growth=2", "gap=15", "backoff_most=50", "pause=5"];
/// How late the platform accepts: its client gives up after a deadline.
const LATE: Duration = Duration::from_millis(800);
/// How long a stop lasts: longer than a lease, and shorter than all that is waited before an order is sent again.
const STOP: std::ops::Range<u64> = 1500..2400;
/// So many blows share a server and a sandbox.
const ROUND: u32 = 250;
const SEED: u64 = 20_260_101;

const PRODUCERS: usize = 2;
const WORKERS: usize = 3;

#[test]
fn killed_over_postgresql_every_order_arrives_once() {
    loops("PostgreSQL", Kind::Postgresql);
}

#[test]
fn killed_over_mariadb_every_order_arrives_once() {
    loops("MariaDB", Kind::Mariadb);
}

fn loops(name: &str, kind: Kind) {
    let all: u32 = std::env::var("COUNTERSIGN_KILLS").map_or(30, |text| text.parse().unwrap());
    let (mut count, mut left, began) = (Count::default(), all, Instant::now());
    while left > 0 {
        let kills = left.min(ROUND);
        let seed = SEED + u64::from(all - left);
        left -= kills;
        round(&Stage::new(Server::start(kind, &[]), seed, kills), seed, kills, &mut count);
        let Count { kills, servers, frozen, stops, events, again, posts, reads, lost, doubled, held, stuck, .. } =
            &count;
        println!(
            "{name} × the command: {kills} kills, {servers} of them of the server, which stood still {frozen} times; {stops} stops; {events} events, {again} delivered again; \
             {posts} POSTs, {reads} reads; lost {lost}, doubled {doubled}, held {held:?}, stuck {stuck} ({} s, seed {seed})",
            began.elapsed().as_secs()
        );
        let told = count.told.join("\n");
        assert_eq!((count.lost, count.doubled, count.stuck), (0, 0, 0), "seed {seed}\n{told}");
        assert_eq!(count.ended, 0, "a worker ended by itself");
    }
    // As `tests/soak.py` reads it.
    let held: Vec<_> = count.held.iter().map(|(reason, number)| format!("{number} {reason}")).collect();
    println!(
        "| outbox in {name}, the command | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
        count.kills,
        count.servers,
        count.stops,
        count.events,
        count.again,
        count.posts,
        count.reads,
        count.lost,
        count.doubled,
        if held.is_empty() { "0".to_owned() } else { held.join(", ") },
        count.stuck
    );
    assert!(count.kills >= all && count.servers > 0 && count.stops > 0, "{count:?}");
    // Sent twice in vain, or three workers killed over it: nothing else may need a person here.
    let known = |reason: &String| ["resends_spent", "crashed"].contains(&reason.as_str());
    assert!(count.held.keys().all(known), "{:?}", count.held);
    assert!(count.held.values().sum::<u32>() <= 5 + count.events / 10, "{:?} of {} events", count.held, count.events);
}

/// Whether what the processes say is to be seen.
fn show() -> bool {
    std::env::var_os("COUNTERSIGN_KILLS_SHOW").is_some()
}

#[derive(Debug, Default)]
struct Count {
    kills: u32,
    servers: u32,
    frozen: u32,
    stops: u32,
    events: u32,
    again: u32,
    posts: usize,
    reads: usize,
    lost: u32,
    doubled: u32,
    held: BTreeMap<String, u32>,
    stuck: u64,
    /// Workers that ended without being killed.
    ended: u32,
    told: Vec<String>,
}

/// A place for one process at a time. Signals go to one that was not waited for yet: its number is still its own.
#[derive(Default)]
struct Slot(Mutex<Option<Child>>);

impl Slot {
    fn child(&self) -> MutexGuard<'_, Option<Child>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_alive(&self) -> bool {
        self.child().as_mut().is_some_and(|child| matches!(child.try_wait(), Ok(None)))
    }

    /// Whether there was one that still ran.
    fn signal(&self, name: &str) -> bool {
        let mut child = self.child();
        let Some(child) = child.as_mut() else { return false };
        let runs = matches!(child.try_wait(), Ok(None));
        runs && Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success()
    }

    /// Waits for its end; whether that was a good one.
    fn end(&self) -> bool {
        let mut child = self.child();
        child.take().is_some_and(|mut child| child.wait().is_ok_and(|status| status.success()))
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.signal("-KILL");
        self.end();
    }
}

/// What the shop's payment provider knows: events, and which of them were acknowledged.
#[derive(Default)]
struct Events {
    waiting: VecDeque<u32>,
    acknowledged: BTreeSet<u32>,
    released: u32,
}

/// What a round stands on.
struct Stage {
    // Before what they talk to.
    producers: [Slot; PRODUCERS],
    workers: [Slot; WORKERS],
    server: Server,
    shop: Shop,
    orders: Vec<String>,
    events: Mutex<Events>,
    deliveries: AtomicU32,
    over: AtomicBool,
}

impl Stage {
    fn new(server: Server, seed: u64, kills: u32) -> Self {
        let shop = Shop::open(server.url());
        let orders = (0..kills * 2).map(|event| shop.order(&format!("e{event}"))).collect();
        let bad_day = json!({ "accept_then_hang": 10, "accept_late": { "percent": 8, "ms": LATE.as_millis() }, "cut_reply": 5,
            "accept_then_500": 5, "500": 6, "429": 6 });
        shop.fault(&json!([
            { "profile": bad_day, "target": "order", "seed": seed, "count": 1_000_000_000 },
            { "profile": { "500": 3 }, "target": "read", "seed": seed ^ 1, "count": 1_000_000_000 },
        ]));
        let (producers, workers) = Default::default();
        let (events, deliveries, over) = Default::default();
        Self { producers, workers, server, shop, orders, events, deliveries, over }
    }

    fn command(&self, args: &[&str]) -> Run {
        let numbers = POLICY.iter().flat_map(|number| ["-o", number]);
        let args: Vec<_> = args.iter().copied().chain(numbers).collect();
        self.shop.command(&args).env("COUNTERSIGN_OUTBOX_TEST_SCALE", SCALE)
    }

    fn events(&self) -> MutexGuard<'_, Events> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets events happen, so many in all.
    fn release(&self, until: usize) {
        let mut events = self.events();
        while (events.released as usize) < until.min(self.orders.len()) {
            let event = events.released;
            events.released += 1;
            events.waiting.push_back(event);
            // One in ten is delivered twice.
            if event.is_multiple_of(10) {
                events.waiting.push_back(event);
            }
        }
    }

    /// Delivers events by one command after the other, each until one has said that it is safe.
    fn produce(&self, slot: &Slot) {
        while !self.over.load(Ordering::SeqCst) {
            let Some(event) = self.events().waiting.pop_front() else {
                thread::sleep(Duration::from_millis(5));
                continue;
            };
            self.deliveries.fetch_add(1, Ordering::SeqCst);
            let mut child = self.command(&["enqueue", "-"]).spawn();
            let mut order = child.stdin.take().unwrap();
            let (mut said, mut wrong) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
            *slot.child() = Some(child);
            // Its pipes close with it, whoever ends it.
            _ = order.write_all(self.orders[event as usize].as_bytes());
            drop(order);
            let (mut answer, mut error) = (String::new(), String::new());
            _ = said.read_to_string(&mut answer);
            _ = wrong.read_to_string(&mut error);
            let safe = slot.end();
            let mut events = self.events();
            if safe {
                assert!(answer.starts_with("new: ") || answer.starts_with("known: "), "{answer}");
                events.acknowledged.insert(event);
            } else {
                // Killed, or without a server: nobody knows.
                assert!(error.is_empty() || error.starts_with("error: "), "{error}");
                if show() && !error.is_empty() {
                    println!("producer: {}", error.lines().next().unwrap_or_default());
                }
                events.waiting.push_back(event);
            }
        }
    }

    fn start(&self, at: usize) {
        let mut child = self.command(&["run"]).spawn();
        let said = child.stderr.take().unwrap();
        let mut printed = child.stdout.take().unwrap();
        thread::spawn(move || std::io::copy(&mut printed, &mut std::io::sink()));
        thread::spawn(move || {
            for line in BufReader::new(said).lines().map_while(Result::ok).filter(|_| show()) {
                println!("worker {at}: {line}");
            }
        });
        *self.workers[at].child() = Some(child);
    }

    /// How many orders are on their way, and how many wait for a person.
    fn open(&self) -> (u64, u64) {
        let stats = self.shop.run(&["stats", "--json"]).exits(0).json();
        let open = stats["stores"][0]["accounts"]["shop"]["open"].as_object().cloned().unwrap_or_default();
        let held = open.get("held").and_then(Value::as_u64).unwrap_or(0);
        (open.values().filter_map(Value::as_u64).sum::<u64>() - held, held)
    }
}

/// Whoever kills and stops.
struct Storm<'s> {
    stage: &'s Stage,
    random: u64,
    /// Who stands still, and until when.
    stopped: Vec<(usize, Instant)>,
    count: &'s mut Count,
}

impl Storm<'_> {
    /// SplitMix64: small, and the same everywhere.
    fn draw(&mut self, range: std::ops::Range<u64>) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.random ^ (self.random >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        range.start + (z ^ (z >> 31)) % (range.end - range.start)
    }

    fn one_of(&mut self, all: usize) -> usize {
        usize::try_from(self.draw(0..all as u64)).unwrap()
    }

    /// Lets ten milliseconds pass, and those go on whose stop is over.
    fn tick(&mut self) {
        thread::sleep(Duration::from_millis(10));
        let (now, workers) = (Instant::now(), &self.stage.workers);
        self.stopped.retain(|(at, until)| {
            if *until <= now {
                workers[*at].signal("-CONT");
            }
            *until > now
        });
        for (at, worker) in workers.iter().enumerate() {
            if !worker.is_alive() {
                self.count.ended += 1;
                self.stage.start(at);
            }
        }
    }

    fn blow(&mut self) {
        match self.draw(0..20) {
            0 | 1 => self.stop(),
            2..=5 => {
                self.stage.server.kill();
                self.stage.server.again();
                self.count.kills += 1;
                self.count.servers += 1;
            }
            6 => self.freeze(),
            7..=11 => {
                let at = self.one_of(PRODUCERS);
                self.count.kills += u32::from(self.stage.producers[at].signal("-KILL"));
            }
            _ => {
                let at = self.one_of(WORKERS);
                self.count.kills += u32::from(self.stage.workers[at].signal("-KILL"));
                self.stage.workers[at].end();
                self.stopped.retain(|(stopped, _)| *stopped != at);
                self.stage.start(at);
            }
        }
    }

    /// The server stands still, for longer than a lease perhaps.
    fn freeze(&mut self) {
        self.stage.server.freeze();
        thread::sleep(Duration::from_millis(self.draw(200..1500)));
        self.stage.server.go_on();
        self.count.frozen += 1;
    }

    fn stop(&mut self) {
        let at = self.one_of(WORKERS);
        let until = Instant::now() + Duration::from_millis(self.draw(STOP));
        // One worker goes on, so that what the stopped one had comes to an end meanwhile.
        let alone = self.stopped.len() + 1 >= WORKERS;
        if !alone && self.stopped.iter().all(|(stopped, _)| *stopped != at) && self.stage.workers[at].signal("-STOP") {
            self.stopped.push((at, until));
            self.count.stops += 1;
        }
    }

    fn rage(&mut self, kills: u32) {
        let (began, before) = (Instant::now(), self.count.kills);
        while self.count.kills - before < kills {
            assert!(
                began.elapsed() < Duration::from_secs(60) + Duration::from_secs(2) * kills,
                "a storm without an end: {:?}",
                self.count
            );
            let part = self.stage.orders.len() * (self.count.kills - before + 4) as usize / kills as usize;
            self.stage.release(part);
            let until = Instant::now() + Duration::from_millis(self.draw(20..200));
            while Instant::now() < until {
                self.tick();
            }
            self.blow();
        }
        // Each kind once, however short the storm is.
        if self.count.servers == 0 {
            self.stage.server.kill();
            self.stage.server.again();
            self.count.servers += 1;
        }
        if self.count.frozen == 0 {
            self.freeze();
        }
        if self.count.stops == 0 {
            self.stop();
        }
        self.stage.release(usize::MAX);
    }

    /// Waits until every order has come to an end, and nobody stands still any more; how many have not.
    fn rest(&mut self) -> u64 {
        let began = Instant::now();
        loop {
            for _ in 0..20 {
                self.tick();
            }
            let (open, _) = self.stage.open();
            if (open == 0 && self.stopped.is_empty()) || began.elapsed() > Duration::from_secs(120) {
                return open;
            }
        }
    }

    /// A person answers what is held: look again, and send it if it is not there.
    fn answer(&mut self) {
        let held = self.stage.shop.run(&["list", "--json", "--state", "held", "--limit", "1000"]).exits(0).json();
        for order in held["orders"].as_array().unwrap() {
            *self.count.held.entry(order["reason"].as_str().unwrap().to_owned()).or_default() += 1;
            let id = order["external_id"].as_str().unwrap();
            self.stage.shop.run(&["resolve", id, "retry", "--who", "ana", "--why", "look again"]).exits(0);
        }
    }
}

/// Ends everything when the round ends, also by a failed assertion: then nobody waits for anybody.
struct Ending<'s>(&'s Stage);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.over.store(true, Ordering::SeqCst);
        for slot in self.0.producers.iter().chain(&self.0.workers) {
            slot.signal("-KILL");
        }
    }
}

fn round(stage: &Stage, seed: u64, kills: u32, count: &mut Count) {
    thread::scope(|scope| {
        let ending = Ending(stage);
        for slot in &stage.producers {
            scope.spawn(move || stage.produce(slot));
        }
        for at in 0..WORKERS {
            stage.start(at);
        }
        let mut storm = Storm { stage, random: seed, stopped: Vec::new(), count };
        storm.rage(kills);
        stage.shop.sandbox.control("DELETE", "/_/faults", "").unwrap();
        let safe = || stage.events().acknowledged.len() == stage.orders.len() && stage.events().waiting.is_empty();
        until("every event is acknowledged", safe, || format!("{} are", stage.events().acknowledged.len()));
        storm.rest();
        storm.answer();
        // What the platform accepts late would show by now.
        thread::sleep(LATE + Duration::from_millis(500));
        storm.count.stuck += storm.rest() + stage.open().1;
        drop(ending);
    });
    count.events += u32::try_from(stage.orders.len()).unwrap();
    count.again += stage.deliveries.load(Ordering::SeqCst) - u32::try_from(stage.orders.len()).unwrap();
    let requests = stage.shop.sandbox.requests();
    let of = |target: &str| requests.iter().filter(|request| request["target"] == target).count();
    count.posts += of("order");
    count.reads += of("read");
    let arrived = stage.shop.arrived();
    for event in 0..stage.orders.len() {
        let id = format!("e{event}");
        let times = arrived.iter().filter(|arrived| **arrived == id).count();
        count.lost += u32::from(times == 0);
        count.doubled += u32::from(times > 1);
        if times != 1 && count.told.len() < 10 {
            count.told.push(format!("{id}, accepted {times} times: {:?}", stage.shop.run(&["show", &id])));
        }
    }
}
