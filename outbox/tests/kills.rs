//! Kill loops: real processes over one file, killed and stopped at random while the platform misbehaves. Afterwards every
//! acknowledged order is at the platform once. Beside the outbox stand what shops have otherwise, in the same storm.
//!
//! `COUNTERSIGN_KILLS=1000` makes it longer; `make soak KILLS=10000` does, and shows the lines.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on should stop where it stands, and its table is to be seen"
)]

#[path = "kills/harness.rs"]
mod harness;
#[path = "kills/process.rs"]
mod process;
#[path = "kills/queue.rs"]
mod queue;
#[path = "kills/role.rs"]
mod role;
mod support;

use countersign_outbox::Policy;
use harness::{Count, Plan, run};
use queue::Queue;
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};

/// How orders get to the platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Way {
    /// Ours.
    Outbox,
    /// The hook places the order; a failure is logged.
    Direct,
    /// A queue that runs a job again after every failure and every crash.
    AtLeastOnce,
    /// A queue that does not touch a job again that may have been done.
    NeverAgain,
}

/// The test that is no test: what a process of the harness runs, and the variable that says which part it plays.
pub(crate) const ROLE: &str = "a_process_of_the_harness";
pub(crate) const VARIABLE: &str = "COUNTERSIGN_KILLS_ROLE";

/// The times of production, divided by fifty and made shorter where that keeps their order. What must hold in real time,
/// also on a machine that is busy:
///
/// - a lease (1.2 s) outlasts two deadlines (0.4 s) by far more than a process needs between two statements;
/// - the platform accepts 0.4 s after its client gave up ([`LATE`]), and is believed after 2.4 s that it does not have an
///   order: two seconds are left for a sandbox that gets no time;
/// - what is stopped at an unknown place goes on within 2.4 s, and 3.9 s pass before its order is sent again.
pub(crate) fn policy() -> Policy {
    Policy {
        scale: 50,
        deadline: 20,
        lease: 60,
        settle: 60,
        settle_growth: 2,
        gap: 15,
        backoff_most: 50,
        pause: 5,
        ..Policy::default()
    }
}

/// How late the platform accepts: its client gives up after a deadline.
pub(crate) const LATE: Duration = Duration::from_millis(800);

const SEED: u64 = 20_260_101;

fn kills() -> Option<u32> {
    std::env::var("COUNTERSIGN_KILLS").ok().map(|text| text.parse().unwrap())
}

const fn storm(way: Way, seed: u64, kills: u32) -> Plan {
    let stops = if matches!(way, Way::Direct) { 0 } else { kills / 20 };
    Plan { way, seed, kills, stops, at_random: true, stops_itself: 0, workers: 2, events: kills * 2, without: None }
}

/// Stopped and gone on with: at random, and directly before a send.
const fn zombies(seed: u64, stops: u32) -> Plan {
    let (events, way) = (stops * 5, Way::Outbox);
    Plan { way, seed, kills: 0, stops, at_random: true, stops_itself: 8, workers: 5, events, without: None }
}

/// All workers but one are stopped directly before their first send, until everything was delivered without them.
const fn late(seed: u64, events: u32, without: Option<u8>) -> Plan {
    let way = Way::Outbox;
    Plan { way, seed, kills: 0, stops: 0, at_random: false, stops_itself: 100, workers: 6, events, without }
}

/// Rounds of at most so many blows, each with its own file, sandbox and seed.
fn rounds(name: &str, all: u32, each: u32, plan: impl Fn(u64, u32) -> Plan) -> Count {
    let (mut count, mut left, began) = (Count::default(), all, Instant::now());
    while left > 0 {
        let blows = left.min(each);
        let plan = plan(SEED + u64::from(all - left), blows);
        left -= blows;
        let came = run(plan);
        let told = came.told.join("\n");
        count.add(came);
        println!("{} ({} s, seed {})", line(name, &count), began.elapsed().as_secs(), plan.seed);
        if !told.is_empty() && plan.without.is_none() {
            println!("{told}");
        }
    }
    count
}

fn line(name: &str, count: &Count) -> String {
    let held: Vec<_> = count.held.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
    format!(
        "| {name} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
        count.kills,
        count.stops,
        count.events,
        count.again,
        count.posts,
        count.reads,
        count.lost,
        count.doubled,
        if held.is_empty() { "0".to_owned() } else { held.join(", ") },
        count.stuck
    )
}

const HEAD: &str = "| | kills | stops | events | delivered again | POSTs | reads | lost | doubled | held | stuck |\n|---|---|---|---|---|---|---|---|---|---|---|";

fn is_sound(count: &Count) {
    let told = count.told.join("\n");
    assert_eq!((count.lost, count.doubled, count.stuck), (0, 0, 0), "seed {SEED}: lost, doubled, stuck\n{told}");
    // Sent twice in vain, or three workers killed over it: nothing else may need a person here.
    for reason in count.held.keys() {
        assert!(["resends_spent", "crashed"].contains(&reason.as_str()), "{:?}", count.held);
    }
    assert!(count.held() <= 5 + count.events / 10, "{:?} of {} events", count.held, count.events);
}

#[test]
fn killed_at_random_every_order_arrives_once() {
    let most = kills().unwrap_or(200);
    let beside = kills().unwrap_or(60).min(1000);
    let (ours, others) = std::thread::scope(|scope| {
        let others = [
            ("direct call in the hook", Way::Direct),
            ("queue, at least once", Way::AtLeastOnce),
            ("queue, never again after a doubt", Way::NeverAgain),
        ];
        let others = others
            .map(|(name, way)| scope.spawn(move || (name, rounds(name, beside, 250, |seed, n| storm(way, seed, n)))));
        let ours = rounds("outbox", most, 250, |seed, n| storm(Way::Outbox, seed, n));
        (ours, others.map(|other| other.join().unwrap()))
    });
    println!("{HEAD}");
    for (name, count) in &others {
        println!("{}", line(name, count));
    }
    println!("{}", line("outbox", &ours));
    is_sound(&ours);
    assert!(ours.kills >= most);
    let [(_, direct), (_, again), _] = &others;
    // Otherwise the storm was none.
    assert!(direct.lost > 0 && direct.doubled > 0, "{direct:?}");
    assert!(again.doubled > 0, "{again:?}");
}

#[test]
fn what_was_stopped_for_longer_than_its_lease_does_not_send_late() {
    let most = kills().map_or(32, |kills| (kills / 10).max(32));
    let (ours, late, without) = std::thread::scope(|scope| {
        let without = scope.spawn(|| rounds(LATE_WITHOUT, 40, 40, |seed, n| late(seed, n, Some(4))));
        let late = scope.spawn(|| rounds(LATE_OURS, 40, 40, |seed, n| late(seed, n, None)));
        (rounds(STOPPED, most, 50, zombies), late.join().unwrap(), without.join().unwrap())
    });
    println!("{HEAD}\n{}\n{}\n{}", line(STOPPED, &ours), line(LATE_OURS, &late), line(LATE_WITHOUT, &without));
    is_sound(&ours);
    assert!(ours.stops >= most);
    is_sound(&late);
    assert!(late.stops >= 3 && without.stops >= 3, "{late:?} {without:?}");
    assert!(without.doubled > 0, "workers that went on long after their lease doubled nothing: {without:?}");
}

const STOPPED: &str = "outbox, stopped";
const LATE_OURS: &str = "outbox, stopped before a send";
const LATE_WITHOUT: &str = "the same without R4";

/// Each process of the harness is this binary once more.
#[test]
#[ignore = "it is what the other tests start"]
fn a_process_of_the_harness() {
    let Ok(role) = std::env::var(VARIABLE) else { return };
    serde_json::from_str::<role::Role>(&role).unwrap().play();
}
