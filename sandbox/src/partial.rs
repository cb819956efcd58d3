//! An answer with one field taken out: what GraphQL says when part of a request fails.

use apollo_compiler::ExecutableDocument;
use apollo_compiler::ast::Type;
use apollo_compiler::executable::{Field, Operation, Selection, SelectionSet};
use serde_json::{Value, json};

/// A step from the data to a field: a response key, or a place in a list.
#[derive(Clone, Debug, PartialEq)]
enum Step {
    Key(String),
    Place(usize),
}

/// Reads `orders[1].lineItems[0].sku`.
fn steps(path: &str) -> Vec<Step> {
    let words = path.split(['.', '[', ']']).filter(|word| !word.is_empty());
    words.map(|word| word.parse().map_or_else(|_| Step::Key(word.to_owned()), Step::Place)).collect()
}

fn at<'v>(value: &'v Value, step: &Step) -> Option<&'v Value> {
    match step {
        Step::Key(key) => value.get(key),
        Step::Place(place) => value.get(place),
    }
}

/// Nulls the field at `path`, or, where it may not be null, the nearest thing around it that may; adds the error.
/// A path that leaves the answer ends where it leaves it.
pub(crate) fn field_failed(
    document: &ExecutableDocument,
    operation: &Operation,
    mut answer: Value,
    path: &str,
    message: &str,
) -> Value {
    let mut wanted = steps(path);
    if wanted.is_empty() {
        wanted = last_item(&answer["data"]);
    }
    let mut value = &answer["data"];
    let mut within = vec![&operation.selection_set];
    let mut expected: Option<&Type> = None;
    let mut gone = Vec::new();
    // How many steps lead to the last thing that may be null; none: all of the data.
    let mut nullable = 0;
    for step in wanted {
        let Some(next) = at(value, &step) else { break };
        expected = match &step {
            Step::Key(key) => {
                let fields = fields(document, &within, key);
                within = fields.iter().map(|field| &field.selection_set).collect();
                fields.first().map(|field| field.ty())
            }
            Step::Place(_) => expected.map(Type::item_type),
        };
        value = next;
        gone.push(step);
        if !expected.is_some_and(Type::is_non_null) {
            nullable = gone.len();
        }
    }
    let shown: Vec<_> = gone
        .iter()
        .map(|step| match step {
            Step::Key(key) => json!(key),
            Step::Place(place) => json!(place),
        })
        .collect();
    let mut target = &mut answer["data"];
    for step in &gone[..nullable] {
        target = match step {
            Step::Key(key) => &mut target[key.as_str()],
            Step::Place(place) => &mut target[*place],
        };
    }
    *target = Value::Null;
    let error = json!({ "message": message, "path": shown });
    match answer.get_mut("errors").and_then(Value::as_array_mut) {
        Some(errors) => errors.push(error),
        None => answer["errors"] = json!([error]),
    }
    answer
}

/// The last item of the first field that is a list, or the first field.
fn last_item(data: &Value) -> Vec<Step> {
    let fields = data.as_object();
    let list = fields.into_iter().flatten().find_map(|(key, value)| Some((key, value.as_array()?)));
    match list {
        Some((key, items)) if !items.is_empty() => vec![Step::Key(key.clone()), Step::Place(items.len() - 1)],
        _ => fields.and_then(|fields| fields.keys().next()).map(|key| Step::Key(key.clone())).into_iter().collect(),
    }
}

/// The fields that answer under this key.
fn fields<'d>(document: &'d ExecutableDocument, within: &[&'d SelectionSet], key: &str) -> Vec<&'d Field> {
    let of = |selection: &'d Selection| match selection {
        Selection::Field(field) if field.response_key() == key => vec![&**field],
        Selection::Field(_) => Vec::new(),
        Selection::InlineFragment(inline) => fields(document, &[&inline.selection_set], key),
        Selection::FragmentSpread(spread) => match document.fragments.get(&spread.fragment_name) {
            Some(fragment) => fields(document, &[&fragment.selection_set], key),
            None => Vec::new(),
        },
    };
    within.iter().flat_map(|set| &set.selections).flat_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read() {
        let key = |key: &str| Step::Key(key.to_owned());
        assert_eq!(
            steps("orders[1].lineItems[0].sku"),
            [key("orders"), Step::Place(1), key("lineItems"), Step::Place(0), key("sku")]
        );
        assert_eq!(steps(""), []);
    }
}
