#!/bin/sh
# Renews requirements/*.txt: exact versions and hashes for every platform, no addresses.
set -eu
cd "$(dirname "$0")/.."
compile() {
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-header --upgrade "$@"
}
compile requirements/bootstrap.in -o requirements/bootstrap.txt
compile pyproject.toml --extra embedded --group build --constraint requirements/bootstrap.txt -o requirements/run.txt
compile pyproject.toml --all-extras --group build --group dev \
    --constraint requirements/bootstrap.txt --constraint requirements/run.txt -o requirements/dev.txt
