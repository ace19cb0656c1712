# The commands of the project; `make help` lists them.
SHELL := /bin/bash
PYTHON := .venv/bin/python
IN_QGIS := $(PYTHON) -m tools.environment
QT_FREE := base standards spatial plan accounts intake suggest checks delivery demo
QT_FREE_PATHS := $(patsubst %/__init__.py,%,$(wildcard $(patsubst %,village_planner/%/__init__.py,$(QT_FREE))))

.DEFAULT_GOAL := help
.PHONY: help setup run test lint audit stage zip i18n screenshots pictures compat survival desk-day desk-busy bench clean
SIZE ?= township
FAULTS ?= known
SUITE ?= sid
KILLS ?= 200
WORKERS ?= 3

help: ## show this list
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## install what is missing: Debian packages, and Python packages in .venv
	@tools/setup.sh

run: stage ## do the demo's whole job, then open it in QGIS where there is a display (HEADLESS=1: never); SIZE=county FAULTS=none
	@$(PYTHON) -m tools.run_demo $(SIZE) $(FAULTS)

test: stage ## run all tests, three at a time: some wait (WORKERS=0: one); PYTEST="tests/plan -k undo" chooses
	@$(IN_QGIS) $(PYTHON) -m pytest $(if $(filter-out 0,$(WORKERS)),-n $(WORKERS) --dist loadscope --no-loadscope-reorder --max-worker-restart 0) $(PYTEST)

lint: setup ## ruff, the walls between rooms, types of the rooms without Qt, Qt spelling, profiles against their grammar
	@$(PYTHON) -m ruff check .
	@PYTHONPATH=. .venv/bin/lint-imports --no-cache
	@$(PYTHON) -m mypy $(QT_FREE_PATHS) tools
	@$(IN_QGIS) $(PYTHON) -m tools.check_qt
	@PYTHONPATH=. $(PYTHON) -m tools.check_profiles

audit: stage ## look for what the plugin repository refuses: critical findings of Bandit, secrets
	@$(PYTHON) -m tools.audit

stage: setup ## build build/plugins/village_planner, which QGIS and the tests load
	@$(PYTHON) -m tools.stage

zip: setup ## build dist/village_planner-<version>.zip
	@$(PYTHON) -m tools.stage --zip

i18n: setup ## collect the strings of the interface into resources/i18n/village_planner_zh_CN.ts
	@$(PYTHON) -m tools.i18n

screenshots: stage ## picture the plugin in a real QGIS in Chinese into build/screenshots
	@$(PYTHON) -m tools.screenshots

pictures: ## put those pictures of build/screenshots that the manual shows into docs/manual/images
	@$(PYTHON) -m tools.manual_images

compat: ## as root: run the tests on another Debian in a chroot; SUITE=sid (QGIS 3.44) or trixie (3.40), PYTEST as for test
	@tools/chroot.sh $(SUITE) make test PYTEST='$(PYTEST)'

survival: stage ## kill the headless day at KILLS=200 random moments; on full and read-only disks, with two QGIS at once
	@VILLAGE_PLANNER_KILLS=$(KILLS) $(IN_QGIS) $(PYTHON) -m pytest --timeout 0 tests/survival

desk-day: stage ## a planner's whole day on a county in a real QGIS: pictures in build/desk-day, longest block of the window per step
	@$(IN_QGIS) $(PYTHON) -m tools.desk_day long

desk-busy: stage ## how long the window of a real QGIS stands still while a full check runs: SIZE=county or PLAN=file
	@$(IN_QGIS) $(PYTHON) -m tools.desk_run_busy $(or $(PLAN),$(SIZE))

bench: stage ## measure the engine beside others into docs/benchmarks.md (up to 40 minutes, alone on the machine); QUICK=1: into build/bench, 5 minutes
	@$(IN_QGIS) $(PYTHON) -m benchmarks

clean: ## remove build/, dist/ and caches; .venv stays
	@rm -rf build dist .qgis-settings .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .benchmarks
	@find village_planner tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
