#!/usr/bin/env python3
"""Runs the whole: the sandbox in the place of both platforms, a pretended payment provider, and the shop with its worker.

    python3 examples/shop/run.py python|node|php [--json]

The command `countersign` is COUNTERSIGN_BIN, or the one in PATH. All addresses are of this machine, and everything ends with Ctrl-C, or, where
standard input is a pipe, when that closes. A worker that ends is started again, as systemd would. With --json one line tells a program where
everything is.
"""

import argparse
import contextlib
import hashlib
import hmac
import html
import json
import os
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SHOPS = {"python": [sys.executable, "shop.py"], "node": ["node", "shop.mjs"], "php": ["php", "shop.php"]}
# The outbox waits minutes until it believes that an order did not arrive. Nobody waits for that here: all of its times are divided by this.
SCALE = 20
PATIENCE = 20


class Payments(BaseHTTPRequestHandler):
    """The page of a provider that takes no money and tells the shop twice that it did."""

    def do_GET(self):
        address = urllib.parse.urlsplit(self.path)
        asked = dict(urllib.parse.parse_qsl(address.query))
        if address.path != "/pay" or not {"order", "amount"} <= asked.keys():
            return self.send_error(404)
        order, amount = html.escape(asked["order"]), html.escape(asked["amount"])
        self.answer(200, f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Pay</title>
<link rel="stylesheet" href="{self.server.shop}/static/shop.css"><link rel="icon" href="data:,"></head>
<body><header><p>Pretended payments</p><nav aria-label="Payment"><a href="{self.server.shop}/orders/{order}">Back to the shop</a></nav></header>
<main><h1>Pay for order {order}</h1>
<p>No money moves here. The shop is told of the payment twice, as real providers do.</p>
<form method="post" action="/pay"><input type="hidden" name="order" value="{order}"><input type="hidden" name="amount" value="{amount}">
<p><button>Pay {amount} cents</button></p></form></main></body></html>""")

    def do_POST(self):
        length = int(self.headers.get("content-length", 0))
        asked = dict(urllib.parse.parse_qsl(self.rfile.read(length).decode()))
        try:
            body = json.dumps({"order": asked["order"], "amount": int(asked["amount"])}).encode()
        except (KeyError, ValueError):
            return self.send_error(422)
        signature = hmac.new(self.server.secret.encode(), body, hashlib.sha256).hexdigest()
        for _ in range(2):
            # Where the shop does not answer, its page goes on to say that nothing is paid.
            with contextlib.suppress(OSError):
                ask("POST", f"{self.server.shop}/payments", body, {"x-payment-signature": signature, "content-type": "application/json"})
        self.answer(303, "", location=f"{self.server.shop}/orders/{urllib.parse.quote(asked['order'], safe='')}")

    def answer(self, status, text, **headers):
        self.send_response(status)
        for name, value in ({"content-type": "text/html; charset=utf-8", "content-length": str(len(text.encode()))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


def ask(method, url, body=None, headers=None):
    request = urllib.request.Request(url, data=body, method=method, headers=headers or {})
    with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
        return reply.read()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def started(*command, **more):
    """A child that says in one line where it is, and ends when its standard input closes."""
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True, **more)
    line = child.stdout.readline()
    if not line:
        raise SystemExit(f"run.py: {command[0]} did not start; what it said stands above.")
    return child, json.loads(line)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shop", choices=SHOPS)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    command = os.environ.get("COUNTERSIGN_BIN") or shutil.which("countersign")
    if not command:
        raise SystemExit("run.py: there is no command countersign in PATH: pip install countersign-orders-cli, or say in COUNTERSIGN_BIN where it is.")
    # Whatever ends this ends it in order.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    children, folder = [], tempfile.TemporaryDirectory(prefix="countersign-shop-")
    try:
        run(options, command, Path(folder.name), children)
    except KeyboardInterrupt:
        pass
    finally:
        for child in reversed(children):
            end(child)
        folder.cleanup()


def end(child):
    if child.stdin:
        child.stdin.close()
    else:
        child.terminate()
    try:
        child.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def run(options, command, folder, children):
    sandbox, platforms = started(command, "sandbox", "--port", "0", "--json")
    children.append(sandbox)
    spiff, signs = platforms["spiff"]["url"], platforms["sign_customiser"]["url"]
    port = free_port()
    shop, secret = f"http://127.0.0.1:{port}", secrets.token_hex(16)

    provider = ThreadingHTTPServer(("127.0.0.1", 0), Payments)
    provider.shop, provider.secret, provider.url = shop, secret, f"http://127.0.0.1:{provider.server_port}"
    threading.Thread(target=provider.serve_forever, daemon=True).start()

    environment = {
        **os.environ,
        **platforms["env"],
        "PORT": str(port),
        "SHOP_SPIFF": spiff,
        "SHOP_SIGNS": signs,
        "SHOP_MUG": "5a000000-0000-4000-8000-000000000005",
        "SHOP_CUSTOMISER": "7",
        "SHOP_INTEGRATION": "42",
        "SHOP_PAYMENT": provider.url,
        "SHOP_PAYMENT_SECRET": secret,
        "SHOP_DATABASE": str(folder / "shop.db"),
        "COUNTERSIGN_OUTBOX_TEST_SCALE": str(SCALE),
    }
    if options.shop == "node" and "DATABASE_URL" not in os.environ:
        server, at = started(sys.executable, str(ROOT / "tests/postgresql.py"))
        children.append(server)
        environment["DATABASE_URL"] = "postgresql://{user}:{password}@{host}:{port}/{database}".format(**at)

    def part(task):
        command = program(options.shop, task, port)
        child = subprocess.Popen(command, cwd=HERE, env=environment, stdin=subprocess.DEVNULL, start_new_session=True)
        children.append(child)
        return child

    if part("install").wait(PATIENCE) != 0:
        raise SystemExit("run.py: the shop could not make its tables; what it said stands above.")
    serving, worker = part("serve"), part("worker")
    # What a person does once, in the platform's dashboard: where signs become products, and where orders are told.
    ask("POST", f"{spiff}/_/settings", json.dumps({"create_product_url": f"{shop}/products"}).encode())
    headers = {"accept": "application/json", "content-type": "application/json"}
    headers["authorization"] = f"Bearer {platforms['sign_customiser']['api_token']}"
    ask("POST", f"{signs}/api/v2/webhooks", json.dumps({"topic": "order:created", "url": f"{shop}/webhooks"}).encode(), headers)
    answers(f"{shop}/", serving)

    if options.json:
        database = environment["DATABASE_URL" if options.shop == "node" else "SHOP_DATABASE"]
        ready = {"shop": shop, "payment": provider.url, "payment_secret": secret, "database": database, "worker": worker.pid, "sandbox": platforms}
        print(json.dumps(ready), flush=True)
    else:
        print(f"The shop, in {options.shop}:  {shop}\nThe platforms:  {spiff} and {signs}\nCtrl-C ends them.", flush=True)
    closed = threading.Event()
    if stat.S_ISFIFO(kind := os.fstat(0).st_mode) or stat.S_ISSOCK(kind):
        threading.Thread(target=lambda: (sys.stdin.buffer.read(), closed.set()), daemon=True).start()
    while not closed.wait(0.2):
        if serving.poll() is not None or sandbox.poll() is not None:
            raise SystemExit("run.py: the shop or the sandbox ended; what it said stands above.")
        if worker.poll() is not None:
            print(f"The worker ended with {worker.returncode}: another one goes on.", file=sys.stderr, flush=True)
            children.remove(worker)
            worker = part("worker")


def program(shop, task, port):
    """How one of the shop's tasks is started: install, serve, worker."""
    if (shop, task) == ("php", "serve"):
        return ["php", "-d", "ffi.enable=1", "-S", f"127.0.0.1:{port}", "shop.php"]
    return [*SHOPS[shop], task]


def answers(url, child):
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return ask("GET", url)
        except OSError:
            if child.poll() is not None or time.monotonic() > until:
                raise SystemExit("run.py: the shop does not answer; what it said stands above.") from None
            time.sleep(0.05)


if __name__ == "__main__":
    main()
