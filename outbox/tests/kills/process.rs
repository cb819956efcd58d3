//! Processes that can be killed, stopped and gone on with, and that are never left behind.

use rustix::process::{Pid, Signal, kill_process};
use std::io::{BufReader, Error};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A place for one process at a time. Signals go to a process that was not waited for yet: its number is still its own.
#[derive(Default)]
pub(crate) struct Slot {
    child: Mutex<Option<Child>>,
    /// It was asked something and has not answered yet.
    pub(crate) asked: AtomicBool,
}

/// The way to a process and back.
pub(crate) struct Talk {
    pub(crate) to: ChildStdin,
    pub(crate) from: BufReader<ChildStdout>,
}

impl Slot {
    fn child(&self) -> MutexGuard<'_, Option<Child>> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts this test binary once more, as one that plays a role. What was here before is gone with it.
    fn begin(&self, role: &str, pipe: fn() -> Stdio) -> Result<Option<(ChildStdin, ChildStdout)>, Error> {
        let mut child = self.child();
        end(child.take());
        let mut started = Command::new(std::env::current_exe()?)
            .args([super::ROLE, "--exact", "--ignored", "--nocapture", "--test-threads=1"])
            .env(super::VARIABLE, role)
            .stdin(pipe())
            .stdout(pipe())
            .spawn()?;
        let pipes = started.stdin.take().zip(started.stdout.take());
        *child = Some(started);
        Ok(pipes)
    }

    /// Starts one that is told nothing and tells nothing.
    pub(crate) fn start(&self, role: &str) -> Result<(), Error> {
        self.begin(role, Stdio::null).map(drop)
    }

    /// Starts one that is talked to.
    pub(crate) fn start_to_talk(&self, role: &str) -> Result<Talk, Error> {
        let (to, from) = self.begin(role, Stdio::piped)?.ok_or_else(|| Error::other("a process without pipes"))?;
        Ok(Talk { to, from: BufReader::new(from) })
    }

    /// Kills what runs here; `false` if nothing does.
    pub(crate) fn kill(&self) -> bool {
        let mut child = self.child();
        let alive = child.as_mut().is_some_and(is_alive);
        end(child.take());
        alive
    }

    pub(crate) fn is_alive(&self) -> bool {
        self.child().as_mut().is_some_and(is_alive)
    }

    fn signal(&self, signal: Signal) -> bool {
        let mut child = self.child();
        let Some(child) = child.as_mut() else { return false };
        let number = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        is_alive(child) && number.is_some_and(|number| kill_process(number, signal).is_ok())
    }

    /// Stops what runs here where it stands; `false` if nothing does.
    pub(crate) fn stop(&self) -> bool {
        self.signal(Signal::STOP)
    }

    pub(crate) fn go_on(&self) {
        self.signal(Signal::CONT);
    }

    /// Whether it is stopped, by us or by itself.
    pub(crate) fn is_stopped(&self) -> bool {
        let child = self.child();
        let Some(child) = child.as_ref() else { return false };
        let told = std::fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap_or_default();
        // The state stands behind the name, which may have anything in it.
        told.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('T'))
    }
}

fn is_alive(child: &mut Child) -> bool {
    matches!(child.try_wait(), Ok(None))
}

/// SIGKILL ends what is stopped, too.
fn end(child: Option<Child>) {
    if let Some(mut child) = child {
        _ = child.kill();
        _ = child.wait();
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.kill();
    }
}
