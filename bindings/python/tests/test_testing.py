"""countersign.testing and the fixtures for pytest: what they have, what is said where no sandbox comes up or it ends, and that nothing
stays behind. The example of examples/tests/pytest runs from the built wheels, in an empty environment.

Environment: COUNTERSIGN_DIST and COUNTERSIGN_COMMAND_DIST, the folders of the wheels of `make python-package` and `make command-packages`."""

import asyncio
import gc
import http.server
import importlib.metadata
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from conftest import ROOT
from test_packaging import DIST, clean_environment, run
from test_types import finds_what_is_marked

import countersign
from countersign.testing import Sandbox, SandboxError

BIN = os.path.abspath(os.environ["COUNTERSIGN_BIN"])
COMMANDS = Path(os.environ.get("COUNTERSIGN_COMMAND_DIST", ROOT / "build/command"))
INSTALL = f"pip install countersign-orders-cli=={countersign.__version__}"


@pytest.fixture(scope="module")
def shared():
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(shared):
    shared.reset()
    return shared


def soon(holds, what):
    until = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < until, what
        time.sleep(0.02)


def answers(url):
    try:
        socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), 5).close()
    except ConnectionRefusedError:
        return False
    return True


# What it has


def test_clients_orders_and_what_arrived(sandbox):
    order = sandbox.order("1001", amount=3, designs=2)
    assert [item["amountToOrder"] for item in order["orderItems"]] == [3, 3] and order["paid"] is True
    placed = sandbox.spiff().place_order(order)
    assert sandbox.sign_customiser().place_order(sandbox.sign_order("2001", quantity=2)).external_id == "2001"
    key = sandbox.ready["spiff"]["application_key"]
    assert sandbox.spiff(application_key=key, orders_api="rest").place_order(sandbox.order("1002")).external_id == "1002"
    assert [order["externalId"] for order in sandbox.orders()] == ["1001", "2001", "1002"]
    (accepted,) = sandbox.orders("1001")
    assert (accepted["id"], len(accepted["items"])) == (placed.id, 2) and sandbox.orders("1003") == []
    assert [request["accepted"] for request in sandbox.requests()] == [True] * 3
    assert sandbox.env["COUNTERSIGN_SPIFF_BASE_URL"] == sandbox.spiff_url
    assert sandbox.spiff_page.startswith(sandbox.spiff_url) and sandbox.sign_customiser_page.startswith(sandbox.sign_customiser_url)


def test_designs_and_bundles(sandbox):
    one = sandbox.transaction(name="For Ann", product="shop-shirt")
    assert sandbox.spiff().transactions([one["transactionId"]])[0]["designName"] == "For Ann"
    more = [design["transactionId"] for design in sandbox.transactions(3)]
    bundle = sandbox.bundle(more)
    assert len(set(more)) == 3 and set(bundle) == {"bundleId", "bundleOwnerId"}
    order = {"externalId": "b", "paid": True, "orderItems": [{"amountToOrder": 1, "bundleId": bundle["bundleId"]}]}
    assert sandbox.spiff().place_order(order).external_id == "b"
    owned = sandbox.spiff(transaction_owner_id=one["transactionOwnerId"])
    assert owned.place_order(sandbox.order("owned")).external_id == "owned"


def test_faults_settings_and_the_rest(sandbox):
    sandbox.fault("429", retry_after=3)
    sandbox.fault("500", "read", count=2)
    assert [(fault["fault"], fault["left"]) for fault in sandbox.faults()] == [("429", 1), ("500", 2)]
    with pytest.raises(countersign.NotPlaced) as raised:
        sandbox.spiff().place_order(sandbox.order("1"))
    assert raised.value.retry_after == 3 and len(sandbox.faults()) == 1
    assert sandbox.settings(dedupe=True)["dedupe"] is True
    assert len(sandbox.control("POST", "/_/past-orders", {"count": 3})["ids"]) == 3
    sandbox.reset()
    assert (sandbox.faults(), sandbox.requests(), sandbox.settings()["dedupe"]) == ([], [], False)
    for wrong, words in (
        (lambda: sandbox.fault("5x00"), 'There is no fault "5x00". Known: accept_then_hang'),
        (lambda: sandbox.settings(dedup=True), 'There is no setting "dedup"'),
        (lambda: sandbox.transaction(product="cup"), 'There is no product "cup"'),
        (lambda: sandbox.control("GET", "nothing"), "There is no GET /_/nothing. There are: GET /_/ready"),
    ):
        with pytest.raises(SandboxError, match=re.escape(words)):
            wrong()


def test_webhooks(sandbox):
    heard = []

    class Shop(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            event = (sandbox.callback() if self.path == "/product" else sandbox.webhook()).verify(self.headers, body)
            heard.append(event.topic)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(event.answer("shop-7").encode() if self.path == "/product" else b"{}")

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shop) as server:
        threading.Thread(target=server.serve_forever).start()
        try:
            url = f"http://127.0.0.1:{server.server_port}"
            assert sandbox.deliver("form:submitted", f"{url}/hook")["ok"] is True
            told = sandbox.deliver("order:created", f"{url}/hook", {"order": {"external_id": "1", "order_id": 5}})
            assert told["event"]["order"]["order_id"] == 5
            made = sandbox.product_created(f"{url}/product", product_id=7, product={"title": "Neon"})
            assert (made["external_id"], made["event"]["product"]["title"]) == ("shop-7", "Neon")
            assert sandbox.deliver("form:submitted", f"{url}/hook", secret="another")["ok"] is False
        finally:
            server.shutdown()
    assert heard == ["form:submitted", "order:created", "product:created"]
    assert [one["topic"] for one in sandbox.deliveries()] == [*heard, "form:submitted"]
    body = b'{"order":{"order_id":5,"external_id":"1"}}'
    assert sandbox.webhook().verify(sandbox.webhook().sign(body), body).data["order_id"] == 5
    with pytest.raises(countersign.VerificationFailed):
        sandbox.callback().verify(sandbox.webhook().sign(body), body)


def test_asyncio(sandbox):
    async def main():
        async with sandbox.async_spiff(workers=1) as spiff, sandbox.async_sign_customiser() as signs:
            assert (await spiff.place_order(sandbox.order("1"))).external_id == "1"
            assert (await signs.place_order(sandbox.sign_order("2"))).external_id == "2"
        box = sandbox.async_outbox(shop="async")
        sandbox.fault("accept_then_hang")
        await box.enqueue(sandbox.order("3"), "shop")
        drained = await box.drain(20)
        assert (drained.unknown, drained.placed) == (1, 1)

    asyncio.run(main())
    assert len(sandbox.orders("3")) == 1


def test_an_outbox_settles_within_the_test(sandbox, tmp_path):
    own = sandbox.outbox()
    began = time.monotonic()
    for fault in ("accept_then_hang", "hang", "503", "cut_reply"):
        sandbox.fault(fault)
        assert own.enqueue(sandbox.order(fault), "shop").status == "new"
        drained = own.drain(20)
        assert (drained.unknown, drained.placed) == (1, 1), fault
        assert len(sandbox.orders(fault)) == 1
    assert time.monotonic() - began < 20
    assert own.enqueue(sandbox.sign_order("sign"), "signs").account == "signs" and own.drain().placed == 1
    # What a shop has set up itself, with numbers of the manual: ten seconds of them are a tenth of one.
    store = f"sqlite:{tmp_path}/shop.db"
    box = sandbox.outbox(store, {"only": sandbox.spiff()}, policy={"deadline": 10}, create=True, anywhere=True)
    box.install()
    sandbox.fault("hang")
    box.enqueue(sandbox.order("only"))
    assert "within 0.1 s" in box.drain(max=1).changed[0].why
    # No other outbox is faster.
    box = countersign.Outbox(store, {"only": sandbox.spiff(timeout=0.1)}, policy={"deadline": 1, "lease": 12}, anywhere=True)
    sandbox.fault("hang")
    box.enqueue(sandbox.order("slow"))
    assert "within 1 s" in box.drain(max=1).changed[0].why


def test_threads_share_it(sandbox):
    wrong = []

    def work(number):
        try:
            sandbox.spiff().place_order(sandbox.order(f"t-{number}"))
            assert len(sandbox.orders(f"t-{number}")) == 1
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (wrong, len(sandbox.orders())) == ([], 16)


def test_it_is_typed(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        """
from countersign import AsyncOutbox, Outbox
from countersign.testing import Sandbox, SandboxError

def test(countersign_sandbox: Sandbox, countersign_outbox: Outbox) -> None:
    with Sandbox(command="countersign", port=0) as sandbox:
        text: str = sandbox.spiff(timeout=1).place_order(sandbox.order("1")).external_id
        more: str = sandbox.transaction()["transactionId"] + sandbox.bundle([text])["bundleId"]
        waiting: AsyncOutbox = sandbox.async_outbox(policy={"deadline": 1})
        headers: dict[str, str] = sandbox.webhook().sign(b"{}")
        sandbox.fault("429", retry_after=3)
        print(sandbox.control("GET", "state")["orders"], more, waiting, headers)
        sandbox.spiff(tmeout=1)  # E
        sandbox.fault("500", "orders")  # E
        sandbox.deliver("order:made", "http://127.0.0.1")  # E
        sandbox.transaction()["transaction_id"]  # E
        sandbox.outbox(crate=True)  # E
"""
    )
    finds_what_is_marked(program, tmp_path)


# Finding the command


def test_the_command_is_found_in_this_order(tmp_path, monkeypatch):
    ways = {name: tmp_path / name / "bin/countersign" for name in ("argument", "environment", "installed", "stranger", "path")}
    for path in ways.values():
        path.parent.mkdir(parents=True)
        path.symlink_to(BIN)

    def used(**given):
        with Sandbox(**given) as sandbox:
            return Path(sandbox._process.args[0])

    monkeypatch.setenv("PATH", str(ways["path"].parent))
    monkeypatch.delenv("COUNTERSIGN_BIN")
    assert used() == ways["path"]
    site = tmp_path / "installed/site"
    # PyPI's countersign-cli, which is somebody else's, has a program of this name too.
    for name, script, way in (("countersign-cli", "../../stranger/bin/countersign", "path"), ("countersign-orders-cli", "../bin/countersign", "installed")):
        about = site / f"{name.replace('-', '_')}-0.1.0.dist-info"
        about.mkdir(parents=True)
        (about / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {name}\nVersion: 0.1.0\n")
        (about / "RECORD").write_text(f"{script},,\n{about.name}/METADATA,,\n")
        monkeypatch.syspath_prepend(site)
        assert used() == ways[way]
    monkeypatch.setenv("COUNTERSIGN_BIN", str(ways["environment"]))
    assert used() == ways["environment"]
    assert used(command=ways["argument"]) == ways["argument"]
    # What was installed and is gone is not.
    monkeypatch.delenv("COUNTERSIGN_BIN")
    ways["installed"].unlink()
    assert used() == ways["path"]
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxError) as raised:
        Sandbox()
    assert str(raised.value) == f"The sandbox is the command `countersign`, which is not installed: {INSTALL} (or COUNTERSIGN_BIN names it)"


# Where none comes up


@pytest.fixture
def command(tmp_path):
    """Makes a command of a shell script."""

    def make(script):
        path = tmp_path / "countersign"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path

    return make


def ready(**changed):
    """A ready line of nobody: its port is closed."""
    with Sandbox() as sandbox:
        return json.dumps(sandbox.ready | changed)


def refused(**given):
    with pytest.raises(SandboxError) as raised:
        Sandbox(**given)
    assert raised.value.__suppress_context__ or raised.value.__context__ is None
    return str(raised.value)


def test_no_such_command(tmp_path, monkeypatch):
    path = tmp_path / "countersign"
    assert refused(command=path) == f"{path} cannot be started: No such file or directory. To have the command `countersign`: {INSTALL}"
    path.write_text("no program")
    assert "cannot be started: Permission denied. To have" in refused(command=path)
    path.chmod(0o755)
    monkeypatch.setenv("COUNTERSIGN_BIN", str(path))
    assert refused().startswith(f"{path}, which COUNTERSIGN_BIN names, cannot be started: Exec format error.")


@pytest.mark.parametrize("version", ["0.0.7", None])
def test_another_version(command, version):
    path = command(f"echo '{ready(version=version) if version else json.dumps({'ready': True})}'; exec cat > /dev/null")
    both = f"is of version {version or 'unknown'}, the package countersign of version {countersign.__version__}: they must be the same"
    assert refused(command=path) == f"The command {path} {both}: {INSTALL}"


def test_a_port_that_is_taken(sandbox):
    for name in ("port", "sign_customiser_port"):
        taken = int(sandbox.spiff_url.rpartition(":")[2])
        assert f"Port {taken} on 127.0.0.1 is in use. Stop what uses it, or choose another" in refused(**{name: taken})
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with Sandbox(port=port) as other:
        assert other.spiff_url == f"http://127.0.0.1:{port}"


@pytest.mark.parametrize(
    ("script", "how"),
    [
        ("exit 7", "ended with exit code 7, and said nothing."),
        ("echo 'no room left' >&2; exit 1", "ended with exit code 1, and said no room left."),
        ("echo hello; exit 0", "ended with exit code 0, and said hello."),
        ("echo hello; exec cat > /dev/null", "goes on, and said hello."),
        ("echo 'aborted' >&2; kill -9 $$", "was killed by SIGKILL, and said aborted."),
        ("sleep 60", "was given 0.5 seconds, and said nothing."),
        ("sleep 60 & exec cat > /dev/null", "was given 0.5 seconds, and said nothing."),
    ],
)
def test_what_is_no_sandbox(command, script, how):
    path, began = command(script), time.monotonic()
    assert refused(command=path, timeout=0.5) == f"The sandbox did not come up: {path} {how} To have the command `countersign`: {INSTALL}"
    assert time.monotonic() - began < 10


def test_one_that_ends_in_the_middle(command):
    path = command(f"echo '{ready()}'; echo 'out of luck' >&2; exit 3")
    with Sandbox(command=path) as sandbox:
        for call in (sandbox.orders, lambda: sandbox.fault("500"), sandbox.reset):
            with pytest.raises(SandboxError) as raised:
                call()
            assert str(raised.value) == "The sandbox ended with exit code 3 in the middle, and said out of luck."
    with Sandbox() as sandbox:
        os.kill(sandbox._process.pid, signal.SIGKILL)
        with pytest.raises(SandboxError, match=re.escape("The sandbox was killed by SIGKILL in the middle, and said nothing.")):
            sandbox.requests()
    with pytest.raises(SandboxError, match="The sandbox is closed: start another one."):
        sandbox.orders()


# Nothing stays behind


def test_it_ends_with_its_block(recwarn):
    with Sandbox() as sandbox:
        process, box = sandbox._process, sandbox.outbox()
        (folder,) = sandbox._folders
        assert os.listdir(folder) == ["outbox.db"] or os.path.exists(f"{folder}/outbox.db")
        # A call that hangs there holds nothing up.
        sandbox.fault("hang")
        with pytest.raises(countersign.OutcomeUnknown):
            sandbox.spiff(timeout=0.1).place_order(sandbox.order("1"))
    assert process.returncode == 0 and not answers(sandbox.spiff_url) and not os.path.exists(folder)
    sandbox.close()
    del sandbox, box
    gc.collect()
    assert not recwarn.list


def test_one_that_does_not_listen_is_killed(command):
    # It does not end with its pipe.
    path = command(f"echo '{ready()}'; exec sleep 60")
    sandbox = Sandbox(command=path)
    began = time.monotonic()
    sandbox.close()
    assert sandbox._process.returncode == -signal.SIGKILL and time.monotonic() - began < 9


def test_ctrl_c_is_the_tests_own(sandbox):
    assert os.getpgid(sandbox._process.pid) not in (os.getpgid(0), 0)


FORKS = """
import multiprocessing, os, sys, time
from countersign.testing import Sandbox

sandbox = Sandbox()
context = multiprocessing.get_context("fork")
mine, theirs = context.Pipe()

def child():
    with sandbox:
        sandbox.transaction()
    sandbox.close()
    theirs.send(os.getpid())
    time.sleep(60)

process = context.Process(target=child)
process.start()
theirs.close()
print(mine.recv(), sandbox.spiff_url, sandbox.spiff().current_integration()["id"], flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_child_that_was_forked_neither_ends_nor_keeps_it(how):
    program = subprocess.Popen([sys.executable, "-W", "error", "-c", FORKS], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    child = 0
    try:
        with program.stdout, program.stderr:
            line = program.stdout.readline().split()
            assert len(line) == 3, program.stderr.read()
            child, url = int(line[0]), line[1]
            assert answers(url)
            program.send_signal(how)
            program.wait(20)
            soon(lambda: not answers(url), "the sandbox goes on")
            os.kill(child, 0)
    finally:
        program.kill()
        program.wait()
        if child:
            os.kill(child, signal.SIGKILL)


# The fixtures of pytest


@pytest.fixture
def tests(tmp_path):
    """Runs tests as a shop would, in a folder of their own."""

    def run_them(source, *arguments, env=None, conftest=""):
        (tmp_path / "test_shop.py").write_text(source)
        (tmp_path / "conftest.py").write_text(conftest)
        command = [sys.executable, "-W", "error", "-m", "pytest", "-p", "no:cacheprovider", "-q", *arguments]
        return run(*command, cwd=tmp_path, env={"PYTEST_ADDOPTS": "", **(env or {})}, timeout=120)

    return run_them


def test_fixtures(tests):
    done = tests(
        """
first = []

def test_one(countersign_sandbox, countersign_outbox, countersign_sandbox_session):
    first.append((countersign_sandbox.spiff_url, countersign_sandbox_session.spiff_url))
    countersign_sandbox.fault("500")
    countersign_outbox.enqueue(countersign_sandbox.order("1"), "shop")
    countersign_outbox.enqueue(countersign_sandbox.sign_order("2"), "signs")
    assert countersign_outbox.drain().placed == 2
    countersign_sandbox_session.spiff().place_order(countersign_sandbox_session.order("1"))
    countersign_sandbox.fault("500")

def test_another(countersign_sandbox, countersign_outbox, countersign_sandbox_session):
    assert (countersign_sandbox.orders(), countersign_sandbox.faults(), countersign_outbox.list().rows) == ([], [], [])
    assert len(countersign_sandbox_session.orders("1")) == 1
    assert first == [(countersign_sandbox.spiff_url, countersign_sandbox_session.spiff_url)] and len(set(first[0])) == 2
    countersign_sandbox.close()

def test_after_it_was_closed(countersign_sandbox):
    assert countersign_sandbox.orders() == []
    print("url", countersign_sandbox.spiff_url, first[0][1])
""",
        "-s",
    )
    assert done.returncode == 0 and "3 passed" in done.stdout, done.stdout
    for url in re.search(r"url (\S+) (\S+)", done.stdout).groups():
        assert not answers(url)


def test_no_sandbox_is_one_sentence_for_each_test(tests, tmp_path):
    source = "def test_one(countersign_sandbox): pass\ndef test_two(countersign_outbox): pass\ndef test_three(countersign_sandbox_session): pass\n"
    missing = tmp_path / "countersign"
    done = tests(source, env={"COUNTERSIGN_BIN": str(missing)})
    said = f"{missing}, which COUNTERSIGN_BIN names, cannot be started: No such file or directory. To have the command `countersign`: {INSTALL}"
    reports = re.findall(r"^_+ ERROR at setup of (\w+) _+\n(.*)$", done.stdout, re.M)
    assert reports == [(name, said) for name in ("test_one", "test_two", "test_three")], done.stdout
    assert done.returncode == 1 and "3 errors" in done.stdout and "Traceback" not in done.stdout and ".py:" not in done.stdout.split("= short")[0]


def test_a_sandbox_that_ends_is_told_by_the_test_it_ended_in(tests):
    done = tests(
        """
import os, countersign, pytest

def test_silent(countersign_sandbox):
    os.kill(countersign_sandbox._process.pid, 9)
    with pytest.raises(countersign.NotPlaced):
        while True:
            countersign_sandbox.spiff().place_order({"externalId": "1", "paid": True, "orderItems": [{"amountToOrder": 1, "transactionId": "t"}]})

def test_called(countersign_sandbox):
    os.kill(countersign_sandbox._process.pid, 15)
    os.waitid(os.P_PID, countersign_sandbox._process.pid, os.WEXITED | os.WNOWAIT)
    countersign_sandbox.orders()

def test_afterwards(countersign_sandbox):
    assert countersign_sandbox.orders() == []
"""
    )
    assert "1 failed, 2 passed, 2 errors" in done.stdout, done.stdout
    for name, how in (("silent", "SIGKILL"), ("called", "SIGTERM")):
        assert re.search(rf"ERROR at teardown of test_{name} _+\nThe sandbox was killed by {how} in the middle, and said nothing\.$", done.stdout, re.M), done.stdout
    assert "E       countersign.testing.SandboxError: The sandbox was killed by SIGTERM in the middle, and said nothing." in done.stdout
    # The line of the test, and none of the package's.
    assert ">       countersign_sandbox.orders()" in done.stdout and "testing.py" not in done.stdout


def test_a_sandbox_for_each_worker(tests, tmp_path):
    source = """
def test(countersign_sandbox, countersign_outbox, worker_id, tmp_path_factory):
    countersign_outbox.enqueue(countersign_sandbox.order("1"), "shop")
    assert countersign_outbox.drain().placed == 1 and len(countersign_sandbox.orders()) == 1
    (tmp_path_factory.getbasetemp().parent / worker_id).write_text(countersign_sandbox.spiff_url)
"""
    done = tests(source, "-n", "2", "--dist", "each", "--basetemp", "base")
    assert done.returncode == 0 and "2 passed" in done.stdout, done.stdout
    urls = {path.read_text() for path in tmp_path.glob("base/gw*")}
    assert len(urls) == 2 and not any(map(answers, urls))


@pytest.mark.parametrize("workers", [(), ("-n", "1")])
def test_a_killed_run_leaves_no_sandbox(workers, tmp_path):
    (tmp_path / "test_shop.py").write_text(
        """
import multiprocessing, os, pathlib, time

def child():
    pathlib.Path("child").write_text(str(os.getpid()))
    time.sleep(60)

def test(countersign_sandbox):
    multiprocessing.get_context("fork").Process(target=child).start()
    while not (pathlib.Path("child").exists() and pathlib.Path("child").read_text()):
        time.sleep(0.02)
    pathlib.Path("new").write_text(countersign_sandbox.spiff_url)
    os.rename("new", "url")
    time.sleep(60)
"""
    )
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", *workers]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as killed:
        try:
            soon((tmp_path / "url").exists, "the test does not run")
            url = (tmp_path / "url").read_text()
            assert answers(url)
        finally:
            killed.kill()
    child = int((tmp_path / "child").read_text())
    try:
        soon(lambda: not answers(url), "the sandbox goes on")
        os.kill(child, 0)
    finally:
        os.kill(child, signal.SIGKILL)


def test_who_takes_no_fixture_pays_nothing(tests, tmp_path):
    conftest = """
import sys

def pytest_sessionfinish(session):
    print("imported:", sorted(name for name in sys.modules if "countersign" in name))
"""
    done = tests("def test(): pass", conftest=conftest)
    assert done.returncode == 0 and "imported: ['_countersign_pytest']\n" in done.stdout, done.stdout
    # A native module that cannot be loaded disturbs nobody else.
    broken = tmp_path / "broken/countersign"
    broken.mkdir(parents=True)
    (broken / "__init__.py").write_text("raise ImportError('its native module cannot be loaded')")
    source = "def test(): pass\ndef test_that_needs_it(countersign_sandbox): pass"
    done = tests(source, env={"PYTHONPATH": str(broken.parent)})
    assert "1 passed, 1 error" in done.stdout and "its native module cannot be loaded" in done.stdout, done.stdout


def test_pytest_within_a_program_that_has_the_package(tmp_path):
    # pytest would warn that it is too late to rewrite the assertions of a package that is imported already.
    (tmp_path / "test_shop.py").write_text("def test(countersign_sandbox): assert countersign_sandbox.orders() == []")
    program = "import sys, countersign, countersign.testing, pytest; sys.exit(pytest.main(['-q', '-W', 'error', '-p', 'no:cacheprovider']))"
    done = run(sys.executable, "-W", "error", "-c", program, cwd=tmp_path, timeout=120)
    assert done.returncode == 0 and "1 passed" in done.stdout, done.stdout


# The example, from what is installed


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """The interpreter of an empty environment with the two wheels, found by pip in their folders; pytest is the one that runs here."""
    folder = tmp_path_factory.mktemp("shop")
    interpreter = clean_environment(folder / "env")
    here = folder / "pytest"
    here.mkdir()
    for name in ("pytest", "pluggy", "iniconfig", "packaging", "Pygments"):
        distribution = importlib.metadata.distribution(name)
        for top in {file.parts[0] for file in distribution.files} - {"..", "__pycache__"}:
            (here / top).symlink_to(distribution.locate_file(top))
    (site,) = (folder / "env").glob("lib/python*/site-packages")
    (site / "here.pth").write_text(str(here))
    assert list(COMMANDS.glob("countersign_orders_cli-*.whl")), f"{COMMANDS} has no wheel of countersign-orders-cli: make command-packages"
    needed = ROOT / "examples/tests/pytest/requirements.txt"
    done = run(interpreter, "-m", "pip", "install", "--no-index", "--find-links", DIST, "--find-links", COMMANDS, "-r", needed)
    assert done.returncode == 0 and re.search(r"^Successfully installed countersign-orders-\d\S+ countersign-orders-cli-\d", done.stdout, re.M), done.stdout
    return interpreter


def alone(env=None):
    """An environment in which only what is installed is found."""
    hidden = ("COUNTERSIGN", "PYTHON", "PYTEST")
    return {**{name: "" for name in os.environ if name.startswith(hidden)}, "PATH": "/usr/bin:/bin", **(env or {})}


def test_the_example(environment, tmp_path):
    shop = tmp_path / "shop"
    shutil.copytree(ROOT / "examples/tests/pytest", shop, ignore=shutil.ignore_patterns("__pycache__"))
    code = "import countersign.testing as t; print(t.__file__, t.Sandbox()._process.args[0])"
    done = run(environment, "-c", code, env=alone(), cwd=shop)
    assert done.stdout.count(str(environment.parent.parent)) == 2, done.stdout
    done = run(environment, "-W", "error", "-m", "pytest", "-p", "no:cacheprovider", "-q", env=alone(), cwd=shop, timeout=120)
    assert done.returncode == 0 and re.search(r"^[.]{7} .*\n7 passed", done.stdout), done.stdout


def test_the_example_is_strictly_typed(tmp_path):
    shop = tmp_path / "shop"
    shutil.copytree(ROOT / "examples/tests/pytest", shop)
    done = run(sys.executable, "-m", "mypy", "--strict", "--cache-dir", tmp_path / "cache", "shop.py", "test_shop.py", cwd=shop)
    assert done.returncode == 0, done.stdout


def test_it_starts_in_less_than_a_tenth_of_a_second(environment):
    code = """
import time
from countersign.testing import Sandbox
for _ in range(10):
    began = time.perf_counter()
    with Sandbox():
        print(time.perf_counter() - began)
"""
    done = run(environment, "-W", "error", "-c", code, env=alone())
    assert statistics.median(map(float, done.stdout.split())) < 0.1, done.stdout
