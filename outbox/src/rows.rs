//! Rows as they stand in the store: by their number, by the shop's id, by their key.

use crate::engine::Cx;
use crate::enqueue::row_key;
use crate::row::Row;
use crate::statement::ascii;
use countersign::{Error, ErrorKind};

/// A row by its id.
pub(crate) async fn fetch(cx: &Cx, id: i64) -> Result<Option<Row>, Error> {
    let sql = format!("SELECT {} FROM {{p}}countersign_outbox WHERE id = ?", Row::columns());
    let rows = cx.rows("row", &sql, vec![id.into()]).await?;
    rows.first().map(|row| Row::of(row)).transpose().map_err(|why| cx.unreadable(&why))
}

/// A row as it is now, for a second try: the first one may have been made on an old snapshot of the host's transaction.
pub(crate) async fn newest(cx: &Cx, row: Row, tries: u32) -> Result<Option<Row>, Error> {
    let end = cx.shared.dialect.newest();
    if tries == 0 || end.is_empty() {
        return Ok(Some(row));
    }
    let sql = format!("SELECT {} FROM {{p}}countersign_outbox WHERE id = ?{end}", Row::columns());
    let rows = cx.rows("newest", &sql, vec![row.id.into()]).await?;
    rows.first().map(|row| Row::of(row)).transpose().map_err(|why| cx.unreadable(&why))
}

/// The row with this key, whose id may be forgotten.
pub(crate) async fn by_key(cx: &Cx, key: &str) -> Result<Option<Row>, Error> {
    let sql = format!("SELECT {} FROM {{p}}countersign_outbox WHERE row_key = ?", Row::columns());
    let rows = cx.rows("by_key", &sql, vec![key.into()]).await?;
    rows.first().map(|row| Row::of(row)).transpose().map_err(|why| cx.unreadable(&why))
}

/// The one row that is meant.
pub(crate) async fn find(cx: &Cx, account: Option<&str>, external_id: &str) -> Result<Option<Row>, Error> {
    let sql = format!("SELECT {} FROM {{p}}countersign_outbox WHERE external_id = ?", Row::columns());
    let rows = cx.rows("by_external_id", &sql, vec![ascii(external_id).into()]).await?;
    let rows: Result<Vec<Row>, _> = rows.iter().map(|row| Row::of(row)).collect();
    let mut rows = rows.map_err(|why| cx.unreadable(&why))?;
    if let Some(account) = account {
        rows.retain(|row| row.account == account);
    }
    if rows.is_empty() {
        // Its id may be forgotten: whoever knows it finds it by its key.
        for (name, of) in
            cx.shared.accounts.iter().filter(|(name, _)| account.is_none_or(|account| account == name.as_str()))
        {
            rows.extend(by_key(cx, &row_key(of.platform.name(), name, external_id)).await?);
        }
    }
    if rows.len() > 1 {
        let names: Vec<_> = rows.iter().map(|row| row.account.as_str()).collect();
        let message = format!("Several accounts have an order {external_id:.100?}: {}. Say which.", names.join(", "));
        return Err(Error::new(ErrorKind::InvalidArgument, message));
    }
    Ok(rows.pop())
}
