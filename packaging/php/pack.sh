#!/bin/sh
# pack.sh BUILT OUT: makes the composer package countersign/library of the library in the folder BUILT, for this machine, or adds it to the one in OUT.
set -eu
[ $# -eq 2 ] || { echo "usage: $0 BUILT OUT" >&2; exit 2; }
built=$1 out=$2
here=$(cd "$(dirname "$0")" && pwd)
machine=$(uname -m)
[ "$machine" != arm64 ] || machine=aarch64
# As Countersign\Internal\Library looks for it.
case $(uname -s) in
    Linux) file=libcountersign.so platform=linux-$machine; if ldd --version 2>&1 | grep -q musl; then platform=$platform-musl; fi ;;
    Darwin) file=libcountersign.dylib platform=darwin-$machine ;;
    MINGW* | MSYS*) file=countersign.dll platform=windows-$machine ;;
    *) echo "$0: no library for PHP is made on $(uname -s)" >&2; exit 1 ;;
esac
mkdir -p "$out/lib/$platform"
cp "$here/composer.json" "$here/README.md" "$here/../../LICENSE-APACHE" "$here/../../LICENSE-MIT" "$out/"
# By renaming: a PHP that has the old one loaded keeps it.
cp "$built/$file" "$out/lib/$platform/$file.new"
mv "$out/lib/$platform/$file.new" "$out/lib/$platform/$file"
cp "$built/THIRD-PARTY-NOTICES.txt" "$out/lib/$platform/"
