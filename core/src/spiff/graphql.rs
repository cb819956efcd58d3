//! The GraphQL envelope: documents out, and the four things that can come back.
//!
//! The platform answers HTTP 200 to almost everything, so that success is read from the body: errors without a `data` key
//! (nothing was executed), data with errors, data that is null (the documented form of *not found* and of *no access*), or
//! data.

use super::order::Checked;
use crate::call::{Refusal, Reply};
use crate::delivery::{Class, Effect};
use crate::error::{Error, ErrorKind, Problem};
use crate::json::{Members, Node, Problems};
use crate::placed::{id_text, placed};
use crate::walk;
use serde::de::{self, Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::marker::PhantomData;

/// The order document. Ids travel as variables, never inside the text.
const ORDER_CREATE: [&str; 3] = [
    "mutation OrderCreate($externalId: String, $paid: Boolean, $orderItems: [OrderItemInput]!, $externalData: \
     ExternalDataInput) { orderCreate(externalId: $externalId, paid: $paid, orderItems: $orderItems, externalData: \
     $externalData",
    ") { ",
    "id internalId externalId } }",
];

struct Variables<'c, 'a>(&'c Checked<'a>);

impl Serialize for Variables<'_, '_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        self.0.write_members(&mut map)?;
        map.end()
    }
}

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
    serde_json::to_vec(&Request { query, variables, operation_name })
        .map_err(|error| Error::new(ErrorKind::Internal, format!("JSON could not be written: {error}")))
}

/// The body of an `orderCreate`. What `extra` adds becomes literal arguments: a variable would need its type declared, and
/// types of undocumented arguments are not known.
pub(crate) fn order_body(order: &Checked<'_>) -> Result<Vec<u8>, Error> {
    let [head, tail, selection] = ORDER_CREATE;
    let mut query = head.to_owned();
    for (key, value) in &order.extra {
        _ = write!(query, ", {key}: ");
        literal(value, &mut query);
    }
    query.push_str(tail);
    query.push_str(selection);
    envelope(&query, Some(Variables(order)), Some("OrderCreate"))
}

fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|b| b == b'_' || b.is_ascii_alphabetic())
        && bytes.all(|b| b == b'_' || b.is_ascii_alphanumeric())
}

/// Checks that a member of `extra` can be written as a GraphQL argument.
pub(crate) fn check_literal(key: &str, value: &Node<'_>, problems: &mut Problems) {
    if !is_name(key) {
        problems.add(
            &value.path,
            "name",
            format!("{key:?} is not a GraphQL name, so it cannot be an argument of orderCreate."),
        );
    }
    if value.text().starts_with('{') {
        for (key, value) in value.fields(problems).iter().flat_map(|fields| fields.members()) {
            check_literal(key, &value, problems);
        }
    } else if value.text().starts_with('[') {
        for value in value.items(problems).into_iter().flatten() {
            check_literal("_", &value, problems);
        }
    }
}

/// Writes a JSON value as a GraphQL literal: the same but for the keys, which are names without quotes.
pub(super) fn literal(value: &RawValue, out: &mut String) {
    let text = value.get();
    match text.as_bytes().first() {
        Some(b'{') => {
            out.push('{');
            let members = serde_json::from_str::<Members<'_>>(text).map(|members| members.0).unwrap_or_default();
            for (i, (key, value)) in members.iter().enumerate() {
                _ = write!(out, "{}{key}: ", if i > 0 { ", " } else { "" });
                literal(value, out);
            }
            out.push('}');
        }
        Some(b'[') => {
            out.push('[');
            let items = serde_json::from_str::<Vec<&RawValue>>(text).unwrap_or_default();
            for (i, value) in items.iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                literal(value, out);
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
    errors: Option<&'r RawValue>,
}

/// Reads the envelope, in one pass; a reply that is none is refused.
pub(crate) fn body<'r, D: Deserialize<'r>>(reply: &'r Reply) -> Result<Body<'r, D>, Refusal> {
    let unexpected =
        |why: String| Refusal::new(Class::UnexpectedReply, format!("The reply is not a GraphQL answer: {why}."));
    let Envelope { data, errors } =
        serde_json::from_slice(&reply.body).map_err(|error| unexpected(error.to_string()))?;
    let errors = errors.filter(|raw: &&RawValue| !matches!(raw.get(), "null" | "[]"));
    if data.is_none() && errors.is_none() {
        return Err(unexpected("it has neither \"data\" nor \"errors\"".to_owned()));
    }
    Ok(Body { data, errors })
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
                while let Some(key) = map.next_key::<Cow<'de, str>>()? {
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

impl<D> Body<'_, D> {
    /// The errors as problems, each with the path of the field that is missing.
    fn problems(&self) -> Vec<Problem> {
        use serde_json::Value;
        // Read leniently, one by one: an odd one must not hide the others.
        let errors = match self.errors.map(|raw| serde_json::from_str(raw.get())) {
            Some(Ok(Value::Array(errors))) => errors,
            Some(Ok(one)) => vec![one],
            _ => Vec::new(),
        };
        let path_of = |path: &Vec<Value>| {
            path.iter().fold(String::new(), |text, part| match part {
                Value::String(key) if text.is_empty() => key.clone(),
                Value::String(key) => format!("{text}.{key}"),
                index => format!("{text}[{index}]"),
            })
        };
        errors
            .iter()
            .map(|error| {
                let words = error.get("message").unwrap_or(error);
                let words = words.as_str().map_or_else(|| words.to_string(), str::to_owned);
                Problem {
                    path: error.get("path").and_then(Value::as_array).map(path_of).unwrap_or_default(),
                    code: "graphql_error",
                    message: words.chars().filter(|c| !c.is_control()).take(500).collect(),
                }
            })
            .collect()
    }

    pub(super) fn refusal(&self, class: Class, what: &str) -> Refusal {
        let problems = self.problems();
        let words = problems.first().map(|problem| format!(" It says: {}", problem.message)).unwrap_or_default();
        Refusal { class, message: format!("{what}{words}"), problems }
    }

    /// The data of a read or a change: errors and null are refusals.
    pub(crate) fn data(&self) -> Result<&D, Refusal> {
        match &self.data {
            None => Err(self.refusal(Class::GraphqlRefused, "The platform refused the GraphQL document.")),
            Some(_) if self.errors.is_some() => {
                Err(self.refusal(Class::PartialErrors, "The platform answered with GraphQL errors."))
            }
            Some(None) => Err(self.refusal(Class::MissingData, "The platform answered null for everything.")),
            Some(Some(data)) => Ok(data),
        }
    }
}

impl<'r> Body<'r, Members<'r>> {
    /// A field of the data, errors beside it or not; `None` for null.
    pub(super) fn partial(&self, field: &str) -> Option<&'r RawValue> {
        value(self.data.as_ref()?.as_ref()?, field)
    }
}

/// A field of the data; `None` for null.
pub(super) fn value<'r>(data: &Members<'r>, field: &str) -> Option<&'r RawValue> {
    data.0.iter().find(|(key, _)| key == field).map(|(_, value)| *value).filter(|raw| raw.get() != "null")
}

/// One member of an object.
pub(crate) fn member<'r>(object: &'r RawValue, name: &str) -> Option<&'r RawValue> {
    let members = serde_json::from_str::<Members<'r>>(object.get()).ok()?.0;
    members.into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
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
        let item = found.iter().find(|(id, _)| id.as_deref() == Some(asked)).map(|(_, item)| *item);
        any |= item.is_some();
        text.push_str(item.unwrap_or("null"));
    }
    text.push(']');
    if !any {
        return Err(absent());
    }
    RawValue::from_string(text).map(Cow::Owned).map_err(|_| unexpected())
}

/// The reply to an order: only an order object is an order. Null may stand for an order that was made nevertheless, so it
/// is unknown; without a `data` key nothing was executed.
pub(crate) fn read_order<'r>(reply: &'r Reply, external_id: &str) -> Result<Cow<'r, RawValue>, Refusal> {
    let body = body::<&RawValue>(reply)?;
    let data = match body.data {
        None => return Err(body.refusal(Class::GraphqlRefused, "The platform refused the order before executing it.")),
        Some(None) => return Err(body.refusal(Class::OrderNull, "The platform answered null instead of data.")),
        Some(Some(data)) => data,
    };
    let Some(order) = member(data, "orderCreate").filter(|order| order.get() != "null") else {
        return Err(body.refusal(Class::OrderNull, "The platform answered null instead of the order."));
    };
    if !order.get().starts_with('{') {
        return Err(body.refusal(Class::UnexpectedReply, "The platform answered something else than an order."));
    }
    let id = |name| member(order, name).and_then(id_text);
    placed(id("id"), id("internalId"), external_id, body.errors, Some(order))
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

    #[test]
    fn an_odd_error_hides_no_other() {
        let told = |errors: &str| {
            let reply =
                Reply { body: format!("{{\"data\":null,\"errors\":{errors}}}").into_bytes(), ..Reply::default() };
            let problems = body::<&RawValue>(&reply).map(|body| body.problems()).unwrap_or_default();
            problems.into_iter().map(|problem| (problem.path, problem.message)).collect::<Vec<_>>()
        };
        let due = |path: &str, message: &str| (path.to_owned(), message.to_owned());
        assert_eq!(
            told(
                r#"[{"message":"a\nb","path":["x",1,"y"]},{"message":null},"text",{"path":"x"},{"message":{"c":1},"path":[]}]"#
            ),
            [due("x[1].y", "ab"), due("", "null"), due("", "text"), due("", r#"{"path":"x"}"#), due("", r#"{"c":1}"#)]
        );
        assert_eq!(told(r#"{"message":"not in a list"}"#), [due("", "not in a list")]);
    }

    #[test]
    fn literals_are_graphql() {
        let raw: &RawValue =
            serde_json::from_str(r#"{"a":[1.50,{"b":null,"c":"\ud83d\ude00\u0000\"\/"}],"d":{},"e":[]}"#).unwrap();
        let mut out = String::new();
        literal(raw, &mut out);
        assert_eq!(out, "{a: [1.50, {b: null, c: \"😀\\u0000\\\"/\"}], d: {}, e: []}");
    }
}
