//! The waist: every operation by its name, JSON in and a prepared call out.
//!
//! C and the language bindings reach the platforms through these tables alone, so that a new operation adds a row and no
//! symbol.

use crate::delivery::Effect;
use crate::error::{Error, ErrorKind};
use crate::json::{Fields, Problems};
use crate::operation::{Operation, Steps, read};
pub use crate::operation::{Row, find, rows};
use crate::spiff::Doubt;
use crate::spiff::operations::{CURRENT_INTEGRATION, ROWS};
use crate::{sign_customiser, spiff};
use std::borrow::Cow;

/// The operations of Spiff: those written by hand, then those of its GraphQL schema.
pub static SPIFF: &[Operation<spiff::Account>] = &{
    let mut all = [OWN[0]; OWN.len() + ROWS.len()];
    let mut i = 0;
    while i < all.len() {
        all[i] = if i < OWN.len() { OWN[i] } else { ROWS[i - OWN.len()] };
        i += 1;
    }
    all
};

static OWN: [Operation<spiff::Account>; 5] = [
    Operation::row("place_order", Effect::Order, "an order", |account, input, now| {
        Ok(account.prepare_order_json(input, now)?.erase())
    }),
    Operation::row(
        "graphql",
        Effect::Change,
        "query, variables, operationName",
        |account: &spiff::Account, input, now| {
            let (query, variables, name) =
                read(input, &["query", "variables", "operationName"], |fields, problems| {
                    let query =
                        fields.required("query", "Give a GraphQL document.", problems).and_then(|n| n.string(problems));
                    let name = fields.optional("operationName").map(|node| node.string(problems));
                    Some((query?, fields.optional("variables").map(|node| node.text()), name.flatten()))
                })?;
            account.prepare_graphql(&query, variables.map(str::as_bytes), name.as_deref(), now)
        },
    )
    .decided_by_input(|input| {
        #[derive(serde::Deserialize)]
        struct Input<'a> {
            #[serde(borrow)]
            query: Cow<'a, str>,
        }
        serde_json::from_slice::<Input<'_>>(input).map_or(Effect::Change, |input| spiff::effect_of(&input.query))
    }),
    Operation::row("check", Effect::Read, "nothing", |account: &spiff::Account, input, now| {
        read(input, &[], |_, _| Some(()))?;
        CURRENT_INTEGRATION.prepare(account, b"", now)
    })
    .steps(Steps::Check),
    Operation::row("settle", Effect::Read, "order, sent_at, first_absent_at", |_: &spiff::Account, input, now| {
        Doubt::read(input, now)?;
        Err(Error::new(ErrorKind::Unsupported, "settle is more than one request: run it."))
    })
    .steps(Steps::Settle),
    Operation::row(
        "process_execution_wait",
        Effect::Read,
        "id, timeout, interval, select",
        |account: &spiff::Account, input, now| spiff::Wait::read(input)?.prepare(account, now),
    )
    .steps(Steps::Wait),
];

/// The operations of Sign Customiser.
pub static SIGN_CUSTOMISER: &[Operation<sign_customiser::Account>] = &[
    Operation::row("place_order", Effect::Order, "an order", |account, input, now| {
        Ok(account.prepare_order_json(input, now)?.erase())
    }),
    Operation::row("check", Effect::Read, "nothing", |account: &sign_customiser::Account, input, now| {
        read(input, &[], |_, _| Some(()))?;
        Ok(account.prepare_webhook_list(now)?.erase())
    })
    .steps(Steps::Check),
    // There is nothing to read back: it says what there is instead, whatever it is given.
    Operation::row("settle", Effect::Read, "order, sent_at, first_absent_at", |_: &sign_customiser::Account, _, _| {
        Err(sign_customiser::nothing_to_settle_by())
    })
    .steps(Steps::Settle),
    Operation::row("webhooks_list", Effect::Read, "nothing", |account, input, now| {
        read(input, &[], |_, _| Some(()))?;
        Ok(account.prepare_webhook_list(now)?.erase())
    }),
    Operation::row("webhooks_create", Effect::Change, "topic, url, meta", |account, input, now| {
        let (topic, url, meta) = read(input, &["topic", "url", "meta"], subscription)?;
        Ok(account.prepare_webhook_create(&topic, &url, meta, now)?.erase())
    }),
    Operation::row("webhooks_get", Effect::Read, "id", |account, input, now| {
        Ok(account.prepare_webhook_get(read(input, &["id"], id)?, now)?.erase())
    }),
    Operation::row("webhooks_update", Effect::Change, "id, topic, url, meta", |account, input, now| {
        let (id, (topic, url, meta)) = read(input, &["id", "topic", "url", "meta"], |fields, problems| {
            let id = id(fields, problems);
            let rest = subscription(fields, problems);
            Some((id?, rest?))
        })?;
        Ok(account.prepare_webhook_update(id, &topic, &url, meta, now)?.erase())
    }),
    Operation::row("webhooks_delete", Effect::Change, "id", |account, input, now| {
        Ok(account.prepare_webhook_delete(read(input, &["id"], id)?, now)?.erase())
    }),
    Operation::row(
        "request",
        Effect::Change,
        "method, path, body",
        |account: &sign_customiser::Account, input, now| {
            let (method, path, body) = read(input, &["method", "path", "body"], |fields, problems| {
                let method =
                    fields.required("method", "Such as \"GET\".", problems).and_then(|node| node.name(problems));
                let path = fields
                    .required("path", "Such as \"/api/v2/webhooks\".", problems)
                    .and_then(|node| node.name(problems));
                Some((method?, path?, fields.optional("body").map(|node| node.text().as_bytes())))
            })?;
            account.prepare_request(&method, &path, body, now)
        },
    )
    .decided_by_input(|input| {
        #[derive(serde::Deserialize)]
        struct Input<'a> {
            #[serde(borrow)]
            method: Cow<'a, str>,
        }
        match serde_json::from_slice::<Input<'_>>(input) {
            Ok(input) if input.method == "GET" => Effect::Read,
            _ => Effect::Change,
        }
    }),
];

fn id(fields: &Fields<'_, '_>, problems: &mut Problems) -> Option<u64> {
    let node = fields.required("id", "Give the webhook_id.", problems)?;
    node.integer(1, i64::MAX, "", problems).and_then(|id| u64::try_from(id).ok())
}

type Subscription<'a> = (Cow<'a, str>, Cow<'a, str>, Option<&'a [u8]>);

fn subscription<'a>(fields: &Fields<'_, 'a>, problems: &mut Problems) -> Option<Subscription<'a>> {
    let topic = fields.required("topic", "Such as \"order:created\".", problems).and_then(|node| node.name(problems));
    let url = fields.required("url", "Where deliveries go.", problems).and_then(|node| node.name(problems));
    Some((topic?, url?, fields.optional("meta").map(|node| node.text().as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Options, Timestamp};

    #[test]
    fn inputs_are_checked_by_path() {
        let options = Options::new().set("application_key", "k").set("region", "us");
        let account = spiff::Account::new(&options).unwrap();
        let now = Timestamp::from_unix(0);
        let prepare = |name: &str, input: &str| {
            let operation = find(SPIFF, name)?;
            operation.prepare(&account, input.as_bytes(), now)
        };
        for (name, input, message) in [
            ("orders", "", "The input has 1 problem: ids: ids is missing. Give a list of strings."),
            (
                "orders",
                r#"{"ids":[1]}"#,
                "The input has 1 problem: ids[0]: a string is due here, but this is a number. Write it in quotes: \"1\".",
            ),
            ("orders", r#"{"ids":[]}"#, "The input has 1 problem: ids: The list is empty: give at least one id."),
            ("order", "{}", "There is no operation \"order\". Did you mean \"orders\"?"),
            (
                "current_integration",
                r#"{"a":1}"#,
                "The input has 1 problem: a: \"a\" is not known here. Known here: select.",
            ),
            ("graphql", r#"{"query":" "}"#, "The GraphQL document is empty."),
        ] {
            assert_eq!(prepare(name, input).unwrap_err().message(), message);
        }
        let call = prepare("graphql", r#"{"query":"{ a }","variables":{"x":1.50}}"#).unwrap();
        assert_eq!(call.request().body, br#"{"query":"{ a }","variables":{"x":1.50}}"#);
        assert_eq!(call.effect(), Effect::Read);
    }

    #[test]
    fn what_is_refused_here_was_not_sent() {
        let options = Options::new().set("api_token", "t");
        let account = sign_customiser::Account::new(&options).unwrap();
        let outcome = |name: &str, input: &[u8]| {
            let operation = find(SIGN_CUSTOMISER, name).unwrap();
            operation.prepare(&account, input, Timestamp::from_unix(0)).unwrap_err().outcome()
        };
        assert_eq!(outcome("webhooks_create", b"{}"), Some(crate::Outcome::NotPlaced));
        assert_eq!(outcome("webhooks_delete", b"{\"id\":\"x\"}"), Some(crate::Outcome::NotPlaced));
        assert_eq!(outcome("place_order", b"[]"), Some(crate::Outcome::NotPlaced));
        assert_eq!(outcome("webhooks_get", b"{}"), None);
    }

    #[test]
    fn the_input_decides_what_a_raw_call_does() {
        let graphql = |input: &[u8]| find(SPIFF, "graphql").unwrap().effect_of(input);
        assert_eq!(graphql(br#"{"query":"{ a }"}"#), Effect::Read);
        assert_eq!(graphql(br#"{"variables":{"x":1},"query":"query { \u0061 }"}"#), Effect::Read);
        for input in [&br#"{"query":"mutation { a }"}"#[..], b"{}", b"", b"{\"query\":1}", b"nonsense"] {
            assert_eq!(graphql(input), Effect::Change);
        }
        let request = |input: &[u8]| find(SIGN_CUSTOMISER, "request").unwrap().effect_of(input);
        assert_eq!(request(br#"{"method":"GET","path":"/"}"#), Effect::Read);
        for input in [&br#"{"method":"PUT"}"#[..], b"", b"{\"method\":\"get\"}"] {
            assert_eq!(request(input), Effect::Change);
        }
        // A query that is refused changed nothing, and could not have.
        let options = Options::new().set("application_key", "k").set("region", "us");
        let account = spiff::Account::new(&options).unwrap();
        let refused = |input: &[u8]| {
            find(SPIFF, "graphql").unwrap().prepare(&account, input, Timestamp::from_unix(0)).unwrap_err().outcome()
        };
        assert_eq!(refused(br#"{"query":"{ a }","variables":1}"#), None);
        assert_eq!(refused(br#"{"query":"mutation { a }","variables":1}"#), Some(crate::Outcome::NotPlaced));
    }

    #[test]
    fn what_is_to_be_settled_is_checked_by_path() {
        let now = Timestamp::from_unix(1_735_689_600);
        let message = |input: &[u8]| spiff::Doubt::read(input, now).unwrap_err().message().to_owned();
        assert!(message(b"{}").contains("order is missing") && message(b"{}").contains("sent_at is missing"));
        assert!(message(br#"{"order":{},"sent_at":-1}"#).contains("sent_at: -1 lies before this library"));
        assert!(message(br#"{"order":{},"sent_at":1.5}"#).contains("sent_at: 1.5 is not written as an integer"));
        // Whatever could be placed can be settled: the object around the order is no level of it.
        let deep = |levels: usize| {
            let order = format!("{}{}", "[".repeat(levels), "]".repeat(levels));
            spiff::Doubt::read(format!(r#"{{"order":{order},"sent_at":1735689600}}"#).as_bytes(), now).is_ok()
        };
        assert!(deep(64) && !deep(65));
        let doubt =
            spiff::Doubt::read(br#"{"order":{"a":1},"sent_at":1735689600,"first_absent_at":null}"#, now).unwrap();
        assert_eq!((doubt.order, doubt.sent_at, doubt.first_absent_at), (&br#"{"a":1}"#[..], now, None));
    }

    #[test]
    fn names_are_unique() {
        for names in
            [SPIFF.iter().map(|o| o.name).collect::<Vec<_>>(), SIGN_CUSTOMISER.iter().map(|o| o.name).collect()]
        {
            let unique: std::collections::HashSet<_> = names.iter().collect();
            assert_eq!(unique.len(), names.len());
        }
    }
}
