//! Checks what is given for an argument against its GraphQL type.

use super::model::{Kind, Type};
use crate::json::{Node, Problems};
use crate::suggest::nearest;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// What is due, in words.
pub(super) fn due(ty: &str) -> String {
    let ty = ty.trim_end_matches('!');
    if let Some(inner) = ty.strip_prefix('[').and_then(|ty| ty.strip_suffix(']')) {
        return match inner.trim_end_matches('!') {
            "String" => "a list of strings".to_owned(),
            name => format!("a list of {name}"),
        };
    }
    match ty {
        "String" => "a string".to_owned(),
        "Int" => "an integer".to_owned(),
        "Float" => "a number".to_owned(),
        "Boolean" => "true or false".to_owned(),
        name => name.to_owned(),
    }
}

/// Checks a value, which goes out as it is written.
pub(super) fn check(value: Node<'_, '_>, ty: &str, problems: &mut Problems) {
    let (ty, required) = ty.strip_suffix('!').map_or((ty, false), |ty| (ty, true));
    if value.is_null() {
        if required {
            problems.add(value, "missing", format!("This is null, but {} is due.", due(ty)));
        }
        return;
    }
    if let Some(inner) = ty.strip_prefix('[').and_then(|ty| ty.strip_suffix(']')) {
        let of = Type::find(inner);
        // GraphQL reads one object as a list of one, and first-party clients rely on it.
        if value.text().starts_with('{') && of.is_some_and(|it| it.kind == Kind::Input) {
            check(value, inner, problems);
        } else {
            for item in value.items(problems).into_iter().flatten() {
                check(item, inner, problems);
            }
        }
        return;
    }
    match ty {
        "String" => _ = value.string(problems),
        "Int" => _ = value.integer(i32::MIN.into(), i32::MAX.into(), "", problems),
        "Float" => value.number(problems),
        "Boolean" => _ = value.boolean(problems),
        _ => match Type::find(ty) {
            Some(it) if it.kind == Kind::Input => input(value, it, problems),
            Some(it) => word(value, it, problems),
            None => {}
        },
    }
}

fn input(value: Node<'_, '_>, of: Type, problems: &mut Problems) {
    let Some(fields) = value.fields(problems) else { return };
    fields.refuse_others(&of.names(), "", problems);
    for field in of.fields() {
        match fields.given(field.name) {
            // Of how many to make, none is a mistake.
            Some(node) if field.name == "amountToOrder" => _ = node.integer(1, i32::MAX.into(), "", problems),
            Some(node) if is_id(field.name, field.ty) && !node.is_null() => _ = node.id(problems),
            Some(node) if is_ids(field.name) && !node.is_null() => each_id(node, problems),
            Some(node) => check(node, field.ty, problems),
            None if field.ty.ends_with('!') => {
                let message = format!("{} is missing; {} is due.", field.name, due(field.ty));
                problems.add(&fields.path_of(field.name), "missing", message);
            }
            None => {}
        }
    }
}

fn word(value: Node<'_, '_>, of: Type, problems: &mut Problems) {
    let Some(given) = value.string(problems) else { return };
    let words = of.names();
    if !words.contains(&&*given) {
        let hint = match nearest(&given, &words) {
            Some(near) => format!("Did you mean {near:?}?"),
            None => format!("There are: {}.", words.join(", ")),
        };
        problems.add(value, "unknown_word", format!("{given:?} is not a {}. {hint}", of.name));
    }
}

/// A list of ids: not empty, and none of them empty.
pub(super) fn ids(value: Node<'_, '_>, problems: &mut Problems) {
    if value.items(&mut Problems::default()).is_some_and(|items| items.is_empty()) {
        problems.add(value, "empty", "The list is empty: give at least one id.");
    }
    each_id(value, problems);
}

fn each_id(value: Node<'_, '_>, problems: &mut Problems) {
    for item in value.items(problems).into_iter().flatten() {
        _ = item.id(problems);
    }
}

/// Whether something is known by what stands there.
pub(super) fn is_id(name: &str, ty: &str) -> bool {
    ty.trim_end_matches('!') == "String" && (name == "id" || name.ends_with("Id"))
}

/// Whether several are.
pub(super) fn is_ids(name: &str) -> bool {
    name == "ids" || name.ends_with("Ids")
}

/// Text that is JSON: text is taken as JSON already, anything else is written as JSON.
pub(super) fn json_text<'a>(value: Node<'_, 'a>, problems: &mut Problems) -> Option<Cow<'a, str>> {
    if value.is_null() {
        return Some(Cow::Borrowed(value.text()));
    }
    if !value.text().starts_with('"') {
        return serde_json::to_string(value.text()).ok().map(Cow::Owned);
    }
    let text = value.string(problems)?;
    if let Err(error) = serde_json::from_str::<&RawValue>(&text) {
        problems.add(
            value,
            "json",
            format!(
                "This text has to be JSON itself ({error}). A text inside it needs its own quotes: \"\\\"so\\\"\"."
            ),
        );
        return None;
    }
    Some(Cow::Borrowed(value.text()))
}

/// Writes what start terminals are given as the JSON texts that the platform takes. The form of an entity is what the
/// first-party client sends.
pub(super) fn terminals<'a>(given: Node<'_, 'a>, problems: &mut Problems) -> Option<Cow<'a, str>> {
    let texts = each(given, problems, terminal)?;
    serde_json::to_string(&texts).ok().map(Cow::Owned)
}

/// What each item of a list is; of all of them the problems.
fn each<'t, 'a, T>(
    list: Node<'t, 'a>,
    problems: &mut Problems,
    of: impl Fn(Node<'t, 'a>, &mut Problems) -> Option<T>,
) -> Option<Vec<T>> {
    let found: Vec<_> = list.items(problems)?.map(|item| of(item, problems)).collect();
    found.into_iter().collect()
}

fn terminal<'a>(given: Node<'_, 'a>, problems: &mut Problems) -> Option<Cow<'a, str>> {
    if given.text().starts_with('"') {
        let text = given.string(problems)?;
        if let Err(error) = serde_json::from_str::<&RawValue>(&text) {
            let message = format!("A text stands here for JSON ({error}). For a text as such give {{\"text\": …}}.");
            problems.add(given, "json", message);
            return None;
        }
        return Some(text);
    }
    terminal_value(given, problems)
}

/// The JSON of a terminal, every value in it as it is written.
fn terminal_value<'a>(given: Node<'_, 'a>, problems: &mut Problems) -> Option<Cow<'a, str>> {
    if given.text().starts_with('[') {
        return Some(Cow::Owned(format!("[{}]", each(given, problems, terminal_value)?.join(","))));
    }
    if !given.text().starts_with('{') {
        return Some(Cow::Borrowed(given.text()));
    }
    let fields = given.fields(problems)?;
    if let Some(text) = fields.optional("text") {
        fields.refuse_others(&["text"], "", problems);
        return text.string(problems).map(|_| Cow::Borrowed(text.text()));
    }
    fields.refuse_others(&["type", "id", "isSpiffObject"], " A text is {\"text\": …}.", problems);
    let mut member = |name, advice| {
        let node = fields.required(name, advice, problems)?;
        node.id(problems).map(|_| node.text())
    };
    let (kind, id) = (member("type", "Such as \"Transaction\"."), member("id", "The id of what is meant."));
    Some(Cow::Owned(format!("{{\"id\":{},\"isSpiffObject\":true,\"type\":{}}}", id?, kind?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn terminals_go_out_as_they_are_written() {
        let given = r#"[{"text":"\u00e9"}, {"type":"Transaction","id":"t"}, [{"text":""}, 1.50, null], "{\"a\": 1}"]"#;
        let texts = crate::json::read(given.as_bytes(), "It", ErrorKind::InvalidArgument, |node, problems| {
            terminals(node, problems).map(Cow::into_owned)
        });
        let texts: Vec<String> = serde_json::from_str(&texts.unwrap()).unwrap();
        let entity = r#"{"id":"t","isSpiffObject":true,"type":"Transaction"}"#;
        assert_eq!(texts, [r#""\u00e9""#, entity, r#"["",1.50,null]"#, r#"{"a": 1}"#]);
    }
}
