"""The outbox over Django's connections: the conformance script, transactions, aliases, threads, and what hosts and servers do to it."""

import asyncio
import json
import logging
import os
import subprocess
import sys
import threading
import time
import unittest
from pathlib import Path

import pytest
from conftest import ROOT

import countersign
from countersign import Enqueued

sys.path.insert(0, str(Path(__file__).resolve().parent / "django"))
pytest_plugins = ["django_fixtures"]

HERE = Path(__file__).resolve().parent / "django"


def pay(using, id):
    from django.db import connections

    with connections[using].cursor() as cursor:
        cursor.execute("INSERT INTO payments (id) VALUES (%s)", [id])


def paid(using):
    from django.db import connections

    with connections[using].cursor() as cursor:
        cursor.execute("SELECT id FROM payments ORDER BY id")
        return [id for (id,) in cursor.fetchall()]


def ids(box):
    return [row.external_id for row in box.list()]


# The conformance script


KINDS = ["postgresql", "postgresql-off", "pool", "pgbouncer", "mysqlclient", "pymysql-off", "sqlite"]


@pytest.fixture(scope="session")
def conformance(postgresql, mariadb, tmp_path_factory):
    """All kinds at the same time, each with a sandbox and a database of its own: most of it is waiting."""
    import django_project

    running = {}
    try:
        mariadb.execute(*(f"CREATE DATABASE `django-{kind}`" for kind in KINDS if "mysql" in kind))
        for kind in KINDS:
            with postgresql.connect() as connection:
                connection.execute(f'CREATE DATABASE "django-{kind}"')
            server = postgresql.arguments(pooled=kind == "pgbouncer", dbname=f"django-{kind}")
            databases = django_project.databases(server, tmp_path_factory.mktemp(kind))
            databases |= {name: {**databases["default"], "DISABLE_SERVER_SIDE_CURSORS": True} for name in ("postgresql", "pgbouncer")}
            databases |= django_project.mysql(mariadb.arguments(), f"django-{kind}")
            env = {**os.environ, "DATABASES": json.dumps(databases)}
            command = [sys.executable, str(HERE / "conform.py"), kind]
            running[kind] = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env)
        yield running
    finally:
        for process in running.values():
            process.kill()
            process.wait()
            process.stdout.close()


# Begun here, and looked at by the last test of this file.
def test_the_conformance_script_begins(conformance):
    assert all(process.poll() is None for process in conformance.values())


# Transactions


def test_an_order_is_there_if_the_payment_is(box, using, sandbox):
    from django.db import transaction

    with transaction.atomic(using):
        pay(using, "1")
        assert box.enqueue(sandbox.order("1")) == Enqueued("new", "shop", "1", "pending")
    with pytest.raises(ZeroDivisionError), transaction.atomic(using):
        pay(using, "2")
        box.enqueue(sandbox.order("2"))
        more = {**sandbox.order("1"), "externalData": {"orderNumber": "7"}}
        assert box.enqueue(more).status == "replaced"
        raise ZeroDivisionError
    assert (paid(using), ids(box), box.get("1").flags) == (["1"], ["1"], [])
    with pytest.raises(countersign.InvalidOrder), transaction.atomic(using):
        pay(using, "3")
        box.enqueue({"externalId": "3"})
    assert paid(using) == ["1"]
    # An order that breaks rules touches no table: the host may go on.
    with transaction.atomic(using):
        with pytest.raises(countersign.InvalidOrder):
            box.enqueue({"externalId": "3"})
        pay(using, "3")
    assert (paid(using), ids(box)) == (["1", "3"], ["1"])


def test_savepoints(box, using, sandbox):
    from django.db import transaction

    with transaction.atomic(using):
        box.enqueue(sandbox.order("outer"))
        with pytest.raises(ZeroDivisionError), transaction.atomic(using):
            box.enqueue(sandbox.order("inner"))
            raise ZeroDivisionError
        with transaction.atomic(using):
            box.enqueue(sandbox.order("kept"))
        assert box.get("inner") is None
        pay(using, "outer")
    assert (ids(box), paid(using)) == (["outer", "kept"], ["outer"])


def test_a_drain_is_part_of_no_transaction(box, using, sandbox):
    from django.db import connections, transaction

    with transaction.atomic(using):
        box.enqueue(sandbox.order("1"))
        for alone in (box.drain, box.install):
            with pytest.raises(countersign.Error, match=f'transaction is open on the database "{using}".*ATOMIC_REQUESTS') as refused:
                alone()
            assert refused.value.kind == "store"
        # A refusal is no failure: the payment stays.
        pay(using, "1")
    with connections[using].cursor() as cursor:
        cursor.execute("BEGIN")
    try:
        with pytest.raises(countersign.Error, match="A transaction is open on the database"):
            box.drain()
    finally:
        connections[using].rollback()
    assert (box.drain().placed, paid(using), len(sandbox.accepted("1"))) == (1, ["1"], 1)


@pytest.mark.parametrize("using", ["postgresql-off", "sqlite-off"])
def test_without_autocommit_each_step_of_a_drain_is_committed(project, using, sandbox):
    from django.db import connections

    host, box = connections[using], project.make_outbox(using)
    box.install()
    box.enqueue(sandbox.order("1"))
    with pytest.raises(countersign.Error, match="autocommit is off: commit first"):
        box.drain()
    host.rollback()
    assert box.get("1") is None
    box.enqueue(sandbox.order("1"))
    host.commit()
    statements = []

    def watch(execute, sql, params, many, context):
        # Each statement finds what the one before left: nothing is open.
        driver = host.connection
        statements.append(driver.in_transaction if "sqlite" in using else driver.info.transaction_status != 0)
        return execute(sql, params, many, context)

    with host.execute_wrapper(watch):
        assert box.drain().placed == 1
    assert len(statements) > 10 and not any(statements)
    host.rollback()
    assert box.get("1").state == "placed"
    assert host.get_autocommit() is False
    host.rollback()


def test_a_failed_statement_marks_the_block(project, sandbox, postgresql):
    from django.db import connections, transaction

    box = project.make_outbox()
    with postgresql.connect(dbname="django") as other, other.transaction():
        other.execute("LOCK TABLE countersign_outbox IN ACCESS EXCLUSIVE MODE")

        def enqueue():
            with connections["default"].cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '50ms'")
            with pytest.raises(countersign.Error) as busy:
                box.enqueue(sandbox.order("1"))
            assert busy.value.kind == "store_busy"

        # Swallowed by the host: nothing of the block is committed, as after an error of a model.
        with pytest.raises(transaction.TransactionManagementError), transaction.atomic():
            pay("default", "1")
            enqueue()
            pay("default", "2")
        # A savepoint ends it.
        with transaction.atomic():
            pay("default", "3")
            with transaction.atomic():
                enqueue()
            pay("default", "4")
    assert (paid("default"), ids(box)) == (["3", "4"], [])


# Aliases


def test_an_order_without_its_payment_is_refused(project, sandbox):
    from django.db import transaction

    box = project.make_outbox()
    for enqueue in (lambda: box.enqueue(sandbox.order("1")), lambda: box.import_("1"), lambda: box.sweep([])):
        with transaction.atomic("other"), pytest.raises(countersign.InvalidInput, match='open on "other" alone.*using="other"'):
            enqueue()
    assert ids(box) == []
    # Who begins both says so.
    with transaction.atomic("other"), transaction.atomic():
        assert box.enqueue(sandbox.order("1")).status == "new"
    # What is true whatever becomes of the other one.
    with transaction.atomic("other"):
        assert (box.get("1").state, box.cancel("1")) == ("pending", "cancelled")
    with pytest.raises(countersign.InvalidInput, match='alias "default"'):
        box.enqueue(sandbox.order("1"), connection=object())


def test_routers_have_no_say(project, sandbox, settings_of):
    class Elsewhere:
        def db_for_read(self, model, **_):
            return "other"

        db_for_write = db_for_read

    settings_of(DATABASE_ROUTERS=[Elsewhere()])
    from countersign.contrib.django import outbox
    from countersign.contrib.django.models import Order

    outbox().enqueue(sandbox.order("1"))
    assert (ids(outbox()), ids(project.make_outbox("other"))) == (["1"], [])
    assert [order.external_id for order in Order.objects.all()] == ["1"]


def test_databases_that_nobody_knows(project):
    from django.db import connections
    from django.utils.connection import ConnectionDoesNotExist

    with pytest.raises(ConnectionDoesNotExist):
        project.make_outbox("nowhere").stats()
    host = connections["sqlite"]
    try:
        host.vendor = "oracle"
        with pytest.raises(countersign.InvalidInput, match='alias "sqlite", which is of the vendor oracle'):
            project.make_outbox("sqlite").stats()
    finally:
        del host.vendor
    assert repr(project.make_outbox()) == '<countersign.contrib.django.Outbox using "default">'


def test_the_outbox_of_the_project(project, settings_of, sandbox):
    from django.core.exceptions import ImproperlyConfigured

    from countersign.contrib.django import outbox

    assert outbox() is outbox() and outbox().using == "default"
    for path, words in (
        (None, "Set COUNTERSIGN_OUTBOX to the dotted path"),
        (7, "Set COUNTERSIGN_OUTBOX to the dotted path"),
        ("nowhere.outbox", "cannot be imported: No module named 'nowhere'"),
        ("django_project.DATABASES", "of builtins.dict: name a countersign.contrib.django.Outbox, or a function"),
    ):
        settings_of(COUNTERSIGN_OUTBOX=path)
        with pytest.raises(ImproperlyConfigured, match=words):
            outbox()
    project.made = project.make_outbox("other")
    settings_of(COUNTERSIGN_OUTBOX="django_project.made")
    assert outbox() is project.made


def test_statements_of_other_dialects(project, sandbox):
    box = project.make_outbox("sqlite")
    assert "AUTOINCREMENT" in box.schema()[0] and "InnoDB" in box.schema("mysql")[0]
    statement = box.enqueue_statement(sandbox.order("1"))
    assert statement.sql.count("%s") == len(statement.params)
    assert "$1" in box.enqueue_statement(sandbox.order("1"), dialect="postgresql", paramstyle="numeric_dollar").sql


# Threads, requests, code that awaits


def test_threads_have_connections_of_their_own(box, using, sandbox):
    from django.db import connections, transaction

    orders = [[sandbox.order("both"), sandbox.order(f"{number}")] for number in range(4)]
    for pair in orders:
        pair[0] = orders[0][0]
    together, wrong, statuses = threading.Barrier(4), [], []

    def work(mine):
        try:
            for order in mine:
                together.wait(20)
                with transaction.atomic(using):
                    statuses.append((order["externalId"], box.enqueue(order).status))
        except Exception as error:
            wrong.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=[pair]) for pair in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not wrong
    assert sorted(status for id, status in statuses if id == "both") == ["known", "known", "known", "new"]
    assert sorted(ids(box)) == ["0", "1", "2", "3", "both"]


def test_a_view_with_atomic_requests(project, sandbox, monkeypatch):
    from django.db import connections
    from django.test import Client

    from countersign.contrib.django import outbox

    monkeypatch.setitem(connections["default"].settings_dict, "ATOMIC_REQUESTS", True)
    client = Client(raise_request_exception=False)

    def post(id, query=""):
        return client.post(f"/pay{query}", json.dumps(sandbox.order(id)), content_type="application/json").status_code

    logging.disable(logging.CRITICAL)
    try:
        assert (post("1"), post("2", "?fail"), post("3", "?drain")) == (200, 500, 500)
    finally:
        logging.disable(logging.NOTSET)
    assert ids(outbox()) == ["1"]


def test_code_that_awaits(project, sandbox):
    from asgiref.sync import sync_to_async
    from django.core.exceptions import SynchronousOnlyOperation
    from django.db import connections, transaction

    box = project.make_outbox()

    def pay_and_enqueue(order):
        with transaction.atomic():
            pay("default", order["externalId"])
            return box.enqueue(order)

    async def view():
        for refused in (lambda: box.enqueue(sandbox.order("0")), lambda: box.drain(), lambda: box.get("0")):
            with pytest.raises(SynchronousOnlyOperation):
                refused()
        assert (await sync_to_async(pay_and_enqueue, thread_sensitive=True)(sandbox.order("1"))).status == "new"
        assert (await box.aenqueue(sandbox.order("2"), "shop", due=int(time.time()) + 3600)).status == "new"
        assert (await box.aget("1", body=True)).body and await box.acancel("2") == "cancelled"
        assert await box.anotify(topic="form:submitted", data={}, timestamp=1) == "ignored"
        with pytest.raises(countersign.InvalidOrder):
            await box.aenqueue({})
        await sync_to_async(connections.close_all)()

    asyncio.run(view())
    assert ids(box) == ["1", "2"] and box.aenqueue.__name__ == "aenqueue"


# Tests of a project's own


def run_case(case):
    result = unittest.TestResult()
    case.defaultTestLoader = None
    unittest.defaultTestLoader.loadTestsFromTestCase(case).run(result)
    problems = [text for _, text in result.failures + result.errors]
    assert result.testsRun and not problems, problems


def test_tests_of_a_project(project, sandbox):
    from django.db import transaction
    from django.test import TestCase, TransactionTestCase

    from countersign.contrib.django import outbox
    from countersign.contrib.django.models import Order
    from countersign.contrib.django.test import drain_outbox

    class Inside(TestCase):
        databases = {"default", "other"}

        def test(self):
            with transaction.atomic():
                outbox().enqueue(sandbox.order("1"))
            self.assertEqual(outbox().get("1").state, "pending")
            for drain in (outbox().drain, drain_outbox):
                with self.assertRaisesRegex(countersign.Error, "TestCase puts one around each test: use TransactionTestCase"):
                    drain()
            # The blocks that TestCase opens everywhere hide no mistake.
            with transaction.atomic("other"), self.assertRaisesRegex(countersign.InvalidInput, 'open on "other" alone'):
                outbox().enqueue(sandbox.order("2"))
            self.assertEqual(Order.objects.count(), 1)

    class Outside(TransactionTestCase):
        def test(self):
            outbox().enqueue(sandbox.order("1"))
            self.assertEqual(drain_outbox().placed, 1)
            self.assertEqual(outbox().get("1").state, "placed")

        def test_again(self):
            # What the other test left is gone, and the tables are an outbox's all the same.
            self.assertEqual(Order.objects.count(), 0)
            outbox().enqueue(sandbox.order("1"))

    for case in (Inside, Outside, Inside):
        run_case(case)
        assert Order.objects.count() == 0


# What hosts see, and what servers do


def test_the_log_of_queries_has_no_orders(box, using, sandbox, settings_of, caplog):
    from django.db import connections, reset_queries

    settings_of(DEBUG=True)
    reset_queries()
    seen, host = [], connections[using]

    def watch(execute, sql, params, many, context):
        seen.append(sql)
        return execute(sql, params, many, context)

    with caplog.at_level(logging.DEBUG), host.execute_wrapper(watch):
        box.enqueue({**sandbox.order("1"), "externalData": {"orderNumber": "personal"}})
        box.get("1", body=True)
        box.drain()
        with host.cursor() as cursor:
            cursor.execute("SELECT 1 /* the host's own */")
    logged = json.dumps(host.queries) + caplog.text
    assert "personal" not in logged and "the host's own" in logged
    assert any(sql.startswith("INSERT INTO countersign_outbox ") for sql in seen) and len(seen) > 15


def terminate(host):
    """The server ends the connection of an alias, as an administrator or a restart does."""
    from django.db import connections

    pid = host.connection.info.backend_pid
    with connections["other"].cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def test_a_connection_that_went_away(project, sandbox):
    from django.db import Error, connections, transaction

    box, host = project.make_outbox(), connections["default"]
    box.enqueue(sandbox.order("1"))
    # In nobody's transaction: an error, and the next call has a new connection.
    terminate(host)
    with pytest.raises(countersign.Error) as gone:
        box.enqueue(sandbox.order("2"))
    assert gone.value.kind == "store"
    assert box.enqueue(sandbox.order("2")).status == "new"
    # In one: nothing of it is committed, also where the host swallows the error.
    with pytest.raises(Error), transaction.atomic():
        pay("default", "3")
        terminate(host)
        with pytest.raises(countersign.Error):
            box.enqueue(sandbox.order("3"))
        pay("default", "4")
    assert (paid("default"), ids(box)) == ([], ["1", "2"])


@pytest.mark.parametrize(("using", "every"), [("default", 2), ("postgresql-off", 7), ("pool", 7)])
def test_a_connection_that_goes_away_at_any_statement_of_a_drain(project, using, every, sandbox, monkeypatch):
    from django.db import connections

    monkeypatch.setenv("COUNTERSIGN_OUTBOX_TEST_SCALE", "50")
    box, host = project.make_outbox(using, policy={"settle": 60, "settle_growth": 2, "gap": 15, "lease": 60}), connections[using]
    at, ended = 1, False
    while not ended:
        id, count = f"{using}-{at}", 0
        project.make_outbox().enqueue(sandbox.order(id))

        def watch(execute, sql, params, many, context):
            nonlocal count
            count += 1
            if count == at:
                terminate(host)
            return execute(sql, params, many, context)

        with host.execute_wrapper(watch):
            box.drain()
        row = project.make_outbox().get(id)
        assert (row.state, row.sends, len(sandbox.accepted(id))) == ("placed", 1, 1), (at, row)
        ended = count < at
        at += every
    assert at > 15
    host.close()


# Held


def test_the_signal(project, sandbox, monkeypatch):
    from countersign.contrib.django import Outbox, order_held

    box, heard = project.make_outbox(), []

    def listen(sender, outbox, order, **_):
        from django.db import connection

        assert (sender, outbox, connection.in_atomic_block) == (Outbox, box, False)
        heard.append(order)

    def break_down(**_):
        raise ZeroDivisionError

    order_held.connect(listen)
    order_held.connect(break_down)
    logging.disable(logging.CRITICAL)
    try:
        order = sandbox.order("held")
        sandbox.spiff().place_order({**order, "externalId": "by another way"})
        box.enqueue(order)
        box.enqueue(sandbox.order("placed"))
        drained = box.drain()
    finally:
        logging.disable(logging.NOTSET)
        order_held.disconnect(listen)
        order_held.disconnect(break_down)
    assert (drained.held, drained.placed) == (1, 1)
    (told,) = heard
    assert (told.account, told.external_id, told.state, told.reason) == ("shop", "held", "held", "already_ordered")


@pytest.mark.parametrize("kind", KINDS)
def test_the_conformance_script(conformance, kind):
    said = conformance[kind].communicate(timeout=300)[0]
    assert conformance[kind].returncode == 0, said
    done = {row["id"]: row["wrong"] for row in map(json.loads, said.splitlines())}
    due = {row["id"] for row in json.loads((ROOT / "tests/vectors/outbox.json").read_text("utf-8"))}
    assert done.keys() == due and not any(done.values()), {name: wrong for name, wrong in done.items() if wrong}


def test_headers_of_a_request_are_those_of_a_delivery(project, sandbox):
    from django.test import RequestFactory
    from test_frameworks import PRODUCT, delivery

    headers, body = delivery(sandbox, PRODUCT)
    request = RequestFactory().post("/deliveries", body, content_type="application/json", headers=headers)
    webhook = countersign.Webhook(sandbox.ready["sign_customiser"]["webhook_secret"])
    for given in (request.META, request.headers):
        assert webhook.verify(given, request.body).dedup_key == "product:17"
