#!/bin/sh
# install.sh PREFIX [DESTDIR]: installs what `make library` built: the header, the shared library under its version with the links
# that linkers and loaders look for, the static library, the files for pkg-config and CMake, licences and notices.
# install.sh --uninstall PREFIX [DESTDIR]: takes away what that put there, and nothing else.
#
# PREFIX may be relative. DESTDIR stands in front of it where a package is made: its files name PREFIX alone.
# RELOCATABLE=1: for an archive, whose files find each other wherever it is unpacked.
#
# The static library becomes one object that shows what the shared one shows, and nothing else. As cargo leaves it, it holds a
# SQLite whose names are those of the system's: a program with both would get one of them for both, whichever comes first.
set -eu
usage() { echo "usage: $0 [--uninstall] PREFIX [DESTDIR]" >&2; exit 2; }
uninstall=
[ "${1-}" != --uninstall ] || { uninstall=1; shift; }
{ [ $# -ge 1 ] && [ $# -le 2 ] && [ -n "$1" ]; } || usage
case $1 in /*) prefix=${1%/} ;; *) prefix=$PWD/${1%/} ;; esac
destdir=${2-}
to=$destdir$prefix
root=$(cd "$(dirname "$0")/.." && pwd)
built=${BUILT:-${CARGO_TARGET_DIR:-$root/target}/release}
define() { sed -n "s/^#define COUNTERSIGN_$1 \"\{0,1\}\([^\"]*\)\"\{0,1\}\$/\1/p" "$root/include/countersign.h"; }
version=$(define VERSION)
abi=$(define ABI_VERSION)
doc=$to/share/doc/countersign
cmake=$to/lib/cmake/countersign

# Only where the system looks for libraries, and nothing is packed: then its loader finds ours, or forgets it.
tell_the_loader() {
    [ -z "$destdir" ] && [ "$(id -u)" = 0 ] || return 0
    case $prefix in /usr | /usr/local) PATH=$PATH:/sbin:/usr/sbin ldconfig 2> /dev/null || true ;; esac
}

if [ -n "$uninstall" ]; then
    rm -f "$to/include/countersign.h" "$to/include/countersign.php.h" "$to/lib/libcountersign.a" "$to/lib/libcountersign.so" \
        "$to/lib/libcountersign.so.$abi" "$to"/lib/libcountersign.so.*.*.* "$to/lib/pkgconfig/countersign.pc"
    rm -rf "$doc" "$cmake"
    tell_the_loader
    exit
fi

for file in libcountersign.so libcountersign.a THIRD-PARTY-NOTICES.txt; do
    [ -f "$built/$file" ] || { echo "$built/$file is missing: make library" >&2; exit 1; }
done
mkdir -p "$to/include" "$to/lib/pkgconfig" "$cmake" "$doc"
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
# In a new file under the name: a program that has the old one loaded keeps it.
install -m 755 "$built/libcountersign.so" "$to/lib/libcountersign.so.$version"
ln -sf "libcountersign.so.$version" "$to/lib/libcountersign.so.$abi"
ln -sf "libcountersign.so.$abi" "$to/lib/libcountersign.so"
here=$prefix
# shellcheck disable=SC2016 # pkg-config's own variable
[ -z "${RELOCATABLE-}" ] || here='${pcfiledir}/../..'
filled() { sed -e 1d -e "s|@PREFIX@|$here|" -e "s|@VERSION@|$version|" -e "s|@ABI@|$abi|" "$root/ffi/$1" > "$2"; }
filled countersign.pc.in "$to/lib/pkgconfig/countersign.pc"
filled countersign-config.cmake.in "$cmake/countersign-config.cmake"
filled countersign-config-version.cmake.in "$cmake/countersign-config-version.cmake"
install -m 644 "$root/LICENSE-APACHE" "$root/LICENSE-MIT" "$built/THIRD-PARTY-NOTICES.txt" "$doc/"

tell_the_loader
# Whoever installs elsewhere has to say where that is.
if [ -z "$destdir" ] && ! PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2> /dev/null | grep -qF "=> $prefix/lib/libcountersign.so.$abi"; then
    echo "Installed in $prefix, where neither pkg-config nor the loader may look by themselves. Build and run with:"
    echo "  export PKG_CONFIG_PATH=$prefix/lib/pkgconfig LD_LIBRARY_PATH=$prefix/lib"
fi
