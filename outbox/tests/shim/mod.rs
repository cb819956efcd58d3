//! A layer between SQLite and the disk, for tests: it counts syncs, fails when told, and knows what a loss of power would
//! leave of each file. Everything that is not about writing goes straight to SQLite's own file system, shared memory and
//! locks too.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "each test uses its part, and stops where it cannot go on"
)]

use rusqlite::ffi;
use std::collections::BTreeMap;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::path::{Path, PathBuf};
use std::ptr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

/// What is below the layer: for whoever wants to see the file as another program would.
pub const PLAIN: &str = "unix";

/// What the disk does, and what was seen of it. The files of one folder.
#[derive(Default)]
pub struct Disk {
    /// How often the log was written through to the disk.
    pub log_syncs: u64,
    /// How often the database itself was.
    pub database_syncs: u64,
    /// After so many writes more the disk is full.
    pub full_after: Option<u64>,
    /// So many syncs more fail.
    pub sync_fails: u64,
    /// The file system has no shared memory, as some network ones.
    pub no_shared_memory: bool,
    /// What would be left.
    pub power: Option<Power>,
}

/// A folder that the layer looks at, for as long as this lives.
pub struct Watched {
    folder: PathBuf,
    disk: Arc<Mutex<Disk>>,
}

type Folders = Mutex<BTreeMap<PathBuf, Arc<Mutex<Disk>>>>;

fn folders() -> &'static Folders {
    static FOLDERS: OnceLock<Folders> = OnceLock::new();
    FOLDERS.get_or_init(Folders::default)
}

/// Looks at the files of a folder from now on. Nobody may have one of them open.
pub fn watch(folder: &Path) -> Watched {
    install();
    let folder = folder.canonicalize().unwrap();
    let disk = Arc::new(Mutex::new(Disk::default()));
    folders().lock().unwrap().insert(folder.clone(), Arc::clone(&disk));
    Watched { folder, disk }
}

impl Watched {
    pub fn disk(&self) -> MutexGuard<'_, Disk> {
        self.disk.lock().unwrap()
    }

    /// How often the log and the database were written through since the last question.
    pub fn syncs(&self) -> (u64, u64) {
        let mut disk = self.disk();
        (std::mem::take(&mut disk.log_syncs), std::mem::take(&mut disk.database_syncs))
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        folders().lock().unwrap().remove(&self.folder);
    }
}

// ---- what a loss of power leaves ----

/// What is known of the files of a folder: what certainly is on the disk, and what may be.
pub struct Power {
    /// The log is never written through, whatever SQLite asks: what a disk that lies does.
    pub lies: bool,
    /// Of so many moments one is looked at, at the edges of a sync and at a write.
    pub one_in: (u64, u64),
    /// How much the caller was promised by now: the images of this moment are held against it.
    pub promised: usize,
    /// What was taken and not yet looked at.
    pub images: Vec<Image>,
    files: BTreeMap<String, Content>,
    random: u64,
}

/// The files after a loss of power.
pub struct Image {
    pub files: BTreeMap<String, Vec<u8>>,
    pub promised: usize,
    pub moment: &'static str,
}

#[derive(Default)]
struct Content {
    durable: Vec<u8>,
    pending: Vec<Pending>,
}

enum Pending {
    Write(usize, Vec<u8>),
    Truncate(usize),
}

/// What a disk writes at once.
const SECTOR: usize = 512;

impl Pending {
    /// Does it to what is on the disk, each sector of it if `kept` says so.
    fn apply(&self, to: &mut Vec<u8>, mut kept: impl FnMut() -> bool) {
        match self {
            Self::Truncate(length) => {
                if kept() {
                    to.resize(*length, 0);
                }
            }
            Self::Write(at, bytes) => {
                let mut done = 0;
                while done < bytes.len() {
                    let from = at + done;
                    let until = (from / SECTOR + 1) * SECTOR;
                    let length = (until - from).min(bytes.len() - done);
                    if kept() {
                        if to.len() < from + length {
                            to.resize(from + length, 0);
                        }
                        to[from..from + length].copy_from_slice(&bytes[done..done + length]);
                    }
                    done += length;
                }
            }
        }
    }
}

impl Power {
    pub fn new(seed: u64, one_in: (u64, u64)) -> Self {
        Self { lies: false, one_in, promised: 0, images: Vec::new(), files: BTreeMap::new(), random: seed }
    }

    /// SplitMix64.
    fn draw(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Perhaps takes an image of this moment.
    fn moment(&mut self, moment: &'static str, one_in: u64) {
        if one_in > 0 && self.draw().is_multiple_of(one_in) {
            let image = self.lose(moment);
            self.images.push(image);
        }
    }

    /// What a loss of power in this moment may leave: for each file nothing of what was not written through, all of it, the
    /// first part, or sectors at random.
    fn lose(&mut self, moment: &'static str) -> Image {
        let mut files = BTreeMap::new();
        let names: Vec<String> = self.files.keys().cloned().collect();
        for name in names {
            let (how, first, mut seed) = (self.draw() % 4, self.draw(), self.draw());
            let content = &self.files[&name];
            let mut left = content.durable.clone();
            let first = (first % (content.pending.len() as u64 + 1)) as usize;
            for (at, pending) in content.pending.iter().enumerate() {
                pending.apply(&mut left, || match how {
                    0 => false,
                    1 => true,
                    2 => at < first,
                    _ => {
                        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                        seed >> 63 == 1
                    }
                });
            }
            files.insert(name, left);
        }
        Image { files, promised: self.promised, moment }
    }

    fn synced(&mut self, name: &str) {
        let content = self.files.entry(name.to_owned()).or_default();
        for pending in std::mem::take(&mut content.pending) {
            pending.apply(&mut content.durable, || true);
        }
    }
}

impl Image {
    /// Writes the files into a folder, as the machine finds them when it starts again.
    pub fn write(&self, folder: &Path) {
        for (name, bytes) in &self.files {
            std::fs::write(folder.join(name), bytes).unwrap();
        }
    }
}

// ---- the layer ----

/// What SQLite knows of an open file: ours in front, the one below behind it.
#[repr(C)]
struct File {
    base: ffi::sqlite3_file,
    open: *mut Open,
}

struct Open {
    disk: Arc<Mutex<Disk>>,
    name: String,
    is_log: bool,
    is_database: bool,
}

fn below() -> *mut ffi::sqlite3_vfs {
    // SAFETY: the name ends with a NUL, and SQLite initialises itself.
    unsafe { ffi::sqlite3_vfs_find(c"unix".as_ptr()) }
}

/// Makes the layer what SQLite opens every file through that nobody says otherwise of.
fn install() {
    static INSTALLED: OnceLock<()> = OnceLock::new();
    INSTALLED.get_or_init(|| {
        let below = below();
        assert!(!below.is_null(), "SQLite has no file system called unix");
        // SAFETY: the one below was registered by SQLite and lives as long as the process.
        let mut vfs = unsafe { *below };
        vfs.zName = c"countersign-test".as_ptr();
        vfs.pNext = ptr::null_mut();
        vfs.szOsFile += size_of::<File>() as c_int;
        vfs.xOpen = Some(open);
        vfs.xDelete = Some(delete);
        // SAFETY: the struct is never freed. SQLite reads and links it under a lock of its own.
        let code = unsafe { ffi::sqlite3_vfs_register(Box::into_raw(Box::new(vfs)), 1) };
        assert_eq!(code, ffi::SQLITE_OK);
    });
}

/// The folder's disk and the file's name, if somebody looks at it.
fn watched(name: *const c_char) -> Option<(Arc<Mutex<Disk>>, String)> {
    if name.is_null() {
        return None;
    }
    // SAFETY: SQLite gives names that end with a NUL and live as long as the call.
    let path = PathBuf::from(unsafe { CStr::from_ptr(name) }.to_str().ok()?);
    let disk = folders().lock().unwrap().get(path.parent()?).cloned()?;
    Some((disk, path.file_name()?.to_str()?.to_owned()))
}

/// The file below, which lies behind ours in the memory that SQLite reserved.
fn real(file: *mut ffi::sqlite3_file) -> *mut ffi::sqlite3_file {
    file.cast::<u8>().wrapping_add(size_of::<File>()).cast()
}

/// Calls a method of the file below.
macro_rules! call {
    ($file:expr, $method:ident $(, $argument:expr)*) => {{
        let below = real($file);
        // SAFETY: only files that `open` opened have our methods, and behind each of them lies an open file with its own.
        unsafe { ((*(*below).pMethods).$method.unwrap())(below $(, $argument)*) }
    }};
}

unsafe extern "C" fn open(
    _: *mut ffi::sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    let below = below();
    // SAFETY: every file system has a way to open.
    let open_below = unsafe { (*below).xOpen }.unwrap();
    let Some((disk, short)) = watched(name) else {
        // SAFETY: nobody looks: the file below takes our place, for which the memory is more than large enough.
        return unsafe { open_below(below, name, file, flags, out) };
    };
    // SAFETY: the memory was reserved for both.
    let code = unsafe { open_below(below, name, real(file), flags, out) };
    // SAFETY: the memory is ours; without methods SQLite does not close it.
    unsafe { (*file).pMethods = ptr::null() };
    if code != ffi::SQLITE_OK {
        return code;
    }
    let methods = if disk.lock().unwrap().no_shared_memory { &METHODS[0] } else { &METHODS[1] };
    let is_log = flags & ffi::SQLITE_OPEN_WAL != 0;
    let is_database = flags & ffi::SQLITE_OPEN_MAIN_DB != 0;
    let known = {
        let disk = disk.lock().unwrap();
        disk.power.as_ref().is_none_or(|power| power.files.contains_key(&short))
    };
    let opened = File {
        base: ffi::sqlite3_file { pMethods: methods },
        open: Box::into_raw(Box::new(Open { disk: Arc::clone(&disk), name: short.clone(), is_log, is_database })),
    };
    // SAFETY: the memory was reserved for it, and is aligned for pointers.
    unsafe { file.cast::<File>().write(opened) };
    if !known {
        // What was there when the test began is on the disk.
        let mut size = 0;
        call!(file, xFileSize, &raw mut size);
        let mut durable = vec![0; usize::try_from(size).unwrap()];
        call!(file, xRead, durable.as_mut_ptr().cast(), durable.len() as c_int, 0);
        if let Some(power) = &mut disk.lock().unwrap().power {
            power.files.insert(short, Content { durable, pending: Vec::new() });
        }
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn delete(_: *mut ffi::sqlite3_vfs, name: *const c_char, sync: c_int) -> c_int {
    if let Some((disk, short)) = watched(name)
        && let Some(power) = &mut disk.lock().unwrap().power
    {
        power.files.remove(&short);
    }
    let below = below();
    // SAFETY: every file system has a way to delete.
    unsafe { ((*below).xDelete.unwrap())(below, name, sync) }
}

fn opened<'f>(file: *mut ffi::sqlite3_file) -> &'f Open {
    // SAFETY: only files that `open` opened have our methods; what it put there lives until `close`.
    unsafe { &*(*file.cast::<File>()).open }
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    let code = call!(file, xClose);
    // SAFETY: SQLite closes a file once, and `open` made it.
    drop(unsafe { Box::from_raw((*file.cast::<File>()).open) });
    code
}

unsafe extern "C" fn write(file: *mut ffi::sqlite3_file, data: *const c_void, length: c_int, at: i64) -> c_int {
    let open = opened(file);
    {
        let mut disk = open.disk.lock().unwrap();
        if let Some(left) = &mut disk.full_after {
            if *left == 0 {
                return ffi::SQLITE_FULL;
            }
            *left -= 1;
        }
        if let Some(power) = &mut disk.power {
            let length = usize::try_from(length).unwrap();
            // SAFETY: SQLite gives as many bytes as it says.
            let bytes = unsafe { std::slice::from_raw_parts(data.cast::<u8>(), length) }.to_vec();
            let pending = Pending::Write(usize::try_from(at).unwrap(), bytes);
            power.files.entry(open.name.clone()).or_default().pending.push(pending);
            power.moment("after a write", power.one_in.1);
        }
    }
    call!(file, xWrite, data, length, at)
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, size: i64) -> c_int {
    let open = opened(file);
    if let Some(power) = &mut open.disk.lock().unwrap().power {
        let pending = Pending::Truncate(usize::try_from(size).unwrap());
        power.files.entry(open.name.clone()).or_default().pending.push(pending);
    }
    call!(file, xTruncate, size)
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, flags: c_int) -> c_int {
    let open = opened(file);
    let mut disk = open.disk.lock().unwrap();
    disk.log_syncs += u64::from(open.is_log);
    disk.database_syncs += u64::from(open.is_database);
    if disk.sync_fails > 0 {
        disk.sync_fails -= 1;
        return ffi::SQLITE_IOERR_FSYNC;
    }
    if let Some(power) = &mut disk.power {
        power.moment("before a sync", power.one_in.0);
        if !(power.lies && open.is_log) {
            power.synced(&open.name);
        }
        power.moment("after a sync", power.one_in.0);
        // Here the loss of power is played, and a real disk need not be waited for.
        return ffi::SQLITE_OK;
    }
    drop(disk);
    call!(file, xSync, flags)
}

unsafe extern "C" fn read(file: *mut ffi::sqlite3_file, to: *mut c_void, length: c_int, at: i64) -> c_int {
    call!(file, xRead, to, length, at)
}

unsafe extern "C" fn file_size(file: *mut ffi::sqlite3_file, size: *mut i64) -> c_int {
    call!(file, xFileSize, size)
}

unsafe extern "C" fn lock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    call!(file, xLock, level)
}

unsafe extern "C" fn unlock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    call!(file, xUnlock, level)
}

unsafe extern "C" fn check_reserved_lock(file: *mut ffi::sqlite3_file, out: *mut c_int) -> c_int {
    call!(file, xCheckReservedLock, out)
}

unsafe extern "C" fn file_control(file: *mut ffi::sqlite3_file, what: c_int, argument: *mut c_void) -> c_int {
    call!(file, xFileControl, what, argument)
}

unsafe extern "C" fn sector_size(file: *mut ffi::sqlite3_file) -> c_int {
    call!(file, xSectorSize)
}

unsafe extern "C" fn device_characteristics(file: *mut ffi::sqlite3_file) -> c_int {
    call!(file, xDeviceCharacteristics)
}

unsafe extern "C" fn shm_map(
    file: *mut ffi::sqlite3_file,
    page: c_int,
    size: c_int,
    extend: c_int,
    out: *mut *mut c_void,
) -> c_int {
    call!(file, xShmMap, page, size, extend, out)
}

unsafe extern "C" fn shm_lock(file: *mut ffi::sqlite3_file, offset: c_int, count: c_int, flags: c_int) -> c_int {
    call!(file, xShmLock, offset, count, flags)
}

unsafe extern "C" fn shm_barrier(file: *mut ffi::sqlite3_file) {
    call!(file, xShmBarrier);
}

unsafe extern "C" fn shm_unmap(file: *mut ffi::sqlite3_file, remove: c_int) -> c_int {
    call!(file, xShmUnmap, remove)
}

const fn methods(version: c_int) -> ffi::sqlite3_io_methods {
    ffi::sqlite3_io_methods {
        // The third version has memory maps, past which a write would go unseen.
        iVersion: version,
        xClose: Some(close),
        xRead: Some(read),
        xWrite: Some(write),
        xTruncate: Some(truncate),
        xSync: Some(sync),
        xFileSize: Some(file_size),
        xLock: Some(lock),
        xUnlock: Some(unlock),
        xCheckReservedLock: Some(check_reserved_lock),
        xFileControl: Some(file_control),
        xSectorSize: Some(sector_size),
        xDeviceCharacteristics: Some(device_characteristics),
        xShmMap: Some(shm_map),
        xShmLock: Some(shm_lock),
        xShmBarrier: Some(shm_barrier),
        xShmUnmap: Some(shm_unmap),
        xFetch: None,
        xUnfetch: None,
    }
}

static METHODS: [ffi::sqlite3_io_methods; 2] = [methods(1), methods(2)];
