"""An empty environment for the tests of installing, and what the Makefile built before.

Nothing asks a network: what an installation needs is built here, or is in cargo's own folder."""

import json
import os
import re
import subprocess
import urllib.request
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VERSION = re.search(r'^version = "(.+)"', (ROOT / "Cargo.toml").read_text(), re.M)[1]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
COMMAND = Path(os.environ.get("COUNTERSIGN_COMMAND_DIST", ROOT / "build/command")) / "countersign"
NOTICES = "THIRD-PARTY-NOTICES.txt"

# Where a machine keeps its tools; the rest of our environment does not go on, least of all what make says to itself.
CARGO_HOME = Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo"))
TOOLS = {
    "CARGO_HOME": str(CARGO_HOME),
    "RUSTUP_HOME": os.environ.get("RUSTUP_HOME", str(Path.home() / ".rustup")),
    "CARGO_TARGET_DIR": str(TARGET),
    "CARGO_NET_OFFLINE": "true",
    "COMPOSER_ALLOW_SUPERUSER": "1",
    "COMPOSER_DISABLE_NETWORK": "1",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_NO_INDEX": "1",
    "npm_config_audit": "false",
    "npm_config_fund": "false",
    "npm_config_offline": "true",
    "LANG": "C.UTF-8",
}
PATH = f"{CARGO_HOME}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

PAGES = ["README.md", *sorted(str(page.relative_to(ROOT)) for page in (ROOT / "docs").glob("*.md"))]


def sh(page, before=""):
    """The blocks of `sh` on a page; all, or those behind this line."""
    return re.findall(rf"^{before}```sh\n(.*?)^```$", (ROOT / page).read_text(), re.M | re.S)


INSTALLATIONS = {block for page in PAGES for block in sh(page, "<!-- install -->\n")}


def installation(word):
    """The one installation, of README and manuals, that has this word."""
    (found,) = [block for block in INSTALLATIONS if word in block]
    return found


def program(language):
    """The README's first program in this language."""
    return re.search(rf"^```{language}\n(.*?)^```$", (ROOT / "README.md").read_text(), re.M | re.S)[1]


def run(*command, cwd, env=None, timeout=300, **more):
    """What a program says on both streams; it must succeed."""
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env={"PATH": PATH, **TOOLS, **(env or {})}, timeout=timeout,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more,
    )
    assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stdout[-4000:]}"
    return done.stdout


def placed(said):
    assert said.startswith("placed: "), said


class Place:
    """A folder with the repository, named `countersign`, and an empty project, `shop`. Its home is empty too."""

    def __init__(self, folder):
        self.folder, self.shop = folder, folder / "shop"
        (folder / "countersign").symlink_to(ROOT)
        self.shop.mkdir()
        (folder / "home").mkdir()
        self.env = {"HOME": str(folder / "home"), "PATH": PATH}

    def python(self):
        """A Python of its own comes first on the PATH."""
        run("python3", "-m", "venv", self.folder / "env", cwd=self.folder)
        self.env["PATH"] = f"{self.folder}/env/bin:{PATH}"
        return self

    def block(self, text, *within, **env):
        """Runs what a manual says, as it stands, beginning in the repository; `within` is what runs the shell."""
        return run(*within, "bash", "-euo", "pipefail", "-c", f"cd countersign\n{text}", cwd=self.folder, env={**self.env, **env})

    def run(self, *command, **env):
        return run(*command, cwd=self.shop, env={**self.env, **env})


@contextmanager
def sandbox():
    """Both platforms, and what a shop's environment has: credentials, and a design that somebody made."""
    started = subprocess.Popen([COMMAND, "sandbox", "--port", "0", "--json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        ready = json.loads(started.stdout.readline())
        made = urllib.request.Request(f"{ready['spiff']['url']}/_/transactions", b"{}", {"Content-Type": "application/json"})
        with urllib.request.urlopen(made, timeout=10) as reply:
            yield {**ready["env"], "TRANSACTION_ID": json.load(reply)["transactionId"]}
    finally:
        started.stdin.close()
        started.wait(10)
        started.stdout.close()
