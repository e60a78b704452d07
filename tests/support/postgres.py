"""A PostgreSQL with PostGIS of our own: on a free loopback port, as an unprivileged user, and stopped.

Used by the tests and by the benchmarks. It never touches a server that the machine already runs.
"""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

START_SECONDS = 60
STOP_SECONDS = 20
TEMPLATE = "vigie_template"
HOW_TO_INSTALL = "run `scripts/setup.sh test`, or install PostgreSQL and PostGIS from your distribution"
# Durability is for data that somebody wants back: these databases die with the run.
OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "max_connections": "60",
    "timezone": "UTC",
    "unix_socket_directories": "",
    "listen_addresses": "127.0.0.1",
}


class PostgresMissing(RuntimeError):
    """PostgreSQL or PostGIS cannot be found or started; the sentence says what to do."""


@dataclass(frozen=True)
class PrivateServer:
    """A running server: where it listens, and databases made from a template that already has PostGIS."""

    port: int
    user: str = "vigie"

    def url(self, database: str) -> str:
        """SQLAlchemy URL of one database."""
        return f"postgresql+psycopg://{self.user}@127.0.0.1:{self.port}/{database}"

    def execute(self, statement: sql.Composed | sql.SQL, database: str = "postgres") -> None:
        """Run one statement outside a transaction."""
        where = f"host=127.0.0.1 port={self.port} user={self.user} dbname={database}"
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute(statement)

    @contextlib.contextmanager
    def database(self) -> Iterator[str]:
        """URL of a new, empty database with PostGIS, dropped afterwards whoever still holds it."""
        name = f"vigie_{secrets.token_hex(6)}"
        named = sql.Identifier(name)
        self.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(named, sql.Identifier(TEMPLATE)))
        try:
            yield self.url(name)
        finally:
            self.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(named))


@contextlib.contextmanager
def private_postgres() -> Iterator[PrivateServer]:
    """Start a server, make the PostGIS template, and stop the server whatever happens.

    Raises:
        PostgresMissing: no PostgreSQL, no PostGIS, or the server did not come up.
    """
    binaries = find_binaries()
    owner = unprivileged_user()
    home = Path(tempfile.mkdtemp(prefix="vigie-pg-"))
    try:
        if owner is not None:
            os.chown(home, owner.pw_uid, owner.pw_gid)
        _initialise(binaries, home, owner)
        with _running(binaries, home, owner) as server:
            _make_template(server)
            yield server
    finally:
        shutil.rmtree(home, ignore_errors=True)


def find_binaries() -> Path:
    """The folder of a PostgreSQL server that has PostGIS: PATH, pg_config's, then Debian's, newest first.

    Raises:
        PostgresMissing: there is none; the sentence says what to install.
    """
    folders = [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    if config := shutil.which("pg_config"):
        folders.append(_config(config, "--bindir"))
    installed = Path("/usr/lib/postgresql").glob("*/bin")
    folders += sorted(installed, key=lambda folder: int(folder.parent.name), reverse=True)
    programs = ("initdb", "postgres", "pg_config")
    servers = [folder for folder in folders if all((folder / name).exists() for name in programs)]
    for folder in servers:
        if (_config(str(folder / "pg_config"), "--sharedir") / "extension" / "postgis.control").exists():
            return folder
    what = "PostGIS is not installed for this PostgreSQL" if servers else "PostgreSQL is not installed"
    raise PostgresMissing(f"{what}: {HOW_TO_INSTALL}")


def _config(program: str, question: str) -> Path:
    answer = subprocess.run([program, question], capture_output=True, text=True, check=False)
    return Path(answer.stdout.strip())


def unprivileged_user() -> pwd.struct_passwd | None:
    """Whom to run the server as where we are root, which PostgreSQL refuses; None: as ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise PostgresMissing(
        "PostgreSQL does not run as root, and there is no user `postgres` or `nobody` to run it"
    )


def _identity(owner: pwd.struct_passwd | None) -> dict[str, Any]:
    """What makes a child process run as `owner`; nothing where that is who we are."""
    if owner is None:
        return {}
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


def _initialise(binaries: Path, home: Path, owner: pwd.struct_passwd | None) -> None:
    command = [
        str(binaries / "initdb"), "--pgdata", str(home / "data"), "--username", PrivateServer.user,
        "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync",
    ]  # fmt: skip
    made = subprocess.run(
        command,
        **_identity(owner),
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise PostgresMissing(f"initdb failed: {made.stderr.strip()}")


@contextlib.contextmanager
def _running(binaries: Path, home: Path, owner: pwd.struct_passwd | None) -> Iterator[PrivateServer]:
    server = PrivateServer(free_port())
    command = [str(binaries / "postgres"), "-D", str(home / "data"), "-p", str(server.port)]
    command += [word for name, value in OPTIONS.items() for word in ("-c", f"{name}={value}")]
    if setpriv := shutil.which("setpriv"):
        # Should the tests be killed outright, the kernel stops the server in their place.
        command = [setpriv, "--pdeathsig", "INT", "--", *command]
    log_path = home / "server.log"
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            command,
            **_identity(owner),
            cwd=home,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        _wait_until_ready(server, process, log_path)
        yield server
    finally:
        _stop(process)


def free_port() -> int:
    """A loopback port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(server: PrivateServer, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            server.execute(sql.SQL("SELECT 1"))
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise PostgresMissing(f"PostgreSQL did not start: {log.read_text(errors='replace')[-2000:]}")


def _make_template(server: PrivateServer) -> None:
    server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
    server.execute(sql.SQL("CREATE EXTENSION postgis"), TEMPLATE)


def _stop(process: subprocess.Popen[bytes]) -> None:
    # SIGINT is PostgreSQL's fast shutdown: sessions are ended, nothing is waited for.
    for asked in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if process.poll() is not None:
            return
        process.send_signal(asked)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)


if __name__ == "__main__":  # scripts/setup.sh asks what the tests would find
    try:
        print(find_binaries())
    except PostgresMissing as error:
        sys.exit(str(error))
