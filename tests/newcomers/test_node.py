"""Somebody with a shop in Node: no Python, no Rust, but what npm installs."""

from place import installation
from walk import walk


def test_start(place):
    walk(place, "docs/start/node.md", installation("build/npm"), installation("countersign-cli-"))
