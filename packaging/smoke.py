"""Loads and runs what packaging/artefacts.sh built, on the platform that it is for: python3 smoke.py OUT [PART …]

Parts: python, command, npm, php, c; without one, all of them. Nothing is fetched."""

import ctypes
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WINDOWS = os.name == "nt"
VERSION = re.search(r'^version = "(.+)"', (ROOT / "Cargo.toml").read_text(encoding="utf-8"), re.M)[1]
# As tests/vectors has it: signed by other programs than these.
BODY = '{"externalId":"external-id","autoPrint":false,"orderItems":[]}'
DATE = "Wed, 01 Jan 2020 00:00:00 GMT"
SIGNED = "SOA access-key:bVvHhiG9Z2cASXRm+lcGZbdAfGM="


def run(*command, **more):
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace", timeout=300, **more)
    if done.returncode != 0:
        sys.exit(f"{command} ended with {done.returncode}:\n{done.stdout}")
    return done.stdout


def says(expected, *command, **more):
    said = run(*command, **more)
    if expected not in said:
        sys.exit(f"{command} does not say {expected!r}, but:\n{said}")


def one(folder, pattern):
    found = list(Path(folder).glob(pattern))
    if len(found) != 1:
        sys.exit(f"{folder} has not one {pattern}: {found}")
    return found[0]


def python(out, scratch):
    venv.EnvBuilder(with_pip=True).create(scratch / "env")
    interpreter = scratch / "env" / ("Scripts/python.exe" if WINDOWS else "bin/python")
    run(interpreter, "-m", "pip", "install", "--quiet", "--no-index", one(out / "python", "*.whl"))
    says(SIGNED, interpreter, "-c", f"import countersign; print(countersign.Signer('access-key', 'secret-key').authorization('POST', '/api/v2/orders', {BODY!r}, date={DATE!r}))")


def command(out, scratch):
    program = out / "command" / ("countersign.exe" if WINDOWS else "countersign")
    says(f"countersign {VERSION}", program, "--version")
    # Orders over every wire, against a sandbox on loopback.
    run(program, "demo")


def npm(out, scratch):
    (scratch / "package.json").write_text('{ "private": true }')
    node, program = shutil.which("node"), shutil.which("npm")
    run(program, "install", "--offline", "--no-audit", "--no-fund", *(out / "npm").glob("*.tgz"), cwd=scratch)
    code = f"console.log(new (require('countersign').Signer)('access-key', 'secret-key').authorization('POST', '/api/v2/orders', {BODY!r}, {{ date: {DATE!r} }}))"
    says(SIGNED, node, "-e", code, cwd=scratch)
    says(f"countersign {VERSION}", node, scratch / "node_modules/countersign-cli/countersign.js", "--version", cwd=scratch)


def php(out, scratch):
    # As Composer lays both packages out.
    shutil.copytree(ROOT / "bindings/php", scratch / "countersign", ignore=shutil.ignore_patterns("tests", "bench", "examples"))
    shutil.copytree(out / "php", scratch / "library")
    settings = ["-d", "ffi.enable=1"] + ([] if "FFI" in run("php", "-m") else ["-d", "extension=ffi"])
    says("The library is ready.", "php", *settings, scratch / "countersign/bin/countersign", "check")
    code = f"require 'countersign/autoload.php'; echo (new Countersign\\Signer('access-key', 'secret-key'))->authorization('POST', '/api/v2/orders', {BODY!r}, date: {DATE!r});"
    says(SIGNED, "php", *settings, "-r", code, cwd=scratch)


def c(out, scratch):
    with tarfile.open(one(out / "c", "*.tar.gz")) as file:
        file.extractall(scratch)
    place = one(scratch, "countersign-*")
    shared = place / "lib" / {"Darwin": "libcountersign.dylib", "Windows": "countersign.dll"}.get(platform.system(), "libcountersign.so")
    library = ctypes.CDLL(str(shared))
    library.countersign_version.restype = ctypes.c_char_p
    if library.countersign_version().decode() != VERSION:
        sys.exit(f"{shared} is of another version")
    if not WINDOWS and shutil.which("cc"):
        flags = ["-I", place / "include", "-L", place / "lib", "-lcountersign", f"-Wl,-rpath,{place}/lib"]
        run("cc", "-std=c99", ROOT / "ffi/examples/sign.c", *flags, "-o", scratch / "sign")
        says(SIGNED, scratch / "sign", "POST", "/api/v2/orders", DATE, input=BODY, env={**os.environ, "ACCESS_KEY": "access-key", "SECRET_KEY": "secret-key"})


def oldest(out):
    """The newest glibc that anything here asks for; manylinux2014 has 2.17."""
    files = [*out.glob("command/countersign"), *out.glob("php/lib/*/*.so")]
    contents = {str(file): file.read_bytes() for file in files}
    for package in out.glob("*/*.whl"):
        with zipfile.ZipFile(package) as file:
            contents.update({f"{package.name}: {name}": file.read(name) for name in file.namelist() if name.endswith(".so")})
    for package in [*out.glob("npm/*.tgz"), *out.glob("c/*.tar.gz")]:
        with tarfile.open(package) as file:
            contents.update({f"{package.name}: {member.name}": file.extractfile(member).read() for member in file if member.isfile() and re.search(r"\.(node|so[.\d]*)$", member.name)})
    for name, content in contents.items():
        newest = max((int(found) for found in re.findall(rb"\0GLIBC_2\.(\d+)", content)), default=0)
        print(f"{name}: glibc 2.{newest}")
        if newest > 17:
            sys.exit(f"{name} asks for glibc 2.{newest}")


def main(out, *parts):
    out = Path(out).resolve()
    if platform.system() == "Linux" and platform.libc_ver()[0] == "glibc":
        oldest(out)
    for part in parts or ("python", "command", "npm", "php", "c"):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
            {"python": python, "command": command, "npm": npm, "php": php, "c": c}[part](out, Path(scratch).resolve())
        print(f"{part}: loaded and run")


main(*sys.argv[1:])
