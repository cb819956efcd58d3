//! The calls and replies of `vectors/reply.json`.

use crate::Row;
use countersign_core::{Call, Json, Options, Reply, Timestamp, operations, sign_customiser, spiff};

const SPIFF_ORDER: &[u8] =
    br#"{"externalId":"1001","paid":true,"orderItems":[{"amountToOrder":1,"transactionId":"a"}]}"#;
const SIGN_ORDER: &[u8] = br#"{"integration_id":1,"external_id":"1001","external_order_number":"1","currency":"USD",
    "products":[{"external_id":"p","quantity":1,"price":1}]}"#;
/// When the calls are signed.
pub const NOW: Timestamp = Timestamp::from_unix(1_735_689_599);

/// The call that a row replies to.
pub fn call(row: &Row) -> Call<Json> {
    let mut options = Options::new();
    for (name, value) in row.0["options"].as_object().into_iter().flatten() {
        options = options.set(name, value.as_str().unwrap());
    }
    let keys = |options: Options| options.set("access_key", "a").set("secret_key", "b").set("region", "us");
    let spiff = |name, input: &[u8], orders_api| {
        let account = spiff::Account::new(&keys(options.clone()).set("orders_api", orders_api)).unwrap();
        operations::find(operations::SPIFF, name).unwrap().prepare(&account, input, NOW).unwrap()
    };
    let sign_customiser = |name, input: &[u8]| {
        let account = sign_customiser::Account::new(&options.clone().set("api_token", "t")).unwrap();
        operations::find(operations::SIGN_CUSTOMISER, name).unwrap().prepare(&account, input, NOW).unwrap()
    };
    match row.text("call") {
        "graphql_order" => spiff("place_order", SPIFF_ORDER, "graphql"),
        "rest_order" => spiff("place_order", SPIFF_ORDER, "rest"),
        "targets_order" => spiff("place_order", SPIFF_ORDER, "targets"),
        "transactions" => spiff("transactions", br#"{"ids":["a","b"]}"#, "graphql"),
        "current_integration" => spiff("current_integration", b"", "graphql"),
        "graphql_query" => spiff("graphql", br#"{"query":"{ a }"}"#, "graphql"),
        "graphql_mutation" => spiff("graphql", br#"{"query":"mutation { a }"}"#, "graphql"),
        "sign_customiser_order" => sign_customiser("place_order", SIGN_ORDER),
        "webhooks_get" | "webhooks_delete" => sign_customiser(row.text("call"), br#"{"id":1}"#),
        "webhooks_create" => {
            sign_customiser("webhooks_create", br#"{"topic":"order:created","url":"https://a.example"}"#)
        }
        name => sign_customiser(name, b""),
    }
}

/// The reply of a row.
pub fn reply(row: &Row) -> Reply {
    let headers = row.headers().into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Reply { status: row.number("status").try_into().unwrap(), headers, body: row.text("body").into() }
}
