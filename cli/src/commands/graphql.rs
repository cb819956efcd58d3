//! `countersign graphql`: executes any GraphQL document at Spiff and prints its data.

use crate::input::{self, AccountArgs};
use crate::output::{Ended, Exit, Failure, Output};
use clap::Args;
use countersign::options::Scope;
use countersign::spiff::Client;
use countersign::{Error, ErrorKind};
use std::ffi::{OsStr, OsString};

pub(crate) const AFTER_HELP: &str = "\
Prints the `data` of the answer as the platform wrote it. Ends with 1 if the
document was refused or answered with errors, with 3 if a mutation may or may
not have been executed.

Examples:
  countersign graphql --region us --query '{ currentIntegration { id type } }'
  countersign graphql --region us document.graphql --variables '{\"ids\": [\"…\"]}'
  countersign graphql --region us document.graphql \\
    --variables @variables.json --operation-name Orders";

#[derive(Args, Debug)]
pub(crate) struct Graphql {
    /// The document itself
    #[arg(long, conflicts_with = "file", required_unless_present = "file")]
    query: Option<String>,
    /// A JSON object, or @ and the file that holds it
    #[arg(long, value_name = "JSON | @FILE")]
    variables: Option<String>,
    /// Which operation of the document
    #[arg(long, value_name = "NAME")]
    operation_name: Option<String>,
    #[command(flatten)]
    account: AccountArgs,
    /// A file with the document; `-` is standard input
    file: Option<OsString>,
}

impl Graphql {
    pub(crate) fn run(self, out: &mut Output) -> Ended {
        let options = self.account.options(Scope::Spiff, &[])?;
        let query = match (&self.query, &self.file) {
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
        let variables = match self.variables.as_deref().map(|text| (text, text.strip_prefix('@'))) {
            Some((_, Some(path))) => Some(input::file(OsStr::new(path), "The file of variables")?),
            Some((text, None)) => Some(text.as_bytes().to_vec()),
            None => None,
        };
        let client = Client::new(&options)?;
        let answer = client.graphql(&query, variables.as_deref(), self.operation_name.as_deref());
        let data = answer.map_err(|error| {
            let mut failure = Failure::from(error);
            if failure.exit == Exit::Unknown {
                failure.lines.push("  Read back what the mutation changes before sending it again.".to_owned());
            }
            failure
        })?;
        out.json_text(data.get());
        Ok(Exit::Ok)
    }
}
