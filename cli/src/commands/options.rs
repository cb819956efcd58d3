//! `countersign options`: the table of options, and of the environment variables that set them.

#[cfg(feature = "outbox")]
use super::outbox::{SHOP, SITE, STORE};
use crate::output::{Colour, Ended, Exit, Output, table};
use clap::Args;
use countersign::options::{ENVIRONMENT, OPTIONS, OptionKind, Scope};
#[cfg(feature = "outbox")]
use countersign_outbox::policy::NUMBERS;
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
            let all = json!({ "options": options, "environment": environment });
            #[cfg(feature = "outbox")]
            let all = json!({ "options": all["options"], "environment": all["environment"], "outbox": outbox_json() });
            out.value(&all);
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
        #[cfg(feature = "outbox")]
        show_outbox(out);
        Ok(Exit::Ok)
    }
}

/// The numbers of the outbox, for programs.
#[cfg(feature = "outbox")]
fn outbox_json() -> Value {
    let numbers: Vec<Value> = NUMBERS
        .iter()
        .map(|number| {
            let (least, most) = number.limits;
            json!({ "name": number.name, "unit": number.unit, "default": number.default, "least": least,
                "most": most, "meaning": number.meaning })
        })
        .collect();
    json!({ "numbers": numbers, "environment": [STORE, SHOP, SITE] })
}

/// The same for people.
#[cfg(feature = "outbox")]
fn show_outbox(out: &mut Output) {
    let mut rows = vec![["number of the outbox", "value", "default"].map(str::to_owned).to_vec()];
    rows.extend(NUMBERS.iter().map(|number| {
        let (least, most) = number.limits;
        let unit = if number.unit == "s" { " s" } else { "" };
        vec![number.name.to_owned(), format!("{least}-{most}{unit}"), format!("{}{unit}", number.default)]
    }));
    out.line("");
    for (i, line) in table(&rows).iter().enumerate() {
        match i.checked_sub(1).and_then(|i| NUMBERS.get(i)) {
            None => out.line(out.paint(Colour::Bold, line)),
            Some(number) => {
                out.line(line);
                out.line(format_args!("    {}", number.meaning));
            }
        }
    }
    out.line(format_args!(
        "`-o` sets them for `countersign outbox`; {STORE} (or a file that {STORE}_FILE names) is its --store, {SHOP} its --shop, {SITE} its --site."
    ));
}
