//! The fields of `Mutation`. Orders, designs and bundles do all that a server can observe; the rest does the simple
//! thing.

mod bundles;
mod orders;
mod people;
mod properties;
mod transactions;

use crate::processes;
use crate::state::State;
use crate::store::{Object, link, text};
use crate::world::World;
use serde_json::Value;

/// The answer to one field, or a message for `errors`.
type Answer = Result<Value, String>;

/// Where the owner id of an object is kept: it is shown at creation and never again.
const OWNER: &str = "@owner";

struct Arguments<'a>(&'a Object);

impl<'a> Arguments<'a> {
    fn text(&self, name: &str) -> Option<&'a str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// A required one; the document's validation already demanded it.
    fn id(&self, name: &str) -> &'a str {
        self.text(name).unwrap_or_default()
    }

    fn flag(&self, name: &str) -> Option<bool> {
        self.0.get(name).and_then(Value::as_bool)
    }

    fn list(&self, name: &str) -> &'a [Value] {
        self.0.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
    }

    fn texts(&self, name: &str) -> Vec<String> {
        self.list(name).iter().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// These arguments as changes to an object; absent ones change nothing.
    fn only(&self, names: &[&str]) -> Object {
        names.iter().filter_map(|name| Some(((*name).to_owned(), self.0.get(*name)?.clone()))).collect()
    }
}

/// The answer to one field, a message for `errors`, or `None` for a field that is not written here.
pub(crate) fn answer(world: &World<'_>, field: &str, arguments: &Object) -> Result<Option<Value>, String> {
    let mut guard = world.state.borrow_mut();
    let state: &mut State = &mut guard;
    let arguments = Arguments(arguments);
    if !owned(world, state, field, &arguments) {
        return Ok(Some(Value::Null));
    }
    let rooms = [transactions::answer, bundles::answer, people::answer, properties::answer];
    let answered = match field {
        "orderCreate" => Some(orders::create(world, state, &arguments)),
        "orderCreateSimpleAsync" => Some(orders::create_simple(world, state, &arguments)),
        "processExecutionCreate" => {
            let id = processes::start(state, arguments.id("processFlowId"), &arguments.texts("inputs"));
            Some(id.map(|id| link("ProcessExecution", &id)))
        }
        _ => rooms.iter().find_map(|room| room(state, field, &arguments)),
    };
    answered.transpose()
}

/// Whether the owner ids that came along are right. A wrong one fails without a word: the platform's own clients fell
/// over that again and again.
fn owned(world: &World<'_>, state: &State, field: &str, arguments: &Arguments<'_>) -> bool {
    // A copy belongs to whoever makes it.
    if field.contains("Create") || field.ends_with("Duplicate") {
        return true;
    }
    let (type_name, given, own) = if field.starts_with("bundle") || field.ends_with("ToBundle") {
        ("Bundle", &world.context.bundle_owner, "bundleId")
    } else if field.starts_with("transaction") || field.ends_with("ToTransaction") {
        ("Transaction", &world.context.transaction_owner, "transactionId")
    } else {
        return true;
    };
    let mut ids = arguments.texts("ids");
    ids.extend(arguments.text("id").or_else(|| arguments.text(own)).map(str::to_owned));
    let header = ids.iter().all(|id| given.as_deref().is_none_or(|given| owns(state, given, type_name, id)));
    // Several transactions cannot share one header: their owners stand beside them.
    let designs = arguments.texts("transactionIds");
    let owners = arguments.texts("transactionOwnerIds");
    header && designs.iter().zip(&owners).all(|(id, given)| owns(state, given, "Transaction", id))
}

fn owns(state: &State, given: &str, type_name: &str, id: &str) -> bool {
    state.store.get(type_name, id).is_none_or(|object| text(object, OWNER) == given)
}

fn existing(state: &State, type_name: &str, id: &str) -> Answer {
    if state.store.get(type_name, id).is_some() { Ok(link(type_name, id)) } else { missing(type_name, id) }
}

fn missing(type_name: &str, id: &str) -> Answer {
    Err(format!("{type_name} {id} was not found."))
}

fn update(state: &mut State, type_name: &str, id: &str, changes: Object) -> Answer {
    if state.store.update(type_name, id, changes) { Ok(link(type_name, id)) } else { missing(type_name, id) }
}

/// One field of an object.
fn set(state: &mut State, type_name: &str, id: &str, field: &str, value: Value) -> Answer {
    update(state, type_name, id, [(field.to_owned(), value)].into_iter().collect())
}

fn added(state: &mut State, type_name: &str, fields: Value) -> Value {
    let id = state.store.add(type_name, fields);
    link(type_name, &id)
}

/// The object itself with its owner id.
fn with_owner(state: &State, type_name: &str, id: &str, field: &str) -> Value {
    let mut object = state.store.get(type_name, id).cloned().unwrap_or_default();
    object.insert(field.to_owned(), object.get(OWNER).cloned().unwrap_or_default());
    object.into()
}
