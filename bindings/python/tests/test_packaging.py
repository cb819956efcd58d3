"""The wheel and the source package: what is in them, where they run, and what is said where they do not."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT, python

import countersign

HERE = Path(__file__).resolve().parent
DIST = Path(os.environ.get("COUNTERSIGN_DIST", ROOT / "build/dist"))
NATIVE = Path(countersign._native.__file__)


@pytest.fixture(scope="session")
def wheel():
    (found,) = DIST.glob("*.whl")
    return found


@pytest.fixture(scope="session")
def sdist():
    (found,) = DIST.glob("*.tar.gz")
    return found


def run(*command, env=None, cwd="/", timeout=500):
    env = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", **(env or {})}
    return subprocess.run(
        list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout, env=env, cwd=cwd
    )


def clean_environment(folder):
    venv.EnvBuilder(with_pip=True).create(folder)
    return folder / "bin/python"


def vectors_run_from(interpreter, where):
    """Runs the vectors with the package that this interpreter has; pytest comes from here."""
    ours = sysconfig.get_path("purelib")
    code = f"""
import sys
import countersign
assert countersign.__file__.startswith({str(where)!r}), countersign.__file__
sys.path.append({ours!r})
import pytest
sys.exit(pytest.main(["-p", "no:cacheprovider", "-c", {str(HERE.parent / "pyproject.toml")!r}, {str(HERE / "test_vectors.py")!r}]))
"""
    done = run(interpreter, "-c", code)
    assert done.returncode == 0, done.stdout
    assert re.search(r"\d{3} passed", done.stdout), done.stdout


def test_the_wheel_has_what_it_should_and_nothing_else(wheel):
    assert re.fullmatch(r"countersign_orders-[\d.]+-cp311-abi3-manylinux2014_x86_64\.manylinux_2_17_x86_64\.whl", wheel.name)
    with zipfile.ZipFile(wheel) as file:
        names = {name for name in file.namelist() if ".dist-info/" not in name}
        licences = {name.rpartition("/")[2]: file.read(name) for name in file.namelist() if "LICENSE" in name}
        assert not any(b"file://" in file.read(name) for name in file.namelist() if ".dist-info/" in name)
        metadata = file.read(next(name for name in file.namelist() if name.endswith("METADATA"))).decode()
    packages = HERE.parent / "python"
    files = [path for path in packages.rglob("*") if path.suffix in (".py", ".pyi", ".html") or path.name == "py.typed"]
    sources = {path.relative_to(packages).as_posix() for path in files}
    assert {name.partition("/")[0] for name in sources} == {"countersign", "_countersign_pytest"}
    assert names == sources | {"countersign/_native.abi3.so"}
    assert licences == {name: (ROOT / name).read_bytes() for name in ("LICENSE-MIT", "LICENSE-APACHE")}
    assert "Requires-Dist" not in metadata and "Requires-Python: >=3.11" in metadata
    version = re.search(r'^version = "(.+)"', (ROOT / "Cargo.toml").read_text(), re.M)[1]
    assert f"\nVersion: {version}\n" in metadata and countersign.__version__ == version


def test_the_wheel_runs_on_old_linux(wheel):
    # manylinux2014 is glibc 2.17.
    text = run("readelf", "--version-info", "--dynamic", "--wide", NATIVE).stdout
    versions = {tuple(map(int, found.split("."))) for found in re.findall(r"GLIBC_([\d.]+)", text)}
    assert versions and max(versions) <= (2, 17), versions
    needed = set(re.findall(r"NEEDED.*\[(.+)\]", text))
    # The unwinder is glibc's: see build.rs.
    assert "libgcc_s.so.1" in needed
    assert needed <= {"libgcc_s.so.1", "libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "ld-linux-x86-64.so.2"}, needed
    audited = run(sys.executable, "-m", "auditwheel", "show", wheel, env={"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"})
    assert '"manylinux_2_17_x86_64"' in audited.stdout, audited.stdout
    # abi3: nothing of the interpreter but its stable interface, whose names have no leading underscore but these.
    symbols = run("readelf", "--dyn-syms", "--wide", NATIVE).stdout
    used = {line.split()[-1].split("@")[0] for line in symbols.splitlines() if " UND " in line and "Py" in line.split()[-1]}
    assert used and {name for name in used if name.startswith("_Py")} <= {"_Py_NoneStruct", "_Py_TrueStruct", "_Py_FalseStruct", "_Py_NotImplementedStruct", "_Py_EllipsisObject", "_Py_Dealloc", "_Py_IncRef", "_Py_DecRef", "_Py_HashDouble"}


def test_the_wheel_in_a_clean_environment(wheel, tmp_path):
    interpreter = clean_environment(tmp_path / "env")
    done = run(interpreter, "-m", "pip", "install", "--quiet", wheel)
    assert done.returncode == 0, done.stdout
    vectors_run_from(interpreter, tmp_path)
    assert "countersign" not in run(interpreter, "-m", "pip", "check").stdout
    done = run(interpreter, "-m", "pip", "uninstall", "--quiet", "--yes", "countersign-orders")
    assert done.returncode == 0 and not list((tmp_path / "env").rglob("*countersign*"))


def test_a_strangers_countersign_beside_it_is_named(wheel, tmp_path):
    # As pip leaves it: `countersign` and `countersign-cli` of PyPI have an __init__.py too, and here ours came last.
    # The command's wheel has none, and a stranger that leaves our folder alone is refused by nobody.
    with zipfile.ZipFile(wheel) as file:
        file.extractall(tmp_path)
    program = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import countersign; print(countersign.__version__)"
    assert run(sys.executable, "-c", program).stdout == f"{countersign.__version__}\n"
    for about, record, name in (
        ("countersign_orders_cli-0.1.0", "../../../bin/countersign,,\n", None),
        ("countersign_cli-9.0.0", "../../../bin/countersign,,\ncountersign_cli/__init__.py,,\n", None),
        ("countersign_cli-0.3.5", "../../../bin/countersign,,\ncountersign/__init__.py,,\n", "countersign-cli"),
        ("countersign-0.1.0", "countersign/__init__.py,,\ncountersign/core.py,,\n", "countersign"),
    ):
        folder = tmp_path / f"{about}.dist-info"
        folder.mkdir()
        (folder / "RECORD").write_text(record)
        done = run(sys.executable, "-c", program)
        shutil.rmtree(folder)
        if name is None:
            assert done.stdout == f"{countersign.__version__}\n"
            continue
        assert done.returncode == 1
        last = done.stdout.strip().splitlines()[-1]
        assert last.startswith("ImportError: ") and f"run `pip uninstall {name}`, then `pip install --force-reinstall countersign-orders`." in last, last


def test_the_source_package_builds_with_plain_pip(sdist, tmp_path):
    with tarfile.open(sdist) as file:
        names = {name.partition("/")[2] for name in file.getnames()}
    assert {"Cargo.lock", "pyproject.toml", "core/src/lib.rs", "client/src/lib.rs"} <= names
    assert not any(word in name and name.startswith("bindings") for name in names for word in ("test", "stubs"))
    interpreter = clean_environment(tmp_path / "env")
    done = run(interpreter, "-m", "pip", "install", sdist)
    assert done.returncode == 0, done.stdout[-4000:]
    vectors_run_from(interpreter, tmp_path)


def test_without_rust_pip_says_what_is_missing(sdist, tmp_path):
    interpreter = clean_environment(tmp_path / "env")
    tools = tmp_path / "bin"
    tools.mkdir()
    done = run(interpreter, "-m", "pip", "install", sdist, env={"PATH": str(tools)})
    assert done.returncode != 0
    assert "building from source needs Rust 1.89 or newer, and cargo is not on the PATH. There may be a wheel" in done.stdout, done.stdout
    fake = tools / "cargo"
    backend = f"import sys; sys.path.insert(0, {str(HERE.parent / 'backend')!r}); import backend; backend.build_wheel('/nowhere')"
    for says, words in (
        ("echo cargo 1.70.0", "this is cargo 1.70.0"),
        ("echo error: no default toolchain >&2; exit 1", "cargo does not work; it says: error: no default toolchain"),
        ("exit 0", "it says: nothing"),
    ):
        fake.write_text(f"#!/bin/sh\n{says}\n")
        fake.chmod(0o755)
        done = run(interpreter, "-c", backend, env={"PATH": str(tools)})
        assert done.returncode == 1 and words in done.stdout and "Traceback" not in done.stdout, done.stdout


@pytest.mark.parametrize("native", [None, b"not a library"])
def test_the_wrong_platform_says_so(native, tmp_path):
    package = tmp_path / "countersign"
    shutil.copytree(NATIVE.parent, package, ignore=shutil.ignore_patterns("*.so", "__pycache__"))
    if native is not None:
        (package / NATIVE.name).write_bytes(native)
    done = run(sys.executable, "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import countersign")
    assert done.returncode == 1
    last = done.stdout.strip().splitlines()[-1]
    assert last.startswith("ImportError: countersign is installed, but its native module"), last
    assert "The wheel is for cp311-abi3-manylinux" in last and "this is Python 3" in last and "glibc" in last, last


def test_a_sub_interpreter_says_so():
    code = """
import countersign
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
one = interpreters.create()
try:
    found = interpreters.run_string(one, '''
try:
    import countersign
except ImportError as error:
    import sys
    print(error, flush=True)
''')
finally:
    interpreters.destroy(one)
"""
    done = python(code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("countersign cannot be imported in a sub-interpreter"), done.stdout + done.stderr


def test_importing_it_imports_the_native_module_alone():
    code = """
import sys
before = set(sys.modules)
import countersign
print(sorted(set(sys.modules) - before - set(sys.builtin_module_names)))
countersign.Signer("k", "s").headers("POST", "/", b"{}")
countersign.Webhook("s")
print(sorted(set(sys.modules) - before - set(sys.builtin_module_names)))
"""
    alone = "['countersign', 'countersign._native']\n"
    done = python(code)
    assert done.stdout == alone * 2, done.stdout + done.stderr
    done = python("import countersign, sys; countersign.Spiff(application_key='k', region='us'); print('asyncio' in sys.modules, 'typing' in sys.modules)")
    assert done.stdout == "False False\n", done.stdout + done.stderr


def test_it_can_be_imported_anew():
    code = """
import sys
import countersign
first = countersign.Error
for name in [name for name in sys.modules if name.startswith("countersign")]:
    del sys.modules[name]
import countersign
print(countersign.Error is first, countersign.Signer("k", "s").authorization("GET", "/")[:5])
"""
    assert python(code).stdout == "True SOA k\n"


def test_names():
    assert set(countersign.__all__) == set(dir(countersign))
    for name in countersign.__all__:
        thing = getattr(countersign, name)
        if isinstance(thing, type):
            assert (thing.__module__, thing.__doc__ is not None) == ("countersign", True), name
            for member in vars(thing):
                if not member.startswith("_") and callable(getattr(thing, member)):
                    assert getattr(thing, member).__doc__, f"{name}.{member} has no documentation"
    with pytest.raises(AttributeError, match="no attribute 'Siner'"):
        countersign.Siner


def test_the_same_wheel_on_every_newer_python_of_this_machine(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as file:
        file.extractall(tmp_path)
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import countersign; print(sys.version_info[1], countersign.Signer('access-key', 'secret-key').authorization('POST', '/api/v2/orders', '{{\"externalId\":\"external-id\",\"autoPrint\":false,\"orderItems\":[]}}', date='Wed, 01 Jan 2020 00:00:00 GMT'))"
    ran = []
    for minor in range(11, 16):
        if (interpreter := shutil.which(f"python3.{minor}")) and run(interpreter, "-c", "").returncode == 0:
            done = run(interpreter, "-I", "-c", code)
            assert done.stdout == f"{minor} SOA access-key:bVvHhiG9Z2cASXRm+lcGZbdAfGM=\n", done.stdout
            ran.append(minor)
    assert ran
