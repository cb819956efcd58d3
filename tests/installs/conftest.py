"""What the tests of installing share: an empty environment, and what the Makefile built before.

Nothing asks a network: what an installation needs is built here, or is in cargo's own folder."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
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
PATH = f"{CARGO_HOME}/bin:{os.environ['PATH']}"


def run(*command, cwd, env=None, timeout=300, **more):
    """What a program says on both streams; it must succeed."""
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env={"PATH": PATH, **TOOLS, **(env or {})}, timeout=timeout,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more,
    )
    assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stdout[-4000:]}"
    return done.stdout


class Place:
    """A folder with the repository, named `countersign`, and an empty project, `shop`. Its home is empty too."""

    def __init__(self, folder):
        self.folder, self.shop = folder, folder / "shop"
        (folder / "countersign").symlink_to(ROOT)
        self.shop.mkdir()
        # No registry of Composer's is asked.
        (folder / "home/.config/composer").mkdir(parents=True)
        (folder / "home/.config/composer/config.json").write_text('{ "repositories": { "packagist.org": false } }')
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


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)
