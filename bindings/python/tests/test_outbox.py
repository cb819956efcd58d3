"""The outbox: the conformance script over every kind of connection, and what hosts, drivers and servers do to it.

Environment: COUNTERSIGN_PAIRS=all, the script with autocommit and without over each driver."""

import contextlib
import copy
import datetime
import json
import logging
import os
import pickle
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg
import psycopg_pool
import pytest
from conftest import ROOT, python
from outbox.script import KINDS as ALL_KINDS
from psycopg.rows import class_row, dict_row, namedtuple_row, scalar_row, tuple_row

import countersign
from countersign import DatabaseError, Enqueued, _psycopg

HERE = Path(__file__).resolve().parent
# Whose other half, with autocommit or without, is run in any case.
HALVES = {"mysqlclient-off", "psycopg2", "pymysql", "session-psycopg2-off"}
KINDS = {name: of for name, of in ALL_KINDS.items() if name not in HALVES or os.environ.get("COUNTERSIGN_PAIRS") == "all"}


def outbox(store, sandbox, **more):
    return countersign.Outbox(store, {"shop": sandbox.spiff()}, **more)


@pytest.fixture
def prefix(postgresql, sandbox):
    """Of tables that are there."""
    prefix = postgresql.prefix()
    with postgresql.connect() as connection:
        outbox(connection, sandbox, prefix=prefix).install()
    return prefix


@pytest.fixture
def file(sandbox, tmp_path):
    """The path of a file of SQLite with its tables."""
    store = f"sqlite:{tmp_path}/outbox.db"
    outbox(store, sandbox, create=True, anywhere=True).install()
    return store


# The conformance script


@pytest.fixture(scope="module", autouse=True)
def conformance(postgresql, mariadb, tmp_path_factory):
    """All kinds at the same time, each with a sandbox and tables of its own: most of it is waiting, so the other tests run meanwhile."""
    running, env = {}, {**os.environ, "TMPDIR": str(tmp_path_factory.mktemp("conformance"))}
    try:
        for kind, (server, _) in KINDS.items():
            # What the host itself says is not prepared either.
            pooled = {"pooled": True, "prepare_threshold": None} if kind == "pgbouncer" else {}
            given = {None: {}, "mariadb": mariadb.arguments(), "postgresql": postgresql.arguments(**pooled)}[server]
            command = [sys.executable, str(HERE / "outbox/script.py"), kind, json.dumps(given)]
            running[kind] = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env)
        yield running
    finally:
        for process in running.values():
            process.kill()
            process.wait()
            process.stdout.close()


# Hosts, and what they set


def life(sandbox, connection, prefix):
    """The life of some orders over a host's connection, inside its transactions and outside."""
    box = outbox(connection, sandbox, prefix=prefix)
    order = sandbox.order(f"ö'\\\"%s{prefix}")
    text = "#🎈 é \\ ' \" %s %% ? $1 :p1"
    order["externalData"] = {"orderNumber": text}
    id = order["externalId"]
    with connection.transaction():
        assert box.enqueue(order) == Enqueued("new", "shop", id, "pending")
    with pytest.raises(ZeroDivisionError), connection.transaction():
        more = {**order, "orderItems": [{**order["orderItems"][0], "amountToOrder": 7}]}
        assert box.enqueue(more).status == "replaced"
        assert box.enqueue(sandbox.order(f"taken back {prefix}")).status == "new"
        raise ZeroDivisionError
    assert (box.get(id).flags, box.get(f"taken back {prefix}")) == ([], None)
    assert abs(box.get(id).created_at - time.time()) < 20
    assert (box.cancel(id), box.enqueue(order).status, box.enqueue(order).status) == ("cancelled", "revived", "known")
    connection.commit()
    drained = box.drain()
    assert (drained.placed, drained.unknown, drained.held, drained.next_due) == (1, 0, 0, None)
    (accepted,) = sandbox.accepted(id)
    assert accepted["externalData"]["orderNumber"] == text and accepted["items"][0]["amountToOrder"] == 2
    row = box.get(id)
    assert (row.state, row.remote_id, [one.external_id for one in box.list()]) == ("placed", accepted["id"], [id])
    assert box.check().durability == "full"
    connection.commit()
    assert connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
    assert box.drain(0).placed == 0


class Hostile(psycopg.Cursor):
    """A host's own, which is no use to anybody else."""

    def execute(self, *_, **__):
        raise AssertionError("the outbox has its own cursors")

    fetchall = fetchone = execute


HOSTS = {
    "autocommit": {},
    "autocommit off": {"autocommit": False},
    "dicts": {"row_factory": dict_row},
    "named tuples": {"row_factory": namedtuple_row, "autocommit": False},
    "scalars": {"row_factory": scalar_row},
    "objects": {"row_factory": class_row(dict)},
    "client cursors": {"cursor_factory": psycopg.ClientCursor},
    "raw cursors": {"cursor_factory": psycopg.RawCursor},
    "cursors of its own": {"cursor_factory": Hostile},
    "everything prepared": {"prepare_threshold": 0},
    "pgbouncer": {"pooled": True, "prepare_threshold": None},
    "pgbouncer, autocommit off": {"pooled": True, "prepare_threshold": None, "autocommit": False},
    "Latin 1": {"client_encoding": "latin1"},
    "no encoding": {"client_encoding": "SQL_ASCII"},
    "backslashes": {"options": "-c standard_conforming_strings=off -c escape_string_warning=off"},
    "another zone": {"options": "-c timezone=Asia/Kathmandu -c datestyle=SQL,DMY -c intervalstyle=iso_8601"},
    "asynchronous commits": {"options": "-c synchronous_commit=off"},
    "times": {"options": "-c statement_timeout=5s -c idle_in_transaction_session_timeout=5s -c lock_timeout=3s"},
    "plans": {"options": "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c jit=on -c jit_above_cost=0"},
    "repeatable read": {"options": "-c default_transaction_isolation=repeatable\\ read"},
    "serializable": {"options": "-c default_transaction_isolation=serializable", "autocommit": False},
    "no search path": {"options": "-c search_path=pg_catalog", "schema": True},
    "floats": {"options": "-c extra_float_digits=-15 -c bytea_output=escape"},
}


@pytest.mark.parametrize("host", HOSTS)
def test_whatever_the_host_set(sandbox, postgresql, prefix, host):
    set_up = dict(HOSTS[host])
    if set_up.pop("schema", False):
        prefix = f"public.{prefix}"
    with postgresql.connect(**set_up) as connection:
        own = {name: getattr(connection, name) for name in ("autocommit", "row_factory", "cursor_factory", "prepare_threshold", "isolation_level")}
        if host == "cursors of its own":
            # transaction() and the like go by way of the host's cursors.
            connection.execute = lambda *_: None
        life(sandbox, connection, prefix)
        assert {name: getattr(connection, name) for name in own} == own
        if not set_up.get("pooled"):
            with psycopg.Cursor(connection, row_factory=tuple_row) as cursor:
                assert cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%countersign_outbox%'", prepare=False).fetchone()[0] == 0


def test_the_adapters_of_the_host(sandbox, postgresql, prefix):
    """A host may load and dump its own way: texts as bytes, numbers as objects."""
    from psycopg.types.numeric import IntDumper
    from psycopg.types.string import StrDumper

    class Number:
        def __init__(self, text):
            self.text = text

        def __str__(self):
            return self.text

    class Numbers(psycopg.adapt.Loader):
        def load(self, data):
            return Number(bytes(data).decode())

    class Bytes(psycopg.adapt.Loader):
        def load(self, data):
            return bytes(data)

    with postgresql.connect() as connection:
        connection.adapters.register_dumper(str, StrDumper)
        connection.adapters.register_dumper(int, IntDumper)
        for name in ("int4", "int8", "numeric", "float8"):
            connection.adapters.register_loader(name, Numbers)
        for name in ("text", "varchar"):
            connection.adapters.register_loader(name, Bytes)
        life(sandbox, connection, prefix)


def test_pools_and_functions(sandbox, postgresql, prefix):
    taken = []
    with psycopg_pool.ConnectionPool(kwargs=postgresql.arguments(), min_size=2, max_size=4, open=True, configure=lambda c: taken.append(c)) as pool:
        box = outbox(pool, sandbox, prefix=prefix)
        first, second, third = (sandbox.order(f"{prefix}{n}") for n in range(3))
        # Without a connection it is committed when the pool has its own back.
        assert box.enqueue(first).status == "new" and postgresql.rows(prefix) == 1
        with pool.connection() as connection:
            assert box.enqueue(second, connection=connection).status == "new"
            assert box.cancel(first["externalId"], connection=connection) == "cancelled"
            assert box.import_("elsewhere", "77", connection=connection).status == "new"
            assert box.sweep([third], connection=connection).orders[0].status == "new"
            assert postgresql.rows(prefix) == 1
            connection.rollback()
        assert postgresql.rows(prefix) == 1
        with pool.connection() as connection:
            box.enqueue(second, connection=connection)
        assert box.drain().placed == 2
        # A drain leaves them as they were, whichever it took.
        assert not any(connection.autocommit for connection in taken) and pool.get_stats()["pool_available"] == pool.get_stats()["pool_size"]
        # What cannot be committed was not acknowledged.
        with postgresql.connect() as connection:
            connection.execute(f"ALTER TABLE {prefix}countersign_outbox ADD CONSTRAINT late UNIQUE (items_hash) DEFERRABLE INITIALLY DEFERRED")
        twin = {**third, "externalId": f"{prefix}twin"}
        box.enqueue(third)
        with pytest.raises(countersign.Error, match="late") as raised:
            box.enqueue(twin)
        assert raised.value.kind == "store" and box.get(f"{prefix}twin") is None
    with pytest.raises(countersign.Error, match="closed") as raised:
        box.enqueue(first)
    assert raised.value.kind == "store"
    # A function is asked for each call, in the thread that calls.
    asked = []

    def lent():
        asked.append(threading.get_ident())
        return connection

    with postgresql.connect() as connection:
        box = outbox(lent, sandbox, prefix=prefix)
        assert asked == []
        box.get("1")
        thread = threading.Thread(target=box.list)
        thread.start()
        thread.join()
        assert asked == [threading.get_ident(), thread.ident]
        assert box.enqueue_statement(third).sql.count("%s") == 10
    for wrong, words in ((lambda: None, "NoneType"), (lambda: lent, "another function")):
        with pytest.raises(countersign.InvalidInput, match=words):
            outbox(wrong, sandbox).list()


def test_a_statement_for_an_orm(sandbox, postgresql, prefix):
    order = sandbox.order(f"{prefix}orm")
    with postgresql.connect() as connection:
        box = outbox(connection, sandbox, prefix=prefix)
        for style, mark in (("format", "%s"), ("pyformat", "%(p1)s"), ("numeric_dollar", "$1"), ("named", ":p1"), ("numeric", ":1"), ("qmark", "?")):
            made = box.enqueue_statement(order, paramstyle=style)
            assert mark in made.sql and isinstance(made.params, dict if style in ("named", "pyformat") else list)
            if style in ("format", "pyformat"):
                connection.execute(made.sql, made.params)
            elif style == "numeric_dollar":
                psycopg.RawCursor(connection).execute(made.sql, made.params)
        assert box.enqueue_statement(order, dialect="mysql").sql.count("?") == 10
        assert (postgresql.rows(prefix), box.enqueue(order).status) == (1, "known")
        assert any("CREATE TABLE" in sql for sql in box.schema()) and "InnoDB" in "".join(box.schema("mysql"))


# Transactions


def test_a_transaction_that_is_taken_back_leaves_nothing(sandbox, postgresql, prefix):
    """Nor does one whose program is gone."""
    order = sandbox.order(f"{prefix}1")
    for how in ("rollback", "close", "kill"):
        connection = postgresql.connect(autocommit=False)
        assert outbox(connection, sandbox, prefix=prefix).enqueue(order).status == "new"
        if how == "kill":
            postgresql.value("SELECT pg_terminate_backend(%s)", connection.info.backend_pid)
        getattr(connection, "rollback" if how == "rollback" else "close")()
        connection.close()
        assert postgresql.rows(prefix) == 0
    with postgresql.connect() as connection:
        assert outbox(connection, sandbox, prefix=prefix).drain(0).placed == 0


def test_a_transaction_is_refused_where_none_may_be(sandbox, postgresql, prefix):
    order = sandbox.order(f"{prefix}1")

    def refused(box, words="commit first", kind="store"):
        for call in (box.drain, box.install):
            with pytest.raises(countersign.Error, match=words) as raised:
                call()
            assert raised.value.kind == kind

    with postgresql.connect() as connection:
        box = outbox(connection, sandbox, prefix=prefix)
        with connection.transaction():
            box.enqueue(order)
            refused(box)
            assert box.get(order["externalId"]).state == "pending"
        connection.execute("BEGIN")
        refused(box)
        # A statement that failed: nothing else can be done in there.
        with pytest.raises(psycopg.Error):
            connection.execute("SELECT 1/0")
        refused(box, "[Rr]oll back")
        for call in (lambda: box.enqueue(order), box.list, lambda: box.cancel("1")):
            with pytest.raises(countersign.Error, match="repeat the whole transaction"):
                call()
        connection.execute("ROLLBACK")
        with connection.pipeline():
            refused(box, "pipeline")
            with pytest.raises(countersign.Error, match="pipeline"):
                box.enqueue(order)
        with postgresql.connect(autocommit=False) as other:
            box = outbox(other, sandbox, prefix=prefix)
            other.execute("SELECT 1")
            refused(box)
            other.rollback()
            assert box.drain().placed == 1 and other.autocommit is False

    # A connection of another kind that says nothing of itself is asked by SQL, and one that commits has to say something.
    class Plain:
        dialect, paramstyle = "postgresql", "format"

        def __init__(self, connection):
            self.connection = connection

        def execute(self, sql, params, rows):
            cursor = self.connection.execute(sql, params)
            return cursor.fetchall() if rows else cursor.rowcount

    with postgresql.connect() as connection:
        plain = Plain(connection)
        box = outbox(plain, sandbox, prefix=prefix)
        with connection.transaction():
            box.enqueue(sandbox.order(f"{prefix}2"))
            refused(box)
        plain.commit = connection.commit
        refused(box, "in_transaction", "invalid_argument")
        plain.in_transaction = True
        refused(box)
        plain.in_transaction = False
        assert box.drain().placed == 1


@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
def test_what_a_snapshot_does_not_show(sandbox, postgresql, prefix, level):
    """A host whose transaction is older than somebody else's enqueue of the same order, or change of it."""
    order = sandbox.order(f"{prefix}{level}")
    changed = {**order, "orderItems": [{**order["orderItems"][0], "amountToOrder": 9}]}
    with postgresql.connect() as other, postgresql.connect() as connection:
        box, theirs = (outbox(one, sandbox, prefix=prefix) for one in (connection, other))
        connection.execute(f"BEGIN ISOLATION LEVEL {level}")
        assert box.list().rows == []
        theirs.enqueue(order)
        # 40001 is the host's: nothing of its transaction stands, and nobody repeats a part of it.
        try:
            assert box.enqueue(order).status == "known"
            told = None
        except countersign.Error as error:
            told = error
            assert error.kind == "store_busy" and "repeat the whole of it" in str(error)
        connection.execute("ROLLBACK")
        assert told is not None
        for n in (1, 2):
            connection.execute(f"BEGIN ISOLATION LEVEL {level}")
            assert box.get(order["externalId"]).state == "pending"
            if n == 1:
                assert theirs.cancel(order["externalId"]) == "cancelled"
                with pytest.raises(countersign.Error, match="repeat the whole of it") as raised:
                    box.enqueue(changed)
                assert raised.value.kind == "store_busy"
                connection.execute("ROLLBACK")
                theirs.enqueue(order)
            else:
                assert box.enqueue(changed).status == "replaced"
                connection.execute("COMMIT")
        assert theirs.drain().placed == 1 and sandbox.accepted(order["externalId"])[0]["items"][0]["amountToOrder"] == 9


ENQUEUES = """
import json, sys
import psycopg
import countersign

arguments, prefixes, orders = json.loads(sys.stdin.readline())
with psycopg.connect(**arguments, autocommit=True) as connection:
    for level, prefix in prefixes.items():
        connection.isolation_level = psycopg.IsolationLevel[level]
        box = countersign.Outbox(connection, {"shop": countersign.Spiff.from_env()}, prefix=prefix)
        print("ready", flush=True)
        sys.stdin.readline()
        told = []
        for order in orders:
            while True:
                try:
                    with connection.transaction():
                        told.append(box.enqueue(order).status)
                    break
                except psycopg.errors.SerializationFailure:
                    told.pop()
                except countersign.Error as error:
                    assert error.kind == "store_busy", error
        print(json.dumps(told), flush=True)
"""


def test_eight_processes_with_the_same_fifty_orders(sandbox, postgresql):
    prefixes = {level: postgresql.prefix() for level in ("READ_COMMITTED", "SERIALIZABLE")}
    with postgresql.connect() as connection:
        for prefix in prefixes.values():
            outbox(connection, sandbox, prefix=prefix).install()
    orders = [sandbox.order(f"eight-{n}") for n in range(50)]
    env = {**os.environ, **sandbox.ready["env"]}
    with contextlib.ExitStack() as stack:
        processes = []
        for _ in range(8):
            process = subprocess.Popen([sys.executable, "-c", ENQUEUES], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)
            stack.enter_context(process)
            stack.callback(process.kill)
            process.stdin.write(f"{json.dumps([postgresql.arguments(), prefixes, orders])}\n")
            process.stdin.flush()
            processes.append(process)
        for prefix in prefixes.values():
            for process in processes:
                assert process.stdout.readline() == "ready\n"
            # All at once.
            for process in processes:
                process.stdin.write("\n")
                process.stdin.flush()
            told = [status for process in processes for status in json.loads(process.stdout.readline())]
            assert (postgresql.rows(prefix), told.count("new"), told.count("known")) == (50, 50, 350)
        assert [process.wait(60) for process in processes] == [0] * 8


# Connections that break


class Breaking:
    """psycopg's connection, which breaks at its n-th statement: before the server has it, or when it was done and its answer is not here
    yet. Then there is another one."""

    dialect, paramstyle = "postgresql", "format"

    def __init__(self, postgresql, at, after):
        self.postgresql, self.at, self.after, self.count, self.broke = postgresql, at, after, 0, None
        self.connection = postgresql.connect()

    def execute(self, sql, params, rows):
        self.count += 1
        lent = _psycopg.Connection(self.connection)
        if self.count != self.at:
            return lent.execute(sql, params, rows)
        self.broke = sql
        if not self.after:
            with socket.socket(fileno=os.dup(self.connection.pgconn.socket)) as wire:
                wire.shutdown(socket.SHUT_RDWR)
        try:
            lent.execute(sql, params, rows)
            self.connection.close()
            raise DatabaseError("the answer is lost", lost=True)
        except DatabaseError as error:
            assert error.lost and not error.sqlstate and self.connection.closed, error
            self.connection = self.postgresql.connect()
            raise


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_connection_that_breaks_at_each_statement(sandbox, postgresql, prefix, after, monkeypatch):
    """What was acknowledged is there, and everything is placed once."""
    monkeypatch.setenv("COUNTERSIGN_OUTBOX_TEST_SCALE", "50")
    policy = {"lease": 50, "settle": 10, "gap": 5}
    broke, ids = [], []
    for at in range(1, 60):
        order = sandbox.order(f"{prefix}{after}-{at}")
        ids.append(order["externalId"])
        breaking = Breaking(postgresql, at, after)
        box = outbox(breaking, sandbox, prefix=prefix, policy=policy)
        try:
            try:
                assert box.enqueue(order).status in ("new", "known")
            except countersign.Error as error:
                assert error.kind == "store"
                assert box.enqueue(order).status in ("new", "known")
            try:
                box.drain(0.3, 1)
            except countersign.Error as error:
                assert error.kind in ("store", "store_busy"), error
        finally:
            breaking.connection.close()
        if breaking.broke is None:
            break
        broke.append(breaking.broke.split(" ")[0])
    assert {"SELECT", "INSERT", "UPDATE"} <= set(broke) and len(broke) < 59
    with postgresql.connect() as connection:
        box, until = outbox(connection, sandbox, prefix=prefix, policy=policy), time.monotonic() + 60
        while box.drain(2).next_due is not None and time.monotonic() < until:
            pass
        assert {row.external_id: row.state for row in box.list(limit=1000)} == dict.fromkeys(ids, "placed")
    assert [len(sandbox.accepted(id)) for id in ids] == [1] * len(ids)


@pytest.mark.parametrize("autocommit", [True, False])
def test_psycopg_says_what_broke(sandbox, postgresql, prefix, autocommit):
    for cut in ("close", "terminate"):
        connection = postgresql.connect(autocommit=autocommit)
        box = outbox(connection, sandbox, prefix=prefix)
        box.list()
        connection.commit()
        if cut == "close":
            connection.close()
        else:
            postgresql.value("SELECT pg_terminate_backend(%s)", connection.info.backend_pid)
        for call in (lambda: box.enqueue(sandbox.order("1")), box.drain, box.list):
            with pytest.raises(countersign.Error, match="closed|lost|terminat") as raised:
                call()
            assert raised.value.kind == "store"
        connection.close()


def test_a_drain_survives_a_server_that_starts_anew_behind_a_pool(sandbox, postgresql, prefix):
    arguments = postgresql.arguments(application_name=prefix)
    with psycopg_pool.ConnectionPool(kwargs=arguments, min_size=1, max_size=2, open=True, reconnect_timeout=30) as pool:
        box = outbox(pool, sandbox, prefix=prefix)
        box.enqueue(sandbox.order(f"{prefix}1"))
        assert postgresql.value("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = %s", prefix) > 0
        assert box.drain().placed == 1


# Signals


SIGNALS = """
import json, os, signal, sys, threading, time
import countersign

# A shell's job in the background ignores it, and so does what that starts.
signal.signal(signal.SIGINT, signal.default_int_handler)
store, arguments, prefix = json.loads(os.environ["GIVEN"])
if store is None:
    import psycopg
    store = psycopg.connect(**arguments)
box = countersign.Outbox(store, {"shop": countersign.Spiff.from_env()}, prefix=prefix)
order = os.environ["ORDER"]

class Ended(Exception):
    pass

def end(number, frame):
    raise Ended

signal.signal(signal.SIGTERM, end)
before = {number: signal.getsignal(number) for number in signal.valid_signals()}
number = signal.SIGTERM if os.environ["SIGNAL"] == "TERM" else signal.SIGINT
threading.Timer(float(os.environ["AFTER"]), os.kill, (os.getpid(), number)).start()
began = time.monotonic()
try:
    print(box.drain(60))
except (KeyboardInterrupt, Ended) as raised:
    print(type(raised).__name__, time.monotonic() - began)
assert before == {number: signal.getsignal(number) for number in signal.valid_signals()}
print(box.get(order).state)
"""


@pytest.mark.parametrize("over", ["file", "psycopg"])
@pytest.mark.parametrize("what", ["INT", "TERM"])
def test_a_signal_waits_for_the_order_under_way(sandbox, postgresql, prefix, file, over, what):
    """And ends a drain that waits at once."""
    store = outbox(file, sandbox, anywhere=True)
    given = json.dumps([file if over == "file" else None, postgresql.arguments(), prefix if over == "psycopg" else ""])

    def run(id, after):
        env = {**sandbox.ready["env"], "COUNTERSIGN_OUTBOX_ANYWHERE": "1", "GIVEN": given, "ORDER": id, "SIGNAL": what, "AFTER": str(after)}
        done = python(SIGNALS.replace("prefix=prefix)", "prefix=prefix, anywhere=True)"), env=env)
        assert done.returncode == 0, done.stderr
        said, state = done.stdout.splitlines()
        return said.split(" ")[0], float(said.split(" ")[1]), state

    with postgresql.connect() as connection:
        box = store if over == "file" else outbox(connection, sandbox, prefix=prefix)
        order, later = sandbox.order(f"{over}-{what}-{prefix}"), sandbox.order(f"{over}-{what}-{prefix}-later")
        box.enqueue(order)
        box.enqueue(later, due=time.time() + 30)
        sandbox.fault("accept_late", ms=1200)
        name = {"INT": "KeyboardInterrupt", "TERM": "Ended"}[what]
        # In the middle of the send.
        found, took, state = run(order["externalId"], 0.5)
        assert (found, state) == (name, "placed") and 1 < took < 10
        assert box.get(order["externalId"]).sends == len(sandbox.accepted(order["externalId"])) == 1
        # While it waits for what is due later.
        found, took, state = run(later["externalId"], 0.5)
        assert (found, state) == (name, "pending") and took < 3


# What is told


def test_what_is_held_is_told_and_logged(sandbox, postgresql, prefix, file, caplog, monkeypatch):
    caplog.set_level(logging.INFO, "countersign")
    unraisable = []
    monkeypatch.setattr(sys, "unraisablehook", unraisable.append)
    with postgresql.connect() as connection:
        for store, more in ((connection, {"prefix": prefix}), (file, {"anywhere": True})):
            told = []

            def on_held(row):
                told.append(row)
                raise ZeroDivisionError

            box = outbox(store, sandbox, on_held=on_held, **more)
            good, bad, taken = (sandbox.order(f"{prefix}{type(store).__name__}{n}") for n in range(3))
            sandbox.spiff().place_order({**taken, "externalId": f"{taken['externalId']}-by another way"})
            for order in (good, bad, taken):
                box.enqueue(order)
            sandbox.fault("status", status=422)
            caplog.clear()
            drained = box.drain(5)
            assert (drained.placed, drained.rejected, drained.held) == (1, 1, 1)
            (row,) = told
            assert (row.external_id, row.state, row.reason) == (taken["externalId"], "held", "already_ordered")
            assert box.get(row.external_id).is_alert and row in drained.changed
            records = {record.external_id: record for record in caplog.records if hasattr(record, "external_id")}
            assert {(one.state, one.levelname) for one in records.values()} == {("placed", "INFO"), ("rejected", "WARNING"), ("held", "WARNING")}
            assert records[taken["externalId"]].getMessage() == f"order {taken['externalId']} of shop is held"
            assert isinstance(unraisable.pop().exc_value, ZeroDivisionError) and not unraisable
            assert box.resolve(row.external_id, "drop", who="ana", why="ordered by hand").state == "cancelled"


def test_a_drain_that_is_stopped_tells_what_it_did(sandbox, file, caplog):
    """on_held is told between two orders, and what it raises beyond an Exception ends the drain there."""
    caplog.set_level(logging.INFO, "countersign")

    def on_held(row):
        raise KeyboardInterrupt

    box = outbox(file, sandbox, anywhere=True, on_held=on_held)
    taken, other = sandbox.order("stopped-1"), sandbox.order("stopped-2")
    sandbox.spiff().place_order({**taken, "externalId": "stopped-0"})
    box.enqueue(taken)
    box.enqueue(other)
    with pytest.raises(KeyboardInterrupt):
        box.drain(20)
    assert (box.get("stopped-1").state, box.get("stopped-2").state) == ("held", "pending")
    assert [record.external_id for record in caplog.records if hasattr(record, "external_id")] == ["stopped-1"]


def test_a_delivery_settles(sandbox, file):
    box = countersign.Outbox(file, {"shop": sandbox.spiff(), "signs": sandbox.signs()}, anywhere=True)
    from conftest import sign_order

    box.enqueue(sign_order("notified-1"), "signs")
    data = {"external_id": "notified-1", "order_id": 77}
    assert box.notify(topic="form:submitted", data={}, timestamp=time.time()) == "ignored"
    assert box.notify(topic="order:created", data={"external_id": "none"}, timestamp=time.time()) == "unknown"
    box.drain(5)
    assert box.notify(topic="order:created", data=data, timestamp=datetime.datetime.now(datetime.UTC)) == "placed"
    with pytest.raises(countersign.InvalidInput, match="Webhook.verify"):
        box.notify(topic="order:created")


# What is refused


def test_what_is_no_store_is_refused(sandbox, postgresql, file):
    accounts = {"shop": sandbox.spiff()}
    for store, words in (
        ("postgresql://shop@localhost/shop", "URLs are for the command"),
        ("sqlite:", "sqlite:PATH"),
        ("/var/lib/outbox.db", "sqlite:PATH"),
        (None, "builtins.NoneType: give sqlite:PATH"),
        (object(), "countersign.types.OutboxConnection"),
    ):
        with pytest.raises(countersign.InvalidInput, match=words):
            countersign.Outbox(store, accounts)
    with pytest.raises(countersign.Error, match="no such file") as raised:
        countersign.Outbox("sqlite:/tmp/not-there.db", accounts, anywhere=True)
    assert raised.value.kind == "store"
    with postgresql.connect() as connection:
        with pytest.raises(countersign.InvalidInput, match="AsyncOutbox|psycopg.AsyncConnection"):
            countersign.AsyncOutbox(connection, accounts)
        box = outbox(file, sandbox, anywhere=True)
        with pytest.raises(countersign.InvalidInput, match="a file of its own"):
            box.enqueue(sandbox.order("1"), connection=connection)
        for wrong, words in (
            ({"prefix": "a-b"}, "prefix"),
            ({"policy": {"leese": 3}}, "leese"),
            ({"policy": {"lease": 1}}, "lease"),
            ({"shop": "x" * 121}, "120 bytes"),
        ):
            with pytest.raises(countersign.InvalidInput, match=words):
                countersign.Outbox(connection, accounts, **wrong)
        for wrong, words in (({"shop": "key"}, "a str: give a client"), ({"Shop!": sandbox.spiff()}, "Shop!"), ({7: sandbox.spiff()}, "is a text")):
            with pytest.raises(countersign.InvalidInput, match=words):
                countersign.Outbox(connection, wrong)
        with pytest.raises(countersign.Error, match="install") as raised:
            countersign.Outbox(connection, accounts, prefix="none_").enqueue(sandbox.order("1"))
        assert raised.value.kind == "store"


def test_mistakes_in_a_call(sandbox, file):
    box = outbox(file, sandbox, anywhere=True)
    order = sandbox.order("mistakes")
    with pytest.raises(countersign.InvalidOrder) as raised:
        box.enqueue({"externalId": "1", "paid": "yes", "orderItems": []})
    assert {one["path"] for one in raised.value.problems} == {"paid", "orderItems"}
    # The paths of what JSON cannot say are those of the order.
    for wrong in ({**order, "orderItems": [{"amountToOrder": float("nan")}]}, {**order, "orderItems": [{"amountToOrder": datetime.datetime.now()}]}):
        with pytest.raises(countersign.InvalidOrder) as raised:
            box.enqueue(wrong)
        assert [one["path"] for one in raised.value.problems] == ["orderItems[0].amountToOrder"]
    for wrong in ("{", b"\xff", "", None, 7, "\ud800"):
        with pytest.raises((countersign.InvalidOrder, countersign.InvalidInput, UnicodeDecodeError)):
            box.enqueue(wrong)
    for due in (datetime.datetime(2030, 1, 1), float("nan"), 5, "tomorrow", True):
        with pytest.raises((countersign.InvalidInput, TypeError)):
            box.enqueue(order, due=due)
    for wrong in ({"account": "none"}, {"already": 7}, {"anyway": "yes"}, {"already": "x" * 300}):
        with pytest.raises(countersign.InvalidInput):
            box.enqueue(order, **wrong)
    for wrong in (lambda: box.drain(-1), lambda: box.drain(float("nan")), lambda: box.drain(max=1.5), lambda: box.drain(True), lambda: box.drain("20")):
        with pytest.raises(countersign.InvalidInput, match="whole number of orders"):
            wrong()
    for wrong in (lambda: box.list("lost"), lambda: box.list(after="x"), lambda: box.changes("yesterday"), lambda: box.resolve("none", "drop", who="a", why="b")):
        with pytest.raises(countersign.InvalidInput):
            wrong()
    with pytest.raises(countersign.InvalidInput, match="a list of orders"):
        box.sweep(order)
    assert len(box.list()) == 0
    swept = box.sweep(one for one in (order, {"externalId": "bad"}, {"externalId": float("nan")}, json.dumps(sandbox.order("text")), json.dumps(sandbox.order("bytes")).encode()))
    assert [type(one).__name__ for one in swept.orders] == ["Enqueued", "InvalidOrder", "InvalidOrder", "Enqueued", "Enqueued"]
    assert swept.orders[1].problems and swept.orders[1].outcome == "not_placed" and swept.orders[2].problems[0]["path"] == "externalId"
    assert len(box.list()) == 3


def test_due_and_already(sandbox, file):
    box = outbox(file, sandbox, anywhere=True)
    soon = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=5))) + datetime.timedelta(hours=1)
    box.enqueue(sandbox.order("due"), due=soon)
    assert box.get("due").due_at == int(soon.timestamp())
    box.enqueue(sandbox.order("already"), already="remote-7")
    box.enqueue(sandbox.order("true"), already=True)
    assert [(box.get(id).state, box.get(id).remote_id) for id in ("already", "true")] == [("placed", "remote-7"), ("placed", None)]
    assert box.drain(0.1).placed == 0 and not sandbox.accepted("already")
    assert box.get("due", body=True).body and box.get("due").body is None


def test_results_are_records(sandbox, file):
    box = outbox(file, sandbox, anywhere=True)
    box.enqueue(sandbox.order("record"))
    drained = box.drain(5)
    for made in (drained, box.get("record"), box.list(), box.check(), box.changes(), box.enqueue_statement(sandbox.order("s")), Enqueued("new", "shop", "1", "pending")):
        assert pickle.loads(pickle.dumps(made)) == copy.deepcopy(made) == made and type(made).__module__ == "countersign"
        with pytest.raises((AttributeError, TypeError)):
            made.state = 1
    assert drained.changed[0].external_id == "record" and [row.external_id for row in box.list()] == ["record"]
    error = DatabaseError("no", 7, "40001", True)
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.number, again.sqlstate, again.lost) == ("no", 7, "40001", True)
    assert repr(box).startswith("<countersign.Outbox over sqlite:")
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(box)


def test_accounts_are_kept(sandbox, file):
    """The outbox has its own way to the platform: the clients may be closed."""
    spiff = sandbox.spiff()
    box = countersign.Outbox(file, {"shop": spiff}, anywhere=True)
    spiff.close()
    box.enqueue(sandbox.order("kept"))
    assert box.drain(5).placed == 1
    with pytest.raises(countersign.Error, match="closed"):
        countersign.Outbox(file, {"shop": spiff}, anywhere=True)


def test_importing_it_brings_no_driver():
    code = """
import sys
import countersign
box = countersign.Outbox(lambda: None, {"shop": countersign.Spiff(application_key="k", region="us")})
countersign.AsyncOutbox
print([name for name in ("psycopg", "psycopg_pool", "typing", "sqlite3", "django") if name in sys.modules])
"""
    done = python(code)
    assert done.stdout.strip() in ("[]", "['typing']"), done.stdout + done.stderr


# Threads


def test_threads_share_a_file(sandbox, file):
    box = outbox(file, sandbox, anywhere=True)
    orders = [sandbox.order(f"threads-{n}") for n in range(40)]
    told, lock = [], threading.Lock()

    def enqueue(some):
        for order in some:
            done = box.enqueue(order).status
            with lock:
                told.append(done)

    threads = [threading.Thread(target=enqueue, args=(orders[n % 4 :: 4],)) for n in range(8)]
    threads += [threading.Thread(target=box.drain, args=(3,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    box.drain(5)
    assert told.count("new") == 40 and all(len(sandbox.accepted(order["externalId"])) == 1 for order in orders)


@pytest.mark.parametrize("over", ["file", "psycopg"])
def test_other_threads_go_on_during_a_drain(sandbox, postgresql, prefix, file, over):
    with postgresql.connect() as connection:
        box = outbox(file, sandbox, anywhere=True) if over == "file" else outbox(connection, sandbox, prefix=prefix)
        box.enqueue(sandbox.order(f"gil-{over}"))
        sandbox.fault("accept_late", ms=1500)
        thread = threading.Thread(target=box.drain, args=(5,))
        longest, begun = 0.0, time.monotonic()
        thread.start()
        steps, last = 0, begun
        while thread.is_alive():
            now = time.monotonic()
            longest, last, steps = max(longest, now - last), now, steps + 1
            time.sleep(0.001)
        assert time.monotonic() - begun > 1.4 and longest < 1 and steps > 100, f"{steps} steps, longest gap {longest:.3f} s"
        assert box.get(f"gil-{over}").state == "placed"


@pytest.mark.parametrize("kind", KINDS)
def test_the_conformance_script(conformance, kind):
    said = conformance[kind].communicate(timeout=300)[0]
    assert conformance[kind].returncode == 0, said
    done = {row["id"]: row["wrong"] for row in map(json.loads, said.splitlines())}
    rows = json.loads((ROOT / "tests/vectors/outbox.json").read_text("utf-8"))
    due = {row["id"] for row in rows if KINDS[kind][1] or "transaction" not in row.get("needs", [])}
    assert done.keys() == due and not any(done.values()), {name: wrong for name, wrong in done.items() if wrong}
