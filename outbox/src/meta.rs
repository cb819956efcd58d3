//! What a store says of itself: the version of its tables, who it belongs to, and where it stood.

use crate::engine::{Cx, Done};
use crate::statement::{Value, Wants, ascii};
use countersign::{Error, ErrorKind};
use std::collections::BTreeMap;

/// The version of the tables that this library writes.
pub(crate) const SCHEMA: i64 = 1;
/// The oldest version of this library's tables that can read what it writes.
pub(crate) const OLDEST_READER: i64 = 1;

pub(crate) async fn read(cx: &Cx) -> Result<BTreeMap<String, String>, Error> {
    let rows =
        cx.rows("meta", "SELECT name, value FROM {p}countersign_outbox_meta", vec![]).await.map_err(|error| {
            if error.kind() == ErrorKind::Store {
                let message =
                    format!("{} Are its tables made? `countersign outbox install` makes them.", error.message());
                Error::new(ErrorKind::Store, message)
            } else {
                error
            }
        })?;
    Ok(rows
        .into_iter()
        .filter_map(|row| match <[Value; 2]>::try_from(row) {
            Ok([Value::Text(name), Value::Text(value)]) => Some((name, value)),
            _ => None,
        })
        .collect())
}

/// Refuses a store that only newer code may read, or that belongs to somebody else.
pub(crate) async fn verify(cx: &Cx) -> Result<BTreeMap<String, String>, Error> {
    let meta = read(cx).await?;
    let refuse = |message: String| Err(Error::new(ErrorKind::Store, message));
    let number = |name: &str| meta.get(name).and_then(|value| value.parse::<i64>().ok());
    let Some(oldest) = number("oldest_reader") else {
        return refuse("The store is not complete: run `countersign outbox install` once more.".to_owned());
    };
    if oldest > SCHEMA {
        return refuse(format!(
            "The store's tables are of version {oldest}, and this library reads up to {SCHEMA}. Use the release that made them, or a \
             later one."
        ));
    }
    let shop = meta.get("shop").map(String::as_str).unwrap_or_default();
    if shop != ascii(&cx.shared.shop) {
        return refuse(format!(
            "The store belongs to the shop {shop:?}, and this is {:?}. One set of tables belongs to one shop: give another prefix, or \
             another file.",
            cx.shared.shop
        ));
    }
    Ok(meta)
}

/// Makes what is missing, and nothing else.
pub(crate) async fn install(cx: Cx) -> Result<(), Error> {
    for statement in cx.shared.dialect.schema(&cx.shared.prefix) {
        let statement = cx.statement("schema", &statement, vec![], Wants::Count);
        cx.insist(statement).await?;
    }
    let id = cx.token();
    let rows = [
        ("schema", SCHEMA.to_string()),
        ("oldest_reader", OLDEST_READER.to_string()),
        ("store_id", id),
        ("shop", ascii(&cx.shared.shop)),
        ("site", cx.shared.site.clone()),
    ];
    for (name, value) in rows {
        let sql = format!(
            "INSERT INTO {{p}}countersign_outbox_meta (name, value) VALUES (?, ?){}",
            cx.shared.dialect.unless_there()
        );
        cx.insist(cx.statement("install", &sql, vec![name.into(), value.into()], Wants::Count)).await?;
    }
    verify(&cx).await.map(|_| ())
}

/// Writes down where the store stands now.
pub(crate) async fn set_site(cx: &Cx) -> Result<Done, Error> {
    let sql = "UPDATE {p}countersign_outbox_meta SET value = ? WHERE name = 'site' AND value <> ?";
    let site = cx.shared.site.as_str();
    cx.insist(cx.statement("adopt", sql, vec![site.into(), site.into()], Wants::Count)).await
}
