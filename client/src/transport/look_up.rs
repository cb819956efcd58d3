//! `look_up`: the addresses of a host name, within a time limit that the system's resolver does not know.
//!
//! The resolver gets a thread of its own, and is abandoned when it takes too long. One look-up of a name runs at a time in
//! the process: whoever needs the same name meanwhile waits for the same answer. So a resolver that stalls holds one thread
//! for each name, and [`MOST`] in all.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// More addresses of one name than this are not tried.
const ADDRESSES: usize = 16;

/// So many names may be looked up at a time.
const MOST: usize = 16;

/// Why there are no addresses.
#[derive(Debug)]
pub(super) enum Trouble {
    TooSlow,
    Failed(io::Error),
}

/// What a look-up found. Kept in parts, because an `io::Error` cannot be shared.
type Found = Result<Vec<SocketAddr>, (io::ErrorKind, String)>;

/// A look-up under way, or over.
struct LookUp {
    name: String,
    found: Mutex<Option<Found>>,
    over: Condvar,
}

/// The look-ups of a process.
pub(super) struct LookUps(Mutex<Vec<Arc<LookUp>>>);

/// Those of the process that first needed one.
static HOME: LookUps = LookUps::new();
static OWNER: AtomicU32 = AtomicU32::new(0);

/// What a panic leaves behind is as good as before: each change is one step.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl LookUps {
    pub(super) const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// Those of this process; `own` in a forked child. Its parent's locks may be held there by threads that it does not
    /// have, and nobody would ever answer.
    pub(super) fn of_this_process(own: &Self) -> &Self {
        let process = std::process::id();
        match OWNER.compare_exchange(0, process, Ordering::Relaxed, Ordering::Relaxed) {
            Err(owner) if owner != process => own,
            _ => &HOME,
        }
    }

    /// The addresses of a name, without ports, by `resolve`, or by the call of another that is under way.
    pub(super) fn find(
        &self,
        name: &str,
        limit: Duration,
        resolve: impl FnOnce(&str) -> io::Result<Vec<SocketAddr>> + Send + 'static,
    ) -> Result<Vec<SocketAddr>, Trouble> {
        let by = Instant::now() + limit;
        let look_up = self.join(name, resolve).map_err(Trouble::Failed)?;
        let mut found = locked(&look_up.found);
        loop {
            if let Some(found) = &*found {
                return found.clone().map_err(|(kind, words)| Trouble::Failed(io::Error::new(kind, words)));
            }
            let left = by.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Trouble::TooSlow);
            }
            found = look_up.over.wait_timeout(found, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// The look-up of this name that is under way, or a new one.
    fn join(
        &self,
        name: &str,
        resolve: impl FnOnce(&str) -> io::Result<Vec<SocketAddr>> + Send + 'static,
    ) -> io::Result<Arc<LookUp>> {
        let mut all = locked(&self.0);
        all.retain(|one| locked(&one.found).is_none());
        if let Some(one) = all.iter().find(|one| one.name.eq_ignore_ascii_case(name)) {
            return Ok(one.clone());
        }
        if all.len() == MOST {
            let words = format!("{MOST} other names are being looked up, and none of them is answered");
            return Err(io::Error::new(io::ErrorKind::WouldBlock, words));
        }
        let new = Arc::new(LookUp { name: name.to_owned(), found: Mutex::new(None), over: Condvar::new() });
        let ends = Ends(new.clone());
        thread::Builder::new().name("countersign-dns".to_owned()).spawn(move || {
            let found = resolve(&ends.0.name).map_err(|error| (error.kind(), error.to_string()));
            ends.0.end(found);
        })?;
        all.push(new.clone());
        Ok(new)
    }
}

impl LookUp {
    fn end(&self, found: Found) {
        locked(&self.found).get_or_insert(found);
        self.over.notify_all();
    }
}

/// Whoever waits for a look-up hears of its end also when its thread panicked, or never began.
struct Ends(Arc<LookUp>);

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.end(Err((io::ErrorKind::Other, "the look-up ended without an answer".to_owned())));
    }
}

/// The system's own resolver.
pub(super) fn by_system(name: &str) -> io::Result<Vec<SocketAddr>> {
    Ok((name, 0).to_socket_addrs()?.take(ADDRESSES).collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;
    use std::sync::mpsc;

    const SOON: Duration = Duration::from_millis(50);
    const LONG: Duration = Duration::from_secs(20);

    fn address() -> SocketAddr {
        "192.0.2.1:0".parse().unwrap()
    }

    #[test]
    fn a_stalled_resolver_holds_one_thread_for_all_who_wait() {
        let look_ups = LookUps::new();
        let begun = Arc::new(AtomicUsize::new(0));
        let (answer, stalled) = mpsc::channel::<()>();
        let stalled = Arc::new(Mutex::new(stalled));
        let resolve = || {
            let (begun, stalled) = (begun.clone(), stalled.clone());
            move |_: &str| {
                begun.fetch_add(1, Ordering::Relaxed);
                _ = stalled.lock().unwrap().recv();
                Ok(vec![address()])
            }
        };
        for _ in 0..50 {
            assert!(matches!(look_ups.find("API.example", Duration::from_millis(1), resolve()), Err(Trouble::TooSlow)));
        }
        thread::scope(|scope| {
            let waiting: Vec<_> =
                (0..8).map(|_| scope.spawn(|| look_ups.find("api.example", LONG, resolve()))).collect();
            thread::sleep(SOON);
            drop(answer);
            for one in waiting {
                assert_eq!(one.join().unwrap().unwrap(), [address()]);
            }
        });
        assert_eq!(begun.load(Ordering::Relaxed), 1);
        // What is over is asked anew, and so is what failed.
        let failed = look_ups.find("api.example", LONG, |_| Err(io::Error::other("no such name")));
        assert!(matches!(failed, Err(Trouble::Failed(error)) if error.to_string() == "no such name"));
        assert_eq!(look_ups.find("api.example", LONG, |_| Ok(vec![])).unwrap(), []);
    }

    #[test]
    fn many_names_are_refused_rather_than_given_threads() {
        let look_ups = LookUps::new();
        let (_keep, stalled) = mpsc::channel::<()>();
        let stalled = Arc::new(Mutex::new(stalled));
        for at in 0..MOST {
            let stalled = stalled.clone();
            let result = look_ups.find(&format!("{at}.example"), Duration::from_millis(1), move |_| {
                _ = stalled.lock().unwrap().recv();
                Ok(vec![])
            });
            assert!(matches!(result, Err(Trouble::TooSlow)));
        }
        let refused = look_ups.find("one-more.example", LONG, |_| panic!("a thread too many"));
        assert!(matches!(refused, Err(Trouble::Failed(error)) if error.kind() == io::ErrorKind::WouldBlock));
    }

    #[test]
    fn a_panic_in_a_look_up_is_its_end() {
        let look_ups = LookUps::new();
        let result = look_ups.find("api.example", LONG, |_| panic!("this panic is a test"));
        assert!(matches!(result, Err(Trouble::Failed(_))));
    }

    #[test]
    fn a_forked_child_has_look_ups_of_its_own() {
        let own = LookUps::new();
        assert!(std::ptr::eq(LookUps::of_this_process(&own), &raw const HOME));
        assert_eq!(OWNER.load(Ordering::Relaxed), std::process::id());
    }
}
