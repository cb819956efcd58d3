#!/bin/sh
# install.sh PREFIX [DESTDIR]: installs what `cargo build --release -p countersign-ffi` built: the header, the shared
# library under its version with the links that linkers and loaders look for, the static library, the pkg-config file.
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
install -m 644 "$built/libcountersign.a" "$to/lib/"
install -m 755 "$built/libcountersign.so" "$to/lib/libcountersign.so.$version"
ln -sf "libcountersign.so.$version" "$to/lib/libcountersign.so.$abi"
ln -sf "libcountersign.so.$abi" "$to/lib/libcountersign.so"
sed -e 1d -e "s|@PREFIX@|$prefix|" -e "s|@VERSION@|$version|" "$root/ffi/countersign.pc.in" > "$to/lib/pkgconfig/countersign.pc"
