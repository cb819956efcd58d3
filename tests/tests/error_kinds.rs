//! `vectors/error-kinds.json`, and the kinds as every language writes them, are the core's table of kinds.
//!
//! `make generate` writes them anew. Numbers and names that were published never change.
#![allow(clippy::unwrap_used, reason = "a failed test says where")]

use countersign_core::ErrorKind;
use countersign_tests::Value;
use std::collections::HashSet;
use std::fmt::Write;

#[test]
fn the_file_is_the_table() {
    let rows: Vec<Value> = ErrorKind::ALL
        .iter()
        .map(|kind| {
            serde_json::json!({
                "number": kind.number(),
                "name": kind.name(),
                "band": kind.band().name(),
                "next_step": kind.next_step(),
            })
        })
        .collect();
    compare("tests/vectors/error-kinds.json", &(serde_json::to_string_pretty(&rows).unwrap() + "\n"));
}

fn compare(name: &str, text: &str) {
    countersign_schema::current::check(name, text, "generate").unwrap_or_else(|told| panic!("{told}"));
}

const MADE: &str = "Generated from the core's table by `make generate`.";

#[test]
fn c() {
    let mut text = format!(
        "//! The kinds for C. {MADE} Then `make header`.\n\nuse std::ffi::CStr;\n\n/// What kind of failure a status is. Numbers \
         never change meaning; a newer library may answer numbers that are not\n/// listed here. Statuses are passed as int32_t, \
         never as this type.\n#[derive(Clone, Copy, Debug, PartialEq, Eq)]\n#[repr(C)]\npub enum countersign_kind {{\n    /// \
         Success.\n    Ok = 0,\n"
    );
    for kind in ErrorKind::ALL {
        writeln!(text, "    /// {}\n    {kind:?} = {},", kind.meaning(), kind.number()).unwrap();
    }
    text += "}\n\nuse countersign_kind as K;\n\n/// C wants static texts that end in NUL.\npub(crate) static NAMES: \
             &[(countersign_kind, &CStr)] = &[\n    (K::Ok, c\"ok\"),\n";
    for kind in ErrorKind::ALL {
        writeln!(text, "    (K::{kind:?}, c\"{kind}\"),").unwrap();
    }
    text += "];\n";
    compare("ffi/src/kinds.rs", &text);
}

#[test]
fn php() {
    let mut text = format!(
        "<?php\n// The kinds of failure, the same in every language. {MADE}\n\ndeclare(strict_types=1);\n\nnamespace \
         Countersign;\n\n/** What kind of failure it is: {{@see Exception\\CountersignException::$kind}}. */\nenum Kind: \
         string\n{{\n"
    );
    for kind in ErrorKind::ALL {
        writeln!(text, "    /** {} */\n    case {kind:?} = '{kind}';\n", kind.meaning()).unwrap();
    }
    text += "    /** Its number, which is the code of the exception. */\n    public function number(): int\n    {\n        return \
             match ($this) {\n";
    for kind in ErrorKind::ALL {
        writeln!(text, "            self::{kind:?} => {},", kind.number()).unwrap();
    }
    text += "        };\n    }\n}\n";
    compare("bindings/php/src/Kind.php", &text);
}

#[test]
fn typescript() {
    let mut text = format!(
        "// The kinds of failure. {MADE}\n\n/** What kind of failure it is. A newer version may answer others. */\nexport type \
         ErrorKind =\n"
    );
    for kind in ErrorKind::ALL {
        writeln!(text, "  /** {} */\n  | '{kind}'", kind.meaning()).unwrap();
    }
    compare("bindings/node/kinds.d.ts", &text);
}

#[test]
fn python() {
    let mut text = format!(
        "\"\"\"The kinds of failure, for type checkers. {MADE}\"\"\"\n\nfrom typing import Literal, TypeAlias\n\nKind: TypeAlias = \
         Literal[\n"
    );
    for kind in ErrorKind::ALL {
        writeln!(text, "    # {}\n    \"{kind}\",", kind.meaning()).unwrap();
    }
    text += "]\n\"\"\"What kind of failure it is: Error.kind.\"\"\"\n";
    compare("bindings/python/python/countersign/_kinds.py", &text);
}

#[test]
fn numbers_and_names_are_unique_and_ordered() {
    let numbers: Vec<_> = ErrorKind::ALL.iter().map(|kind| kind.number()).collect();
    assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
    let names: HashSet<_> = ErrorKind::ALL.iter().map(|kind| kind.name()).collect();
    assert_eq!(names.len(), numbers.len());
    for kind in ErrorKind::ALL {
        assert!(kind.name().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{kind}");
        assert_eq!(ErrorKind::from_name(kind.name()), Some(*kind));
    }
}
