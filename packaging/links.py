"""Writes the links of a package's metadata: repository, documentation, changelog, issues. Until there is an address, there is none in any package.

    python3 links.py https://HOST/OWNER/NAME

Run once, before the first release, in the root of the repository; commit what it changes. A second time changes nothing more."""

import json
import re
import sys
import tomllib
from pathlib import Path


def toml(file, table, lines):
    """Puts these lines in the place of the table's own of the same keys; the table comes before tool's."""
    text = Path(file).read_text()
    if f"[{table}]\n" not in text:
        text = text.replace("\n[tool.", f"\n[{table}]\n\n[tool.", 1)
    before, head, rest = text.partition(f"[{table}]\n")
    body, end, after = re.match(r"(.*?)(\n\[|\Z)(.*)", rest, re.S).groups()
    keys = tuple(f"{line.partition(' = ')[0]} = " for line in lines)
    kept = [line for line in body.split("\n") if not line.startswith(keys)]
    while kept and not kept[-1]:
        kept.pop()
    Path(file).write_text(before + head + "\n".join([*kept, *lines]) + "\n" + end + after)


def members(file, **more):
    """Sets members of a JSON file, which keeps its indentation and its short lists on their lines."""
    text = Path(file).read_text()
    step = re.search(r"^( +)\"", text, re.M)[1]
    for name, value in more.items():
        text = re.sub(rf'^{step}"{name}": (?:"[^"]*"|\{{[^}}]*\}}),?\n', "", text, flags=re.M)
        line = f'{step}"{name}": {json.dumps(value)},\n'
        text = re.sub(rf'^{step}"license": .*\n', lambda found: found[0] + line, text, count=1, flags=re.M)
    json.loads(text)
    Path(file).write_text(text)


def main(address):
    documents = f"{address}/blob/main"
    toml("Cargo.toml", "workspace.package", [f'repository = "{address}"'])
    for member in tomllib.loads(Path("Cargo.toml").read_text())["workspace"]["members"]:
        manifest = Path(member, "Cargo.toml")
        text = manifest.read_text()
        if "license.workspace = true\n" in text and "repository.workspace" not in text:
            manifest.write_text(text.replace("license.workspace = true\n", "license.workspace = true\nrepository.workspace = true\n", 1))
    urls = {"Repository": address, "Documentation": f"{documents}/docs/README.md", "Changelog": f"{documents}/CHANGELOG.md", "Issues": f"{address}/issues"}
    for file in ("bindings/python/pyproject.toml", "packaging/python/pyproject.toml"):
        toml(file, "project.urls", [f'{name} = "{url}"' for name, url in urls.items()])
    for file in ("bindings/node/package.json", "packaging/npm/package.json"):
        members(file, repository={"type": "git", "url": f"git+{address}.git"}, bugs=f"{address}/issues", homepage=f"{address}#readme")
    for file in ("bindings/php/composer.json", "packaging/php/composer.json"):
        members(file, support={"source": address, "issues": f"{address}/issues", "docs": f"{documents}/docs/php.md"})


if len(sys.argv) != 2 or not re.fullmatch(r"https://[\w.-]+/[\w./-]*[\w-]", sys.argv[1]):
    sys.exit(print("Give the address of the repository: python3 packaging/links.py https://HOST/OWNER/NAME", file=sys.stderr) or 2)
main(sys.argv[1])
