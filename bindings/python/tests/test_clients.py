"""Orders against the sandbox: every wire, doubt and its settling, faults, reads, subscriptions, HTTP of one's own, the log."""

import asyncio
import datetime
import decimal
import enum
import fractions
import logging
import pathlib
import signal
import socket
import time
import uuid

import pytest
from conftest import python, sign_order

import countersign
from countersign import ConnectionFailed, InvalidInput, InvalidOrder, NotPlaced, OutcomeUnknown, PlatformError, TimedOut

WIRES = {
    "graphql sha512": {},
    "graphql md5": {"digest": "md5"},
    "graphql application key": {"application_key": "test_application_key"},
    "rest sha512": {"orders_api": "rest"},
    "rest md5": {"orders_api": "rest", "digest": "md5"},
    "rest application key": {"orders_api": "rest", "application_key": "test_application_key"},
    "targets": {"orders_api": "targets"},
}


@pytest.mark.parametrize("wire", WIRES)
def test_place_over_every_wire(sandbox, wire):
    external_id = f'wire {wire} é/"\\'
    with sandbox.spiff(**WIRES[wire]) as spiff:
        placed = spiff.place_order(sandbox.order(external_id))
    assert isinstance(placed, countersign.PlacedOrder)
    accepted = sandbox.accepted(external_id)
    assert [(order["id"], order["items"][0]["amountToOrder"]) for order in accepted] == [(placed.id, 2)]
    assert placed.external_id == external_id
    assert placed.attempt["method"] == "POST" and 200 <= placed.attempt["status"] < 300


def test_place_at_sign_customiser(sandbox):
    placed = sandbox.signs().place_order(sign_order("sc-1"))
    assert placed.external_id == "sc-1" and len(sandbox.accepted("sc-1")) == 1


ITEM = {"amountToOrder": 1, "transactionId": "t"}
GOOD = {"externalId": "1", "paid": True, "orderItems": [ITEM]}


@pytest.mark.parametrize(
    ("order", "path"),
    [
        (GOOD | {"orderItems": [ITEM | {"amountToOrder": 2.0}]}, "orderItems[0].amountToOrder"),
        (GOOD | {"orderItems": [ITEM | {"amountToOrder": "2"}]}, "orderItems[0].amountToOrder"),
        (GOOD | {"orderItems": [ITEM | {"amountToOrder": True}]}, "orderItems[0].amountToOrder"),
        (GOOD | {"orderItems": [ITEM | {"amountToOrder": 0}]}, "orderItems[0].amountToOrder"),
        (GOOD | {"orderItems": [ITEM | {"amountToOrder": 2**31}]}, "orderItems[0].amountToOrder"),
        ({"externalId": "1", "orderItems": [ITEM]}, "paid"),
        (GOOD | {"paid": 1}, "paid"),
        (GOOD | {"orderItems": ()}, "orderItems"),
        (GOOD | {"orderItem": [ITEM]}, "orderItem"),
        (GOOD | {"externalId": None}, "externalId"),
    ],
)
def test_malformed_orders_are_refused_with_their_paths(sandbox, order, path):
    before = len(sandbox.requests())
    with pytest.raises(InvalidOrder) as caught:
        sandbox.spiff().place_order(order)
    assert path in [problem["path"] for problem in caught.value.problems]
    assert (caught.value.outcome, caught.value.kind) == ("not_placed", "invalid_order")
    assert isinstance(caught.value, ValueError)
    assert len(sandbox.requests()) == before


class Colour(enum.Enum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (decimal.Decimal("1.10"), "a Decimal stands here.*minor_units"),
        (fractions.Fraction(1, 2), "a Fraction stands here.*str.value"),
        (pathlib.PurePosixPath("a"), "PurePosixPath stands here"),
        (pathlib.Path("a"), "a PosixPath stands here: write str"),
        (datetime.datetime(2020, 1, 1), "a datetime stands here.*isoformat"),
        (datetime.date(2020, 1, 1), "a date stands here"),
        (uuid.UUID(int=0), "a UUID stands here: write str"),
        (float("nan"), "NaN cannot be written as JSON"),
        (float("-inf"), "-inf cannot be written as JSON"),
        (b"bytes", "a bytes stands here: decode"),
        ({1, 2}, "a set stands here: make it a list"),
        (object(), "an object stands here"),
        ([10**5000], "too many digits"),
        ("\ud800", "half of a surrogate pair"),
        ({(1, 2): 3}, "a key is a tuple: keys are texts"),
        ({1: 2}, "a key is an int: keys are texts"),
        ({"\ud800": 1}, r"the key '\\ud800' is no text: it has half of a surrogate pair"),
        (b"caf\xe9".decode("utf-8", "surrogateescape"), "bytes that are no UTF-8.*Decode them"),
        ({"caf\udce9": 1}, "the key 'caf.udce9' is no text: it has bytes that are no UTF-8"),
        (Colour.RED, "a Colour stands here: write value.value"),
    ],
)
def test_what_json_cannot_say_is_refused_with_its_path(value, words):
    spiff = countersign.Spiff(access_key="a", secret_key="b", region="us")
    order = GOOD | {"externalData": {"note": "x"}, "extra": {"list": [0, {"deep": value}]}}
    for attempt in (spiff.place_order, spiff.prepare_order):
        with pytest.raises(NotPlaced, match=words) as caught:
            attempt(order)
        (problem,) = caught.value.problems
        assert isinstance(caught.value, InvalidOrder) and isinstance(caught.value, ValueError)
        assert caught.value.kind == "invalid_order" and problem["path"].startswith("extra.list[1].deep")
        assert problem["code"] == "type" and problem["message"] in str(caught.value)


def test_what_is_said_of_a_decimal_leads_to_an_order(sandbox):
    order = sandbox.order("decimal")
    item = order["orderItems"][0]
    item["amountToOrder"] = decimal.Decimal("2")
    with pytest.raises(InvalidOrder, match=r"orderItems\[0\]\.amountToOrder.*a quantity, as int\(value\)"):
        sandbox.spiff().place_order(order)
    item["amountToOrder"] = int(item["amountToOrder"])
    assert sandbox.spiff().place_order(order).external_id == "decimal"
    signed = sign_order("decimal-sc")
    signed["products"][0] |= {"quantity": decimal.Decimal("1"), "price": decimal.Decimal("29.99")}
    with pytest.raises(InvalidOrder, match=r"minor_units\(str\(price\), currency\)") as caught:
        sandbox.signs().place_order(signed)
    assert [problem["path"] for problem in caught.value.problems] == ["products[0].quantity", "products[0].price"]
    product = signed["products"][0]
    product["quantity"], product["price"] = int(product["quantity"]), countersign.minor_units(str(product["price"]), "USD")
    assert sandbox.signs().place_order(signed).external_id == "decimal-sc"


def test_every_place_is_named_that_json_cannot_say():
    spiff = countersign.Spiff(access_key="a", secret_key="b", region="us")
    order = {"externalId": b"1", "paid": True, "orderItems": [{"amountToOrder": decimal.Decimal(1)}, {(): 1}]}
    with pytest.raises(InvalidOrder, match="The order has 3 problems") as caught:
        spiff.place_order(order)
    assert [problem["path"] for problem in caught.value.problems] == ["externalId", "orderItems[0].amountToOrder", "orderItems[1]"]
    with pytest.raises(InvalidInput, match="The input has 1 problem: ids.0.: ") as caught:
        spiff.transactions([{1}])
    assert (caught.value.kind, caught.value.outcome) == ("invalid_argument", None)
    with pytest.raises(NotPlaced, match="The input has 1 problem: note") as caught:
        spiff.transaction_approve("t", note=object())
    assert (caught.value.kind, caught.value.outcome) == ("invalid_argument", "not_placed")
    with pytest.raises(InvalidOrder) as caught:
        spiff.place_order({"extra": [object()] * 1000})
    assert len(caught.value.problems) == 100


def test_what_holds_itself_is_refused():
    order = dict(GOOD)
    order["extra"] = order
    deep = []
    for _ in range(100_000):
        deep = [deep]
    spiff = countersign.Spiff(access_key="a", secret_key="b", region="us")
    for wrong, words in ((order, "extra: it refers to itself"), (GOOD | {"extra": deep}, "it is deeper than 64 levels")):
        with pytest.raises(InvalidOrder, match=words) as caught:
            spiff.prepare_order(wrong)
        assert caught.value.kind == "invalid_order" and caught.value.problems[0]["path"].startswith("extra")
        assert len(str(caught.value)) < 500
    while deep:
        deep = deep.pop()


def test_what_python_has_is_written_as_json():
    import collections
    import enum
    import types

    class Number(enum.IntEnum):
        TWO = 2

    class Name(str, enum.Enum):
        A = "a"

    pair = collections.namedtuple("pair", "first second")
    extra = types.MappingProxyType({"n": Number.TWO, "s": Name.A, "t": pair(1, (2.0, 1e300, -0.5)), "e": [], "o": {}, Name.A: None})
    ordered = collections.OrderedDict(GOOD, extra=extra)
    call = countersign.Spiff(access_key="a", secret_key="b", region="us", orders_api="rest").prepare_order(ordered)
    assert b'"n":2,"s":"a","t":[1,[2.0,1e+300,-0.5]],"e":[],"o":{},"a":null' in call.body, call.body


@pytest.mark.parametrize("text", ["", "{", "[]", '{"externalId":"1","externalId":"2"}', b"\xff", "[" * 100_000, 5, [], "\ud800"])
def test_text_is_json_already(text):
    with pytest.raises(NotPlaced) as caught:
        countersign.Spiff(access_key="a", secret_key="b", region="us").place_order(text)
    assert caught.value.outcome == "not_placed"


def test_doubt_is_its_own_exception_and_is_settled(sandbox):
    order = sandbox.order("doubt-1")
    spiff = sandbox.spiff(settle_delay=0, settle_gap=0)
    sandbox.fault("accept_then_hang", ms=3000)
    before = int(time.time())
    with pytest.raises(OutcomeUnknown) as caught:
        spiff.place_order(order, timeout=0.5)
    error = caught.value
    assert isinstance(error, TimedOut) and isinstance(error, TimeoutError)
    assert (error.kind, error.outcome, error.retryable) == ("timeout", "unknown", False)
    assert before <= error.sent_at <= time.time() and error.settle_after == error.sent_at
    assert error.attempt["method"] == "POST"
    settled = spiff.settle(order, sent_at=error.sent_at)
    assert settled == "placed" and settled.reason

    order = sandbox.order("doubt-2")
    spiff = sandbox.spiff(timeout=0.5, settle_delay=0, settle_gap=1)
    sandbox.fault("hang", ms=3000)
    with pytest.raises(OutcomeUnknown) as caught:
        spiff.place_order(order)
    first = spiff.settle(order, sent_at=datetime.datetime.fromtimestamp(caught.value.sent_at, datetime.UTC))
    assert first == "unclear" and first.first_absent_at
    time.sleep(max(0, first.again_at - time.time()) + 0.05)
    assert spiff.settle(order, sent_at=caught.value.sent_at, first_absent_at=first.first_absent_at) == "absent"
    with pytest.raises(ValueError, match="naive"):
        spiff.settle(order, sent_at=datetime.datetime.now())
    for wrong in (0, -1, time.time() * 1000, time.time() + 90_000, 10**30, datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)):
        with pytest.raises(countersign.Error) as caught:
            spiff.settle(order, sent_at=wrong)
        assert (caught.value.kind, [problem["path"] for problem in caught.value.problems]) == ("invalid_argument", ["sent_at"]), wrong
    with pytest.raises(countersign.Unsupported, match="order:created"):
        sandbox.signs().settle(sign_order("x"))


@pytest.mark.parametrize(
    ("fault", "more", "outcome", "family", "kind", "retryable"),
    [
        ("500", {}, OutcomeUnknown, PlatformError, "server_error", False),
        ("503", {"retry_after": 7}, NotPlaced, PlatformError, "throttled", True),
        ("429", {"retry_after": 7}, NotPlaced, PlatformError, "throttled", True),
        ("401", {}, NotPlaced, PlatformError, "authentication", False),
        ("403", {}, NotPlaced, PlatformError, "authentication", False),
        ("redirect", {}, OutcomeUnknown, PlatformError, "redirect", False),
        ("html", {}, OutcomeUnknown, PlatformError, "unexpected_reply", False),
        ("truncated_json", {}, OutcomeUnknown, PlatformError, "unexpected_reply", False),
        ("oversized", {}, OutcomeUnknown, PlatformError, "unexpected_reply", False),
        ("order_null", {}, OutcomeUnknown, PlatformError, "order_null", False),
        ("data_null", {}, OutcomeUnknown, PlatformError, "order_null", False),
        ("no_data", {}, NotPlaced, PlatformError, "graphql_refused", False),
        ("cut_reply", {}, OutcomeUnknown, ConnectionFailed, "interrupted", False),
    ],
)
def test_faults(sandbox, fault, more, outcome, family, kind, retryable):
    sandbox.fault(fault, **more)
    with pytest.raises(outcome) as caught:
        sandbox.spiff().place_order(sandbox.order(f"fault-{fault}"))
    error = caught.value
    assert isinstance(error, family) and (error.kind, error.retryable) == (kind, retryable)
    assert error.attempt["method"] == "POST" and error.retry_after == more.get("retry_after")
    if family is PlatformError and kind != "unexpected_reply":
        assert error.status == error.attempt["status"] and isinstance(error.body, bytes)


def test_nothing_sent_is_not_placed(sandbox):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(NotPlaced) as caught:
        sandbox.spiff(base_url=f"http://127.0.0.1:{port}").place_order(GOOD)
    assert isinstance(caught.value, ConnectionError)
    assert (caught.value.kind, caught.value.retryable, caught.value.status) == ("connect", True, None)


def test_reads_graphql_check_acting_for(sandbox):
    spiff = sandbox.spiff()
    order = sandbox.order("read-1")
    placed = spiff.place_order(order)
    transaction = order["orderItems"][0]["transactionId"]
    absent = "00000000-0000-4000-8000-000000000000"
    found = spiff.orders([placed.id, absent])
    assert found[0]["id"] == placed.id and found[1] is None
    assert spiff.transactions((transaction,))[0]["id"] == transaction
    bundle = sandbox.control("POST", "bundles", {"transactionIds": [transaction]})["bundleId"]
    assert spiff.bundles([bundle])[0]["id"] == bundle
    assert spiff.current_integration()["id"]
    with pytest.raises(PlatformError) as caught:
        spiff.orders([absent])
    assert (caught.value.kind, caught.value.outcome) == ("missing_data", None)
    query = "query Q($ids: [String]!) { transactions(ids: $ids) { id } }"
    assert spiff.graphql(query, {"ids": [transaction]}, operation_name="Q")["transactions"] == [{"id": transaction}]
    with pytest.raises(PlatformError) as caught:
        spiff.graphql("{ nonsense }")
    assert caught.value.kind == "graphql_refused"
    check = spiff.check()
    assert abs(check["skew"] or 0) <= 2 and check["attempt"]["status"] == 200 and check["integration"]
    with pytest.raises(countersign.Error):
        sandbox.spiff(secret_key="wrong").check()
    partner = spiff.acting_for(partner_id="p-1")
    assert type(partner) is countersign.Spiff and partner.check()["attempt"]["status"] == 200
    with pytest.raises(InvalidInput):
        spiff.acting_for(partner_id="a\nb")
    with pytest.raises(InvalidInput, match='Did you mean "orders"'):
        spiff.run("order")
    with pytest.raises(InvalidInput):
        spiff.orders([1])


def test_subscriptions(sandbox):
    signs = sandbox.signs()
    made = signs.webhooks.create(topic="order:created", url="http://127.0.0.1:9/hook", meta={"a": 1})
    identity = made["webhook_id"]
    assert any(row["url"] == "http://127.0.0.1:9/hook" for row in signs.webhooks.list())
    assert signs.webhooks.update(identity, "form:submitted", "http://127.0.0.1:9/other")["url"].endswith("other")
    assert signs.webhooks.get(identity)["topic"] == "form:submitted"
    assert signs.webhooks.delete(identity) is None
    with pytest.raises(PlatformError) as caught:
        signs.webhooks.get(identity)
    assert (caught.value.kind, caught.value.status) == ("refused", 404)
    assert isinstance(signs.check()["subscriptions"], int)
    assert signs.request("GET", "/api/v2/webhooks") is not None


def test_http_of_ones_own(sandbox):
    import httpx
    import requests
    import urllib3

    def with_httpx(call):
        return httpx.request(call.method, call.url, headers=call.headers, content=call.body)

    def with_requests(call):
        return requests.request(
            call.method, call.url, headers=call.headers, data=call.body, allow_redirects=False, timeout=10
        )

    def with_urllib3(call):
        return urllib3.request(call.method, call.url, headers=call.headers, body=call.body, redirect=False, retries=False)

    def with_urllib(call):
        import urllib.request

        request = urllib.request.Request(call.url, call.body, call.headers, method=call.method)
        return urllib.request.urlopen(request, timeout=10)

    for send in (with_httpx, with_requests, with_urllib3, with_urllib):
        external_id = f"own {send.__name__}"
        call = sandbox.spiff().prepare_order(sandbox.order(external_id))
        response = send(call)
        placed = call.read(response)
        assert (placed.external_id, placed.attempt) == (external_id, None)
        assert [order["id"] for order in sandbox.accepted(external_id)] == [placed.id]
        getattr(response, "close", lambda: None)()
    call = sandbox.spiff().prepare_order(sandbox.order("own"))
    with pytest.raises(OutcomeUnknown) as caught:
        call.failed()
    assert (caught.value.kind, caught.value.sent_at) == ("interrupted", call.signed_at)
    with pytest.raises(NotPlaced) as caught:
        call.failed(not_sent=True)
    assert caught.value.kind == "connect"


@pytest.mark.parametrize("reply", [(None,), ("x",), (200,), (200, {}), (object(),), (200, 5, b""), ("200", {}, b""), (200, {}, 5)])
def test_a_reply_that_cannot_be_read_leaves_doubt(reply):
    call = countersign.Spiff(access_key="a", secret_key="b", region="us").prepare_order(GOOD)
    with pytest.raises(OutcomeUnknown) as caught:
        call.read(*reply)
    assert caught.value.sent_at == call.signed_at and caught.value.__cause__ is not None


def test_a_streamed_body_that_was_not_read_leaves_doubt():
    import httpx

    call = countersign.Spiff(access_key="a", secret_key="b", region="us").prepare_order(GOOD)
    response = httpx.Response(200, stream=httpx.ByteStream(b""))
    with pytest.raises(OutcomeUnknown, match="cannot be read"):
        call.read(response)


def test_a_panic_leaves_an_order_in_doubt():
    code = """
import countersign
spiff = countersign.Spiff(access_key="a", secret_key="CANARY-secret", region="us")
try:
    spiff.run("__panic")
except countersign.OutcomeUnknown as error:
    print(error.kind, error.outcome, error.sent_at is not None)
print(countersign.Signer("k", "s").authorization("GET", "/")[:5])
"""
    done = python(code)
    assert done.stdout == "internal unknown True\nSOA k\n", done.stderr
    assert "__panic" in done.stderr and "CANARY" not in done.stderr


def test_attempts_are_logged_and_a_broken_log_breaks_no_order(sandbox, caplog):
    spiff = sandbox.spiff()
    with caplog.at_level(logging.DEBUG, "countersign"):
        spiff.place_order(sandbox.order("log-1"))
        sandbox.fault("500")
        with pytest.raises(OutcomeUnknown):
            spiff.place_order(sandbox.order("log-2"))
        with pytest.raises(InvalidOrder):
            spiff.place_order({})
        spiff.current_integration()
    records = [record for record in caplog.records if record.name == "countersign"]
    assert [record.levelname for record in records] == ["INFO", "WARNING", "DEBUG"]
    placed, failed, read = records
    assert (placed.platform, placed.operation, placed.attempt["status"]) == ("spiff", "place_order", 200)
    assert (failed.kind, failed.outcome, failed.retryable, failed.attempt["status"]) == ("server_error", "unknown", False, 500)
    assert "POST" in failed.getMessage() and "outcome unknown" in failed.getMessage()
    assert read.operation == "current_integration"
    assert not any("log-1" in str(vars(record)) for record in records), "a body in the log"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_broken_log_breaks_no_order(sandbox):
    def broken(record):
        raise RuntimeError("disk full")

    logger = logging.getLogger("countersign")
    logger.addFilter(broken)
    logger.setLevel(logging.DEBUG)
    try:
        assert sandbox.spiff().place_order(sandbox.order("log-3")).external_id == "log-3"
    finally:
        logger.removeFilter(broken)
        logger.setLevel(logging.NOTSET)


def test_where_nobody_listens_nothing_is_printed():
    code = """
import logging, countersign
try:
    countersign.Spiff(access_key="a", secret_key="b", base_url="http://127.0.0.1:9").check()
except ConnectionError as error:
    print(error.kind)
"""
    done = python(code)
    assert (done.stdout, done.stderr) == ("connect\n", "")


def test_reads_that_are_repeated_log_each_attempt(sandbox, caplog):
    def logged(call):
        caplog.clear()
        with caplog.at_level(logging.DEBUG, "countersign"):
            call()
        return [(record.levelname, record.attempt["number"], record.attempt["status"]) for record in caplog.records]

    sandbox.control("POST", "faults", {"fault": "500", "target": "read", "count": 2})
    assert logged(sandbox.spiff().current_integration) == [("DEBUG", 1, 500), ("DEBUG", 2, 500), ("DEBUG", 3, 200)]

    def fails():
        with pytest.raises(PlatformError) as caught:
            sandbox.spiff().current_integration()
        assert [attempt["number"] for attempt in caught.value.attempts] == [1, 2, 3]
        assert caught.value.attempt is caught.value.attempts[-1]

    sandbox.control("POST", "faults", {"fault": "500", "target": "read", "count": 3})
    assert logged(fails) == [("DEBUG", 1, 500), ("DEBUG", 2, 500), ("WARNING", 3, 500)]

    async def awaited():
        async with countersign.AsyncSpiff(**sandbox.spiff_keys) as spiff:
            await spiff.current_integration()

    sandbox.control("POST", "faults", {"fault": "500", "target": "read", "count": 2})
    assert [number for _, number, _ in logged(lambda: asyncio.run(awaited()))] == [1, 2, 3]


def test_clients_by_the_environment(sandbox, tmp_path):
    code = """
import countersign
print(countersign.Spiff.from_env(timeout=20, orders_api="rest").check()["attempt"]["status"])
print(countersign.SignCustomiser.from_env().check()["attempt"]["status"])
print(countersign.Webhook.from_env(), countersign.Webhook.from_env(secret="integration"))
"""
    done = python(code, env=sandbox.ready["env"])
    assert done.stdout.split("\n")[:2] == ["200", "200"], done.stderr
    for wrong in ("callback", "s3cret"):
        with pytest.raises(InvalidInput, match='"webhook" or "integration" is due') as caught:
            countersign.Webhook.from_env(secret=wrong)
        assert wrong not in str(caught.value)
    secret = tmp_path / "key"
    secret.write_text(sandbox.ready["spiff"]["secret_key"] + "\n")
    env = {**sandbox.ready["env"], "COUNTERSIGN_SPIFF_SECRET_KEY": "", "COUNTERSIGN_SPIFF_SECRET_KEY_FILE": str(secret)}
    done = python("import countersign; print(countersign.Spiff.from_env().check()['attempt']['status'])", env=env)
    assert done.stdout == "200\n", done.stderr
    done = python("import countersign; countersign.Spiff.from_env()", env=dict.fromkeys(sandbox.ready["env"], ""))
    assert "InvalidInput" in done.stderr, done.stderr


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"access_key": "a"},
        {"access_key": "a", "secret_key": "b"},
        {"access_key": "a", "secret_key": "b", "region": "eu"},
        {"application_key": "a", "region": "us", "orders_api": "targets"},
        {"access_key": "a", "secret_key": "b", "region": "us", "timeout": 0},
        {"access_key": "a", "secret_key": "b", "region": "us", "settle_delay": 1.5},
        {"access_key": "a", "secret_key": "b", "region": "us", "exact_secret": "yes"},
        {"access_key": "a", "secret_key": "b", "region": "us", "api_token": "t"},
        {"access_key": "a", "secret_key": "b", "region": "us", "roots": "/nowhere.pem"},
    ],
)
def test_options_that_do_not_fit(options):
    with pytest.raises(InvalidInput) as caught:
        countersign.Spiff(**options)
    assert caught.value.kind in ("configuration", "invalid_argument")


def test_options_have_their_own_types(tmp_path):
    countersign.Spiff(
        access_key="a", secret_key=b"b", region="au", timeout=0.25, exact_secret=True, allow_http=["a", "b"], proxy=None, read_retries=0
    )
    with pytest.raises(InvalidInput, match='Did you mean "region"'):
        countersign.Spiff(access_key="a", secret_key="b", regoin="us")
    with pytest.raises(TypeError, match="keyword arguments alone are taken"):
        countersign.Spiff("a", "b")
    with pytest.raises(TypeError, match="the option timeout cannot be a timedelta"):
        countersign.Spiff(access_key="a", secret_key="b", region="us", timeout=datetime.timedelta(seconds=1))
    for wrong in (5, True, ["b"], tmp_path / "secret"):
        with pytest.raises(TypeError, match="the option secret_key cannot be an? .*str or bytes are due"):
            countersign.Spiff(access_key="a", secret_key=wrong, region="us")
    with pytest.raises(InvalidInput, match="surrogate"):
        countersign.Spiff(access_key="a", secret_key="\ud800", region="us")
    with pytest.raises(InvalidInput, match="nowhere"):
        countersign.Spiff(access_key="a", secret_key="b", region="us", roots=tmp_path / "nowhere.pem")


def test_closing(sandbox):
    spiff = sandbox.spiff()
    with spiff as same:
        assert same is spiff and not spiff.closed
        other = spiff.acting_for(partner_id="p")
    assert spiff.closed
    spiff.close()
    for attempt in (spiff.check, lambda: spiff.place_order(GOOD), lambda: spiff.prepare_order(GOOD)):
        with pytest.raises(InvalidInput, match="closed"):
            attempt()
    with pytest.raises(NotPlaced, match="closed"):
        spiff.place_order(GOOD)
    with pytest.raises(NotPlaced, match="timeout"):
        other.place_order(GOOD, timeout=0)
    with pytest.raises(TypeError, match="seconds are due"):
        other.place_order(GOOD, timeout=True)
    assert other.check()["attempt"]["status"] == 200
    assert repr(spiff) == "<countersign.Spiff, closed>"


def test_a_client_can_be_subclassed(sandbox):
    class Shop(countersign.Spiff):
        def place(self, order):
            return self.place_order(order)

    with Shop(**sandbox.spiff_keys) as shop:
        assert isinstance(shop, Shop) and type(shop.acting_for(partner_id="p")) is Shop
        assert shop.place(sandbox.order("subclass")).external_id == "subclass"


def test_a_signal_disturbs_no_order(sandbox):
    """A handler that returns: the call goes on. Ctrl-C: answered after the call, and it says what came of the order."""
    ticks = []
    before = signal.signal(signal.SIGALRM, lambda *_: ticks.append(1))
    try:
        sandbox.fault("accept_late", ms=600)
        signal.setitimer(signal.ITIMER_REAL, 0.1, 0.1)
        assert sandbox.spiff().place_order(sandbox.order("signal-1")).external_id == "signal-1"
        signal.setitimer(signal.ITIMER_REAL, 0)
        assert ticks

        signal.signal(signal.SIGALRM, signal.default_int_handler)
        for external_id, fault, note, kind in (
            ("signal-2", "accept_late", "the order was placed before this interrupt", "aborted"),
            ("signal-3", "accept_then_hang", "it had failed before this interrupt", "interrupted"),
        ):
            spiff, order = sandbox.spiff(timeout=0.8), sandbox.order(external_id)
            sandbox.fault(fault, ms=400)
            with pytest.raises(KeyboardInterrupt) as caught:
                signal.setitimer(signal.ITIMER_REAL, 0.1)
                spiff.place_order(order)
            assert note in caught.value.__notes__[0]
            cause = caught.value.__cause__
            assert isinstance(cause, OutcomeUnknown) and cause.kind == kind and cause.settle_after >= cause.sent_at
            assert len(sandbox.accepted(external_id)) == 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_answers_are_read_leniently(sandbox):
    call = countersign.Spiff(access_key="a", secret_key="b", region="us").prepare_order(GOOD)
    long = "9" * 5000
    body = '{"data":{"orderCreate":{"id":"o","externalId":"1","n":%s,"s":"\\ud800","f":1e999}}}' % long
    placed = call.read(200, {}, body)
    assert placed.id == "o" and placed.raw["n"] == long


def test_letters_stay_as_they_are():
    spiff = countersign.Spiff(access_key="a", secret_key="b", region="us", orders_api="rest")
    call = spiff.prepare_order(GOOD | {"extra": {"x": "é/\u2028<🎁"}})
    assert '"é/\u2028<🎁"'.encode() in call.body
