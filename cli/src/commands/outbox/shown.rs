//! How orders are shown to people: words, times and tables.

use crate::output::{Colour, Output, plain, table};
use countersign::Timestamp;
use countersign_outbox::{Changed, Shown};
use serde::Serialize;

/// The word that all languages use for a value of the library.
pub(crate) fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// A span in its two largest units at most, such as `3 min` or `2 d 5 h`.
pub(crate) fn span(seconds: i64) -> String {
    let seconds = seconds.max(0);
    let two = |large: i64, of: &str, small: i64, rest: &str| {
        if small == 0 || large >= 10 { format!("{large} {of}") } else { format!("{large} {of} {small} {rest}") }
    };
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => two(seconds / 60, "min", seconds % 60, "s"),
        3600..86_400 => two(seconds / 3600, "h", seconds % 3600 / 60, "min"),
        _ => two(seconds / 86_400, "d", seconds % 86_400 / 3600, "h"),
    }
}

/// A moment in seconds since 1970, beside now.
pub(crate) fn moment(at: i64, now: i64) -> String {
    if at > now { format!("in {}", span(at - now)) } else { format!("{} ago", span(now - at)) }
}

/// A moment for whoever wants it exactly.
pub(crate) fn exact(at: i64, now: i64) -> String {
    format!("{} ({at}, {})", Timestamp::from_unix(at).http_date(), moment(at, now))
}

/// The colour of a state.
pub(crate) fn colour(state: &str) -> Option<Colour> {
    match state {
        "placed" => Some(Colour::Green),
        "held" | "rejected" => Some(Colour::Red),
        "unknown" | "sending" => Some(Colour::Yellow),
        _ => None,
    }
}

fn painted(out: &Output, state: &str, text: &str) -> String {
    colour(state).map_or_else(|| text.to_owned(), |colour| out.paint(colour, text))
}

/// Orders in a table.
pub(crate) fn orders(orders: &[Shown], now: i64, out: &mut Output) {
    let head = ["order", "account", "state", "reason", "platform's id", "sent", "due", "changed", "flags"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    rows.extend(orders.iter().map(|order| {
        let open = !matches!(order.state, "placed" | "rejected" | "cancelled");
        let due = match order.due_at.filter(|_| open) {
            Some(at) if at <= now => "now".to_owned(),
            Some(at) => moment(at, now),
            None => "–".to_owned(),
        };
        let or = |text: Option<&str>| text.filter(|text| !text.is_empty()).map_or_else(|| "–".to_owned(), plain);
        vec![
            or(Some(&order.external_id)),
            order.account.clone(),
            order.state.to_owned(),
            or(order.reason),
            or(order.remote_id.as_deref()),
            order.sends.to_string(),
            due,
            moment(order.updated_at, now),
            order.flags.join(", "),
        ]
    }));
    for (i, line) in table(&rows).iter().enumerate() {
        let line = match i.checked_sub(1).and_then(|i| orders.get(i)) {
            None => out.paint(Colour::Bold, line),
            Some(order) => painted(out, order.state, line),
        };
        out.line(line);
    }
}

/// A row that changed, on one line.
pub(crate) fn changed(changed: &Changed, out: &Output) -> String {
    let Changed { account, external_id, state, reason, remote_id, why } = changed;
    let mut line = format!("{}: {} ({account})", painted(out, state, state), plain(external_id));
    if let Some(remote) = remote_id {
        line += &format!(" as {}", plain(remote));
    }
    if let Some(reason) = reason {
        line += &format!(" {reason}");
    }
    if let Some(why) = why {
        line += &format!(": {}", plain(why));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_at_a_glance() {
        for (seconds, due) in [
            (-5, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (125, "2 min 5 s"),
            (3599, "59 min"),
            (3660, "1 h 1 min"),
            (86_399, "23 h"),
            (187_200, "2 d 4 h"),
            (8_640_000, "100 d"),
        ] {
            assert_eq!(span(seconds), due);
        }
        assert_eq!((moment(100, 40), moment(40, 100)), ("in 1 min".to_owned(), "1 min ago".to_owned()));
    }
}
