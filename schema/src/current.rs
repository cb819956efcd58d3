//! Whether a generated file is what is generated now, for the tests of every Rust package; and writes it anew where
//! `COUNTERSIGN_UPDATE` is set, as `make generate` and `make header` do.

use std::path::Path;

/// Holds a file, by its path from the root of the repository, against what is generated now. `make` is the target that
/// rewrites it.
///
/// # Errors
/// Which file is stale, what rewrites it, and the lines around the first difference.
pub fn check(name: &str, text: &str, make: &str) -> Result<(), String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
    let failed = |why: std::io::Error| format!("{name} cannot be written: {why}");
    if std::env::var_os("COUNTERSIGN_UPDATE").is_some() && !text.is_empty() {
        std::fs::create_dir_all(path.parent().unwrap_or(&path)).map_err(failed)?;
        std::fs::write(&path, text).map_err(failed)?;
    }
    match difference(&std::fs::read_to_string(&path).unwrap_or_default(), text) {
        None => Ok(()),
        Some(lines) => Err(format!(
            "{name} is stale: run `make {make}`, and commit what it writes. It is (-), and has to be (+):\n{lines}"
        )),
    }
}

/// How many lines are shown before the first difference, and of each side from there on.
const AROUND: (usize, usize) = (2, 4);

/// How many letters are shown of a line, on each side of the first difference.
const LETTERS: usize = 70;

/// The lines around the first difference of two texts; none if they are the same.
pub fn difference(there: &str, due: &str) -> Option<String> {
    if there == due {
        return None;
    }
    let (old, new): (Vec<&str>, Vec<&str>) = (there.lines().collect(), due.lines().collect());
    let first = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let same = |old: &str, new: &str| old.chars().zip(new.chars()).take_while(|(old, new)| old == new).count();
    // Long lines differ somewhere in their middle.
    let at = old.get(first).zip(new.get(first)).map_or(0, |(old, new)| same(old, new));
    let mut shown = format!("line {}\n", first + 1);
    for line in &old[first.saturating_sub(AROUND.0)..first] {
        shown += &format!("  {}\n", excerpt(line, 0));
    }
    for (sign, lines) in [('-', &old), ('+', &new)] {
        for (nth, line) in lines.iter().skip(first).take(AROUND.1).enumerate() {
            shown += &format!("{sign} {}\n", excerpt(line, if nth == 0 { at } else { 0 }));
        }
        if lines.len() <= first {
            shown += &format!("{sign} (the end of the file)\n");
        }
    }
    Some(shown)
}

/// The part of a line around a letter.
fn excerpt(line: &str, at: usize) -> String {
    let from = at.saturating_sub(LETTERS);
    let part: String = line.chars().skip(from).take(at - from + LETTERS).collect();
    let (before, after) =
        (if from > 0 { "…" } else { "" }, if from + part.chars().count() < line.chars().count() { "…" } else { "" });
    format!("{before}{part}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_is_shown_with_its_lines() {
        assert_eq!(difference("a\nb\n", "a\nb\n"), None);
        let told = difference("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\nx\n5\n6\n7\n8\n9\n").unwrap_or_default();
        assert_eq!(told, "line 4\n  2\n  3\n- 4\n- 5\n- 6\n- 7\n+ x\n+ 5\n+ 6\n+ 7\n");
        assert_eq!(difference("a\n", "a\nb\n").as_deref(), Some("line 2\n  a\n- (the end of the file)\n+ b\n"));
        assert_eq!(difference("", "b\n").as_deref(), Some("line 1\n- (the end of the file)\n+ b\n"));
        // A line end alone is a difference, too.
        assert!(difference("a", "a\n").is_some());
    }

    #[test]
    fn a_long_line_is_shown_around_the_letter() {
        let long = |c: char| format!("{}{c}{}\n", "é".repeat(9000), "z".repeat(9000));
        let told = difference(&long('x'), &long('y')).unwrap_or_default();
        assert!(told.chars().count() < 320 && told.contains("éx") && told.contains("éy"), "{told}");
    }
}
