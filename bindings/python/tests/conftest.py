"""What the tests share: the vectors, and the sandbox, which is started once.

Environment: COUNTERSIGN_BIN, the path of the `countersign` command. The package is the installed one: `make python` installs
the wheel that it built."""

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import countersign.testing

ROOT = Path(__file__).resolve().parents[3]


def vectors(name):
    """The rows of a file of tests/vectors, as parameters of a test."""
    rows = json.loads((ROOT / "tests/vectors" / f"{name}.json").read_text("utf-8"))
    return pytest.mark.parametrize("row", rows, ids=lambda row: str(row.get("id") or row.get("name")))


def difference(there, due):
    """The lines around the first difference of two texts, each cut around its letters; nothing if they are the same."""
    if there == due:
        return ""
    pair = [text.splitlines(keepends=True) for text in (there, due)]
    at = len(os.path.commonprefix(pair))
    letter = max(0, len(os.path.commonprefix([line for lines in pair for line in lines[at : at + 1]])) - 70)
    shown = [f"line {at + 1}", *(f"  {line.rstrip()[:140]}" for line in pair[0][max(0, at - 2) : at])]
    for sign, lines in zip("-+", pair, strict=True):
        shown += [f"{sign} {line.rstrip()[letter : letter + 140]}" for line in lines[at : at + 1]] or [f"{sign} (the end)"]
        shown += [f"{sign} {line.rstrip()[:140]}" for line in lines[at + 1 : at + 4]]
    return "\n".join(shown)


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


class Sandbox(countersign.testing.Sandbox):
    """What these tests call otherwise."""

    accepted = countersign.testing.Sandbox.orders
    signs = countersign.testing.Sandbox.sign_customiser

    @property
    def spiff_keys(self):
        return {"base_url": self.spiff_url, **{key: self.ready["spiff"][key] for key in ("access_key", "secret_key")}}

    @property
    def sign_keys(self):
        return {"base_url": self.sign_customiser_url, "api_token": self.ready["sign_customiser"]["api_token"]}

    def transaction(self):
        return super().transaction()["transactionId"]

    def order(self, external_id):
        return super().order(external_id, amount=2)


started = Sandbox


def sign_order(external_id):
    return {
        "integration_id": 1,
        "external_id": external_id,
        "external_order_number": f"#{external_id}",
        "currency": "USD",
        "products": [{"external_id": "shop-sign", "quantity": 1, "price": 2999}],
    }


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


@pytest.fixture(scope="session")
def mariadb():
    from outbox.server import MariaDB, running

    with running(kind=MariaDB) as server:
        yield server


@pytest.fixture
def sandbox(_sandbox):
    _sandbox.control("DELETE", "faults")
    return _sandbox
