//! The whole engine under a seeded scheduler: workers, producers, a person and the platform take their steps in an order that
//! a seed tells, everything fails that can fail, and in the end each order must be where it belongs.
//!
//! `COUNTERSIGN_SEED=n` tells the schedule of a seed step by step, with `COUNTERSIGN_WITHOUT=r` as it goes without a rule.
//! `COUNTERSIGN_SOAK=1` runs a million schedules, `COUNTERSIGN_SCHEDULES=n` so many.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on should stop where it stands")]

#[path = "scheduler/platform.rs"]
mod platform;
#[path = "scheduler/random.rs"]
mod random;
#[path = "scheduler/schedule.rs"]
mod schedule;
#[path = "scheduler/shop.rs"]
mod shop;
#[path = "scheduler/store.rs"]
mod store;
#[path = "scheduler/world.rs"]
mod world;

use countersign_outbox::{Reason, Rules, State};
use platform::{Clients, Says};
use shop::Broken;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use store::Store;
use world::{Fault, MINUTE, Op, World};

/// A store with its tables.
fn installed(clients: &Clients) -> Store {
    let mut store = Store::new();
    let mut world = World::new(0, Rules::ALL, false, &mut store, clients);
    world.finish(Op::Install);
    assert_eq!(world.broken, None);
    store
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Runs the schedules of some seeds on two threads, until enough are broken: those, how many ran, and their steps.
fn run(
    (seeds, spite): (std::ops::Range<u64>, bool),
    rules: Rules,
    enough: impl Fn(&[(u64, Broken)]) -> bool + Sync,
) -> (Vec<(u64, Broken)>, u64, u64) {
    let next = AtomicU64::new(seeds.start);
    let (all, done) = (AtomicU64::new(0), AtomicU64::new(0));
    let broken = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let clients = Clients::new();
                let mut store = installed(&clients);
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end || enough(&broken.lock().unwrap()) {
                        return;
                    }
                    let seed = if spite { 4 * seed + 3 } else { seed };
                    let (found, steps) = schedule::run(seed, rules, &mut store, &clients, false);
                    all.fetch_add(steps, Ordering::Relaxed);
                    done.fetch_add(1, Ordering::Relaxed);
                    if let Some(found) = found {
                        broken.lock().unwrap().push((seed, found));
                    }
                }
            });
        }
    });
    let mut broken = broken.into_inner().unwrap();
    broken.sort_by_key(|(seed, _)| *seed);
    (broken, done.into_inner(), all.into_inner())
}

/// How long it took, for whoever asks by `--nocapture`.
#[allow(clippy::print_stdout, reason = "a test tells what it has done")]
fn tell(what: &str) {
    println!("{what}");
}

#[test]
fn every_schedule_ends_well() {
    if let Some(seed) = number("COUNTERSIGN_SEED") {
        let rules = number("COUNTERSIGN_WITHOUT").map_or(Rules::ALL, |rule| Rules::without(rule as u8));
        let clients = Clients::new();
        let (broken, _) = schedule::run(seed, rules, &mut installed(&clients), &clients, true);
        assert_eq!(broken, None);
        return;
    }
    let count = if std::env::var_os("COUNTERSIGN_SOAK").is_some() { 1_000_000 } else { 100_000 };
    let count = number("COUNTERSIGN_SCHEDULES").unwrap_or(count);
    let begun = Instant::now();
    let (broken, done, steps) = run((0..count, false), Rules::ALL, |broken| broken.len() >= 10);
    tell(&format!("{done} schedules of {steps} steps in {:.1} s", begun.elapsed().as_secs_f64()));
    assert!(broken.is_empty(), "COUNTERSIGN_SEED=n tells the schedule: {broken:#?}");
}

/// What goes wrong where a rule is switched off, and whether spite is needed for it: the test above would see it.
const MISSED: &[(u8, &str, bool)] = &[
    (1, "doubled", false),
    (3, "doubled", true),
    (4, "doubled", true),
    (5, "proof lost", false),
    (6, "wrong goods", false),
    (7, "lost", false),
    (8, "unwanted", false),
    (9, "design twice", false),
    (11, "doubled", false),
    (13, "sent too often", false),
    (14, "stuck", false),
];

#[test]
fn each_rule_is_missed() {
    for (rule, what, spite) in MISSED {
        let begun = Instant::now();
        let fits = |(_, broken): &(u64, Broken)| broken.what == *what;
        let (broken, done, _) = run((0..50_000, *spite), Rules::without(*rule), |broken| broken.iter().any(fits));
        let found = broken.iter().find(|broken| fits(broken));
        let Some((seed, broken)) = found else { panic!("{done} schedules end well without R{rule}: {broken:?}") };
        let seconds = begun.elapsed().as_secs_f64();
        tell(&format!(
            "without R{rule}: {what} by the seed {seed}, after {done} schedules, {seconds:.1} s: {}",
            broken.words
        ));
    }
}

/// What became of each order of a scenario: its state, the reason, and with how many pieces it was taken.
type Outcome = Vec<(String, State, Option<Reason>, Vec<u32>)>;

// The orders of the scenario by their numbers.
const FOUND: usize = 0;
const LATE: usize = 1;
const ABSENT: usize = 2;
const THROTTLED: usize = 3;
const CANCELLED: usize = 4;
const CHANGED: usize = 5;
const SECOND: usize = 6;
const REFUSED: usize = 7;

/// One of everything, one after the other, with something that goes wrong.
fn scenario(
    store: &mut Store,
    clients: &Clients,
    signs: bool,
    failing: Option<(u64, Fault)>,
    killing: Option<u64>,
) -> Ran {
    use platform::Does::{Nothing, TakesIt, TakesItLater};
    store.empty();
    let mut world = World::new(1, Rules::ALL, signs, store, clients);
    (world.failing, world.killing) = (failing, killing);
    type Does<'a> = &'a [(platform::Does, Says)];
    let script: [(&[&str], Does<'_>); 8] = [
        (&["d-0"], &[(TakesIt, Says::ServerError)]),
        (&["d-1", "d-1b"], &[(TakesItLater, Says::Cut)]),
        (&["d-2"], &[(Nothing, Says::Unavailable)]),
        (&["d-3"], &[(Nothing, Says::ThrottledFor), (Nothing, Says::Unauthorised)]),
        (&["d-4"], &[]),
        (&["d-5"], &[]),
        (&["d-5"], &[]),
        (&["d-6"], &[(Nothing, Says::Refused)]),
    ];
    for (designs, does) in script {
        let order = world.order(designs);
        world.platform.script.insert(format!("o-{order}"), does.iter().copied().collect());
        world.insist(Op::Enqueue(order, 1, None));
    }
    world.insist(Op::Enqueue(FOUND, 1, None));
    world.insist(Op::Cancel(CANCELLED));
    world.insist(Op::Enqueue(CHANGED, 3, None));
    // Cron comes again: a drain ends where an account waits for better credentials.
    for _ in 0..4 {
        world.insist(Op::Drain(600.0, 1000));
        world.t += 6 * MINUTE;
    }
    world.insist(Op::Enqueue(REFUSED, 2, None));
    world.insist(Op::Cancel(FOUND));
    for taken in 0..if signs { world.platform.taken.len() } else { 0 } {
        world.insist(Op::Notify(taken));
    }
    world.insist(Op::Drain(600.0, 1000));
    let (changing, steps) = (std::mem::take(&mut world.changing), world.steps);
    (world.failing, world.killing) = (None, None);
    world.settle(true);
    let lines = world.store.lines();
    let outcome = world
        .shop
        .orders
        .iter()
        .filter_map(|order| {
            let line = lines.iter().find(|line| line.external_id == order.id)?;
            let goods = world.platform.taken_of(&order.id).map(|taken| taken.goods).collect();
            Some((order.id.clone(), line.state, line.reason, goods))
        })
        .collect();
    Ran { broken: world.broken, outcome, changing, steps }
}

/// How a scenario went.
struct Ran {
    broken: Option<Broken>,
    outcome: Outcome,
    /// Of each statement, whether it changes anything.
    changing: Vec<bool>,
    steps: u64,
}

/// Whether each order of the scenario came where it belongs, though something went wrong at any one place.
fn fits(signs: bool, outcome: &Outcome) -> bool {
    let is = |order: usize, state, goods: &[u32]| outcome[order].1 == state && outcome[order].3 == goods;
    let held = |order: usize, reason| outcome[order].1 == State::Held && outcome[order].2 == Some(reason);
    // Where nothing can be read back, one that may have been sent waits for a person.
    let placed = |order, goods| is(order, State::Placed, &[goods]) || (signs && held(order, Reason::NoRead));
    let second = if signs {
        placed(CHANGED, 3) && placed(SECOND, 1)
    } else {
        let (one, other) = (is(CHANGED, State::Placed, &[3]), is(SECOND, State::Placed, &[1]));
        (one && held(SECOND, Reason::AlreadyOrdered)) || (other && held(CHANGED, Reason::AlreadyOrdered))
    };
    placed(FOUND, 1)
        && placed(LATE, 1)
        // In doubt for a second time, if what goes wrong strikes its one re-send.
        && (placed(ABSENT, 1) || held(ABSENT, Reason::ResendsSpent))
        && placed(THROTTLED, 1)
        && is(CANCELLED, State::Cancelled, &[])
        && second
        // Corrected, or too late for that: then the shop is told, as the check of all orders has seen.
        && (placed(REFUSED, 2) || placed(REFUSED, 1) || is(REFUSED, State::Rejected, &[]))
}

#[test]
fn every_statement_may_fail() {
    let clients = Clients::new();
    let mut store = installed(&clients);
    for signs in [false, true] {
        let smooth = scenario(&mut store, &clients, signs, None, None);
        assert_eq!(smooth.broken, None);
        assert!(fits(signs, &smooth.outcome), "{:#?}", smooth.outcome);
        tell(&format!("{} statements, each of which fails in every way", smooth.changing.len()));
        for (number, changing) in (1..).zip(&smooth.changing) {
            for fault in Fault::ALL {
                // What changes nothing is not lost in two ways.
                if fault == Fault::LostDone && !changing {
                    continue;
                }
                let ran = scenario(&mut store, &clients, signs, Some((number, fault)), None);
                assert_eq!(ran.broken, None, "statement {number}, {fault:?}");
                assert!(fits(signs, &ran.outcome), "statement {number}, {fault:?}: {:#?}", ran.outcome);
            }
        }
    }
}

#[test]
fn an_engine_may_end_after_every_step() {
    let clients = Clients::new();
    let mut store = installed(&clients);
    for signs in [false, true] {
        let smooth = scenario(&mut store, &clients, signs, None, None);
        tell(&format!("{} steps, after each of which the engine ends", smooth.steps));
        for step in 1..=smooth.steps {
            let ran = scenario(&mut store, &clients, signs, None, Some(step));
            assert_eq!(ran.broken, None, "step {step}");
            assert!(fits(signs, &ran.outcome), "step {step}: {:#?}", ran.outcome);
        }
    }
}
