#!/bin/sh
# Makes .venv with the locked dependencies, and installs missing system libraries.
#   setup.sh run|dev|browser|faults
# Does nothing when that was done before, in this folder, for the same lock files. A set-up that was
# cut short begins anew; what uv had downloaded is in its cache.
set -eu
cd "$(dirname "$0")/.."
here=$(pwd -P)
level=$1
unset PYTHONHOME PYTHONPATH
# These need what the other tests do, and a program, by the name of its Debian package.
program=
case $level in
    browser) level=dev program=chromium ;;
    faults) level=dev program=postgresql ;;
esac

say() { printf 'pressrun: %s\n' "$*" >&2; }
# What is wrong, then the line to type, if there is one.
fail() {
    say "$1"
    if [ -n "${2:-}" ]; then printf '\n  %s\n\n' "$2" >&2; fi
    exit 1
}

# The interpreter itself, also where the name is a link, a shim or a virtual environment's.
interpreter() {
    "$1" -c 'import os, sys
if sys.version_info < (3, 11): sys.exit(1)
print(os.path.realpath(sys._base_executable))' 2>/dev/null
}
python=
if [ -n "${PYTHON:-}" ]; then
    python=$(interpreter "$PYTHON") || fail "PYTHON=$PYTHON is not Python 3.11 or newer"
fi

# Is there anything to do?
digest=$(cat pyproject.toml scripts/setup.sh requirements/*.txt | cksum)
read_ready() { # .venv/.ready is written last, and removed before anything is changed
    ready_here='' ready_python='' ready_level='' ready_digest=''
    [ -x .venv/bin/python ] && [ -x .venv/bin/pressrun ] && [ -f .venv/.ready ] || return 0
    { read -r ready_here && read -r ready_python && read -r ready_level && read -r ready_digest; } \
        <.venv/.ready || true
}
# A folder that was moved or copied, or made by another Python, is made anew.
is_whole() { [ "$ready_here" = "$here" ] && [ "$ready_python" = "${python:-$ready_python}" ]; }
# What the tests need holds all that a run needs.
is_ready() {
    is_whole && [ "$ready_digest" = "$digest" ] &&
        { [ "$ready_level" = "$level" ] || [ "$ready_level" = dev ]; }
}
has_program() {
    case $program in
        chromium) command -v chromium >/dev/null ;;
        postgresql)
            command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1
            ;;
    esac
}
read_ready
if is_ready && has_program; then exit 0; fi

# What apt, venv, pip and Playwright say is shown when they fail.
log=$(mktemp)
trap 'rm -f "$log"' EXIT
trap 'exit 130' INT TERM

# How this user becomes root without being asked for a password; no apt, no need.
root=none
if command -v apt-get >/dev/null; then
    if [ "$(id -u)" = 0 ]; then
        root=
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        root=sudo
    fi
fi
apt() { $root env DEBIAN_FRONTEND=noninteractive apt-get "$@" >>"$log" 2>&1 </dev/null; }
apt_install() { apt -qq -y -o DPkg::Lock::Timeout=120 --no-install-recommends install "$@"; }
# What a person types to install the packages named.
by_hand() {
    if command -v sudo >/dev/null; then
        echo "sudo apt-get update && sudo apt-get install -y --no-install-recommends $*"
    else
        echo "su -c 'apt-get update && apt-get install -y --no-install-recommends $*'"
    fi
}

# To be called when .venv is there: where no Chromium can be installed, as on a Mac, Playwright has
# one of its own. Without a PostgreSQL the tests of several workers are skipped.
get_program() {
    if has_program; then return; fi
    if [ "$root" != none ]; then
        say "installing with apt: $program"
        apt -qq update || true # one broken source may not matter: installing will tell
        if apt_install "$program" && has_program; then return; fi
        grep '^[EW]:' "$log" >&2 || tail -n 3 "$log" >&2
    fi
    remedy="install it, so that its programs are on the PATH"
    if command -v apt-get >/dev/null; then remedy=$(by_hand "$program"); fi
    if [ "$program" = chromium ]; then
        say "taking Playwright's own Chromium; if it is not there yet, 0.3 GB are downloaded"
        if .venv/bin/python -m playwright install chromium >"$log" 2>&1; then return; fi
        grep '^Error: Failed' "$log" >&2 || tail -n 3 "$log" >&2
        fail "that failed; for a Chromium of the system do this, then make again:" "$remedy"
    fi
    say "without PostgreSQL the tests of several workers are skipped; to have them: $remedy"
}
if is_ready; then
    get_program
    exit 0
fi

[ -w . ] || fail "$here is not writable; clone it where you may write"
exec 9<scripts/setup.sh
if command -v flock >/dev/null && ! flock -n 9; then
    say "waiting for another set-up of this folder"
    flock 9
    read_ready
    if is_ready; then
        get_program
        exit 0
    fi
fi

if [ -z "$python" ] && is_whole; then python=$ready_python; fi
if [ -z "$python" ]; then
    for name in python3 python3.14 python3.13 python3.12 python3.11; do
        if python=$(interpreter "$name"); then break; fi
    done
    [ -n "$python" ] || fail "needs Python 3.11 or newer; install it, or name it:" \
        "make PYTHON=/path/to/python3.12"
fi

# System packages.
# Pango, HarfBuzz and fontconfig are loaded by name when WeasyPrint runs; llama.cpp needs OpenMP.
# Without harfbuzz-subset WeasyPrint cuts fonts itself, slower; not every release packages it.
missing() { # needed|wanted: the Debian packages of what Python does not find
    "$python" - "$1" <<'PYTHON'
import ctypes
import importlib.util
import os
import sys

libraries = {
    "needed": {
        "libpango-1.0.so.0": "libpango-1.0-0",
        "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
        "libharfbuzz.so.0": "libharfbuzz0b",
        "libfontconfig.so.1": "libfontconfig1",
        "libgomp.so.1": "libgomp1",
    },
    "wanted": {"libharfbuzz-subset.so.0": "libharfbuzz-subset0"},
}[sys.argv[1]]
packages = []
if sys.platform == "darwin":
    folders = ("/opt/homebrew/lib", "/usr/local/lib", "/opt/local/lib")
    if sys.argv[1] == "needed" and not any(
        os.path.exists(folder + "/libpango-1.0.0.dylib") for folder in folders
    ):
        packages.append("pango")
else:
    for library, package in libraries.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            packages.append(package)
    if sys.argv[1] == "needed" and not importlib.util.find_spec("ensurepip"):
        packages.append("python%d.%d-venv" % sys.version_info[:2])
print(*packages)
PYTHON
}
# What apt knows of the packages named.
known() { for name; do if apt-cache show "$name" >/dev/null 2>&1; then echo "$name"; fi; done; }

needed=$(missing needed)
wanted=$(missing wanted)
# shellcheck disable=SC2046,SC2086 # lists of words, here and below
if [ -n "$needed" ] && [ "$root" = none ] && command -v apt-get >/dev/null; then
    fail "system packages are missing; type this, then make again:" \
        "$(by_hand $needed $(known $wanted))"
elif [ -n "$needed$wanted" ] && [ "$root" != none ]; then
    if [ -n "$needed" ]; then
        say "installing with apt: $needed"
        apt -qq update || true # as above
    fi
    set -- $needed $(known $wanted)
    if [ $# -gt 0 ] && ! apt_install "$@"; then
        grep '^[EW]:' "$log" >&2 || tail -n 3 "$log" >&2
        [ -z "$needed" ] || fail "apt failed; when that is mended, make again"
    fi
    needed=$(missing needed)
fi
if [ -n "$needed" ]; then
    if [ "$(uname)" = Darwin ]; then
        fail "Pango is missing; type this, then make again:" "brew install pango"
    fi
    fail "these libraries are missing (by Debian's names); install them, then make again:" "$needed"
fi

# Python packages.
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_USER=0 UV_SYSTEM_PYTHON=0
if is_whole; then
    say "bringing .venv up to date"
    if [ "$ready_level" = dev ]; then level=dev; fi
    rm -f .venv/.ready
else
    say "making .venv; what uv does not have yet is downloaded, up to 0.4 GB"
    rm -rf .venv/.ready .venv
    if ! {
        "$python" -m venv .venv &&
            .venv/bin/python -m pip --no-cache-dir install --require-hashes -r requirements/bootstrap.txt
    } >"$log" 2>&1; then
        tail -n 5 "$log" >&2
        fail "no .venv could be made with $python"
    fi
fi
uv() { .venv/bin/python -m uv --quiet "$@"; }
# Where pip has a mirror, uv uses it too; uv does not read pip's settings.
if [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ]; then
    mirror=${PIP_INDEX_URL:-$(.venv/bin/python -m pip config get global.index-url 2>/dev/null || true)}
    if [ -n "$mirror" ]; then export UV_DEFAULT_INDEX="$mirror"; fi
fi
# The system's certificates, as pip: a company's own authority is among them.
export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-1}"
# A cache that cannot be written, or no home at all.
cache=$(.venv/bin/python -m uv cache dir 2>/dev/null || true)
if [ -z "$cache" ] || ! { mkdir -p "$cache" && [ -w "$cache" ]; } 2>/dev/null; then
    export UV_NO_CACHE=1
fi
uv pip sync --python .venv/bin/python --require-hashes --compile-bytecode "requirements/$level.txt" ||
    fail "the packages are not all there; make again starts from what was downloaded"
uv pip install --python .venv/bin/python --no-deps --no-build-isolation --editable .
printf '%s\n' "$here" "$python" "$level" "$digest" >.venv/.ready
get_program
