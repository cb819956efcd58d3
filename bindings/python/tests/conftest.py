"""What the tests share: the vectors, and the sandbox, which is started once and ends when its standard input closes.

Environment: COUNTERSIGN_BIN, the path of the `countersign` command. The package is the installed one: `make python` installs
the wheel that it built."""

import base64
import contextlib
import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

import countersign

ROOT = Path(__file__).resolve().parents[3]


def vectors(name):
    """The rows of a file of tests/vectors, as parameters of a test."""
    rows = json.loads((ROOT / "tests/vectors" / f"{name}.json").read_text("utf-8"))
    return pytest.mark.parametrize("row", rows, ids=lambda row: str(row.get("id") or row.get("name")))


def raw(row, name):
    """Bytes of a row: text, or base64."""
    if f"{name}_base64" in row:
        return base64.b64decode(row[f"{name}_base64"])
    return row.get(name, "").encode()


def python(code, *, env=None, timeout=60, flags=()):
    """Runs a program in a process of its own, outside this folder."""
    return subprocess.run(
        [sys.executable, *flags, "-c", code],
        capture_output=True,
        text=True,
        timeout=timeout,
        cwd="/",
        env={**os.environ, **(env or {})},
    )


class Sandbox:
    """Both platforms on loopback."""

    def __init__(self, ready):
        self.ready = ready
        self.spiff_keys = {
            "access_key": ready["spiff"]["access_key"],
            "secret_key": ready["spiff"]["secret_key"],
            "base_url": ready["spiff"]["url"],
        }
        self.sign_keys = {"api_token": ready["sign_customiser"]["api_token"], "base_url": ready["sign_customiser"]["url"]}

    def control(self, method, path, body=None):
        request = urllib.request.Request(
            f"{self.ready['spiff']['url']}/_/{path}",
            None if body is None else json.dumps(body).encode(),
            {"Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=20) as reply:
            return json.load(reply)

    def fault(self, name, **more):
        self.control("POST", "faults", {"fault": name, "target": "order", **more})

    def transaction(self):
        return self.control("POST", "transactions", {})["transactionId"]

    def order(self, external_id):
        items = [{"amountToOrder": 2, "transactionId": self.transaction()}]
        return {"externalId": external_id, "paid": True, "orderItems": items}

    def accepted(self, external_id):
        return [order for order in self.control("GET", "orders")["orders"] if order["externalId"] == external_id]

    def requests(self):
        return self.control("GET", "requests")["requests"]

    def spiff(self, **options):
        keys = {"base_url": self.spiff_keys["base_url"]} if "application_key" in options else self.spiff_keys
        return countersign.Spiff(**{**keys, **options})

    def signs(self, **options):
        return countersign.SignCustomiser(**{**self.sign_keys, **options})


def sign_order(external_id):
    return {
        "integration_id": 1,
        "external_id": external_id,
        "external_order_number": f"#{external_id}",
        "currency": "USD",
        "products": [{"external_id": "shop-sign", "quantity": 1, "price": 2999}],
    }


@contextlib.contextmanager
def started():
    if "COUNTERSIGN_BIN" not in os.environ:
        pytest.exit("COUNTERSIGN_BIN names no countersign command: run these tests by `make python`.", 2)
    command = [os.environ["COUNTERSIGN_BIN"], "sandbox", "--port", "0", "--json"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        yield Sandbox(json.loads(process.stdout.readline()))
    finally:
        process.stdin.close()
        process.wait(20)
        process.stdout.close()


@pytest.fixture(scope="session")
def _sandbox():
    with started() as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def postgresql():
    """A real server with a pgbouncer before it, which starts when a test first asks for it."""
    from outbox.server import running

    with running("--pgbouncer") as server:
        yield server


@pytest.fixture
def sandbox(_sandbox):
    _sandbox.control("DELETE", "faults")
    return _sandbox
