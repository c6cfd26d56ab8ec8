# make demo | setup | test | check | bench | stop        (docs: README.md)

PYTHON ?= python3
PORT   ?= 8000
BIN     = .venv/bin

# redis-tools holds the server's program without Debian's service on port 6379.
PACKAGES       = python3-venv libpangoft2-1.0-0 libharfbuzz-subset0 fonts-wqy-microhei \
                 fonts-babelstone-han redis-tools
TEST_PACKAGES  = chromium
SUDO           = $(shell [ "$$(id -u)" = 0 ] || echo sudo)

.PHONY: demo setup setup-dev test check bench stop lock packages test-packages
.DELETE_ON_ERROR:
# The programs of `make demo` import the same modules: without bytecode each compiles them anew.
unexport PYTHONDONTWRITEBYTECODE

demo: packages .venv/installed
	@PUBLIC_URL="$${PUBLIC_URL:-http://127.0.0.1:$(PORT)}" exec $(BIN)/python manage.py demo --port $(PORT)

setup: packages .venv/installed
	@$(BIN)/python manage.py migrate --verbosity 0

setup-dev: packages test-packages .venv/installed-dev node_modules/installed

test: setup-dev
	$(BIN)/python -m pytest -n 2

bench: setup-dev
	$(BIN)/python -m pytest tests/bench -s -o norecursedirs='.*'

check: packages .venv/installed-dev node_modules/installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py lint_migrations
	$(BIN)/python manage.py translations
	$(BIN)/python manage.py workflows --check
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/node node_modules/eslint/bin/eslint.js static tests

# What a killed process may have left running.
stop:
	$(BIN)/python -m heating.embedded stop

# Needs uv; writes hashes and no addresses.
LOCK = uv pip compile --python-version 3.11 --universal --generate-hashes --no-header \
       --no-emit-index-url --no-emit-find-links --quiet
lock:
	$(LOCK) requirements.in -o requirements.lock
	$(LOCK) -c requirements.lock requirements-dev.in -o requirements-dev.lock

define install_missing
	@missing=; for package in $(1); do \
	    dpkg-query -W -f '$${db:Status-Status}' $$package 2>/dev/null | grep -qx installed \
	        || missing="$$missing $$package"; done; \
	if [ -n "$$missing" ]; then \
	    echo "安装系统软件包 Installing system packages:$$missing"; \
	    $(SUDO) apt-get update -q && $(SUDO) env DEBIAN_FRONTEND=noninteractive \
	        apt-get install -y -q --no-install-recommends $$missing; \
	fi
endef

packages:
	$(call install_missing,$(PACKAGES))

test-packages:
	$(call install_missing,$(TEST_PACKAGES))

# Compiling what is never imported takes longer than unpacking it; the rest is compiled on first use.
PIP_INSTALL = $(BIN)/pip install --quiet --disable-pip-version-check --no-compile --require-hashes

.venv/created: | packages
	$(PYTHON) -m venv --clear .venv
	@touch $@

.venv/installed: requirements.lock .venv/created
	$(PIP_INSTALL) -r requirements.lock
	@touch $@

.venv/installed-dev: requirements-dev.lock .venv/installed
	$(PIP_INSTALL) -r requirements-dev.lock
	@touch $@

# Node.js itself comes with requirements-dev.lock.
node_modules/installed: package-lock.json .venv/installed-dev
	$(BIN)/npm ci --silent
	@touch $@
