"""Runs the rows of tests/vectors/outbox.json through Django, with a sandbox of its own: python conform.py ALIAS
A line of JSON for each row: its id, and what went wrong or null. Environment: DATABASES, of django_project.py; COUNTERSIGN_ROW, the id of
one row."""

import json
import os
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
os.environ["DJANGO_SETTINGS_MODULE"] = "django_project"

import django
from conftest import ROOT, started
from django.db import connections, transaction
from outbox.script import Script

from countersign.contrib.django import Outbox

TABLES = [f"countersign_outbox{name}" for name in ("", "_design", "_account", "_meta")]


class Django(Script):
    """Over the connection of one alias."""

    def __init__(self, sandbox, alias):
        self.sandbox, self.kind, self.number = sandbox, alias, 0
        self.host = self.store = connections[alias]
        self.alias = alias

    def make(self, accounts, policy):
        for name in TABLES:
            self.execute(f"DROP TABLE IF EXISTS {name}")
        if self.kind.endswith("-off"):
            self.host.commit()
        return Outbox(accounts, using=self.alias, policy=policy)

    def step(self, step):
        word = next(iter(step))
        if word not in ("begin", "commit", "rollback"):
            super().step(step)
        elif self.kind.endswith("-off"):
            # The driver begins by itself.
            self.open = word == "begin"
            if not self.open:
                getattr(self.host, word)()
        elif word == "begin":
            self.open, self.block = True, transaction.atomic(self.alias)
            self.block.__enter__()
        else:
            self.open = False
            self.host.set_rollback(word == "rollback")
            self.block.__exit__(None, None, None)

    def execute(self, sql, params=None):
        if sql == "ROLLBACK":
            self.step({"rollback": True})
            return
        with self.host.cursor() as cursor:
            cursor.execute(sql, params)


def main():
    if sys.argv[1].startswith("pymysql"):
        import pymysql

        pymysql.install_as_MySQLdb()
    django.setup()
    rows = json.loads((ROOT / "tests/vectors/outbox.json").read_text("utf-8"))
    only = os.environ.get("COUNTERSIGN_ROW")
    with started() as sandbox:
        script = Django(sandbox, sys.argv[1])
        for row in rows:
            if only and row["id"] != only:
                continue
            began, wrong = time.monotonic(), None
            try:
                script.run(row)
            except AssertionError as error:
                wrong = str(error)
            print(json.dumps({"id": row["id"], "wrong": wrong, "seconds": round(time.monotonic() - began, 1)}), flush=True)


if __name__ == "__main__":
    main()
