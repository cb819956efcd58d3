//! What the fuzzer begins with and what it once found, without a fuzzer: the seeds, and `fuzz/regressions/`.
#![allow(clippy::unwrap_used, reason = "a failed test says where")]

use countersign_tests::fuzzed::TARGETS;
use countersign_tests::workspace_dir;

#[test]
fn what_holds_of_any_input_holds_of_the_seeds() {
    for target in TARGETS {
        let seeds = (target.seeds)();
        assert!(seeds.len() >= 20, "{target:?} has {} seeds", seeds.len());
        for seed in seeds {
            (target.run)(&seed);
        }
        (target.run)(b"");
        (target.run)(b"\xff\n--\n\0\n--\n");
    }
}

#[test]
fn what_was_found_once_stays_mended() {
    for target in TARGETS {
        let folder = workspace_dir().join("fuzz/regressions").join(target.name);
        for file in std::fs::read_dir(folder).into_iter().flatten() {
            (target.run)(&std::fs::read(file.unwrap().path()).unwrap());
        }
    }
}

#[test]
fn every_target_has_its_program() {
    let folder = workspace_dir().join("fuzz");
    let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    let programs = std::fs::read_dir(folder.join("targets")).unwrap();
    let mut programs: Vec<_> = programs.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    let mut due: Vec<_> = TARGETS.iter().map(|target| format!("{}.rs", target.name)).collect();
    programs.sort();
    due.sort();
    assert_eq!(programs, due);
    for target in TARGETS {
        assert!(manifest.contains(&format!("path = \"targets/{}.rs\"", target.name)), "{target:?}");
    }
    for folder in std::fs::read_dir(folder.join("regressions")).into_iter().flatten() {
        let name = folder.unwrap().file_name().into_string().unwrap();
        assert!(TARGETS.iter().any(|target| target.name == name), "no target reads fuzz/regressions/{name}");
    }
}
