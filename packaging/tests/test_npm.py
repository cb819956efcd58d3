"""The packages for npm: what is in them, and that `npx countersign` is the command, whatever becomes of either."""

import json
import os
import pty
import shutil
import signal
import tarfile
import time

import pytest
from conftest import COMMAND, LICENCES, NOTICES, ROOT, VERSION, ask, is_gone, one, run, started

PLATFORM = "countersign-cli-linux-x64-gnu"


def contents(package):
    with tarfile.open(package) as file:
        return {member.name.removeprefix("package/"): (member.mode, file.extractfile(member).read()) for member in file}


def launcher(project):
    return ["node", project / "node_modules/.bin/countersign"]


def test_the_package_in_front():
    files = contents(one(f"countersign-cli-{VERSION}.tgz"))
    assert set(files) == {"package.json", "README.md", "countersign.js", "index.js", "index.d.ts", "platform.js", *LICENCES}
    assert {name: files[name][1] for name in LICENCES} == LICENCES
    assert files["countersign.js"][0] & 0o111
    manifest = json.loads(files["package.json"][1])
    assert (manifest["version"], manifest["bin"]) == (VERSION, {"countersign": "countersign.js"})
    assert "scripts" not in manifest and "dependencies" not in manifest
    # The same platforms as the library's.
    loader = (ROOT / "bindings/node/lib/native.js").read_text()
    assert manifest["optionalDependencies"][PLATFORM] == VERSION
    assert all(version == VERSION and name.replace("-cli", "") in loader for name, version in manifest["optionalDependencies"].items())


def test_the_package_of_this_platform():
    files = contents(one(f"{PLATFORM}-{VERSION}.tgz"))
    assert set(files) == {"package.json", "countersign", NOTICES, *LICENCES}
    assert files["countersign"][0] & 0o111 == 0o111
    manifest = json.loads(files["package.json"][1])
    assert (manifest["version"], manifest["os"], manifest["cpu"], manifest["libc"], manifest["main"]) == (VERSION, ["linux"], ["x64"], ["glibc"], "countersign")


def test_npx_runs_the_command(installed):
    assert run("npx", "--no-install", "countersign", "--version", cwd=installed).stdout == f"countersign {VERSION}\n"
    command = run("node", "-p", "require('countersign-cli')", cwd=installed).stdout.strip()
    assert run(command, "--version").stdout == f"countersign {VERSION}\n"


def test_what_it_reads_and_writes_goes_through(installed):
    done = run(*launcher(installed), "sign", "--key-id", "k", "--method", "POST", "--path", "/", "--body-file", "-", input="{}", env={"COUNTERSIGN_SECRET_KEY": "s"})
    assert done.returncode == 0 and "SOA k:" in done.stdout, done.stdout


@pytest.mark.parametrize("arguments, code", [(["--version"], 0), (["order", "check", "/no/such"], 1), (["nonsense"], 2)])
def test_its_exit_code_goes_through(installed, arguments, code):
    assert run(*launcher(installed), *arguments).returncode == code


def test_an_unknown_outcome_is_still_3(installed, sandbox, order):
    ask(f"{sandbox['spiff']['url']}/_/faults", {"fault": "accept_then_hang", "target": "order"})
    done = run(*launcher(installed), "order", "place", "--platform", "spiff", "-o", "timeout=0.5", order, env=sandbox["env"])
    assert done.returncode == 3, done.stdout


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_the_command_and_is_how_the_launcher_ends(installed, number):
    # In a session of its own it has no terminal, wherever these tests run.
    with started(*launcher(installed), start_new_session=True) as (process, ready):
        process.send_signal(number)
        assert process.wait(5) == -number
        assert is_gone(ready["spiff"]["url"])


def test_ctrl_c_comes_once(installed, sandbox, order, tmp_path):
    # A terminal sends it to the launcher and the command. A second one would end the worker at once, with its order under way.
    url = sandbox["spiff"]["url"]
    env = {**sandbox["env"], "COUNTERSIGN_OUTBOX_STORE": f"sqlite:{tmp_path}/outbox.db", "COUNTERSIGN_OUTBOX_ANYWHERE": "1"}
    for arguments in (["install"], ["enqueue", order]):
        assert run(COMMAND, "outbox", *arguments, env=env).returncode == 0
    ask(f"{url}/_/faults", {"fault": "accept_late", "target": "order", "ms": 1500})
    child, terminal = pty.fork()
    if child == 0:
        os.execvpe("node", [*map(str, launcher(installed)), "outbox", "run"], {**os.environ, **env})
    end = time.monotonic() + 20
    while not any(request["fault"] for request in ask(f"{url}/_/requests")["requests"]) and time.monotonic() < end:
        time.sleep(0.02)
    os.write(terminal, b"\x03")
    said = b""
    while time.monotonic() < end:
        try:
            said += os.read(terminal, 4096)
        except OSError:
            break
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 0 and b"placed" in said, said


def test_a_killed_launcher_leaves_no_sandbox_behind(installed):
    with started(*launcher(installed)) as (process, ready):
        process.kill()
        process.wait(5)
        process.stdin.close()
        assert is_gone(ready["spiff"]["url"])


def test_without_the_package_of_the_platform_it_says_what_to_do(project):
    shutil.rmtree(project / f"node_modules/{PLATFORM}")
    done = run(*launcher(project), "--version")
    assert done.returncode == 1
    assert done.stdout == (
        f"countersign: The package {PLATFORM} is not installed beside countersign-cli, because optional dependencies were left out or the lock "
        f"file was written on another platform: install it by `npm install {PLATFORM}@{VERSION}`.\n"
    )
    done = run("node", "-e", "require('countersign-cli')", cwd=project)
    assert done.returncode == 1 and f"npm install {PLATFORM}@{VERSION}" in done.stdout


def test_without_optional_dependencies_it_says_so_too(tmp_path):
    (tmp_path / "package.json").write_text('{ "private": true }')
    done = run("npm", "install", "--no-audit", "--no-fund", "--offline", "--omit=optional", one(f"countersign-cli-{VERSION}.tgz"), cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    done = run("npx", "--no-install", "countersign", "--version", cwd=tmp_path)
    assert done.returncode == 1 and "optional dependencies were left out" in done.stdout, done.stdout


def test_a_platform_without_a_package(project, tmp_path):
    other = tmp_path / "other.js"
    other.write_text("Object.defineProperty(process, 'platform', { value: 'openbsd' })")
    done = run("node", "--require", other, *launcher(project)[1:], "--version")
    assert done.returncode == 1
    assert done.stdout == "countersign: There is no package of the command countersign for openbsd-x64: build it with Rust, by `cargo install --path cli` in its repository.\n"


def test_a_command_that_cannot_be_started(project):
    (project / f"node_modules/{PLATFORM}/countersign").chmod(0o644)
    # root may do what the rights of a file forbid, but not this.
    done = run(*launcher(project), "--version")
    assert done.returncode == 1 and done.stdout.startswith("countersign: ") and "EACCES" in done.stdout and "    at " not in done.stdout, done.stdout
