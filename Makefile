# Yizhen 一针. A newcomer needs Python 3.11 or later and make; `make demo` is the first thing to run.
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for name in python3.11 python3 python3.12 python3.13; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
PIP := $(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes --no-deps
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url

.DEFAULT_GOAL := help
.PHONY: help install demo test lint wheel bench soak study screenshots methods recount messages lock clean

help:  ## 列出命令 · list the targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' $(MAKEFILE_LIST) | expand -t 22

install: $(VENV)/.installed  ## 安装到 .venv · set up .venv
	@$(BIN)/python tools/assets.py
	@$(BIN)/python tools/messages.py compile

demo: install  ## 安装并打开演示站点 · set up and open the demonstration site
	@$(BIN)/yizhen demo

# Two test processes on two cores: one thread each for linear algebra. Tests in the browser, marked once or without a database run once
# (tests/conftest.py leaves the latter out on PostgreSQL).
test: export OPENBLAS_NUM_THREADS := 1
test: lint  ## 全部检查与测试(SQLite 与 PostgreSQL)· every check, and the tests on SQLite and on PostgreSQL
	@$(BIN)/python -m compileall -q src  # the tests start dozens of its programs, and PYTHONDONTWRITEBYTECODE may be set
	YIZHEN_TEST_DATABASE=sqlite $(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder
	YIZHEN_TEST_DATABASE=postgresql $(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not browser and not once"

lint: install $(VENV)/.developing  ## 代码检查 · the static checks
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	YIZHEN_DATA=$(VENV)/data $(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/messages.py check

wheel:  ## 验证 pip install 的成品 · check that pip install into an empty environment works
	rm -rf build/empty build/data && $(PYTHON) -m venv build/empty
	build/empty/bin/python -m pip install --disable-pip-version-check --quiet .
	cd build && empty/bin/yizhen --data data init --city 3210 && empty/bin/yizhen --data data verify
	cd build && empty/bin/python -c "import pathlib, yizhen; p = pathlib.Path(yizhen.__file__).parent; \
		assert (p / 'static/vendor/tabler.min.css').exists() and list((p / 'locale').rglob('*.mo'))"

bench: install $(VENV)/.measuring $(VENV)/.developing  ## 性能测量 · the benchmarks
	$(BIN)/python benchmarks/vote_opening.py --database sqlite
	$(BIN)/python benchmarks/vote_opening.py --database postgresql
	$(BIN)/python benchmarks/scoring.py
	$(BIN)/python benchmarks/places.py
	$(BIN)/python benchmarks/indices.py
	$(BIN)/python benchmarks/pages.py
	$(BIN)/python benchmarks/imports.py
	$(BIN)/python benchmarks/roster.py
	$(BIN)/python benchmarks/policies.py
	$(BIN)/python benchmarks/field.py --database sqlite
	$(BIN)/python benchmarks/field.py --database postgresql
	$(BIN)/python benchmarks/matters.py --database sqlite
	$(BIN)/python benchmarks/matters.py --database postgresql
	$(BIN)/python benchmarks/flood.py --database sqlite
	$(BIN)/python benchmarks/flood.py --database postgresql

soak: install $(VENV)/.developing  ## 断电、断进程、断写 200 次(两种数据库)· kill workers and the server 200 times, on both databases
	YIZHEN_SOAK=200 YIZHEN_TEST_DATABASE=sqlite $(BIN)/pytest tests/appraisals/test_faults.py
	YIZHEN_SOAK=200 YIZHEN_TEST_DATABASE=postgresql $(BIN)/pytest tests/appraisals/test_faults.py

study: install  ## 评分方法的模拟研究(写入文档,约十分钟)· the study behind the methods page (about ten minutes)
	$(BIN)/python benchmarks/study.py

screenshots: install $(VENV)/.developing  ## 重拍截图 · retake the screenshots
	$(BIN)/python tools/screenshots.py

methods: install $(VENV)/.developing  ## 重算方法页的例子 · work the example of the methods pages again
	$(BIN)/python tools/methods.py

recount: install  ## 重做演示的公开复核包并复核 · make the demo's recount kit again, and recount it
	$(BIN)/python tools/recount.py

messages: install  ## 收集待译语句 · bring the translation file into step with the code
	@$(BIN)/python tools/messages.py extract

lock:  ## 更新依赖锁(需要 uv 与 npm)· renew the locks (needs uv and npm)
	$(COMPILE) requirements/base.in -o requirements/base.txt
	$(COMPILE) requirements/build.in -o requirements/build.txt
	$(COMPILE) requirements/node.in -o requirements/node.txt
	$(COMPILE) -c requirements/base.txt -c requirements/build.txt requirements/dev.in -o requirements/dev.txt
	$(COMPILE) -c requirements/dev.txt requirements/bench.in -o requirements/bench.txt
	npm install --package-lock-only --ignore-scripts

clean:  ## 删除可再生的文件(不动 data)· delete what can be made again (data stays)
	rm -rf $(VENV) node_modules build dist src/yizhen/static/vendor .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name .git -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +
	find src -name '*.mo' -delete

$(VENV)/.python:
	@test -n "$(PYTHON)" && $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "需要 Python 3.11 或更高版本;已安装在别处时:make PYTHON=/路径/python3.11"; \
		echo "Python 3.11 or later is needed; if it is installed elsewhere: make PYTHON=/path/to/python3.11"; exit 1; } >&2
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "无法建立虚拟环境(Debian/Ubuntu:apt install python3-venv)"; \
		echo "The virtual environment could not be made (Debian/Ubuntu: apt install python3-venv)"; exit 1; } >&2
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null
	@touch $@

$(VENV)/.installed: requirements/base.txt requirements/build.txt tools/develop.py | $(VENV)/.python
	@echo "正在安装依赖(约 90 MB)· Installing the dependencies (about 90 MB) …"
	@$(PIP) -r requirements/base.txt -r requirements/build.txt
	@$(BIN)/python tools/develop.py
	@touch $@

$(VENV)/.measuring: requirements/bench.txt | $(VENV)/.installed
	@echo "正在安装对照程序 · Installing the programs to compare with …"
	@$(PIP) -r requirements/bench.txt
	@touch $@

$(VENV)/.developing: requirements/dev.txt | $(VENV)/.installed
	@echo "正在安装开发依赖 · Installing the development dependencies …"
	@$(PIP) -r requirements/dev.txt
	@touch $@
