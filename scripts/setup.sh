#!/bin/sh
# Makes .venv with the locked dependencies, and installs missing system libraries.
#   setup.sh run|dev
# Does nothing when that was done before for the same lock files.
set -eu
cd "$(dirname "$0")/.."
level=$1

say() { printf '%s\n' "pressrun: $*" >&2; }
fail() { say "$*"; exit 1; }

digest() { cat pyproject.toml scripts/setup.sh requirements/bootstrap.txt "requirements/$1.txt" | cksum; }
stamp() { printf '%s %s' "$PWD" "$(digest "$1")"; }
is_ready() { [ -x .venv/bin/pressrun ] && [ "$(cat ".venv/.ready-$1" 2>/dev/null)" = "$(stamp "$1")" ]; }

is_ready "$level" && exit 0
# What the tests need holds all that a run needs.
[ "$level" = run ] && is_ready dev && exit 0

find_python() {
    for name in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    fail "needs Python 3.11 or newer; install it, or name it: make PYTHON=/path/to/python3.12"
}
python=$(find_python) || exit 1

# --- system libraries ---------------------------------------------------------------------
# WeasyPrint loads Pango, HarfBuzz and fontconfig by name at run time; llama.cpp needs OpenMP.
missing=$("$python" - <<'PYTHON'
import ctypes, importlib.util, sys
wanted = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz.so.0": "libharfbuzz0b",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
    "libfontconfig.so.1": "libfontconfig1",
    "libgomp.so.1": "libgomp1",
}
packages = []
if sys.platform.startswith("linux"):
    for library, package in wanted.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            packages.append(package)
elif sys.platform == "darwin":
    from pathlib import Path
    if not any(Path(folder, "libpango-1.0.dylib").exists() for folder in ("/opt/homebrew/lib", "/usr/local/lib", "/opt/local/lib")):
        packages.append("pango")
if importlib.util.find_spec("ensurepip") is None:
    packages.append(f"python{sys.version_info[0]}.{sys.version_info[1]}-venv")
print(*packages)
PYTHON
)
if [ -n "$missing" ]; then
    if [ "$(uname)" = Darwin ]; then
        fail "these are missing: $missing; type: brew install pango"
    fi
    install="apt-get install -y --no-install-recommends $missing"
    if ! command -v apt-get >/dev/null; then
        fail "these system libraries are missing: $missing (Debian's names); install them with your package manager"
    elif [ "$(id -u)" = 0 ]; then
        sudo=""
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        sudo="sudo"
    else
        fail "system packages are missing; type: sudo apt-get update && sudo $install"
    fi
    say "installing $missing"
    export DEBIAN_FRONTEND=noninteractive
    $sudo apt-get update -qq >&2 || fail "apt-get update failed; then type: $sudo $install"
    $sudo $install -qq >&2 || fail "apt-get failed; type: $sudo $install"
fi

# --- Python packages ----------------------------------------------------------------------
say "setting up .venv ($level); this downloads about 0.4 GB, once"
# A folder that was moved or copied, or made by another Python, is made anew.
if ! .venv/bin/python -c "import sys; sys.exit(sys.prefix != '$PWD/.venv')" 2>/dev/null; then
    rm -rf .venv
    "$python" -m venv .venv
fi
rm -f .venv/.ready-*
.venv/bin/python -m pip --quiet --disable-pip-version-check install --require-hashes -r requirements/bootstrap.txt
uv() { VIRTUAL_ENV="$PWD/.venv" .venv/bin/python -m uv --quiet --no-config "$@"; }
uv pip sync --require-hashes --compile-bytecode "requirements/$level.txt"
uv pip install --no-deps --no-build-isolation --editable .
stamp "$level" >".venv/.ready-$level"
