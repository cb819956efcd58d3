//! `countersign sign`: the Authorization value for a request, alone on a line.

use crate::input::{self, SecretArgs};
use crate::output::{Ended, Exit, Failure, Output};
use clap::Args;
use countersign::signature::Parts;
use countersign::{Scheme, Signer, system_time};
use serde_json::json;
use std::ffi::OsString;

pub(crate) const AFTER_HELP: &str = "\
The secret key comes from COUNTERSIGN_SECRET_KEY, from the file that
COUNTERSIGN_SECRET_KEY_FILE names, or from --secret-file.
Send the body, the Date and the Content-Type exactly as they were signed.

Examples:
  COUNTERSIGN_SECRET_KEY=… countersign sign --key-id K --method POST \\
    --path /api/v2/orders --body-file order.json
  countersign sign --secret-file secret --key-id K --method POST \\
    --path /graphql --body-file body.json --headers
  countersign sign --secret-file secret --key-id K --method GET \\
    --path /targets --scheme vws --content-type '' \\
    --date 'Mon, 23 Apr 2012 12:45:19 GMT' --string-to-sign";

/// The environment variable of the secret key.
pub(crate) const VARIABLE: &str = "COUNTERSIGN_SECRET_KEY";

/// The scheme and digest by name.
#[derive(Args, Debug)]
pub(crate) struct Sign {
    /// The access key, which travels with the signature
    #[arg(long)]
    key_id: String,
    /// The method, as it will be sent
    #[arg(long)]
    method: String,
    /// The path, as it will be requested: without host, usually without query
    #[arg(long)]
    path: String,
    /// The body, byte for byte; `-` is standard input. Without it the body is empty
    #[arg(long, value_name = "FILE")]
    body_file: Option<OsString>,
    /// soa (Spiff Commerce), or vws (the older form)
    #[arg(long, default_value = "soa")]
    scheme: String,
    /// sha512 or md5; without it the scheme's own
    #[arg(long)]
    digest: Option<String>,
    /// The Content-Type value; empty for none. Without it application/json
    #[arg(long)]
    content_type: Option<String>,
    /// The Date value; without it the present moment
    #[arg(long)]
    date: Option<String>,
    /// Print every header to send, one per line
    #[arg(long, conflicts_with = "string_to_sign")]
    headers: bool,
    /// Print the string to sign instead of the signature
    #[arg(long)]
    string_to_sign: bool,
    #[command(flatten)]
    secret: SecretArgs,
}

impl Sign {
    pub(crate) fn run(self, out: &mut Output) -> Ended {
        let scheme = Scheme::from_names(&self.scheme, self.digest.as_deref()).map_err(Failure::usage)?;
        let signer = Signer::new(&self.key_id, self.secret.secret(VARIABLE, "secret key")?, scheme)?;
        let body = input::body(self.body_file.as_deref())?;
        let headers = signer.headers(
            &self.method,
            &self.path,
            &body,
            self.content_type.as_deref(),
            self.date.as_deref(),
            system_time(),
        )?;
        let string_to_sign = signer.string_to_sign(&Parts {
            method: &self.method,
            path: &self.path,
            content_type: headers.content_type.as_deref().unwrap_or_default(),
            date: &headers.date,
            body: &body,
        })?;
        if out.is_json() {
            out.value(&json!({
                "authorization": headers.authorization,
                "date": headers.date,
                "content_type": headers.content_type,
                "string_to_sign": string_to_sign,
            }));
        } else if self.string_to_sign {
            out.line(string_to_sign);
        } else if self.headers {
            out.line(format_args!("Authorization: {}", headers.authorization));
            out.line(format_args!("Date: {}", headers.date));
            if let Some(content_type) = &headers.content_type {
                out.line(format_args!("Content-Type: {content_type}"));
            }
        } else {
            out.line(&headers.authorization);
            if self.date.is_none() {
                out.note(format_args!("It holds for this header alone: Date: {}", headers.date));
            }
        }
        Ok(Exit::Ok)
    }
}
