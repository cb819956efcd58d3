#!/bin/sh
# artefacts.sh OUT: builds everything that is published for this machine's platform into the folder OUT: the release workflow runs it on each.
#
#   OUT/python    the wheel
#   OUT/command   the wheel of the command, and the command itself with its notices
#   OUT/npm       the packages of both for npm
#   OUT/php       the composer package with the library
#   OUT/c         the archive for C
#
# Needs Rust, a C compiler, Node, and on the PATH what packaging/requirements.txt names. On Linux with glibc all of it is for 2.17 and newer.
set -eu
[ $# -eq 1 ] || { echo "usage: $0 OUT" >&2; exit 2; }
root=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)
cd "$root"
python=$(command -v python3 || command -v python)
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
machine=$(uname -m)
[ "$machine" != arm64 ] || machine=aarch64
target=${CARGO_TARGET_DIR:-$root/target}
export CARGO_TARGET_DIR="$target"
built=$target/release
wheel='' cargo='cargo build' exe=''
case $(uname -s) in
    Linux)
        if ldd --version 2>&1 | grep -q musl; then
            platform=$machine-linux-musl wheel='--compatibility musllinux_1_2'
            # A library that is loaded cannot bring a C library of its own.
            export RUSTFLAGS='-C target-feature=-crt-static'
        else
            platform=$machine-linux-gnu wheel='--zig --compatibility manylinux2014'
            export ZIG="$machine-unknown-linux-gnu.2.17"
            cargo="cargo zigbuild --target $ZIG" built=$target/$machine-unknown-linux-gnu/release
        fi ;;
    Darwin) platform=$machine-darwin; export MACOSX_DEPLOYMENT_TARGET=11.0 ;;
    MINGW* | MSYS*) platform=$machine-windows exe=.exe ;;
    *) echo "$0: nothing is published for $(uname -s)" >&2; exit 1 ;;
esac
notices=THIRD-PARTY-NOTICES.txt
release=$root/packaging/release.sh

"$python" packaging/notices.py countersign-python > "bindings/python/$notices"
# shellcheck disable=SC2086 # words
(cd bindings/python && "$release" maturin build --release --locked $wheel --out "$out/python")

"$python" packaging/notices.py countersign-cli postgres,mysql > "packaging/python/$notices"
# shellcheck disable=SC2086
(cd packaging/python && "$release" maturin build --release --locked $wheel --out "$out/command")
"$python" packaging/python/bare.py "$out"/command/countersign_orders_cli-*.whl > "$out/command/countersign$exe"
chmod 755 "$out/command/countersign$exe"
cp "packaging/python/$notices" "$out/command/"

node packaging/npm/pack.mjs "$out/command/countersign$exe" "$out/npm"
node bindings/node/build.mjs pack "$out/npm"
# The module that lies there now is not the one that make built.
rm -f build/node.stamp

# shellcheck disable=SC2086
"$release" $cargo --release --locked -p countersign-ffi
"$python" packaging/notices.py countersign-ffi > "$built/$notices"
packaging/php/pack.sh "$built" "$out/php"

name=countersign-$version-$platform
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
case $platform in
    *-linux-*) BUILT=$built RELOCATABLE=1 ffi/install.sh "/$name" "$stage" ;;
    *)
        mkdir -p "$stage/$name/include" "$stage/$name/lib" "$stage/$name/share/doc/countersign"
        cp include/countersign.h include/countersign.php.h "$stage/$name/include/"
        # Not the static one: what makes its names its own is of Linux (ffi/install.sh).
        for file in libcountersign.dylib countersign.dll countersign.dll.lib; do
            [ ! -f "$built/$file" ] || cp "$built/$file" "$stage/$name/lib/"
        done
        cp LICENSE-APACHE LICENSE-MIT "$built/$notices" "$stage/$name/share/doc/countersign/" ;;
esac
mkdir -p "$out/c"
tar -czf "$out/c/$name.tar.gz" -C "$stage" "$name"
