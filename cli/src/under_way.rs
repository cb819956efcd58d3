//! An operation under way, and what is known of it when somebody ends the command meanwhile.
//!
//! An order or a change that Ctrl-C or SIGTERM interrupts may still take effect, so it is told as any other outcome that
//! nobody knows. A read is left to end as any program does.

use countersign::delivery::Class;
use countersign::{Answer, Effect, Error, Json, Platform, system_time};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// How soon a signal is noticed; an answer is at once.
const TICK: Duration = Duration::from_millis(20);

/// Runs an operation.
pub(crate) fn run(platform: &Platform, operation: &str, input: &[u8]) -> Result<Answer<Json>, Error> {
    let effect = platform.effect(operation, input)?;
    if effect == Effect::Read {
        return platform.run(operation, input);
    }
    let begun = system_time();
    let struck = |class| platform.struck(class, effect, begun);
    let signals = Signals::watch();
    let (done, answered) = channel();
    let (client, operation, input) = (platform.clone(), operation.to_owned(), input.to_vec());
    // Whoever ends the command does not wait for it: it goes with the process.
    let spawned = thread::Builder::new().spawn(move || done.send(client.run(&operation, &input)));
    spawned.map_err(|_| struck(Class::Busy))?;
    loop {
        match answered.recv_timeout(TICK) {
            Ok(result) => return result,
            Err(RecvTimeoutError::Disconnected) => return Err(struck(Class::Defect)),
            Err(RecvTimeoutError::Timeout) if signals.came() => return Err(struck(Class::AbortedUnderWay)),
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

/// The signals that end a command, kept from ending it while this lives.
pub(crate) struct Signals {
    came: Arc<AtomicBool>,
    over: Arc<AtomicBool>,
}

impl Signals {
    fn watch() -> Self {
        let watched = Self { came: Arc::default(), over: Arc::default() };
        for signal in [SIGINT, SIGTERM] {
            // Where a signal cannot be watched it ends the command as it always did: no reason not to place the order.
            _ = flag::register(signal, Arc::clone(&watched.came));
            _ = flag::register_conditional_default(signal, Arc::clone(&watched.over));
        }
        watched
    }

    /// For a command that ends by itself soon after the first signal: a second one ends it at once.
    #[cfg(feature = "outbox")]
    pub(crate) fn of_worker() -> Self {
        let watched = Self { came: Arc::default(), over: Arc::default() };
        for signal in [SIGINT, SIGTERM] {
            // In this order: the first signal finds the flag down, and raises it.
            _ = flag::register_conditional_default(signal, Arc::clone(&watched.came));
            _ = flag::register(signal, Arc::clone(&watched.came));
        }
        watched
    }

    pub(crate) fn came(&self) -> bool {
        self.came.load(Ordering::Relaxed)
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
    }
}
