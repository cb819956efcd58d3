//! What a terminal reads of the command: completions, which bash itself tries here, and manual pages, which groff sets.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;
use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;
use support::{Files, countersign};

/// What bash offers for the last of these words.
fn completed(script: &str, words: &[&str]) -> Vec<String> {
    let ask = "source \"$0\"; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); \
               $(complete -p countersign | sed 's/.* -F \\([^ ]*\\).*/\\1/') \"$1\" \"${@:$#}\" \"${@:$#-1:1}\"; \
               printf '%s\\n' \"${COMPREPLY[@]}\"";
    let output = Command::new("bash").args(["--norc", "-uc", ask, script, "countersign"]).args(words).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn bash_completes_commands_options_and_values() {
    let files = Files::new();
    let script = files.write("countersign.bash", countersign(["completions", "bash"]).run().exits(0).stdout);
    assert_eq!(completed(&script, &["ord"]), ["order"]);
    assert_eq!(completed(&script, &["order", "pl"]), ["place"]);
    assert_eq!(completed(&script, &["order", "place", "--cred"]), ["--credential"]);
    assert_eq!(completed(&script, &["order", "place", "--platform", "s"]), ["spiff", "sign-customiser"]);
    assert_eq!(completed(&script, &["nonsense", "order", "xyz"]), [""]);
}

#[test]
fn every_shell_has_its_script() {
    for (shell, part) in [
        ("bash", "complete -F"),
        ("zsh", "#compdef countersign"),
        ("fish", "complete -c countersign"),
        ("powershell", "Register-ArgumentCompleter"),
        ("elvish", "set edit:completion:arg-completer[countersign]"),
    ] {
        let ran = countersign(["completions", shell]).run().exits(0);
        assert!(ran.stdout.contains(part) && ran.stdout.contains("settle") && ran.stderr.is_empty(), "{shell}");
        let json = countersign(["completions", shell, "--json"]).run().exits(0).json();
        assert_eq!((json["shell"].as_str(), json["script"].as_str()), (Some(shell), Some(&*ran.stdout)));
    }
    assert!(countersign(["completions", "csh"]).run().exits(2).stderr.contains("bash, elvish, fish, powershell, zsh"));
}

/// The page as groff sets it, without overstrikes; as it is, where there is no groff.
fn set(page: &str) -> String {
    let groff = Command::new("groff").args(["-Kutf8", "-man", "-Tutf8", "-P-cbou", "-rLL=65n", "-ww", page]).output();
    match groff {
        Ok(output) => {
            assert!(output.status.success(), "{output:?}");
            let said = String::from_utf8_lossy(&output.stderr);
            // That a narrow line cannot be filled is about its words.
            assert!(said.lines().all(|line| line.contains("adjust line")), "{page}: {said}");
            String::from_utf8(output.stdout).unwrap()
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let text = std::fs::read_to_string(page).unwrap();
            let requests =
                [".ie", ".el", ".TH ", ".SH ", ".TP", ".RS", ".RE", ".IP ", ".PP", ".br", ".sp", ".nf", ".fi"];
            let known = |line: &str| !line.starts_with(['.', '\'']) || requests.iter().any(|it| line.starts_with(it));
            assert!(text.lines().all(known), "{text}");
            text.replace("\\-", "-").replace("\\\\", "\\")
        }
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn manual_pages_can_be_read() {
    let files = Files::new();
    let folder = Path::new(&files.directory()).join("man1");
    std::fs::create_dir(&folder).unwrap();
    countersign(["man", "--into", folder.to_str().unwrap()]).run().exits(0);
    let mut pages = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let shown = set(path.to_str().unwrap());
        assert!(shown.contains("NAME") && shown.contains("SYNOPSIS"), "{shown}");
        pages += 1;
    }
    assert!(pages > 20, "{pages}");

    let page = countersign(["man", "order", "place"]).run().exits(0).stdout;
    assert_eq!(page, std::fs::read_to_string(folder.join("countersign-order-place.1")).unwrap());
    let shown = set(&files.write("countersign-order-place.1", &page));
    // Examples keep their lines.
    for line in [
        "  countersign order place --platform sign-customiser - < order.json\n",
        "  {\"externalId\": \"1001\", \"paid\": true,\n",
    ] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    let json = countersign(["--json", "man", "order", "place"]).run().exits(0).json();
    assert_eq!((json["name"].as_str(), json["page"].as_str()), (Some("countersign-order-place"), Some(&*page)));
}

#[test]
fn a_page_that_is_not_there_is_refused() {
    for (args, words) in [
        (&["man", "order", "plcae"][..], "There are: place, check, prepare."),
        (&["man", "sign", "x"], "`countersign sign` has no commands below it"),
        (&["man", "order", "--into", "/"], "cannot be used with"),
    ] {
        let ran = countersign(args).run().exits(2);
        assert!(ran.stderr.contains(words), "{ran:?}");
    }
    let ran = countersign(["man", "--into", &Files::new().missing()]).run().exits(1);
    assert!(ran.stderr.contains("cannot be written"), "{ran:?}");
}
