//! The waist: every operation by its name, JSON in and a prepared call out.
//!
//! C and the language bindings reach the platforms through these tables alone, so that a new operation adds a row and no
//! symbol.

use crate::call::{Call, Json};
use crate::delivery::Effect;
use crate::error::{Error, ErrorKind};
use crate::json::{self, Fields, Node, Problems};
use crate::spiff::document::Document;
use crate::spiff::operations::ROWS;
use crate::suggest::nearest;
use crate::time::Timestamp;
use crate::{sign_customiser, spiff};

/// Prepares an operation from its input, as JSON.
pub type Prepare<A> = fn(&A, &[u8], Timestamp) -> Result<Call<Json>, Error>;

/// One operation of a platform; `A` is its account.
pub struct Operation<A> {
    /// Its name, the same in every language but for the case.
    pub name: &'static str,
    /// What it does at the platform. `graphql` and `request` decide it by their input.
    pub effect: Effect,
    /// The members of its input.
    pub input: &'static str,
    prepare: Prepare<A>,
    /// What it is made of, where it is a GraphQL operation by its row.
    pub document: Option<&'static Document>,
}

impl<A> Clone for Operation<A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A> Copy for Operation<A> {}

impl<A> Operation<A> {
    /// The row of a GraphQL operation.
    pub(crate) const fn of(document: &'static Document, input: &'static str, prepare: Prepare<A>) -> Self {
        Self { name: document.name, effect: document.effect, input, prepare, document: Some(document) }
    }
}

impl<A> std::fmt::Debug for Operation<A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Operation").field("name", &self.name).field("effect", &self.effect).finish_non_exhaustive()
    }
}

impl<A> Operation<A> {
    /// Prepares it. What is refused here was not sent, and a change or an order that was refused says so by its outcome.
    ///
    /// # Errors
    /// For an input that does not fit, with every problem.
    pub fn prepare(&self, account: &A, input: &[u8], now: Timestamp) -> Result<Call<Json>, Error> {
        (self.prepare)(account, input, now).map_err(|error| error.before_sending(self.effect))
    }
}

const fn row<A>(name: &'static str, effect: Effect, input: &'static str, prepare: Prepare<A>) -> Operation<A> {
    Operation { name, effect, input, prepare, document: None }
}

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

static OWN: [Operation<spiff::Account>; 3] = [
    row("place_order", Effect::Order, "an order", |account, input, now| {
        Ok(account.prepare_order_json(input, now)?.erase())
    }),
    row("graphql", Effect::Change, "query, variables, operationName", |account, input, now| {
        let (query, variables, name) = read(input, &["query", "variables", "operationName"], |fields, problems| {
            let query = fields.required("query", "Give a GraphQL document.", problems).and_then(|n| n.string(problems));
            let name = fields.optional("operationName").map(|node| node.string(problems));
            Some((query?, fields.optional("variables").map(|node| node.raw), name.flatten()))
        })?;
        account.prepare_graphql(&query, variables.map(|raw| raw.get().as_bytes()), name.as_deref(), now)
    }),
    // One look; the client looks until the end.
    row("process_execution_wait", Effect::Read, "id, timeout, interval, select", |account, input, now| {
        spiff::Wait::read(input)?.prepare(account, now)
    }),
];

/// The operations of Sign Customiser.
pub const SIGN_CUSTOMISER: &[Operation<sign_customiser::Account>] = &[
    row("place_order", Effect::Order, "an order", |account, input, now| {
        Ok(account.prepare_order_json(input, now)?.erase())
    }),
    row("webhooks_list", Effect::Read, "nothing", |account, input, now| {
        read(input, &[], |_, _| Some(()))?;
        Ok(account.prepare_webhook_list(now)?.erase())
    }),
    row("webhooks_create", Effect::Change, "topic, url, meta", |account, input, now| {
        let (topic, url, meta) = read(input, &["topic", "url", "meta"], subscription)?;
        Ok(account.prepare_webhook_create(&topic, &url, meta, now)?.erase())
    }),
    row("webhooks_get", Effect::Read, "id", |account, input, now| {
        Ok(account.prepare_webhook_get(read(input, &["id"], id)?, now)?.erase())
    }),
    row("webhooks_update", Effect::Change, "id, topic, url, meta", |account, input, now| {
        let (id, (topic, url, meta)) = read(input, &["id", "topic", "url", "meta"], |fields, problems| {
            let id = id(fields, problems);
            let rest = subscription(fields, problems);
            Some((id?, rest?))
        })?;
        Ok(account.prepare_webhook_update(id, &topic, &url, meta, now)?.erase())
    }),
    row("webhooks_delete", Effect::Change, "id", |account, input, now| {
        Ok(account.prepare_webhook_delete(read(input, &["id"], id)?, now)?.erase())
    }),
    row("request", Effect::Change, "method, path, body", |account, input, now| {
        let (method, path, body) = read(input, &["method", "path", "body"], |fields, problems| {
            let method = fields.required("method", "Such as \"GET\".", problems).and_then(|node| node.name(problems));
            let path =
                fields.required("path", "Such as \"/api/v2/webhooks\".", problems).and_then(|node| node.name(problems));
            Some((method?, path?, fields.optional("body").map(|node| node.text().as_bytes())))
        })?;
        account.prepare_request(&method, &path, body, now)
    }),
];

/// The operation of this name.
///
/// # Errors
/// `invalid_argument`, with the nearest name.
pub fn find<'o, A>(operations: &'o [Operation<A>], name: &str) -> Result<&'o Operation<A>, Error> {
    operations.iter().find(|operation| operation.name == name).ok_or_else(|| {
        let names: Vec<_> = operations.iter().map(|operation| operation.name).collect();
        let hint = match nearest(name, &names) {
            Some(near) => format!("Did you mean {near:?}?"),
            None => format!("There are: {}.", names.join(", ")),
        };
        Error::argument(format!("There is no operation {name:?}. {hint}"))
    })
}

/// Reads the input object of an operation; an empty text is an empty object.
pub(crate) fn read<'a, T>(
    input: &'a [u8],
    known: &[&str],
    take: impl FnOnce(&Fields<'a>, &mut Problems) -> Option<T>,
) -> Result<T, Error> {
    let input = if input.trim_ascii().is_empty() { b"{}" } else { input };
    let (raw, doubled) = json::check(input, "The input")?;
    let mut problems = Problems(doubled);
    let taken = Node::root(raw).fields(&mut problems).and_then(|fields| {
        fields.refuse_others(known, "", &mut problems);
        take(&fields, &mut problems)
    });
    problems.into_result("The input", ErrorKind::InvalidArgument)?;
    taken.ok_or_else(|| Error::new(ErrorKind::Internal, "An input without problems could not be read."))
}

fn id(fields: &Fields<'_>, problems: &mut Problems) -> Option<u64> {
    let node = fields.required("id", "Give the webhook_id.", problems)?;
    node.integer(1, i64::MAX, "", problems).and_then(|id| u64::try_from(id).ok())
}

type Subscription<'a> = (std::borrow::Cow<'a, str>, std::borrow::Cow<'a, str>, Option<&'a [u8]>);

fn subscription<'a>(fields: &Fields<'a>, problems: &mut Problems) -> Option<Subscription<'a>> {
    let topic = fields.required("topic", "Such as \"order:created\".", problems).and_then(|node| node.name(problems));
    let url = fields.required("url", "Where deliveries go.", problems).and_then(|node| node.name(problems));
    Some((topic?, url?, fields.optional("meta").map(|node| node.text().as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Options;

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
    fn names_are_unique() {
        for names in
            [SPIFF.iter().map(|o| o.name).collect::<Vec<_>>(), SIGN_CUSTOMISER.iter().map(|o| o.name).collect()]
        {
            let unique: std::collections::HashSet<_> = names.iter().collect();
            assert_eq!(unique.len(), names.len());
        }
    }
}
