//! The objects that GraphQL answers from: JSON objects by type and id, linked by reference so that cycles work.

use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// The fields of one object. A field that is absent answers null.
pub(crate) type Object = Map<String, Value>;

/// The key that makes a JSON object a link.
const LINK: &str = "@link";

/// A reference to an object, followed when the field is asked for.
pub(crate) fn link(type_name: &str, id: &str) -> Value {
    json!({ LINK: type_name, "id": id })
}

/// The type and id that a link names.
pub(crate) fn followed(value: &Object) -> Option<(&str, &str)> {
    Some((value.get(LINK)?.as_str()?, value.get("id")?.as_str()?))
}

#[derive(Default)]
struct Table {
    /// Shared, so that what is being read or listed is not copied.
    rows: Vec<Option<Arc<Object>>>,
    by_id: HashMap<String, usize>,
}

/// All objects, each type in the order of creation.
#[derive(Default)]
pub(crate) struct Store {
    tables: BTreeMap<String, Table>,
    made: u64,
    made_of_all: u64,
}

impl Store {
    /// A new id: looks like a UUID, is the same in every run, and shows which type it belongs to.
    pub(crate) fn id(&mut self, type_name: &str) -> String {
        self.made += 1;
        let hash =
            type_name.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        format!("{hash:08x}-0000-4000-8000-{:012x}", self.made)
    }

    /// Adds an object under a new id, unless it brings one, and answers the id.
    pub(crate) fn add(&mut self, type_name: &str, fields: Value) -> String {
        let Value::Object(mut fields) = fields else { return String::new() };
        let id = match fields.get("id").and_then(Value::as_str) {
            Some(id) => id.to_owned(),
            None => self.id(type_name),
        };
        fields.insert("id".into(), id.clone().into());
        let table = self.tables.entry(type_name.to_owned()).or_default();
        table.by_id.insert(id.clone(), table.rows.len());
        table.rows.push(Some(Arc::new(fields)));
        self.made_of_all += 1;
        id
    }

    pub(crate) fn get(&self, type_name: &str, id: &str) -> Option<&Object> {
        let table = self.tables.get(type_name)?;
        table.rows.get(*table.by_id.get(id)?)?.as_deref()
    }

    /// The same, to keep.
    pub(crate) fn shared(&self, type_name: &str, id: &str) -> Option<Arc<Object>> {
        let table = self.tables.get(type_name)?;
        table.rows.get(*table.by_id.get(id)?)?.clone()
    }

    /// About how many objects there are.
    pub(crate) fn size(&self) -> u64 {
        self.made_of_all
    }

    pub(crate) fn get_mut(&mut self, type_name: &str, id: &str) -> Option<&mut Object> {
        let table = self.tables.get_mut(type_name)?;
        table.rows.get_mut(*table.by_id.get(id)?)?.as_mut().map(Arc::make_mut)
    }

    /// Sets the fields that `changes` has; null in `changes` leaves a field as it is, as an absent argument does.
    pub(crate) fn update(&mut self, type_name: &str, id: &str, changes: Object) -> bool {
        let Some(object) = self.get_mut(type_name, id) else { return false };
        object.extend(changes.into_iter().filter(|(_, value)| !value.is_null()));
        true
    }

    /// Adds to the end of a field that is a list; a field that is none becomes one.
    pub(crate) fn push(&mut self, type_name: &str, id: &str, field: &str, item: Value) {
        let Some(object) = self.get_mut(type_name, id) else { return };
        match object.get_mut(field).and_then(Value::as_array_mut) {
            Some(list) => list.push(item),
            None => _ = object.insert(field.to_owned(), json!([item])),
        }
    }

    /// Takes a link out of a field that is a list.
    pub(crate) fn unlink(&mut self, type_name: &str, id: &str, field: &str, target: &str) {
        let list = self.get_mut(type_name, id).and_then(|object| object.get_mut(field)).and_then(Value::as_array_mut);
        if let Some(list) = list {
            list.retain(|item| item["id"] != target);
        }
    }

    pub(crate) fn remove(&mut self, type_name: &str, id: &str) -> bool {
        let Some(table) = self.tables.get_mut(type_name) else { return false };
        table.by_id.remove(id).is_some_and(|at| table.rows[at].take().is_some())
    }

    pub(crate) fn all<'a>(&'a self, type_name: &str) -> impl Iterator<Item = &'a Object> + use<'a> {
        self.tables.get(type_name).into_iter().flat_map(|table| table.rows.iter().flatten().map(|row| &**row))
    }

    /// The newest of a type, the newest first.
    pub(crate) fn newest(&self, type_name: &str, most: usize) -> Vec<&Object> {
        let rows = self.tables.get(type_name).into_iter().flat_map(|table| table.rows.iter().rev().flatten());
        rows.take(most).map(|row| &**row).collect()
    }

    /// Links to the objects of a type that `keep` likes.
    pub(crate) fn links(&self, type_name: &str, keep: impl Fn(&Object) -> bool) -> Vec<Value> {
        self.all(type_name).filter(|object| keep(object)).map(|object| link(type_name, text(object, "id"))).collect()
    }

    /// Everything, by type.
    pub(crate) fn everything(&self) -> impl Iterator<Item = (&str, Vec<Arc<Object>>)> {
        self.tables.iter().map(|(name, table)| (name.as_str(), table.rows.iter().flatten().cloned().collect()))
    }
}

/// A text field, empty when it is none.
pub(crate) fn text<'a>(object: &'a Object, field: &str) -> &'a str {
    object.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// The ids that a list of links names.
pub(crate) fn linked_ids(object: &Object, field: &str) -> Vec<String> {
    let list = object.get(field).and_then(Value::as_array);
    let ids = list.into_iter().flatten().filter_map(|item| followed(item.as_object()?).map(|(_, id)| id.to_owned()));
    ids.collect()
}
