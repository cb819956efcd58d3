#!/bin/sh
# install.sh PREFIX [DESTDIR]: installs what `cargo build --release -p countersign-ffi` built: the header, the shared
# library under its version with the links that linkers and loaders look for, the static library, the pkg-config file.
#
# The static library becomes one object that shows what the shared one shows, and nothing else. As cargo leaves it, it holds a
# SQLite whose names are those of the system's: a program with both would get one of them for both, whichever comes first.
set -eu
[ $# -ge 1 ] || { echo "usage: $0 PREFIX [DESTDIR]" >&2; exit 2; }
prefix=$1
root=$(cd "$(dirname "$0")/.." && pwd)
to=${2-}$prefix
built=${CARGO_TARGET_DIR:-$root/target}/release
define() { sed -n "s/^#define COUNTERSIGN_$1 \"\{0,1\}\([^\"]*\)\"\{0,1\}\$/\1/p" "$root/include/countersign.h"; }
version=$(define VERSION)
abi=$(define ABI_VERSION)
for file in libcountersign.so libcountersign.a; do
    [ -f "$built/$file" ] || { echo "$built/$file is missing: cargo build --release -p countersign-ffi" >&2; exit 1; }
done
mkdir -p "$to/include" "$to/lib/pkgconfig"
install -m 644 "$root/include/countersign.h" "$root/include/countersign.php.h" "$to/include/"
symbols=$root/include/countersign.symbols
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Groups are resolved here: one that is named like one of another library would be dropped for that one, and ours is local then.
# shellcheck disable=SC2046 # each is a word
"${LD:-ld}" -r --force-group-allocation $(sed 's/^/-u /' "$symbols") -o "$work/whole.o" "$built/libcountersign.a"
# The compiler's own form of the code, which tools of another version stumble over, is dropped.
"${OBJCOPY:-objcopy}" --keep-global-symbols="$symbols" --strip-unneeded --remove-section=.llvmbc --remove-section=.llvmcmd \
    "$work/whole.o" "$work/countersign.o"
"${AR:-ar}" rcs "$work/libcountersign.a" "$work/countersign.o"
install -m 644 "$work/libcountersign.a" "$to/lib/"
install -m 755 "$built/libcountersign.so" "$to/lib/libcountersign.so.$version"
ln -sf "libcountersign.so.$version" "$to/lib/libcountersign.so.$abi"
ln -sf "libcountersign.so.$abi" "$to/lib/libcountersign.so"
sed -e 1d -e "s|@PREFIX@|$prefix|" -e "s|@VERSION@|$version|" "$root/ffi/countersign.pc.in" > "$to/lib/pkgconfig/countersign.pc"
