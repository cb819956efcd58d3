#!/usr/bin/env python3
"""Workers of the outbox beside other queues for PostgreSQL, in one run: rows a second of eight processes, and commits for each order.

    COUNTERSIGN_BIN=target/release/countersign python3 benches/outbox/run.py [--rounds 3] [--seconds 4] [--only NAME]... [--statements] [--write]

The command needs its feature `postgres`. The peers are installed into build/peers, by their lock files; the server is the distribution's, durable at
every commit. Every job is one POST of 400 bytes to a platform on loopback that answers at once, so the database is what is measured: ratios count,
and no absolute figure. Candidates take turns; each race begins when all eight processes have sent an order, and ends with the last order. Exits 0
also where an aim is missed.
"""

import argparse
import json
import os
import resource
import signal
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILD = ROOT / "build" / "peers"
WORKERS = 8
# Orders of the first race: it warms up, tells how many orders a longer one needs, and what start and end cost.
FIRST = 400
PATIENCE = 120


def changed(name):
    """Whether this file of ours is another one than when it was used last; then it lies in the folder of the build."""
    ours, theirs = (HERE / name).read_bytes(), BUILD / name
    if theirs.exists() and theirs.read_bytes() == ours:
        return False
    theirs.write_bytes(ours)
    return True


def install():
    """What is there already is left alone; what was begun and not ended is done anew."""
    BUILD.mkdir(parents=True, exist_ok=True)
    for name in ("post.mjs", "graphile-worker.mjs", "pg-boss.mjs"):
        changed(name)

    def unless_done(stamp, names, *commands):
        done = BUILD / f"{stamp}.done"
        if any([changed(name) for name in names]) or not done.exists():
            done.unlink(missing_ok=True)
            for command in commands:
                subprocess.run(command, cwd=BUILD, check=True, stdout=sys.stderr)
            done.touch()

    unless_done("npm", ["package.json", "package-lock.json"], ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"])
    unless_done("pip", ["requirements.txt"], [sys.executable, "-m", "venv", "--clear", "venv"],
                ["venv/bin/pip", "install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt"])
    unless_done("platform", ["platform.rs"], [os.environ.get("RUSTC", "rustc"), "--edition", "2024", "-O", "platform.rs", "-o", "platform"])
    python = str(BUILD / "venv/bin/python")
    os.execv(python, [python, __file__, *sys.argv[1:]])


sys.dont_write_bytecode = True
if not Path(sys.executable).is_relative_to(BUILD):
    install()

import psycopg  # noqa: E402 (it is there only now)

from candidates import candidates  # noqa: E402


class Server:
    """The PostgreSQL of the tests, but with the memory that a server has by default."""

    def __init__(self, statements):
        options = ["shared_buffers=128MB", "max_wal_size=1GB", *(["shared_preload_libraries=pg_stat_statements"] if statements else [])]
        options = [word for option in options for word in ("--option", option)]
        self.process = subprocess.Popen([sys.executable, ROOT / "tests/postgresql.py", *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.told = json.loads(self.process.stdout.readline())
        # Over another database than those of the candidates: what the bench asks is not counted as theirs.
        self.own = psycopg.connect(self.url("postgres"), autocommit=True)
        self.statements = statements
        if statements:
            self.own.execute("CREATE EXTENSION pg_stat_statements")

    def url(self, database):
        return "postgresql://{user}:{password}@{host}:{port}/".format(**self.told) + database

    def quiet(self, database):
        """Nobody is connected there any more: the last figures of a connection are told when it ends."""
        until = time.monotonic() + PATIENCE
        while self.own.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'", [database]).fetchone()[0]:
            if time.monotonic() > until:
                raise SystemExit(f"somebody stays connected to {database}")
            time.sleep(0.02)

    def tidy(self, database):
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
        self.quiet(database)

    def counts(self, database):
        """Transactions of a database, how often the server synced its log, and its time on a processor; that of workers that have ended, too."""
        [commits] = self.own.execute("SELECT xact_commit FROM pg_stat_database WHERE datname = %s", [database]).fetchone()
        [syncs] = self.own.execute("SELECT wal_sync FROM pg_stat_wal").fetchone()
        words = Path(f"/proc/{self.told['pid']}/stat").read_text().rpartition(")")[2].split()
        # Of its children that have ended, which its connections were.
        server = (int(words[13]) + int(words[14])) / os.sysconf("SC_CLK_TCK")
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        return {"commits": commits, "syncs": syncs, "server": server, "workers": ended.ru_utime + ended.ru_stime}

    def end(self):
        self.own.close()
        self.process.stdin.close()
        self.process.wait()


class Platform:
    def __init__(self):
        self.process = subprocess.Popen([BUILD / "platform"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self.url = f"http://127.0.0.1:{self.process.stdout.readline().strip()}"

    def race(self, orders):
        self.process.stdin.write(f"{WORKERS} {orders - WORKERS}\n")

    def seconds(self):
        told = []
        waiter = threading.Thread(target=lambda: told.append(self.process.stdout.readline()), daemon=True)
        waiter.start()
        waiter.join(PATIENCE)
        return float(told[0]) if told and told[0] else None

    def end(self):
        self.process.stdin.close()
        self.process.wait()


class Bench:
    def __init__(self, server, platform):
        self.server, self.platform, self.enqueued = server, platform, 0
        # What the workers say on standard error: it is of interest where they fail.
        self.said = open(BUILD / "said", "w")

    def race(self, candidate, orders):
        """Seconds, and what was counted."""
        server, environment = self.server, candidate.environment(self.server.url, self.platform.url)
        names = [f"{number}" for number in range(self.enqueued, self.enqueued + orders)]
        self.enqueued += orders
        candidate.enqueue(environment, names)
        server.tidy(candidate.database)
        if server.statements:
            server.own.execute("SELECT pg_stat_statements_reset()")
        before = server.counts(candidate.database)
        self.platform.race(orders)
        running = [candidate.start("work", environment, self.said) for _ in range(WORKERS)]
        try:
            seconds = self.platform.seconds()
        finally:
            for process in running:
                process.send_signal(signal.SIGTERM)
            for process in running:
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        if seconds is None:
            raise SystemExit(f"{candidate.name} did not end in {PATIENCE} s. {(BUILD / 'said').read_text()[-2000:]}")
        server.quiet(candidate.database)
        after = server.counts(candidate.database)
        return seconds, {name: after[name] - before[name] for name in after}

    def statements(self, candidate, orders):
        """What one order asked of the server, the most frequent first."""
        rows = self.server.own.execute(
            "SELECT calls, total_exec_time, wal_bytes::bigint, query FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid"
            " WHERE datname = %s AND calls * 50 >= %s ORDER BY calls DESC", [candidate.database, orders]).fetchall()
        for calls, time_ms, written, query in rows:
            print(f"    {calls / orders:6.2f} an order, {time_ms / calls * 1000:6.0f} µs, {written // calls:6} bytes: {' '.join(query.split())[:150]}")


def rate(orders, seconds):
    return (orders - WORKERS) / seconds


def table(taking_part, rates, counted):
    ours = {candidate.database: rates[candidate.database] for candidate in taking_part if candidate.ours}

    def beside(peer, database):
        """How many times their rows a second are ours: the median of rounds, whose neighbours in time are compared."""
        if database not in ours:
            return None
        return statistics.median(own / theirs for own, theirs in zip(ours[database], rates[peer.database]))

    def words(candidate):
        own, count = rates[candidate.database], counted[candidate.database]
        yield candidate.name
        yield candidate.version
        yield f"{statistics.median(own):.0f}"
        yield f"{min(own):.0f} to {max(own):.0f}"
        yield f"{count['commits']:.1f}"
        yield f"{count['syncs']:.1f}"
        yield f"{count['server'] * 1e3:.1f}"
        yield f"{count['workers'] * 1e3:.1f}"
        if candidate.ours or not {"signs", "designs"} <= ours.keys():
            yield from ("", "", "")
            return
        without, having = beside(candidate, "signs"), beside(candidate, "designs")
        yield f"{without:.2f} ×"
        yield f"{having:.2f} ×"
        if candidate.aim is None:
            yield "we are faster" if without >= 1 else "we are slower"
        else:
            yield f"{candidate.aim:g} ×: {'met' if without >= candidate.aim else 'MISSED'}"

    head = ("", "version", "rows/s", "from, to", "commits", "syncs", "ms server", "ms workers", "ours, one POST", "ours, with look", "aim, one POST")
    rows = [head, *(tuple(words(candidate)) for candidate in taking_part)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(head))]
    lines = [" | ".join(word.ljust(width) for word, width in zip(row, widths)) for row in rows]
    lines.insert(1, " | ".join("-" * width for width in widths))
    return "".join(f"| {line} |\n" for line in lines)


def missed(lines):
    """What is not as it should be, in a word."""
    names = [line.split("|")[1].strip() for line in lines.splitlines() if "MISSED" in line]
    return f"MISSED beside: {', '.join(names)}." if names else "No aim is missed."


def write(lines):
    """Puts the table where the manual has it."""
    path = ROOT / "docs/outbox.md"
    before, begin, rest = path.read_text().partition("<!-- peers -->\n")
    _, end, after = rest.partition("<!-- end of peers -->")
    if not begin or not end:
        raise SystemExit(f"{path} has no place for the table")
    path.write_text(before + begin + lines + end + after)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4.0, help="how long a race is about to take")
    parser.add_argument("--only", action="append", metavar="DATABASE", help="these candidates alone, by their database; may be repeated")
    parser.add_argument("--statements", action="store_true", help="also count the statements of an order, which costs some speed (pg_stat_statements)")
    parser.add_argument("--write", action="store_true", help="write the table into docs/outbox.md")
    given = parser.parse_args()
    taking_part = [candidate for candidate in candidates() if not given.only or candidate.database in given.only]
    began = time.monotonic()
    server, platform = Server(given.statements), None
    try:
        platform = Platform()
        bench = Bench(server, platform)
        version = server.own.execute("SHOW server_version").fetchone()[0].split()[0]
        print(f"\nThe outbox beside other queues on PostgreSQL {version}: {WORKERS} workers, one job at a time each; load {os.getloadavg()[0]:.1f}")
        first, orders = {}, {}
        for candidate in taking_part:
            server.own.execute(f"CREATE DATABASE {candidate.database}")
            candidate.install(candidate.environment(server.url, platform.url))
            seconds, first[candidate.database] = bench.race(candidate, FIRST)
            orders[candidate.database] = round(min(max(given.seconds * rate(FIRST, seconds), FIRST * 2), 8000))
        rates = {candidate.database: [] for candidate in taking_part}
        counted = {candidate.database: [] for candidate in taking_part}
        for turn in range(given.rounds):
            # Another one begins in every round, so that none always runs after the same neighbour.
            for candidate in taking_part[turn % len(taking_part):] + taking_part[:turn % len(taking_part)]:
                many = orders[candidate.database]
                seconds, counts = bench.race(candidate, many)
                rates[candidate.database].append(rate(many, seconds))
                # What start and end cost is in both.
                of = first[candidate.database]
                counted[candidate.database].append({name: max(counts[name] - of[name], 0) / (many - FIRST) for name in counts})
                if given.statements:
                    print(f"  {candidate.name}: {many} orders, {rate(many, seconds):.0f}/s")
                    bench.statements(candidate, many)
        counted = {database: {name: statistics.median(one[name] for one in many) for name in many[0]} for database, many in counted.items()}
        lines = table(taking_part, rates, counted)
        print(f"\n{lines}\nCommits, syncs and milliseconds of a processor are for each order. In batches 50 jobs are fetched and completed at a time:"
              " whoever is\nkilled leaves 50 in doubt. " + missed(lines))
        if given.write:
            write(lines)
        print(f"{time.monotonic() - began:.0f} s; load {os.getloadavg()[0]:.1f}")
    finally:
        if platform is not None:
            platform.end()
        server.end()


if __name__ == "__main__":
    main()
