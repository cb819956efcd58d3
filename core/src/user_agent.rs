//! The User-Agent header: who we are, and who embeds us if they say so.

use crate::error::Error;
use crate::options::Options;

pub(crate) fn user_agent(options: &Options) -> Result<String, Error> {
    let ours = concat!("countersign/", env!("CARGO_PKG_VERSION"));
    match options.text("app_info") {
        None => Ok(ours.to_owned()),
        Some(app) => {
            crate::spiff::check_header_text("app_info", app)?;
            Ok(format!("{ours} {app}"))
        }
    }
}
