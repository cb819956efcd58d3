//! `countersign`: signs requests, judges and explains signatures, places and settles orders, for people and scripts.
//!
//! This file reads the command line and turns how a command ended into an exit code. Each command has a file of its own
//! in `commands`; what they share stands in `input`, `output` and `under_way`.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod commands;
mod input;
mod output;
#[cfg(feature = "outbox")]
mod stores;
mod under_way;

use clap::error::{ContextKind, ContextValue, ErrorKind as ClapKind};
use clap::{ArgAction, Command, CommandFactory, FromArgMatches, Parser};
use countersign::{Error, ErrorKind};
use output::{Exit, Output};
use std::ffi::OsStr;
use std::process::ExitCode;

/// Signs, places and settles orders for customised products, and explains why a signature was refused.
#[derive(Parser)]
#[command(name = "countersign", version, after_help = AFTER_HELP, max_term_width = 100)]
struct Arguments {
    /// Print one JSON object instead of text for people
    #[arg(long, global = true)]
    json: bool,
    /// Tell of every attempt, on standard error
    #[arg(short, long, global = true)]
    verbose: bool,
    #[command(subcommand)]
    command: commands::Command,
}

const AFTER_HELP: &str = "\
Secrets come from the environment or from files, never from arguments, which
other users of a machine can read. `countersign options` lists every option and
environment variable.

Exit codes:
  0  placed, or done
  1  not placed, refused, or an error
  2  the command line is wrong
  3  unknown: the order may have been placed. Settle it, do not send it again

Examples:
  countersign sign --secret-file secret --key-id K --method POST \\
    --path /api/v2/orders --body-file order.json
  countersign explain --secret-file secret --request refused.http
  countersign order place --region us order.json
  countersign doctor";

/// The command line as clap sees it. Every option takes its next argument as it is, also an empty one or one with a
/// leading hyphen: a signed path or date may look like anything.
fn command() -> Command {
    verbatim(Arguments::command())
}

fn verbatim(command: Command) -> Command {
    command
        .mut_args(|arg| {
            let takes_value = matches!(arg.get_action(), ArgAction::Set | ArgAction::Append);
            if takes_value && !arg.is_positional() { arg.allow_hyphen_values(true) } else { arg }
        })
        .mut_subcommands(verbatim)
}

fn main() -> ExitCode {
    let arguments = match command().try_get_matches().and_then(|found| Arguments::from_arg_matches(&found)) {
        Ok(arguments) => arguments,
        Err(error) => return refuse_command_line(error),
    };
    let mut out = Output::new(arguments.json, arguments.verbose);
    let ended = commands::run(arguments.command, &mut out);
    let exit = ended.unwrap_or_else(|failure| out.failure(&failure));
    out.finish(exit).into()
}

/// Help and version are printed as asked for; anything else is a mistake in the command line.
fn refuse_command_line(mut error: clap::Error) -> ExitCode {
    if !error.use_stderr() {
        // A reader that has gone away is no reason to fail.
        _ = error.print();
        return Exit::Ok.into();
    }
    let hints = hints(&error);
    if error.kind() == ClapKind::UnknownArgument && !hints.is_empty() {
        // Clap would say how to give it as a value.
        _ = error.remove(ContextKind::Suggested);
        _ = error.remove(ContextKind::SuggestedArg);
    }
    if std::env::args_os().any(|arg| arg == OsStr::new("--json")) {
        let text = error.to_string();
        let text = text.split("\n\nUsage:").next().unwrap_or_default();
        let mut words: Vec<_> = text.strip_prefix("error: ").unwrap_or(text).split_whitespace().collect();
        words.extend(hints.iter().map(String::as_str));
        let mut out = Output::new(true, false);
        let exit = out.failure(&output::Failure::usage(Error::new(ErrorKind::InvalidArgument, words.join(" "))));
        return out.finish(exit).into();
    }
    _ = error.print();
    for hint in hints {
        Output::new(false, false).note(hint);
    }
    Exit::Usage.into()
}

/// What a mistake in the command line calls for, beside what clap says: what an argument is that is missing, and how an
/// option is given that is no argument.
fn hints(error: &clap::Error) -> Vec<String> {
    let mut asked = &{
        let mut all = command();
        all.build();
        all
    };
    for word in std::env::args_os().skip(1) {
        asked = asked.find_subcommand(word).unwrap_or(asked);
    }
    let about = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::Strings(names)) => names.clone(),
        Some(ContextValue::String(name)) => vec![name.clone()],
        _ => Vec::new(),
    };
    match error.kind() {
        ClapKind::MissingRequiredArgument => asked
            .get_arguments()
            .filter(|arg| about.contains(&arg.to_string()))
            .map(|arg| {
                let words: Vec<_> = arg.get_possible_values().iter().map(|word| word.get_name().to_owned()).collect();
                let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
                let words = if words.is_empty() { String::new() } else { format!(": {}", words.join(", ")) };
                format!("{arg}: {help}{words}.")
            })
            .collect(),
        ClapKind::UnknownArgument => {
            let name = about.concat().trim_start_matches('-').replace('-', "_");
            let takes_options = asked.get_arguments().any(|arg| arg.get_long() == Some("option"));
            let secret = ["secret", "token", "application_key", "password"].iter().any(|word| name.contains(word));
            input::instead_of(&name)
                .filter(|_| takes_options)
                .or(secret.then(|| SECRETS.to_owned()))
                .into_iter()
                .collect()
        }
        // Where a word says which secret is meant, somebody may give it.
        ClapKind::InvalidValue if about.concat().contains("secret") => vec![SECRETS.to_owned()],
        _ => Vec::new(),
    }
}

const SECRETS: &str = "Secrets are never taken from the command line, where other users can read them: use the \
                       environment variable, or its form with _FILE (see `countersign options`).";

#[cfg(test)]
mod tests {
    use super::*;

    fn each(command: &Command, look: &mut impl FnMut(&Command)) {
        look(command);
        command.get_subcommands().for_each(|command| each(command, look));
    }

    #[test]
    fn the_command_line_is_well_formed() {
        command().debug_assert();
    }

    #[test]
    fn every_option_takes_its_value_verbatim() {
        let mut seen = 0;
        each(&command(), &mut |command| {
            for arg in command.get_arguments().filter(|arg| arg.get_action().takes_values() && !arg.is_positional()) {
                assert!(arg.is_allow_hyphen_values_set(), "{} {arg}", command.get_name());
                seen += 1;
            }
        });
        assert!(seen > 20);
    }

    #[test]
    fn every_command_explains_itself_with_examples() {
        each(&command(), &mut |command| {
            let name = command.get_name();
            assert!(command.get_about().is_some(), "{name}");
            if !command.has_subcommands() && name != "help" {
                let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
                assert!(after.contains("Example"), "{name}");
            }
            let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            // Wider lines would be broken anywhere on a common terminal.
            assert!(after.lines().all(|line| line.chars().count() <= 80), "{name}: {after}");
            for arg in command.get_arguments() {
                assert!(arg.get_help().is_some(), "{name} {arg}");
            }
        });
    }

    #[test]
    fn no_option_takes_a_secret_as_its_value() {
        each(&command(), &mut |command| {
            for arg in command.get_arguments().filter(|arg| arg.get_action().takes_values()) {
                let name = arg.get_long().unwrap_or_default();
                let secret = ["secret", "token", "application-key", "password"].iter().any(|word| name.contains(word));
                let chosen = !arg.get_possible_values().is_empty();
                assert!(
                    !secret || chosen || name.ends_with("-file") || name.ends_with("-env"),
                    "{} --{name}",
                    command.get_name()
                );
            }
        });
    }

    /// Every command in the examples of services and cron is one that this program takes.
    #[cfg(feature = "outbox")]
    #[test]
    fn the_examples_are_read_as_they_stand() {
        let read =
            |name: &str| std::fs::read_to_string(format!("{}/examples/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let mut commands = Vec::new();
        for name in ["countersign-outbox.service", "countersign-outbox-database.service", "countersign-outbox.cron"] {
            for line in read(name).lines() {
                let mut rest = line;
                while let Some(at) = rest.find("/usr/local/bin/countersign ") {
                    rest = &rest[at + "/usr/local/bin/".len()..];
                    let end = rest.find([')', '|', '>', ';']).unwrap_or(rest.len());
                    commands.push(rest[..end].to_owned());
                }
            }
        }
        assert_eq!(commands.len(), 5, "{commands:?}");
        for text in commands {
            let words: Vec<_> = text.split_whitespace().collect();
            let found = command().try_get_matches_from(&words).and_then(|found| Arguments::from_arg_matches(&found));
            assert!(matches!(found, Ok(Arguments { command: commands::Command::Outbox(_), .. })), "{text}");
        }
        let service = read("countersign-outbox.service");
        assert!(service.lines().any(|line| line.starts_with("ExecStart=/usr/local/bin/countersign outbox run ")));
        // The file that both name says where its secrets are, for a credential that the service loads.
        let accounts: serde_json::Value = serde_json::from_str(&read("accounts.json")).unwrap();
        let key = accounts["shop"]["secret_key"]["file"].as_str().unwrap();
        assert!(
            service.contains("LoadCredential=secret_key:") && key.ends_with("countersign-outbox.service/secret_key")
        );
        let variable = accounts["shop"]["access_key"]["env"].as_str().unwrap();
        assert!(service.contains(&format!("Environment={variable}=")));
    }
}
