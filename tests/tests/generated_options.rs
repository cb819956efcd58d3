//! The options of each language's clients are the core's table of options. `make generate` rewrites them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

use countersign_core::options::{OPTIONS, OptionKind, OptionRow, Scope};
use std::fmt::Write;

fn compare(name: &str, text: &str) {
    let checked = countersign_schema::current::check(&format!("bindings/{name}"), text, "generate");
    checked.unwrap_or_else(|told| panic!("{told}"));
}

fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap().to_owned();
    words.fold(first, |text, word| text + &word[..1].to_uppercase() + &word[1..])
}

/// What an option does, in one line; and its default, where it has one.
fn meaning(row: &OptionRow) -> String {
    match row.default {
        "none" => row.meaning.to_owned(),
        default => format!("{} Default: {default}.", row.meaning),
    }
}

fn rows(scope: Scope) -> impl Iterator<Item = &'static OptionRow> {
    OPTIONS.iter().filter(move |row| row.scope == scope)
}

fn typescript(row: &OptionRow) -> String {
    let (name, meaning) = (camel(row.name), meaning(row));
    let line = |doc: &str, name: &str, ty: &str| format!("  /** {doc} */\n  {name}?: {ty} | null | undefined\n");
    match row.kind {
        OptionKind::Text => line(&meaning, &name, "string"),
        OptionKind::Secret => line(&meaning, &name, "string | Uint8Array"),
        OptionKind::Seconds(..) | OptionKind::Bytes => line(&meaning, &name, "number"),
        OptionKind::Flag => line(&meaning, &name, "boolean"),
        OptionKind::Choice(words) => {
            let words: Vec<_> = words.iter().map(|word| format!("'{word}'")).collect();
            line(&meaning, &name, &words.join(" | "))
        }
        OptionKind::List => line(&meaning, &name, "readonly string[] | string"),
        // One unit, that of JavaScript's timers.
        OptionKind::Duration => {
            let default = row.default.parse::<f64>().unwrap() * 1000.0;
            let meaning = row.meaning.replacen("Seconds", "Milliseconds", 1);
            line(&format!("{meaning} Default: {default}."), &format!("{name}Ms"), "number")
        }
    }
}

#[test]
fn of_node() {
    let mut text =
        "// The options of the clients. Generated from core/src/options.rs by `make generate`.\n\n".to_owned();
    for (scope, name, doc) in [
        (Scope::Both, "ClientOptions", "Options that both clients know. Undefined and null mean: not given."),
        (
            Scope::Spiff,
            "SpiffOptions extends ClientOptions",
            "Either `accessKey` and `secretKey`, or `applicationKey`; either `region` or `baseUrl`.",
        ),
        (Scope::SignCustomiser, "SignCustomiserOptions extends ClientOptions", "`apiToken`, and more."),
    ] {
        write!(text, "/** {doc} */\nexport interface {name} {{\n").unwrap();
        if scope == Scope::Both {
            text += "  /**\n   * How many calls may be under way at once, 1 to 1024. They run on threads of this client, made when they \
                     are needed, not on\n   * libuv's; clients made from this one share them. Default: 4.\n   */\n  threads?: number | null | undefined\n  \
                     /** How many more calls may wait, 0 to 1000000; beyond, they are refused as `busy`. Default: 1000. */\n  queue?: number \
                     | null | undefined\n";
        }
        text.extend(rows(scope).map(typescript));
        text += "}\n\n";
    }
    compare("node/options.d.ts", &(text.trim_end().to_owned() + "\n"));
}

fn python(row: &OptionRow) -> String {
    let ty = match row.kind {
        // The one that is a path, or a word.
        OptionKind::Text if row.name == "roots" => "str | PathLike[str]".to_owned(),
        OptionKind::Text => "str".to_owned(),
        OptionKind::Secret => "str | bytes".to_owned(),
        OptionKind::Seconds(..) | OptionKind::Bytes => "int".to_owned(),
        OptionKind::Duration => "float".to_owned(),
        OptionKind::Flag => "bool".to_owned(),
        OptionKind::Choice(words) => format!("Literal[\"{}\"]", words.join("\", \"")),
        OptionKind::List => "str | Sequence[str]".to_owned(),
    };
    format!("    {}: {ty} | None\n    \"\"\"{}\"\"\"\n", row.name, meaning(row))
}

#[test]
fn of_python() {
    let mut text = "\"\"\"The options of the clients, for type checkers. Generated from core/src/options.rs by `make \
                    generate`.\"\"\"\n\nfrom collections.abc import Sequence\nfrom os import PathLike\nfrom typing import \
                    Literal, TypedDict\n"
        .to_owned();
    for (client, scope) in [("Spiff", Scope::Spiff), ("SignCustomiser", Scope::SignCustomiser)] {
        write!(
            text,
            "\n\nclass {client}Options(TypedDict, total=False):\n    \"\"\"Keyword arguments of {client} and \
             Async{client}.\"\"\"\n\n"
        )
        .unwrap();
        text.extend(rows(scope).chain(rows(Scope::Both)).map(python));
    }
    compare("python/python/countersign/_options.py", &text);
}

/// Options that PHP's traces must not show either: URLs may hold a password or a key, and the rest says who somebody is at the
/// platform.
const UNSHOWN: [&str; 6] = ["access_key", "base_url", "proxy", "partner_id", "transaction_owner_id", "bundle_owner_id"];

fn php(class: &str, scope: Scope, doc: &str) -> String {
    let known = || OPTIONS.iter().filter(|row| row.scope == scope || row.scope == Scope::Both);
    let (mut params, mut arguments) = (String::new(), String::new());
    for row in known() {
        let (ty, shown) = match row.kind {
            OptionKind::Text | OptionKind::Choice(_) | OptionKind::Secret => ("?string", "string|null"),
            OptionKind::Seconds(..) | OptionKind::Bytes => ("?int", "int|null"),
            OptionKind::Duration => ("int|float|null", "int|float|null"),
            OptionKind::Flag => ("?bool", "bool|null"),
            OptionKind::List => ("array|string|null", "list<string>|string|null"),
        };
        let hidden =
            if row.kind == OptionKind::Secret || UNSHOWN.contains(&row.name) { "#[\\SensitiveParameter] " } else { "" };
        writeln!(params, "     * @param {shown} ${} {}", camel(row.name), meaning(row)).unwrap();
        writeln!(arguments, "        {hidden}{ty} ${} = null,", camel(row.name)).unwrap();
    }
    format!(
        "<?php
// The options of {class}. Generated from core/src/options.rs by `make generate`.

declare(strict_types=1);

namespace Countersign\\Internal;

use Countersign\\Exception\\CountersignException;

/** @internal */
trait {class}Constructor
{{
    /**
     * Options as in docs/options.md, in camel case; null means not given. {doc}
     *
{params}     * @param object|null $logger a PSR-3 logger: gets the record of each attempt, never a secret or a body
     * @param string|null $library the path of libcountersign.so; null to look for it
     * @throws CountersignException kind configuration: what is missing or does not fit
     */
    public function __construct(
{arguments}        ?object $logger = null,
        ?string $library = null,
    ) {{
        $options = get_defined_vars();
        unset($options['logger'], $options['library'], $options['this']);
        $this->open($options, $logger, $library);
    }}
}}
"
    )
}

#[test]
fn of_php() {
    let spiff = "Either accessKey and secretKey, or applicationKey; either region or baseUrl.";
    compare("php/src/Internal/SpiffConstructor.php", &php("Spiff", Scope::Spiff, spiff));
    let signs = php("SignCustomiser", Scope::SignCustomiser, "apiToken is needed for calls.");
    compare("php/src/Internal/SignCustomiserConstructor.php", &signs);
}
