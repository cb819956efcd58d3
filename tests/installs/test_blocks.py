"""Every installation that the README and the manuals show, word for word in an empty environment; then the README's program in that language
places an order in the sandbox."""

import json
import os
import re
import subprocess
import urllib.request

import pytest
from cmake import CMAKE_BIN_DIR
from conftest import COMMAND, ROOT, TARGET, VERSION, run

PAGES = ["README.md", *sorted(str(page.relative_to(ROOT)) for page in (ROOT / "docs").glob("*.md"))]
INSTALLS = re.compile(r"(pip|npm) install|composer require|cargo (add|install)|make install")


def blocks(page, before=""):
    return re.findall(rf"^{before}```sh\n(.*?)^```$", (ROOT / page).read_text(), re.M | re.S)


SHOWN = {block for page in PAGES for block in blocks(page, "<!-- install -->\n")}


def the(word):
    """The one installation that has this word."""
    (found,) = [block for block in SHOWN if word in block]
    return found


def program(language):
    """The README's first program in this language."""
    return re.search(rf"^```{language}\n(.*?)^```$", (ROOT / "README.md").read_text(), re.M | re.S)[1]


@pytest.fixture(scope="module")
def sandbox():
    started = subprocess.Popen([COMMAND, "sandbox", "--port", "0", "--json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield json.loads(started.stdout.readline())
    finally:
        started.stdin.close()
        started.wait(10)
        started.stdout.close()


@pytest.fixture
def env(sandbox):
    """What a shop's environment has: credentials, and a design that somebody made."""
    url = sandbox["spiff"]["url"]
    urllib.request.urlopen(urllib.request.Request(f"{url}/_/reset", b"{}", {"Content-Type": "application/json"}), timeout=10).close()
    made = urllib.request.Request(f"{url}/_/transactions", b"{}", {"Content-Type": "application/json"})
    with urllib.request.urlopen(made, timeout=10) as reply:
        return {**sandbox["env"], "TRANSACTION_ID": json.load(reply)["transactionId"]}


def placed(said):
    assert said.startswith("placed: "), said


def test_every_installation_is_marked_and_has_a_test():
    for page in PAGES:
        for block in blocks(page):
            assert block in SHOWN or not INSTALLS.search(block), f"{page} has an installation that no test runs; mark it <!-- install -->:\n{block}"
    words = ("countersign_orders", "build/npm", "bin/countersign check", "woocommerce", "pkg-config", "cargo add", "countersign_cli-", "countersign-cli-")
    assert {the(word) for word in words} == SHOWN
    # Each language's stands in the README, and in its manual.
    for page, word in (("python", "countersign_orders"), ("node", "build/npm"), ("php", "bin/countersign check"), ("c", "pkg-config"), ("rust", "cargo add"), ("command", "countersign_cli-")):
        assert the(word) in blocks(f"docs/{page}.md") and the(word) in blocks("README.md"), page


def test_python(place, env):
    place.python().block(the("countersign_orders"))
    assert f"Version: {VERSION}\n" in place.run("pip", "show", "countersign-orders")
    (place.shop / "first.py").write_text(program("python"))
    placed(place.run("python", "first.py", **env))


def test_the_command_with_pip(place):
    place.python().block(the("countersign_cli-"))
    assert place.run("countersign", "--version") == f"countersign {VERSION}\n"


def test_node(place, env):
    place.block(the("build/npm"))
    (place.shop / "first.mjs").write_text(program("js"))
    placed(place.run("node", "first.mjs", **env))


def test_the_command_with_npm(place):
    place.block(the("countersign-cli-"))
    assert place.run("npx", "--no-install", "countersign", "--version") == f"countersign {VERSION}\n"


def test_php(place, env):
    said = place.block(the("bin/countersign check"))
    (library,) = (ROOT / "build/php-library/lib").glob("linux-*/libcountersign.so")
    assert "\nThe library is ready.\n" in said, said
    assert re.search(rf"^library +{re.escape(str(library))}$", said, re.M), said
    (place.shop / "first.php").write_text(program("php"))
    placed(place.run("php", "first.php", **env))


def test_the_plugin_for_woocommerce(place):
    plugins = place.shop / "wp-content/plugins"
    plugins.mkdir(parents=True)
    place.block(the("woocommerce"))
    assert "\nThe library is ready.\n" in place.run(plugins / "countersign-orders/vendor/bin/countersign", "check")
    assert (plugins / "countersign-orders/countersign-orders.php").is_file()


# Over the real /usr/local and /etc lies a layer that ends with the process: nothing of this machine is changed.
LAYERED = """
mount -t tmpfs tmpfs "$1"
for folder in /usr/local /etc; do
    mkdir -p "$1/up$folder" "$1/work$folder"
    mount -t overlay overlay -o "lowerdir=$folder,upperdir=$1/up$folder,workdir=$1/work$folder" $folder
done
shift; exec "$@"
"""


def test_c(place, env):
    if os.geteuid() != 0:
        pytest.fail("An installation in /usr/local is root's: run `make installs` as root. It is done in a layer that ends with the test.")
    (place.shop / "order.c").write_text(program("c"))
    layer = place.folder / "layer"
    layer.mkdir()
    # In the same layer: the program as built, without a word about where the library is; one without any; nothing is left in the end.
    more = """
./order
cc -static -std=c99 order.c $(pkg-config --cflags --libs --static countersign) -o static 2> /dev/null
echo "static: $(TRANSACTION_ID= ./static | head -n 1)"
make --silent -C ../countersign uninstall PREFIX=/usr/local
find /usr/local -name '*countersign*'
! ./order 2> /dev/null
"""
    said = place.block(the("pkg-config") + more, "unshare", "--mount", "bash", "-euc", LAYERED, "bash", layer, **env)
    last = said[said.index("placed: ") :].splitlines()
    assert len(last) == 2 and last[1].startswith("static: not placed: "), said


def test_c_elsewhere(place, env):
    # PREFIX is relative to where make was started: the repository.
    prefix = os.path.relpath(place.folder / "tree", ROOT)
    said = place.block(f"make --silent library install PREFIX={prefix}")
    (exports,) = re.findall(r"^ +export (.+)$", said, re.M)
    variables = dict(pair.split("=", 1) for pair in exports.split())
    (place.shop / "order.c").write_text(program("c"))
    compiled = re.search(r"^cc .*$", the("pkg-config"), re.M)[0]
    placed(place.run("bash", "-euc", f"{compiled}\n./order", **env, **variables))
    # CMake finds both libraries by where they lie.
    (place.shop / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.13)\nproject(shop C)\nfind_package(countersign 0.1 REQUIRED)\n"
        "foreach(one countersign static)\n  add_executable(with_${one} order.c)\n  target_link_libraries(with_${one} countersign::${one})\nendforeach()\n"
    )
    cmake = f"{CMAKE_BIN_DIR}/cmake"
    place.run(cmake, "-B", "built", f"-DCMAKE_PREFIX_PATH={place.folder}/tree")
    place.run(cmake, "--build", "built")
    for one in ("with_countersign", "with_static"):
        placed(place.run(f"built/{one}", **env))
    # Packed for elsewhere, files name PREFIX alone; taken away, nothing is left.
    place.block(f"make --silent install PREFIX=/opt/x DESTDIR={place.folder}/stage")
    assert "prefix=/opt/x\n" in (place.folder / "stage/opt/x/lib/pkgconfig/countersign.pc").read_text()
    place.block(f"make --silent uninstall PREFIX={prefix}")
    assert not [path for path in (place.folder / "tree").rglob("*") if not path.is_dir()]


def test_rust(place, env):
    place.run("cargo", "init", "--quiet", "--name", "shop", "--vcs", "none")
    place.block(the("cargo add"))
    (place.shop / "src/main.rs").write_text(program("rust"))
    # Built as this repository builds its tests, so that most of it is there already.
    with (place.shop / "Cargo.toml").open("a") as file:
        file.write("\n[profile.dev]" + (ROOT / "Cargo.toml").read_text().partition("\n[profile.dev]")[2])
    placed(place.run("cargo", "run", "--quiet", **env).splitlines()[-1])
