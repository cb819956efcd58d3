//! `countersign graphql`: runs an operation by its name, executes any GraphQL document, or checks a live schema.

mod check;
mod hide;
mod list;
mod live;

use crate::input::{self, AccountArgs, PlatformName};
use crate::output::{Colour, Ended, Exit, Failure, Output, plain};
use crate::under_way;
use check::{Findings, What};
use clap::Args;
use countersign::operations::{self, SPIFF};
use countersign::spiff::model::Source;
use countersign::{Error, ErrorKind, Json, Platform, platform};
use serde::Serialize;
use serde_json::value::RawValue;
use std::ffi::OsString;

pub(crate) const AFTER_HELP: &str = "\
An operation is given its arguments as one JSON object, with `select` beside
them to ask for other fields. `--list` tells what there is, `--list NAME` all
about one. A file whose name is that of an operation is written ./NAME.

Prints the answer as the platform wrote it; owner ids and login tokens in the
answer of an operation are hidden without --show-secrets. Ends with 1 if it was
refused or answered with errors, with 3 if a mutation may or may not have been
executed.

--schema-check reads the endpoint's schema and compares it with what operations
are made from: what is missing or different there, what public documents leave
open and is settled now, and what the platform has beside it. Ends with 1 if
something that we send or ask for is missing or different, with 0 if not. Its
JSON: compatible; differences with path, what, breaking, ours, theirs, source,
operations and meaning; verified and refuted; more and more_types.

Examples:
  countersign graphql --list orders
  countersign graphql orders --region us --input '{\"ids\": [\"…\"]}'
  countersign graphql transactions --region us --input @input.json
  countersign graphql --region us --query '{ currentIntegration { id type } }'
  countersign graphql --region us document.graphql --variables '{\"ids\": [\"…\"]}'
  countersign graphql --region us document.graphql \\
    --variables @variables.json --operation-name Orders
  countersign graphql --region us --schema-check";

/// The operations that other commands run better.
const ELSEWHERE: [(&str, &str); 4] = [
    ("place_order", "Orders are placed with `countersign order place`, which tells how to settle one in doubt."),
    ("settle", "An order in doubt is settled with `countersign settle`. Write ./settle for a file of that name."),
    ("check", "Credentials are checked with `countersign doctor`. Write ./check for a file of that name."),
    ("graphql", "Give the document itself: --query, or the file."),
];

/// A live schema is longer than what a shop reads.
const SCHEMA_LIMIT: &str = "67108864";

#[derive(Args, Debug)]
pub(crate) struct Graphql {
    /// The document itself
    #[arg(long, conflicts_with = "work")]
    query: Option<String>,
    /// What the operation is given: a JSON object, or @ and the file that holds it
    #[arg(long, value_name = "JSON | @FILE", requires = "work", conflicts_with_all = ["query", "variables", "operation_name"])]
    input: Option<String>,
    /// What the document is given: a JSON object, or @ and the file that holds it
    #[arg(long, value_name = "JSON | @FILE")]
    variables: Option<String>,
    /// Which operation of the document
    #[arg(long, value_name = "NAME")]
    operation_name: Option<String>,
    /// Compare the endpoint's schema with ours
    #[arg(long, conflicts_with_all = ["query", "input", "variables", "operation_name", "work", "list"])]
    schema_check: bool,
    /// List the operations; with the name of one, tell all about it
    #[arg(long, conflicts_with_all = ["query", "input", "variables", "operation_name"])]
    list: bool,
    /// Show what grants access in an answer too
    #[arg(long, conflicts_with_all = ["query", "variables", "operation_name", "schema_check", "list"])]
    show_secrets: bool,
    #[command(flatten)]
    account: AccountArgs,
    /// The name of an operation, such as `orders`; or a file with a document, `-` for standard input
    #[arg(value_name = "OPERATION | FILE")]
    work: Option<OsString>,
}

impl Graphql {
    pub(crate) fn run(self, out: &mut Output) -> Ended {
        if self.list {
            return match &self.work {
                Some(name) => list::one(&name.to_string_lossy(), out),
                None => list::all(out),
            };
        }
        if self.schema_check {
            return self.check_schema(out);
        }
        if self.query.is_none() && self.work.is_none() {
            return Err(Failure::usage_of(
                "There is nothing to run: give the name of an operation, the file of a document, --query, --list or \
                 --schema-check.",
            ));
        }
        match self.operation()? {
            Some(name) => self.run_operation(&name, out),
            None => self.run_document(out),
        }
    }

    /// The operation that is named, if it is not a file.
    fn operation(&self) -> Result<Option<String>, Failure> {
        let Some(work) = &self.work else { return Ok(None) };
        let name = work.to_string_lossy();
        if let Some((_, instead)) = ELSEWHERE.iter().find(|(own, _)| *own == name) {
            return Err(Failure::usage_of(*instead));
        }
        let of_document = self.variables.is_some() || self.operation_name.is_some();
        match platform::effect("spiff", &name, b"") {
            Ok(_) if of_document => Err(Failure::usage_of(format!(
                "{name} is an operation, which takes --input; --variables and --operation-name belong to a document. Write \
                 ./{name} for a file of that name."
            ))),
            Ok(_) => Ok(Some(name.into_owned())),
            // With an input, only an operation can be meant; and a file that is not there was hardly meant to be one.
            Err(error) if self.input.is_some() => Err(list::unknown("operation", &name, &error)),
            Err(error) => {
                let word = name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric());
                if word && !std::path::Path::new(work).exists() {
                    Err(list::unknown("operation, and no file,", &name, &error))
                } else {
                    Ok(None)
                }
            }
        }
    }

    fn run_operation(&self, name: &str, out: &mut Output) -> Ended {
        let platform = self.client(None, out)?;
        let input = input::text_or_file(self.input.as_deref(), "The file of the input")?.unwrap_or_default();
        let answer = under_way::run(&platform, name, &input)?.value;
        // What waits for a process execution has no document: it answers one.
        let ty = operations::find(SPIFF, name)?.document().map_or("ProcessExecution", |document| document.answer);
        match hide::hide(&answer.0, ty).filter(|_| !self.show_secrets) {
            Some(shown) => {
                out.json_text(&shown);
                out.note("What grants access is hidden: --show-secrets shows it.");
            }
            None => out.json_text(answer.get()),
        }
        Ok(Exit::Ok)
    }

    fn run_document(&self, out: &mut Output) -> Ended {
        let platform = self.client(None, out)?;
        let query = match (&self.query, &self.work) {
            (Some(query), _) => query.clone(),
            (None, file) => {
                let bytes = input::file(file.as_deref().unwrap_or_default(), "The document")?;
                String::from_utf8(bytes).map_err(|error| {
                    let at = error.utf8_error().valid_up_to();
                    let message = format!("The document is not UTF-8 text: the byte at {at} is wrong.");
                    Error::new(ErrorKind::InvalidArgument, message)
                })?
            }
        };
        let variables = input::text_or_file(self.variables.as_deref(), "The file of variables")?;
        let mut asked = Asked { query: &query, variables: None, operation_name: self.operation_name.as_deref() };
        if let Some(text) = &variables {
            let effect = platform.effect("graphql", &input::of(&asked)?)?;
            asked.variables = Some(input::json(text, "The object of variables", effect)?);
        }
        out.json_text(asked.ask(&platform)?.get());
        Ok(Exit::Ok)
    }

    fn client(&self, reply_limit: Option<&str>, out: &Output) -> Result<Platform, Failure> {
        self.account.client(PlatformName::Spiff, &[("reply_limit", reply_limit)], out)
    }

    fn check_schema(&self, out: &mut Output) -> Ended {
        let platform = self.client(Some(SCHEMA_LIMIT), out)?;
        let asked = Asked { query: live::QUERY, variables: None, operation_name: None };
        let data = asked.ask(&platform).map_err(|error| {
            let mut failure = Failure::from(error);
            if refuses_introspection(&failure.error) {
                failure.lines.push(HIDDEN.to_owned());
                failure.more.push(("introspection", "refused".into()));
            }
            failure
        })?;
        let live: live::Data = serde_json::from_str(data.get()).map_err(|error| {
            let message = format!("The answer to the introspection query is not a schema: {error}.");
            Error::new(ErrorKind::UnexpectedReply, message)
        })?;
        let Some(live) = live.schema else {
            let message = "The platform answered null instead of its schema.";
            let mut failure = Failure::from(Error::new(ErrorKind::MissingData, message));
            failure.lines.push(HIDDEN.to_owned());
            failure.more.push(("introspection", "refused".into()));
            return Err(failure);
        };
        let found = check::check(&live);
        if out.is_json() {
            out.value(&found.to_json());
        } else {
            tell(&found, out);
        }
        Ok(if found.is_breaking() { Exit::No } else { Exit::Ok })
    }
}

/// A document, as the operation is given it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Asked<'a> {
    query: &'a str,
    variables: Option<&'a RawValue>,
    operation_name: Option<&'a str>,
}

impl Asked<'_> {
    fn ask(&self, platform: &Platform) -> Result<Json, Error> {
        Ok(under_way::run(platform, "graphql", &input::of(self)?)?.value)
    }
}

const HIDDEN: &str = "  The endpoint does not show its schema to these credentials; many servers never do. That says nothing\n  \
                      about orders: `countersign doctor` tells whether the credentials work.";

/// Whether the platform read the query and would not answer it. Of the statuses, these two refuse what a body says;
/// others mean an address or credentials.
fn refuses_introspection(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::GraphqlRefused | ErrorKind::GraphqlErrors | ErrorKind::MissingData)
        || matches!(error.status(), Some(400 | 422))
}

/// The findings, for people.
fn tell(found: &Findings, out: &mut Output) {
    let mut of = "";
    for one in &found.differences {
        if one.type_name != of {
            of = one.type_name;
            out.line(out.paint(Colour::Bold, of));
        }
        let colour = if one.what.is_breaking() { Colour::Red } else { Colour::Yellow };
        let types = match (one.ours, &one.theirs) {
            (Some(ours), Some(theirs)) => format!("  {ours} here, {} there", plain(theirs)),
            (Some(ours), None) if one.what == What::Missing => format!("  {ours}"),
            (None, Some(theirs)) => format!("  {}", plain(theirs)),
            _ => String::new(),
        };
        let place = if one.place.is_empty() { "(the type)" } else { &one.place };
        out.line(format_args!("  {}  {}{types}", plain(place), out.paint(colour, one.what.word())));
        let known = match one.source {
            Some(source) if source.is_unverified() => format!(" (Known from: {}.)", check::word(source)),
            _ => String::new(),
        };
        out.line(format_args!("      {}{known}", plain(&one.meaning)));
    }
    if found.differences.is_empty() {
        out.line("Everything that operations are made from is there, and the same.");
    }
    for source in [Source::Inferred, Source::Example, Source::Client] {
        let all: Vec<_> = found.settled.iter().filter(|(_, own, _)| *own == source).collect();
        let verified: Vec<_> =
            all.iter().filter(|(_, _, verified)| *verified).map(|(path, ..)| path.as_str()).collect();
        let origin = match source {
            Source::Inferred => "inferred",
            Source::Example => "known from an example alone",
            _ => "known from a first-party client alone",
        };
        let (known, right) = (all.len(), verified.len());
        out.line(format_args!("Of {known} things {origin}, {right} are verified now and {} refuted.", known - right));
        // The last are many, and what is refuted stands above.
        if source != Source::Client && !verified.is_empty() {
            out.line(format_args!("  {}", verified.join(", ")));
        }
    }
    if !found.more_types.is_empty() {
        out.line(format_args!("Types that are not known here: {}.", found.more_types.len()));
    }
    if !found.more.is_empty() {
        out.line(format_args!("Fields, arguments and words that are not known here: {}.", found.more.len()));
        for path in &found.more {
            out.line(format_args!("  {}", plain(path)));
        }
    }
    out.line(if found.is_breaking() {
        "Some of what operations send or ask for is missing or different there."
    } else {
        "Operations fit."
    });
}
