//! The GraphQL envelope: documents out, and the four things that can come back.
//!
//! The platform answers HTTP 200 to almost everything, so that success is read from the body: errors without a `data` key
//! (nothing was executed), data with errors, data that is null (the documented form of *not found* and of *no access*), or
//! data.

use crate::call::{Refusal, Reply};
use crate::delivery::Class;
use crate::error::{Error, Problem};
use crate::evidence;
use crate::json::{Key, Members, Node, Problems};
use crate::said;
use crate::tree::Tree;
use crate::walk;
use serde::de::{self, Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::ser::Serialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::marker::PhantomData;

/// The request envelope, its keys always in this order.
#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Request<'a, V> {
    query: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    variables: Option<V>,
    #[serde(skip_serializing_if = "Option::is_none")]
    operation_name: Option<&'a str>,
}

/// The bytes of a request envelope.
pub(crate) fn envelope<V: Serialize>(
    query: &str,
    variables: Option<V>,
    operation_name: Option<&str>,
) -> Result<Vec<u8>, Error> {
    // Room for ten items of an order, or fifty ids, beside the document.
    let mut body = Vec::with_capacity(query.len() + 2048);
    serde_json::to_writer(&mut body, &Request { query, variables, operation_name }).map_err(Error::unwritten)?;
    Ok(body)
}

fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|b| b == b'_' || b.is_ascii_alphabetic())
        && bytes.all(|b| b == b'_' || b.is_ascii_alphanumeric())
}

/// Checks that a member of `extra` can be written as a GraphQL argument.
pub(crate) fn check_literal(key: &str, value: Node<'_, '_>, problems: &mut Problems) {
    if !is_name(key) {
        problems.add(
            value,
            "name",
            format!("{key:?} is not a GraphQL name, so it cannot be an argument of orderCreate."),
        );
    }
    if value.text().starts_with('{') {
        value.children().for_each(|value| check_literal(value.key(), value, problems));
    } else if value.text().starts_with('[') {
        value.children().for_each(|value| check_literal("_", value, problems));
    }
}

/// Writes a JSON value as a GraphQL literal: the same but for the keys, which are names without quotes.
pub(super) fn literal(value: &str, out: &mut String) {
    write_literal(Tree::of(value).root(), out);
}

fn write_literal(value: Node<'_, '_>, out: &mut String) {
    let text = value.text();
    match text.as_bytes().first() {
        Some(b'{') => {
            out.push('{');
            for (i, value) in value.children().enumerate() {
                _ = write!(out, "{}{}: ", if i > 0 { ", " } else { "" }, value.key());
                write_literal(value, out);
            }
            out.push('}');
        }
        Some(b'[') => {
            out.push('[');
            for (i, value) in value.children().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                write_literal(value, out);
            }
            out.push(']');
        }
        // GraphQL knows JSON's escapes, but not its surrogate pairs everywhere: plain characters are understood by all.
        Some(b'"') => {
            let plain: String = serde_json::from_str(text).unwrap_or_default();
            out.push_str(&serde_json::to_string(&plain).unwrap_or_default());
        }
        _ => out.push_str(text),
    }
}

/// The reply envelope; `D` is how its data is read.
pub(crate) struct Body<'r, D> {
    /// `None`: no `data` key. `Some(None)`: `data` is null.
    data: Option<Option<D>>,
    /// Unless null or a list of nothing.
    errors: Option<&'r RawValue>,
}

/// Reads the envelope, in one pass; a reply that is none is refused.
pub(crate) fn body<'r, D: Deserialize<'r>>(reply: &'r Reply) -> Result<Body<'r, D>, Refusal> {
    let unexpected =
        |why: String| Refusal::new(Class::UnexpectedReply, format!("The reply is not a GraphQL answer: {why}."));
    let Envelope { data, errors } =
        serde_json::from_str(evidence::text(reply)?).map_err(|error| unexpected(error.to_string()))?;
    let is_nothing = |errors: &str| errors == "null" || errors.starts_with('[') && walk::is_empty(errors);
    let errors = errors.filter(|raw: &&RawValue| !is_nothing(raw.get()));
    if data.is_none() && errors.is_none() {
        return Err(unexpected("it has neither \"data\" nor \"errors\"".to_owned()));
    }
    Ok(Body { data, errors })
}

/// Whether these errors say that execution never began (GraphQL specification, 7.1.2): a list of nothing but error objects,
/// each with a message, none of them about a field.
fn before_execution(errors: &str) -> bool {
    let well_formed = |error: &str| {
        let mut has_message = false;
        error.starts_with('{')
            && walk::members(error).all(|(key, value)| {
                has_message |= key == "message";
                key != "path" && (key != "message" || value.starts_with('"'))
            })
            && has_message
    };
    errors.starts_with('[') && !walk::is_empty(errors) && walk::items(errors).all(well_formed)
}

struct Envelope<'r, D> {
    data: Option<Option<D>>,
    errors: Option<&'r RawValue>,
}

impl<'de, D: Deserialize<'de>> Deserialize<'de> for Envelope<'de, D> {
    fn deserialize<S: Deserializer<'de>>(from: S) -> Result<Self, S::Error> {
        struct Read<D>(PhantomData<D>);
        impl<'de, D: Deserialize<'de>> Visitor<'de> for Read<D> {
            type Value = Envelope<'de, D>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut read = Envelope { data: None, errors: None };
                while let Some(Key(key)) = map.next_key()? {
                    let twice = match &*key {
                        "data" => read.data.replace(map.next_value()?).is_some(),
                        "errors" => read.errors.replace(map.next_value()?).is_some(),
                        _ => map.next_value::<IgnoredAny>().map(|_| false)?,
                    };
                    if twice {
                        return Err(de::Error::custom(format!("it has {key:?} twice")));
                    }
                }
                Ok(read)
            }
        }
        from.deserialize_map(Read(PhantomData))
    }
}

impl<'r, D> Body<'r, D> {
    /// The errors as the platform wrote them.
    pub(super) fn errors(&self) -> Option<&'r RawValue> {
        self.errors
    }

    /// The errors as problems, each with the path of the field that is missing. Of very many the first ones are read.
    fn problems(&self) -> Vec<Problem> {
        self.errors.map(|errors| said::listed(errors.get(), said::GRAPHQL)).unwrap_or_default()
    }

    /// Why there is no data: nothing was executed, for certain, or it is not certain.
    pub(super) fn without_data(&self, what: &str) -> Refusal {
        if self.errors.is_some_and(|errors| before_execution(errors.get())) {
            return self.refusal(Class::GraphqlRefused, what);
        }
        let what = "The reply has no \"data\", and its errors do not say that nothing was executed: that takes a list of \
                    errors without a path.";
        self.refusal(Class::UnexpectedReply, what)
    }

    pub(super) fn refusal(&self, class: Class, what: &str) -> Refusal {
        let problems = self.problems();
        let words = problems.first().map(|problem| format!(" It says: {}", problem.message)).unwrap_or_default();
        Refusal { class, message: format!("{what}{words}"), problems }
    }

    /// The data, errors beside it or not: `None` for no `data` key, `Some(None)` for null.
    pub(super) fn data_or_null(&self) -> Option<Option<&D>> {
        self.data.as_ref().map(Option::as_ref)
    }

    /// The data of a read or a change: errors and null are refusals.
    pub(crate) fn data(&self) -> Result<&D, Refusal> {
        match &self.data {
            None => Err(self.without_data("The platform refused the GraphQL document.")),
            Some(_) if self.errors.is_some() => {
                Err(self.refusal(Class::PartialErrors, "The platform answered with GraphQL errors."))
            }
            Some(None) => Err(self.refusal(Class::MissingData, "The platform answered null for everything.")),
            Some(Some(data)) => Ok(data),
        }
    }
}

impl<'r> Body<'r, Members<'r>> {
    /// A field of the data, errors beside it or not; `None` for null, or where it is there twice.
    pub(super) fn partial(&self, field: &str) -> Option<&'r RawValue> {
        value(self.data.as_ref()?.as_ref()?, field).ok()?
    }
}

/// A field of the data; `None` for null.
pub(super) fn value<'r>(data: &Members<'r>, field: &str) -> Result<Option<&'r RawValue>, Refusal> {
    evidence::once(data, field)
}

/// The list that `field` answered, aligned with the ids: the platform may answer fewer, in another order, or null.
pub(super) fn aligned<'r>(list: &'r RawValue, field: &str, ids: &[String]) -> Result<Cow<'r, RawValue>, Refusal> {
    let absent = || {
        Refusal::new(
            Class::MissingData,
            format!(
                "The platform shows none of these {field}: the ids are wrong, or these credentials may not see them."
            ),
        )
    };
    let unexpected = || Refusal::new(Class::UnexpectedReply, format!("{field} is not a list of objects."));
    let mut found = Vec::with_capacity(ids.len());
    for item in walk::items(list.get()) {
        if !item.starts_with('{') && item != "null" {
            return Err(unexpected());
        }
        found.push((walk::text_of(item, "id"), item));
    }
    let in_place = found.len() == ids.len()
        && found.iter().zip(ids).all(|((id, _), asked)| id.as_deref().is_none_or(|id| id == asked));
    if found.iter().all(|(id, _)| id.is_none()) {
        return Err(absent());
    }
    if in_place {
        return Ok(Cow::Borrowed(list));
    }
    let mut text = String::with_capacity(list.get().len());
    let mut any = false;
    for asked in ids {
        text.push(if text.is_empty() { '[' } else { ',' });
        let mut shown = found.iter().filter(|(id, _)| id.as_deref() == Some(asked)).map(|(_, item)| *item);
        let item = shown.next();
        if shown.any(|other| Some(other) != item) {
            return Err(Refusal::new(Class::UnexpectedReply, format!("{field} has {asked:?} twice, and differently.")));
        }
        any |= item.is_some();
        text.push_str(item.unwrap_or("null"));
    }
    text.push(']');
    if !any {
        return Err(absent());
    }
    RawValue::from_string(text).map(Cow::Owned).map_err(|_| unexpected())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_errors_without_a_path_say_that_nothing_ran() {
        for certain in [r#"[{"message":"x"}]"#, r#"[ {"message":"\ud83c","extensions":{"path":[]}} , {"message":""} ]"#]
        {
            assert!(before_execution(certain), "{certain}");
        }
        for unclear in [
            "false",
            "\"x\"",
            "{}",
            "[]",
            "[ ]",
            "[{}]",
            "[null]",
            "[[]]",
            "{\"message\":\"x\"}",
            r#"[{"message":1}]"#,
            r#"[{"message":"x"},"x"]"#,
            r#"[{"message":"x","path":["orderCreate"]}]"#,
            r#"[{"message":"x","\u0070ath":null}]"#,
            r#"[{"message":"x"},{"message":"x","path":[]}]"#,
        ] {
            assert!(!before_execution(unclear), "{unclear}");
        }
    }

    #[test]
    fn literals_are_graphql() {
        let text = r#"{"a":[1.50,{"b":null,"c":"\ud83d\ude00\u0000\"\/"}],"d":{},"e":[]}"#;
        let mut out = String::new();
        literal(text, &mut out);
        assert_eq!(out, "{a: [1.50, {b: null, c: \"😀\\u0000\\\"/\"}], d: {}, e: []}");
    }
}
