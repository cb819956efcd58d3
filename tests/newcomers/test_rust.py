"""Somebody with a program in Rust."""

from place import ROOT, installation
from walk import walk


def test_start(place):
    place.python().run("cargo", "init", "--quiet", "--name", "shop", "--vcs", "none")
    # Built as this repository builds its tests, so that most of it is there already.
    with (place.shop / "Cargo.toml").open("a") as file:
        file.write("\n[profile.dev]" + (ROOT / "Cargo.toml").read_text().partition("\n[profile.dev]")[2])
    walk(place, "docs/start/rust.md", installation("cargo add"), installation("countersign_orders_cli-"))
