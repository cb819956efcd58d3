"""Somebody at a terminal."""

import re
import subprocess

from place import ROOT, TOOLS, VERSION, installation, sh
from walk import walk


def test_start(place):
    walk(place.python(), "docs/start/terminal.md", installation("countersign_orders_cli-"))


def test_the_front_page(place):
    """The sandbox in one terminal; what it prints is pasted into a second one."""
    place.python().block(installation("countersign_orders_cli-"))
    sandbox, order = (next(block for block in sh("README.md") if words in block) for words in ("sandbox --port", "order check"))
    first = subprocess.Popen(["bash", "-c", f"exec {sandbox}"], cwd=place.shop, env={**TOOLS, **place.env}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        exports = ""
        for line in first.stdout:
            exports += line if line.strip().startswith("export ") else ""
            if exports and not line.strip():
                break
        said = place.run("bash", "-euc", f"{exports}\n{order}")
    finally:
        first.stdin.close()
        first.wait(10)
        first.stdout.close()
    assert re.search(r"^ok$", said, re.M) and re.search(r"^placed: 1001$", said, re.M), said


def test_the_command_with_npm(place):
    place.block(installation("countersign-cli-"))
    assert place.run("npx", "--no-install", "countersign", "--version") == f"countersign {VERSION}\n"
