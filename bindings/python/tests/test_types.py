"""The types: the stubs are what the installed package is, and strict programs pass."""

import inspect
import json
import pydoc
import re
import subprocess
import sys
import typing
from pathlib import Path

from conftest import ROOT, difference

import countersign._native

HERE = Path(__file__).resolve().parent


def run(*command, cwd):
    done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, timeout=300, cwd=cwd)
    return done.returncode, done.stdout + done.stderr


def test_the_stubs_are_what_the_package_is(tmp_path):
    # stubtest takes an alias of Literal for a mistake. What is of an unknown outcome has its times; one that a test makes has none.
    # The methods of clients are over a run() that is another class's.
    literals = [name for name, value in vars(countersign.types).items() if typing.get_origin(value) is typing.Literal and name != "Kind"]
    aliases = ["countersign._kinds.Kind", *(f"countersign.types.{name}" for name in literals)]
    times = [f"countersign._errors.OutcomeUnknown.{name}" for name in ("sent_at", "settle_after")]
    inner = ["countersign._clients._Runs.*", "countersign._async.TYPE_CHECKING", "countersign._outbox_async.TYPE_CHECKING"]
    # These two are imported by a project of Django alone.
    project = ["countersign.contrib.django.admin", "countersign.contrib.django.models"]
    (tmp_path / "known").write_text("\n".join(aliases + times + inner + project))
    arguments = ["countersign", "--mypy-config-file", str(HERE / "mypy.ini"), "--allowlist", "known"]
    code, text = run("mypy.stubtest", *arguments, cwd=tmp_path)
    assert code == 0, text


def test_the_examples_are_strictly_typed(tmp_path):
    examples = sorted(str(path) for path in (HERE.parent / "examples").glob("*.py"))
    assert len(examples) >= 4
    code, text = run("mypy", "--strict", "--config-file", str(HERE / "mypy.ini"), "--cache-dir", str(tmp_path), *examples, cwd=tmp_path)
    assert code == 0, text


def test_what_is_documented_is_typed(tmp_path):
    pages = ("README.md", "bindings/python/README.md", "docs/python.md")
    snippets = [text for page in pages for text in re.findall(r"^```py(?:thon)?\n(.*?)^```$", (ROOT / page).read_text("utf-8"), re.M | re.S)]
    assert len(snippets) == 20
    for number, text in enumerate(snippets):
        (tmp_path / f"snippet_{number}.py").write_text(text)
    code, text = run("mypy", "--check-untyped-defs", "--config-file", str(HERE / "mypy.ini"), "--cache-dir", str(tmp_path / "cache"), ".", cwd=tmp_path)
    assert code == 0, text


def test_mistakes_are_seen(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        """
import asyncio
import countersign
from countersign.types import SpiffOrder

good: SpiffOrder = {"externalId": "1", "paid": True, "orderItems": [{"amountToOrder": 1, "transactionId": "t"}]}
spiff = countersign.Spiff(access_key="a", secret_key=b"b", region="us", timeout=3)
placed: str | None = spiff.place_order(good, timeout=5).id
headers: dict[str, str] = countersign.Signer("a", "b").headers("POST", "/", memoryview(b""))
async def main() -> None:
    async with countersign.AsyncSpiff.from_env() as waiting:
        print((await waiting.place_order(good)).id, (await waiting.orders(["a"]))[0])
asyncio.run(main())

wrong: SpiffOrder = {"externalId": "1", "paid": "yes", "orderItems": []}  # E
countersign.Spiff(regoin="us")  # E
countersign.Spiff(region="eu")  # E
countersign.Signer("a")  # E
spiff.settle(good)  # E
spiff.place_order(5)  # E
class Own(countersign.Signer): ...  # E
"""
    )
    finds_what_is_marked(program, tmp_path)


def finds_what_is_marked(program, tmp_path):
    _, text = run("mypy", "--strict", "--config-file", str(HERE / "mypy.ini"), "--cache-dir", str(tmp_path), str(program), cwd=tmp_path)
    assert {int(line.split(":")[1]) for line in text.splitlines() if ": error:" in line} == marked(program), text


def marked(program):
    due = {number for number, line in enumerate(program.read_text("utf-8").splitlines(), 1) if line.endswith("# E")}
    assert due
    return due


def test_every_mistake_in_a_literal_order_is_seen(tmp_path):
    finds_what_is_marked(HERE / "wrong_orders.py", tmp_path)


def test_pyright_sees_them_too(tmp_path):
    pyright, program = HERE / "pyright/node_modules/pyright/index.js", HERE / "wrong_orders.py"
    assert pyright.exists(), "pyright is not installed: make python does it, or npm ci in bindings/python/tests/pyright."
    command = ["node", str(pyright), "--pythonpath", sys.executable, "--outputjson", str(program)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=tmp_path)
    found = [one for one in json.loads(done.stdout)["generalDiagnostics"] if one["severity"] == "error"]
    assert {one["range"]["start"]["line"] + 1 for one in found} == marked(program), done.stdout


def test_external_data_has_the_fields_of_the_schema():
    own, schema = countersign.types.SpiffExternalData, countersign.spiff_types.ExternalDataInput
    assert list(own.__annotations__) == list(schema.__annotations__)


def test_the_signature_of_a_client_has_its_options():
    for client, own in ((countersign.Spiff, []), (countersign.AsyncSignCustomiser, ["workers", "waiting"])):
        names = countersign._native.options(client.platform)
        typed = getattr(countersign.types, f"{client.__name__.removeprefix('Async')}Options")
        assert len(names) > 10 and set(names) == set(typed.__annotations__)
        parameters = inspect.signature(client).parameters
        assert list(parameters) == own + names and {one.kind for one in parameters.values()} == {inspect.Parameter.KEYWORD_ONLY}
        assert "timeout=None" in pydoc.render_doc(client)

    class Shop(countersign.Spiff):
        def __init__(self, **options):
            super().__init__()

    assert list(inspect.signature(Shop).parameters) == ["options"]


def test_what_is_generated_is_up_to_date(monkeypatch):
    monkeypatch.syspath_prepend(HERE.parent / "stubs")
    import make

    made = make.made(countersign._native)
    for name, text in made.items():
        found = difference((make.PACKAGE / name).read_text("utf-8"), text)
        assert not found, f"bindings/python/python/countersign/{name} is stale: run `make stubs`\n{found}"
    # Editors read stubs alone where there is no Python source.
    assert made["_native.pyi"].count('"""') > 2 * 30 and made["_async.pyi"].count("async def") > 15


def test_every_python_file_begins_with_its_job():
    files = [path for path in (ROOT / "bindings/python").rglob("*.py")]
    assert len(files) > 15
    for path in files:
        assert path.read_text("utf-8").lstrip().startswith(('"""', "#", 'r"""')), path
