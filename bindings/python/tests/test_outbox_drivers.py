"""Connections of other drivers than psycopg 3, and SQLAlchemy's: what a host set on them, its transactions, threads, and how they break. The
conformance script over each is with test_outbox.py."""

import contextlib
import itertools
import json
import logging
import sqlite3
import threading
import time

import MySQLdb
import MySQLdb.cursors
import psycopg2
import psycopg2.extensions
import psycopg2.extras
import pymysql
import pymysql.cursors
import pytest
import sqlalchemy
from outbox import hosts
from sqlalchemy import text
from sqlalchemy.orm import Session, scoped_session, sessionmaker

import countersign
from countersign import Enqueued

TEXT = "#🎈 é \\ ' \" %s %% ? $1 :p1"
NUMBERS = itertools.count(1)


@pytest.fixture
def given(request, tmp_path):
    """What connect() of a driver is given."""

    def of(driver):
        if "sqlite" in driver:
            return str(tmp_path / "host.db")
        return request.getfixturevalue("mariadb" if "mysql" in driver else "postgresql").arguments()

    return of


@pytest.fixture
def made(sandbox):
    """An outbox over a host's. Each test has tables of its own."""
    prefix = f"d{next(NUMBERS)}_"

    def make(store, **more):
        return countersign.Outbox(store, {"shop": sandbox.spiff()}, prefix=prefix, **more)

    return make


@pytest.fixture
def order(sandbox):
    def make(**more):
        return {**sandbox.order(f"ö'\\\"%s-{next(NUMBERS)}"), **more}

    return make


def refused(box, words="commit first", kind="store"):
    for call in (box.drain, box.install):
        with pytest.raises(countersign.Error, match=words) as raised:
            call()
        assert raised.value.kind == kind


# Hosts, and what they set


SQL_MODE = "SET SESSION sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH'"
SQLITE = {
    "autocommit": {"isolation_level": None},
    "it begins": {},
    "it begins and locks": {"isolation_level": "IMMEDIATE"},
    "types": {"detect_types": sqlite3.PARSE_DECLTYPES | sqlite3.PARSE_COLNAMES},
    "without a cache of statements": {"cached_statements": 0},
}
MYSQL = {
    "autocommit": {"autocommit": True},
    "it begins": {},
    "modes": {"init_command": SQL_MODE},
    "Latin 1": {"charset": "latin1", "autocommit": True},
    "serializable": {"init_command": "SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE"},
    "found rows": {"client_flag": 2},
}
HOSTS = [
    *(("sqlite3", name, how) for name, how in SQLITE.items()),
    *((driver, name, how) for driver in ("pymysql", "mysqlclient") for name, how in MYSQL.items()),
    ("pymysql", "dicts", {"cursorclass": pymysql.cursors.SSDictCursor}),
    ("mysqlclient", "dicts", {"cursorclass": MySQLdb.cursors.SSDictCursor}),
    ("mysqlclient", "bytes", {"use_unicode": False, "charset": "utf8mb4"}),
    ("psycopg2", "autocommit", {"autocommit": True}),
    ("psycopg2", "it begins", {}),
    ("psycopg2", "dicts", {"cursor_factory": psycopg2.extras.RealDictCursor}),
    ("psycopg2", "serializable", {"options": "-c default_transaction_isolation=serializable"}),
    ("psycopg2", "pgbouncer", {"pooled": True}),
]


@pytest.mark.parametrize("driver, name, how", HOSTS, ids=[f"{driver}, {name}" for driver, name, _ in HOSTS])
def test_whatever_the_host_set(sandbox, given, made, order, driver, name, how, request):
    how = dict(how)
    where = given(driver)
    if how.pop("pooled", False):
        where = request.getfixturevalue("postgresql").arguments(pooled=True)
    connection = hosts.connect(driver, where, **how)
    host = hosts.Host(connection)
    before = None
    if driver == "sqlite3":
        connection.row_factory, connection.text_factory = sqlite3.Row, bytes
        before = connection.isolation_level
    if driver == "psycopg2":
        before = connection.autocommit
    box = made(connection)
    box.install()
    # Autocommit or not, and whatever the driver begins: this is the host's transaction.
    first = order(externalData={"orderNumber": TEXT})
    id = first["externalId"]
    begins = name not in ("autocommit", "Latin 1")

    def say(word):
        getattr(connection, word)() if begins else host.execute(word)

    if not begins:
        say("begin")
    assert box.enqueue(first) == Enqueued("new", "shop", id, "pending")
    say("rollback")
    assert box.get(id) is None
    say("rollback" if begins else "begin")
    assert box.enqueue(first).status == "new"
    assert (box.cancel(id), box.enqueue(first).status, box.enqueue(first).status) == ("cancelled", "revived", "known")
    say("commit")
    drained = box.drain()
    assert (drained.placed, drained.unknown, drained.held, drained.next_due) == (1, 0, 0, None)
    (accepted,) = sandbox.accepted(id)
    assert accepted["externalData"]["orderNumber"] == TEXT
    assert [(row.external_id, row.state) for row in box.list()] == [(id, "placed")]
    assert before == {"sqlite3": getattr(connection, "isolation_level", None), "psycopg2": getattr(connection, "autocommit", None)}.get(driver)
    # And the host goes on with its own settings.
    if "dicts" in name and "mysql" not in driver:
        connection.rollback()
        assert dict(host.execute("SELECT 1 AS one")[0]) == {"one": 1}
    connection.close()
    with pytest.raises(countersign.Error, match="(?i)closed|gone away|cannot be used|connection") as raised:
        box.list()
    assert raised.value.kind == "store"


# Transactions


@pytest.mark.parametrize("driver", ["sqlite3", "pymysql", "mysqlclient", "psycopg2"])
def test_a_transaction_is_refused_where_none_may_be(given, made, order, driver):
    with contextlib.closing(hosts.connect(driver, given(driver), **({"isolation_level": None} if driver == "sqlite3" else {"autocommit": True}))) as connection:
        host, box = hosts.Host(connection), made(connection)
        box.install()
        host.execute("BEGIN")
        box.enqueue(order())
        refused(box)
        # A refusal is no failure: what the host has begun is as it was.
        host.execute("COMMIT")
        assert (len(box.list()), box.drain().placed) == (1, 1)
    # Where the driver begins by itself, an enqueue is enough.
    with contextlib.closing(hosts.connect(driver, given(driver))) as connection:
        other = made(connection)
        other.install()
        other.enqueue(order())
        refused(other)
        connection.rollback()
        assert len(other.list()) == 1
        connection.rollback()
        assert other.drain(0).placed == 0


def test_a_failed_transaction_of_psycopg2(given, made, order):
    with contextlib.closing(hosts.connect("psycopg2", given("psycopg2"))) as connection:
        box = made(connection)
        box.install()
        with pytest.raises(psycopg2.Error):
            hosts.Host(connection).execute("SELECT 1/0")
        for call in (lambda: box.enqueue(order()), box.list, box.drain):
            with pytest.raises(countersign.Error, match="repeat the whole transaction"):
                call()
        connection.rollback()
        # In the block of a connection each statement would be part of one transaction, also with autocommit.
        connection.autocommit = True
        with connection:
            refused(box)
        assert box.drain(0).placed == 0


def test_a_connection_of_sqlite3_that_is_always_in_a_transaction(given, made):
    """Of Python 3.12 on."""

    class Always(sqlite3.Connection):
        autocommit = False

    connection = sqlite3.connect(given("sqlite"), factory=Always)
    refused(made(connection), "autocommit=True")
    connection.close()


# Threads


def test_a_connection_of_sqlite3_belongs_to_a_thread(given, made, order):
    connection, own = sqlite3.connect(given("sqlite")), threading.local()

    def of_thread():
        if not hasattr(own, "connection"):
            own.connection = sqlite3.connect(given("sqlite"), timeout=20)
        return own.connection

    box = made(connection)
    box.install()
    by_thread = made(of_thread)
    told = []

    def work():
        for one in (box, by_thread):
            try:
                told.append(len(one.list()))
            except countersign.Error as error:
                told.append(error)
        of_thread().close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert "a function that returns it" in str(told[0]) and told[0].kind == "store" and told[1] == 0
    connection.close()


def test_a_transaction_that_another_thread_begins_meanwhile(sandbox, given, made, order):
    """On a connection that threads share: what it takes back is nothing of the drain's."""
    with contextlib.closing(sqlite3.connect(given("sqlite"), check_same_thread=False, isolation_level=None)) as connection:
        box = made(connection)
        box.install()
        box.enqueue(order())
        sandbox.fault("accept_late", ms=1000)
        told = []

        def work():
            try:
                box.drain(5)
            except countersign.Error as error:
                told.append(error)

        thread = threading.Thread(target=work)
        thread.start()
        time.sleep(0.5)
        connection.execute("BEGIN")
        thread.join()
        assert told and "commit first" in str(told[0])
        connection.execute("ROLLBACK")
        (row,) = box.list()
        assert (row.state, row.sends) == ("sending", 1)


# Connections that break


class Breaking:
    """A driver's connection, which the server ends at its n-th statement: before it has that, or when it was done and its answer is not
    here yet. Then there is another one."""

    def __init__(self, lender, connect, kill, at, after):
        self.dialect, self.paramstyle, self.lender = lender.dialect, lender.paramstyle, lender
        self.connect, self.kill, self.at, self.after = connect, kill, at, after
        self.count, self.broke, self.connection = 0, None, connect()

    def execute(self, sql, params, rows):
        self.count += 1
        lent = self.lender(self.connection)
        if self.count != self.at:
            return lent.execute(sql, params, rows)
        self.broke = sql
        if self.after:
            lent.execute(sql, params, rows)
        self.kill(self.connection)
        try:
            lent.execute("SELECT 1", [], True) if self.after else lent.execute(sql, params, rows)
            raise AssertionError("it did not break")
        except countersign.DatabaseError as error:
            # The server's own number or state says so, where it could; otherwise the driver.
            assert error.lost or error.number in (1927, 2006, 2013, 4031) or error.sqlstate.startswith("57P"), (error, error.number, error.sqlstate)
            self.connection.close()
            self.connection = self.connect()
            raise


@pytest.mark.parametrize("driver, after", [("mysqlclient", False), ("psycopg2", True)])
def test_a_connection_that_breaks_at_each_statement(sandbox, request, given, made, order, driver, after, monkeypatch):
    """What was acknowledged is there, and everything is placed once."""
    monkeypatch.setenv("COUNTERSIGN_OUTBOX_TEST_SCALE", "50")
    from countersign import _mysql, _psycopg2

    lender = {"mysqlclient": _mysql.Mysqlclient, "psycopg2": _psycopg2.Connection}[driver]

    def connect():
        return hosts.connect(driver, given(driver), autocommit=True)

    def kill(connection):
        if driver == "psycopg2":
            request.getfixturevalue("postgresql").value("SELECT pg_terminate_backend(%s, 5000)", connection.info.backend_pid)
        else:
            with contextlib.suppress(pymysql.Error):
                request.getfixturevalue("mariadb").execute(f"KILL {connection.thread_id()}")
            time.sleep(0.02)

    policy, broke, ids = {"lease": 50, "settle": 10, "gap": 5}, [], []
    with contextlib.closing(connect()) as connection:
        made(connection).install()
    for at in range(1, 60):
        one = order()
        ids.append(one["externalId"])
        breaking = Breaking(lender, connect, kill, at, after)
        box = made(breaking, policy=policy)
        try:
            try:
                assert box.enqueue(one).status in ("new", "known")
            except countersign.Error as error:
                assert error.kind == "store", error
                assert box.enqueue(one).status in ("new", "known")
            with contextlib.suppress(countersign.Error):
                box.drain(0.15, 1)
        finally:
            breaking.connection.close()
        if breaking.broke is None:
            break
        broke.append(breaking.broke.split(" ")[0])
    assert {"SELECT", "INSERT", "UPDATE"} <= set(broke) and len(broke) < 59
    with contextlib.closing(connect()) as connection:
        box, until = made(connection, policy=policy), time.monotonic() + 60
        while box.drain(2).next_due is not None and time.monotonic() < until:
            pass
        assert {row.external_id: row.state for row in box.list(limit=1000)} == dict.fromkeys(ids, "placed")
    assert [len(sandbox.accepted(id)) for id in ids] == [1] * len(ids)


def test_locks_of_others(given, made, order):
    """Each driver tells the number by which the outbox knows what happened."""
    with contextlib.closing(sqlite3.connect(given("sqlite"), timeout=0.1)) as connection, contextlib.closing(sqlite3.connect(given("sqlite"))) as other:
        box = made(connection)
        box.install()
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(countersign.Error, match="locked by somebody else") as raised:
            box.enqueue(order())
        assert raised.value.kind == "store_busy"
    wait = {"init_command": "SET SESSION innodb_lock_wait_timeout = 0"}
    with (
        contextlib.closing(hosts.connect("mysqlclient", given("mysqlclient"), **wait)) as connection,
        contextlib.closing(hosts.connect("pymysql", given("pymysql"))) as other,
    ):
        box, first = made(connection), order()
        box.install()
        box.enqueue(first)
        connection.commit()
        assert made(other).cancel(first["externalId"]) == "cancelled"
        with pytest.raises(countersign.Error, match="locked by somebody else") as raised:
            box.cancel(first["externalId"])
        assert raised.value.kind == "store_busy"


# SQLAlchemy

URLS = {"sqlite": "sqlite", "pymysql": "mysql+pymysql", "mysqlclient": "mariadb+mysqldb", "psycopg2": "postgresql+psycopg2", "psycopg": "postgresql+psycopg"}


@pytest.fixture(params=URLS)
def engine(request, given):
    made = hosts.engine(URLS[request.param], given(request.param))
    yield made
    made.dispose()


def test_a_session_and_its_outbox(sandbox, engine, made, order):
    box = made(engine)
    box.install()
    first, second, third = order(externalData={"orderNumber": TEXT}), order(), order()
    with Session(engine) as session:
        assert box.enqueue(first, connection=session).status == "new"
        assert session.in_transaction()
        refused(made(session))
        session.rollback()
        assert box.get(first["externalId"]) is None
        box.enqueue(first, connection=session)
        with contextlib.suppress(ZeroDivisionError), session.begin_nested():
            box.enqueue(second, connection=session)
            raise ZeroDivisionError
        session.commit()
    assert [row.external_id for row in box.list()] == [first["externalId"]]
    with engine.connect() as connection:
        box.enqueue(second, connection=connection)
        # Without commit() nothing is there, as SQLAlchemy has it.
    assert box.get(second["externalId"]) is None
    with engine.connect() as connection:
        box.enqueue(second, connection=connection)
        connection.commit()
    with engine.begin() as connection:
        box.cancel(second["externalId"], connection=connection)
        refused(made(connection))
    # Without connection= it is committed by itself.
    box.enqueue(third)
    with engine.connect() as connection:
        before = connection.connection.driver_connection
        assert made(connection).drain().placed == 2
        # It is as it was.
        assert connection.connection.driver_connection is before and not connection.in_transaction()
        connection.execute(text("SELECT 1"))
        connection.rollback()
    assert {row.external_id: row.state for row in box.list()} == {
        first["externalId"]: "placed",
        second["externalId"]: "cancelled",
        third["externalId"]: "placed",
    }
    assert sandbox.accepted(first["externalId"])[0]["externalData"]["orderNumber"] == TEXT
    with Session(engine) as session:
        assert made(session).drain(0).placed == 0 and not session.in_transaction()


def test_a_statement_for_a_session(engine, made, order):
    box, one = made(engine), order(externalData={"orderNumber": TEXT})
    box.install()
    statement = box.enqueue_statement(one)
    with Session(engine) as session:
        session.execute(text(statement.sql), statement.params)
        session.commit()
    assert (box.enqueue(one).status, len(box.list())) == ("known", 1)
    assert box.enqueue_statement(one, paramstyle="qmark").sql.count("?") == 10


def test_autocommit_of_an_engine(engine, made, order):
    engine = engine.execution_options(isolation_level="AUTOCOMMIT")
    box, one = made(engine), order()
    box.install()
    with engine.connect() as connection:
        box.enqueue(one, connection=connection)
    assert box.get(one["externalId"]).state == "pending" and box.drain().placed == 1


def test_what_sqlalchemy_shows_holds_no_order(engine, made, order, caplog):
    engine.echo = True
    with caplog.at_level(logging.DEBUG, "sqlalchemy"):
        box = made(engine)
        box.install()
        box.enqueue(order(externalData={"orderNumber": "a secret of the shopper"}))
        assert box.drain().placed == 1
        with engine.connect() as connection:
            connection.execute(text("SELECT 'seen'"))
    assert "seen" in caplog.text and "secret" not in caplog.text


def test_a_pool_whose_connections_broke(engine, request, made, order):
    if engine.dialect.name == "sqlite":
        return
    box = made(engine)
    box.install()
    with engine.connect() as connection:
        host = connection.connection.driver_connection
        if engine.dialect.name == "postgresql":
            request.getfixturevalue("postgresql").value("SELECT pg_terminate_backend(%s, 5000)", host.info.backend_pid)
        else:
            request.getfixturevalue("mariadb").execute(f"KILL {host.thread_id()}")
            time.sleep(0.05)
    for call in (lambda: box.enqueue(order()), box.drain):
        # Once it says so, and then there is another one.
        with contextlib.suppress(countersign.Error):
            call()
        call()
    assert len(box.list("placed")) >= 1
    engine.dispose()


def test_what_of_sqlalchemy_is_refused(given, made, order):
    engine = hosts.engine("sqlite", given("sqlite"))
    with pytest.raises(countersign.InvalidInput, match="sessionmaker.*give its Engine"):
        made(sessionmaker(engine))
    # A scoped_session is a function, which returns the session of a thread.
    sessions = scoped_session(sessionmaker(engine))
    box = made(sessions)
    box.install()
    box.enqueue(order())
    sessions().commit()
    assert len(box.list()) == 1
    sessions.remove()
    engine.dispose()

    class Wrapped:
        """The connection of a driver that nobody knows."""

        def __init__(self):
            self.connection = sqlite3.connect(":memory:", check_same_thread=False)

        def __getattr__(self, name):
            return getattr(self.connection, name)

    strange = sqlalchemy.create_engine("sqlite://", creator=Wrapped, poolclass=sqlalchemy.StaticPool)
    with pytest.raises(countersign.InvalidInput, match="SQLAlchemy's driver is pysqlite, which the outbox does not know"):
        made(strange).list()
    strange.dispose()
    strange.dialect.name = "oracle"
    with pytest.raises(countersign.InvalidInput, match="dialect oracle is unknown"):
        made(strange).schema()
    away = hosts.engine("postgresql+psycopg2", {"host": "127.0.0.1", "port": 9, "user": "u", "password": "p", "dbname": "d"})
    with pytest.raises(countersign.Error, match="The store failed") as raised:
        made(away).list()
    assert raised.value.kind == "store"
    with pytest.raises(countersign.InvalidInput, match="Outbox takes what blocks"):
        countersign.AsyncOutbox(engine, {})


def test_importing_it_brings_no_driver():
    """Nor does a connection of one bring the others."""
    from conftest import python

    code = """
import json, sqlite3, sys
import countersign
box = countersign.Outbox(sqlite3.connect(":memory:"), {"shop": countersign.Spiff(application_key="k", region="us")})
box.install()
print(json.dumps([name for name in ("psycopg", "psycopg2", "pymysql", "MySQLdb", "sqlalchemy", "django") if name in sys.modules]))
"""
    done = python(code)
    assert json.loads(done.stdout) == [], done.stderr
