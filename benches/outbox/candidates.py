"""Who takes part: how each is installed into its database, is given orders, and is started as a worker."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILD = HERE.parents[1] / "build" / "peers"
COMMAND = os.environ.get("COUNTERSIGN_BIN", str(HERE.parents[1] / "target/release/countersign"))
PEERS = json.loads((HERE / "package.json").read_text())["dependencies"]
PROCRASTINATE = next(line.partition("==")[2] for line in (HERE / "requirements.txt").read_text().split() if line.startswith("procrastinate=="))

# About 400 bytes, as an order of a usual size has.
ADDRESS = {"first_name": "Ana", "last_name": "Sample", "email": "ana@example.com", "address_1": "1 Example Street " + "x" * 60, "city": "Sampletown",
           "country": "AU"}


def sign(order):
    return {"integration_id": 1, "external_id": order, "external_order_number": order, "currency": "USD", "shipping_address": ADDRESS,
            "products": [{"external_id": "sku", "quantity": 1, "price": 2999}]}


def design(order):
    return {"externalId": order, "paid": True, "orderItems": [{"amountToOrder": 1, "transactionId": f"t-{order}"}], "externalData": {"note": "x" * 220}}


def node():
    """The one in PATH where it is new enough for the peers (22.18), else the one that is installed beside them."""
    try:
        told = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
        if tuple(map(int, told.strip().lstrip("v").split(".")))[:2] >= (22, 18):
            return "node"
    except (OSError, subprocess.CalledProcessError):
        pass
    return next(map(str, BUILD.glob("node_modules/node-linux-*/bin/node")), "node")


@dataclass(frozen=True)
class Candidate:
    name: str
    version: str
    database: str
    # What we want to be in its rows a second, without look and designs; nobody set an aim for the others.
    aim: float | None
    command: tuple
    options: tuple = ()
    make: callable = sign
    # So many processes write orders down.
    writers: int = 1

    @property
    def ours(self):
        return self.command[1:] == ("outbox",)

    def environment(self, at, platform):
        return {**os.environ, "DATABASE_URL": at(self.database), "COUNTERSIGN_OUTBOX_STORE": at(self.database), "PLATFORM": platform, "PGSSLMODE": "disable",
                "PYTHONDONTWRITEBYTECODE": "1",
                "COUNTERSIGN_SIGN_CUSTOMISER_BASE_URL": platform, "COUNTERSIGN_SIGN_CUSTOMISER_API_TOKEN": "token",
                "COUNTERSIGN_SPIFF_BASE_URL": platform, "COUNTERSIGN_SPIFF_ACCESS_KEY": "key", "COUNTERSIGN_SPIFF_SECRET_KEY": "secret"}

    def start(self, what, environment, says=None, **streams):
        words = {"work": "run"}.get(what, what) if self.ours else what
        options = () if self.ours and what == "install" else self.options
        end = ("-",) if self.ours and what == "enqueue" else ()
        return subprocess.Popen([*self.command, words, *options, *end], env=environment, stdout=subprocess.DEVNULL, stderr=says, **streams)

    def install(self, environment):
        if self.start("install", environment).wait() != 0:
            raise SystemExit(f"{self.name} could not be installed")

    def enqueue(self, environment, names):
        running = []
        for at in range(self.writers):
            process = self.start("enqueue", environment, stdin=subprocess.PIPE, text=True)
            process.stdin.write("".join(json.dumps(self.make(name)) + "\n" for name in names[at::self.writers]))
            process.stdin.close()
            running.append(process)
        if any([process.wait() for process in running]):
            raise SystemExit(f"{self.name} took no orders")


def candidates():
    outbox, script = (COMMAND, "outbox"), lambda name: (node(), str(BUILD / name))
    version = subprocess.run([COMMAND, "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
    graphile, boss = PEERS["graphile-worker"], PEERS["pg-boss"]
    return [
        Candidate("outbox: POST", version, "signs", None, outbox, ("--platform", "sign-customiser"), writers=8),
        Candidate("outbox: designs, look, POST", version, "designs", None, outbox, make=design, writers=8),
        Candidate("graphile-worker", graphile, "graphile", 1.5, script("graphile-worker.mjs")),
        Candidate("graphile-worker, batches", graphile, "graphile_batches", None, script("graphile-worker.mjs"), ("batches",)),
        Candidate("pg-boss", boss, "boss", 2.0, script("pg-boss.mjs")),
        Candidate("pg-boss, batches", boss, "boss_batches", None, script("pg-boss.mjs"), ("batches",)),
        Candidate("Procrastinate", PROCRASTINATE, "procrastinate", 4.0, (sys.executable, str(HERE / "procrastinate_worker.py"))),
    ]
