//! What the README shows of each language is what the manuals show, whose programs are built and run by the tests of those
//! languages; and every file that a manual points to is there.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

use countersign_tests::workspace_dir;

fn read(file: &str) -> String {
    std::fs::read_to_string(workspace_dir().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn blocks(text: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    text.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

#[test]
fn programs_of_the_readme_are_those_of_the_manuals() {
    let readme = read("README.md");
    for (language, manual) in [
        ("rust", "docs/rust.md"),
        ("c", "docs/c.md"),
        ("php", "docs/php.md"),
        ("python", "docs/python.md"),
        ("js", "docs/node.md"),
    ] {
        let shown = blocks(&readme, language);
        assert!(!shown.is_empty(), "the README shows no {language}");
        // The outbox's few lines are run by themselves, in bindings/php/tests/readme.test.php.
        for program in shown.into_iter().filter(|program| !program.starts_with("$outbox = ")) {
            assert!(blocks(&read(manual), language).contains(&program), "not in {manual}:\n{program}");
        }
    }
}

/// Every text for people, wherever it lies.
fn manuals() -> Vec<String> {
    let git = std::process::Command::new("git").args(["ls-files", "*.md"]).current_dir(workspace_dir()).output();
    let listed = String::from_utf8(git.unwrap().stdout).unwrap();
    let manuals: Vec<_> = listed.lines().map(str::to_owned).collect();
    assert!(manuals.len() > 20, "{manuals:?}");
    manuals
}

/// What a link names a heading by.
fn anchors(text: &str) -> Vec<String> {
    let mut fenced = false;
    let headings = text.lines().filter(|line| {
        fenced ^= line.starts_with("```");
        !fenced && line.starts_with('#')
    });
    let slug = |heading: &str| {
        let heading = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    headings.map(slug).collect()
}

#[test]
fn links_lead_somewhere() {
    for file in manuals() {
        let text = read(&file);
        let folder = workspace_dir().join(&file).parent().unwrap().to_path_buf();
        for link in text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
            if link.contains("://") || link.is_empty() {
                continue;
            }
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() { workspace_dir().join(&file) } else { folder.join(path) };
            assert!(target.exists(), "{file} points to {link}, which is not there");
            if !anchor.is_empty() && target.extension().is_some_and(|end| end == "md") {
                let there = anchors(&std::fs::read_to_string(&target).unwrap());
                assert!(there.iter().any(|one| one == anchor), "{file} points to {link}: there is no such heading");
            }
        }
    }
}

/// Who runs what a page shows: page or folder, language, the file of the tests. The README's programs are those of the manuals, as said above; the
/// installations of `tests/place.py` are done by `tests/newcomers/`. A `text` is output, a sketch or a transcript, and is not run.
const RUN: &[(&str, &str, &str)] = &[
    ("README.md", "c", "tests/tests/readme.rs"),
    ("README.md", "js", "tests/tests/readme.rs"),
    ("README.md", "php", "bindings/php/tests/readme.test.php"),
    ("README.md", "python", "tests/tests/readme.rs"),
    ("README.md", "rust", "tests/tests/readme.rs"),
    ("README.md", "sh", "cli/tests/readme.rs"),
    ("bindings/node/README.md", "js", "bindings/node/test/manual.test.js"),
    ("bindings/python/README.md", "py", "bindings/python/tests/test_types.py"),
    ("docs/c.md", "c", "ffi/tests/c_programs.rs"),
    ("docs/c.md", "sh", "tests/place.py"),
    ("docs/command.md", "sh", "tests/place.py"),
    ("docs/command.md", "yaml", "packaging/tests/test_container.py"),
    ("docs/django.md", "python", "bindings/python/tests/test_django_shop.py"),
    ("docs/django.md", "sh", "tests/place.py"),
    ("docs/node.md", "js", "bindings/node/test/manual.test.js"),
    ("docs/node.md", "sh", "tests/place.py"),
    ("docs/outbox.md", "rust", "tests/tests/rust_manual.rs"),
    ("docs/outbox.md", "sh", "tests/newcomers/test_pages.py"),
    ("docs/outbox.md", "sql", "outbox/tests/docs.rs"),
    ("docs/php.md", "ini", "bindings/php/tests/manual.test.php"),
    ("docs/php.md", "php", "bindings/php/tests/manual.test.php"),
    ("docs/php.md", "sh", "tests/place.py"),
    ("docs/python.md", "python", "bindings/python/tests/test_docs.py"),
    ("docs/python.md", "sh", "tests/place.py"),
    ("docs/questions", "sh", "tests/newcomers/test_pages.py"),
    ("docs/rust.md", "rust", "tests/tests/rust_manual.rs"),
    ("docs/rust.md", "sh", "tests/place.py"),
    ("docs/start", "c", "tests/newcomers/test_c.py"),
    ("docs/start", "js", "tests/newcomers/test_node.py"),
    ("docs/start", "php", "tests/newcomers/test_php.py"),
    ("docs/start", "python", "tests/newcomers/test_python.py"),
    ("docs/start", "rust", "tests/newcomers/test_rust.py"),
    ("docs/start", "sh", "tests/newcomers/test_terminal.py"),
    ("docs/testing.md", "sh", "tests/newcomers/test_pages.py"),
    ("docs/woocommerce.md", "sh", "tests/place.py"),
    ("examples/tests/c/README.md", "sh", "ffi/tests/c_programs.rs"),
    ("sandbox/README.md", "rust", "tests/tests/rust_manual.rs"),
];

/// What nobody runs as it stands: for each, what does instead, or why not.
const SHOWN: &[(&str, &str, &str)] = &[
    ("bindings/php/README.md", "php", "the first lines of docs/php.md, shorter"),
    ("docs/django.md", "ini", "a unit of systemd, which no test has"),
    ("docs/woocommerce.md", "php", "lines of a wp-config.php, with real keys"),
    (
        "examples/shop/README.md",
        "sh",
        "`make shop`, which tests/browser/shop.test.js starts without the browser of a person",
    ),
    ("examples/tests/phpunit/README.md", "sh", "how a person runs what bindings/php/tests runs by its own environment"),
    (
        "examples/tests/pytest/README.md",
        "sh",
        "how a person runs what bindings/python/tests runs by its own environment",
    ),
    ("examples/tests/vitest/README.md", "sh", "how a person runs what bindings/node/test runs by its own environment"),
    ("include/README.md", "c", "four lines out of the middle of ffi/examples/sign.c"),
    ("sandbox/README.md", "html", "two tags, of which tests/browser/customiser.test.js has more"),
    ("sandbox/README.md", "json", "the ready line, cut"),
];

#[test]
fn every_snippet_is_run() {
    let mut used = std::collections::BTreeSet::new();
    // The statements of the outbox are a page that its own tests write.
    for page in manuals().iter().filter(|page| *page != "outbox/tests/statements.md") {
        let text = read(page);
        let fences = text.lines().filter_map(|line| line.trim_start().strip_prefix("```"));
        for language in fences.step_by(2).filter(|language| *language != "text") {
            let of = |(shown, spoken, _): &&(&str, &str, &str)| {
                *spoken == language
                    && (page == shown || page.strip_prefix(shown).is_some_and(|rest| rest.starts_with('/')))
            };
            let found = RUN.iter().chain(SHOWN).find(of);
            let (shown, _, by) =
                found.unwrap_or_else(|| panic!("{page}: who runs its {language}? A row of RUN says so."));
            used.insert((*shown, language.to_owned()));
            if RUN.iter().any(|row| of(&row)) {
                let name = std::path::Path::new(shown).file_stem().unwrap().to_str().unwrap();
                let reads = [name, r#"/ "docs").glob("*.md")"#].iter().any(|it| read(by).contains(it));
                assert!(reads, "{by} does not read {shown}");
            }
        }
    }
    for (page, language, _) in RUN.iter().chain(SHOWN) {
        assert!(used.contains(&(*page, (*language).to_owned())), "{page} has no {language} any more: its row can go");
    }
}
