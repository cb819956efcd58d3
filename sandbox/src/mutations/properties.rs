//! Global properties and metafields.

use super::{Answer, Arguments, added, existing, set, update};
use crate::clock;
use crate::state::State;
use serde_json::json;

pub(super) fn answer(state: &mut State, field: &str, arguments: &Arguments<'_>) -> Option<Answer> {
    let id = arguments.id("id");
    let now = clock::iso(clock::now_ms());
    Some(match field {
        "globalPropertyConfigurationCreate" => {
            Ok(added(state, "GlobalPropertyConfiguration", json!({ "name": "", "aspects": [] })))
        }
        "globalPropertyConfigurationUpdate" => {
            update(state, "GlobalPropertyConfiguration", id, arguments.only(&["name", "aspects"]))
        }
        "globalPropertyStateCreate" => {
            let fields = json!({ "aspects": [], "@bundle": arguments.text("bundleId") });
            match arguments.text("bundleId") {
                Some(bundle) => existing(state, "Bundle", bundle).map(|_| added(state, "GlobalPropertyState", fields)),
                None => Ok(added(state, "GlobalPropertyState", fields)),
            }
        }
        "globalPropertyStateUpdate" => update(state, "GlobalPropertyState", id, arguments.only(&["aspects"])),
        "globalPropertyTemplateCreate" => {
            let configuration = arguments.id("globalPropertyConfigurationId");
            existing(state, "GlobalPropertyConfiguration", configuration).map(|configuration| {
                let fields = json!({ "name": "", "createdAt": now, "updatedAt": now,
                    "globalPropertyConfiguration": configuration, "@customer": arguments.text("customerId"),
                    "aspectValues": arguments.list("aspects") });
                added(state, "GlobalPropertyTemplate", fields)
            })
        }
        "globalPropertyTemplateUpdate" => {
            update(state, "GlobalPropertyTemplate", id, arguments.only(&["name", "aspectValues"]))
                .and_then(|_| set(state, "GlobalPropertyTemplate", id, "updatedAt", now.into()))
        }
        "globalPropertyTemplateDelete" => existing(state, "GlobalPropertyTemplate", id)
            .map(|_| state.store.remove("GlobalPropertyTemplate", id).into()),
        "metafieldConfigurationCreate" => {
            let fields = json!({ "name": arguments.id("name"), "entityType": arguments.id("entityType"),
                "metafieldType": arguments.id("metafieldType"), "createdAt": now, "updatedAt": now,
                "description": arguments.text("description").unwrap_or_default() });
            Ok(added(state, "MetafieldConfiguration", fields))
        }
        _ => return None,
    })
}
