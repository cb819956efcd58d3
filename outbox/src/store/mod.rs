//! Stores: what runs a task's statements. SQLite alone is here; every other one is the host's own connection.

use crate::engine::{Answer, Outcome, Step, Task};
use crate::state::Event;
use crate::statement::Statement;
use countersign::Error;
use std::time::{Duration, Instant};

#[cfg(feature = "sqlite")]
pub mod sqlite;

/// Whether the file may be made, and where it may lie.
#[derive(Clone, Copy, Debug, Default)]
pub struct Place {
    /// Make the file where it is missing.
    pub create: bool,
    /// Take a place that loses it, that cannot be shared, or that a web server shows.
    pub anywhere: bool,
}

/// Runs a task to its end over a connection that nobody else has: `execute` executes one statement there, which is committed when
/// it returns. `stop` is asked before each order that is taken, and in each wait: then the task is dropped where it stands, which
/// costs nothing, and the answer is `None`.
///
/// # Errors
/// Those of the task.
pub fn run<T: 'static>(
    mut task: Task<T>,
    stop: &dyn Fn() -> bool,
    mut execute: impl FnMut(&Statement) -> Outcome,
) -> Result<Option<T>, Error> {
    task.has_its_own();
    let mut outcome = Outcome::Begin;
    loop {
        // Until another attempt at a statement: perhaps at writing down what became of an order.
        let again = matches!(outcome, Outcome::Trouble(_));
        outcome = match task.next(Answer::of(outcome)?) {
            Step::Done(result) => return result.map(Some),
            // Before an order is taken nothing is lost. One that is taken goes its way: stopping there would leave a lease to
            // wait for, or a doubt.
            Step::Sql(statement) if statement.name == Event::Claimed.name() && stop() => return Ok(None),
            Step::Sql(statement) => execute(&statement),
            Step::Call(call) => Outcome::Told(call.perform()),
            Step::Wait(ms) => {
                let until = Instant::now() + Duration::from_millis(u64::try_from(ms).unwrap_or(0));
                while Instant::now() < until {
                    if !again && stop() {
                        return Ok(None);
                    }
                    let left = until.saturating_duration_since(Instant::now());
                    std::thread::sleep(left.min(Duration::from_millis(100)));
                }
                Outcome::Waited
            }
        };
    }
}
