"""The storm of outbox/storm.py where the processes are Django's: views' atomic blocks that enqueue, and `manage.py countersign_drain
--forever`. python django_storm.py BLOWS SEED prints one line of JSON at the end."""

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
from outbox import storm
from outbox.server import running

import countersign

SERVER = None


def box():
    """The outbox of the project."""
    from countersign.contrib.django import Outbox

    return Outbox({"shop": countersign.Spiff.from_env()}, policy=storm.POLICY)


def box_over(storm_, connection, kind=countersign.Outbox):
    """Whoever watches does it without Django."""
    return kind(connection, {"shop": countersign.Spiff(**storm_.sandbox.spiff_keys)}, policy=storm.POLICY)


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
                    cursor.execute(storm.PAYMENT, [event])
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


class Storm(storm.Storm):
    def run(self):
        with self.server.connect() as connection:
            box_over(self, connection).install()
            # By the name that the storm counts by.
            connection.execute("CREATE VIEW storm_countersign_outbox AS SELECT * FROM countersign_outbox")
        return super().run()


def main():
    blows, seed = map(int, sys.argv[1:])
    os.environ["COUNTERSIGN_OUTBOX_TEST_SCALE"] = storm.SCALE
    storm.box_over, storm.produce, storm.work = box_over, produce, work
    with started() as sandbox, running() as server:
        os.environ |= sandbox.ready["env"]
        import django_project

        database = django_project.databases(server.arguments(), "")["default"] | {"OPTIONS": {"connect_timeout": 3}}
        settings.configure(**{**django_project.settings(), "DATABASES": {"default": database}, "COUNTERSIGN_OUTBOX": "django_storm.box"})
        django.setup()
        print(json.dumps(Storm(sandbox, server, None, blows, seed).run()))


if __name__ == "__main__":
    sys.modules["django_storm"] = sys.modules["__main__"]
    main()
