//! `countersign man`: the manual pages, as `man` reads them.

use crate::output::{Ended, Exit, Failure, Output};
use clap::{Args, Command};
use clap_mangen::Man;
use countersign::{Error, ErrorKind};
use serde_json::json;
use std::io;
use std::path::{Path, PathBuf};

pub(crate) const AFTER_HELP: &str = "\
Examples:
  countersign man | man -l -
  countersign man order place | man -l -
  countersign man --into /usr/local/share/man/man1";

#[derive(Args, Debug)]
pub(crate) struct ManualPage {
    /// Write the pages of every command into this folder, one file each
    #[arg(long, value_name = "FOLDER", conflicts_with = "of")]
    into: Option<PathBuf>,
    /// Whose page, such as `order place`; without it that of countersign itself
    #[arg(value_name = "COMMAND")]
    of: Vec<String>,
}

impl ManualPage {
    pub(crate) fn run(self, out: &mut Output) -> Ended {
        let mut all = crate::command().disable_help_subcommand(true);
        all.build();
        let failed = |what: String| {
            move |why| Error::new(ErrorKind::InvalidArgument, format!("{what} cannot be written: {why}."))
        };
        if let Some(folder) = &self.into {
            write_all(&all, folder).map_err(failed(format!("The manual, into the folder {folder:?},")))?;
            return Ok(Exit::Ok);
        }
        let mut command = &all;
        for name in &self.of {
            command = command.find_subcommand(name).ok_or_else(|| unknown(command, name))?;
        }
        let text = page(command).map_err(failed("The page".to_owned()))?;
        if out.is_json() {
            out.value(&json!({ "name": name(command), "page": text }));
        } else {
            out.bytes(text.as_bytes());
        }
        Ok(Exit::Ok)
    }
}

/// `countersign-order-place`.
fn name(command: &Command) -> &str {
    command.get_display_name().unwrap_or_else(|| command.get_name())
}

fn write_all(command: &Command, folder: &Path) -> io::Result<()> {
    std::fs::write(folder.join(format!("{}.1", name(command))), page(command)?)?;
    command.get_subcommands().try_for_each(|command| write_all(command, folder))
}

/// The page as clap's generator writes it. What it calls extra is laid out by us: there, indented lines stay as they are.
fn page(command: &Command) -> io::Result<String> {
    let mut text = Vec::new();
    Man::new(command.clone()).render(&mut text)?;
    let text = String::from_utf8(text).map_err(io::Error::other)?;
    let (mut page, mut extra, mut filled) = (String::with_capacity(text.len()), false, true);
    for line in text.lines() {
        if line.starts_with(".SH ") {
            extra = line == ".SH EXTRA";
        }
        let fill = !(extra && line.starts_with(' '));
        if fill != filled {
            page += if fill { ".fi\n" } else { ".nf\n" };
            filled = fill;
        }
        page += if line == ".SH EXTRA" { ".SH NOTES" } else { line };
        page += "\n";
    }
    Ok(page)
}

fn unknown(above: &Command, name: &str) -> Failure {
    let names: Vec<_> = above.get_subcommands().map(Command::get_name).collect();
    let of = above.get_bin_name().unwrap_or_default();
    Failure::usage_of(match &names[..] {
        [] => format!("`{of}` has no commands below it, and so no {name:?}."),
        names => format!("`{of}` has no command {name:?}. There are: {}.", names.join(", ")),
    })
}
