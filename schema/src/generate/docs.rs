//! `docs/spiff-model.md`: every operation and every type.

use super::{File, MADE, field_words, words};
use crate::model::{Field, Kind, Model, Operation, bare};
use std::fmt::Write as _;

/// `docs/spiff-model.md`.
pub(super) fn reference(model: &Model) -> File {
    let mut out = format!("<!-- {MADE} -->\n# The Spiff model\n\n");
    out += "Every operation and every type of Spiff's GraphQL API that this library knows, as far as public documents show them. \
            What rests on less than the official reference is marked *unverified*: `countersign graphql --schema-check` settles it \
            for your account.\n\n\
            An operation has one name in every language, but for its case: `spiff.process_executions(ids)` in Rust and Python, \
            `spiff.processExecutions(ids)` in Node and PHP, `countersign_client_run` with `\"process_executions\"` in C, \
            `countersign graphql process_executions` at the terminal. Its input is a JSON object with the members listed here; \
            names keep the platform's spelling.\n\n\
            - **`select`** asks for other fields than the default: names and braces, such as `id product { id name }`. A field that \
            is not known is refused here, with the nearest name. Arguments, aliases and fragments need `graphql`.\n\
            - **Ids.** Answers of `ids` are aligned with them, null where the platform shows none; `id` is asked for in any case. If \
            it shows none at all: error `missing_data`. Lists of a read are split where they are longer than one request takes, and \
            put together again, one request after another; an error in one of them is the error of all. A prepared call refuses them.\n\
            - **Feeds** answer `{ items, total, next }`: `next` is the offset of the next page, null after the last. `limit` (50) \
            and `offset` (0) may be left out. The methods of every language iterate over the items instead. `total` is there where \
            the platform counts.\n\
            - **JSON in a text.** Fields marked *JSON text* hold JSON in a string; each language has a `decode` for it. Arguments so \
            marked take the text, or any other value, which is written as JSON.\n\
            - **Errors of the platform** beside an answer: error `graphql_errors`, whose problems have the path of each field that is \
            missing, and in a list read by ids the id it belongs to. The answer beside them is in the error's body (the first \
            64 KiB of the reply). Nothing else is answered, so that no gap passes for data; of a list that is split, ask again \
            without the ids that fail, or with a `select` that leaves the field out.\n\
            - **Changes** are sent once. An error says by its outcome whether nothing was changed, or whether that is unknown.\n\
            - **Flows.** `process_execution_create` takes for each start terminal `{\"text\": …}`, `{\"type\": \"Transaction\", \
            \"id\": …}` or a list of these. `process_execution_wait` takes `id`, `timeout` (60 seconds), `interval` (2 seconds) and \
            `select`, and answers when the run has ended: `completedAt` or `failedAt` is set (*unverified*). If it has not ended in \
            time: error `timeout`, at the latest one `interval` after the time given. A node's `artifacts` \
            of type `JsonKey` hold the key and URL of a JSON file, which is not downloaded.\n\
            - **Orders** are placed with `place_order`, which is not on this page: one in doubt can be settled. After \
            `order_create_simple_async` it cannot, since no public read finds such an order by what was sent.\n\n\
            Ids and times are texts, as the platform writes them; prices are in minor currency units. Any field of an answer may be \
            null, also where its type says otherwise. Owner ids and tokens grant access: keep them as you keep passwords.\n\n";
    let mut types: Vec<_> = model.types.iter().filter(|it| !matches!(it.name.as_str(), "Query" | "Mutation")).collect();
    types.sort_by(|a, b| a.name.cmp(&b.name));
    for (title, mutation) in [("Reads", false), ("Changes", true)] {
        let operations = model.operations.iter().filter(|operation| operation.mutation == mutation);
        index(&mut out, title, operations.map(|it| format!("[{0}](#{0})", it.name)));
    }
    index(&mut out, "Types", types.iter().map(|it| linked(model, &it.name)));
    for (title, mutation) in [("Reads", false), ("Changes", true)] {
        _ = writeln!(out, "## {title}\n");
        for operation in model.operations.iter().filter(|operation| operation.mutation == mutation) {
            self::operation(&mut out, model, operation);
        }
    }
    out += "## Types\n\n";
    for it in types {
        let kind = match it.kind {
            Kind::Object => "",
            Kind::Input => " (input)",
            Kind::Enum => " (one of)",
        };
        _ = writeln!(out, "### {}{kind}\n\n{}\n", it.name, escaped(&words(&it.words, &it.source)));
        _ = writeln!(out, "| {} | type | |\n|---|---|---|", if it.kind == Kind::Enum { "word" } else { "field" });
        for field in &it.fields {
            row(&mut out, model, field, &it.source);
        }
        out.push('\n');
    }
    ("docs/spiff-model.md", out.trim_end().to_owned() + "\n")
}

/// What a part of the page has, each with a link to it.
fn index(out: &mut String, title: &str, links: impl Iterator<Item = String>) {
    _ = writeln!(out, "**[{title}](#{})**: {}\n", title.to_lowercase(), links.collect::<Vec<_>>().join(" · "));
}

fn operation(out: &mut String, model: &Model, operation: &Operation) {
    _ = writeln!(out, "### {}\n\n{}\n", operation.name, escaped(&words(&operation.words, &operation.source)));
    let answer = match operation {
        it if it.feed => format!("a feed of {}", linked(model, &it.of)),
        it => format!("{}{}", linked(model, &it.answer), if it.aligned { ", aligned with the ids" } else { "" }),
    };
    _ = write!(out, "Answers {answer}.");
    if let Some(argument) = operation.batch() {
        let more = if operation.mutation { "longer lists are refused" } else { "longer lists are split" };
        _ = write!(out, " At most {} in one request: {more}.", argument.batch);
    }
    *out += "\n\n";
    if !operation.arguments.is_empty() {
        *out += "| input | type | |\n|---|---|---|\n";
        for argument in &operation.arguments {
            row(out, model, argument, &operation.source);
        }
        out.push('\n');
    }
    if !operation.selection.is_empty() {
        _ = writeln!(out, "Asks for `{}`.\n", operation.selection);
    }
}

fn row(out: &mut String, model: &Model, field: &Field, of: &str) {
    let json = if field.json { " *JSON text.*" } else { "" };
    let ty = if model.get(&field.ty).is_some() { linked(model, &field.ty) } else { format!("`{}`", field.ty) };
    _ = writeln!(out, "| `{}` | {ty} | {}{json} |", field.name, escaped(&field_words(field, of)));
}

/// A type as GraphQL writes it, with its name as a link.
fn linked(model: &Model, ty: &str) -> String {
    let name = bare(ty);
    let Some(it) = model.get(name) else { return format!("`{ty}`") };
    let kind = match it.kind {
        Kind::Object => "",
        Kind::Input => "-input",
        Kind::Enum => "-one-of",
    };
    if ty == name {
        return format!("[{name}](#{}{kind})", name.to_lowercase());
    }
    format!("[`{ty}`](#{}{kind})", name.to_lowercase())
}

/// Bars would end a cell; *unverified* stands out.
fn escaped(words: &str) -> String {
    words.replace('|', "\\|").replace("Unverified:", "*Unverified:*")
}
