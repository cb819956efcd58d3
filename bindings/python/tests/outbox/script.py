"""Runs the rows of tests/vectors/outbox.json over one kind of connection, with a sandbox of its own: python script.py KIND ARGUMENTS
A line of JSON for each row: its id, and what went wrong or null. ARGUMENTS: of the driver's connect(), as JSON.

Environment: COUNTERSIGN_ROW, the id of one row."""

import asyncio
import contextlib
import dataclasses
import hashlib
import hmac
import inspect
import json
import os
import re
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import psycopg_pool

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from conftest import ROOT, started
from outbox.hosts import HOSTS, host

import countersign

# Over which server, and whether they can stand in a transaction of a host's. Autocommit is off where it says so.
KINDS = {
    "file": (None, False),
    "psycopg": ("postgresql", True),
    "psycopg-off": ("postgresql", True),
    "own": ("postgresql", True),
    "own-off": ("postgresql", True),
    "pool": ("postgresql", False),
    "pgbouncer": ("postgresql", True),
    "async-file": (None, False),
    "async-psycopg": ("postgresql", True),
    "async-psycopg-off": ("postgresql", True),
    "async-own": ("postgresql", True),
    "async-pool": ("postgresql", False),
    **{kind: (server, not kind.startswith("engine-")) for kind, (server, _) in HOSTS.items()},
}


class Own:
    """A connection of another driver, as a host would write it. It is psycopg's all the same, with its own cursors."""

    dialect = "postgresql"

    def __init__(self, connection):
        self.connection = connection
        self.paramstyle = "pyformat"
        if not connection.autocommit:
            self.commit = connection.commit

    @property
    def in_transaction(self):
        if self.connection.autocommit:
            raise AttributeError("it is asked by SQL")
        return self.connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE

    def execute(self, sql, params, rows):
        assert set(params) == {f"p{n}" for n in range(1, len(params) + 1)}
        try:
            cursor = self.connection.execute(sql, params)
            return cursor.fetchall() if rows else cursor.rowcount
        except psycopg.Error as error:
            lost = error.sqlstate is None and self.connection.closed
            raise countersign.DatabaseError(str(error), sqlstate=error.sqlstate or "", lost=lost) from error


class AsyncOwn(Own):
    def __init__(self, connection):
        self.connection = connection
        self.paramstyle = None

    async def execute(self, sql, params, rows):
        try:
            cursor = psycopg.AsyncRawCursor(self.connection)
            await cursor.execute(sql, params)
            return await cursor.fetchall() if rows else cursor.rowcount
        except psycopg.Error as error:
            lost = error.sqlstate is None and self.connection.closed
            raise countersign.DatabaseError(str(error), sqlstate=error.sqlstate or "", lost=lost) from error


class Script:
    def __init__(self, sandbox, kind, arguments):
        self.sandbox, self.kind, self.number = sandbox, kind, 0
        self.loop = asyncio.new_event_loop()
        self.arguments = {**arguments, "autocommit": not kind.endswith("-off")}
        self.folder = tempfile.TemporaryDirectory()
        self.awaited = kind.startswith("async-")
        of = kind.removeprefix("async-").removesuffix("-off")
        self.host = None
        if of == "file":
            return
        if kind in HOSTS:
            self.host = host(kind, arguments, self.folder.name)
            self.store = self.host.store
            return
        if self.awaited:
            self.host = self.end(psycopg.AsyncConnection.connect(**self.arguments))
        else:
            self.host = psycopg.connect(**self.arguments)
        if of == "pool":
            # Few: each statement meets another one's leavings.
            pool = psycopg_pool.AsyncConnectionPool if self.awaited else psycopg_pool.ConnectionPool
            self.store = pool(kwargs=self.arguments, min_size=2, max_size=2, open=False)
            self.end(self.store.open())
        elif of == "own":
            self.store = (AsyncOwn if self.awaited else Own)(self.host)
        else:
            self.store = self.host

    def end(self, result):
        return self.loop.run_until_complete(result) if inspect.isawaitable(result) else result

    def close(self):
        if self.kind.endswith("pool"):
            self.end(self.store.close())
        if self.host:
            self.end(self.host.close())
        self.loop.run_until_complete(self.loop.shutdown_asyncgens())
        self.loop.close()
        self.folder.cleanup()

    def run(self, row):
        self.sandbox.control("POST", "reset")
        self.now, self.designs, self.kept = int(time.time()), {}, {}
        self.number += 1
        self.open = False
        # Where a row says nothing, no time of the policy is short enough for a busy machine to meet.
        os.environ["COUNTERSIGN_OUTBOX_TEST_SCALE"] = str(row.get("scale", 1))
        accounts = {
            name: self.sandbox.spiff() if platform == "spiff" else self.sandbox.signs()
            for name, platform in row.get("accounts", {"shop": "spiff"}).items()
        }
        self.outbox = self.make(accounts, row.get("policy", {}))
        for at, step in enumerate(row["steps"]):
            try:
                self.step(step)
                if not self.open and self.kind.endswith("-off"):
                    # The driver began a transaction by itself: the host ends it.
                    self.end(self.host.commit())
            except Exception as error:
                raise AssertionError(f"step {at} ({json.dumps(step)}): {type(error).__name__}: {error}") from error
        if self.open:
            self.execute("ROLLBACK")

    def make(self, accounts, policy):
        """An outbox with an empty store."""
        make = countersign.AsyncOutbox if self.awaited else countersign.Outbox
        if not self.host:
            return make(f"sqlite:{self.folder.name}/{self.number}.db", accounts, policy=policy, create=True, anywhere=True)
        # The first row makes tables, and the second; the others empty those: a server has hundreds of files for what is made and dropped.
        prefix = f"{self.kind.replace('-', '_')}_{min(self.number, 2)}_"
        if self.number > 2:
            for table in ("", "_design", "_account", "_meta"):
                self.execute(f"DELETE FROM {prefix}countersign_outbox{table}")
            if self.kind.endswith("-off"):
                self.end(self.host.commit())
        return make(self.store, accounts, prefix=prefix, policy=policy)

    def step(self, step):
        match next(iter(step)):
            case "do":
                self.perform(step)
            case "begin":
                self.execute("SELECT 1" if "psycopg-off" in self.kind or "own-off" in self.kind else "BEGIN")
                self.open = True
            case "commit" | "rollback" as word:
                self.execute(word)
                self.open = False
            case "execute":
                sql, params = map(self.filled, step["execute"])
                if isinstance(self.store, Own):
                    self.end(self.store.execute(sql, params, False))
                else:
                    self.execute(sql, params)
            case "sandbox":
                self.sandbox.control("POST", "faults", {"target": "order", **step["sandbox"]})
            case "wait":
                time.sleep(step["wait"])
            case "accepted":
                for external_id, times in step["accepted"].items():
                    assert len(self.sandbox.accepted(external_id)) == times, f"how often {external_id} was accepted"
            case "received":
                for external_id, due in step["received"].items():
                    self.fits(self.sandbox.accepted(external_id)[0], due, external_id)
            case word:
                raise AssertionError(f"this runner does not know {word}")

    def execute(self, sql, params=None):
        self.end(self.host.execute(sql, params))

    def perform(self, step):
        try:
            answer = plain(self.end(self.call(step["do"], self.filled(step.get("input", {})))))
        except countersign.Error as error:
            if "error" not in step:
                raise
            due = step["error"]
            assert error.kind == due["kind"], f"{error.kind}: {error}"
            assert due.get("contains", "") in f"{error} {error.next_step}", f"{error} {error.next_step}"
            if "problems" in due:
                assert sorted(one["path"] for one in error.problems) == sorted(due["problems"]), error.problems
            return
        assert "error" not in step, f"no error, but {answer}"
        if "answer" in step:
            self.fits(answer, step["answer"], step["do"])
        for name in step.get("lacks", []):
            assert answer.get(name) is None, name
        for name, member in step.get("keep", {}).items():
            self.kept[name] = answer[member]

    def fits(self, got, due, where):
        """An object has at least these members, a list as many items; the rest is the value itself."""
        due = self.filled(due) if isinstance(due, str) else due
        if due == "{any}":
            assert got is not None, f"{where}: it is null"
        elif isinstance(due, dict):
            assert isinstance(got, dict), f"{where}: {got} is no object"
            for name, value in due.items():
                self.fits(got.get(name), value, f"{where}.{name}")
        elif isinstance(due, list):
            assert isinstance(got, list) and len(got) == len(due), f"{where}: {got}, due are {len(due)}"
            for at, value in enumerate(due):
                self.fits(got[at], value, f"{where}[{at}]")
        else:
            assert (type(got), got) == (type(due), due), f"{where}: {got!r}, due is {due!r}"

    def filled(self, value):
        if isinstance(value, dict):
            return {name: self.filled(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self.filled(item) for item in value]
        found = isinstance(value, str) and re.fullmatch(r"\{(?:(now)([+-]\d+)?|design:(\w+)|(\w+))\}", value)
        if not found:
            return value
        now, shift, design, kept = found.groups()
        if now:
            return self.now + int(shift or 0)
        if design:
            return self.designs.setdefault(design, None) or self.designs.update({design: self.sandbox.transaction()}) or self.designs[design]
        return self.kept.get(kept, value)

    def call(self, operation, members):
        """An operation by its name, through the method that a shop calls."""
        if operation == "notify":
            return self.outbox.notify(self.event(**members))
        method = getattr(self.outbox, "import_" if operation == "import" else operation, None)
        with contextlib.suppress(TypeError):
            # Names and inputs that no method takes go to where all methods come.
            inspect.signature(method).bind(**members)
            return method(**members)
        return self.outbox._run(operation, lambda answer: answer, **members)

    def event(self, topic, data, timestamp):
        """A delivery as the platform signs it."""
        names = {"order:created": "order", "form:submitted": "form_submission"}
        body = json.dumps({names[topic]: data}).encode()
        secret = self.sandbox.ready["sign_customiser"]["webhook_secret"]
        signature = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
        headers = {"X-Webhook-Timestamp": str(timestamp), "X-Webhook-Signature": signature}
        return countersign.Webhook(secret).verify(headers, body, now=timestamp)


def plain(value):
    """Results as the core's own JSON."""
    if isinstance(value, countersign.Error):
        return {"error": {"kind": value.kind}}
    if dataclasses.is_dataclass(value):
        members = {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        if "rows" in members:
            members["orders"] = members.pop("rows")
        return members
    if isinstance(value, list):
        return [plain(item) for item in value]
    return {name: plain(item) for name, item in value.items()} if isinstance(value, dict) else value


def main():
    kind, arguments = sys.argv[1], json.loads(sys.argv[2])
    rows = json.loads((ROOT / "tests/vectors/outbox.json").read_text("utf-8"))
    only = os.environ.get("COUNTERSIGN_ROW")
    with started() as sandbox:
        script = Script(sandbox, kind, arguments)
        for row in rows:
            if (only and row["id"] != only) or ("transaction" in row.get("needs", []) and not KINDS[kind][1]):
                continue
            began, wrong = time.monotonic(), None
            try:
                script.run(row)
            except AssertionError as error:
                wrong = str(error)
            print(json.dumps({"id": row["id"], "wrong": wrong, "seconds": round(time.monotonic() - began, 1)}), flush=True)
        script.close()


if __name__ == "__main__":
    main()
