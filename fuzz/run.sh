#!/bin/sh
# Runs every target, or those named, so many seconds each, and prints what each did. `make fuzz TIME=60` calls it.
set -eu
cd "$(dirname "$0")"
time=${1:?seconds for each target}
shift
if ! cargo fuzz --version > /dev/null 2>&1; then
  echo "cargo-fuzz is not installed. Install it, then try again: cargo install cargo-fuzz --locked --version 0.13.2" >&2
  exit 2
fi
targets=$(cargo run --quiet --locked --manifest-path ../Cargo.toml --package countersign-tests --bin fuzz-seeds)
# The installed stable toolchain will do: without a sanitizer, what coverage needs is only not stable by name.
export RUSTC_BOOTSTRAP=1
# A folder of its own, whatever the workspace's is.
unset CARGO_TARGET_DIR
[ $# = 0 ] || targets=$*
for target in $targets; do
  log=corpus/$target.log
  status=0
  cargo fuzz run --sanitizer none "$target" -- -max_total_time="$time" -timeout=10 -rss_limit_mb=2048 -max_len=65536 \
    -print_final_stats=1 > "$log" 2>&1 || status=$?
  done=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  printf '%-12s %12s executions\n' "$target" "${done:-no}"
  if [ "$status" != 0 ]; then
    tail -n 40 "$log" >&2
    echo "$target failed. Make the input small by: cargo fuzz tmin --sanitizer none $target fuzz/artifacts/$target/…" >&2
    echo "(RUSTC_BOOTSTRAP=1), mend it, and keep the small input in fuzz/regressions/$target/." >&2
    exit 1
  fi
done
