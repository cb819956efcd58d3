//! What the README shows of C, PHP and Node is what the manuals show, whose programs are built and run by the tests of those
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
    for (language, manual) in
        [("c", "docs/c.md"), ("php", "docs/php.md"), ("python", "docs/python.md"), ("js", "docs/node.md")]
    {
        let shown = blocks(&readme, language);
        assert!(!shown.is_empty(), "the README shows no {language}");
        // The outbox's few lines are run by themselves, in bindings/php/tests/readme.test.php.
        for program in shown.into_iter().filter(|program| !program.starts_with("$outbox = ")) {
            assert!(blocks(&read(manual), language).contains(&program), "not in {manual}:\n{program}");
        }
    }
}

#[test]
fn links_lead_somewhere() {
    let files = [
        "README.md",
        "CONTRIBUTING.md",
        "docs/c.md",
        "docs/php.md",
        "docs/python.md",
        "docs/node.md",
        "docs/options.md",
        "docs/errors.md",
        "docs/outbox.md",
        "docs/support.md",
        "docs/woocommerce.md",
        "docs/magento.md",
        "docs/django.md",
        "include/README.md",
        "sandbox/README.md",
        "tests/vectors/README.md",
    ];
    for file in files {
        let text = read(file);
        let folder = workspace_dir().join(file).parent().unwrap().to_path_buf();
        for link in text.split("](").skip(1).map(|rest| rest.split([')', '#']).next().unwrap()) {
            if !link.contains("://") && !link.is_empty() {
                assert!(folder.join(link).exists(), "{file} points to {link}, which is not there");
            }
        }
    }
}
