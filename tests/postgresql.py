#!/usr/bin/env python3
"""Runs a PostgreSQL server of the tests' own, as long as standard input is open.

    python3 tests/postgresql.py [--option NAME=VALUE]... [--tls CERTIFICATE,KEY] [--replica-of PORT] [--pgbouncer]

Its data lie in a new folder and are gone at the end. When it takes connections, one line of JSON is printed: host, port, socket (the folder), user,
password, database, pid, and with --pgbouncer "pgbouncer": the port of a pgbouncer in transaction mode before it. Then lines on standard input are
obeyed, in their order:

    kill      SIGKILL to all its processes, as when the machine fails; returns when they are gone
    start     the same data and port again; the line of JSON is printed again
    stop      an orderly end; who is connected is cut off
    freeze    SIGSTOP to all its processes
    continue  SIGCONT to them

The pgbouncer runs on through all of these. The user is a superuser, so a replica is promoted by "SELECT pg_promote()".
"""

import argparse
import ctypes
import glob
import json
import os
import pwd
import random
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

PATIENCE = 60
DATABASE, USER, PASSWORD = "shop", "shop", "shop-secret"

# As durable as a shop's server should be, and otherwise small, so that it starts in a second.
OPTIONS = [
    "listen_addresses=127.0.0.1", "max_connections=200", "fsync=on", "full_page_writes=on", "synchronous_commit=on", "shared_buffers=16MB",
    "max_wal_size=128MB", "min_wal_size=32MB", "dynamic_shared_memory_type=mmap", "lc_messages=C", "timezone=UTC", "logging_collector=off",
]


def account():
    """Whose processes they are: PostgreSQL and pgbouncer refuse root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            pass
    raise SystemExit("postgresql.py: PostgreSQL does not run as root, and there is neither a user postgres nor nobody")


ACCOUNT = account()


def become():
    """The child is the server's user, and ends with this program, also if that is killed."""
    if ACCOUNT is not None:
        os.setgroups([])
        os.setgid(ACCOUNT.pw_gid)
        os.setuid(ACCOUNT.pw_uid)
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG; after setuid, which clears it


def programs():
    """The folder of PostgreSQL's programs: where the server in PATH lies, else the newest of the distribution's."""
    def version(path):
        name = path.split("/")[4]
        return float(name) if name.replace(".", "", 1).isdigit() else 0.0

    found = [shutil.which("postgres"), *sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"), key=version, reverse=True)]
    for path in filter(None, found):
        return os.path.dirname(os.path.realpath(path))
    raise SystemExit("postgresql.py: there is no PostgreSQL, neither in PATH nor in /usr/lib/postgresql/*/bin; install the package postgresql")


PROGRAMS = programs()


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


def greets(family, address):
    """Whether it takes connections there: it asks for a password instead of saying that it starts up."""
    words = b"user\0" + USER.encode() + b"\0database\0" + DATABASE.encode() + b"\0\0"
    with socket.socket(family) as peer:
        peer.settimeout(1)
        try:
            peer.connect(address)
            peer.sendall(struct.pack("!II", 8 + len(words), 3 << 16) + words)
            return peer.recv(1) == b"R"
        except OSError:
            return False


class Server:
    def __init__(self, options):
        # The path of a socket holds 107 bytes.
        base = tempfile.gettempdir()
        self.folder = tempfile.mkdtemp(prefix="countersign-db-", dir=base if len(base) < 70 else "/tmp")
        self.options, self.port, self.process = options, port(), None
        self.data, self.log = f"{self.folder}/data", f"{self.folder}/log"
        self.bouncer, self.bouncer_port = None, None
        self.own(self.folder)

    def own(self, path):
        if ACCOUNT is not None:
            os.chown(path, ACCOUNT.pw_uid, ACCOUNT.pw_gid)

    def write(self, name, text):
        path = f"{self.folder}/{name}"
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(text)
        self.own(path)
        return path

    def run(self, name, *arguments, text=None, environment=None):
        done = subprocess.run(
            [f"{PROGRAMS}/{name}", *arguments], input=text or "", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=self.folder,
            env={**os.environ, **(environment or {})}, preexec_fn=become)
        if done.returncode != 0:
            raise SystemExit(f"{name}: {done.stdout}")

    def install(self):
        password = self.write("password", PASSWORD)
        self.run("initdb", "-D", self.data, "-U", USER, "--pwfile", password, "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        self.run("postgres", "--single", "-F", "-D", self.data, "postgres", text=f"CREATE DATABASE {DATABASE}\n")

    def copy(self, primary):
        self.run("pg_basebackup", "-h", "127.0.0.1", "-p", str(primary), "-U", USER, "-D", self.data, "-R", "-X", "stream", "-c", "fast", "--no-sync",
                 environment={"PGPASSWORD": PASSWORD})

    def tls(self, certificate, key):
        """The key must belong to the server's user, and to nobody else."""
        for name, path in (("server.crt", certificate), ("server.key", key)):
            with open(path) as file:
                self.write(name, file.read())
        self.options += ["ssl=on", f"ssl_cert_file={self.folder}/server.crt", f"ssl_key_file={self.folder}/server.key"]

    def start(self):
        if self.process is not None and self.process.poll() is None:
            raise SystemExit("postgresql.py: it runs already")
        own = [f"port={self.port}", f"unix_socket_directories={self.folder}"]
        settings = [word for option in [*own, *OPTIONS, *self.options] for word in ("-c", option)]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [f"{PROGRAMS}/postgres", "-D", self.data, *settings], stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder, preexec_fn=become)
        self.until(self.process, self.log, lambda: greets(socket.AF_UNIX, f"{self.folder}/.s.PGSQL.{self.port}")
                   and greets(socket.AF_INET, ("127.0.0.1", self.port)))
        told = {"host": "127.0.0.1", "port": self.port, "socket": self.folder, "user": USER, "password": PASSWORD, "database": DATABASE,
                "pid": self.process.pid}
        if self.bouncer_port is not None:
            self.bounce()
            told["pgbouncer"] = self.bouncer_port
        print(json.dumps(told), flush=True)

    def bounce(self):
        """A pgbouncer as its own defaults are, but in transaction mode, and quick to try again after the server was away."""
        if self.bouncer is not None:
            return
        users, log = self.write("users", f'"{USER}" "{PASSWORD}"\n'), f"{self.folder}/bouncer.log"
        settings = self.write("bouncer.ini", "\n".join([
            "[databases]", f"* = host=127.0.0.1 port={self.port}", "[pgbouncer]", "listen_addr = 127.0.0.1", f"listen_port = {self.bouncer_port}",
            "unix_socket_dir =", "auth_type = scram-sha-256", f"auth_file = {users}", "pool_mode = transaction", "max_client_conn = 500",
            "default_pool_size = 20", "server_login_retry = 0.2", ""]))
        with open(log, "ab") as out:
            self.bouncer = subprocess.Popen(
                [shutil.which("pgbouncer") or "/usr/sbin/pgbouncer", settings], stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=self.folder,
                preexec_fn=become)
        self.until(self.bouncer, log, lambda: greets(socket.AF_INET, ("127.0.0.1", self.bouncer_port)))

    def until(self, process, log, ready):
        until = time.monotonic() + PATIENCE
        while not ready():
            if process.poll() is not None or time.monotonic() > until:
                with open(log, errors="replace") as lines:
                    raise SystemExit(f"{process.args[0]} did not start: {lines.read()[-4000:]}")
            time.sleep(0.02)

    def children(self):
        """The server's processes beside the first one."""
        found = []
        for path in glob.glob("/proc/[0-9]*/stat"):
            try:
                with open(path) as stat:
                    # What stands in the parentheses may hold anything.
                    if int(stat.read().rpartition(")")[2].split()[1]) == self.process.pid:
                        found.append(int(path.split("/")[2]))
            except (OSError, IndexError):
                pass
        return found

    def send(self, number):
        """To the first process before the others: it starts no new ones then."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGSTOP)
        others = self.children()
        for process in others:
            try:
                os.kill(process, number)
            except ProcessLookupError:
                pass
        self.process.send_signal(number)
        if number == signal.SIGKILL:
            self.process.wait()
            # They are this program's children now (PR_SET_CHILD_SUBREAPER). Before the last one is gone, no server takes the data.
            for process in others:
                try:
                    os.waitpid(process, 0)
                except ChildProcessError:
                    pass

    def stop(self, number=signal.SIGINT):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait()

    def forget_memory(self):
        """What a server that was killed leaves beyond its folder: the seventh line of this file names it."""
        try:
            with open(f"{self.data}/postmaster.pid") as file:
                ctypes.CDLL(None).shmctl(int(file.read().splitlines()[6].split()[1]), 0, None)  # IPC_RMID
        except (OSError, IndexError, ValueError):
            pass

    def remove(self):
        try:
            if self.bouncer is not None:
                self.bouncer.kill()
                self.bouncer.wait()
            # An end by SIGQUIT gives the shared memory back, one by SIGKILL leaves it to the next start.
            self.send(signal.SIGCONT)
            self.stop(signal.SIGQUIT)
        finally:
            self.send(signal.SIGKILL)
            self.forget_memory()
            shutil.rmtree(self.folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help="a setting of the server; may be repeated")
    parser.add_argument("--tls", metavar="CERTIFICATE,KEY", help="take TLS as well, with these two files (PEM)")
    parser.add_argument("--replica-of", type=int, metavar="PORT", help="a streaming replica of the server that listens there")
    parser.add_argument("--pgbouncer", action="store_true", help="start a pgbouncer in transaction mode before it")
    given = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(0))
    ctypes.CDLL(None).prctl(36, 1)  # PR_SET_CHILD_SUBREAPER
    server = Server([option.lstrip("-") for option in given.option])
    commands = {
        "kill": lambda: server.send(signal.SIGKILL),
        "stop": server.stop,
        "start": server.start,
        "freeze": lambda: server.send(signal.SIGSTOP),
        "continue": lambda: server.send(signal.SIGCONT),
    }
    try:
        if given.pgbouncer:
            server.bouncer_port = port()
        if given.replica_of is None:
            server.install()
        else:
            server.copy(given.replica_of)
        if given.tls is not None:
            server.tls(*given.tls.split(","))
        server.start()
        for line in sys.stdin:
            if line.strip() not in commands:
                raise SystemExit(f"postgresql.py: {line.strip()!r} is none of {', '.join(commands)}")
            commands[line.strip()]()
    finally:
        server.remove()


if __name__ == "__main__":
    main()
