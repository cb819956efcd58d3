//! Every way that the machine can go, in a small world that does what it can to break its promises: with all rules none
//! breaks, and without any one of them the shortest way to a broken promise is written into `counterexamples.md`, which
//! `docs/outbox.md` prints. `COUNTERSIGN_SOAK=1` looks further, `COUNTERSIGN_UPDATE=1` rewrites the file.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]
#![allow(clippy::expect_used, reason = "as above")]
#[path = "explorer/search.rs"]
mod search;
#[path = "explorer/words.rs"]
mod words;
#[path = "explorer/world.rs"]
mod world;

use countersign_outbox::state::{Event, Rules, TABLE, Transition};
use search::{Found, Report, explore};
use std::fmt::Write as _;
use std::sync::Mutex;
use std::time::Instant;
use world::{Broken, Owner, Place, Walk, may};

const SHOP: u32 = may::CHANGE | may::DATA | may::CANCEL | may::AGAIN;

/// One order with one design, at a platform with a read.
const ONE: Place = Place {
    name: "one order",
    read: true,
    designs: 1,
    second: false,
    before: Owner::Nobody,
    may: may::CRASH | may::LOSE | may::BUSY | may::REFUSE | may::LAG | may::CANCEL,
    misfortunes: 3,
    shop: 1,
    persons: 1,
    soak: [1, 1, 1],
};
const EDITED: Place = Place {
    name: "an order that the shop changes",
    may: SHOP | may::CRASH | may::LOSE | may::REFUSE,
    misfortunes: 1,
    shop: 3,
    ..ONE
};
const RESTORED: Place = Place {
    name: "a store that is restored or copied",
    may: may::RESTORE | may::LOSE | may::CRASH | SHOP,
    misfortunes: 2,
    shop: 2,
    ..ONE
};
const CLOCKS: Place =
    Place { name: "a clock that jumps", may: may::JUMP | may::LOSE | may::CRASH | may::CANCEL, ..ONE };
/// Limit: no person sends a third time what the platform may accept for ever.
const LATE: Place =
    Place { name: "a slow platform", may: may::LOSE | may::VERY_LATE, persons: 0, soak: [1, 0, 0], ..ONE };
const PARTS: Place = Place {
    name: "an order with two designs",
    designs: 2,
    may: may::LOSE | may::PART | may::HIDE | may::READ_FAILS | may::AGE | may::OTHERS | may::CANCEL,
    misfortunes: 2,
    persons: 2,
    ..ONE
};
const NO_READ: Place = Place {
    name: "a platform without a read",
    read: false,
    may: may::LOSE | may::BUSY | may::CRASH | may::REFUSE | SHOP,
    misfortunes: 2,
    shop: 2,
    persons: 2,
    ..ONE
};
const PAIR: Place = Place {
    name: "two orders with one design",
    second: true,
    may: may::CRASH | may::LOSE | may::LAG | may::CANCEL | may::AGAIN,
    misfortunes: 2,
    shop: 1,
    persons: 0,
    soak: [1, 0, 1],
    ..ONE
};
/// Limit: the store's clock jumps once within a lease. A second jump undoes the end that somebody has acted on.
const PAIR_CLOCKS: Place = Place {
    name: "two orders with one design, and a clock that jumps",
    may: may::CRASH | may::JUMP,
    misfortunes: 1,
    shop: 0,
    soak: [0, 1, 1],
    ..PAIR
};
const BEFORE_OURS: Place = Place {
    name: "designs ordered before by our id",
    before: Owner::First,
    may: may::LOSE | may::CRASH | may::REFUSE | SHOP,
    misfortunes: 2,
    shop: 3,
    persons: 2,
    ..ONE
};
const BEFORE: Place = Place { name: "designs ordered before by another id", before: Owner::Somebody, ..BEFORE_OURS };
const ALL: Place = Place {
    name: "everything at once",
    may: may::CRASH
        | may::LOSE
        | may::BUSY
        | may::REFUSE
        | may::LAG
        | may::JUMP
        | may::RESTORE
        | may::READ_FAILS
        | may::HIDE
        | may::AGE
        | SHOP,
    misfortunes: 1,
    shop: 1,
    persons: 1,
    soak: [1, 0, 0],
    ..ONE
};
const PLACES: &[Place] =
    &[PAIR, ALL, PAIR_CLOCKS, EDITED, RESTORED, NO_READ, PARTS, CLOCKS, ONE, LATE, BEFORE_OURS, BEFORE];

/// Each rule, where it is missed, and the promise that breaks without it.
const RULES: &[(u8, Place, Broken)] = &[
    (1, Place { shop: 0, persons: 0, ..RESTORED }, Broken::Doubled),
    (3, Place { shop: 0, persons: 0, ..CLOCKS }, Broken::Doubled),
    (4, Place { shop: 0, persons: 0, misfortunes: 0, may: 0, ..ONE }, Broken::Doubled),
    (5, Place { shop: 0, persons: 0, ..NO_READ }, Broken::NoEnd),
    (6, Place { persons: 0, ..EDITED }, Broken::WrongGoods),
    (7, Place { persons: 0, ..EDITED }, Broken::Lost),
    (8, Place { persons: 0, ..EDITED }, Broken::CancelledPlaced),
    (9, Place { shop: 0, may: may::LOSE, ..PAIR }, Broken::Doubled),
    (9, BEFORE_OURS, Broken::Lost),
    (11, Place { shop: 0, persons: 0, may: may::BUSY, ..ONE }, Broken::Doubled),
    (13, LATE, Broken::Doubled),
    (14, Place { shop: 0, persons: 0, may: may::LOSE | may::PART, ..PARTS }, Broken::NoEnd),
];

/// What remains possible: the explorer sees it, too. What does not any more leaves this list, and `docs/outbox.md`.
const LIMITS: &[(Place, Broken)] = &[
    (Place { name: "accepted later than all waits", may: may::LOSE | may::FIRST_LATE, ..LATE }, Broken::Doubled),
    (
        Place { name: "shown later than both reads", may: may::LOSE | may::LAG | may::NEVER_SHOWN, ..LATE },
        Broken::Doubled,
    ),
    (Place { name: "a copy that is adopted without a look", read: false, may: may::RESTORE, ..LATE }, Broken::Doubled),
    (
        Place { name: "a clock that jumps ahead and back within a lease", misfortunes: 2, ..PAIR_CLOCKS },
        Broken::Doubled,
    ),
    (Place { name: "two systems at once", may: may::OTHERS | may::OTHERS_MEANWHILE, ..LATE }, Broken::Doubled),
];

/// The place with as much of everything as there is time for.
fn bounded(place: &Place) -> Place {
    let [misfortunes, shop, persons] = if std::env::var_os("COUNTERSIGN_SOAK").is_some() { place.soak } else { [0; 3] };
    Place {
        misfortunes: place.misfortunes + misfortunes,
        shop: place.shop + shop,
        persons: place.persons + persons,
        ..*place
    }
}

#[allow(clippy::print_stderr, reason = "shown by --nocapture alone: how far the search went")]
fn show(text: &str) {
    eprintln!("{text}");
}

fn told(place: Place, rules: Rules, found: &Found) -> String {
    words::told(Walk::new(place, rules).begin(), &found.path, place.second)
}

fn sound(place: Place) -> Report {
    let begun = Instant::now();
    let report = explore(place, Rules::ALL);
    show(&format!("{}: {} worlds in {:.1} s", place.name, report.states, begun.elapsed().as_secs_f32()));
    if let Some(found) = &report.found {
        panic!("{}: {} ({}): {}", place.name, found.broken.name(), found.text, told(place, Rules::ALL, found));
    }
    report
}

#[test]
fn no_promise_breaks() {
    let used = Mutex::new(vec![false; TABLE.len()]);
    let next = Mutex::new(PLACES.iter());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let Some(place) = next.lock().unwrap().next() else { break };
                    let report = sound(bounded(place));
                    let mut used = used.lock().unwrap();
                    used.iter_mut().zip(report.used).for_each(|(all, one)| *all |= one);
                }
            });
        }
    });
    // Every row of the machine was gone through, but for what the small world cannot do.
    let used = used.into_inner().unwrap();
    let unused: Vec<_> = TABLE
        .iter()
        .zip(used)
        .filter(|(row, used)| !used && !out_of_reach(row))
        .map(|(row, _)| format!("{:?} {} {:?}", row.from, row.event, row.when))
        .collect();
    assert!(unused.is_empty(), "rows that nothing leads to:\n{}", unused.join("\n"));
}

/// In these worlds every order can be made into one for the platform.
fn out_of_reach(row: &Transition) -> bool {
    row.event == Event::Malformed
}

/// What breaks without each rule, as `docs/outbox.md` prints it.
fn counterexamples() -> String {
    let mut text = format!(
        "A worker has an order for {} units of time, a request ends after {}, the platform may accept it for {} longer, and two \
         reads are {} apart. A and B are workers; a worker that is slow, or stopped, is one between two of whose steps time passes.\n\n\
         | without | breaks | how |\n|---|---|---|\n",
        world::LEASE,
        world::DEADLINE,
        world::SETTLE,
        world::GAP
    );
    for (rule, place, expected) in RULES {
        let rules = Rules::without(*rule);
        let report = explore(*place, rules);
        let found = report.found.unwrap_or_else(|| panic!("R{rule} is not missed in {}", place.name));
        assert_eq!(found.broken, *expected, "R{rule}: {}: {}", found.text, told(*place, rules, &found));
        let how = told(*place, rules, &found);
        writeln!(text, "| R{rule} | `{}`: {} | {how} |", found.broken.name(), found.text).unwrap();
    }
    text
}

#[test]
fn each_rule_is_missed() {
    let checked = countersign_schema::current::check("outbox/tests/counterexamples.md", &counterexamples(), "generate");
    checked.unwrap_or_else(|told| panic!("{told}"));
}

#[test]
fn limits_are_where_they_are_told() {
    for (place, expected) in LIMITS {
        let found = explore(*place, Rules::ALL).found.expect(place.name);
        show(&format!("{}: {}: {}", place.name, found.text, told(*place, Rules::ALL, &found)));
        assert_eq!(found.broken, *expected, "{}", found.text);
    }
}
