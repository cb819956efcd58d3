"""The image: the container file, built by buildah and run in namespaces, as an engine would.

No image can be fetched here, so the ones that it begins with are made of this machine's own files: its C library, its certificate
authorities, and a shell for the health check."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import COMMAND, NOTICES, ROOT, run

CONTAINERFILE = ROOT / "packaging/Containerfile"
COMPOSE = (ROOT / "packaging/compose.yaml").read_text()
AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"


class Engine:
    """buildah with a storage of its own."""

    def __init__(self, folder):
        self.folder = folder

    def __call__(self, *arguments):
        storage = ["--root", self.folder / "root", "--runroot", self.folder / "run", "--storage-driver", "vfs"]
        done = run("buildah", *storage, *arguments)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def base(self, name, files, runs=()):
        """An image of these files, and of what they and others need to run."""
        needed = set(files)
        for file in (*files, *runs):
            needed |= set(re.findall(r"(/\S+) \(0x", run("ldd", file).stdout))
        container = self("from", "scratch").split()[-1]
        for file in needed:
            self("copy", "--quiet", container, os.path.realpath(file), file)
        self("commit", "--quiet", container, f"docker.io/library/{name}")


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """Where the image's files lie, and how it says it is run."""
    if os.geteuid() != 0:
        pytest.fail("These tests make images and namespaces: run `make command` as root.")
    buildah = Engine(tmp_path_factory.mktemp("images"))
    authorities, system, _ = re.findall(r"^FROM (\S+:\S+)", CONTAINERFILE.read_text(), re.M)
    buildah.base(authorities, [AUTHORITIES])
    buildah.base(system, ["/bin/bash", "/bin/grep"], runs=[COMMAND])
    # The context has what the ignore file leaves of the repository, and what command-packages made, wherever that is.
    context = tmp_path_factory.mktemp("context")
    (context / "build/command").mkdir(parents=True)
    shutil.copy2(COMMAND, context / "build/command/countersign")
    shutil.copy2(COMMAND.with_name(NOTICES), context / "build/command")
    (context / "build/command/more").write_text("not for an image")
    buildah("build", "--isolation", "chroot", "--pull-never", "--ignorefile", f"{CONTAINERFILE}.dockerignore", "--file", CONTAINERFILE, "--target", "prebuilt", "--tag", "countersign", context)
    config = json.loads(buildah("inspect", "--type", "image", "countersign"))["OCIv1"]["config"]
    container = buildah("from", "--pull-never", "countersign").split()[-1]
    yield Path(buildah("mount", container).strip()), config
    buildah("umount", container)


@contextlib.contextmanager
def contained(image, arguments=None, env=(), mounts=None, beside=None):
    """A container, as the first process of its own process space; it shares the network of the one beside it. Its process, as seen from here."""
    root, config = image
    spec = {"root": str(root), "user": config["User"], "args": config["Entrypoint"] + (arguments or config["Cmd"]), "env": [*config.get("Env", []), *env], "mounts": mounts or {}}
    network = ["--net"] if beside is None else []
    unshare = ["unshare", "--pid", "--fork", "--kill-child", "--mount", *network, sys.executable, Path(__file__).parent / "contained.py", json.dumps(spec)]
    joined = [] if beside is None else ["nsenter", f"--net=/proc/{beside}/ns/net"]
    process = subprocess.Popen([*joined, *unshare], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        yield process, process.stdout.readline
    finally:
        # With its first process all of it ends, and unshare too. Killing unshare would not do: a process that has become another user
        # is not told that its parent died.
        if process.poll() is None:
            for child in children(process):
                os.kill(child, signal.SIGKILL)
            process.kill()
        process.wait()
        process.stdout.close()


def children(outer):
    return [int(child) for child in Path(f"/proc/{outer.pid}/task/{outer.pid}/children").read_text().split()]


def first_process(outer):
    """The first process of the container that `unshare` started."""
    (child,) = children(outer)
    return child


def inside(pid, *command, **more):
    """Runs a program of this machine in the container's network."""
    return run("nsenter", f"--net=/proc/{pid}/ns/net", *command, **more)


def ask(pid, path, body=None, host="localhost"):
    """Asks the sandbox in the container, by the name that another container would use."""
    code = (
        "import sys, urllib.request; print(urllib.request.urlopen(urllib.request.Request(sys.argv[1], sys.argv[2].encode() or None, {'Host': sys.argv[3]}), timeout=5).read().decode())"
    )
    done = inside(pid, sys.executable, "-c", code, f"http://127.0.0.1:8080{path}", json.dumps(body) if body is not None else "", host)
    assert done.returncode == 0, done.stdout
    return json.loads(done.stdout)


def until_ready(process, line):
    """Reads up to the page's address, which is there when both platforms answer."""
    said = []
    while said[-1:] != [""] and "ends it" not in "".join(said[-1:]):
        said.append(line())
    assert "The sandbox is ready" in "".join(said), said
    return first_process(process)


def ends(process, pid):
    """Asked to end, it does, at once; as the first process it has to want that."""
    os.kill(pid, signal.SIGTERM)
    return process.wait(5)


def test_what_is_in_it(image):
    root, config = image
    assert (root / "usr/local/bin/countersign").read_bytes() == COMMAND.read_bytes()
    assert (root / "usr/local/share/doc/countersign" / NOTICES).read_bytes() == COMMAND.with_name(NOTICES).read_bytes()
    assert (root / AUTHORITIES.lstrip("/")).read_bytes() == Path(AUTHORITIES).read_bytes()
    assert not list(root.rglob("more"))
    assert (config["User"], config["StopSignal"]) == ("65532:65532", "SIGTERM")
    assert {port.partition("/")[0] for port in config["ExposedPorts"]} == {"8080", "8081"}


def test_a_sandbox_that_other_containers_reach(image):
    with contained(image) as (process, line):
        pid = until_ready(process, line)
        status = Path(f"/proc/{pid}/status").read_text()
        assert re.search(r"^Uid:\s+65532\s+65532", status, re.M) and re.search(r"^NSpid:\s+\d+\s+1$", status, re.M), status
        assert ask(pid, "/_/ready", host="sandbox:8080")["ready"]
        # The health check of compose, with the image's own shell.
        (check,) = re.findall(r"test: \[CMD, bash, -c, '(.+)'\]", COMPOSE)
        healthy = ["chroot", image[0], "/bin/bash", "-c", f"PATH=/bin; {check}"]
        assert inside(pid, *healthy).returncode == 0
        assert ask(pid, "/_/requests")["requests"] == []
        assert run("unshare", "--net", *healthy).returncode != 0
        assert ends(process, pid) == 128 + signal.SIGTERM


def test_a_worker_with_secrets_in_files(image, tmp_path):
    for folder in ("secrets", "data"):
        (tmp_path / folder).mkdir()
        os.chown(tmp_path / folder, 65532, 65532)
    with contained(image) as (process, line):
        pid = until_ready(process, line)
        ready = ask(pid, "/_/ready")
        files = {"outbox_store": "sqlite:/data/outbox.db", "spiff_secret_key": ready["spiff"]["secret_key"]}
        for name, text in files.items():
            (tmp_path / "secrets" / name).write_text(text + "\n")
        # As compose.yaml has it.
        env = re.findall(r"^      (COUNTERSIGN_\w+_FILE): (.+)$", COMPOSE, re.M)
        assert [path for _, path in env] == [f"/run/secrets/{name}" for name in files]
        env = [f"{name}={path}" for name, path in env] + [
            f"COUNTERSIGN_SPIFF_ACCESS_KEY={ready['spiff']['access_key']}", "COUNTERSIGN_SPIFF_BASE_URL=http://127.0.0.1:8080", "COUNTERSIGN_OUTBOX_ANYWHERE=1",
        ]
        mounts = {"/run/secrets": str(tmp_path / "secrets"), "/data": str(tmp_path / "data")}

        def said(*arguments):
            with contained(image, list(arguments), env, mounts, beside=pid) as (once, _):
                text, _ = once.communicate(timeout=20)
                assert once.returncode == 0, text
            return text

        said("outbox", "install")
        order = {"externalId": "1001", "paid": True, "orderItems": [{"amountToOrder": 1, "transactionId": ask(pid, "/_/transactions", {})["transactionId"]}]}
        (tmp_path / "data/order.json").write_text(json.dumps(order))
        said("outbox", "enqueue", "/data/order.json")
        (arguments,) = re.findall(r"command: \[(outbox, run, .+)\]", COMPOSE)
        with contained(image, arguments.split(", "), env, mounts, beside=pid) as (worker, line):
            end = time.monotonic() + 20
            while not ask(pid, "/_/orders")["orders"] and time.monotonic() < end:
                time.sleep(0.05)
            assert "Serving sqlite:/data/outbox.db" in line() and '"placed"' in line()
            assert ends(worker, first_process(worker)) == 0
        assert [accepted["externalId"] for accepted in ask(pid, "/_/orders")["orders"]] == ["1001"]


def test_the_manual_shows_the_compose_file():
    manual = (ROOT / "docs/command.md").read_text()
    assert f"<!-- compose -->\n```yaml\n{COMPOSE}```\n<!-- end of compose -->" in manual


def test_the_image_and_compose_start_the_same_sandbox(image):
    (arguments,) = re.findall(r"command: \[(sandbox, .+)\]", COMPOSE)
    assert [part.strip('"') for part in arguments.split(", ")] == image[1]["Cmd"]
