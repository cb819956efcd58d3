#!/usr/bin/env bash
# `make check`: what of `make test` a change is tried by while it is made. BASE=… is what it is held against: else the branch
# that it left, or the last commit. Everything is built in debug; it says what it did not run.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo=${CARGO:-cargo} target=$(realpath -m "${CARGO_TARGET_DIR:-target}")

main=$(git rev-parse --verify --quiet origin/main || git rev-parse --verify --quiet main || echo HEAD)
base=${BASE:-$(git merge-base HEAD "$main")}
changes() { { git diff --name-only "$base" -- ':!*.md'; git ls-files -o --exclude-standard; } | sort -u; }
changed=$(changes)
if [ -z "$changed" ]; then base=HEAD~1 changed=$(changes); fi
echo "Held against $(git log -1 --format='%h (%s)' "$base"): $(grep -c . <<< "$changed" || true) files changed."

# Whether something below one of these changed.
has() { local folder; for folder; do grep -q "^$folder" <<< "$changed" && return; done; return 1; }
run() { echo "> $*"; "$@"; }
skipped=()
skip() { skipped+=("$*"); }
# What the bindings are made of: a change there is one of theirs.
has core/ client/ outbox/src schema/ && waist=1 || waist=

run "$cargo" fmt --all --check
packages=(-p countersign-core -p countersign) linted=()
for room in core:countersign-core client:countersign outbox:countersign-outbox schema:countersign-schema ffi:countersign-ffi cli:countersign-cli \
	sandbox:countersign-sandbox tests:countersign-tests benches:countersign-benches bindings/python:countersign-python bindings/node:countersign-node; do
	if has "${room%%:*}/"; then linted+=(-p "${room#*:}"); fi
done
if [ ${#linted[@]} -gt 0 ]; then run "$cargo" clippy --locked --quiet "${linted[@]}" --all-targets -- -D warnings; fi
if [ ${#linted[@]} -lt 22 ]; then skip "clippy of the rooms that did not change, and of other features: make lint"; fi

run "$cargo" test --locked --quiet "${packages[@]}"
# Whatever is generated, and the vectors.
run "$cargo" test --locked --quiet -p countersign-schema
run "$cargo" test --locked --quiet -p countersign-tests --test 'error_kinds' --test 'generated_*' --test 'operations' --test '*_vectors' --test 'events'
if has outbox/; then run "$cargo" test --locked --quiet -p countersign-outbox --lib --test store --test delivery --test docs --test dialects; fi
if has sandbox/ schema/; then run "$cargo" test --locked --quiet -p countersign-sandbox; fi
if has cli/; then run "$cargo" test --locked --quiet -p countersign-cli; fi
skip "the other tests of Rust: make rust servers"

command() { # The command in debug, whose sandbox the bindings speak to.
	"$cargo" build --locked --quiet -p countersign-cli
	export COUNTERSIGN_BIN=$target/debug/countersign
}
mkdir -p build/check

if has ffi/ include/ || [ "$waist" ]; then
	run "$cargo" test --locked --quiet -p countersign-ffi --test header
	if has ffi/ include/; then run "$cargo" test --locked --quiet -p countersign-ffi; else skip "the C programs: make rust"; fi
else skip "C: make rust"; fi

if has bindings/php/ include/; then
	command
	run "$cargo" build --locked --quiet -p countersign-ffi
	COUNTERSIGN_LIBRARY=$target/debug/libcountersign.so run php bindings/php/tests/run.php vectors signing orders events model package secrecy
	skip "the other tests of PHP: make php"
else skip "PHP: make php"; fi

if has bindings/python/; then
	command
	"${MAKE:-make}" --no-print-directory build/venv.stamp
	run "$cargo" build --locked --quiet -p countersign-python
	rm -rf build/check/python && cp -r bindings/python/python build/check/python
	cp "$target/debug/lib_native.so" build/check/python/countersign/_native.abi3.so
	(
		cd bindings/python
		export PYTHONPATH=$PWD/../../build/check/python
		run ../../build/venv/bin/python -m pytest -q --tb=short --maxfail=3 -p no:cacheprovider tests/test_{vectors,signer,clients,errors,events,model}.py tests/test_types.py::test_what_is_generated_is_up_to_date
	)
	skip "the other tests of Python: make python"
else skip "Python: make python"; fi

if has bindings/node/; then
	command
	"${MAKE:-make}" --no-print-directory bindings/node/node_modules/.package-lock.json
	run "$cargo" build --locked --quiet -p countersign-node
	cp "$target/debug/libcountersign_node.so" build/check/countersign.node
	(
		cd bindings/node
		export COUNTERSIGN_NODE_LIBRARY=$PWD/../../build/check/countersign.node
		run node --test --test-reporter=spec test/{vectors,signing,clients,events,model,types,source}.test.js > ../../build/check/node.log 2>&1 ||
			{ sed -n '/failing tests:/,$p' ../../build/check/node.log; exit 1; }
		sed -n "/^ℹ tests/,\$p" ../../build/check/node.log
	)
	skip "the other tests of Node: make node"
else skip "Node: make node"; fi

printf '\nAll of this is well, in %d seconds. Not run, and part of make test:\n' "$SECONDS"
printf '  %s\n' "${skipped[@]}" "command, browser, installs, newcomers: make command browser installs newcomers"
