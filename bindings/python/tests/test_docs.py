"""Every Python snippet of docs/python.md is run."""

import hashlib
import hmac
import io
import json
import re
import signal
import subprocess
import sys
import tempfile
import time

from conftest import ROOT, python
from psycopg.conninfo import make_conninfo

import countersign

SNIPPETS = re.findall(r"^```python\n(.*?)^```$", (ROOT / "docs/python.md").read_text("utf-8"), re.M | re.S)


def snippet(mark):
    (found,) = [text for text in SNIPPETS if mark in text]
    return found


def run(mark, sandbox, **env):
    done = python(snippet(mark), env={**sandbox.ready["env"], **env})
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


def test_every_snippet_is_known_to_these_tests():
    assert len(SNIPPETS) == 18


def test_a_first_order_and_its_settling(sandbox):
    env = {"TRANSACTION_ID": sandbox.transaction()}
    assert re.fullmatch(r"placed: \S+\n", run("from_env()  # or: countersign.Spiff(", sandbox, **env)[0])
    assert run("from_env().settle(order", sandbox, **env)[0] == "it was placed\n"
    assert run("from_env().settle(order", sandbox, TRANSACTION_ID=sandbox.transaction())[0].startswith("settle again at ")
    sandbox.fault("500")
    assert run("from_env()  # or: countersign.Spiff(", sandbox, **env)[0].startswith("unknown: ")
    assert run("from_env()  # or: countersign.Spiff(", sandbox, TRANSACTION_ID="")[0].startswith("not placed: ")
    sandbox.fault("503", retry_after=3)
    assert run("from_env()  # or: countersign.Spiff(", sandbox, **env)[0].startswith("try again later: ")


def test_the_log(sandbox):
    out, err = run("logging.basicConfig", sandbox)
    assert out.startswith("credentials and region are right; the clocks differ by "), out
    assert err == "", err


SPANS = """
import atexit
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

memory, provider = InMemorySpanExporter(), TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(memory))
trace.set_tracer_provider(provider)

@atexit.register
def tell():
    for span in memory.get_finished_spans():
        print(span.name, span.kind.name, span.status.status_code.name, dict(span.attributes))
        for event in span.events:
            print("-", event.name, *(event.attributes[name] for name in ("method", "status", "number") if name in event.attributes))
"""


def test_a_span_around_a_call(sandbox):
    text = snippet("start_as_current_span")
    assert (ROOT / "bindings/python/examples/tracing.py").read_text("utf-8").endswith(f'"""\n\n{text}')
    sandbox.control("POST", "faults", {"fault": "500", "target": "read", "count": 1})
    done = python(SPANS + text, env=sandbox.ready["env"])
    told = r"\S+\nspiff current_integration CLIENT UNSET \{\}\n- attempt POST 500 1\n- attempt POST 200 2\n"
    assert re.fullmatch(told, done.stdout), done.stdout + done.stderr
    # An order in doubt, as a shop would place it.
    sandbox.fault("accept_then_500")
    place = f"Traced.from_env().place_order({sandbox.order('traced')})"
    done = python(SPANS + text.rsplit("print(", 1)[0] + place, env=sandbox.ready["env"])
    attributes = "{'error.type': 'server_error', 'countersign.outcome': 'unknown'}"
    assert done.stdout == f"spiff place_order CLIENT ERROR {attributes}\n- attempt POST 500 1\n- exception\n", done.stdout + done.stderr


def test_asyncio(sandbox):
    assert re.fullmatch(r"placed: \S+\n", run("AsyncSpiff.from_env(workers", sandbox, TRANSACTION_ID=sandbox.transaction())[0])


def test_the_outbox(sandbox, postgresql, tmp_path, monkeypatch, capsys):
    with postgresql.connect() as connection:
        connection.execute("CREATE SCHEMA documented")
    env = {"DATABASE_URL": make_conninfo(**postgresql.arguments(options="-c search_path=documented")), "TRANSACTION_ID": sandbox.transaction()}
    assert run("with connection.transaction():\n    connection.execute", sandbox, **env)[0] == "new\n1\n1004 placed\n"
    assert run("with connection.transaction():\n    connection.execute", sandbox, **env)[0] == "known\n0\n1004 placed\n"
    assert run("def in_transaction(connection", sandbox, **env)[0] == "placed\n"
    assert run("countersign.AsyncOutbox(", sandbox, **{**env, "TRANSACTION_ID": sandbox.transaction()})[0] == "new\n1\n"
    own = snippet("class Own:")
    done = python(own.replace("shop.db", f"{tmp_path}/shop.db"), env=sandbox.ready["env"])
    assert (done.stdout, done.stderr) == ("True\n", "")
    alchemy = snippet("connection=session)  # both").replace("sqlite:///shop.db", f"sqlite:///{tmp_path}/alchemy.db")
    alchemy = alchemy.replace("print(", "with engine.begin() as connection:\n    connection.execute(text('CREATE TABLE orders (id, paid)'))\nimport json, os\npaid(json.loads(os.environ['ORDER']))\nprint(")
    done = python(alchemy, env={**sandbox.ready["env"], "ORDER": json.dumps(sandbox.order("alchemy"))})
    assert (done.stdout, done.stderr) == ("1\n", "")
    # The worker, until it has nothing to do.
    monkeypatch.setenv("COUNTERSIGN_OUTBOX_TEST_SCALE", "1")
    for name, value in sandbox.ready["env"].items():
        monkeypatch.setenv(name, value)
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder:
        store, page, before = f"sqlite:{folder}/outbox.db", {"__name__": "page"}, signal.getsignal(signal.SIGTERM)
        exec(snippet("signal.signal(signal.SIGTERM"), page)
        try:
            page["main"](store, 0.2)
            order = sandbox.order("documented")
            sandbox.spiff().place_order(order | {"externalId": "by another way"})
            countersign.Outbox(store, {"shop": sandbox.spiff()}).enqueue(order)
            page["main"](store, 0.5)
        finally:
            signal.signal(signal.SIGTERM, before)
    assert "a person must look at documented because already_ordered\n" in capsys.readouterr().out


def test_gevent(sandbox):
    assert re.fullmatch(r"placed: \S+\n", run("threadpool.apply", sandbox, TRANSACTION_ID=sandbox.transaction())[0])


GREENLETS = """
from gevent import monkey
monkey.patch_all()
import os, time, gevent, psycopg, countersign

ticks = []
def tick():
    while True:
        ticks.append(1)
        time.sleep(0.01)
gevent.spawn(tick)
spiff = countersign.Spiff.from_env()

def counted(call, *arguments):
    gevent.sleep(0)
    before = len(ticks)
    call(*arguments)
    return len(ticks) - before

print(counted(spiff.check) < 2, counted(gevent.get_hub().threadpool.apply, spiff.check) > 9)
with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
    outbox = countersign.Outbox(connection, {"shop": spiff})
    print(counted(connection.execute, "SELECT pg_sleep(0.3)") > 9)
    connection.rollback()
    outbox.install()
    with connection.transaction():
        print(outbox.enqueue(ORDER).status)
"""


def test_what_goes_on_under_gevent(sandbox, postgresql):
    with postgresql.connect() as connection:
        connection.execute("CREATE SCHEMA greenlets")
    sandbox.control("POST", "faults", {"fault": "accept_late", "ms": 300, "target": "read", "count": 2})
    env = {**sandbox.ready["env"], "DATABASE_URL": make_conninfo(**postgresql.arguments(options="-c search_path=greenlets"))}
    done = python(GREENLETS.replace("ORDER", repr(sandbox.order("greenlets"))), env=env)
    assert (done.stdout, done.stderr) == ("True True\nTrue\nnew\n", "")


def test_signing_and_adapters(sandbox):
    out, _ = run('Signer("access-key"', sandbox)
    assert re.fullmatch(r"Authorization: SOA access-key:\S{28}\nDate: .* GMT\nContent-Type: application/json\n", out), out
    out, _ = run("countersign.httpx.SignerAuth(signer)", sandbox)
    assert out.startswith("200 {'data': {'currentIntegration': {'id': "), out


def test_the_rest_of_spiff(sandbox):
    assert re.fullmatch(r"\S+ \[None\]\n", run("current_integration(select", sandbox)[0])


def test_the_webhook_page(sandbox, monkeypatch):
    for name, value in sandbox.ready["env"].items():
        monkeypatch.setenv(name, value)
    page = {}
    exec(snippet("def deliver(environ"), page)
    product, order = b'{"product":{"product_id":17,"title":"t","price":1,"external_data":{}}}', b'{"order":{"order_id":5,"external_id":"2001"}}'

    def get(path, signer, body, more=b""):
        sent, now, secret = body + more, str(int(time.time())), sandbox.ready["sign_customiser"][f"{signer}_secret"].encode()
        signature = hmac.new(secret, now.encode() + b"." + body, hashlib.sha256).hexdigest()
        environ = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": path,
            "CONTENT_LENGTH": str(len(sent)),
            "HTTP_X_WEBHOOK_TIMESTAMP": now,
            "HTTP_X_WEBHOOK_SIGNATURE": signature,
            "wsgi.input": io.BytesIO(sent),
        }
        said = []
        answer = b"".join(page["deliver"](environ, lambda status, headers: said.append(status)))
        return said[0], answer

    assert get("/create-product", "integration", product) == ("200 OK", b'{"external_id":"shop-17"}')
    assert get("/hooks", "webhook", order) == ("200 OK", b'{"ok":true}')
    for forged in (("/create-product", "webhook", product), ("/hooks", "integration", order), ("/hooks", "webhook", order, b" ")):
        assert get(*forged) == ("401 Unauthorized", b"mismatch")


def test_testing_a_shop(tmp_path):
    (tmp_path / "test_shop.py").write_text(snippet("countersign_outbox: Outbox"))
    (tmp_path / "test_checkout.py").write_text(snippet("unittest.TestCase"))
    for tool, words in (("pytest", "4 passed"), ("unittest", "Ran 1 test in")):
        command = [sys.executable, "-W", "error", "-m", tool, *(["-p", "no:cacheprovider"] if tool == "pytest" else ["test_checkout"])]
        done = subprocess.run(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)
        assert done.returncode == 0 and words in done.stdout, done.stdout
