//! What a signature costs from C: beside the same signature within Rust, and beside OpenSSL, in one run.
//!
//! The candidates take turns on one thread, by the processor time of that thread; the figure is the median of the turns.
//! Nothing is judged by nanoseconds but the cost of the call itself, which is a difference. *In series*, each signature
//! waits for the one before, as those of one caller do; otherwise the processor begins the next while the last still runs.
#![allow(clippy::unwrap_used, reason = "a bench that cannot go on should stop where it stands")]
#![allow(clippy::print_stdout, reason = "it is a table")]

use countersign_client::{Parts, Scheme, Signer};
use std::ffi::{CString, c_char, c_uint, c_void};
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Makes so many signatures.
type Loop = unsafe extern "C" fn(*mut c_char, usize, usize, c_uint) -> c_uint;
/// Makes one.
type Once = unsafe extern "C" fn(*const c_char, usize, *mut c_char, usize) -> usize;

struct Library(*mut c_void);

impl Library {
    fn open(path: &Path) -> Self {
        let name = CString::new(path.to_str().unwrap()).unwrap();
        // SAFETY: a terminated path; the library's constructors are those of OpenSSL and Rust.
        let library = unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_NOW) };
        assert!(!library.is_null(), "{} cannot be loaded", path.display());
        Self(library)
    }

    fn symbol(&self, name: &str) -> *mut c_void {
        let name = CString::new(name).unwrap();
        // SAFETY: a live library and a terminated name.
        let found = unsafe { libc::dlsym(self.0, name.as_ptr()) };
        assert!(!found.is_null(), "{name:?} is missing");
        found
    }

    fn looped(&self, name: &str) -> Loop {
        // SAFETY: peers.c defines it with this type.
        unsafe { std::mem::transmute::<*mut c_void, Loop>(self.symbol(name)) }
    }

    fn once(&self, name: &str) -> Once {
        // SAFETY: peers.c defines it with this type.
        unsafe { std::mem::transmute::<*mut c_void, Once>(self.symbol(&format!("{name}_once"))) }
    }
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The release library, and the peers linked against it.
fn peers() -> Library {
    let ffi = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().to_path_buf();
    run(Command::new(env!("CARGO"))
        .args(["build", "--release", "--locked", "--quiet", "-p", "countersign-ffi"])
        .env("CARGO_TARGET_DIR", &target)
        .current_dir(ffi));
    let (prefix, library) = (target.join("tmp/bench-prefix"), target.join("tmp/libpeers.so"));
    run(Command::new(ffi.join("install.sh")).arg(&prefix).env("CARGO_TARGET_DIR", &target));
    let flags = run(Command::new("pkg-config")
        .args(["--cflags", "--libs", "countersign", "libcrypto"])
        .env("PKG_CONFIG_PATH", prefix.join("lib/pkgconfig")));
    run(Command::new("cc")
        .args(["-std=c99", "-O2", "-Wall", "-Wextra", "-shared", "-fPIC"])
        .arg(ffi.join("benches/peers.c"))
        .args(flags.split_whitespace())
        .arg(format!("-Wl,-rpath,{}", prefix.join("lib").display()))
        .arg("-o")
        .arg(&library));
    Library::open(&library)
}

/// Processor time of this thread, in nanoseconds.
fn now() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: a writable timespec.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}

fn median(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples[samples.len() / 2]
}

const NAMES: [&str; 4] = ["Rust", "C, this library", "C, OpenSSL reused", "C, OpenSSL one-shot"];

fn rust_loop(signer: &Signer, body: &mut [u8], count: usize, mask: u32) -> u32 {
    let (mut out, mut sum) = ([0; 128], 0_u32);
    for _ in 0..count {
        let parts = Parts {
            method: black_box("POST"),
            path: black_box("/api/v2/orders"),
            content_type: black_box("application/json"),
            date: black_box("Wed, 01 Jan 2020 00:00:00 GMT"),
            body,
        };
        let n = signer.write_authorization(&parts, &mut out).unwrap();
        sum = sum.wrapping_add(u32::from(out[n - 2]));
        body[0] = b'a' + (sum & mask) as u8;
    }
    sum
}

fn main() {
    if std::env::args().any(|arg| arg == "--test") {
        return;
    }
    let library = peers();
    // SAFETY: peers.c defines it with this type.
    let setup =
        unsafe { std::mem::transmute::<*mut c_void, unsafe extern "C" fn() -> i32>(library.symbol("peers_setup")) };
    // SAFETY: takes nothing.
    assert_eq!(unsafe { setup() }, 1, "the peers could not be set up");
    let signer = Signer::new("access-key", "0123456789abcdef0123456789abcdef01234567", Scheme::default()).unwrap();
    let loops = ["peers_ours", "peers_reused", "peers_one_shot"].map(|name| (library.looped(name), library.once(name)));

    println!("One signature, SHA-512, in nanoseconds (median of turns, thread time)");
    println!("{:18} {:>8} {:>16} {:>20} {:>20}", "body", NAMES[0], NAMES[1], NAMES[2], NAMES[3]);
    let mut missed = Vec::new();
    for (label, size, batch) in [("150 B", 150, 200), ("1 KB", 1024, 80), ("64 KB", 65_536, 2)] {
        let mut body = vec![b'x'; size];
        // They must all make the same text, else the comparison is of nothing.
        let parts = Parts {
            method: "POST",
            path: "/api/v2/orders",
            content_type: "application/json",
            date: "Wed, 01 Jan 2020 00:00:00 GMT",
            body: &body,
        };
        let due = signer.authorization(&parts).unwrap();
        for (_, once) in &loops {
            let mut out = [0_u8; 128];
            // SAFETY: readable and writable for the lengths given.
            let n = unsafe { once(body.as_ptr().cast(), body.len(), out.as_mut_ptr().cast(), out.len()) };
            assert_eq!(&out[..n], due.as_bytes());
        }
        for (mode, mask) in [("", 0), (", in series", 15)] {
            let mut samples = [(); 4].map(|()| Vec::new());
            for turn in 0..301 {
                for which in 0..4 {
                    // Begins with another candidate each turn.
                    let which = (which + turn) % 4;
                    let begun = now();
                    let sum = match which {
                        0 => rust_loop(&signer, &mut body, batch, mask),
                        // SAFETY: the body is writable for its length.
                        _ => unsafe { (loops[which - 1].0)(body.as_mut_ptr().cast(), body.len(), batch, mask) },
                    };
                    black_box(sum);
                    samples[which].push((now() - begun) / batch as f64);
                }
            }
            // Neighbours in time are compared; the median of the comparisons counts.
            let of = |other: usize, compare: fn(f64, f64) -> f64| {
                median(samples[other].iter().zip(&samples[1]).map(|(other, ours)| compare(*other, *ours)).collect())
            };
            let ratio = |other, ours| other / ours;
            let (reused, one_shot, call) = (of(2, ratio), of(3, ratio), -of(0, |rust, ours| rust - ours));
            let [rust, ours, a, b] = [0, 1, 2, 3].map(|which: usize| median(samples[which].clone()));
            println!(
                "{:18} {rust:>8.0} {ours:>16.0} {:>20} {:>20}",
                format!("{label}{mode}"),
                format!("{a:.0} ({reused:.2}x)"),
                format!("{b:.0} ({one_shot:.2}x)")
            );
            if size == 150 && mask == 0 {
                println!("{:18} a call from C costs {call:.0} ns more than within Rust (target: at most 15)", "");
                for (met, what) in [
                    (call <= 15.0, "the call from C"),
                    (one_shot >= 3.3, "3.3x over OpenSSL one-shot"),
                    (reused >= 1.5, "1.5x over OpenSSL reused"),
                ] {
                    if !met {
                        missed.push(format!("{label}: {what}"));
                    }
                }
            }
        }
    }
    println!(
        "{}",
        if missed.is_empty() { "Targets met.".to_owned() } else { format!("MISSED: {}", missed.join("; ")) }
    );
}
