#!/usr/bin/env bash
# Write requirements.lock: every dependency pinned with its hashes, for Python 3.11 and later on any platform.
# Pins stay as they are unless pyproject.toml asks otherwise; `make lock UPGRADE=1` takes the newest of everything.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tools=.tools
python=${PYTHON:-.venv/bin/python}
if [ ! -x "$tools/bin/uv" ]; then
    "$python" -m venv "$tools"
    "$tools/bin/python" -m pip install --quiet 'uv>=0.9'
fi

upgrade=()
if [ "${UPGRADE:-}" = 1 ]; then
    upgrade=(--upgrade)
fi
# --no-config and the cleared variables: the lock must not depend on how this machine reaches the registry.
env -u UV_INDEX -u UV_INDEX_URL -u UV_DEFAULT_INDEX -u UV_EXTRA_INDEX_URL -u UV_FIND_LINKS \
    "$tools/bin/uv" pip compile pyproject.toml --group dev \
    --no-config --universal --python-version 3.11 --fork-strategy fewest \
    --generate-hashes --no-emit-index-url --no-annotate --quiet \
    --custom-compile-command "make lock" "${upgrade[@]}" --output-file requirements.lock

if grep -nE '^(-|[^ #]+ @ )|https?://|file:' requirements.lock; then
    echo "requirements.lock: the lines above name an index, an address or a path" >&2
    exit 1
fi
echo "requirements.lock: $(grep -c '==' requirements.lock) packages"
