"""What the tests of the command's packages share. They run what `make command-packages` made.

Environment: COUNTERSIGN_COMMAND_DIST, the folder that has it."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DIST = Path(os.environ.get("COUNTERSIGN_COMMAND_DIST", ROOT / "build/command"))
COMMAND = DIST / "countersign"
VERSION = re.search(r'^version = "(.+)"', (ROOT / "Cargo.toml").read_text(), re.M)[1]
NOTICES = "THIRD-PARTY-NOTICES.txt"
LICENCES = {name: (ROOT / name).read_bytes() for name in ("LICENSE-APACHE", "LICENSE-MIT")}


def one(pattern):
    """The path of the one package of this name."""
    (found,) = DIST.glob(pattern)
    return found


def run(*command, env=None, timeout=120, **more):
    """What a program said, on both streams, and its exit code. It finds no command by our environment."""
    env = {**{name: value for name, value in os.environ.items() if name != "COUNTERSIGN_BIN"}, **(env or {})}
    return subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout, env=env, **more)


def ask(url, body=None):
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data, {"Content-Type": "application/json"}), timeout=10) as reply:
        return json.load(reply)


def is_gone(url, within=5.0):
    """Whether nobody listens there any more."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        try:
            ask(f"{url}/_/ready")
        except OSError:
            return True
        time.sleep(0.02)
    return False


@contextlib.contextmanager
def started(*command, **more):
    """A sandbox, by this command, and its ready line. It ends with its standard input, or else by force."""
    process = subprocess.Popen(
        [*map(str, command), "sandbox", "--port", "0", "--json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more
    )
    try:
        yield process, json.loads(process.stdout.readline())
    finally:
        process.stdin.close()
        try:
            process.wait(5)
        finally:
            process.kill()
            process.stdout.close()
            process.stderr.close()


@pytest.fixture
def sandbox():
    with started(COMMAND) as (_, ready):
        yield ready


@pytest.fixture
def order(sandbox, tmp_path):
    """A file with an order for a design of the sandbox's."""
    design = ask(f"{sandbox['spiff']['url']}/_/transactions", {})["transactionId"]
    file = tmp_path / "order.json"
    file.write_text(json.dumps({"externalId": "1001", "paid": True, "orderItems": [{"amountToOrder": 1, "transactionId": design}]}))
    return file


@pytest.fixture(scope="session")
def installed(tmp_path_factory):
    """A project in which npm has installed both packages, without a network."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "package.json").write_text('{ "private": true }')
    done = run("npm", "install", "--no-audit", "--no-fund", "--offline", *DIST.glob("countersign-cli-*.tgz"), cwd=folder)
    assert done.returncode == 0, done.stdout
    return folder


@pytest.fixture
def project(installed, tmp_path):
    """A copy of it, to do damage to."""
    return Path(shutil.copytree(installed, tmp_path / "copy", symlinks=True))
