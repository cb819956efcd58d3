"""Somebody with a shop in Python."""

from place import VERSION, installation
from walk import walk


def test_start(place):
    walk(place.python(), "docs/start/python.md", installation("countersign_orders-"), installation("countersign_orders_cli-"))
    assert f"Version: {VERSION}\n" in place.run("pip", "show", "countersign-orders")
