//! Lays out the programs of `docs/rust.md`, so that tests/rust_manual.rs compiles them as they stand there.
#![allow(clippy::unwrap_used, reason = "a build that cannot go on should stop where it stands")]

use std::path::Path;

fn main() {
    let manual = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/rust.md");
    println!("cargo::rerun-if-changed={}", manual.display());
    let out = std::env::var("OUT_DIR").unwrap();
    for (at, rest) in std::fs::read_to_string(manual).unwrap().split("```rust\n").skip(1).enumerate() {
        std::fs::write(Path::new(&out).join(format!("manual-{at}.rs")), rest.split("```").next().unwrap()).unwrap();
    }
}
