"""The storm of outbox/storm.py where the processes are Django's: views' atomic blocks that enqueue, and `manage.py countersign_drain
--forever`. python django_storm.py PostgreSQL|MariaDB BLOWS SEED prints one line of JSON at the end."""

import io
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import django
from conftest import started
from django.conf import settings
from outbox import driver_storm, storm
from outbox.server import running

import countersign

def box():
    """The outbox of the project."""
    from countersign.contrib.django import Outbox

    return Outbox({"shop": countersign.Spiff.from_env()}, policy=storm.POLICY)


def box_over(storm_, host):
    """Whoever watches does it without Django."""
    return countersign.Outbox(host.store, {"shop": countersign.Spiff(**storm_.sandbox.spiff_keys)}, policy=storm.POLICY)


def produce(storm_, how, inside, outside):
    """A payment hook: takes an event in each line, and answers "ack ID" once payment and order are committed, or "no ID"."""
    from django.db import close_old_connections, connection, transaction

    from countersign.contrib.django import outbox

    for line in inside:
        event, order = line.rstrip("\n").split("\t")
        close_old_connections()
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    ignore = "IGNORE" if connection.vendor == "mysql" else ""
                    cursor.execute(f"INSERT {ignore} INTO storm_payments (id) VALUES (%s) {'' if ignore else 'ON CONFLICT DO NOTHING'}", [event])
                outbox().enqueue(order)
            said = "ack"
        except Exception:
            said = "no"
            time.sleep(0.02)
        print(said, event, file=outside, flush=True)


def work(storm_, how, inside, outside):
    """A worker, and systemd, which starts it again."""
    from django.core.management import CommandError, call_command

    from countersign.contrib.django.management.commands import countersign_drain

    countersign_drain.REST, countersign_drain.PAUSE, ended = 0.02, 0.1, threading.Event()

    def end():
        inside.read()
        ended.set()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=end, daemon=True).start()
    while not ended.is_set():
        try:
            call_command("countersign_drain", forever=True, stdout=io.StringIO(), stderr=io.StringIO())
        except CommandError:
            time.sleep(0.1)


class Storm(driver_storm.Storm):
    def install(self):
        super().install()
        with self.watcher() as host:
            # By the name that the storm counts by.
            host.execute("CREATE VIEW storm_countersign_outbox AS SELECT * FROM countersign_outbox")

    def cast(self):
        return [(produce, ""), (produce, ""), (work, ""), (work, ""), (work, "")]


def main():
    over, blows, seed = sys.argv[1], *map(int, sys.argv[2:])
    os.environ["COUNTERSIGN_OUTBOX_TEST_SCALE"] = storm.SCALE
    driver_storm.box_over, storm.produce, storm.work = box_over, produce, work
    with started() as sandbox, running(kind=driver_storm.SERVERS[over]) as server:
        os.environ |= sandbox.ready["env"]
        import django_project

        if over == "MariaDB":
            database = django_project.mysql(server.arguments(), server.arguments()["database"])["mysqlclient"]
        else:
            database = django_project.databases(server.arguments(), "")["default"]
        database |= {"OPTIONS": {"connect_timeout": 3}}
        settings.configure(**{**django_project.settings(), "DATABASES": {"default": database}, "COUNTERSIGN_OUTBOX": "django_storm.box"})
        django.setup()
        print(json.dumps(Storm(sandbox, server, None, blows, seed).run()))


if __name__ == "__main__":
    sys.modules["django_storm"] = sys.modules["__main__"]
    main()
