//! Hides what grants access in an answer, by the marks in the table of types; every other byte of a value stays.

use countersign::Json;
use countersign::spiff::model::Type;
use serde_json::value::RawValue;

/// What stands in the place of a secret.
const HIDDEN: &str = "\"(redacted)\"";

/// The answer of this type without its secrets; `None` if it has none.
pub(super) fn hide(answer: &RawValue, ty: &str) -> Option<String> {
    let mut writer = Writer { out: String::with_capacity(answer.get().len()), hidden: false };
    writer.value(answer, Type::find(ty)?);
    writer.hidden.then_some(writer.out)
}

struct Writer {
    out: String,
    hidden: bool,
}

impl Writer {
    fn value(&mut self, raw: &RawValue, of: Type) {
        let text = raw.get();
        if let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(text) {
            self.out.push('[');
            for (nth, item) in items.into_iter().enumerate() {
                self.out.push_str(if nth > 0 { "," } else { "" });
                self.value(item, of);
            }
            self.out.push(']');
        } else if let Some(members) = Json::members(raw) {
            self.out.push('{');
            for (nth, (name, value)) in members.into_iter().enumerate() {
                self.out.push_str(if nth > 0 { "," } else { "" });
                self.out.push_str(&serde_json::Value::from(&*name).to_string());
                self.out.push(':');
                self.member(value, of, &name);
            }
            self.out.push('}');
        } else {
            self.out.push_str(text);
        }
    }

    fn member(&mut self, raw: &RawValue, of: Type, name: &str) {
        let field = of.field(name);
        if field.is_some_and(|field| field.secret) && raw.get() != "null" {
            self.hidden = true;
            self.out.push_str(HIDDEN);
        } else if let Some(inner) = field.and_then(|field| Type::find(field.ty)) {
            self.value(raw, inner);
        } else {
            self.out.push_str(raw.get());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_hidden_and_nothing_else_is_touched() {
        let hidden = |text: &str, ty: &str| hide(serde_json::from_str(text).unwrap(), ty);
        for (ty, text, shown) in [
            (
                "[Transaction]",
                r#"[null,{"z":1.50,"transactionOwnerId":"canary","id":"\u0061"},{"transactionOwnerId":null}]"#,
                r#"[null,{"z":1.50,"transactionOwnerId":"(redacted)","id":"\u0061"},{"transactionOwnerId":null}]"#,
            ),
            (
                "Bundle",
                r#"{ "transactions": [ {"transactionOwnerId" : "canary"} ], "metadata": {"x": [1e3]} }"#,
                r#"{"transactions":[{"transactionOwnerId":"(redacted)"}],"metadata":{"x":[1e3]}}"#,
            ),
            (
                "TransactionsFeed!",
                r#"{"items":[{"\u0074ransactionOwnerId":["canary"]}],"total":1,"next":null}"#,
                r#"{"items":[{"transactionOwnerId":"(redacted)"}],"total":1,"next":null}"#,
            ),
        ] {
            assert_eq!(hidden(text, ty).as_deref(), Some(shown));
        }
        for (ty, text) in
            [("Transaction", r#"{"transactionOwnerId":null}"#), ("[String]", r#"["a"]"#), ("Boolean", "true")]
        {
            assert_eq!(hidden(text, ty), None);
        }
    }
}
