#!/usr/bin/env python3
"""Runs the kill loops of every language and store, KILLS times each, and writes their table into docs/outbox.md.

    python3 tests/soak.py [--kills 10000] [--only WORDS]

What is run must be built: `make soak` does both. Each loop prints a table of its own, whose rows are put under one head; a loop that found a lost,
doubled or stuck order fails, and is told at the end.
"""

import argparse
import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "outbox.md"
COLUMNS = ["kills", "of them the server", "stops", "events", "delivered again", "POSTs", "reads", "lost", "doubled", "held", "stuck"]
BEGIN, END = "<!-- soak -->", "<!-- end of soak -->"

TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
CARGO = [os.environ.get("CARGO", "cargo"), "test", "--locked"]
PYTEST = [str(ROOT / "build/venv/bin/python"), "-m", "pytest", "-p", "no:cacheprovider", "-q", "-s"]

# What is run, where, and with what besides. Rows without a head have these columns, or Node's.
NODES = ["kills", "stops", "of them the server", *COLUMNS[3:]]
LOOPS = {
    "Rust, SQLite": ([*CARGO, "--release", "-p", "countersign-outbox", "--test", "kills", "--", "--nocapture"], ROOT, {}),
    "PHP": (["php", "bindings/php/tests/run.php"], ROOT, {
        "COUNTERSIGN_TEST": "outbox kills: processes", "COUNTERSIGN_PAIRS": "all", "COUNTERSIGN_WORDPRESS": "build/wordpress/usr/share/wordpress",
    }),
    "Python": ([*PYTEST, "tests/test_outbox_kills.py", "-k", "killed"], ROOT / "bindings/python", {"COUNTERSIGN_PAIRS": "all"}),
    "Django": ([*PYTEST, "tests/test_django_kills.py"], ROOT / "bindings/python", {}),
    "Node": (["node", "--test", "--test-reporter=spec", "test/outbox-kills.test.js"], ROOT / "bindings/node", {"COUNTERSIGN_PAIRS": "all"}),
    # The last one: the command with its drivers takes the place of the one that the others start.
    "the command": ([*CARGO, "-p", "countersign-cli", "--features", "postgres,mysql", "--test", "outbox_servers", "killed_over", "--", "--nocapture"], ROOT, {}),
}


def cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def held(text):
    """`3 resends_spent, 1 crashed` as counts."""
    return {reason: int(count) for count, reason in re.findall(r"(\d+) ([a-z_]+)", text)}


def together(one, other):
    """Two rounds of the same loop as one row."""
    both = {}
    for column in one:
        if column == "held":
            reasons = held(one[column])
            for reason, count in held(other.get(column, "")).items():
                reasons[reason] = reasons.get(reason, 0) + count
            both[column] = ", ".join(f"{count} {reason}" for reason, count in reasons.items()) or "0"
        else:
            numbers = [one[column].strip("*"), other.get(column, "").strip("*")]
            both[column] = str(sum(map(int, numbers))) if all(number.isdigit() for number in numbers) else one[column]
    return both


def rows(text, head):
    """The rows of every table of kills in this text, by the names of its columns. A loop may print a row for each round; what it prints with a seed is
    how far it is."""
    found = {}
    for line in text.splitlines():
        # A runner may print its own words in front.
        line = line[line.find("|"):] if "|" in line else ""
        if line.count("|") < 9 or re.search(r"\(\d+ s, seed", line):
            continue
        these = cells(line)
        if "kills" in these and "lost" in these:
            head = these
        elif not re.fullmatch(r"[-: |]*", line) and these[0]:
            row = dict(zip(head[1:], these[1:], strict=False))
            found[these[0]] = together(found[these[0]], row) if these[0] in found else row
    return found


def table(found):
    lines = ["| | " + " | ".join(COLUMNS) + " |", "|---" * (len(COLUMNS) + 1) + "|"]
    lines += ["| " + " | ".join([name, *(row.get(column, "–") for column in COLUMNS)]) + " |" for name, row in found.items()]
    return "\n".join(lines)


def write(text):
    page = PAGE.read_text()
    if BEGIN not in page or END not in page:
        raise SystemExit(f"docs/outbox.md has no place for the table: {BEGIN} … {END}")
    before, rest = page.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    PAGE.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=10_000)
    parser.add_argument("--only", default="", help="loops whose name has these words; the page stays as it is")
    given = parser.parse_args()
    environment = os.environ | {
        "COUNTERSIGN_KILLS": str(given.kills),
        "COUNTERSIGN_LIBRARY": str(TARGET / "release/libcountersign.so"),
        "COUNTERSIGN_BIN": str(TARGET / "debug/countersign"),
    }
    found, failed = {}, []
    for name, (command, folder, more) in LOOPS.items():
        if given.only not in name:
            continue
        began = time.monotonic()
        done = subprocess.run(command, cwd=folder, env=environment | more, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        these = rows(done.stdout, ["", *(NODES if name == "Node" else COLUMNS)])
        print(f"{name}: {len(these)} rows, {time.monotonic() - began:.0f} s, {'ok' if done.returncode == 0 else 'FAILED'}", flush=True)
        if done.returncode != 0 or not these:
            failed.append(name)
            print(done.stdout[-6000:])
        found |= these
    text = table(found)
    print(text)
    if failed:
        raise SystemExit(f"failed: {', '.join(failed)}. The page stays as it is.")
    if not given.only:
        write(text)


if __name__ == "__main__":
    sys.exit(main())
