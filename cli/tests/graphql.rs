//! `countersign graphql`: operations by name, documents, and the check of a live schema.
#![cfg(feature = "sandbox")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;
use countersign_sandbox::{Options, Sandbox};
use serde_json::{Value, json};
use support::{Files, Ran, Run, countersign};

const APPLICATION_KEY: &str = "canary-5f1e-application";
const ORDER: &str = "5a000000-0000-4000-8000-000000000061";

fn sandbox() -> Sandbox {
    Sandbox::start(Options { application_key: APPLICATION_KEY.to_owned(), ..Options::default() }).unwrap()
}

fn spiff(sandbox: &Sandbox, args: &[&str]) -> Run {
    let environment = [("COUNTERSIGN_SPIFF_APPLICATION_KEY", APPLICATION_KEY)];
    countersign(args).envs(&environment).env("COUNTERSIGN_SPIFF_BASE_URL", sandbox.spiff_url())
}

#[test]
fn operations_run_by_name() {
    let sandbox = sandbox();
    let files = Files::new();
    let input = json!({ "ids": ["none", ORDER], "select": "id lineItems { sku status }" }).to_string();
    let line = json!({ "sku": "MUG", "status": "Rejected" });
    let shown = json!([null, { "id": ORDER, "lineItems": [line] }]);
    for args in [["graphql", "orders", "--input", &input], ["graphql", "--input", &input, "orders"]] {
        assert_eq!(spiff(&sandbox, &args).run().exits(0).json(), shown);
    }
    let at = format!("@{}", files.write("input.json", &input));
    assert_eq!(spiff(&sandbox, &["graphql", "orders", "--json", "--input", &at]).run().exits(0).json(), shown);
    let piped = spiff(&sandbox, &["graphql", "orders", "--input", "@-"]).stdin(&input);
    assert_eq!(piped.run().exits(0).json(), shown);
    // No input is needed where nothing is required.
    let current = spiff(&sandbox, &["graphql", "current_integration"]).run().exits(0).json();
    assert_eq!(current["externalIntegrationId"], "sandbox-shop");
    let change = json!({ "id": "5a000000-0000-4000-8000-000000000042", "designName": "New" }).to_string();
    let changed = spiff(&sandbox, &["graphql", "transaction_update", "--input", &change]).run().exits(0).json();
    assert_eq!(changed["designName"], "New");

    // What is wrong with the input is said here, and nothing is sent.
    let before = sandbox.requests().len();
    for (input, told) in
        [("{}", "ids"), (r#"{"ids":[]}"#, "ids"), (r#"{"ids":["a"],"select":"nothing"}"#, "select"), ("[", "JSON")]
    {
        let ran = spiff(&sandbox, &["graphql", "orders", "--input", input]).run().exits(1);
        assert!(ran.stderr.contains(told), "{ran:?}");
    }
    assert_eq!(sandbox.requests().len(), before);
}

#[test]
fn every_way_to_say_what_to_run_is_named() {
    for args in [&["graphql"][..], &["graphql", "--variables", "{}"], &["graphql", "--region", "us"]] {
        let ran = countersign(args).run().exits(2);
        let ways = ["operation", "document", "--query", "--list", "--schema-check"];
        assert!(ways.iter().all(|way| ran.stderr.contains(way)), "{ran:?}");
    }
}

#[test]
fn a_name_is_an_operation_or_a_file() {
    let sandbox = sandbox();
    let files = Files::new();
    let near = spiff(&sandbox, &["graphql", "oders"]).run().exits(2);
    assert!(near.stderr.contains("Did you mean \"orders\"?"), "{near:?}");
    spiff(&sandbox, &["graphql", "oders", "--input", "{}"]).run().exits(2);
    let nothing = spiff(&sandbox, &["graphql", "zzz"]).run().exits(2);
    assert!(nothing.stderr.contains("no operation, and no file, \"zzz\". `countersign graphql --list`"), "{nothing:?}");
    spiff(&sandbox, &["graphql", "orders", "--variables", "{}"]).run().exits(2);
    spiff(&sandbox, &["graphql", "orders", "--query", "{ a }"]).run().exits(2);
    spiff(&sandbox, &["graphql", "--input", "{}"]).run().exits(2);
    let elsewhere = spiff(&sandbox, &["graphql", "place_order", "--input", "{}"]).run().exits(2);
    assert!(elsewhere.stderr.contains("countersign order place"), "{elsewhere:?}");
    for (name, own) in [("check", "countersign doctor"), ("settle", "countersign settle")] {
        let elsewhere = spiff(&sandbox, &["graphql", name]).run().exits(2);
        assert!(elsewhere.stderr.contains(own), "{elsewhere:?}");
    }
    let file = files.write("orders", "{ currentIntegration { id } }");
    assert!(spiff(&sandbox, &["graphql", &file]).run().exits(0).json()["currentIntegration"]["id"].is_string());

    let list = countersign(["graphql", "--list"]).run().exits(0);
    assert!(list.stdout.lines().any(|line| line.starts_with("orders ") && line.contains("ids")), "{list:?}");
    let all = countersign(["graphql", "--list", "--json"]).run().exits(0).json();
    let products = all["operations"].as_array().unwrap().iter().find(|one| one["name"] == "products").unwrap();
    assert_eq!((&products["effect"], &products["source"]), (&json!("read"), &json!("inferred")));
    assert!(!list.stdout.contains("place_order"));
}

#[test]
fn one_operation_is_shown_whole() {
    let ran = countersign(["graphql", "--list", "transaction_update"]).run().exits(0);
    for part in [
        "changes something",
        "  required",
        "designName",
        "Asks for:",
        "Transaction has:",
        "product{…}",
        "(--schema-check",
    ] {
        assert!(ran.stdout.contains(part), "{part}: {ran:?}");
    }
    // What it prints as an example can be pasted: a shell runs it here, and the platform looks for what no example can know.
    let example = ran.stdout.lines().last().unwrap().trim();
    let sandbox = sandbox();
    let folder = std::path::Path::new(env!("CARGO_BIN_EXE_countersign")).parent().unwrap();
    let mut shell = std::process::Command::new("/bin/sh");
    shell.env_clear().env("PATH", folder).args(["-c", example]);
    shell
        .env("COUNTERSIGN_SPIFF_APPLICATION_KEY", APPLICATION_KEY)
        .env("COUNTERSIGN_SPIFF_BASE_URL", sandbox.spiff_url());
    let output = shell.output().unwrap();
    assert_eq!(sandbox.requests().len(), 1, "{example}: {output:?}");

    let json = countersign(["--json", "graphql", "orders", "--list"]).run().exits(0).json();
    assert_eq!((&json["effect"], &json["answer"]), (&json!("read"), &json!("[Order]")));
    assert_eq!(json["example"], json!({ "ids": ["…"] }));
    assert_eq!((&json["arguments"][0]["name"], &json["arguments"][0]["required"]), (&json!("ids"), &json!(true)));
    let none = countersign(["graphql", "--list", "current_integration"]).run().exits(0);
    assert!(none.stdout.contains("no arguments") && none.stdout.ends_with("graphql current_integration\n"), "{none:?}");
    let waits = countersign(["graphql", "--list", "process_execution_wait"]).run().exits(0);
    assert!(
        waits.stdout.contains("Answers ProcessExecution.") && waits.stdout.contains("seconds to wait"),
        "{waits:?}"
    );

    for (name, near) in [
        ("oders", "Did you mean \"orders\"?"),
        ("metafield", "Did you mean \"metafields\"? Alike are: metafield_configuration_create"),
        ("place_order", "countersign order place"),
        ("zzz", "There is no operation \"zzz\". `countersign graphql --list` names them all."),
    ] {
        let ran = countersign(["graphql", "--list", name]).run().exits(2);
        assert!(ran.stderr.contains(near), "{ran:?}");
    }
}

#[test]
fn what_grants_access_is_hidden() {
    let sandbox = sandbox();
    let input = r#"{"emailAddress":"shopper@example.com","verificationCode":"000000"}"#;
    let verify = ["graphql", "customer_verify_code", "--input", input];
    let ran = spiff(&sandbox, &verify).run().exits(0);
    assert!(ran.stderr.contains("--show-secrets"), "{ran:?}");
    let hidden = ran.json();
    assert_eq!((&hidden["loginToken"], &hidden["firstName"]), (&json!("(redacted)"), &json!("Sam")));
    let shown = spiff(&sandbox, &[&verify[..], &["--show-secrets"]].concat()).run().exits(0);
    assert_eq!((&shown.json()["loginToken"], shown.stderr.as_str()), (&json!("sandbox-login"), ""));
    let made =
        json!({ "integrationProductId": "5a000000-0000-4000-8000-000000000005", "select": "transactionOwnerId" });
    let made = spiff(&sandbox, &["graphql", "transaction_create", "--input", &made.to_string()]).run().exits(0).json();
    assert_eq!(made["transactionOwnerId"], "(redacted)");
}

#[test]
fn a_mutation_in_doubt_is_unknown() {
    let sandbox = sandbox();
    sandbox.faults(r#"{"fault":"accept_then_500"}"#).unwrap();
    let input = json!({ "id": "5a000000-0000-4000-8000-000000000042", "quantity": 2 }).to_string();
    let ran = spiff(&sandbox, &["graphql", "transaction_update", "--input", &input]).run().exits(3);
    assert!(ran.stderr.contains("read back what it changes before sending it again"), "{ran:?}");
}

#[test]
fn graphql_documents_are_executed() {
    let sandbox = sandbox();
    let files = Files::new();
    let data = spiff(&sandbox, &["graphql", "--query", "{ currentIntegration { id } }"]).run().exits(0).json();
    assert!(data["currentIntegration"]["id"].is_string());
    let id = sandbox.create_transaction();
    let document =
        "query T($ids: [String!]!) { transactions(ids: $ids) { id } }\nquery U { currentIntegration { id } }";
    let file = files.write("document.graphql", document);
    let variables = json!({ "ids": [id] }).to_string();
    let inline = ["graphql", &file, "--operation-name", "T", "--variables", &variables, "--json"];
    assert_eq!(spiff(&sandbox, &inline).run().exits(0).json()["transactions"][0]["id"], id.as_str());
    let at = format!("@{}", files.write("variables.json", &variables));
    let piped = spiff(&sandbox, &["graphql", "-", "--operation-name", "T", "--variables", &at]).stdin(document);
    assert_eq!(piped.run().exits(0).json()["transactions"][0]["id"], id.as_str());

    let ran = spiff(&sandbox, &["graphql", "--query", "{ nonsense }"]).run().exits(1);
    assert!(ran.stderr.contains("next: Correct what the GraphQL errors name"), "{ran:?}");
    for bad in [
        &["--query", ""][..],
        &["--query", "{ a }", "--variables", "[]"],
        &["--query", "{ a }", "--variables", "@/nowhere"],
    ] {
        spiff(&sandbox, &[&["graphql"][..], bad].concat()).run().exits(1);
    }
    // A change that was not sent says so, whatever is wrong with it.
    for variables in ["[", "[]"] {
        let bad = ["graphql", "--json", "--query", "mutation { a }", "--variables", variables];
        let error = spiff(&sandbox, &bad).run().exits(1).json()["error"].clone();
        assert_eq!((&error["kind"], &error["outcome"]), (&json!("invalid_json"), &json!("not_placed")), "{error}");
    }
    spiff(&sandbox, &["graphql", &files.write("latin", b"\xff")]).run().exits(1);
    spiff(&sandbox, &["graphql"]).run().exits(2);
    spiff(&sandbox, &["graphql", "--query", "{ a }", &file]).run().exits(2);
    sandbox.faults(r#"{"fault":"hang","target":"any","ms":5000}"#).unwrap();
    let mutation = format!("mutation {{ transactionUpdate(id: \"{id}\", quantity: 2) {{ id }} }}");
    let ran = spiff(&sandbox, &["graphql", "--query", &mutation, "-o", "timeout=0.5"]).run().exits(3);
    assert!(ran.stderr.contains("read back"), "{ran:?}");
}

/// The schema that the sandbox tells, to be changed.
fn schema(sandbox: &Sandbox) -> Value {
    let of = "kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";
    let query = format!(
        "{{ __schema {{ queryType {{ name }} mutationType {{ name }} types {{ kind name
            fields {{ name isDeprecated deprecationReason args {{ name defaultValue type {{ {of} }} }} type {{ {of} }} }}
            inputFields {{ name defaultValue type {{ {of} }} }} enumValues {{ name }} }} }} }}"
    );
    spiff(sandbox, &["graphql", "--query", &query]).run().exits(0).json()
}

fn named<'v>(list: &'v mut Value, name: &str) -> &'v mut Value {
    list.as_array_mut().unwrap().iter_mut().find(|one| one["name"] == name).unwrap()
}

/// The entry for `Type.field` or `Type.field(argument)`.
fn entry<'v>(schema: &'v mut Value, path: &str) -> &'v mut Value {
    let (of, field) = path.split_once('.').unwrap();
    let of = named(&mut schema["__schema"]["types"], of);
    let list = ["fields", "inputFields", "enumValues"].into_iter().find(|list| !of[*list].is_null()).unwrap();
    match field.strip_suffix(')').and_then(|field| field.split_once('(')) {
        Some((field, argument)) => named(&mut named(&mut of[list], field)["args"], argument),
        None => named(&mut of[list], field),
    }
}

/// Renames it, and makes it one that nobody has to give.
fn remove(schema: &mut Value, path: &str) {
    let entry = entry(schema, path);
    entry["name"] = "renamed".into();
    entry["type"] = json!({ "kind": "SCALAR", "name": "String" });
}

/// Checks a platform that tells this schema.
fn check(sandbox: &Sandbox, schema: &Value, args: &[&str]) -> Ran {
    let body = json!({ "data": schema }).to_string();
    sandbox.faults(&json!({ "fault": "status", "status": 200, "body": body }).to_string()).unwrap();
    spiff(sandbox, &[&["graphql", "--schema-check"], args].concat()).run()
}

#[test]
fn a_schema_that_is_the_same_verifies_everything() {
    let sandbox = sandbox();
    let ran = spiff(&sandbox, &["graphql", "--schema-check"]).run().exits(0);
    assert!(ran.stdout.starts_with("Everything that operations are made from is there, and the same.\n"), "{ran:?}");
    let found = spiff(&sandbox, &["graphql", "--schema-check", "--json"]).run().exits(0).json();
    assert_eq!(found["more_types"], json!([]));
    assert_eq!(
        (&found["compatible"], &found["differences"], &found["refuted"], &found["more"]),
        (&json!(true), &json!([]), &json!([]), &json!([]))
    );
    let verified = found["verified"].as_array().unwrap();
    assert!(verified.contains(&json!({ "path": "Query.products", "source": "inferred" })));
    assert!(verified.contains(&json!({ "path": "Query.orders", "source": "example" })));
    assert!(verified.contains(&json!({ "path": "Bundle.ordered", "source": "client" })));
    // What the reference prints was never open.
    assert!(!verified.iter().any(|one| one["path"] == "Order.lineItems"));
}

#[test]
fn each_difference_is_told_with_its_meaning() {
    let sandbox = sandbox();
    let whole = schema(&sandbox);
    let string = json!({ "kind": "SCALAR", "name": "String" });
    let some = |of: &Value| json!({ "kind": "NON_NULL", "ofType": of });
    type Edit<'e> = Box<dyn Fn(&mut Value) + 'e>;
    let edit = |path: &'static str, ty: Value| -> Edit<'_> {
        Box::new(move |schema| entry(schema, path)["type"] = ty.clone())
    };
    let without = |path: &'static str| -> Edit<'_> { Box::new(move |schema| remove(schema, path)) };
    let more = |path: &'static str, list: &'static str, one: Value| -> Edit<'_> {
        Box::new(move |schema| entry(schema, path)[list].as_array_mut().unwrap().push(one.clone()))
    };
    let rows: [(Edit<'_>, &str, &str, bool, &[&str]); 17] = [
        (without("Query.products"), "Query.products", "missing", true, &["products"]),
        (without("Mutation.orderCreate"), "Mutation.orderCreate", "missing", true, &["place_order"]),
        (without("Query.orders(ids)"), "Query.orders(ids)", "missing", true, &["orders"]),
        (without("Order.internalId"), "Order.internalId", "missing", true, &["orders"]),
        (without("OrderItemInput.bundleId"), "OrderItemInput.bundleId", "missing", true, &[]),
        (without("BundleTemplateStatus.Draft"), "BundleTemplateStatus.Draft", "missing", true, &[]),
        (edit("Order.paid", json!({ "kind": "LIST", "ofType": string })), "Order.paid", "differs", true, &["orders"]),
        (
            edit("Order.createdAt", json!({ "kind": "SCALAR", "name": "ID" })),
            "Order.createdAt",
            "scalar",
            false,
            &["orders"],
        ),
        (
            edit("Query.orders(ids)", json!({ "kind": "LIST", "ofType": { "kind": "SCALAR", "name": "ID" } })),
            "Query.orders(ids)",
            "differs",
            true,
            &["orders"],
        ),
        (edit("Product.id", string.clone()), "Product.id", "may_be_null", false, &["products"]),
        (edit("Product.name", some(&string)), "Product.name", "never_null", false, &["products"]),
        (
            edit("Mutation.orderCreate(externalId)", some(&string)),
            "Mutation.orderCreate(externalId)",
            "required",
            true,
            &["place_order"],
        ),
        (edit("OrderItemInput.transactionId", some(&string)), "OrderItemInput.transactionId", "required", true, &[]),
        (
            edit("OrderItemInput.amountToOrder", json!({ "kind": "SCALAR", "name": "Int" })),
            "OrderItemInput.amountToOrder",
            "optional",
            false,
            &[],
        ),
        // Our documents declare the ids as [String!]!, which fits both.
        (
            edit("Query.transactions(ids)", some(&json!({ "kind": "LIST", "ofType": some(&string) }))),
            "",
            "",
            false,
            &[],
        ),
        (
            more("Query.orders", "args", json!({ "name": "shop", "defaultValue": null, "type": some(&string) })),
            "Query.orders(shop)",
            "demanded",
            true,
            &[],
        ),
        (
            Box::new(|schema| {
                let field = entry(schema, "Order.externalTags");
                field["isDeprecated"] = true.into();
                field["deprecationReason"] = "use tags".into();
            }),
            "Order.externalTags",
            "deprecated",
            false,
            &["orders"],
        ),
    ];
    for (change, path, what, breaking, operations) in rows {
        let mut live = whole.clone();
        change(&mut live);
        let found = check(&sandbox, &live, &["--json"]).exits(i32::from(breaking)).json();
        assert_eq!(found["compatible"], !breaking, "{path}");
        let differences = found["differences"].as_array().unwrap();
        if path.is_empty() {
            assert!(differences.is_empty(), "{found}");
            continue;
        }
        assert_eq!(differences.len(), 1, "{path}: {}", found["differences"]);
        let one = &differences[0];
        assert_eq!((&one["path"], &one["what"], &one["breaking"]), (&json!(path), &json!(what), &json!(breaking)));
        for operation in operations {
            assert!(one["operations"].as_array().unwrap().contains(&json!(operation)), "{one}");
        }
        assert!(one["meaning"].as_str().is_some_and(|text| text.ends_with('.')), "{one}");
        let text = check(&sandbox, &live, &[]).exits(i32::from(breaking)).stdout;
        assert!(text.contains(one["meaning"].as_str().unwrap()) && text.contains(what), "{text}");
    }
}

#[test]
fn what_is_refuted_and_what_is_more_is_told() {
    let sandbox = sandbox();
    let mut live = schema(&sandbox);
    remove(&mut live, "Query.products");
    let types = live["__schema"]["types"].as_array_mut().unwrap();
    types.retain(|one| one["name"] != "CurrencyConversion");
    types.push(json!({ "kind": "OBJECT", "name": "Shoe", "fields": [] }));
    // Fields are asked of an interface as of an object.
    named(&mut live["__schema"]["types"], "Option")["kind"] = "INTERFACE".into();
    // Its roots may have other names.
    named(&mut live["__schema"]["types"], "Mutation")["name"] = "RootMutation".into();
    live["__schema"]["mutationType"]["name"] = "RootMutation".into();
    let found = check(&sandbox, &live, &["--json"]).exits(1).json();
    let refuted = found["refuted"].as_array().unwrap();
    assert!(refuted.contains(&json!({ "path": "Query.products", "source": "inferred" })), "{refuted:?}");
    assert!(refuted.contains(&json!({ "path": "Query.products(ids)", "source": "inferred" })));
    assert!(refuted.contains(&json!({ "path": "CurrencyConversion.rateFrom", "source": "client" })));
    assert!(!found["verified"].as_array().unwrap().iter().any(|one| one["path"] == "Query.products"));
    assert!(found["more"].as_array().unwrap().contains(&json!("Query.renamed")));
    assert!(found["more_types"].as_array().unwrap().contains(&json!("Shoe")));
    let paths: Vec<_> = found["differences"].as_array().unwrap().iter().map(|one| one["path"].clone()).collect();
    assert_eq!(paths, ["Query.products", "CurrencyConversion"]);
    let text = check(&sandbox, &live, &[]).exits(1).stdout;
    assert!(
        text.contains("Query\n  products  missing  [Product]\n") && text.contains("Known from: inferred"),
        "{text}"
    );
}

#[test]
fn a_schema_that_is_not_shown_is_said() {
    let sandbox = sandbox();
    for (fault, kind) in [
        (json!({ "fault": "no_introspection" }), "refused"),
        (json!({ "fault": "no_introspection", "status": 200 }), "graphql_refused"),
        (json!({ "fault": "status", "status": 200, "body": "{\"data\":{\"__schema\":null}}" }), "missing_data"),
    ] {
        sandbox.faults(&json!([fault, fault]).to_string()).unwrap();
        let ran = spiff(&sandbox, &["graphql", "--schema-check"]).run().exits(1);
        assert!(ran.stdout.is_empty() && ran.stderr.contains("does not show its schema"), "{ran:?}");
        let json = spiff(&sandbox, &["graphql", "--schema-check", "--json"]).run().exits(1).json();
        assert_eq!((&json["error"]["kind"], &json["introspection"]), (&json!(kind), &json!("refused")), "{json}");
    }
    // Other failures are not mistaken for it.
    for fault in ["500", "401", "403", "html", "429", "404"] {
        let fault = match fault {
            "404" => json!({ "fault": "status", "status": 404, "count": 9 }),
            _ => json!({ "fault": fault, "count": 9 }),
        };
        sandbox.faults(&fault.to_string()).unwrap();
        let json = spiff(&sandbox, &["graphql", "--schema-check", "--json"]).run().exits(1).json();
        assert!(json.get("introspection").is_none() && json["error"]["kind"].is_string(), "{json}");
        sandbox.control("DELETE", "/_/faults", "").unwrap();
    }
    let wrong = spiff(&sandbox, &["graphql", "--schema-check"]).env("COUNTERSIGN_SPIFF_APPLICATION_KEY", "wrong").run();
    assert!(wrong.exits(1).stderr.contains("null"), "nobody is told a schema");
    let short = spiff(&sandbox, &["graphql", "--schema-check", "-o", "reply_limit=1000"]).run().exits(1);
    assert!(short.stderr.contains("1000"), "what is given goes before our own limit: {short:?}");
    spiff(&sandbox, &["graphql", "--schema-check", "--query", "{ a }"]).run().exits(2);
    spiff(&sandbox, &["graphql", "--schema-check", "orders"]).run().exits(2);
}
