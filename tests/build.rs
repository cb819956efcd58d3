//! Lays out the programs of the pages in Rust, so that tests/rust_manual.rs compiles them as they stand there.
#![allow(clippy::unwrap_used, reason = "a build that cannot go on should stop where it stands")]

use std::path::Path;

fn main() {
    let out = std::env::var("OUT_DIR").unwrap();
    for (page, name) in [("docs/rust.md", "manual"), ("docs/outbox.md", "outbox"), ("sandbox/README.md", "sandbox")] {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(page);
        println!("cargo::rerun-if-changed={}", file.display());
        for (at, rest) in std::fs::read_to_string(file).unwrap().split("```rust\n").skip(1).enumerate() {
            let block = rest.split("```").next().unwrap();
            // What is no whole program is the inside of a function.
            let whole = block.contains("fn ");
            let text = if whole {
                block.to_owned()
            } else {
                format!("fn part(order: &[u8]) -> Result<(), Box<dyn std::error::Error>> {{ {block} Ok(()) }}")
            };
            std::fs::write(Path::new(&out).join(format!("{name}-{at}.rs")), text).unwrap();
        }
    }
}
