#!/bin/bash
# Writes image/python.txt anew: the newest versions that pyproject.toml allows, with their hashes.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
python3 -m venv "$tools/venv"
"$tools/venv/bin/pip" install --quiet pip-tools
"$tools/venv/bin/pip-compile" --quiet --extra pi --generate-hashes --strip-extras --allow-unsafe \
    --no-header --no-emit-index-url --no-emit-find-links --output-file "$tools/python.txt" \
    pyproject.toml
{
    sed -n '/^#/!q; p' image/python.txt
    cat "$tools/python.txt"
} >"$tools/new"
cp "$tools/new" image/python.txt
