//! Writes the seeds of every fuzz target, which come from the vectors, to `fuzz/corpus/`, and prints the targets' names.
#![allow(clippy::print_stdout, reason = "that is its answer")]

use countersign_tests::{fuzzed::TARGETS, workspace_dir};

fn main() -> std::io::Result<()> {
    for target in TARGETS {
        let folder = workspace_dir().join("fuzz/corpus").join(target.name);
        std::fs::create_dir_all(&folder)?;
        for (at, seed) in (target.seeds)().iter().enumerate() {
            std::fs::write(folder.join(format!("seed-{at:03}")), seed)?;
        }
        println!("{}", target.name);
    }
    Ok(())
}
