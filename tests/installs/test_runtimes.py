"""The built packages under other runtimes than the one that built them: every Node, Bun and Deno that npm's lock file brings, and every CPython
that this machine has. Each runs the README's program against the sandbox. docs/support.md says so."""

import glob
import os
import re
import subprocess
import zipfile

import pytest
from place import PATH, ROOT, installation, placed, program, run

MODULES = ROOT / "tests/runtimes/node_modules"
RUNTIMES = {
    "Node 22": [MODULES / "node22/bin/node"],
    "Node 24": [MODULES / "node24/bin/node"],
    "Bun 1.4": [MODULES / "@oven/bun-linux-x64-baseline/bin/bun"],
    "Deno 2.9": [MODULES / "@deno/linux-x64-glibc/deno", "run", "--allow-ffi", "--allow-env", "--allow-read", "--cached-only", "--node-modules-dir=manual"],
}


@pytest.mark.parametrize("name", RUNTIMES)
def test_the_node_packages(name, place, env):
    place.block(installation("build/npm"))
    (place.shop / "first.mjs").write_text(program("js"))
    placed(place.run(*RUNTIMES[name], "first.mjs", **env, DENO_NO_UPDATE_CHECK="1"))


def pythons():
    """Every CPython from 3.11 on, by its number; those of pyenv too."""
    found = {}
    for folder in [*PATH.split(":"), *glob.glob(os.path.expanduser("~/.pyenv/versions/*/bin"))]:
        for path in glob.glob(f"{folder}/python3.*"):
            number = re.fullmatch(r"python3\.(\d+)", os.path.basename(path))
            if number and int(number[1]) >= 11 and subprocess.run([path, "-c", ""], capture_output=True).returncode == 0:
                found.setdefault(int(number[1]), path)
    return found


def test_the_wheel_on_every_python_of_this_machine(place, env, capsys):
    (wheel,) = (ROOT / "build/dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as file:
        file.extractall(place.folder / "site")
    (place.shop / "first.py").write_text(program("python"))
    found = pythons()
    assert found
    for number, path in found.items():
        placed(place.run(path, "first.py", **env, PYTHONPATH=str(place.folder / "site")))
    with capsys.disabled():
        print(f"\nthe wheel was run by CPython {', '.join(f'3.{number}' for number in sorted(found))}")


def test_the_manual_names_what_was_run():
    table = (ROOT / "docs/support.md").read_text()
    lock = (ROOT / "tests/runtimes/package-lock.json").read_text()
    for name in RUNTIMES:
        runtime, number = name.split()
        assert re.search(rf"{runtime}\b.*\b{re.escape(number)}\b", table), f"docs/support.md does not name {name}"
        assert re.search(rf'"version": "{re.escape(number)}\.', lock), f"the lock file has no {name}"
    assert run(MODULES / "node22/bin/node", "--version", cwd=ROOT).startswith("v22.")
