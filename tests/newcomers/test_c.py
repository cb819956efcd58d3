"""Somebody with a program in C, as root in /usr/local, and without rights elsewhere."""

import os
import re

import pytest
from cmake import CMAKE_BIN_DIR
from place import ROOT, installation, placed, program, sandbox
from walk import walk

# Over the real /usr/local and /etc lies a layer that ends with the process: nothing of this machine is changed.
LAYERED = """
mount -t tmpfs tmpfs "$1"
for folder in /usr/local /etc; do
    mkdir -p "$1/up$folder" "$1/work$folder"
    mount -t overlay overlay -o "lowerdir=$folder,upperdir=$1/up$folder,workdir=$1/work$folder" $folder
done
shift; exec "$@"
"""

# Without a shared library, too; and nothing is left in the end.
THEN = """
cc -static -std=c99 order.c $(pkg-config --cflags --libs --static countersign) -o static 2> /dev/null
echo "static: $(TRANSACTION_ID= ./static | head -n 1)"
make --silent -C ../countersign uninstall PREFIX=/usr/local
find /usr/local -name '*countersign*'
! ./order 2> /dev/null
"""


def test_start(place):
    if os.geteuid() != 0:
        pytest.fail("An installation in /usr/local is root's: run `make newcomers` as root. It is done in a layer that ends with the test.")
    place.python()
    layer = place.folder / "layer"
    layer.mkdir()
    within = ("unshare", "--mount", "bash", "-euc", LAYERED, "bash", layer)
    _, said = walk(place, "docs/start/c.md", installation("countersign_orders_cli-"), installation("pkg-config"), within=within, then=THEN)
    assert re.fullmatch(r"static: not placed: .*\n", said), said


def test_elsewhere(place):
    # PREFIX is relative to where make was started: the repository.
    prefix = os.path.relpath(place.folder / "tree", ROOT)
    said = place.block(f"make --silent library install PREFIX={prefix}")
    (exports,) = re.findall(r"^ +export (.+)$", said, re.M)
    variables = dict(pair.split("=", 1) for pair in exports.split())
    (place.shop / "order.c").write_text(program("c"))
    compiled = re.search(r"^cc .*$", installation("pkg-config"), re.M)[0]
    # CMake finds both libraries by where they lie.
    (place.shop / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.13)\nproject(shop C)\nfind_package(countersign 0.1 REQUIRED)\n"
        "foreach(one countersign static)\n  add_executable(with_${one} order.c)\n  target_link_libraries(with_${one} countersign::${one})\nendforeach()\n"
    )
    cmake = f"{CMAKE_BIN_DIR}/cmake"
    place.run(cmake, "-B", "built", f"-DCMAKE_PREFIX_PATH={place.folder}/tree")
    place.run(cmake, "--build", "built")
    with sandbox() as env:
        placed(place.run("bash", "-euc", f"{compiled}\n./order", **env, **variables))
    for one in ("with_countersign", "with_static"):
        with sandbox() as env:
            placed(place.run(f"built/{one}", **env))
    # Packed for elsewhere, files name PREFIX alone; taken away, nothing is left.
    place.block(f"make --silent install PREFIX=/opt/x DESTDIR={place.folder}/stage")
    assert "prefix=/opt/x\n" in (place.folder / "stage/opt/x/lib/pkgconfig/countersign.pc").read_text()
    place.block(f"make --silent uninstall PREFIX={prefix}")
    assert not [path for path in (place.folder / "tree").rglob("*") if not path.is_dir()]
