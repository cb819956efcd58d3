"""The interpreter ends while threads that nobody waits for are inside calls: they stop, and the program ends as it would."""

import json
import os
import subprocess
import sys
import textwrap

import pytest
from conftest import started

# What each thread does is in `work(spiff, order)`; it is inside when the main thread ends.
PROGRAM = """
import json, logging, os, sys, threading, time
import countersign

class Slow(logging.Handler):
    def emit(self, record):
        time.sleep(0.02)

if os.environ.get("LOGGED"):
    logging.getLogger("countersign").addHandler(Slow())
    logging.getLogger("countersign").setLevel(1)
spiff = countersign.Spiff.from_env()
signer = countersign.Signer("k", "s")
order = json.loads(os.environ["ORDER"])
large = b"x" * 20_000_000

{work}

def again():
    while True:
        try:
            work()
        except countersign.Error:
            pass

class Last:
    # The end takes its time, so that every thread comes back to an interpreter that is ending.
    def __del__(self, sleep=time.sleep):
        sleep(0.25)

last = Last()
for _ in range(4):
    threading.Thread(target=again, daemon=True).start()
time.sleep(float(os.environ["AFTER"]))
print("ended", flush=True)
"""

WORKS = {
    "an order": "def work(): spiff.place_order(order, timeout=0.5)",
    "a read": "def work(): spiff.check()",
    "a large body": "def work(): signer.authorization('POST', '/', large)",
    "the end of a client": "def work(): countersign.Spiff(access_key='a', secret_key='b', region='us').close()",
    "an error": "def work(): spiff.place_order({'externalId': object()})",
    "a mapping of one's own": """
        import collections
        class Mine(collections.UserDict):
            def items(self):
                time.sleep(0.001)
                return super().items()
        def work(): spiff.prepare_order(Mine(order))
    """,
    "a file of an outbox": """
        import itertools, tempfile
        numbers, folder = itertools.count(), tempfile.mkdtemp(dir=os.environ["FOLDER"])
        box = countersign.Outbox(f"sqlite:{folder}/o.db", {"shop": spiff}, create=True, anywhere=True, on_held=lambda row: time.sleep(0.001))
        box.install()
        def work():
            box.enqueue(order | {"externalId": f"end-{next(numbers)}"}, due=time.time() + next(numbers) % 3 / 10)
            box.drain(0.5, 3)
    """,
    "an outbox over a connection": """
        import itertools, sqlite3
        numbers, lock = itertools.count(), threading.Lock()
        class Own:
            dialect, in_transaction = "sqlite", False
            def __init__(self):
                self.connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
            def execute(self, sql, params, rows):
                try:
                    with lock:
                        cursor = self.connection.execute(sql, params)
                        return cursor.fetchall() if rows else cursor.rowcount
                except sqlite3.Error as error:
                    raise countersign.DatabaseError(str(error), error.sqlite_errorcode) from error
        box = countersign.Outbox(Own(), {"shop": spiff})
        box.install()
        def work():
            box.enqueue(order | {"externalId": f"end-{next(numbers)}"})
            box.drain(0.5, 3)
    """,
}


@pytest.fixture(scope="module")
def flooded():
    """A sandbox of its own, which a great many orders may fill."""
    with started() as sandbox:
        yield sandbox


@pytest.mark.parametrize(("work", "logged"), [*((work, False) for work in WORKS), ("an order", True), ("a read", True)])
def test_a_daemon_thread_in_a_call_when_python_ends(flooded, work, logged, tmp_path):
    flooded.control("DELETE", "faults")
    if not logged:
        flooded.control("POST", "faults", {"fault": "accept_late", "target": "any", "ms": 30, "count": 1000})
    program = PROGRAM.replace("{work}", textwrap.dedent(WORKS[work]))
    env = {**os.environ, **flooded.ready["env"], "ORDER": json.dumps(flooded.order("end")), "LOGGED": "1" if logged else "", "FOLDER": str(tmp_path)}
    ended = []
    for run in range(10):
        env["AFTER"] = str(0.2 + run / 50)
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd="/", env=env, timeout=30)
        ended.append((done.returncode, done.stdout, done.stderr[-300:]))
    assert ended == [(0, "ended\n", "")] * 10
