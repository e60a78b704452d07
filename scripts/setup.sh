#!/usr/bin/env bash
# Make .venv from requirements.lock, and install the project into it; does nothing where that is up to date.
#   scripts/setup.sh        what running needs
#   scripts/setup.sh test   also what the tests need: a Chromium, and PostgreSQL with PostGIS (by apt-get)
# Asks nothing. What it may not or cannot install, it names in one sentence, and ends with status 1.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

venv=.venv
stamp=$venv/.vigie-installed

say() { printf 'setup: %s\n' "$*" >&2; }
die() {
    say "$*"
    exit 1
}

# Words to put before a command that needs root; fails where we may not become root without a password.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo -n "$@"
    fi
}
may_install() {
    command -v apt-get >/dev/null && { [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null; }
}

apt_updated=
apt_update() {
    if [ -z "$apt_updated" ]; then
        say "apt-get update"
        as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 update >&2 || return
        apt_updated=yes
    fi
}
apt_install() {
    apt_update
    say "apt-get install $*"
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -qq -y -o DPkg::Lock::Timeout=300 --no-install-recommends install "$@" >&2
}

# The newest Python that the locked packages publish wheels for; a newer one only where there is no other.
find_python() {
    local name
    for name in ${PYTHON:-python3.14 python3.13 python3.12 python3.11 python3}; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    die "there is no Python 3.11 or later in PATH: install one, or name it with PYTHON=/path/to/python3"
}

make_venv() {
    local python version
    python=$(find_python)
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        may_install || die "Python's venv module is missing: install it with: sudo apt-get install python$version-venv"
        apt_install "python$version-venv"
    fi
    say "making $venv with Python $version"
    "$python" -m venv --clear "$venv"
}

# What .venv was made from: any change of these makes it out of date.
fingerprint() {
    cat requirements.lock pyproject.toml scripts/setup.sh | sha256sum | cut -d ' ' -f 1
    pwd
}

install_python_packages() {
    if [ -f "$stamp" ] && [ "$(fingerprint)" = "$(cat "$stamp")" ] && "$venv/bin/python" -c '' 2>/dev/null; then
        return
    fi
    "$venv/bin/python" -m pip --version >/dev/null 2>&1 || make_venv
    local pip=("$venv/bin/python" -m pip --disable-pip-version-check --no-input --quiet)
    local locked=(install --require-hashes --only-binary :all: -r)
    say "installing the locked packages into $venv (a minute or two the first time)"
    # uv takes a third of pip's time. It does not read pip's configuration, so where it cannot, pip does.
    if ! {
        "${pip[@]}" "${locked[@]}" <(sed -n '/^uv==/,/[^\\]$/p' requirements.lock) &&
            UV_HTTP_TIMEOUT=15 "$venv/bin/python" -m uv --quiet pip "${locked[@]}" requirements.lock \
                --python "$venv/bin/python" --compile-bytecode --no-config
    } >&2; then
        "${pip[@]}" "${locked[@]}" requirements.lock >&2
    fi
    "${pip[@]}" install --no-deps --no-build-isolation -e . >&2
    fingerprint >"$stamp"
}

# The tests themselves say what they find, so that this script and they cannot differ.
has() { "$venv/bin/python" -m "tests.support.$1" >/dev/null 2>&1; }

install_postgres() {
    has postgres && return
    local version
    may_install || die "the tests need PostgreSQL with PostGIS: install them with: sudo apt-get install postgresql postgis postgresql-postgis"
    apt_update
    version=$(apt-cache depends postgresql 2>/dev/null | sed -n 's/^ *Depends: postgresql-\([0-9][0-9]*\)$/\1/p' | head -n 1)
    [ -n "$version" ] || die "apt-get knows no package postgresql: install PostgreSQL with PostGIS by hand"
    apt_install "postgresql-$version" "postgresql-$version-postgis-3"
    has postgres || die "PostgreSQL $version is installed but PostGIS does not answer: see $venv/bin/python -m tests.support.postgres"
}

# On Ubuntu, chromium is a stub that fetches a snap.
apt_offers() {
    apt-cache show --no-all-versions "$1" 2>/dev/null | grep '^Version:' | grep -qv snap
}

# Chromium without windows: the same pages for half of the processor's time. Without it any Chromium serves.
prefer_headless_shell() {
    if command -v chromium-headless-shell >/dev/null || ! may_install; then
        return
    fi
    has browser || apt_update || return 0 # a machine with a Chromium is not asked for news at every run
    apt_offers chromium-headless-shell || return 0
    if ! apt_install chromium-headless-shell; then
        say "there is no chromium-headless-shell to install: the browser tests take longer in another Chromium"
    fi
}

install_chromium() {
    prefer_headless_shell
    has browser && return
    local by_hand="the tests need Chromium: install the package chromium, or google-chrome-stable (on Ubuntu, chromium is a snap)"
    may_install || die "$by_hand"
    apt_update
    if apt_offers chromium; then
        apt_install chromium
    else
        say "apt-get has no Chromium here, taking the one that Playwright publishes"
        "$venv/bin/python" -m playwright install --with-deps chromium >&2 || die "$by_hand"
    fi
    has browser || die "$by_hand"
}

case "${1:-}" in
'')
    install_python_packages
    ;;
test)
    install_python_packages
    install_postgres
    install_chromium
    ;;
*)
    say "usage: scripts/setup.sh [test]"
    exit 2
    ;;
esac
