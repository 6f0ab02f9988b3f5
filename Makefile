# What people type. Everything here works on a machine with Rust, Python 3 and, for the tests and the demo, Java 17 and Maven.

CACHE ?= $(or $(MILLPOND_CACHE),$(HOME)/.cache/millpond)
VENV := $(CACHE)/venv
PYTHON := $(VENV)/bin/python
ONLY ?= compat-tests
TARGET := $(abspath $(or $(CARGO_TARGET_DIR),target))

MUSL := $(shell uname -m)-unknown-linux-musl

.PHONY: run demo test unit compat lint musl image-root test-kdg

run: ## build and start the server on http://localhost:4566
	cargo run --release -- serve

demo: $(VENV)/.ready tools ## the whole workshop, into a real Elasticsearch
	cargo build --release
	MILLPOND_BIN=$(TARGET)/release/millpond PATH="$(abspath $(VENV))/bin:$$PATH" $(PYTHON) compat-tests/workshop/demo.py $(ARGS)

test: lint unit compat ## everything

lint:
	cargo fmt --check
	cargo clippy --all-targets --quiet -- -D warnings

unit:
	cargo test --quiet

compat: $(VENV)/.ready tools ## real clients and real servers
	cargo build
	MILLPOND_BIN=$(TARGET)/debug/millpond PATH="$(abspath $(VENV))/bin:$$PATH" $(PYTHON) -m pytest -q -c compat-tests/pytest.ini $(ONLY)

# No addresses are fixed up at the start, and equal functions are kept once: a tenth of the size. The linker is the one that comes with Rust.
# Functions are inlined when that costs little: another eighth, and nothing slower that we could measure (docs/benchmarks.md).
MUSL_FLAGS = -C relocation-model=static -C llvm-args=-inline-threshold=30 -C llvm-args=-inlinehint-threshold=120 -C link-arg=-fuse-ld=lld -C link-arg=-Wl,--icf=all \
  -C link-arg=-B$(shell rustc --print sysroot)/lib/rustlib/$(shell rustc -vV | sed -n 's/^host: //p')/bin/gcc-ld \
  --remap-path-prefix=$(or $(CARGO_HOME),$(HOME)/.cargo)/registry/src=
MUSL_NAME := $(subst -,_,$(MUSL))
MUSL_BIN := $(TARGET)/$(MUSL)/dist/millpond

musl: ## one static binary, for any Linux
	@command -v musl-gcc >/dev/null || { echo "musl-gcc is missing: install it (Debian: apt-get install musl-tools)"; exit 1; }
	rustup target add $(MUSL)
	CC_$(MUSL_NAME)=musl-gcc CARGO_TARGET_$(shell echo $(MUSL_NAME) | tr a-z A-Z)_RUSTFLAGS="$(MUSL_FLAGS)" cargo build --profile dist --target $(MUSL)
	@ls -l $(MUSL_BIN)

image-root: musl $(VENV)/.ready ## the files of the container image in target/image, and a run of the binary from there by chroot (as root)
	rm -rf $(TARGET)/image
	compat-tests/image/root.sh $(MUSL_BIN) $(TARGET)/image
	MILLPOND_STATIC_BIN=$(MUSL_BIN) $(PYTHON) -m pytest -q -c compat-tests/pytest.ini compat-tests/image

test-kdg: $(VENV)/.ready ## a real copy of the Kinesis Data Generator in a browser: make test-kdg KDG=its web folder
	@test -f "$(KDG)/producer.html" || { echo "say where the generator's web folder is, the one with producer.html: make test-kdg KDG=DIR"; exit 1; }
	cargo build
	MILLPOND_BIN=$(TARGET)/debug/millpond MILLPOND_KDG_COPY="$(abspath $(KDG))" MILLPOND_PICTURES=$(TARGET)/kdg-pictures PATH="$(abspath $(VENV))/bin:$$PATH" \
	  $(PYTHON) -m pytest -q -c compat-tests/pytest.ini compat-tests/browser
	@echo "pictures of the page: $(TARGET)/kdg-pictures"

.PHONY: tools
tools:
	@for tool in java javac mvn setpriv; do command -v $$tool >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get update -q && apt-get install -qy openjdk-17-jdk-headless maven util-linux; break; fi; \
	  echo "$$tool is missing: install Java 17, Maven and util-linux (Debian: apt-get install openjdk-17-jdk-headless maven util-linux)"; exit 1; }; done

$(VENV)/.ready: compat-tests/requirements.txt
	@python3 -m venv --clear $(VENV) || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get update -q && apt-get install -qy python3-venv && python3 -m venv --clear $(VENV); \
	  else echo "python3 -m venv failed: install Python 3 with venv (Debian: apt-get install python3-venv)"; exit 1; fi; }
	$(PYTHON) -m pip install -q --disable-pip-version-check -r compat-tests/requirements.txt
	touch $@
