//! The end of the interpreter, while threads that nobody waits for are inside calls.
//!
//! Python before 3.14 ends such a thread by unwinding its stack where it next wants the interpreter. Where a call comes back
//! from travelling PyO3 stops the thread instead. Where a call of ours has called Python in its turn, a log's handler or a
//! mapping of the user's, unwinding would reach frames that cannot be unwound, and abort. So the end waits until no thread is
//! in such a place, and threads that would enter one rest until the process is gone.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// So long the end waits for those inside: a handler that takes longer is not worth it.
const PATIENCE: Duration = Duration::from_secs(1);

/// So long threads rest. A program that has run its exit handlers and still goes on, goes on.
const REST: Duration = Duration::from_secs(5);

// All of it is read and changed by who has the interpreter.
static ENDING: AtomicBool = AtomicBool::new(false);
static INSIDE: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static DEPTH: Cell<usize> = const { Cell::new(0) };
    /// Whether this is the thread that ends the interpreter. It is never stopped.
    static ENDS: Cell<bool> = const { Cell::new(false) };
}

/// As long as it lives, Python may be called.
pub(crate) struct Inside(());

impl Inside {
    pub(crate) fn enter(py: Python<'_>) -> Self {
        if DEPTH.get() == 0 {
            if ENDING.load(Ordering::Relaxed) && !ENDS.get() {
                py.detach(|| std::thread::sleep(REST));
                ENDING.store(false, Ordering::Relaxed);
            }
            INSIDE.fetch_add(1, Ordering::Relaxed);
        }
        DEPTH.set(DEPTH.get() + 1);
        Self(())
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
        if DEPTH.get() == 0 {
            INSIDE.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

#[pyfunction]
fn ends(py: Python<'_>) {
    ENDS.set(true);
    ENDING.store(true, Ordering::Relaxed);
    let until = Instant::now() + PATIENCE;
    py.detach(|| {
        while INSIDE.load(Ordering::Relaxed) > 0 && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(1));
        }
    });
}

/// Of the threads that were inside, a child has the one that forked.
#[pyfunction]
fn forked() {
    INSIDE.store(usize::from(DEPTH.get() > 0), Ordering::Relaxed);
}

/// Has Python tell of its end, and of forks.
pub(crate) fn watch(py: Python<'_>) -> PyResult<()> {
    py.import("atexit")?.call_method1(intern!(py, "register"), (wrap_pyfunction!(ends, py)?,))?;
    // What os.register_at_fork is; os itself may be slow to import. Windows has no forks.
    if let Ok(posix) = py.import("posix") {
        let after = PyDict::new(py);
        after.set_item("after_in_child", wrap_pyfunction!(forked, py)?)?;
        posix.call_method("register_at_fork", (), Some(&after))?;
    }
    Ok(())
}
