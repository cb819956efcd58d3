//! The answer of a GraphQL operation: what a reply to it answers, page by page, and whom its errors are about.

use super::document::Document;
use super::graphql;
use super::page::Mark;
use crate::call::{Refusal, Reply};
use crate::delivery::{Class, Effect};
use crate::evidence;
use crate::json::Members;
use crate::walk;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// The value that a reply answers.
pub(super) struct Answered<'r> {
    pub(super) value: &'r RawValue,
    field: &'static str,
}

impl<'r> Answered<'r> {
    pub(super) fn of(
        reply: &'r Reply,
        document: &'static Document,
        ids: &[String],
        first: usize,
    ) -> Result<Self, Refusal> {
        let field = document.field;
        let body = graphql::body::<Members<'r>>(reply)?;
        let null = |body: &graphql::Body<'_, _>| {
            match document.effect {
            Effect::Read => body.refusal(
                Class::MissingData,
                &format!(
                    "The platform answered, but shows no {field} to these credentials: what was asked for is not there, or \
                     that is how it refuses unknown or unsigned callers."
                ),
            ),
            Effect::Order => body.refusal(Class::OrderNull, "The platform answered null instead of the order."),
            Effect::Change => body.refusal(
                Class::MissingData,
                &format!(
                    "The platform answered null for {field}. So it refuses without a word; but it may have been done."
                ),
            ),
        }
        };
        let data = match body.data() {
            Ok(data) => data,
            Err(refusal) if refusal.class == Class::MissingData => return Err(null(&body)),
            // An order beside errors may stand.
            Err(refusal) if document.effect == Effect::Order && refusal.class == Class::PartialErrors => {
                match body.data_or_null().flatten() {
                    Some(data) => data,
                    None => return Err(null(&body)),
                }
            }
            Err(refusal) => return Err(named(refusal, field, body.partial(field), ids, first)),
        };
        let value = graphql::value(data, field)?.ok_or_else(|| null(&body))?;
        let unexpected = |why: &str| Err(Refusal::new(Class::UnexpectedReply, format!("{field} is {why}.")));
        let due = match document.answer {
            list if list.starts_with('[') => Some(('[', "not a list")),
            _ if document.of.is_empty() => None,
            _ => Some(('{', "not an object")),
        };
        match due {
            Some((first, words)) if !value.get().starts_with(first) => return unexpected(words),
            // What was done is told by the fields that were asked for.
            Some(('{', _)) if document.effect != Effect::Read => match evidence::object(value) {
                Some(members) if !members.0.is_empty() => {
                    for name in ["id", "internalId", "externalId"] {
                        evidence::once(&members, name)?;
                    }
                }
                _ => return unexpected("an object without the fields that were asked for"),
            },
            _ => {}
        }
        Ok(Self { value, field })
    }

    /// A page, with `next`: the offset of the page after it, or null after the last; and with its `mark`, for the page after
    /// it. `page`: its offset and limit.
    pub(super) fn page(&self, page: Option<(u64, u64)>, before: Option<Mark>) -> Result<Cow<'r, RawValue>, Refusal> {
        let unexpected = |why: String| Refusal::new(Class::UnexpectedReply, format!("{}: {why}.", self.field));
        let text = self.value.get();
        let members = serde_json::from_str::<Members<'r>>(text).map_err(|error| unexpected(error.to_string()))?.0;
        let members = Members(members);
        let items = evidence::once(&members, "items")?.ok_or_else(|| {
            Refusal::new(
                Class::MissingData,
                format!("{}: the platform answered no items: these credentials may not see them.", self.field),
            )
        })?;
        let items: Vec<&RawValue> =
            serde_json::from_str(items.get()).map_err(|error| unexpected(format!("items is not a list: {error}")))?;
        let count = items.len() as u64;
        let total: Option<u64> =
            evidence::once(&members, "total")?.and_then(|raw| serde_json::from_str(raw.get()).ok());
        let next = page.and_then(|(offset, limit)| {
            let next = offset + count;
            let more = match total {
                Some(total) => count > 0 && next < total,
                // Without a total a full page may have another one after it. A longer page than asked for is everything.
                None => count == limit,
            };
            more.then_some(next)
        });
        let mut mark = String::new();
        if let Some((offset, _)) = page {
            let Some(seen) = Mark::of(&items, before) else {
                return Err(unexpected(format!(
                    "from {offset} on the platform shows a page again that it showed before, so that this feed would never end: \
                     it does not pass over what it is told to pass over"
                )));
            };
            mark = next.map_or_else(|| ",\"mark\":null".to_owned(), |_| format!(",\"mark\":\"{seen}\""));
        }
        let open = text.trim_end().strip_suffix('}').unwrap_or(text);
        let next = next.map_or_else(|| "null".to_owned(), |next| next.to_string());
        RawValue::from_string(format!("{open},\"next\":{next}{mark}}}"))
            .map(Cow::Owned)
            .map_err(|error| unexpected(error.to_string()))
    }
}

/// Errors of a list read by ids: each says which id it is about, and its path counts in the whole list of ids. The
/// platform's own path counts in the `list` that it answered, which may be shorter or in another order.
fn named(mut refusal: Refusal, field: &str, list: Option<&RawValue>, ids: &[String], first: usize) -> Refusal {
    let items = list.filter(|list| list.get().starts_with('['));
    let items: Option<Vec<_>> =
        items.map(|list| walk::items(list.get()).map(|item| walk::text_of(item, "id")).collect());
    let place_of = |index: usize| match items.as_ref().and_then(|items| items.get(index)) {
        Some(Some(id)) if ids.get(index).is_some_and(|asked| asked == id) => Some(index),
        Some(Some(id)) => ids.iter().position(|asked| asked == id),
        _ => Some(index).filter(|index| *index < ids.len() && items.as_ref().is_none_or(|it| it.len() == ids.len())),
    };
    if ids.is_empty() {
        return refusal;
    }
    for problem in &mut refusal.problems {
        let Some(rest) = problem.path.strip_prefix(field).and_then(|rest| rest.strip_prefix('[')) else { continue };
        let Some((index, rest)) = rest.split_once(']') else { continue };
        let Ok(index) = index.parse::<usize>() else { continue };
        problem.path = match place_of(index) {
            Some(place) => {
                problem.message = format!("{} (id {:?})", problem.message, ids[place]);
                format!("{field}[{}]{rest}", first + place)
            }
            None => format!("{field}[?]{rest}"),
        };
    }
    refusal
}
