# Needs Python 3.11 or newer and make; everything else goes into .venv. Paths are relative, so that they may hold spaces.
export PACKHORSE_HOME ?= .packhorse
# Python keeps what it compiled: without that every start takes twice as long.
unexport PYTHONDONTWRITEBYTECODE

# Python: PYTHON=… chooses one, else the first that is new enough.
find_python = for p in $(PYTHON) python3 python3.13 python3.12 python3.11 python3.14; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { python=$$p; break; }; done; \
	test -n "$$python" || { echo "Packhorse needs Python 3.11 or newer; PYTHON=… names one." >&2; exit 1; }
environment = @$(find_python); "$$python" .ci/environment.py
packhorse = .venv/bin/python -m packhorse

.PHONY: help setup setup-dev demo up test check check-lint check-format check-types check-rooms check-migrations check-templates check-upgrade check-deps check-messages messages lock clean

help:
	@echo "make demo     see orders go through the house: ARGS=\"--help\" lists its options"
	@echo "make up       run Packhorse"
	@echo "make setup    make .venv (demo, up and test do it by themselves)"
	@echo "make test     run the tests: ARGS=\"tests/core -k money\" chooses some"
	@echo "make check    run the tools that hold the rules"
	@echo "make messages extract what the product says; what has no French yet is listed"
	@echo "make lock     write the lock files anew from pyproject.toml"
	@echo "make clean    stop the databases and remove .venv, test data and caches; the data folder stays"

setup:
	$(environment) run

setup-dev:
	$(environment) dev

demo: setup
	@$(packhorse) demo $(ARGS)

up: setup
	@$(packhorse) up $(ARGS)

# The whole suite runs in two processes, a file in one of them; a choice of tests in one.
test: setup-dev
	@.venv/bin/python -m pytest $(or $(ARGS),--numprocesses 2 --dist loadfile --no-loadscope-reorder)

check: check-lint check-format check-types check-rooms check-migrations check-templates check-upgrade check-deps check-messages

check-lint: setup-dev
	.venv/bin/python -m ruff check .

check-format: setup-dev
	.venv/bin/python -m ruff format --check .

check-types: setup-dev
	PACKHORSE_HOME=.packhorse-test .venv/bin/python -m mypy

check-rooms: setup-dev
	.venv/bin/lint-imports

check-migrations: setup-dev
	PACKHORSE_HOME=.packhorse-test $(packhorse) makemigrations --check --dry-run

check-templates: setup-dev
	find src -name '*.html' -print0 | xargs -0 -r .venv/bin/djade --check --target-version 5.2

check-upgrade: setup-dev
	find src tests -name '*.py' -not -path '*/migrations/*' -print0 | xargs -0 -r .venv/bin/python -m django_upgrade --check --target-version 5.2

check-deps: setup-dev
	.venv/bin/python -m deptry .

check-messages: setup-dev
	.venv/bin/python .ci/messages.py check

messages: setup-dev
	.venv/bin/python .ci/messages.py make

compile = UV_SYSTEM_CERTS=1 .venv/bin/python -m uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

lock: setup-dev
	$(compile) --group build -o requirements-build.lock
	$(compile) pyproject.toml -o requirements.lock
	$(compile) pyproject.toml --group dev -o requirements-dev.lock

clean:
	-@test ! -d .packhorse || $(packhorse) stop
	-@test ! -d .packhorse-test || PACKHORSE_HOME=.packhorse-test $(packhorse) stop --erase
	rm -rf .venv .packhorse-test .mypy_cache .ruff_cache .hypothesis .import_linter_cache build
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
