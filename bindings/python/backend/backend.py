"""Builds the wheel: maturin, once it is sure that Rust is there and new enough. pip says what is missing, not a linker."""

import re
import shutil
import subprocess

NEEDED = (1, 89)


def _rust():
    needed = ".".join(map(str, NEEDED))
    hint = (
        "There may be a wheel instead, which needs no Rust: upgrade pip, and use CPython 3.11 or newer on x86-64 Linux with "
        "glibc 2.17 or newer. Else install Rust from your distribution or https://rustup.rs and try again."
    )
    cargo = shutil.which("cargo")
    if cargo is None:
        raise SystemExit(f"countersign: building from source needs Rust {needed} or newer, and cargo is not on the PATH. {hint}")
    try:
        answer = subprocess.run([cargo, "--version"], capture_output=True, text=True, timeout=120)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SystemExit(f"countersign: cargo cannot be run ({error}). {hint}") from None
    found = re.match(r"cargo (\d+)\.(\d+)", answer.stdout)
    if found is None:
        said = (answer.stderr or answer.stdout).strip().splitlines() or ["nothing"]
        raise SystemExit(f"countersign: cargo does not work; it says: {said[0]} {hint}")
    if tuple(map(int, found.groups())) < NEEDED:
        raise SystemExit(f"countersign: building from source needs Rust {needed} or newer; this is {answer.stdout.strip()}. {hint}")


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    _rust()
    import maturin

    return maturin.build_wheel(wheel_directory, config_settings, metadata_directory)


def build_sdist(sdist_directory, config_settings=None):
    _rust()
    import maturin

    return maturin.build_sdist(sdist_directory, config_settings)


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    _rust()
    import maturin

    return maturin.build_editable(wheel_directory, config_settings, metadata_directory)


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    _rust()
    import maturin

    return maturin.prepare_metadata_for_build_wheel(metadata_directory, config_settings)


prepare_metadata_for_build_editable = prepare_metadata_for_build_wheel


def get_requires_for_build_wheel(config_settings=None):
    _rust()
    return []


get_requires_for_build_editable = get_requires_for_build_wheel
get_requires_for_build_sdist = get_requires_for_build_wheel
