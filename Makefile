# Everything a person does here, by name. `make` alone lists it.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
CARGO ?= cargo
# Lock files are law: nothing here resolves a new version.
LOCKED := --locked
TARGET := $(or $(CARGO_TARGET_DIR),target)

TIME ?= 60

KILLS ?= 10000

.PHONY: help demo check test soak bench fuzz lint rust rust-tests bounds php php-library python python-package stubs node node-module browser docs shop shop-packages command command-packages servers vectors generate header library install uninstall installs newcomers deny

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

demo: ## place orders over every wire against the sandbox and show what happened (needs cargo alone)
	@$(CARGO) run $(LOCKED) --quiet -p countersign-cli -- demo

check: ## the loop of minutes: format, clippy of what changed, core and client, what is generated, the binding that changed (BASE=… to hold it against)
	@MAKE="$(MAKE)" CARGO="$(CARGO)" tests/check.sh

test: ## run everything in every language, installing what is missing
	@mkdir -p build && rm -f build/times.log
	@$(MAKE) --no-print-directory build/apt.stamp
	@$(MAKE) --no-print-directory -j2 --output-sync=target tested built
	@$(MAKE) --no-print-directory -j3 --output-sync=target timed-php timed-python timed-node timed-command timed-installs timed-newcomers timed-browser
	@cat build/times.log

# What looks at the sources, and then the tests of Rust, which mostly wait: what ships is built beside them, in an order in which nobody waits for the
# other's lock.
.PHONY: tested built
tested:
	@for each in lint vectors rust-tests servers; do $(MAKE) --no-print-directory timed-$$each; done
built:
	@for each in library php-library command-packages shop-packages python-package node-module docs bounds; do $(MAKE) --no-print-directory timed-$$each; done

# A target, how long it took, and how much of that a processor was at work for it. (Bash finds a number for the file: make has some of its own.)
timed-%:
	@exec {told}>&2; TIMEFORMAT='make $*: %0R seconds, %0U of a processor'; { time $(MAKE) --no-print-directory $* 2>&$$told; } 2>> build/times.log

lint: ## formatting, clippy, documentation: no warnings
	$(CARGO) fmt --all --check
	$(CARGO) fmt --check --manifest-path docs/book/Cargo.toml
	$(CARGO) clippy $(LOCKED) --workspace --all-targets -- -D warnings
	$(CARGO) clippy $(LOCKED) -p countersign-cli --no-default-features -- -D warnings
	$(CARGO) clippy $(LOCKED) -p countersign-cli --no-default-features --features outbox -- -D warnings
	$(CARGO) clippy $(LOCKED) -p countersign-cli --no-default-features --features sandbox -- -D warnings
	$(CARGO) clippy $(LOCKED) -p countersign-cli --features postgres,mysql --all-targets -- -D warnings
	$(CARGO) clippy $(LOCKED) -p countersign --no-default-features -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc $(LOCKED) --workspace --exclude countersign-ffi --no-deps --lib

vectors: build/apt.stamp ## re-derive every signature of tests/vectors with Python's standard library
	python3 tests/vectors/derive.py

rust: rust-tests bounds ## every Rust test, and the C programs, plainly and under valgrind

rust-tests: build/apt.stamp ## the same without `bounds`
	$(CARGO) test $(LOCKED) --workspace 2>&1 | tee build/rust.log
	@$(call counted,rust)

# Of an optimised build, because it looks at the clock; with the flags of what is published, so that no build throws away what the other made.
bounds: ## what a hostile megabyte may cost: time and memory of each reader, optimised
	@mkdir -p build
	$(RELEASE) $(CARGO) test $(LOCKED) --release -p countersign-core --test bounds 2>&1 | tee build/bounds.log
	@$(call counted,bounds)

counted = awk '/^test result:/ { gsub(";", ""); passed += $$4; failed += $$6; ignored += $$8 } \
		END { if (passed == 0) exit 1; printf "$(1): %d passed, %d failed, %d skipped\n", passed, failed, ignored }' build/$(1).log

# The command with its drivers takes the place of the one without: nothing else may run meanwhile that starts it.
servers: build/apt.stamp ## the command's worker over PostgreSQL and MariaDB, killed together with them
	$(CARGO) test $(LOCKED) -p countersign-cli --features postgres,mysql --test outbox_servers -- --test-threads=6

# What is published is built through this: it tells no path of this machine. And what others wrote in it is named beside it.
RELEASE := $(CURDIR)/packaging/release.sh
NOTICES := THIRD-PARTY-NOTICES.txt

library: ## build the shared and the static library for C and PHP
	$(RELEASE) $(CARGO) build $(LOCKED) --release -p countersign-ffi
	@python3 packaging/notices.py countersign-ffi > $(TARGET)/release/$(NOTICES)

php-library: library ## the composer package countersign/library, with the library for this machine, into build/php-library
	packaging/php/pack.sh $(TARGET)/release build/php-library

php: build/apt.stamp build/wordpress.stamp build/php-libraries.stamp library build/command.stamp ## every PHP test, on the command line and under php-fpm
	@for file in $$(git ls-files 'bindings/php/*.php' 'bindings/php/bin/*'); do php -l "$$file" > build/php-l.log || { cat build/php-l.log; exit 1; }; done
	COUNTERSIGN_LIBRARY=$(TARGET)/release/libcountersign.so COUNTERSIGN_BIN=$(COMMAND) \
		COUNTERSIGN_WORDPRESS=build/wordpress/usr/share/wordpress COUNTERSIGN_PHP_LIBRARIES=build/php-libraries/usr/share/php php bindings/php/tests/run.php

# What builds wheels, in an environment of its own: whoever builds a package needs no more than it, Rust and a C compiler.
BUILDER := $(CURDIR)/build/builder/bin
build/builder.stamp: packaging/requirements.txt
	@mkdir -p build
	python3 -m venv --clear build/builder
	$(BUILDER)/pip install --quiet --disable-pip-version-check -r packaging/requirements.txt
	@touch $@

# What the Python tests need, in another.
PYTHON := $(CURDIR)/build/venv/bin
build/venv.stamp: build/apt.stamp bindings/python/requirements-test.txt tests/installs/requirements.txt
	python3 -m venv build/venv
	$(PYTHON)/pip install --quiet --disable-pip-version-check -r bindings/python/requirements-test.txt -r tests/installs/requirements.txt
	@touch $@

# A wheel for glibc 2.17 and newer, into the folder named; both wheels share what they are built of.
WHEEL = PATH="$(BUILDER):$$PATH" CARGO_TARGET_DIR="$(abspath $(TARGET))" $(RELEASE) maturin build --release $(LOCKED) --zig --compatibility manylinux2014 --out

# What a package is built of, where git knows. Where nothing changed, nothing is built again.
sources = $(wildcard $(shell git ls-files -co --exclude-standard Cargo.lock Cargo.toml .cargo core client outbox packaging/release.sh packaging/notices.py $(1) \
	':!*/tests/*' ':!*/test/*' ':!*/bench/*' ':!*/examples/*' ':!*.md' 2> /dev/null))

python-package: build/python.stamp ## the wheel and the source package for Python, into build/dist

build/python.stamp: build/builder.stamp $(call sources,bindings/python packaging/requirements.txt)
	rm -rf build/dist
	python3 packaging/notices.py countersign-python > bindings/python/$(NOTICES)
	cd bindings/python && $(WHEEL) ../../build/dist
	@cd bindings/python && $(BUILDER)/maturin sdist --out ../../build/dist > ../../build/sdist.log 2>&1 || { cat ../../build/sdist.log; exit 1; }
	@touch $@

build/installed.stamp: build/venv.stamp build/python.stamp
	@# What an older checkout built had another name.
	@$(PYTHON)/pip uninstall --quiet --disable-pip-version-check --yes countersign 2> /dev/null
	$(PYTHON)/pip install --quiet --disable-pip-version-check --force-reinstall --no-deps build/dist/*.whl
	@touch $@

# The command as it ships: what the tests of the other languages run, and what a package manager would give their examples.
export COUNTERSIGN_COMMAND_DIST := $(CURDIR)/build/command
COMMAND := $(COUNTERSIGN_COMMAND_DIST)/countersign

command-packages: build/command.stamp ## the command for package managers, with every driver, into build/command: wheel, source package, packages for npm, bare

build/command.stamp: build/builder.stamp $(call sources,schema sandbox cli packaging/python packaging/npm)
	rm -rf build/command
	python3 packaging/notices.py countersign-cli postgres,mysql > packaging/python/$(NOTICES)
	cd packaging/python && $(WHEEL) $(COUNTERSIGN_COMMAND_DIST)
	@cd packaging/python && $(BUILDER)/maturin sdist --out $(COUNTERSIGN_COMMAND_DIST) > ../../build/sdist.log 2>&1 || { cat ../../build/sdist.log; exit 1; }
	python3 packaging/python/bare.py build/command/*.whl > $(COMMAND)
	chmod 755 $(COMMAND)
	cp packaging/python/$(NOTICES) build/command/
	node packaging/npm/pack.mjs $(COMMAND) build/command
	@touch $@

command: build/apt.stamp build/venv.stamp build/command.stamp ## the command as pip, npm and a container have it, and every test of that
	$(PYTHON)/python -m pytest -q -p no:cacheprovider --rootdir packaging packaging/tests

# The other type checker, which comes from npm.
PYRIGHT := bindings/python/tests/pyright/node_modules/.package-lock.json
$(PYRIGHT): build/apt.stamp bindings/python/tests/pyright/package-lock.json
	cd bindings/python/tests/pyright && npm ci --no-audit --no-fund
	@touch $@

python: build/installed.stamp build/command.stamp $(PYRIGHT) ## the Python wheel (for glibc 2.17 and newer) and source package, and every Python test
	cd bindings/python && COUNTERSIGN_BIN="$(COMMAND)" COUNTERSIGN_DIST="$(CURDIR)/build/dist" \
		CARGO_TARGET_DIR="$(abspath $(TARGET))" $(PYTHON)/python -m pytest -p no:cacheprovider

# What npm installs for the tests, by the lock file alone.
NPM := bindings/node/node_modules/.package-lock.json
$(NPM): build/apt.stamp bindings/node/package-lock.json
	@node -e 'if (parseInt(process.versions.node) < 20) { console.error(`Node $${process.version} is too old: install Node 20 or newer.`); process.exit(1) }'
	@# What is built at an installation may fetch from anywhere: better-sqlite3 brings what is needed.
	cd bindings/node && npm ci --no-audit --no-fund --ignore-scripts
	@touch $@

node-module: build/node.stamp ## the packages for npm, into build/npm: countersign, and the one of this platform

build/node.stamp: $(call sources,bindings/node packaging/npm/packages.mjs)
	rm -rf build/npm
	cd bindings/node && CARGO_TARGET_DIR="$(abspath $(TARGET))" node build.mjs pack ../../build/npm
	@touch $@

# What the example with Vitest needs beside our packages.
VITEST := examples/tests/vitest/node_modules/.package-lock.json
$(VITEST): build/apt.stamp examples/tests/vitest/package-lock.json
	cd examples/tests/vitest && npm ci --no-audit --no-fund
	@touch $@

# Other runtimes of JavaScript than the machine's Node, by npm's lock file.
RUNTIMES := tests/runtimes/node_modules/.package-lock.json
$(RUNTIMES): build/apt.stamp tests/runtimes/package-lock.json
	cd tests/runtimes && npm ci --no-audit --no-fund
	@touch $@

node: node-module $(NPM) $(VITEST) $(RUNTIMES) build/command.stamp ## the native module for Node, and every Node test
	@cd bindings/node && COUNTERSIGN_BIN="$(COMMAND)" CARGO_TARGET_DIR="$(abspath $(TARGET))" \
		node --test --test-reporter=spec test/*.test.js > ../../build/node.log 2>&1 \
		|| { sed -n '/failing tests:/,$$p' ../../build/node.log; exit 1; }
	@sed -n '/^ℹ tests/,$$p' build/node.log

# A browser of the distribution's, and what steers it.
BROWSER := tests/browser/node_modules/.package-lock.json
$(BROWSER): build/apt.stamp tests/browser/package-lock.json
	cd tests/browser && npm ci --no-audit --no-fund
	@touch $@

# The shops have copies of the packages to themselves: nothing replaces those while a browser walks through them.
SHOP ?= python
SHOP_PYTHON := $(CURDIR)/build/shop/bin/python
SHOP_NEEDS := python:build/shop-python.stamp node:build/shop-node.stamp php:library

build/shop-python.stamp: build/apt.stamp build/python.stamp examples/shop/requirements.txt
	python3 -m venv --clear build/shop
	$(SHOP_PYTHON) -m pip install --quiet --disable-pip-version-check -r examples/shop/requirements.txt build/dist/*.whl
	@touch $@

build/shop-node.stamp: build/apt.stamp build/node.stamp examples/shop/package-lock.json
	cd examples/shop && npm ci --no-audit --no-fund
	mkdir -p examples/shop/node_modules/countersign
	cd bindings/node && tar -xzf "../../build/$$(npm pack --silent --pack-destination ../../build)" -C ../../examples/shop/node_modules/countersign --strip-components=1
	@touch $@

shop-packages: build/shop-python.stamp build/shop-node.stamp library ## what the shops need, for `make browser`

shop: build/command.stamp $(patsubst $(SHOP):%,%,$(filter $(SHOP):%,$(SHOP_NEEDS))) ## SHOP=python|node|php: a whole shop with sandbox and payment, to buy something in
	@python=python3; if [ "$(SHOP)" = python ]; then python=$(SHOP_PYTHON); fi; \
	COUNTERSIGN_BIN="$(COMMAND)" COUNTERSIGN_LIBRARY="$(abspath $(TARGET))/release/libcountersign.so" exec $$python examples/shop/run.py $(SHOP)

# mdBook's own crates, by a lock file of its own; built once, and of no other use.
docs: ## the book of docs/, which can be searched: build/book/index.html
	@CARGO_TARGET_DIR="$(abspath $(TARGET))/book" $(CARGO) run $(LOCKED) --quiet --manifest-path docs/book/Cargo.toml

browser: $(BROWSER) build/command.stamp shop-packages docs ## the sandbox's pages, the book, and a shop in three languages, in headless Chromium; leaves pictures in build/pages
	@cd tests/browser && COUNTERSIGN_BIN="$(COMMAND)" COUNTERSIGN_LIBRARY="$(abspath $(TARGET))/release/libcountersign.so" SHOP_PYTHON=$(SHOP_PYTHON) node --test --test-timeout=120000 --test-reporter=spec \
		> ../../build/browser.log 2>&1 || { sed -n '/failing tests:/,$$p' ../../build/browser.log; exit 1; }
	@sed -n '/^ℹ tests/,$$p' build/browser.log

PACKAGES := python-package node-module command-packages php-library

installs: build/venv.stamp $(PACKAGES) $(RUNTIMES) ## what every package has to have, and the packages under other runtimes
	$(PYTHON)/python -m pytest -q -p no:cacheprovider --rootdir tests/installs tests/installs

newcomers: build/venv.stamp $(PACKAGES) library ## seven people who install what README and docs say, word for word in empty environments, and place an order
	$(PYTHON)/python -m pytest -q -p no:cacheprovider --rootdir tests/newcomers tests/newcomers

install: ## PREFIX=…: install what `make library` built: header, libraries, files for pkg-config and CMake, notices
	@[ -n "$(PREFIX)" ] || { echo "Say where: make install PREFIX=/usr/local"; exit 2; }
	@CARGO_TARGET_DIR=$(TARGET) ffi/install.sh "$(PREFIX)" "$(DESTDIR)"

uninstall: ## PREFIX=…: take away what `make install` put there
	@[ -n "$(PREFIX)" ] || { echo "Say where: make uninstall PREFIX=/usr/local"; exit 2; }
	@ffi/install.sh --uninstall "$(PREFIX)" "$(DESTDIR)"

deny: ## licences, bans and sources of every crate (needs cargo-deny; no part of `make test`, where a test looks at the licences)
	@command -v cargo-deny > /dev/null || { echo "cargo-deny is not installed: cargo install cargo-deny --locked --version 0.20.2"; exit 2; }
	cargo-deny --locked check licenses bans sources

header: ## rewrite include/countersign.h, its PHP form and the list of symbols from ffi/src
	COUNTERSIGN_UPDATE=1 $(CARGO) test $(LOCKED) -p countersign-ffi --test header
	cp include/countersign.php.h bindings/php/include/countersign.php.h

generate: ## rewrite what is generated: the typed model, the kinds of errors, tables in docs/; then `make header`, if kinds changed
	COUNTERSIGN_UPDATE=1 $(CARGO) test $(LOCKED) -p countersign-schema --test generated
	COUNTERSIGN_UPDATE=1 $(CARGO) test $(LOCKED) -p countersign-tests --test error_kinds --test generated_docs --test generated_options
	COUNTERSIGN_UPDATE=1 $(CARGO) test $(LOCKED) -p countersign-outbox --test explorer
	COUNTERSIGN_UPDATE=1 $(CARGO) test $(LOCKED) -p countersign-outbox --test docs --test dialects
	@$(MAKE) --no-print-directory stubs

stubs: ## rewrite the stubs of the Python package, from its docstrings and its clients; part of `make generate`
	$(CARGO) build $(LOCKED) --quiet -p countersign-python
	python3 bindings/python/stubs/make.py $(TARGET)/debug/lib_native.so

bench: build/apt.stamp ## print the ratio tables; says which target is missed, exits 0
	$(CARGO) bench $(LOCKED) -p countersign-benches
	$(CARGO) bench $(LOCKED) -p countersign-ffi --bench c_call
	$(RELEASE) $(CARGO) build $(LOCKED) --quiet --release -p countersign-ffi
	COUNTERSIGN_LIBRARY=$(TARGET)/release/libcountersign.so php -d opcache.enable_cli=1 bindings/php/bench/sign.php
	COUNTERSIGN_LIBRARY=$(TARGET)/release/libcountersign.so php -d opcache.enable_cli=1 bindings/php/bench/replies.php
	$(RELEASE) $(CARGO) build $(LOCKED) --quiet --release -p countersign-cli
	COUNTERSIGN_LIBRARY=$(TARGET)/release/libcountersign.so COUNTERSIGN_BIN=$(TARGET)/release/countersign php bindings/php/bench/outbox.php
	@$(MAKE) --no-print-directory build/installed.stamp
	$(PYTHON)/python bindings/python/bench/sign.py
	$(PYTHON)/python bindings/python/bench/orders.py
	$(PYTHON)/python bindings/python/bench/outbox.py
	@$(MAKE) --no-print-directory node-module $(NPM)
	node bindings/node/bench/sign.mjs
	node bindings/node/bench/http.mjs
	node bindings/node/bench/outbox.mjs
	$(RELEASE) $(CARGO) build $(LOCKED) --quiet --release -p countersign-cli --features postgres
	COUNTERSIGN_BIN=$(TARGET)/release/countersign python3 benches/outbox/run.py
	@stat -c '%n: %s bytes' build/dist/*.whl bindings/node/*.node
	@printf '\nlibcountersign.so: %s bytes (target, with the outbox and SQLite: at most 3950000)\n' "$$(stat -c %s $(TARGET)/release/libcountersign.so)"
	@$(RELEASE) $(CARGO) build $(LOCKED) --quiet --release -p countersign-cli --no-default-features --features outbox
	@printf 'countersign, the worker without the sandbox: %s bytes\n' "$$(stat -c %s $(TARGET)/release/countersign)"
	@$(RELEASE) $(CARGO) build $(LOCKED) --quiet --release -p countersign-cli
	@printf 'countersign with sandbox and demo: %s bytes\n' "$$(stat -c %s $(TARGET)/release/countersign)"
	@python3 -c 'import resource, subprocess, sys; \
	subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True); \
	print("demo, both platforms and all clients in one process: peak memory", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024, "MiB")' \
		$(TARGET)/release/countersign demo

soak: ## kill producers, workers and servers KILLS=10000 times in every language over every store, write the table into docs/outbox.md, and look further for a schedule that loses or doubles; no part of `make test`
	@$(MAKE) --no-print-directory library build/wordpress.stamp build/php-libraries.stamp build/installed.stamp node-module $(NPM)
	$(CARGO) build $(LOCKED) --quiet -p countersign-cli
	python3 tests/soak.py --kills $(KILLS)
	COUNTERSIGN_SOAK=1 $(RELEASE) $(CARGO) test $(LOCKED) --release -p countersign-outbox --test explorer --test scheduler -- --nocapture

fuzz: ## feed each fuzz target for TIME=60 seconds, and print the executions (needs cargo-fuzz; no part of `make test`)
	@fuzz/run.sh $(TIME)

# What the tests need beside cargo, as command:package or pkg-config module:package. Nothing is fetched where it is there.
COMMANDS := python3:python3 curl:curl cc:gcc c++:g++ pkg-config:pkg-config readelf:binutils valgrind:valgrind node:nodejs npm:npm php:php-cli php-fpm8.2:php-fpm \
	mariadbd:mariadb-server-core my_print_defaults:mariadb-client-core mariadb-dump:mariadb-client pg_createcluster:postgresql pgbouncer:pgbouncer openssl:openssl \
	chromium:chromium buildah:buildah phpunit:phpunit composer:composer
MODULES := libcurl:libcurl4-openssl-dev libcrypto:libssl-dev libmariadb:libmariadb-dev sqlite3:libsqlite3-dev
EXTENSIONS := mysqli:php-mysql pdo_mysql:php-mysql pdo_pgsql:php-pgsql pdo_sqlite:php-sqlite3

# No server is started: the tests start their own, in folders of their own.
build/apt.stamp: Makefile
	@mkdir -p build
	@missing=; \
	for pair in $(COMMANDS); do command -v "$${pair%%:*}" > /dev/null || missing="$$missing $${pair#*:}"; done; \
	for pair in $(MODULES); do pkg-config --exists "$${pair%%:*}" 2> /dev/null || missing="$$missing $${pair#*:}"; done; \
	for pair in $(EXTENSIONS); do php -m 2> /dev/null | grep -qx "$${pair%%:*}" || missing="$$missing $${pair#*:}"; done; \
	python3 -c 'import ensurepip' 2> /dev/null || missing="$$missing python3-venv"; \
	python3 -c 'import sysconfig; open(sysconfig.get_path("include") + "/Python.h")' 2> /dev/null || missing="$$missing python3-dev"; \
	ls /usr/share/fonts/truetype/* > /dev/null 2>&1 || missing="$$missing fonts-dejavu-core"; \
	if [ -n "$$missing" ]; then \
		sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
		install="env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -o DPkg::Lock::Timeout=120 install -qy --no-install-recommends"; \
		$$sudo apt-get -o DPkg::Lock::Timeout=120 update -q; \
		case "$$missing" in *postgresql*) \
			$$sudo $$install postgresql-common; \
			$$sudo sed -i 's/^#* *create_main_cluster .*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf;; \
		esac; \
		$$sudo $$install $$missing; \
	fi
	@touch $@

# Of the distribution, unpacked and not installed: installed, WordPress would bring a web server, and start it.
unpacked = rm -rf build/$(1) && mkdir -p build/$(1) && cd build/$(1) && { apt-get -q download $(2) 2> /dev/null \
		|| { sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; $$sudo apt-get -q update && apt-get -q download $(2); }; } \
		&& for each in *.deb; do dpkg-deb -x $$each .; done && rm *.deb

build/wordpress.stamp: build/apt.stamp
	@$(call unpacked,wordpress,wordpress)
	@touch $@

# Doctrine DBAL and Laravel's connection with its queue.
build/php-libraries.stamp: build/apt.stamp
	@$(call unpacked,php-libraries,$(addprefix php-,doctrine-dbal doctrine-deprecations doctrine-event-manager doctrine-cache doctrine-inflector psr-cache psr-log psr-container \
		psr-simple-cache nesbot-carbon $(addprefix illuminate-,bus collections container contracts database events macroable pipeline queue support)))
	@touch $@
