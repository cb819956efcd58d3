"""The operations of Spiff's model: every row of operations.json, by name and by method; selections, pages, waiting, both clients."""

import asyncio
import http.server
import inspect
import json
import re
import threading

import pytest
from conftest import started, vectors

import countersign
from countersign import InvalidInput, PlatformError

ORDER = "5a000000-0000-4000-8000-000000000060"


@pytest.fixture(scope="module")
def fresh():
    with started() as sandbox:
        yield sandbox


def at_least(found, due):
    """An object has at least these members, a list as many items."""
    if isinstance(found, countersign.Settlement):
        found = {name: getattr(found, name) for name in due}
    if isinstance(due, dict):
        return isinstance(found, dict) and all(name in found and at_least(found[name], value) for name, value in due.items())
    if isinstance(due, list):
        return isinstance(found, list) and len(found) == len(due) and all(map(at_least, found, due))
    return found == due and type(found) is type(due)


def by_method(spiff, operation, members):
    """The same through the method of this name; None where its shape is another one."""
    method = getattr(spiff, operation)
    snake = {re.sub("([A-Z])", lambda found: "_" + found[1].lower(), name): value for name, value in members.items()}
    snake = {"from_" if name == "from" else name: value for name, value in snake.items()}
    parameters = inspect.signature(method).parameters
    if not set(snake) <= set(parameters):
        return None
    required = [name for name, it in parameters.items() if it.kind is it.POSITIONAL_OR_KEYWORD]
    if not set(required) <= set(snake):
        return None
    return method(*[snake.pop(name) for name in required], **snake)


@vectors("operations")
def test_operations(row, fresh):
    fresh.control("POST", "reset", {})
    spiff, before = fresh.spiff(), len(fresh.requests())
    if "error" in row:
        with pytest.raises(countersign.Error) as caught:
            spiff.run(row["operation"], row["input"])
        assert caught.value.kind == row["error"]
        assert [problem["path"] for problem in caught.value.problems] == row.get("problems", [])
        assert row["error"] != "invalid_argument" or len(fresh.requests()) == before
        return
    found = spiff.run(row["operation"], row["input"])
    assert at_least(found, row["answer"]), found
    fresh.control("POST", "reset", {})
    again = by_method(spiff, row["operation"], row["input"])
    if isinstance(row["answer"], dict) and "items" in row["answer"]:
        assert again is None or len(list(again)) >= len(row["answer"]["items"])
    elif again is not None:
        assert at_least(again, row["answer"]), again


def test_every_operation_is_a_method():
    for operation in countersign.Spiff.operations():
        for client in (countersign.Spiff, countersign.AsyncSpiff):
            method = getattr(client, operation["name"])
            assert method.__doc__, operation["name"]


def test_selections_long_lists_and_mistakes(fresh):
    fresh.control("POST", "reset", {})
    spiff = fresh.spiff()
    (order,) = spiff.orders([ORDER], select="externalId lineItems { quantity }")
    assert set(order) == {"id", "externalId", "lineItems"}
    before = len(fresh.requests())
    long = spiff.orders([ORDER if n % 100 == 0 else f"absent-{n}" for n in range(250)])
    assert [n for n, one in enumerate(long) if one] == [0, 100, 200] and len(long) == 250
    assert len(fresh.requests()) > before + 1, "in parts"
    for wrong, path in (
        (lambda: spiff.orders([]), "ids"),
        (lambda: spiff.orders([ORDER, ""]), "ids[1]"),
        (lambda: spiff.orders([ORDER], select="externlId"), "select.externlId"),
        (lambda: spiff.orders([ORDER], select="id { x }"), "select.id"),
    ):
        with pytest.raises(InvalidInput) as caught:
            wrong()
        assert [problem["path"] for problem in caught.value.problems] == [path]


def test_pages(fresh):
    fresh.control("POST", "reset", {})
    spiff = fresh.spiff()
    feeds = [name for name in dir(countersign.Spiff) if name.endswith("_feed") and name != "customer_bundles_feed"]
    assert feeds
    name = "customer_transactions_feed"
    customer = fresh.control("GET", "state")
    text = str(customer)
    identity = re.search(r"'id': '(5a000000[^']+)'[^{}]*shopper@example\.com|shopper@example\.com'[^{}]*'id': '(5a000000[^']+)'", text)
    assert identity, "a customer"
    identity = identity[1] or identity[2]
    whole = list(spiff.customer_transactions_feed(identity))
    single = list(spiff.customer_transactions_feed(identity, page_size=1))
    assert whole == single and len(whole) >= 1, name

    async def main():
        async with countersign.AsyncSpiff(**fresh.spiff_keys) as waiting:
            return [one async for one in waiting.customer_transactions_feed(identity, page_size=1)]

    assert asyncio.run(main()) == whole


class SamePage(http.server.BaseHTTPRequestHandler):
    """A platform that passes over nothing."""

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        items = [{"id": str(n), "name": "x"} for n in range(3)]
        body = json.dumps({"data": {"orderStatusesFeed": {"items": items, "total": self.server.total}}}).encode()
        self.server.requests += 1
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.mark.parametrize("total", [None, 7, 1 << 40])
def test_a_feed_that_makes_no_progress_ends(total):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), SamePage) as server:
        server.total, server.requests = total, 0
        threading.Thread(target=server.serve_forever, daemon=True).start()
        options = {"application_key": "k", "base_url": f"http://127.0.0.1:{server.server_port}"}
        shown = []
        with pytest.raises(countersign.Error, match="shows a page again") as caught:
            for one in countersign.Spiff(**options).order_statuses_feed(page_size=3):
                shown.append(one)  # noqa: PERF402
        assert (caught.value.kind, len(shown), server.requests) == ("unexpected_reply", 3, 2)

        async def main():
            async with countersign.AsyncSpiff(**options) as waiting:
                async for one in waiting.order_statuses_feed(page_size=3):
                    shown.append(one)

        with pytest.raises(countersign.Error, match="shows a page again"):
            asyncio.run(main())
        assert (len(shown), server.requests) == (6, 4)
        server.shutdown()


def test_a_flow_is_waited_for(fresh):
    assert countersign.Spiff.decode('{"a": 1}') == {"a": 1} and countersign.Spiff.decode(None) is None
    with pytest.raises((PlatformError, InvalidInput)):
        fresh.spiff().process_execution_wait("absent", wait=1)
