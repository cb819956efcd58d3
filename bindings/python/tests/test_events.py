"""Every row of tests/vectors/events.json: what is said of a call that something struck, by the blocking and the async client."""

import asyncio
import contextlib
import http.server
import json
import signal
import threading
import time

import pytest
from conftest import vectors

import countersign
from countersign import Error, NotPlaced, OutcomeUnknown

PANICS = {"order": "__panic", "change": "__panic_change", "read": "__panic_read"}
KEYS = {"application_key": "k", "region": "us"}


@contextlib.contextmanager
def platform(delay):
    """A platform that answers every call with success, after so many seconds."""
    answered = threading.Event()
    answer = {"data": {"orderCreate": {"id": "o-1", "externalId": "1001"}, "transactionApprove": {"id": "t-1"}, "transactions": []}}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            time.sleep(delay)
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            answered.set()

        def log_message(self, *_):
            pass

    class Server(http.server.ThreadingHTTPServer):
        def handle_error(self, *_):
            pass  # nobody waited for the answer

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield {"application_key": "k", "base_url": f"http://127.0.0.1:{server.server_address[1]}"}, answered
        server.shutdown()


def with_no_number(value):
    """The input with a number that is none in the place of null."""
    if isinstance(value, dict):
        return {name: with_no_number(member) for name, member in value.items()}
    if isinstance(value, list):
        return [with_no_number(member) for member in value]
    return float("nan") if value is None else value


def raised(work):
    with pytest.raises(Error) as caught:
        work()
    return caught.value


def ask(client, row):
    """What the event of a row is made by, where nothing travels."""
    match row["event"]:
        case "panic":
            return client.run(PANICS[row["effect"]])
        case "unserialisable":
            return client.run(row["operation"], with_no_number(row["input"]))
        case _:
            return client.run(row["operation"], row["input"])


def blocking(row):
    """What the blocking client says, or None where nothing of the kind can strike it."""
    spiff = countersign.Spiff(**KEYS)
    match row["event"]:
        case "aborted_waiting" | "expired_waiting" | "busy" | "aborted_under_way":
            return None
        case "reply_without_body":
            return raised(lambda: spiff.prepare(row["operation"], row["input"]).read(200, {}, None))
        case "closed_client":
            spiff.close()
        case "interrupted_after_success":
            with platform(0.3) as (keys, _):
                spiff = countersign.Spiff(**keys)
                before = signal.signal(signal.SIGALRM, signal.default_int_handler)
                try:
                    with pytest.raises(KeyboardInterrupt) as caught:
                        signal.setitimer(signal.ITIMER_REAL, 0.1)
                        spiff.run(row["operation"], row["input"])
                finally:
                    signal.setitimer(signal.ITIMER_REAL, 0)
                    signal.signal(signal.SIGALRM, before)
            assert len(caught.value.__cause__.attempts) == 1
            return caught.value.__cause__
    return raised(lambda: ask(spiff, row))


class Hurried:
    """A client whose calls have little time."""

    def __init__(self, client):
        self.client = client

    def run(self, operation, input):
        return self.client.run(operation, input, timeout=0.05)


async def cancelled(task):
    """What is known of a call whose task is cancelled."""
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    return caught.value.__cause__


async def waiting(row):
    """The same for the async client."""
    match row["event"]:
        case "busy" | "aborted_waiting" | "expired_waiting" | "aborted_under_way":
            with platform(0.4) as (keys, _):
                spiff = countersign.AsyncSpiff(**keys, workers=1, waiting=0 if row["event"] == "busy" else 1)
                under_way = row["event"] == "aborted_under_way"
                first = None if under_way else asyncio.create_task(spiff.run("transactions", {"ids": ["t"]}))
                await asyncio.sleep(0.1)
                if row["event"] == "expired_waiting":
                    spiff = Hurried(spiff)
                task = asyncio.create_task(ask(spiff, row))
                await asyncio.sleep(0.1)
                if row["event"] in ("busy", "expired_waiting"):
                    with pytest.raises(Error) as caught:
                        await task
                    known = caught.value
                    assert not first.done()
                else:
                    known = await cancelled(task)
                if first is not None:
                    with pytest.raises(Error):
                        await first
                return known
        case "interrupted_after_success":
            with platform(0) as (keys, answered):
                task = asyncio.create_task(ask(countersign.AsyncSpiff(**keys), row))
                await asyncio.sleep(0)
                answered.wait(5)
                time.sleep(0.2)  # the loop stands still, and the call ends meanwhile
                return await cancelled(task)
        case "reply_without_body":
            return raised(lambda: countersign.AsyncSpiff(**KEYS).prepare(row["operation"], row["input"]).read(200, {}))
    spiff = countersign.AsyncSpiff(**KEYS)
    if row["event"] == "closed_client":
        await spiff.aclose()
    with pytest.raises(Error) as caught:
        await ask(spiff, row)
    return caught.value


def test_what_waited_for_a_thread_has_the_time_that_is_left():
    async def main(keys):
        spiff = countersign.AsyncSpiff(**keys, workers=1)
        first = asyncio.create_task(spiff.run("transactions", {"ids": ["t"]}))
        await asyncio.sleep(0.05)
        begun = time.monotonic()
        with pytest.raises(OutcomeUnknown) as caught:
            await spiff.run("transaction_approve", {"id": "t-1"}, timeout=0.6)
        assert isinstance(caught.value, countersign.TimedOut) and 0.5 < time.monotonic() - begun < 0.75
        with pytest.raises(Error):
            await first

    with platform(0.4) as (keys, _):
        asyncio.run(main(keys))


@vectors("events")
@pytest.mark.parametrize("client", [blocking, lambda row: asyncio.run(waiting(row))], ids=["Spiff", "AsyncSpiff"])
def test_what_is_said_of_a_call_that_was_struck(client, row):
    before = int(time.time())
    error, due = client(row), row["error"]
    if error is None:
        # A read that is cancelled is just cancelled: nothing is in doubt.
        assert client is blocking or (row["event"].startswith("aborted_") and row["effect"] == "read")
        return
    assert (error.kind, error.outcome, error.retryable) == (due["kind"], due["outcome"], due["retryable"]), error
    assert error.next_step == due["next_step"]
    assert sorted(problem["path"] for problem in error.problems) == sorted(due["problems"])
    assert isinstance(error, OutcomeUnknown) == (due["outcome"] == "unknown")
    assert isinstance(error, NotPlaced) == (due["outcome"] == "not_placed")
    if due["sent_at"] is None:
        assert (error.sent_at, error.settle_after) == (None, None)
    else:
        assert before <= error.sent_at <= time.time() and error.settle_after == error.sent_at + due["settle_after"]
