"""Every row of every file of tests/vectors, through the public classes."""

import json
import re

import pytest
from conftest import raw, vectors

import countersign
from countersign import InvalidOrder, NotPlaced, OutcomeUnknown, Signer, VerificationFailed


def signer_of(row):
    return Signer(
        row["key_id"],
        raw(row, "secret"),
        scheme=row["scheme"],
        digest=row.get("digest"),
        exact_secret=row.get("exact_secret", False),
    )


@vectors("sign")
def test_sign(row):
    arguments = (row["method"], row["path"], raw(row, "body"))
    more = {"content_type": row.get("content_type"), "date": row["date"]}
    if "error" in row:
        with pytest.raises(countersign.InvalidInput) as caught:
            signer_of(row).authorization(*arguments, **more)
        assert (caught.value.kind, caught.value.outcome) == (row["error"], None)
        return
    signer = signer_of(row)
    assert signer.authorization(*arguments, **more) == row["authorization"]
    assert signer.authorization(*arguments, row.get("content_type"), row["date"]) == row["authorization"]
    assert signer.string_to_sign(*arguments, **more) == row["string_to_sign"]
    headers = signer.headers(*arguments, **more)
    assert headers["Authorization"] == row["authorization"]
    assert headers["Date"] == row["date"]
    assert headers.get("Content-Type", "") == row.get("content_type", "application/json")
    assert signer.verify(*arguments, headers, window=None) == 0
    assert "?" in row["path"] or signer.explain(*arguments, headers)["matches"] == "as_sent"
    for body in (bytearray(arguments[2]), memoryview(arguments[2])):
        assert signer.authorization(*arguments[:2], body, **more) == row["authorization"]


CONTENT = {"A": "timestamp.body", "B": "body", "C": "timestamp+body", "D": "body+timestamp", "E": "body.timestamp"}


@vectors("webhook")
def test_webhook(row):
    webhook = countersign.Webhook(
        row.get("active_secrets") or row["secret"],
        content=CONTENT[row["scheme"]],
        encoding=row["encoding"],
        tolerance=row["tolerance"],
    )
    pairs = [("Content-Type", "application/json")]
    pairs += [(f"X-Webhook-{name}".title(), row[name]) for name in ("timestamp", "signature") if name in row]
    environ = {"REQUEST_METHOD": "POST", "CONTENT_TYPE": "application/json", "wsgi.input": None}
    environ |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in pairs[1:]}
    asgi = [[name.lower().encode(), value.encode()] for name, value in pairs]
    for headers in (pairs, dict(pairs), environ, asgi):
        if row["result"] != "ok":
            expected = countersign.InvalidInput if row["result"] == "invalid_json" else VerificationFailed
            with pytest.raises(expected) as caught:
                webhook.verify(headers, raw(row, "body"), now=row["now"])
            found = (caught.value.kind, caught.value.outcome, caught.value.retryable)
            assert found == (row["result"], None, False)
            continue
        event = webhook.verify(headers, raw(row, "body"), now=row["now"])
        assert event.timestamp == int(row["timestamp"])
        assert event.secret_index == row.get("secret_index", 0)
        if "topic" in row:
            assert (event.topic, event.dedup_key) == (row["topic"], row["dedup_key"])
        assert isinstance(event.data, dict) and event.data is event.data
    assert list(webhook.explain(pairs, raw(row, "body"))) == ["content", "encoding", "configured", "advice"]
    first = (row.get("active_secrets") or [row["secret"]])[0] == row["secret"]
    # The platform writes no zeros in front.
    if row["result"] == "ok" and first and str(int(row["timestamp"])) == row["timestamp"]:
        signature = row["signature"].lower() if row["encoding"] == "hex" else row["signature"]
        due = {"X-Webhook-Timestamp": row["timestamp"], "X-Webhook-Signature": signature.strip()}
        assert webhook.sign(raw(row, "body"), int(row["timestamp"])) == due


@vectors("explain")
def test_explain(row):
    found = signer_of(row).explain(row["method"], row["path"], raw(row, "body"), row["headers"])
    assert {name: found[name] for name in ("matches", "ours", "presented")} == {
        name: row[name] for name in ("matches", "ours", "presented")
    }
    assert len(found["advice"]) > 30


@vectors("order")
def test_order(row):
    client = {"spiff": countersign.Spiff, "sign_customiser": countersign.SignCustomiser}[row["platform"]]

    def prepare(order=row["order"]):
        return client(**row["options"]).prepare_order(order, now=row["now"])

    if "error" in row:
        with pytest.raises(NotPlaced) as caught:
            prepare()
        error = caught.value
        assert (error.kind, error.outcome, error.retryable) == (row["error"], "not_placed", False)
        assert isinstance(error, InvalidOrder) == (row["error"] == "invalid_order")
        assert isinstance(error, NotImplementedError if row["error"] == "unsupported" else ValueError)
        assert sorted([p["path"], p["code"]] for p in error.problems) == sorted(row["problems"])
        return
    call, due = prepare(), row["expect"]
    assert (call.method, call.url, call.body) == (due["method"], due["url"], due["body"].encode())
    headers = {name.lower(): value for name, value in call.headers.items()}
    for name, value in due["headers"].items():
        assert headers.get(name.lower()) == value
    if "authorization" in due:
        assert headers["authorization"] == due["authorization"]
    assert call.signed_at == row["now"]
    # The same order as a dict gives the same bytes, where Python's numbers and texts can say it.
    if not re.search(r'\d[eE][-+]?\d|\d\.\d*0\b|\\[/u]', row["order"]):
        assert prepare(json.loads(row["order"])).body == call.body


ORDER = {"externalId": "1001", "paid": True, "orderItems": [{"amountToOrder": 1, "transactionId": "a"}]}
SIGN_ORDER = {
    "integration_id": 1,
    "external_id": "1001",
    "external_order_number": "1",
    "currency": "USD",
    "products": [{"external_id": "p", "quantity": 1, "price": 1}],
}


def call_of(row):
    """The prepared call that a row of reply.json replies to."""
    now = 1_735_689_599
    options = row.get("options", {})

    def spiff(operation, members, orders_api="graphql"):
        client = countersign.Spiff(access_key="a", secret_key="b", region="us", orders_api=orders_api, **options)
        return client.prepare(operation, members, now=now)

    def signs(operation, members=None):
        return countersign.SignCustomiser(api_token="t", **options).prepare(operation, members, now=now)

    match row["call"]:
        case "graphql_order":
            return spiff("place_order", ORDER)
        case "rest_order":
            return spiff("place_order", ORDER, "rest")
        case "targets_order":
            return spiff("place_order", ORDER, "targets")
        case "transactions":
            return spiff("transactions", {"ids": ["a", "b"]})
        case "current_integration":
            return spiff("current_integration", None)
        case "graphql_query":
            return spiff("graphql", {"query": "{ a }"})
        case "graphql_mutation":
            return spiff("graphql", {"query": "mutation { a }"})
        case "sign_customiser_order":
            return signs("place_order", SIGN_ORDER)
        case "webhooks_get" | "webhooks_delete":
            return signs(row["call"], {"id": 1})
        case "webhooks_create":
            return signs("webhooks_create", {"topic": "order:created", "url": "https://a.example"})
        case other:
            return signs(other)


@vectors("reply")
def test_reply(row):
    call, due = call_of(row), row["expect"]
    if "value" in due:
        value = call.read(row["status"], row["headers"], row["body"])
        if isinstance(value, countersign.PlacedOrder):
            names = {"id": "id", "internalId": "internal_id", "externalId": "external_id", "errors": "errors", "raw": "raw"}
            value = {name: getattr(value, attribute) for name, attribute in names.items()}
        if isinstance(due["value"], dict):
            value = {name: value[name] for name in due["value"]}
        assert value == due["value"]
        return
    with pytest.raises(countersign.Error) as caught:
        call.read(row["status"], row["headers"], row["body"])
    error = caught.value
    assert (error.kind, error.outcome, error.retryable) == (due["error"], due.get("outcome"), due.get("retryable", False))
    assert (error.status, error.body) == (row["status"], row["body"].encode())
    unknown = error.outcome == "unknown"
    assert isinstance(error, OutcomeUnknown) == unknown
    assert isinstance(error, NotPlaced) == (error.outcome == "not_placed")
    assert error.sent_at == (call.signed_at if unknown else None)
    delay = row.get("options", {}).get("settle_delay", 180)
    assert error.settle_after == (call.signed_at + delay if unknown else None)
    for name in ("retry_after", "request_id"):
        if name in due:
            assert getattr(error, name) == due[name]
    if "problems" in due:
        assert [[p["path"], p["code"]] for p in error.problems] == due["problems"]


def test_operations_are_the_tables():
    names = {operation["name"]: operation["effect"] for operation in countersign.Spiff.operations()}
    assert names["place_order"] == "order" and names["orders"] == "read"
    names = {operation["name"]: operation["effect"] for operation in countersign.SignCustomiser.operations()}
    assert names["webhooks_delete"] == "change"
