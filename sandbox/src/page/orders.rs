//! The orders of one platform by the shop's own id, so that one which stands twice is seen at once.

use super::html::Html;
use super::{SHOWN, Section, plain, shown};
use crate::platform::Platform;
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Orders that have one external id. One without is alone.
struct Group {
    orders: Vec<Arc<Value>>,
}

impl Group {
    fn doubled(&self) -> bool {
        self.orders.len() > 1
    }
}

/// All of them.
pub(super) struct Orders {
    /// The doubled ones first, then the newest.
    groups: Vec<Group>,
    pub(super) accepted: usize,
    pub(super) doubled: usize,
    /// The requests that placed a doubled one.
    requests: HashSet<String>,
}

impl Orders {
    /// Takes the accepted orders of both platforms, oldest first.
    pub(super) fn of(all: &[Arc<Value>], platform: Platform) -> Self {
        let mut groups: Vec<Group> = Vec::new();
        let mut by_id: HashMap<&str, usize> = HashMap::new();
        let mut accepted = 0;
        for order in all.iter().rev().filter(|order| order["platform"] == platform.name()) {
            accepted += 1;
            let external = order["externalId"].as_str();
            match external.and_then(|id| by_id.get(id)) {
                Some(at) => groups[*at].orders.push(Arc::clone(order)),
                None => {
                    by_id.extend(external.map(|id| (id, groups.len())));
                    groups.push(Group { orders: vec![Arc::clone(order)] });
                }
            }
        }
        // It keeps the order of those that are alike.
        groups.sort_by_key(|group| !group.doubled());
        let twice = groups.iter().filter(|group| group.doubled());
        let doubled = twice.clone().count();
        let requests = twice.flat_map(|group| &group.orders).filter_map(|order| order["request"].as_str());
        let requests = requests.map(str::to_owned).collect();
        Self { groups, accepted, doubled, requests }
    }

    /// Whether a request placed an order that stands twice.
    pub(super) fn doubled_by(&self, request: &str) -> bool {
        self.requests.contains(request)
    }

    pub(super) fn write(&self, html: &mut Html, section: &Section, listed: &HashSet<&str>) {
        section.open(html, "Orders");
        if self.groups.is_empty() {
            html.put("<p>None was accepted yet.</p></section>", []);
            return;
        }
        html.put(
            "<table><thead><tr><th scope=\"col\">External id</th><th scope=\"col\">Accepted</th>\
             <th scope=\"col\">When and what</th></tr></thead><tbody>",
            [],
        );
        for group in self.groups.iter().take(SHOWN) {
            self.row(html, group, listed);
        }
        html.put("</tbody></table>", []);
        if self.groups.len() > SHOWN {
            let shown = SHOWN.to_string();
            html.put("<p>{} are shown; all are at <a href=\"/_/orders\">/_/orders</a>.</p>", [&shown]);
        }
        html.put("</section>", []);
    }

    fn row(&self, html: &mut Html, group: &Group, listed: &HashSet<&str>) {
        let newest = &group.orders[0];
        html.put("<tr id=\"order-{}\"", [&plain(&group.orders[group.orders.len() - 1]["id"])]);
        html.put(if group.doubled() { " class=\"doubled\"" } else { "" }, []);
        html.put("><th scope=\"row\"><code>{}</code></th>", [&shown(&newest["externalId"])]);
        match group.orders.len() {
            1 => html.put("<td>once</td><td>", []),
            many => {
                let many = many.to_string();
                html.put("<td>{} times <strong class=\"chip bad\">doubled</strong></td><td>", [&many]);
            }
        }
        for order in group.orders.iter().take(SHOWN) {
            html.put("<p><time datetime=\"{}\">{}</time> ", [&plain(&order["time"]), &time(&order["time"])]);
            let paid = match order["paid"].as_bool() {
                Some(true) => ", paid",
                Some(false) => ", not paid",
                None => "",
            };
            html.put("{}{}", [&shown(&order["wire"]), paid]);
            if order["wire"] == "graphql" && !order["internalId"].is_null() {
                html.put(", internal id <code>{}</code>", [&shown(&order["internalId"])]);
            }
            let request = order["request"].as_str().unwrap_or_default();
            match listed.contains(request) {
                true => html.put(", <a href=\"#{}\">{}</a>", [request, request]),
                false => html.put(", {}", [request]),
            }
            html.put("<br>order <code>{}</code>", [&shown(&order["id"])]);
            for item in order["items"].as_array().into_iter().flatten().take(SHOWN) {
                let amount = if item["amountToOrder"].is_null() { &item["quantity"] } else { &item["amountToOrder"] };
                let what = ["transactionId", "bundleId", "external_id"].into_iter().find(|key| !item[*key].is_null());
                let what = what.map_or(&Value::Null, |key| &item[key]);
                html.put("<br>{} × <code>{}</code>", [&shown(amount), &shown(what)]);
            }
            html.put("</p>", []);
        }
        html.put("</td></tr>", []);
    }
}

/// The day and the time of day of an ISO date, as people read it.
fn time(iso: &Value) -> String {
    plain(iso).replacen('T', " ", 1).trim_end_matches('Z').to_owned()
}
