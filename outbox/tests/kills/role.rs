//! What a process of the harness does: a producer takes events from a pipe and acknowledges them, a worker delivers.

use super::{Queue, Way, policy, support};
use countersign::{Attempt, Deadline, Observer, Options, Platform};
use countersign_outbox::{Enqueue, Outbox, Policy, Rules};
use rustix::process::{Pid, Signal, getpid, getppid, kill_process, set_parent_process_death_signal};
use serde::{Deserialize, Serialize};
use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Role {
    pub(crate) produces: bool,
    pub(crate) way: Way,
    pub(crate) file: PathBuf,
    pub(crate) base_url: String,
    pub(crate) access_key: String,
    pub(crate) secret_key: String,
    /// The rule that is switched off.
    pub(crate) without: Option<u8>,
    /// How many of a hundred orders it stops itself over, directly before they are sent.
    pub(crate) stops: u64,
    pub(crate) seed: u64,
    /// Who started it.
    pub(crate) parent: u32,
}

/// No process outlives this, whatever happens to its parent.
const LIFE: Duration = Duration::from_secs(600);

/// SplitMix64: small, and the same everywhere.
pub(crate) fn draw(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed(*state)
}

fn mixed(state: u64) -> u64 {
    let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Stops its own process between what the store says, that an order is being sent, and its first byte: the worst place.
struct Stopping {
    percent: u64,
    /// Once this file is there, nobody does it any more.
    calm: PathBuf,
    state: AtomicU64,
}

impl Observer for Stopping {
    fn before(&self, attempt: &Attempt) {
        let drawn = mixed(self.state.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed));
        if attempt.url.ends_with("/orders") && drawn % 100 < self.percent && !self.calm.exists() {
            _ = kill_process(getpid(), Signal::STOP);
            // Another thread may be the one that takes the signal: until then this one does not go on.
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn after(&self, _: &Attempt) {}
}

impl Role {
    fn platform(&self) -> Platform {
        let options = Options::new()
            .set("access_key", self.access_key.clone())
            .set("secret_key", self.secret_key.clone())
            .set("base_url", self.base_url.clone())
            // Without the rule of the deadline, this limit is what ends a call that hangs.
            .set("timeout", (deadline(&policy()).as_secs_f64()).to_string());
        if self.stops == 0 {
            return Platform::new("spiff", &options).unwrap();
        }
        // There an order is told from a read by its path.
        let platform = Platform::new("spiff", &options.set("orders_api", "rest")).unwrap();
        let (percent, calm, state) = (self.stops, self.calm(), AtomicU64::new(self.seed));
        platform.with_observer(Arc::new(Stopping { percent, calm, state }))
    }

    pub(crate) fn calm(&self) -> PathBuf {
        self.file.with_extension("calm")
    }

    pub(crate) fn outbox(&self) -> Outbox {
        let mut settings = support::settings(&[("shop", self.platform())], policy());
        if let Some(number) = self.without {
            settings.rules = Rules::without(number);
        }
        Outbox::open(&format!("sqlite:{}", self.file.display()), settings, support::ANYWHERE).unwrap()
    }

    pub(crate) fn play(&self) {
        // Nothing is left behind, also if the parent is killed itself.
        set_parent_process_death_signal(Some(Signal::KILL)).unwrap();
        if getppid() != Pid::from_raw(self.parent.try_into().unwrap()) {
            return;
        }
        let began = Instant::now();
        match (self.produces, self.way) {
            (true, _) => self.produce(),
            (false, Way::Outbox) => {
                let outbox = self.outbox();
                while began.elapsed() < LIFE {
                    // What is due later is left for the next round: new orders do not wait for it.
                    let task = outbox.engine().drain_as(5.0, u64::MAX, false, |_| {});
                    // A lock that was waited for in vain is nothing to die over.
                    _ = outbox.run(task);
                    std::thread::sleep(Duration::from_millis(15));
                }
            }
            (false, way) => {
                let (queue, platform) = (Queue::open(&self.file), self.platform());
                while began.elapsed() < LIFE {
                    if !queue.work(way, &platform) {
                        std::thread::sleep(Duration::from_millis(15));
                    }
                }
            }
        }
    }

    /// Takes events, one a line, and acknowledges what is safe.
    fn produce(&self) {
        let hook = match self.way {
            Way::Outbox => Hook::Outbox(Box::new(self.outbox())),
            Way::Direct => Hook::Direct(Box::new(self.platform())),
            Way::AtLeastOnce | Way::NeverAgain => Hook::Queue(Queue::open(&self.file)),
        };
        for line in std::io::stdin().lock().lines() {
            let Ok(line) = line else { return };
            let Some((event, order)) = line.split_once('\t') else { continue };
            let word = if hook.take(event, order) { "ack" } else { "no" };
            let mut out = std::io::stdout().lock();
            // The line that the test harness began is none of ours.
            if write!(out, "\n{word} {event}\n").and_then(|()| out.flush()).is_err() {
                return;
            }
        }
    }
}

/// What the shop's payment hook does with an event.
enum Hook {
    Outbox(Box<Outbox>),
    Direct(Box<Platform>),
    Queue(Queue),
}

impl Hook {
    /// Whether the payment provider is told that the event is safe.
    fn take(&self, event: &str, order: &str) -> bool {
        match self {
            Self::Outbox(outbox) => outbox.enqueue(None, order.as_bytes(), Enqueue::default()).is_ok(),
            Self::Queue(queue) => queue.add(event, order),
            Self::Direct(platform) => {
                let draft = platform.draft(order.as_bytes()).unwrap();
                // A failure is logged, and the hook is answered all the same: else the checkout would fail.
                _ = platform.send(&draft, &Deadline::within(deadline(&policy())));
                true
            }
        }
    }
}

pub(crate) fn deadline(policy: &Policy) -> Duration {
    Duration::from_millis(policy.ms(policy.deadline).unsigned_abs())
}
