"""The example of a shop in Django, as processes of its own: over PostgreSQL and over SQLite, against the sandbox."""

import contextlib
import email
import hashlib
import hmac
import json
import os
import random
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from conftest import ROOT

HERE = Path(__file__).resolve().parent
SHOP = HERE.parent / "examples/django_shop"
SECRET = "of the payment provider"


def port():
    """A free one, below those that outgoing connections get."""
    while True:
        number = random.randrange(20000, 32000)
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", number))
            return number


class Shop:
    def __init__(self, env, port, sandbox):
        self.env, self.url, self.sandbox = {**os.environ, **env}, f"http://127.0.0.1:{port}", sandbox

    def manage(self, *arguments):
        done = subprocess.run([sys.executable, "manage.py", *arguments], capture_output=True, text=True, env=self.env, cwd=SHOP, timeout=100)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @contextlib.contextmanager
    def running(self, *arguments):
        process = subprocess.Popen([sys.executable, "manage.py", *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=self.env, cwd=SHOP)
        try:
            yield process
        finally:
            process.terminate()
            said = process.communicate(timeout=60)[0].decode()
            assert "Traceback" not in said, said

    def ask(self, path, data=None, headers=None):
        """The status, and what is said."""
        if isinstance(data, dict):
            data = urllib.parse.urlencode(data).encode()
        try:
            with urllib.request.urlopen(urllib.request.Request(self.url + path, data, headers or {}), timeout=60) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def payment(self, number, event="paid", secret=SECRET):
        return self.ask("/payments", {"order": number, "event": event}, {"X-Payment-Secret": secret})[0]

    def state(self, number):
        status, page = self.ask(f"/orders/{number}")
        assert status == 200
        return re.search(r'class="state">(.*?)</p>', page)[1]

    def until(self, number, words):
        until = time.monotonic() + 60
        while words not in self.state(number):
            assert time.monotonic() < until, self.state(number)
            time.sleep(0.1)
        return self.state(number)

    def delivery(self, path, secret, **body):
        """What is said to a delivery that is signed with this secret, and to one that was changed."""
        text, stamp = json.dumps(body).encode(), str(int(time.time()))
        key = self.sandbox.ready["sign_customiser"][secret].encode()
        signature = hmac.new(key, stamp.encode() + b"." + text, hashlib.sha256).hexdigest()
        headers = {"X-Webhook-Timestamp": stamp, "X-Webhook-Signature": signature, "Content-Type": "application/json"}
        return self.ask(path, text, headers), self.ask(path, text + b" ", headers)


@pytest.fixture(params=["postgresql", "sqlite"])
def shop(request, sandbox, tmp_path):
    sandbox.control("POST", "reset")
    env = {**sandbox.ready["env"], "SHOP_SECRET_KEY": "x", "SHOP_PAYMENT_SECRET": SECRET, "SHOP_SQLITE": str(tmp_path / "shop.sqlite3")}
    env |= {"SHOP_EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend", "SHOP_EMAIL_PATH": str(tmp_path / "mail")}
    if request.param == "postgresql":
        server = request.getfixturevalue("postgresql")
        with server.connect() as connection:
            connection.execute('CREATE DATABASE "django-shop"')
        names = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user", "PGPASSWORD": "password"}
        env |= {"PGDATABASE": "django-shop", **{name: str(server.ready[of]) for name, of in names.items()}}
    number = port()
    shop = Shop(env, number, sandbox)
    shop.manage("migrate", "--verbosity", "0")
    with shop.running("runserver", "--noreload", str(number)):
        until = time.monotonic() + 60
        while True:
            try:
                shop.ask("/")
                break
            except urllib.error.URLError:
                assert time.monotonic() < until
                time.sleep(0.1)
        yield shop


MADE = """
import json, os
from django.contrib.auth.models import User
from django.core.management import call_command
from shop.models import Order
User.objects.create_superuser("ana", password="for tests")
for number, design in json.loads(os.environ["DESIGNS"]).items():
    Order.objects.create(number=number, design=design, price=2999, is_sign=number.startswith("sign"), quantity=2)
call_command("makemigrations", check_changes=True, dry_run=True)
"""

SEEN = """
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
ana = Client(headers={"host": "localhost"})
ana.force_login(User.objects.get())
for path in ("shop/order/", "countersign/order/?alerts=yes"):
    print(ana.get(f"/admin/{path}").content.decode())
call_command("countersign_check", max_held=1)
"""


def test_the_shop(shop, sandbox, tmp_path):
    designs = {number: sandbox.transaction() for number in ("1001", "1002", "1003", "1004")}
    shop.env["DESIGNS"] = json.dumps({**designs, "sign-1": "sign-17", "sign-2": "sign-18"})
    assert "No changes" in shop.manage("shell", "-c", MADE)
    assert shop.payment("1001", secret="guessed") == 401 and shop.payment("none") == 404
    assert shop.state("1001") == "Not paid yet."
    # Told twice at once, and once more.
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(shop.payment("1001"))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [*answers, shop.payment("1001")] == [204] * 3
    assert shop.state("1001") == "Paid, and on its way to production."
    # Refunded in time.
    assert [shop.payment("1002"), shop.payment("1002", "refunded")] == [204, 204] and shop.state("1002") == "Cancelled."
    # Ordered by another way before: a person must look.
    sandbox.spiff().place_order({**sandbox.order("by hand"), "orderItems": [{"amountToOrder": 1, "transactionId": designs["1003"]}]})
    assert [shop.payment("1003"), shop.payment("sign-1"), shop.payment("sign-2")] == [204] * 3
    sandbox.fault("cut_reply")
    with shop.running("countersign_drain", "--forever") as worker:
        placed = shop.until("1001", "In production as")
        shop.until("sign-2", "In production as")
        # The answer to one was lost: Sign Customiser's own word settles it.
        assert shop.state("sign-1") == "Paid, and on its way to production."
        told = {"order": {"external_id": "sign-1", "order_id": 77}}
        assert shop.delivery("/deliveries", "integration_secret", **told)[0] == (401, "mismatch")
        assert shop.delivery("/deliveries", "webhook_secret", **told) == ((200, '{"ok":true}'), (401, "mismatch"))
        assert shop.state("sign-1") == "In production as 77."
        made = {"product": {"product_id": 17, "title": "t", "price": 1, "external_data": {}}}
        assert shop.delivery("/create-product", "webhook_secret", **made)[0] == (401, "mismatch")
        assert shop.delivery("/create-product", "integration_secret", **made) == ((200, '{"external_id":"sign-17"}'), (401, "mismatch"))
        assert shop.until("1003", "looking into it") == "We are looking into it (already_ordered), and write to you."
        assert shop.payment("1004") == 204
        shop.until("1004", "In production as")
    assert worker.returncode == 0
    (accepted,) = sandbox.accepted("1001")
    assert accepted["id"] in placed and accepted["items"][0]["amountToOrder"] == 2 and not sandbox.accepted("1002")
    (mail,) = (tmp_path / "mail").iterdir()
    assert email.message_from_string(mail.read_text())["Subject"] == "[Django] Order 1003 is held"
    pages = shop.manage("shell", "-c", SEEN)
    assert "held already_ordered" in pages and "not enqueued" not in pages and pages.count("field-shop_id") == 1
    assert "Nothing needs a person." in pages


def test_the_shop_and_the_manual_are_strictly_typed(tmp_path):
    # Django has no types of its own: what is derived of it, or decorated by it, has none either.
    config = tmp_path / "mypy.ini"
    snippets = re.findall(r"^```python\n(.*?)^```$", (ROOT / "docs/django.md").read_text("utf-8"), re.M | re.S)
    assert len(snippets) == 6
    ours = ",".join(["mypy-shop.*", *(f"snippet_{number}" for number in range(6))])
    lax = "disallow_subclassing_any = False\ndisallow_untyped_decorators = False"
    config.write_text(f"[mypy]\nignore_missing_imports = True\n[{ours}]\n{lax}\n")
    for number, text in enumerate(snippets):
        (tmp_path / f"snippet_{number}.py").write_text(text)
    files = [*SHOP.rglob("*.py"), *tmp_path.glob("*.py")]
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", str(config), "--cache-dir", str(tmp_path / "cache"), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=SHOP, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_is_built_without_secrets(sandbox, tmp_path):
    env = {"SHOP_SECRET_KEY": "of the build", "SHOP_PAYMENT_SECRET": "", "SHOP_SQLITE": str(tmp_path / "none.sqlite3")}
    shop = Shop(env, 0, sandbox)
    assert not any(name.startswith(("COUNTERSIGN_SPIFF", "COUNTERSIGN_SIGN")) for name in shop.env)
    assert shop.manage("findstatic", "admin/css/base.css")
    assert "No changes detected" in shop.manage("makemigrations", "--check", "--dry-run")
    shop.manage("check")


def test_the_shop_is_small():
    lines = [line for path in SHOP.rglob("*.py") if path.name != "settings.py" for line in path.read_text("utf-8").splitlines()]
    assert 100 < len(lines) < 200
