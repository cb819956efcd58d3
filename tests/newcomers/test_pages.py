"""What any of them reads next: the pages of docs/questions/, and what the manuals type at a terminal."""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from place import COMMAND, INSTALLATIONS, PAGES, ROOT, installation, sh
from walk import walk

TYPED = [str(page.relative_to(ROOT)) for page in sorted((ROOT / "docs/questions").glob("*.md"))] + [
    "docs/outbox.md#In five minutes, at a terminal",
    "docs/testing.md#A test delivery",
]
INSTALLS = re.compile(r"(pip|npm) install|composer require|cargo (add|install)|make install")
LANGUAGES = {
    "python": "countersign_orders-",
    "node": "build/npm",
    "php": "bin/countersign check",
    "c": "pkg-config",
    "rust": "cargo add",
    "command": "countersign_orders_cli-",
}


def test_every_installation_is_marked_and_somebody_does_it():
    for page in PAGES:
        for block in sh(page):
            assert block in INSTALLATIONS or not INSTALLS.search(block), f"{page} has an installation that no test runs; mark it <!-- install -->:\n{block}"
    assert {installation(word) for word in (*LANGUAGES.values(), "woocommerce", "countersign-cli-")} == INSTALLATIONS
    # Each language's stands in the README, and in its manual.
    for page, word in LANGUAGES.items():
        assert installation(word) in sh(f"docs/{page}.md") and installation(word) in sh("README.md"), page


class Shop(BaseHTTPRequestHandler):
    """Answers a delivery as a shop should."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        body = json.dumps({"external_id": "shop-17"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def shop():
    server = HTTPServer(("127.0.0.1", 0), Shop)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("page", TYPED)
def test_a_page(page, place, shop):
    (place.folder / "bin").mkdir()
    (place.folder / "bin/countersign").symlink_to(COMMAND)
    place.env["PATH"] = f"{place.folder}/bin:{place.env['PATH']}"
    (place.shop / "delivery.json").write_text('{"order":{"order_id":5,"external_id":"2001"}}')
    secrets = {"COUNTERSIGN_SIGN_CUSTOMISER_WEBHOOK_SECRET": "of the subscription", "COUNTERSIGN_SIGN_CUSTOMISER_INTEGRATION_SECRET": "of the integration"}
    # A hundred times faster, and wherever this repository lies.
    walk(place, page, swap=("http://127.0.0.1:8000", shop), **secrets, COUNTERSIGN_OUTBOX_TEST_SCALE="100", COUNTERSIGN_OUTBOX_ANYWHERE="1")
