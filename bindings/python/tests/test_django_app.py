"""The app for Django: migrations, checks, models, the admin, and the commands."""

import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import countersign

sys.path.insert(0, str(Path(__file__).resolve().parent / "django"))
pytest_plugins = ["django_fixtures"]

HERE = Path(__file__).resolve().parent / "django"
TABLES = {"countersign_outbox", "countersign_outbox_design", "countersign_outbox_account", "countersign_outbox_meta"}


def call(*command, **more):
    """What a command says, and whether it ended well."""
    from django.core.management import CommandError, call_command

    out, err = io.StringIO(), io.StringIO()
    code = 0
    try:
        call_command(*command, stdout=out, stderr=err, **more)
    except CommandError as error:
        code, said = error.returncode, str(error)
        err.write(said)
    except SystemExit as error:
        code = error.code
    return code, out.getvalue() + err.getvalue()


def tables(using):
    from django.db import connections

    return TABLES & set(connections[using].introspection.table_names())


def ids(messages):
    return [message.id for message in messages]


# Migrations


@pytest.fixture(params=["fresh", "fresh-sqlite"])
def fresh(request, project, postgresql, settings_of):
    """An alias of an empty database, where the outbox of the project is."""
    from django.conf import settings
    from django.db import connections

    using = request.param
    if using == "fresh":
        with postgresql.connect(dbname=settings.DATABASES[using]["NAME"]) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
    else:
        Path(settings.DATABASES[using]["NAME"]).unlink(missing_ok=True)
    project.fresh = project.make_outbox(using, shop="fresh é")
    from countersign.contrib.django import _outbox

    _outbox._made.clear()
    settings_of(COUNTERSIGN_OUTBOX="django_project.fresh")
    yield using
    _outbox._made.clear()
    connections[using].close()


def test_forwards_backwards_and_forwards_again(fresh, project, sandbox, capsys):
    box = project.fresh
    assert call("migrate", "countersign", database=fresh)[0] == 0
    assert tables(fresh) == TABLES and box.check().ok
    assert box.enqueue(sandbox.order("1")).status == "new"
    assert call("migrate", "countersign", database=fresh)[0] == 0
    capsys.readouterr()
    # Backwards nothing that was enqueued is lost.
    assert call("migrate", "countersign", "zero", database=fresh)[0] == 0
    assert "The tables of the outbox stay" in capsys.readouterr().out
    assert tables(fresh) == TABLES and box.enqueue(sandbox.order("1")).status == "replaced"
    assert call("migrate", "countersign", database=fresh)[0] == 0
    assert box.enqueue(sandbox.order("1")).status == "replaced" and box.drain().placed == 1


def test_where_the_tables_are_already(fresh, project, sandbox):
    box = project.fresh
    box.install()
    assert box.enqueue(sandbox.order("1")).status == "new"
    assert call("migrate", "countersign", database=fresh)[0] == 0
    assert (box.get("1").state, box.drain().placed) == ("pending", 1)


def test_without_migrations_of_the_app(fresh, project, sandbox, settings_of):
    """As with --nomigrations: the tables come from the models."""
    settings_of(MIGRATION_MODULES={"countersign": None})
    assert call("migrate", database=fresh, run_syncdb=True)[0] == 0
    box = project.fresh
    assert tables(fresh) == TABLES and box.enqueue(sandbox.order("1")).status == "new"
    assert box.enqueue(sandbox.order("1")).status == "replaced"
    assert (box.drain().placed, box.get("1").state, box.check().ok) == (1, "placed", True)


def test_what_a_migration_does_not_do(fresh, project, sandbox, settings_of):
    class Nothing:
        def allow_migrate(self, db, app_label, **hints):
            return app_label != "countersign"

    def warned():
        return re.findall(r"\((countersign.\w+)\).*?HINT: ([^\n]*)", call("check", databases=[fresh])[1], re.S)

    assert warned() == [("countersign.W007", f"Run `manage.py migrate --database {fresh}`.")]
    settings_of(DATABASE_ROUTERS=[Nothing()])
    assert call("migrate", "countersign", database=fresh)[0] == 0 and tables(fresh) == set()
    ((_, hint),) = warned()
    assert hint.startswith("DATABASE_ROUTERS forbid it")
    settings_of(DATABASE_ROUTERS=[])
    call("migrate", "countersign", "zero", database=fresh)
    # Without an outbox of the project, nobody knows whose tables they are.
    settings_of(COUNTERSIGN_OUTBOX=None)
    assert call("migrate", "countersign", database=fresh)[0] == 0 and tables(fresh) == TABLES
    with pytest.raises(countersign.Error, match="run `install` once more"):
        project.fresh.enqueue(sandbox.order("1"))
    settings_of(COUNTERSIGN_OUTBOX="django_project.fresh")
    from django.db import transaction

    with transaction.atomic(fresh):
        assert call("migrate", "countersign", database=fresh)[0] == 0
    with pytest.raises(countersign.Error, match="run `install` once more"):
        project.fresh.enqueue(sandbox.order("1"))
    assert call("migrate", "countersign", database=fresh)[0] == 0 and project.fresh.check().ok and warned() == []


def test_sql_of_the_migration(project):
    for using, words in (("default", "GENERATED BY DEFAULT AS IDENTITY"), ("sqlite", "AUTOINCREMENT")):
        _, text = call("sqlmigrate", "countersign", "0001", database=using)
        assert all(f"CREATE TABLE IF NOT EXISTS {table} (" in text for table in TABLES) and words in text
        _, text = call("sqlmigrate", "countersign", "0001", database=using, backwards=True)
        assert "DROP" not in text and "The tables of the outbox stay" in text


def test_no_migration_is_missing(project):
    assert call("makemigrations", check_changes=True, dry_run=True) == (0, "No changes detected\n")


@pytest.mark.parametrize("using", ["default", "sqlite"])
def test_models_know_the_tables_as_they_are(project, using):
    from django.apps import apps
    from django.db import connections

    host = connections[using]
    models = list(apps.get_app_config("countersign").get_models())
    assert len(models) == 3
    for model in models:
        with host.cursor() as cursor:
            columns = host.introspection.get_table_description(cursor, model._meta.db_table)
            constraints = host.introspection.get_constraints(cursor, model._meta.db_table)
        fields = {field.column: (field.null, field.primary_key) for field in model._meta.fields}
        primary = next(of["columns"] for of in constraints.values() if of["primary_key"])
        # SQLite lets the number of a row be NULL until it has one.
        assert fields == {column.name: (column.null_ok and [column.name] != primary, [column.name] == primary) for column in columns}
        named = {name: of["columns"] for name, of in constraints.items() if of["index"] and not of["primary_key"] and of["columns"]}
        indexes = {index.name: list(index.fields) for index in model._meta.indexes}
        indexes |= {index.name: list(index.fields) for index in model._meta.constraints}
        assert named == indexes


# Models


def rows(project, sandbox, **columns):
    """An order of the outbox whose columns are these: the outbox's own view of it, and the model's."""
    from django.db import connection

    from countersign.contrib.django.models import Order

    with connection.cursor() as cursor:
        sets = ", ".join(f"{name} = %s" for name in columns)
        cursor.execute(f"UPDATE countersign_outbox SET {sets}", list(columns.values()))
    return project.make_outbox().get("1"), Order.objects.get()


def test_words_for_numbers_are_the_core_s(project, sandbox):
    from countersign.contrib.django import models

    box = project.make_outbox()
    box.enqueue(sandbox.order("1"))
    for state in models.STATES:
        row, order = rows(project, sandbox, state=state)
        assert order.state_name == row.state
    with pytest.raises(countersign.Error, match="state 8 is not known"):
        rows(project, sandbox, state=max(models.STATES) + 1)
    for reason in [*models.REASONS, None]:
        row, order = rows(project, sandbox, state=4, reason=reason)
        assert order.reason_name == row.reason and (reason is None) == (row.reason is None)
    assert rows(project, sandbox, reason=max(models.REASONS) + 1)[0].reason is None
    for bit in range(len(models.FLAGS) + 1):
        row, order = rows(project, sandbox, state=5, reason=None, flags=1 << bit)
        assert order.flag_names == row.flags and bool(row.flags) == (bit < len(models.FLAGS)) and order.is_alert == row.is_alert
    assert rows(project, sandbox, state=4, flags=0)[1].is_alert


def test_text_is_that_of_the_shop(project, sandbox):
    from countersign.contrib.django.models import Order

    box = project.make_outbox()
    for id in ("1001", "é🧵", 'a"b\\n\\u0041', "a\u0085\u2028b", "%s %%", "\\"):
        box.enqueue(sandbox.order(id), already=f"of {id}")
        order = Order.objects.get(external_id=id)
        assert (order.external_id, order.remote_id, str(order)) == (id, f"of {id}", f"{id} (shop)")
    assert [event["event"] for event in order.events] == ["imported"]


def test_models_change_nothing(project, sandbox):
    from countersign.contrib.django.models import Account, Design, Order

    project.make_outbox().enqueue(sandbox.order("1"))
    order = Order.objects.get()
    every = Order.objects.all()
    for refused in (
        order.save, order.delete, every.delete, lambda: every.update(state=5), lambda: Order.objects.create(external_id="2"),
        lambda: Order.objects.bulk_create([order]), lambda: Order.objects.bulk_update([order], ["state"]), Account.objects.all().delete,
        lambda: Design.objects.get_or_create(design="x"), lambda: Order.objects.update_or_create({"state": 5}, external_id="1"),
    ):
        with pytest.raises(TypeError, match="read only here: call enqueue, cancel, resolve or forget"):
            refused()
    assert Order.objects.get().state_name == "pending"


# Checks


def test_checks(project, settings_of, monkeypatch):
    from django.db import connections

    from countersign.contrib.django import Outbox, checks

    assert ids(checks.check_settings()) == []
    for path, due in ((None, "countersign.W001"), ("nowhere.outbox", "countersign.E002"), ("django_project.broken", "countersign.W008")):
        project.broken = lambda: countersign.Spiff()
        settings_of(COUNTERSIGN_OUTBOX=path)
        assert ids(checks.check_settings()) == [due]
        assert checks.check_tables(databases=["default"]) == []
    project.nowhere, project.empty = Outbox({}, using="nowhere"), Outbox({})
    settings_of(COUNTERSIGN_OUTBOX="django_project.nowhere")
    assert ids(checks.check_settings()) == ["countersign.E003"] and checks.check_tables(databases=["default", "nowhere"]) == []
    settings_of(COUNTERSIGN_OUTBOX="django_project.empty")
    assert ids(checks.check_settings()) == ["countersign.E005"]
    settings_of(COUNTERSIGN_OUTBOX="django_project.make_outbox")
    monkeypatch.setitem(connections["default"].settings_dict, "ATOMIC_REQUESTS", True)
    assert ids(checks.check_settings()) == ["countersign.I006"]
    monkeypatch.setattr(type(connections["default"]), "vendor", "oracle")
    assert ids(checks.check_settings()) == ["countersign.E004", "countersign.I006"]
    assert checks.check_tables(databases=["default"]) == []


# The admin


@pytest.fixture
def people(project):
    """Somebody for each permission, and their clients, which CSRF holds for."""
    from django.contrib.auth.models import Permission, User
    from django.test import Client

    def client(name, *permissions):
        user, _ = User.objects.get_or_create(username=name, defaults={"is_staff": True})
        user.user_permissions.set(Permission.objects.filter(content_type__app_label="countersign", codename__in=permissions))
        made = Client(enforce_csrf_checks=True)
        made.force_login(user)
        return made

    return client


LIST = "/admin/countersign/order/"


def token(client):
    client.get(LIST)
    return client.cookies["csrftoken"].value


def post(client, action, orders, **more):
    """The page, or what the list says afterwards."""
    data = {"action": action, "_selected_action": [order.pk for order in orders], "csrfmiddlewaretoken": token(client), **more}
    reply = client.post(LIST, data)
    if reply.status_code == 302:
        return re.findall(r'<li class="(?:success|error|warning)">(.*?)</li>', client.get(LIST).content.decode())
    assert reply.status_code == 200, reply.status_code
    return reply.content.decode()


@pytest.fixture
def orders(project, sandbox):
    """One that is held, one that waits, one that is placed."""
    from countersign.contrib.django.models import Order

    box = project.make_outbox()
    held = sandbox.order("<b>held</b>")
    sandbox.spiff().place_order({**held, "externalId": "other"})
    box.enqueue(held)
    box.enqueue({**sandbox.order("placed"), "externalData": {"orderNumber": "<i>personal</i>"}})
    box.drain()
    box.enqueue(sandbox.order("waits"), due=int(time.time()) + 3600)
    return {order.external_id: order for order in Order.objects.all()}


def shown(client, query=""):
    page = client.get(LIST + query).content.decode()
    return re.findall(r'class="field-shop_id"><a href="[^"]*">(.*?)</a>', page)


def test_lists(people, orders):
    from countersign.contrib.django import outbox

    ana = people("ana", "view_order")
    every = ["waits", "placed", "&lt;b&gt;held&lt;/b&gt;"]
    assert shown(ana) == every
    assert shown(ana, "?state=held") == every[2:] and shown(ana, "?state=unknown") == []
    assert shown(ana, "?account=shop") == every and shown(ana, "?account=eu") == []
    assert shown(ana, "?q=waits") == ["waits"] and shown(ana, "?q=wait") == [] and shown(ana, "?q=%3Cb%3Eheld%3C/b%3E") == every[2:]
    outbox().cancel("placed")
    assert shown(ana, "?alerts=yes") == every[1:]
    page = ana.get(LIST).content.decode()
    assert "cancel_at_platform" in page and "already_ordered" in page and "<b>held" not in page and 'value="delete_selected"' not in page
    assert 'name="action"' not in page  # she may look, and that is all


def test_one_order(people, orders):
    ana, bob = people("ana", "view_order"), people("bob", "view_order", "view_order_body")
    url = f"{LIST}{orders['placed'].pk}/change/"
    page = ana.get(url).content.decode()
    assert "<b>accepted</b>" in page and "personal" not in page and "<form method=\"post\" action" not in page
    assert orders["placed"].remote_id in page
    page = bob.get(url).content.decode()
    assert "&lt;i&gt;personal&lt;/i&gt;" in page and "<i>personal" not in page
    for path in ("add/", f"{orders['placed'].pk}/delete/"):
        assert bob.get(LIST + path).status_code == 403
    assert bob.post(url, {"csrfmiddlewaretoken": token(bob), "state": 1}).status_code == 403
    assert people("eve").get(LIST).status_code == 403


def test_a_person_decides(people, orders, sandbox):
    from django.contrib.admin.models import LogEntry

    from countersign.contrib.django import outbox

    ana = people("ana", "view_order", "resolve_order")
    held, placed = orders["<b>held</b>"], orders["placed"]
    one = ana.get(f"{LIST}{held.pk}/change/").content.decode()
    assert re.findall(r'name="action" value="(\w+)"', one) == ["placed", "retry", "drop"]
    page = post(ana, "drop", [held])
    assert "Nobody wants these orders any more" in page and "&lt;b&gt;held&lt;/b&gt; (shop): held, already_ordered" in page
    assert 'name="why"' in page and "Say why." not in page
    assert "Say why." in post(ana, "drop", [held], sure="yes", why=" ")
    assert outbox().get(held.external_id).state == "held"
    said = post(ana, "drop", [held, placed], sure="yes", why="was a <test>")
    assert said == ["The order placed (shop): The order &quot;placed&quot; is placed: this cannot be decided about it.", "The order &lt;b&gt;held&lt;/b&gt; (shop) is dropped."]
    row = outbox().get(held.external_id)
    assert row.state == "cancelled" and (row.history[-1]["who"], row.history[-1]["why"]) == ("ana", "was a <test>")
    assert "why: was a &lt;test&gt;" in ana.get(f"{LIST}{held.pk}/change/").content.decode()
    (entry,) = LogEntry.objects.filter(object_id=str(held.pk))
    assert (entry.change_message, entry.user.username, "held" in entry.object_repr) == ("drop: was a <test>", "ana", False)
    # Tried again on purpose, and placed because somebody looked.
    assert post(ana, "retry", [held], sure="yes", why="wanted after all") == ["The order &lt;b&gt;held&lt;/b&gt; (shop) is tried again."]
    assert outbox().get(held.external_id).state == "pending"
    assert post(ana, "placed", [held], sure="yes", why="seen there") == ["The order &lt;b&gt;held&lt;/b&gt; (shop) is placed."]
    assert outbox().get(held.external_id).state == "placed"


def test_cancelling_and_forgetting(people, orders):
    from countersign.contrib.django import outbox
    from countersign.contrib.django.models import Order

    bob = people("bob", "view_order", "cancel_order", "forget_order")
    waits, placed = orders["waits"], orders["placed"]
    assert "must be cancelled there, by you" in post(bob, "cancel", [waits])
    assert post(bob, "cancel", [waits, placed], sure="yes") == [
        "The order waits (shop) is cancelled: the platform does not have it.", "The order placed (shop) is placed: cancel it at the platform.",
    ]
    assert outbox().get("waits").state == "cancelled"
    assert "cannot be undone" in post(bob, "forget", [placed])
    assert post(bob, "forget", [placed], sure="yes") == ["The order placed (shop) is forgotten."]
    order = Order.objects.get(pk=placed.pk)
    assert (order.external_id, order.remote_id, order.body, str(order)) == ("", None, None, f"#{order.pk} (shop)")
    assert "(forgotten)" in bob.get(LIST).content.decode()
    assert bob.get(f"{LIST}{order.pk}/change/").status_code == 200


def test_nobody_does_what_he_may_not(people, orders):
    from django.test import Client

    from countersign.contrib.django import outbox

    bob, held = people("bob", "view_order", "cancel_order"), orders["<b>held</b>"]
    assert post(bob, "drop", [held], sure="yes", why="no right") == ["No action selected."]
    assert post(bob, "forget", [held], sure="yes") == ["No action selected."]
    # Without the token of the page.
    data = {"action": "cancel", "_selected_action": [held.pk], "sure": "yes"}
    assert bob.post(LIST, data).status_code == 403
    assert Client().post(LIST, data).status_code == 302
    assert outbox().get(held.external_id).state == "held"


def test_too_many_at_once(people, project, sandbox, monkeypatch):
    from countersign.contrib.django import admin
    from countersign.contrib.django.models import Order

    monkeypatch.setattr(admin, "MOST", 2)
    for number in range(3):
        project.make_outbox().enqueue(sandbox.order(f"{number}"))
    bob = people("bob", "view_order", "cancel_order")
    assert post(bob, "cancel", Order.objects.all(), sure="yes") == ["Choose 2 orders at most: each is a decision."]
    assert {order.state_name for order in Order.objects.all()} == {"pending"}


# Commands


def test_a_drain_by_cron(project, sandbox):
    box = project.make_outbox()
    box.enqueue(sandbox.order("1"))
    box.enqueue(sandbox.order("2"))
    code, said = call("countersign_drain", max=1)
    assert code == 0 and re.fullmatch(r"shop 1 placed \S+\n", said)
    assert call("countersign_drain")[1].startswith("shop 2 placed") and call("countersign_drain") == (0, "")
    from django.db import transaction

    with transaction.atomic():
        code, said = call("countersign_drain")
    assert code == 1 and "A transaction is open" in said


def test_monitoring(project, sandbox, orders):
    code, said = call("countersign_check")
    assert code == 1 and "problem: shop: 1 orders are held" in said
    assert call("countersign_check", max_held=1) == (0, "Nothing needs a person.\n")


def test_forgetting(project, orders):
    assert call("countersign_forget", "placed", "placed") == (0, "placed: forgotten\nplaced: forgotten\n")
    code, said = call("countersign_forget", "<b>held</b>", "waits", account="shop")
    assert code == 1 and said.startswith("<b>held</b>: forgotten\n") and "is pending: cancel it first" in said
    code, said = call("countersign_forget", "placed", account="eu")
    assert code == 1 and said


def worker(project, *arguments):
    from django.conf import settings

    env = {**os.environ, "DATABASES": json.dumps(settings.DATABASES), "DJANGO_SETTINGS_MODULE": "django_project", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "django", "countersign_drain", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env, cwd=HERE)
    # What is waited for below ends with it.
    last = threading.Timer(120, process.kill)
    last.daemon = True
    last.start()
    return process


def test_a_worker(project, sandbox, postgresql):
    box = project.make_outbox()
    box.enqueue(sandbox.order("1"))
    process = worker(project, "--forever")
    try:
        assert process.stdout.readline().startswith("shop 1 placed")
        # A database that fails is waited for.
        with postgresql.connect() as connection:
            connection.execute("ALTER DATABASE django SET search_path = nowhere")
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'django'")
            assert process.stdout.readline().endswith("It is tried again until it works.\n")
            connection.execute("ALTER DATABASE django RESET search_path")
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'django'")
        while (said := process.stdout.readline()) != "It works again.\n":
            # That the connection was cut may be another trouble than before.
            assert said.endswith("It is tried again until it works.\n"), said
        from django.db import connections

        connections.close_all()
        box.enqueue(sandbox.order("2"))
        assert process.stdout.readline().startswith("shop 2 placed")
        # The order under way has its end.
        sandbox.fault("accept_late", ms=1500)
        box.enqueue(sandbox.order("3"))
        until = time.monotonic() + 60
        while box.get("3").state != "sending":
            assert time.monotonic() < until
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=30)[0]
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    assert process.returncode == 0 and said.endswith("Ended as asked.\n"), said
    assert (box.get("3").state, len(sandbox.accepted("3"))) == ("placed", 1)


def test_a_worker_that_can_do_nothing(project, monkeypatch):
    from django.conf import settings

    broken = {**settings.DATABASES, "default": {**settings.DATABASES["default"], "NAME": "postgres"}}
    monkeypatch.setattr(settings, "DATABASES", broken)
    process = worker(project, "--forever")
    said = process.communicate(timeout=30)[0]
    assert process.returncode == 1 and "Are its tables made?" in said, said
