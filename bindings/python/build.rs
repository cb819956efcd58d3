//! One unwinder for the module and for glibc.
//!
//! Python before 3.14 ends a thread that comes back to an interpreter which is ending by `pthread_exit`, and glibc unwinds the
//! thread's stack with the unwinder of `libgcc_s.so.1`, through our frames. PyO3's guard stops the thread there. But zig, which
//! links the wheel, gives the module an unwinder of its own, which does not understand what the other one hands it: SIGSEGV.
//! So the shared one comes first; every system that manylinux2014 names has it, and glibc needs it for `pthread_exit` too.

use std::env::var;
use std::path::PathBuf;
use std::process::Command;

const NAME: &str = "libgcc_s.so.1";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let of_target = |name: &str| var(format!("CARGO_CFG_TARGET_{name}")).unwrap_or_default();
    // Elsewhere, and for another machine than this, what the linker does by itself is right or not ours to know.
    if of_target("OS") != "linux" || of_target("ENV") != "gnu" || var("HOST").ok() != var("TARGET").ok() {
        return;
    }
    match found(&of_target("ARCH")) {
        Some(path) => println!("cargo:rustc-link-arg-cdylib={}", path.display()),
        None => println!(
            "cargo:warning={NAME} was not found: linked by zig, the module crashes where Python ends during a call of a daemon thread"
        ),
    }
}

fn found(arch: &str) -> Option<PathBuf> {
    let asked = ["cc", "gcc"].into_iter().filter_map(|compiler| {
        let answer = Command::new(compiler).arg(format!("-print-file-name={NAME}")).output().ok()?;
        Some(PathBuf::from(String::from_utf8(answer.stdout).ok()?.trim()))
    });
    let usual = [format!("/lib/{arch}-linux-gnu"), "/lib64".to_owned(), "/usr/lib64".to_owned(), "/usr/lib".to_owned()];
    asked
        .chain(usual.into_iter().map(|folder| PathBuf::from(folder).join(NAME)))
        .find(|path| path.is_absolute() && path.is_file())
}
