"""Writes what type checkers and editors read of the package, from what is written once elsewhere: `make stubs`.

    python3 stubs/make.py target/debug/lib_native.so

_native.pyi: the signatures beside this file, with the docstrings of the native module.
_async.pyi: the methods of _clients.py, those that come to run() awaited, and the public ones of _async.py.
_outbox_async.pyi: those of _outbox.py, which come to _run(), and of _outbox_async.py.
"""

import ast
import copy
import importlib.machinery
import importlib.util
import inspect
import re
import sys
import textwrap
from pathlib import Path

HERE = Path(__file__).resolve().parent
PACKAGE = HERE.parent / "python/countersign"
MADE = "Generated from {} by `make generate`."


def parsed(path):
    return ast.parse(path.read_text("utf-8"))


def text_of(tree):
    """A stub as text: bodies beside their heads, long heads with an argument on each line."""
    text = re.sub(r":\n +\.\.\.$", ": ...", ast.unparse(tree), flags=re.M)
    return "\n".join(map(wrapped, text.split("\n"))) + "\n"


def wrapped(line):
    found = re.fullmatch(r"( *)((?:async )?def \w+\()(.*)(\) -> .*)", line)
    if len(line) <= 128 or not found:
        return line
    indent, head, arguments, tail = found.groups()
    inner = re.sub(r", (?=\*|/|\w+:)", f",\n{indent}    ", arguments)  # a comma within a type has no name after it
    return f"{indent}{head}\n{indent}    {inner},\n{indent}{tail}"


def native(module):
    """Of the skeleton, with what the module says of itself."""
    tree = parsed(HERE / "_native.pyi")
    tree.body.pop(0)
    for owner in tree.body:
        if isinstance(owner, ast.ClassDef):
            owner.body = [a_property(node) if isinstance(node, ast.AnnAssign) else node for node in owner.body]
        for node in (owner, *getattr(owner, "body", ())):
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                said = getattr(module if node is owner else getattr(module, owner.name), node.name).__doc__
                if said:
                    node.body = [docstring(said, 1 if node is owner else 2), *(node.body if isinstance(node, ast.ClassDef) else [])]
    return f"# {MADE.format('src/ and stubs/_native.pyi')}\n{text_of(tree)}"


def a_property(node):
    return ast.parse(f"@property\ndef {node.target.id}(self) -> {ast.unparse(node.annotation)}: ...").body[0]


def docstring(said, depth):
    said, indent = inspect.cleandoc(said), "    " * depth
    return ast.Expr(ast.Constant(textwrap.indent(f"{said}\n", indent).strip(" ") + indent if "\n" in said else said))


class Renamed(ast.NodeTransformer):
    def visit_Name(self, node):
        return ast.Name({"Webhooks": "AsyncWebhooks"}.get(node.id, node.id))


def asynchronous(files, stubs):
    """Of the blocking classes and their awaited form: what comes to run() is awaited. stubs: classes, with their bases, and whose
    members they have."""
    trees = [parsed(PACKAGE / name) for name in files]
    classes = {node.name: node.body for tree in trees for node in tree.body if isinstance(node, ast.ClassDef)}
    for name, body in classes.items():  # In `if TYPE_CHECKING` stands what has a narrower type than its code.
        classes[name] = [inner for node in body for inner in (node.body if isinstance(node, ast.If) else [node])]
    functions = [node for body in classes.values() for node in body if isinstance(node, ast.FunctionDef)]
    awaited = {one.name for one in functions if re.match(r"return self\.(_client\.run|run|_run)\(", ast.unparse(one.body[-1]))}

    def stub(name, bases, *sources):
        members = {}
        for node in (node for source in sources for node in classes[source]):
            if isinstance(node, ast.AnnAssign):
                members[node.target.id] = ast.AnnAssign(node.target, node.annotation, None, 1)
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns:
                kind = ast.AsyncFunctionDef if node.name in awaited else type(node)
                body = [ast.Expr(ast.Constant(...))]
                members[node.name] = kind(node.name, node.args, body, node.decorator_list, node.returns)
        if new := members.pop("__new__", None):
            for made in (members["__init__"], members["from_env"]):
                made.args = copy.copy(made.args)
                made.args.kwarg = new.args.kwarg
        return ast.ClassDef(name, bases, [], list(members.values()), [])

    body = [stub(name, [ast.Name(base) for base in bases], *sources) for name, bases, *sources in stubs]
    tree = Renamed().visit(ast.fix_missing_locations(ast.Module(body, [])))
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    branches = [one.body for one in trees] + [node.body for one in trees for node in one.body if isinstance(node, ast.If)]
    found = {"._operations": {"AsyncSpiffOperations"} & used}
    for node in (node for branch in branches for node in branch if isinstance(node, ast.ImportFrom)):
        names = {alias.name for alias in node.names} & used
        found.setdefault("." * node.level + (node.module or ""), set()).update(names)
    imports = "".join(f"from {module} import {', '.join(sorted(names))}\n" for module, names in sorted(found.items()) if names)
    return f"# {MADE.format(' and '.join(files))}\n{imports}\n{text_of(tree)}"


CLIENTS = [
    ("AsyncSpiff", ["AsyncSpiffOperations"], "_Methods", "SpiffMethods", "Spiff", "_AsyncClient"),
    ("AsyncSignCustomiser", [], "_Methods", "SignCustomiserMethods", "SignCustomiser", "_AsyncClient"),
    ("AsyncWebhooks", [], "Webhooks"),
]
OUTBOX = [("AsyncOutbox", [], "OutboxMethods", "AsyncOutbox")]


def made(module):
    """Every file by its name."""
    return {
        "_native.pyi": native(module),
        "_async.pyi": asynchronous(["_clients.py", "_async.py"], CLIENTS),
        "_outbox_async.pyi": asynchronous(["_outbox.py", "_outbox_async.py"], OUTBOX),
    }


if __name__ == "__main__":
    loader = importlib.machinery.ExtensionFileLoader("_native", sys.argv[1])
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("_native", loader))
    loader.exec_module(module)
    for name, text in made(module).items():
        (PACKAGE / name).write_text(text, "utf-8")
