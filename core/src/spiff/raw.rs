//! GraphQL documents of the caller's own.

use super::account::Account;
use super::graphql;
use crate::call::{Call, Json, Refusal};
use crate::delivery::{Class, Effect};
use crate::error::{Error, ErrorKind};
use crate::json::{self, Written};
use crate::said;
use crate::time::Timestamp;
use crate::walk;
use serde_json::value::RawValue;
use std::borrow::Cow;

impl Account {
    /// Prepares any GraphQL document. The answer is its `data`; a document with a mutation counts as a change, and an
    /// attempt whose end is not known as an unknown outcome.
    ///
    /// # Errors
    /// `invalid_argument` for an empty document, `invalid_json` for variables that are not a JSON object.
    pub fn prepare_graphql(
        &self,
        query: &str,
        variables: Option<&[u8]>,
        operation_name: Option<&str>,
        now: Timestamp,
    ) -> Result<Call<Json>, Error> {
        let effect = effect_of(query);
        let body = body_of(query, variables, operation_name).map_err(|error| error.before_sending(effect))?;
        self.post(body, effect, now, move |reply| {
            let body = graphql::body::<&RawValue>(reply)?;
            let data = *body.data()?;
            let unexpected =
                |why: &str| Refusal::new(Class::UnexpectedReply, format!("The reply is not a GraphQL answer: {why}."));
            if !data.get().starts_with('{') {
                return Err(unexpected("\"data\" is not an object"));
            }
            if effect != Effect::Read {
                let mut keys: Vec<_> = walk::members(data.get()).map(|(key, _)| key).collect();
                keys.sort_unstable();
                if let Some([key, _]) = keys.windows(2).find(|pair| pair[0] == pair[1]) {
                    return Err(unexpected(&format!("its data has {:?} twice", said::quoted(key))));
                }
            }
            Ok(Cow::Borrowed(data))
        })
    }
}

fn body_of(query: &str, variables: Option<&[u8]>, operation_name: Option<&str>) -> Result<Vec<u8>, Error> {
    if query.trim().is_empty() {
        return Err(Error::argument("The GraphQL document is empty."));
    }
    let variables = variables
        .map(|text| {
            json::read(text, "The object of variables", ErrorKind::InvalidJson, |node, problems| {
                node.fields(problems).map(|_| Written(node.text()))
            })
        })
        .transpose()?;
    graphql::envelope(query, variables, operation_name)
}

/// What a document does: a query reads, anything else may change something.
pub(crate) fn effect_of(document: &str) -> Effect {
    let mut depth = 0usize;
    let mut rest = document;
    while let Some(c) = rest.chars().next() {
        let mut after = &rest[c.len_utf8()..];
        match c {
            '#' => after = after.find(['\n', '\r']).map_or("", |end| &after[end..]),
            '"' if after.starts_with("\"\"") => {
                let text = &after[2..];
                let mut end = 0;
                // `\"""` is the one escape of a block string.
                while let Some(quote) = text[end..].find("\"\"\"") {
                    end += quote + 3;
                    if !text[..end - 3].ends_with('\\') {
                        break;
                    }
                }
                after = &text[if end == 0 { text.len() } else { end }..];
            }
            '"' => {
                let mut escaped = false;
                let end = after.find(|c| {
                    let ends = c == '"' && !escaped;
                    escaped = c == '\\' && !escaped;
                    ends
                });
                after = end.map_or("", |end| &after[end + 1..]);
            }
            '{' | '(' => depth += 1,
            '}' | ')' => depth = depth.saturating_sub(1),
            c if c == '_' || c.is_ascii_alphabetic() => {
                let end = rest.find(|c: char| c != '_' && !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
                after = &rest[end..];
                if depth == 0 && matches!(&rest[..end], "mutation" | "subscription") {
                    return Effect::Change;
                }
            }
            _ => {}
        }
        rest = after;
    }
    Effect::Read
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_queries_are_reads() {
        for document in [
            "{ a }",
            "query mutationCount { a }",
            "# mutation\n{ a }",
            "query($mutation: String = \"mutation\") { a(mutation: \"\\\" mutation\") { mutation } }",
            "query { a(b: \"\"\"\n mutation { \\\"\"\" mutation\"\"\") } fragment f on mutation_ { a }",
        ] {
            assert_eq!(effect_of(document), Effect::Read, "{document}");
        }
        for document in [
            "mutation { a }",
            "query a { b } mutation c { d }",
            " \u{feff}#x\rmutation{a}",
            "\"\"\"x\"\"\" mutation { a }",
        ] {
            assert_eq!(effect_of(document), Effect::Change, "{document}");
        }
    }
}
