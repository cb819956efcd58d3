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
