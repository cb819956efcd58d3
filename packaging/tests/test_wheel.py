"""The wheel and the source package `countersign-orders-cli`: what is in them, and that pip alone makes the command of them."""

import os
import tarfile
import venv
import zipfile

from conftest import COMMAND, LICENCES, NOTICES, ROOT, VERSION, one, run


def test_the_wheel_has_the_command_its_licences_and_notices_alone():
    wheel = one("*.whl")
    assert wheel.name == f"countersign_orders_cli-{VERSION}-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl"
    about = f"countersign_orders_cli-{VERSION}.dist-info"
    with zipfile.ZipFile(wheel) as file:
        names = set(file.namelist())
        metadata = file.read(f"{about}/METADATA").decode()
        assert {name: file.read(f"{about}/licenses/{name}") for name in LICENCES} == LICENCES
    assert names == {f"countersign_orders_cli-{VERSION}.data/scripts/countersign"} | {f"{about}/{name}" for name in ("METADATA", "WHEEL", "RECORD", *(f"licenses/{one}" for one in (*LICENCES, NOTICES)))}
    assert "Requires-Dist" not in metadata and "Requires-Python: >=3.8" in metadata
    assert (ROOT / "packaging/python/README.md").read_text() in metadata


def test_the_source_package_has_what_a_build_needs_and_no_tests():
    with tarfile.open(one("*.tar.gz")) as file:
        names = {name.partition("/")[2] for name in file.getnames()}
        pyproject = next(file.extractfile(member).read().decode() for member in file if member.name.endswith("/pyproject.toml"))
    assert {"Cargo.lock", "README.md", "cli/src/main.rs", "core/src/lib.rs", "client/src/lib.rs", "outbox/src/lib.rs", "sandbox/src/lib.rs"} | set(LICENCES) <= names
    assert not any("/tests/" in name for name in names)
    assert 'features = ["postgres", "mysql"]' in pyproject and 'manifest-path = "cli/Cargo.toml"' in pyproject


def test_pip_installs_it_into_an_empty_environment(tmp_path):
    venv.EnvBuilder(with_pip=True).create(tmp_path / "env")
    programs = tmp_path / "env/bin"
    pip = [programs / "python", "-m", "pip", "--disable-pip-version-check"]
    done = run(*pip, "install", "--quiet", "--no-index", one("*.whl"))
    assert done.returncode == 0, done.stdout
    done = run("countersign", "--version", env={"PATH": f"{programs}:{os.environ['PATH']}"})
    assert done.stdout == f"countersign {VERSION}\n"
    assert (programs / "countersign").read_bytes() == COMMAND.read_bytes()
    done = run(*pip, "uninstall", "--quiet", "--yes", "countersign-orders-cli")
    assert done.returncode == 0 and not list((tmp_path / "env").rglob("countersign*"))
