//! SQLite: one file that is the outbox's alone, durable at every commit, shared by any number of processes of one machine.

use crate::engine::{Outcome, Task};
use crate::statement::{Statement, Value, Wants};
use crate::store::Place;
use crate::trouble::{Trouble, TroubleKind};
use countersign::{Error, ErrorKind, digest};
use rusqlite::config::DbConfig;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, ffi};
use std::fs::OpenOptions;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A file. Its connections are kept from one task to the next.
///
/// SQLite's locks belong to a process: a child that is forked while a connection is open would take its parent's locks for its
/// own, and the file could be torn. So such a child is refused; [`Sqlite::rest`] before the fork closes what is idle.
#[derive(Debug)]
pub struct Sqlite {
    path: PathBuf,
    place: Place,
    idle: Mutex<Vec<Open>>,
}

/// Which process has how many connections open: its id in the upper half, their number in the lower one.
static OPEN: AtomicU64 = AtomicU64::new(0);

/// How many idle connections are kept.
const IDLE: usize = 4;

fn process() -> u64 {
    u64::from(std::process::id()) << 32
}

/// A connection, the process that opened it, and the inode of the file that was there then.
#[derive(Debug)]
struct Open(Option<Connection>, u64, u64);

impl Open {
    /// `None` in a child that was forked while a connection of its parent was open: nothing it does with a file would be safe.
    fn counted() -> Option<Self> {
        let here = process();
        let begun = OPEN.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |open| {
            let (process, number) = (open >> 32 << 32, open & 0xffff_ffff);
            if process == here || number == 0 { Some(here | (number + 1)) } else { None }
        });
        // Made only where it was counted: dropping one takes it out of the count.
        begun.is_ok().then(|| Self(None, here, 0))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let connection = self.0.take();
        if self.1 == process() {
            drop(connection);
            OPEN.fetch_sub(1, Ordering::SeqCst);
        } else {
            // A child must not even close what its parent has open.
            _ = ManuallyDrop::new(connection);
        }
    }
}

fn refuse(path: &Path, why: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Store, format!("{}: {why}", path.display()))
}

/// How long a statement waits for the lock of another process.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long the next ones wait for the same lock: a hook that takes part of a payment is not kept five times as long.
const IMPATIENCE: Duration = Duration::from_millis(100);

impl Sqlite {
    /// Opens a file, or makes it.
    ///
    /// # Errors
    /// `store`, with what to do: for a file that is missing, cannot be written, holds tables of somebody else, or lies where
    /// it would be lost or seen.
    pub fn open(path: &Path, place: Place) -> Result<Self, Error> {
        let sqlite = Self { path: absolute(path)?, place, idle: Mutex::default() };
        sqlite.session(|_| Ok(())).map(|()| sqlite)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A hash of where the store is: another one after it was copied or restored.
    pub fn site(&self) -> String {
        let path = self.path.to_string_lossy().into_owned();
        digest::sha256_hex(&[b"sqlite", path.as_bytes(), inode(&self.path).to_string().as_bytes()])
    }

    /// Closes the connections that are idle: before a process forks. They are opened again when they are needed.
    pub fn rest(&self) {
        self.idle().clear();
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Open>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The file, open for as long as the work takes, and kept open for the next one.
    fn session<T>(&self, work: impl FnOnce(&Connection) -> Result<T, Error>) -> Result<T, Error> {
        // A file that was put in the place of ours, such as a backup, is another store: what is written must go there.
        let file = inode(&self.path);
        let mut open = match self.idle().pop().filter(|open| open.1 == process() && open.2 == file) {
            Some(open) => open,
            None => Open::counted().ok_or_else(|| {
                refuse(
                    &self.path,
                    "this process was forked while an outbox was open in its parent. Let it rest before forking, or fork first.",
                )
            })?,
        };
        let connection = match open.0.take() {
            Some(connection) => connection,
            None => connect(&self.path, self.place)?,
        };
        open.2 = inode(&self.path);
        let result = work(open.0.insert(connection));
        let mut idle = self.idle();
        if idle.len() < IDLE {
            idle.push(open);
        }
        result
    }

    /// Runs a task to its end. `stop` is asked before each order that is taken, and in each wait: then the task is dropped
    /// where it stands, which costs nothing.
    ///
    /// # Errors
    /// Those of the task.
    pub fn run<T: 'static>(&self, task: Task<T>, stop: &dyn Fn() -> bool) -> Result<Option<T>, Error> {
        self.session(|connection| run(connection, task, stop))
    }
}

fn run<T: 'static>(connection: &Connection, task: Task<T>, stop: &dyn Fn() -> bool) -> Result<Option<T>, Error> {
    let wait = |patience| connection.busy_timeout(patience).map_err(|error| internal(&error));
    let mut patience = PATIENCE;
    wait(patience)?;
    super::run(task, stop, |statement| {
        let done = execute(connection, statement);
        let locked = matches!(&done, Outcome::Trouble(trouble) if trouble.kind == TroubleKind::Busy);
        // What only reads passes a lock: that it is gone, a statement that writes tells.
        if (locked && patience == PATIENCE) || (patience != PATIENCE && matches!(done, Outcome::Count(_))) {
            patience = if locked { IMPATIENCE } else { PATIENCE };
            // Where that is refused, the wait is another one, and the statement was done all the same.
            _ = wait(patience);
        }
        done
    })
}

fn internal(error: &rusqlite::Error) -> Error {
    Error::new(ErrorKind::Internal, format!("SQLite refused a setting: {error}."))
}

/// Executes one statement on a connection: of this file, or of a host that is SQLite itself.
pub fn execute(connection: &Connection, statement: &Statement) -> Outcome {
    try_to(connection, statement).unwrap_or_else(|error| Outcome::Trouble(trouble(&error)))
}

fn try_to(connection: &Connection, statement: &Statement) -> Result<Outcome, rusqlite::Error> {
    let mut prepared = connection.prepare_cached(&statement.sql)?;
    let params = rusqlite::params_from_iter(statement.params.iter().map(|value| match value {
        Value::Null => rusqlite::types::Value::Null,
        Value::Int(number) => rusqlite::types::Value::Integer(*number),
        Value::Text(text) => rusqlite::types::Value::Text(text.clone()),
    }));
    if statement.wants == Wants::Count {
        return Ok(Outcome::Count(prepared.execute(params)? as u64));
    }
    let columns = prepared.column_count();
    let mut rows = prepared.query(params)?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let cells: Result<Vec<Value>, rusqlite::Error> = (0..columns)
            .map(|at| {
                Ok(match row.get_ref(at)? {
                    ValueRef::Null => Value::Null,
                    ValueRef::Integer(number) => Value::Int(number),
                    ValueRef::Real(number) => Value::Text(number.to_string()),
                    ValueRef::Text(text) | ValueRef::Blob(text) => {
                        Value::Text(String::from_utf8_lossy(text).into_owned())
                    }
                })
            })
            .collect();
        all.push(cells?);
    }
    Ok(Outcome::Rows(all))
}

const UNWRITABLE: &str = "the file or its folder may not be written: SQLite writes beside it, too.";

fn trouble(error: &rusqlite::Error) -> Trouble {
    let code = error.sqlite_error().map(|error| (error.code, error.extended_code));
    let kind = match code {
        Some((rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked, _)) => TroubleKind::Busy,
        Some((_, ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY)) => TroubleKind::Duplicate,
        Some(_) if error.to_string().contains("inside a transaction") => TroubleKind::InTransaction,
        // A commit that failed at the disk may have reached it.
        Some((rusqlite::ErrorCode::SystemIoFailure, _)) => TroubleKind::Lost,
        _ => TroubleKind::Refused,
    };
    let message = match code {
        Some((rusqlite::ErrorCode::DiskFull, _)) => "the disk is full: make room; nothing was acknowledged".to_owned(),
        Some((rusqlite::ErrorCode::ReadOnly, _)) => UNWRITABLE.trim_end_matches('.').to_owned(),
        Some((rusqlite::ErrorCode::NotADatabase, _)) => "the file is no database of SQLite".to_owned(),
        _ => error.to_string(),
    };
    Trouble { kind, message }
}

fn absolute(path: &Path) -> Result<PathBuf, Error> {
    let Some(name) = path.file_name() else { return Err(refuse(path, "give the name of a file.")) };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let folder = folder.canonicalize().map_err(|error| refuse(path, format!("its folder cannot be used: {error}.")))?;
    Ok(folder.join(name))
}

/// Opens the file. While another process makes it, recovers its log or closes it as the last one, SQLite says at once that it
/// is busy: that passes.
fn connect(path: &Path, place: Place) -> Result<Connection, Error> {
    let until = Instant::now() + PATIENCE;
    loop {
        match try_connect(path, place) {
            Err(error) if error.kind() == ErrorKind::StoreBusy && Instant::now() < until => {
                std::thread::sleep(Duration::from_millis(20));
            }
            done => return done,
        }
    }
}

fn try_connect(path: &Path, place: Place) -> Result<Connection, Error> {
    if !place.anywhere {
        place_fits(path)?;
    }
    if path.is_symlink() {
        return Err(refuse(
            path,
            "it is a symbolic link, which somebody else may point elsewhere: give the file itself.",
        ));
    }
    if path.is_dir() {
        return Err(refuse(path, "it is a folder: give the name of a file in it."));
    }
    let exists = path.exists();
    if !exists {
        if !place.create {
            return Err(refuse(path, "there is no such file. `countersign outbox install` makes it."));
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        // Orders have names and addresses: for nobody else.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(path) {
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(refuse(path, format!("it cannot be made: {error}."))),
        }
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let words = |error: &rusqlite::Error| {
        let trouble = trouble(error);
        let words = format!("{}: {}.", path.display(), trouble.message.trim_end_matches('.'));
        Error::new(if trouble.kind == TroubleKind::Busy { ErrorKind::StoreBusy } else { ErrorKind::Store }, words)
    };
    let connection = Connection::open_with_flags(path, flags).map_err(|error| words(&error))?;
    let set_up = || -> Result<(String, i64, i64), rusqlite::Error> {
        connection.busy_timeout(PATIENCE)?;
        // Plans stay what they are, whatever values are bound.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        let foreign: i64 = connection.query_row(
            "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '%countersign_outbox%' AND name NOT LIKE 'sqlite_%'",
            [],
            |row| row.get(0),
        )?;
        if foreign > 0 {
            return Ok((String::new(), 0, foreign));
        }
        let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        // What is forgotten is overwritten, not only unlinked.
        connection.query_row("PRAGMA secure_delete = ON", [], |_| Ok(()))?;
        let synchronous: i64 = connection.query_row("PRAGMA synchronous", [], |row| row.get(0))?;
        Ok((mode, synchronous, 0))
    };
    let (mode, synchronous, foreign) = set_up().map_err(|error| words(&error))?;
    if foreign > 0 {
        return Err(refuse(
            path,
            "it holds tables of somebody else. The outbox has a file of its own; a shop whose own database is SQLite enqueues through \
             its own connection.",
        ));
    }
    // SQLite falls back to reading where it may not write: the first order would notice.
    if connection.is_readonly("main").map_err(|error| words(&error))? {
        return Err(refuse(path, UNWRITABLE));
    }
    // What a pragma does not know it ignores: only what is read back counts.
    if mode != "wal" || synchronous != 2 {
        return Err(refuse(
            path,
            format!(
                "the file is not durable (journal_mode {mode}, synchronous {synchronous}): is its file system a usual one?"
            ),
        ));
    }
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

#[cfg(unix)]
fn inode(path: &Path) -> u64 {
    std::fs::metadata(path).map(|meta| std::os::unix::fs::MetadataExt::ino(&meta)).unwrap_or(0)
}

#[cfg(not(unix))]
fn inode(_: &Path) -> u64 {
    0
}

const ANYWHERE: &str = "If it must be there: `Place::anywhere`, or COUNTERSIGN_OUTBOX_ANYWHERE=1 for the command.";

/// Names of folders that web servers show to everybody.
const SHOWN: &[&str] = &["public", "public_html", "htdocs", "wwwroot", "www", "html", "pub", "static", "wp-content"];

/// Refuses a place where the file would be lost, torn, or seen by everybody.
fn place_fits(path: &Path) -> Result<(), Error> {
    let folder = path.parent().unwrap_or(path);
    if let Some(name) = folder.iter().filter_map(|name| name.to_str()).find(|name| SHOWN.contains(name)) {
        return Err(refuse(
            path,
            format!(
                "the folder {name:?} looks like one that a web server shows, and orders have addresses. Choose another, such as /var/lib. {ANYWHERE}"
            ),
        ));
    }
    let Some(kind) = file_system(folder) else { return Ok(()) };
    let why = match kind.as_str() {
        "nfs" | "nfs4" | "cifs" | "smb3" | "9p" | "fuse.sshfs" | "ceph" | "glusterfs" | "afs" | "lustre" => {
            "several machines share it, and SQLite's locks do not hold there"
        }
        "tmpfs" | "ramfs" => "it is gone when the machine starts anew",
        "overlay" | "aufs" => "it is gone with its container: mount a volume",
        _ => return Ok(()),
    };
    Err(refuse(path, format!("it lies on {kind}: {why}. Choose a local disk. {ANYWHERE}")))
}

/// The kind of the file system that a folder lies on, where the system tells.
fn file_system(folder: &Path) -> Option<String> {
    let mounts = std::fs::read_to_string("/proc/self/mounts").ok()?;
    let unescaped = |text: &str| text.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\");
    mounts
        .lines()
        .filter_map(|line| {
            let mut words = line.split(' ');
            let (point, kind) = (unescaped(words.nth(1)?), words.next()?);
            folder.starts_with(&point).then(|| (point.len(), kind.to_owned()))
        })
        .max_by_key(|(length, _)| *length)
        .map(|(_, kind)| kind)
}
