"""Processes of the outbox that are killed, stopped and forked: every order arrives once, and nothing hangs.

Environment: COUNTERSIGN_KILLS, how many kills over PostgreSQL (200), and over SQLite and the other drivers more than 30 with it;
COUNTERSIGN_PAIRS=all, every driver over every store, not only the one of the day (UTC)."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import python
from outbox.driver_storm import PAIRS

HERE = Path(__file__).resolve().parent
KILLS = int(os.environ.get("COUNTERSIGN_KILLS", 0))


def killed_at_random(command, kills, name, capsys):
    for number, left in enumerate(range(kills, 0, -200)):
        done = subprocess.run([sys.executable, *command, str(min(left, 200)), str(20_260_101 + number)], capture_output=True, text=True, timeout=600)
        assert done.returncode == 0 and done.stderr == "", done.stdout + done.stderr
        came = json.loads(done.stdout)
        held = ", ".join(f"{count} {reason}" for reason, count in came["held"].items()) or "0"
        with capsys.disabled():
            names = ("kills", "servers", "stops", "events", "again", "posts", "reads", "lost", "doubled")
            print(f"\n| outbox in {name} | {' | '.join(str(came[name]) for name in names)} | {held} | {came['stuck']} | {came['seconds']} s")
        assert [came[name] for name in ("lost", "doubled", "stuck", "apart")] == [0, 0, 0, 0], came
        # Sent twice in vain, or three workers died over it: nothing else may need a person here.
        assert set(came["held"]) <= {"resends_spent", "crashed"} and sum(came["held"].values()) <= 5 + came["events"] / 10, came
        # Otherwise the storm was none.
        assert came["again"] > 0 and came["posts"] > came["events"] and came["stops"] > 0, came
        assert "SQLite" in name or came["servers"] >= min(left, 200) // 30, came


@pytest.mark.parametrize("over, kills", [("PostgreSQL", KILLS or 200), ("SQLite", KILLS or 30)])
def test_killed_at_random_every_order_arrives_once(over, kills, capsys):
    killed_at_random([str(HERE / "outbox/storm.py"), over.lower()], kills, f"{over}, Python", capsys)


PROGRAMS = {**{pair: ["outbox/driver_storm.py", pair] for pair in PAIRS}, "Django in MariaDB": ["django/django_storm.py", "MariaDB"]}
OF_THE_DAY = [list(PROGRAMS)[int(time.time() // 86_400) % len(PROGRAMS)]]


@pytest.mark.parametrize("pair", PROGRAMS if os.environ.get("COUNTERSIGN_PAIRS") == "all" else OF_THE_DAY)
def test_a_driver_killed_at_random(pair, capsys):
    (program, *more), (driver, _, store) = PROGRAMS[pair], pair.split(" ")
    killed_at_random([str(HERE / program), *more], KILLS or 30, f"{store}, Python with {driver}", capsys)


# Gunicorn with --preload, and everything else that forks: the outbox is there before, with an open file and a client.
FORKS = """
import json, os, sys, threading, time
import countersign

store, arguments, prefix, orders, busy = json.loads(sys.stdin.read())
spiff = countersign.Spiff.from_env()
file = countersign.Outbox(store, {"shop": spiff}, anywhere=True)
file.enqueue(orders[0])
connections = {}

def connection():
    import psycopg
    if os.getpid() not in connections:
        connections[os.getpid()] = psycopg.connect(**arguments, autocommit=True)
    return connections[os.getpid()]

database = countersign.Outbox(connection, {"shop": spiff}, prefix=prefix)
database.enqueue(orders[0])

def child(number):
    if busy:
        # Its parent may have been in the middle of something: then it is told so, and does not hang.
        try:
            file.get("none")
        except countersign.Error as error:
            assert "forked while" in str(error), error
        return
    for box in (file, database) if number % 10 == 0 else (file,):
        if number % 50 == 1:
            box.drain(0.5, 3)
        elif number % 2:
            assert box.get(orders[0]["externalId"]) is not None
        else:
            assert box.enqueue(orders[number]).status == "new"

stop = False
def work():
    while not stop:
        file.get("none")
        file.enqueue(orders[0])

threads = [threading.Thread(target=work, daemon=True) for _ in range(busy)]
for thread in threads:
    thread.start()
wrong, began = [], time.monotonic()
for batch in range(0, len(orders), 20):
    children = {}
    for number in range(batch, min(batch + 20, len(orders))):
        if number == 0:
            continue
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                child(number)
                code = 0
            except BaseException:
                import traceback
                traceback.print_exc()
            finally:
                os._exit(code)
        children[pid] = number
    # The parent goes on meanwhile.
    file.get("none")
    until = time.monotonic() + 60
    while children:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid:
            number = children.pop(pid)
            if status:
                wrong.append(number)
        elif time.monotonic() > until:
            for pid in children:
                os.kill(pid, 9)
            sys.exit(f"they hang: {sorted(children.values())}")
        else:
            time.sleep(0.002)
stop = True
for thread in threads:
    thread.join()
print(json.dumps([wrong, len(file.list(limit=1000).rows), len(database.list(limit=1000).rows), time.monotonic() - began]))
"""


def forks(sandbox, postgresql, tmp_path, count, busy):
    import countersign

    store, prefix = f"sqlite:{tmp_path}/forks.db", postgresql.prefix()
    countersign.Outbox(store, {}, create=True, anywhere=True).install()
    with postgresql.connect() as connection:
        countersign.Outbox(connection, {}, prefix=prefix).install()
    # One design serves all: what is drained is not what this is about.
    order = sandbox.order("fork")
    orders = [{**order, "externalId": f"{prefix}{number}"} for number in range(count)]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FORKS],
        input=json.dumps([store, postgresql.arguments(), prefix, orders, busy]),
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, **sandbox.ready["env"]},
    )
    assert done.returncode == 0 and done.stderr == "", done.stdout + done.stderr
    return json.loads(done.stdout)


def test_a_thousand_forks_of_a_preloaded_outbox(sandbox, postgresql, tmp_path):
    wrong, in_file, in_database, _ = forks(sandbox, postgresql, tmp_path, 1001, 0)
    assert (wrong, in_file, in_database) == ([], 501, 101)


def test_forks_in_the_middle_of_the_work_of_threads(sandbox, postgresql, tmp_path):
    wrong, *_ = forks(sandbox, postgresql, tmp_path, 201, 3)
    assert wrong == []


def test_an_asynchronous_outbox_after_a_fork(sandbox, tmp_path):
    code = """
import asyncio, json, os
import countersign

box = countersign.AsyncOutbox(os.environ["STORE"], {"shop": countersign.Spiff.from_env()}, create=True, anywhere=True)

async def once(number):
    await box.install()
    await box.enqueue(json.loads(os.environ["ORDERS"])[number])
    return (await box.drain(5)).placed

print(asyncio.run(once(0)), flush=True)
child = os.fork()
if child == 0:
    print(asyncio.run(once(1)), flush=True)
else:
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), asyncio.run(once(2)), flush=True)
"""
    orders = [sandbox.order(f"async-outbox-{n}") for n in range(3)]
    env = {**sandbox.ready["env"], "STORE": f"sqlite:{tmp_path}/async.db", "ORDERS": json.dumps(orders)}
    done = python(code, env=env)
    assert done.stdout == "1\n1\n0 1\n", done.stdout + done.stderr

