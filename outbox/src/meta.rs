//! What a store says of itself: the version of its tables, who it belongs to, and where it stood.

use crate::engine::{Cx, Done};
use crate::session::{Session, meet, outside};
use crate::statement::{Commit, Dialect, Value, Wants, ascii};
use countersign::{Error, ErrorKind};
use std::collections::BTreeMap;

/// The version of the tables that this library writes.
pub(crate) const SCHEMA: i64 = 1;
/// The oldest version of this library's tables that can read what it writes.
pub(crate) const OLDEST_READER: i64 = 1;

/// What is likely where the first statement of all fails.
pub(crate) fn unmade(error: Error) -> Error {
    if error.kind() != ErrorKind::Store {
        return error;
    }
    Error::new(ErrorKind::Store, format!("{} Are its tables made? `install` makes them.", error.message()))
}

pub(crate) async fn read(cx: &Cx) -> Result<BTreeMap<String, String>, Error> {
    let rows = cx.rows("meta", "SELECT name, value FROM {p}countersign_outbox_meta", vec![]).await.map_err(unmade)?;
    Ok(rows.into_iter().filter_map(|row| Some((row.first()?.text()?, row.get(1)?.text()?))).collect())
}

/// Refuses a store that only newer code may read, or that belongs to somebody else.
pub(crate) async fn verify(cx: &Cx) -> Result<BTreeMap<String, String>, Error> {
    let meta = read(cx).await?;
    let of = |name: &str| meta.get(name).map(String::as_str);
    ours(cx, of("oldest_reader"), of("shop")).map(|()| meta)
}

/// The same by the two values that decide it.
pub(crate) fn ours(cx: &Cx, oldest_reader: Option<&str>, shop: Option<&str>) -> Result<(), Error> {
    let refuse = |message: String| Err(Error::new(ErrorKind::Store, message));
    let Some(oldest) = oldest_reader.and_then(|value| value.parse::<i64>().ok()) else {
        return refuse("The store is not complete: run `install` once more.".to_owned());
    };
    if oldest > SCHEMA {
        return refuse(format!(
            "The store's tables are of version {oldest}, and this library reads up to {SCHEMA}. Use the release that made them, or a \
             later one."
        ));
    }
    let shop = shop.unwrap_or_default();
    if shop != ascii(&cx.shared.shop) {
        return refuse(format!(
            "The store belongs to the shop {shop:?}, and this is {:?}. One set of tables belongs to one shop: give another prefix, or \
             another file.",
            cx.shared.shop
        ));
    }
    Ok(())
}

/// Makes what is missing, and nothing else.
pub(crate) async fn install(cx: Cx) -> Result<(), Error> {
    outside(&cx).await?;
    let session = meet(&cx).await?;
    // A migration of the host's own may have made the tables, and the right to make some is not needed then. The last one stands for
    // all.
    let made = match read(&cx).await {
        Ok(meta) => meta.get("schema").is_none_or(|schema| *schema == SCHEMA.to_string()),
        Err(error) if error.kind() == ErrorKind::Store => false,
        Err(error) => return Err(error),
    };
    let tables = if made { vec![] } else { cx.shared.dialect.schema(&cx.shared.prefix) };
    for statement in tables {
        let statement = cx.statement("schema", &statement, vec![], Wants::Count);
        cx.insist(statement).await?;
    }
    let id = cx.token();
    let rows = [
        ("schema", SCHEMA.to_string()),
        ("oldest_reader", OLDEST_READER.to_string()),
        ("store_id", id),
        ("shop", ascii(&cx.shared.shop)),
        ("site", session.site),
        ("servers", session.server.unwrap_or_default()),
    ];
    for (name, value) in rows {
        insert(&cx, name, value).await?;
    }
    durable_engine(&cx).await?;
    verify(&cx).await.map(|_| ())
}

/// Writes down a value that is not there yet.
async fn insert(cx: &Cx, name: &str, value: String) -> Result<Done, Error> {
    let sql = format!(
        "INSERT INTO {{p}}countersign_outbox_meta (name, value) VALUES (?, {}){}",
        cx.with(Commit::Durable, "?"),
        cx.shared.dialect.unless_there("name")
    );
    cx.insist(cx.statement("install", &sql, vec![name.into(), value.into()], Wants::Count)).await
}

/// A server may be set to make another kind of table than was asked for, without transactions and without a word.
async fn durable_engine(cx: &Cx) -> Result<(), Error> {
    if cx.shared.dialect != Dialect::Mysql {
        return Ok(());
    }
    let names: Vec<Value> = ["", "_design", "_account", "_meta"]
        .map(|end| format!("{}countersign_outbox{end}", cx.shared.prefix).into())
        .into();
    let sql = "SELECT TABLE_NAME, ENGINE FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN (?, ?, ?, ?)";
    for row in cx.rows("engines", sql, names).await? {
        let [name, engine] = [0, 1].map(|at| row.get(at).and_then(Value::text).unwrap_or_default());
        if !engine.eq_ignore_ascii_case("InnoDB") {
            let message = format!(
                "The server made the table {name} with {engine}, which loses what it acknowledged. It has to be InnoDB."
            );
            return Err(Error::new(ErrorKind::Store, message));
        }
    }
    Ok(())
}

/// Writes down where the store stands now, and which servers it may stand on.
pub(crate) async fn stand_here(cx: &Cx) -> Result<(), Error> {
    let Session { site, server, .. } = meet(cx).await?;
    let mut values = vec![("site", site)];
    if let Some(server) = server {
        let mut servers = read(cx).await?.remove("servers").unwrap_or_default();
        if !servers.split(' ').any(|known| known == server) {
            // The newest ones: nodes of a cluster, and who takes over.
            servers = format!("{server} {servers}").chars().take(15 * 17 - 1).collect::<String>().trim_end().to_owned();
        }
        values.push(("servers", servers));
    }
    for (name, value) in values {
        let sql = format!(
            "UPDATE {{p}}countersign_outbox_meta SET value = ? WHERE name = ? AND value <> ?{}",
            cx.and(Commit::Durable)
        );
        let params = vec![value.as_str().into(), name.into(), value.as_str().into()];
        if cx.insist(cx.statement("adopt", &sql, params, Wants::Count)).await? == Done::No {
            insert(cx, name, value).await?;
        }
    }
    Ok(())
}
