#!/usr/bin/env python3
"""Runs a MariaDB server of the tests' own, as long as standard input is open.

    python3 tests/mariadb.py [--option NAME=VALUE]...

Its data lie in a new folder and are gone at the end. When it takes connections, one line of JSON is printed: host, port, socket, user, password,
database, pid. Then lines on standard input are obeyed, in their order:

    kill      SIGKILL, as when the machine fails; returns when the process is gone
    start     the same data and port again; the line of JSON is printed again
    stop      an orderly end
    freeze    SIGSTOP
    continue  SIGCONT
"""

import argparse
import ctypes
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

PATIENCE = 60
DATABASE, USER, PASSWORD = "shop", "shop", "shop-secret"

INIT = f"""CREATE DATABASE IF NOT EXISTS {DATABASE} CHARACTER SET utf8mb4;
CREATE USER IF NOT EXISTS '{USER}'@'localhost' IDENTIFIED BY '{PASSWORD}';
CREATE USER IF NOT EXISTS '{USER}'@'%' IDENTIFIED BY '{PASSWORD}';
GRANT ALL ON *.* TO '{USER}'@'localhost' WITH GRANT OPTION;
GRANT ALL ON *.* TO '{USER}'@'%' WITH GRANT OPTION;
"""

# As durable as a shop's server should be, and otherwise small, so that it starts in a second.
OPTIONS = [
    "bind-address=127.0.0.1", "skip-networking=0", "skip-name-resolve", "character-set-server=utf8mb4", "max-connections=200",
    "innodb-flush-log-at-trx-commit=1", "innodb-buffer-pool-size=32M", "innodb-log-file-size=16M", "innodb-log-buffer-size=2M",
    "innodb-use-native-aio=0", "performance-schema=0", "key-buffer-size=1M", "aria-pagecache-buffer-size=1M", "skip-log-bin",
]


def die_with_parent():
    """The server ends with this program, also if that is killed."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def port():
    """A free port. It lies below those that outgoing connections get, so that nobody takes it while the server is down."""
    while True:
        number = random.randrange(20000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", number))
            except OSError:
                continue
            return number


class Server:
    def __init__(self, options):
        # The path of a socket holds 107 bytes.
        base = tempfile.gettempdir()
        self.folder = tempfile.mkdtemp(prefix="countersign-db-", dir=base if len(base) < 70 else "/tmp")
        self.options, self.port, self.process = options, port(), None
        self.socket, self.log = f"{self.folder}/s", f"{self.folder}/log"
        # Without this, root is refused.
        self.user = ["--user=root"] if os.geteuid() == 0 else []

    def install(self):
        with open(f"{self.folder}/init.sql", "w") as init:
            init.write(INIT)
        installer = shutil.which("mariadb-install-db") or "/usr/bin/mariadb-install-db"
        done = subprocess.run(
            [installer, "--no-defaults", *self.user, f"--datadir={self.folder}/data", f"--tmpdir={self.folder}", "--skip-test-db", "--skip-name-resolve",
             "--auth-root-authentication-method=normal", "--innodb-log-file-size=16M", "--innodb-buffer-pool-size=32M"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, preexec_fn=die_with_parent)
        if done.returncode != 0:
            raise SystemExit(f"mariadb-install-db: {done.stdout}")

    def start(self):
        if self.process is not None and self.process.poll() is None:
            raise SystemExit("mariadb.py: it runs already")
        program = shutil.which("mariadbd") or "/usr/sbin/mariadbd"
        own = [f"datadir={self.folder}/data", f"socket={self.socket}", f"port={self.port}", f"pid-file={self.folder}/pid", f"tmpdir={self.folder}",
               f"log-error={self.log}", f"init-file={self.folder}/init.sql"]
        self.process = subprocess.Popen(
            [program, "--no-defaults", *self.user, *(f"--{option}" for option in [*own, *OPTIONS, *self.options])],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=die_with_parent)
        until = time.monotonic() + PATIENCE
        while not self.greets():
            if self.process.poll() is not None or time.monotonic() > until:
                with open(self.log, errors="replace") as log:
                    raise SystemExit(f"mariadbd did not start: {log.read()[-4000:]}")
            time.sleep(0.02)
        print(json.dumps({"host": "127.0.0.1", "port": self.port, "socket": self.socket, "user": USER, "password": PASSWORD, "database": DATABASE,
                          "pid": self.process.pid}), flush=True)

    def greets(self):
        """Whether it takes connections: its first packet names version 10 of the protocol."""
        for family, address in ((socket.AF_UNIX, self.socket), (socket.AF_INET, ("127.0.0.1", self.port))):
            with socket.socket(family) as peer:
                peer.settimeout(1)
                try:
                    peer.connect(address)
                    if peer.recv(5)[4:] != b"\n":
                        return False
                except OSError:
                    return False
        return True

    def signal(self, number, wait):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)
            if wait:
                self.process.wait()

    def remove(self):
        self.signal(signal.SIGKILL, True)
        shutil.rmtree(self.folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help="an option of the server, without the hyphens; may be repeated")
    options = [option.lstrip("-") for option in parser.parse_args().option]
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(0))
    server = Server(options)
    commands = {
        "kill": lambda: server.signal(signal.SIGKILL, True),
        "stop": lambda: server.signal(signal.SIGTERM, True),
        "start": server.start,
        "freeze": lambda: server.signal(signal.SIGSTOP, False),
        "continue": lambda: server.signal(signal.SIGCONT, False),
    }
    try:
        server.install()
        server.start()
        for line in sys.stdin:
            if line.strip() not in commands:
                raise SystemExit(f"mariadb.py: {line.strip()!r} is none of {', '.join(commands)}")
            commands[line.strip()]()
    finally:
        server.remove()


if __name__ == "__main__":
    main()
