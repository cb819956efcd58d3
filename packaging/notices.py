"""Prints the notices of what is built into a published package: each crate with its version, its licence and the texts that it brings.

    python3 notices.py PACKAGE [FEATURE,…]

Read from the crates' own files, by the lock file, for the platform in CARGO_BUILD_TARGET or this one."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TEXT = re.compile(r"(un)?licen[cs]e|copying|copyright|notice", re.I)

# What is built in and is no crate of the registry, or says of itself what its crate does not.
STANDARD_LIBRARY = "the Rust standard library"
SQLITE = "SQLite, which libsqlite3-sys contains, is in the public domain."


def cargo(*arguments):
    command = [os.environ.get("CARGO", "cargo"), *arguments]
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout


def crates(package, features):
    """Name, version and folder of every crate that ends up in the package's binary."""
    target = ["--target", os.environ["CARGO_BUILD_TARGET"]] if os.environ.get("CARGO_BUILD_TARGET") else []
    chosen = ["--features", features] if features else []
    tree = cargo("tree", "--locked", "--package", package, "--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}", *target, *chosen)
    # Ours stand there with their folder.
    used = {tuple(line.split()[:2]) for line in tree.splitlines() if line and "(/" not in line and "(\\" not in line}
    known = {(found["name"], f"v{found['version']}"): found for found in json.loads(cargo("metadata", "--locked", "--all-features", "--format-version", "1"))["packages"]}
    return [known[crate] for crate in used]


def texts(crate):
    """The texts that a crate brings; where it brings none, its licence's with its authors, which is MIT's wherever that was seen."""
    folder = Path(crate["manifest_path"]).parent
    files = sorted(file for file in folder.iterdir() if file.is_file() and TEXT.match(file.name))
    files += sorted(file for file in folder.glob("LICENSES/*") if file.is_file())
    if files:
        return [file.read_text(encoding="utf-8", errors="replace").replace("\r\n", "\n").strip() for file in files]
    if "MIT" not in re.split(r" OR |/", crate["license"] or ""):
        sys.exit(f"{crate['name']} {crate['version']} ({crate['license']}) brings no text of its licence: say in packaging/notices.py where that is.")
    by = ", ".join(crate["authors"]) or f"the authors of {crate['name']}"
    return [re.sub(r"^Copyright .*$", lambda _: f"Copyright (c) {by}", (ROOT / "LICENSE-MIT").read_text(encoding="utf-8"), count=1, flags=re.M).strip()]


def main(package, features=""):
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    rust = subprocess.run([os.environ.get("RUSTC", "rustc"), "--version"], check=True, stdout=subprocess.PIPE, text=True).stdout.split()[1]
    rows = [(STANDARD_LIBRARY, rust, "MIT OR Apache-2.0")]
    by_text = {(ROOT / "LICENSE-APACHE").read_text(encoding="utf-8").strip(): [STANDARD_LIBRARY]}
    for crate in sorted(crates(package, features), key=lambda crate: (crate["name"], crate["version"])):
        rows.append((crate["name"], crate["version"], crate["license"] or "see its text below"))
        for text in dict.fromkeys(texts(crate)):
            by_text.setdefault(text, []).append(f"{crate['name']} {crate['version']}")
    print("What others wrote is built in here. Each has its licence; the texts follow, each once.\n")
    for row in rows:
        print(" ".join(row[:2]), row[2], sep=": ")
    if any(name == "libsqlite3-sys" for name, *_ in rows):
        print(f"\n{SQLITE}")
    for text, users in by_text.items():
        print(f"\n{'=' * 100}\n{', '.join(users)}\n{'-' * 100}\n{text}")


main(*sys.argv[1:])
