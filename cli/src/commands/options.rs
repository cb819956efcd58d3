//! `countersign options`: the table of options, and of the environment variables that set them.

use crate::output::{Colour, Ended, Exit, Output, table};
use clap::Args;
use countersign::options::{ENVIRONMENT, OPTIONS, OptionKind, Scope};
use serde_json::{Value, json};

pub(crate) const AFTER_HELP: &str = "\
Examples:
  countersign options
  countersign options --json";

#[derive(Args, Debug)]
pub(crate) struct ShowOptions {}

fn scope(scope: Scope) -> &'static str {
    match scope {
        Scope::Spiff => "spiff",
        Scope::SignCustomiser => "sign-customiser",
        Scope::Both => "both",
    }
}

fn kind(kind: OptionKind) -> String {
    match kind {
        OptionKind::Text => "text".to_owned(),
        OptionKind::Secret => "secret".to_owned(),
        OptionKind::Seconds(min, max) => format!("whole number {min}-{max}"),
        OptionKind::Duration => "seconds".to_owned(),
        OptionKind::Bytes => "bytes".to_owned(),
        OptionKind::Flag => "true | false".to_owned(),
        OptionKind::Choice(words) => words.join(" | "),
        OptionKind::List => "list, by commas".to_owned(),
    }
}

impl ShowOptions {
    pub(crate) fn run(self, out: &mut Output) -> Ended {
        if out.is_json() {
            let options: Vec<Value> = OPTIONS
                .iter()
                .map(|row| {
                    json!({ "name": row.name, "scope": scope(row.scope), "type": kind(row.kind),
                        "secret": row.kind == OptionKind::Secret, "default": row.default, "meaning": row.meaning })
                })
                .collect();
            let environment: Vec<Value> = ENVIRONMENT
                .iter()
                .map(|(name, owner, option)| {
                    json!({ "name": name, "file": format!("{name}_FILE"), "scope": scope(*owner), "option": option })
                })
                .collect();
            out.value(&json!({ "options": options, "environment": environment }));
            return Ok(Exit::Ok);
        }
        let head = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        let mut rows = vec![head(&["option", "platform", "value", "default"])];
        rows.extend(OPTIONS.iter().map(|row| head(&[row.name, scope(row.scope), &kind(row.kind), row.default])));
        for (i, line) in table(&rows).iter().enumerate() {
            match i.checked_sub(1).and_then(|i| OPTIONS.get(i)) {
                None => out.line(out.paint(Colour::Bold, line)),
                Some(row) => {
                    out.line(line);
                    out.line(format_args!("    {}", row.meaning));
                }
            }
        }
        out.line("");
        let mut rows = vec![head(&["environment variable", "option"])];
        rows.extend(ENVIRONMENT.iter().map(|(name, _, option)| head(&[name, option])));
        for (i, line) in table(&rows).iter().enumerate() {
            out.line(if i == 0 { out.paint(Colour::Bold, line) } else { line.clone() });
        }
        out.line("Each variable is also read with _FILE appended: the path of a file whose text, less one final");
        out.line("line end, is the value. `sign`, `verify` and `explain` read COUNTERSIGN_SECRET_KEY in both ways.");
        Ok(Exit::Ok)
    }
}
