"""What every published package has to have and must not have: the notices of what others wrote in it, no path of the machine that built it, a
licence that is allowed for each crate, links; and that what releases them names only what is there."""

import json
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml
from place import CARGO_HOME, NOTICES, ROOT, TARGET, VERSION, run

LOCKED = {(crate["name"], crate["version"]) for crate in tomllib.loads((ROOT / "Cargo.lock").read_text())["package"]}


def zipped(path):
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def tarred(path):
    with tarfile.open(path) as file:
        return {member.name: file.extractfile(member).read() for member in file if member.isfile()}


def folder(path):
    return {str(file.relative_to(path)): file.read_bytes() for file in path.rglob("*") if file.is_file()}


def installed(tmp_path):
    run("make", "--silent", "install", f"PREFIX={tmp_path}/tree", cwd=ROOT)
    return folder(tmp_path / "tree")


def one(place, pattern):
    (found,) = (ROOT / place).glob(pattern)
    return found


# Each artefact: how its files are read, and crates that are certainly in it, with those that certainly are not.
ARTEFACTS = {
    "the wheel": (lambda _: zipped(one("build/dist", "*.whl")), {"pyo3", "libsqlite3-sys", "rustls", "ring"}, {"napi", "clap"}),
    "the command's wheel": (lambda _: zipped(one("build/command", "*.whl")), {"clap", "mysql", "tokio-postgres", "axum", "rustls"}, {"pyo3", "napi"}),
    "the command for npm": (lambda _: tarred(one("build/command", "countersign-cli-linux-*.tgz")), {"clap", "mysql", "tokio-postgres", "axum"}, {"pyo3", "napi"}),
    "the bare command": (lambda _: {name: (ROOT / "build/command" / name).read_bytes() for name in ("countersign", NOTICES)}, {"clap"}, {"napi"}),
    "the module for npm": (lambda _: tarred(one("build/npm", "countersign-linux-*.tgz")), {"napi", "libsqlite3-sys", "rustls", "ring"}, {"pyo3", "clap"}),
    "the composer package": (lambda _: folder(ROOT / "build/php-library"), {"libsqlite3-sys", "rustls", "ring"}, {"pyo3", "napi", "clap"}),
    "the installation for C": (installed, {"libsqlite3-sys", "rustls", "ring"}, {"pyo3", "napi", "clap"}),
}


@pytest.mark.parametrize("name", ARTEFACTS)
def test_notices_and_paths(name, tmp_path):
    read, within, without = ARTEFACTS[name]
    files = read(tmp_path)
    (notices,) = (content.decode() for path, content in files.items() if path.rpartition("/")[2] == NOTICES)
    head, _, texts = notices.partition("=" * 100)
    rows = {tuple(row.rsplit(" ", 1)) for row in re.findall(r"^(.+?): .+$", head, re.M)}
    crates = {row for row in rows if row in LOCKED}
    assert {row[0] for row in rows - crates} == {"the Rust standard library"}
    names = {crate for crate, _ in crates}
    assert within <= names and not without & names and len(names) > 40, sorted(names)
    assert not any(crate.startswith("countersign") for crate in names)
    # Each stands before a text. These end two that every one of them has, and begin a third.
    for crate, version in crates:
        assert f"{crate} {version}" in texts, f"{crate} has no text"
    for words in ("END OF TERMS AND CONDITIONS", "FITNESS FOR A", "Copyright (c) 2015-2025 Brian Smith" if "Copyright (c) 2015-2025 Brian Smith" in texts else "Brian Smith"):
        assert words in texts
    assert ("public domain" in head) == ("libsqlite3-sys" in names)
    for licence in ("LICENSE-APACHE", "LICENSE-MIT"):
        assert name == "the bare command" or any(path.rpartition("/")[2] == licence for path in files), licence

    binaries = {path: content for path, content in files.items() if content[:4] == b"\x7fELF" or content[:8] == b"!<arch>\n"}
    assert binaries
    machine = {str(CARGO_HOME), str(ROOT), str(TARGET), str(Path.home())}
    for path, content in binaries.items():
        for word in (*(f"{place}/" for place in machine), "/.cargo/", "registry/src"):
            assert word.encode() not in content, f"{path} tells {word}"
        # They tell what they are, all the same: the test looks at the right thing.
        assert b"crates/" in content, path


def allowed(expression, allow):
    """Whether an SPDX expression leaves a way that is allowed."""
    words = re.findall(r"\(|\)|[^\s()]+", expression.replace("/", " OR ").replace(" WITH ", "~"))
    python = " ".join({"OR": "or", "AND": "and", "(": "(", ")": ")"}.get(word, str(word.replace("~", " WITH ") in allow)) for word in words)
    return eval(python, {})  # noqa: S307 (of True, False, and, or and brackets alone)


# These bring a text alone, which a person has read.
READ = {"webpki": "ISC", "jsonpath-rust": "MIT"}


def test_every_licence_is_allowed():
    allow = set(tomllib.loads((ROOT / "deny.toml").read_text())["licenses"]["allow"])
    assert allowed("(MIT OR GPL-3.0) AND Unicode-3.0", allow) and not allowed("MIT AND GPL-3.0", allow) and not allowed("AGPL-3.0", allow)
    assert allowed("MIT/Apache-2.0", {"MIT"}) and not allowed("Apache-2.0 WITH LLVM-exception", {"Apache-2.0"})
    # What this platform builds, tests and all; `make deny` looks at the others'.
    (host,) = re.findall(r"^host: (.+)$", run("rustc", "-vV", cwd=ROOT), re.M)
    told = run("cargo", "metadata", "--locked", "--format-version", "1", "--all-features", "--filter-platform", host, cwd=ROOT)
    told = json.loads(told[told.index("{") :])
    # What is built in, or helps to build it; as cargo-deny, not what tests alone are made of.
    reached, left = set(), list(told["workspace_members"])
    needs = {node["id"]: [one["pkg"] for one in node["deps"] if any(kind["kind"] != "dev" for kind in one["dep_kinds"])] for node in told["resolve"]["nodes"]}
    while left:
        crate = left.pop()
        if crate not in reached:
            reached.add(crate)
            left += needs[crate]
    crates = [crate for crate in told["packages"] if crate["source"] and crate["id"] in reached]
    assert len(crates) > 200
    for crate in crates:
        assert crate["source"].startswith("registry+https://github.com/rust-lang/crates.io-index"), crate["name"]
        licence = crate["license"] or READ.get(crate["name"], "none")
        assert allowed(licence, allow), f"{crate['name']} {crate['version']} is licensed {licence}, which deny.toml does not allow"


WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.M))


def test_workflows_name_only_what_is_there():
    assert WORKFLOWS
    text = ""
    for file in WORKFLOWS:
        flow = yaml.safe_load(file.read_text())
        # YAML 1.1 reads `on` as true.
        assert flow["name"] and flow[True] and flow["jobs"] and "permissions" in flow, file
        for name, job in flow["jobs"].items():
            assert set([job.get("needs", [])] if isinstance(job.get("needs"), str) else job.get("needs", [])) <= set(flow["jobs"]), name
            for step in job["steps"]:
                assert ("uses" in step) != ("run" in step), step
                # Of others, only those of the code host itself.
                assert "uses" not in step or re.fullmatch(r"actions/[a-z-]+@v\d+", step["uses"]), step
                text += step.get("run", "") + "\n"
    release = (ROOT / "RELEASING.md").read_text()
    named = re.findall(r"\bmake ((?:[a-z-]+ ?)+)", text + "\n".join(re.findall(r"`([^`]+)`", release)))
    targets = {target for group in named for target in group.split()}
    assert targets and targets <= TARGETS, targets - TARGETS
    paths = set(re.findall(r"\b(?:packaging|bindings|ffi|tests|docs|build/builder)/[\w./-]+\.(?:py|mjs|sh|json|toml|txt|md)\b", text + release))
    assert paths
    for path in paths:
        assert path.startswith("build/") or path.endswith(NOTICES) or (ROOT / path).exists(), f"{path} is named and not there"


def test_links_are_written_once_an_address_exists(tmp_path):
    crates = [f"{member}/Cargo.toml" for member in tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["members"]]
    for file in ("Cargo.toml", *crates, "bindings/python/pyproject.toml", "packaging/python/pyproject.toml", "bindings/node/package.json", "packaging/npm/package.json", "bindings/php/composer.json", "packaging/php/composer.json", "packaging/links.py"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, tmp_path / file)
    address = "https://code.example/shops/countersign"
    for _ in range(2):  # A second time changes nothing more.
        run(sys.executable, "packaging/links.py", address, cwd=tmp_path)
    read = lambda file: (tmp_path / file).read_text()  # noqa: E731
    assert tomllib.loads(read("Cargo.toml"))["workspace"]["package"]["repository"] == address
    assert all(tomllib.loads(read(file))["package"]["repository"] == {"workspace": True} for file in crates)
    for file in ("bindings/python/pyproject.toml", "packaging/python/pyproject.toml"):
        assert tomllib.loads(read(file))["project"]["urls"] == {
            "Repository": address, "Documentation": f"{address}/blob/main/docs/README.md", "Changelog": f"{address}/blob/main/CHANGELOG.md", "Issues": f"{address}/issues"
        }
        assert tomllib.loads(read(file))["tool"] == tomllib.loads((ROOT / file).read_text())["tool"]
    for file in ("bindings/node/package.json", "packaging/npm/package.json"):
        found = json.loads(read(file))
        assert (found["repository"], found["bugs"], found["homepage"]) == ({"type": "git", "url": f"git+{address}.git"}, f"{address}/issues", f"{address}#readme")
    for file in ("bindings/php/composer.json", "packaging/php/composer.json"):
        found = json.loads(read(file))
        assert found["support"] == {"source": address, "issues": f"{address}/issues", "docs": f"{address}/blob/main/docs/php.md"}
    done = subprocess.run([sys.executable, "packaging/links.py", "countersign"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2 and "https://" in done.stderr


def test_versions_are_one():
    assert json.loads((ROOT / "bindings/node/package.json").read_text())["version"] == VERSION
    assert json.loads((ROOT / "packaging/php/composer.json").read_text())["version"] == VERSION
