//! Makes the book in `build/book` of what `docs/SUMMARY.md` names. Pages stand in it where they stand in the repository, so that a link is
//! the same on a code host and in the book; a source file that a page points to comes along as text.

use mdbook_driver::MDBook;
use mdbook_driver::config::Config;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, ExitCode};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    match make() {
        Ok(pages) => {
            println!("{pages} pages: build/book/index.html");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("The book was not made. {error}");
            ExitCode::FAILURE
        }
    }
}

fn make() -> Result<usize> {
    let room = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = room.join("../..").canonicalize()?;
    let staged = root.join("build/book-source");
    if staged.exists() {
        fs::remove_dir_all(&staged)?;
    }

    let summary = read(&root.join("docs/SUMMARY.md"))?;
    let folder = Path::new("docs");
    let pages: BTreeSet<PathBuf> = links(&summary).map(|link| within(folder, link)).collect();
    let listed = rewritten(&summary, |link| Ok(Some(shown(&within(folder, link)))))?;
    write(&staged.join("SUMMARY.md"), &listed)?;

    let mut book = Staging { root: &root, staged: &staged, pages: &pages };
    for page in &pages {
        let text = read(&root.join(page))?;
        let folder = page.parent().unwrap_or(Path::new(""));
        write(&staged.join(page), &rewritten(&text, |link| book.link(page, folder, link))?)?;
    }

    let made = root.join("build/book");
    if made.exists() {
        fs::remove_dir_all(&made)?;
    }
    let config: Config = read(&room.join("book.toml"))?.parse()?;
    MDBook::load_with_config(room, config)?.build()?;
    // mdBook's own is a copy of the first page, whose links would lead from another folder.
    write(
        &made.join("index.html"),
        "<!doctype html><title>Countersign</title><link rel=\"icon\" href=\"data:,\"><meta http-equiv=\"refresh\" content=\"0; url=docs/README.html\">\n",
    )?;
    Ok(pages.len())
}

/// Where pages are laid out for mdBook.
struct Staging<'a> {
    root: &'a Path,
    staged: &'a Path,
    pages: &'a BTreeSet<PathBuf>,
}

impl Staging<'_> {
    /// What a link of a page becomes; `None` leaves it as it is. What it points to comes into the book.
    fn link(&mut self, page: &Path, folder: &Path, link: &str) -> Result<Option<String>> {
        let target = within(folder, link);
        let path = self.root.join(&target);
        if link.contains("://") || link.starts_with('#') || self.pages.contains(&target) || !path.exists() {
            return Ok(None);
        }
        let end = path.extension();
        if end.is_some_and(|end| end == "md") {
            return Err(format!(
                "{} points to {link}, which is no page of the book: name it in docs/SUMMARY.md.",
                shown(page)
            )
            .into());
        }
        if end.is_some_and(|end| end == "png") {
            let copy = self.staged.join(&target);
            fs::create_dir_all(copy.parent().unwrap_or(self.staged))?;
            fs::copy(&path, copy)?;
            return Ok(None);
        }
        let name =
            if path.is_dir() { format!("{}/all.txt", shown(&target)) } else { format!("{}.txt", shown(&target)) };
        write(&self.staged.join(&name), &self.source(&target)?)?;
        Ok(Some(format!("{}{name}", "../".repeat(page.components().count() - 1))))
    }

    /// A file, or all of a folder, one after the other.
    fn source(&self, target: &Path) -> Result<String> {
        if self.root.join(target).is_file() {
            return read(&self.root.join(target));
        }
        let git = Command::new("git").arg("ls-files").arg(target).current_dir(self.root).output()?;
        let mut text = String::new();
        for file in String::from_utf8(git.stdout)?.lines() {
            // What is no text is no source.
            if let Ok(source) = fs::read_to_string(self.root.join(file)) {
                text += &format!("===== {file} =====\n\n{source}\n");
            }
        }
        Ok(text)
    }
}

/// Where the links of a page lead.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| rest.split(')').next())
}

fn rewritten(text: &str, mut change: impl FnMut(&str) -> Result<Option<String>>) -> Result<String> {
    let mut parts = text.split("](");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (link, rest) = part.split_once(')').unwrap_or((part, ""));
        let link = change(link)?.unwrap_or_else(|| link.to_owned());
        out += &format!("]({link}){rest}");
    }
    Ok(out)
}

/// The path of a link, seen from the root of the repository.
fn within(folder: &Path, link: &str) -> PathBuf {
    let mut path = PathBuf::new();
    for part in folder.join(link.split('#').next().unwrap_or_default()).components() {
        match part {
            Component::ParentDir => _ = path.pop(),
            part => path.push(part),
        }
    }
    path
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()).into())
}

fn write(file: &Path, text: &str) -> Result<()> {
    fs::create_dir_all(file.parent().unwrap_or(Path::new("")))?;
    fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()).into())
}
