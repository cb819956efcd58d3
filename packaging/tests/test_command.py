"""The command itself, as every package has it: where it runs, how soon, and that it leaves nothing behind."""

import os
import re
import signal
import statistics
import subprocess
import sys
import tarfile
import time
import zipfile

from conftest import COMMAND, ROOT, VERSION, is_gone, one, run, started


def test_every_package_has_the_same_command():
    bare = COMMAND.read_bytes()
    with zipfile.ZipFile(one("*.whl")) as wheel:
        assert wheel.read(f"countersign_orders_cli-{VERSION}.data/scripts/countersign") == bare
    with tarfile.open(one("countersign-cli-linux-*.tgz")) as package:
        assert package.extractfile("package/countersign").read() == bare


def test_it_runs_on_old_linux():
    text = run("readelf", "--version-info", "--dynamic", "--wide", COMMAND).stdout
    versions = {tuple(map(int, found.split("."))) for found in re.findall(r"GLIBC_([\d.]+)", text)}
    assert versions and max(versions) <= (2, 17), versions
    needed = set(re.findall(r"NEEDED.*\[(.+)\]", text))
    assert needed <= {"libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "ld-linux-x86-64.so.2"}, needed


def test_it_has_no_path_of_the_machine_that_built_it():
    bare = COMMAND.read_bytes()
    for path in (b"/.cargo/", b"registry/src", str(ROOT).encode() + b"/"):
        assert path not in bare, path


def test_it_has_every_driver(tmp_path):
    for store in ("postgresql://nobody@127.0.0.1:1/shop", "mysql://nobody@127.0.0.1:1/shop", f"sqlite:{tmp_path}/outbox.db"):
        done = run(COMMAND, "outbox", "stats", "--store", store)
        assert done.returncode == 1 and "feature" not in done.stdout, done.stdout


def test_a_sandbox_is_ready_at_once(capsys):
    took = []
    for _ in range(10):
        began = time.monotonic()
        with started(COMMAND) as (_, ready):
            took.append((time.monotonic() - began) * 1000)
        assert ready["ready"] and ready["version"] == VERSION
    with capsys.disabled():
        print(f"\ncountersign sandbox: ready after {statistics.median(took):.1f} ms (median of 10; {min(took):.1f} to {max(took):.1f})")
    # Other tests run beside this one.
    assert min(took) < 100, took


def test_a_sandbox_ends_with_its_pipe():
    with started(COMMAND) as (process, ready):
        process.stdin.close()
        assert process.wait(5) == 0
        assert is_gone(ready["spiff"]["url"]) and is_gone(ready["sign_customiser"]["url"])


def test_a_sandbox_ends_with_the_test_that_is_killed():
    # The test is a process of its own, which hands the ready line on.
    code = f"import subprocess, sys, time; p = subprocess.Popen([{str(COMMAND)!r}, 'sandbox', '--port', '0', '--json'], stdin=subprocess.PIPE); time.sleep(60)"
    test = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    try:
        (url,) = re.findall(rb'"page":"(http://127.0.0.1:\d+)/"', test.stdout.readline())[:1]
        assert not is_gone(url.decode(), within=0.1)
        os.kill(test.pid, signal.SIGKILL)
        assert is_gone(url.decode())
    finally:
        test.kill()
        test.wait()
        test.stdout.close()
