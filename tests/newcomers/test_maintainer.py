"""Somebody who takes over: the two commands of the README, and the first step of CONTRIBUTING, a field of the model."""

import os
import re
import subprocess

from place import PATH, ROOT, TARGET, TOOLS, run

FIELD = '  "Whether the maker has seen it."\n  seenByMaker: Boolean @src(s: CLIENT)\n'


def test_the_demo(place):
    assert re.search(r"^make demo .*\nmake test ", (ROOT / "README.md").read_text(), re.M)
    said = place.block("make demo")
    assert "placed" in said and "unknown" in said, said


def test_a_field(place):
    mine = place.folder / "mine"
    # To cargo two checkouts that share what they build are one: the programs of one would be run for the other.
    place.env["CARGO_TARGET_DIR"] = str(TARGET / "maintainer")
    # Whose this repository is, the person's own git knows.
    run("git", "clone", "--quiet", ROOT, mine, cwd=place.folder, env={"HOME": os.environ["HOME"]})
    targets = run("make", cwd=mine)
    for target in ("check", "test", "generate", "python-package", "newcomers"):
        assert re.search(rf"^make {target}\s+\S", targets, re.M), targets

    schema = mine / "schema/spiff.graphql"
    before, begin, rest = schema.read_text().partition("extend type Bundle {\n")
    schema.write_text(before + begin + FIELD + rest)
    test = ("cargo", "test", "--locked", "--quiet", "-p", "countersign-schema", "--test", "generated", "files_are_up_to_date")
    failed = subprocess.run(test, cwd=mine, env={"PATH": PATH, **TOOLS, **place.env}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300)
    # Which files, what writes them, and what is new in them: no more than fits on a screen or two.
    assert failed.returncode != 0 and "make generate" in failed.stdout and "docs/spiff-model.md" in failed.stdout and "seenByMaker" in failed.stdout, failed.stdout
    assert len(failed.stdout) < 6000, len(failed.stdout)

    run(*test, cwd=mine, env={**place.env, "COUNTERSIGN_UPDATE": "1"})
    run(*test, cwd=mine, env=place.env)
    changed = run("git", "status", "--short", cwd=mine)
    for file in ("schema/spiff.graphql", "docs/spiff-model.md", "bindings/node/spiff-model.d.ts", "bindings/python/python/countersign/spiff_types.py"):
        assert file in changed, changed
