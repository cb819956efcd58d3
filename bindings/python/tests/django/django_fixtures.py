"""What the tests of Django share, a plugin of pytest: one project over the tests' PostgreSQL and over SQLite, migrated once and empty for
each test; and the storm, which rages meanwhile."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
KILLS = int(os.environ.get("COUNTERSIGN_KILLS", 30))

ROWS = ["countersign_outbox", "countersign_outbox_design", "countersign_outbox_account"]


@pytest.fixture(scope="session")
def storms(request):
    """Processes of django_storm.py, 200 kills each, if a test wants to see them."""
    begun = []
    if any(item.originalname == "test_killed_at_random_every_order_arrives_once" and "django" in item.nodeid for item in request.session.items):
        for number, left in enumerate(range(KILLS, 0, -200)):
            command = [sys.executable, str(HERE / "django_storm.py"), "PostgreSQL", str(min(left, 200)), str(20_260_101 + number)]
            begun.append((min(left, 200), subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)))
            if number:
                # A soak: one after the other.
                begun[-2][1].wait()
    yield begun
    for _, process in begun:
        process.kill()
        process.communicate()


@pytest.fixture(scope="session")
def _project(postgresql, _sandbox, storms, tmp_path_factory):
    import django
    import django_project
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    server = postgresql.arguments(dbname="django")
    with postgresql.connect() as connection:
        for name in ("django", "django-other", "django-fresh"):
            connection.execute(f'CREATE DATABASE "{name}"')
    databases = django_project.databases(server, tmp_path_factory.mktemp("django"))
    settings.configure(**{**django_project.settings(), "DATABASES": databases})
    django.setup()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in _sandbox.ready["env"].items():
            patch.setenv(name, value)
        for alias in ("default", "other", "sqlite"):
            call_command("migrate", database=alias, verbosity=0)
    for alias in ("other", "sqlite"):
        connections[alias].close()
    yield django_project
    connections["pool"].close_pool()
    connections.close_all()


@pytest.fixture
def project(_project, sandbox, monkeypatch):
    """The module django_project, with empty tables and an empty sandbox."""
    from django.db import connections

    sandbox.control("POST", "reset")
    for name, value in sandbox.ready["env"].items():
        monkeypatch.setenv(name, value)
    for alias in ("default", "other", "sqlite"):
        with connections[alias].cursor() as cursor:
            for table in ROWS:
                cursor.execute(f"DELETE FROM {table}")
            cursor.execute("CREATE TABLE IF NOT EXISTS payments (id varchar(80) PRIMARY KEY)")
            cursor.execute("DELETE FROM payments")
    yield _project
    connections.close_all()


@pytest.fixture(params=["default", "sqlite"])
def using(request, project):
    """An alias of each kind of database."""
    return request.param


@pytest.fixture
def box(project, using):
    """An outbox there, with its tables."""
    made = project.make_outbox(using)
    made.install()
    return made


@pytest.fixture
def settings_of(project):
    """Changes settings for one test."""
    from django.test import override_settings

    changed = []

    def change(**settings):
        changed.append(override_settings(**settings))
        changed[-1].enable()

    yield change
    for one in reversed(changed):
        one.disable()
