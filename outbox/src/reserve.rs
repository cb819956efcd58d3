//! Designs that are under way: of two orders with a common design one is sent at a time, because a read could not tell them
//! apart.
//!
//! A reservation is a row with the design as its key. Nobody gives it back: it ends by what the row that took it says by then.

use crate::engine::{Cx, Done};
use crate::row::Row;
use crate::statement::{Commit, Value, Wants};
use countersign::draft::Designs;
use countersign::{Error, digest};

/// Takes the designs of a row for it alone, as long as it is under way. Whoever has one keeps it until that is certain.
pub(crate) async fn reserve(cx: &Cx, row: &Row, designs: &Designs) -> Result<bool, Error> {
    let provider = row.provider.to_string();
    let of = |kind: &str, id: &String| digest::sha256_hex(&[provider.as_bytes(), kind.as_bytes(), id.as_bytes()]);
    let mut keys: Vec<String> = designs.transactions.iter().map(|id| of("transaction", id)).collect();
    keys.extend(designs.bundles.iter().map(|id| of("bundle", id)));
    keys.sort();
    keys.dedup();
    if keys.is_empty() {
        return Ok(true);
    }
    let token = row.token.clone().unwrap_or_default();
    // A reservation without its row's send is worth nothing: that is on the disk before a send, and this with it.
    let places = vec![format!("(?, ?, ?, {})", cx.with(Commit::Lazy, "{now}")); keys.len()].join(", ");
    let sql =
        format!("INSERT INTO {{p}}countersign_outbox_design (design, row_id, token, reserved_at) VALUES {places}");
    let params: Vec<Value> =
        keys.iter().flat_map(|key| [key.as_str().into(), Value::Int(row.id), token.as_str().into()]).collect();
    for _ in 0..2 {
        let done = cx.insist(cx.statement("reserve", &sql, params.clone(), Wants::Count)).await?;
        if done == Done::Yes {
            return Ok(true);
        }
        // Whose are they? What nobody can go on with any more is taken away.
        let places = vec!["?"; keys.len()].join(", ");
        let sql = format!(
            "SELECT d.design, d.token, d.row_id, o.state, o.token AS now_token, o.lease_until, o.done_at, {{now}} FROM {{p}}countersign_outbox_design d LEFT JOIN {{p}}countersign_outbox o ON o.id = d.row_id WHERE d.design IN ({places})"
        );
        let rows = cx.rows("reserved", &sql, keys.iter().map(|key| key.as_str().into()).collect()).await?;
        let (mut ours, mut free) = (0, true);
        for held in rows {
            let text = |at: usize| held.get(at).and_then(Value::text);
            let number = |at: usize| held.get(at).and_then(Value::int);
            let (Some(design), Some(of), Some(id), Some(now)) = (text(0), text(1), number(2), number(7)) else {
                return Ok(false);
            };
            if id == row.id && of == token {
                ours += 1;
                continue;
            }
            let same = text(4).as_ref() == Some(&of);
            let runs = number(5).is_some_and(|until| until >= now);
            let alive = match number(3) {
                // Where it is this very row, this worker is too late.
                Some(2 | 3) => true,
                Some(1) => same && runs,
                // A read may not show it at once.
                Some(5) => number(6).is_some_and(|end| end + cx.policy().ms(cx.policy().gap) > now),
                _ => false,
            };
            if alive {
                free = false;
                continue;
            }
            let sql = format!(
                "DELETE FROM {{p}}countersign_outbox_design WHERE design = ? AND token = ?{}",
                cx.and(Commit::Lazy)
            );
            let params = vec![design.as_str().into(), of.as_str().into()];
            cx.once(cx.statement("unreserve", &sql, params, Wants::Count)).await?;
        }
        if ours == keys.len() {
            return Ok(true);
        }
        if !free {
            break;
        }
    }
    Ok(false)
}
