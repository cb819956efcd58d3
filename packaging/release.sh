#!/bin/sh
# release.sh COMMAND …: runs cargo, or what calls it, for something that is published: what it builds tells no path of this machine.
#
# A message of a panic names its source file, and what lies outside of this repository would be named whole.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cargo=${CARGO_HOME:-${USERPROFILE:-$HOME}/.cargo}
flags="--remap-path-prefix=$cargo/registry/src=crates"
separator=$(printf '\037')
for map in "$root=countersign" "${CARGO_TARGET_DIR:-$root/target}=built"; do flags="$flags$separator--remap-path-prefix=$map"; done
# shellcheck disable=SC2086 # each word of RUSTFLAGS is one
for flag in ${RUSTFLAGS-}; do flags="$flags$separator$flag"; done
CARGO_ENCODED_RUSTFLAGS=$flags exec "$@"
