"""Serving the dashboard, and keeping its mart fresh."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

import uvicorn
from uvicorn.supervisors import Multiprocess

from domain.errors import InputRefused
from domain.settings import PROJECT
from mart.memory import keep_freed_memory

APPLICATION = "app:server"
BUILD = (sys.executable, "-m", "cli", "build")
_BACKLOG = 2048
_STOP_WAIT_S = 10


def serve(
    host: str = "127.0.0.1",
    port: int = 8050,
    workers: int = 1,
    refresh: int = 0,
    announce: Callable[[str], None] = lambda _url: None,
) -> None:
    """Serve until stopped; with `refresh`, run `vigie build` every so many seconds.

    Settings are those of the environment, which workers and builds inherit. `announce` gets the
    address once it is open; port 0 takes a free one. A build runs in a process of its own: it
    neither slows a worker nor takes one down with it, and each worker follows the mart by itself.

    Raises:
        InputRefused: the address is in use, or not of this machine.
    """
    listener = listen(host, port)
    sys.path.insert(0, str(PROJECT))  # workers inherit it, and import the application from there
    config = uvicorn.Config(APPLICATION, workers=workers, log_level="warning", access_log=False)
    shown = f"[{host}]" if ":" in host else host
    announce(f"http://{shown}:{listener.getsockname()[1]}/")
    with listener, refreshing(refresh):
        if workers > 1:
            Multiprocess(config, sockets=[listener]).run()
        else:
            keep_freed_memory()
            with suppress(KeyboardInterrupt):  # uvicorn raises it again when it has stopped
                uvicorn.Server(config).run(sockets=[listener])


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens already: who connects now is answered as soon as the server is up.

    Raises:
        InputRefused: the address is in use, or not of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        why = (error.strerror or str(error)).lower()
        raise InputRefused(f"{host}:{port} cannot be listened on: {why}.") from error
    listener.listen(_BACKLOG)
    listener.set_inheritable(True)
    return listener


@contextmanager
def refreshing(every_s: float) -> Iterator[None]:
    """Run the build every so many seconds while the block runs; 0 never does."""
    if every_s <= 0:
        yield
        return
    stop = threading.Event()
    builder = threading.Thread(target=_build_until, args=(stop, every_s, BUILD), name="vigie-refresh")
    builder.start()
    try:
        yield
    finally:
        stop.set()
        builder.join(timeout=_STOP_WAIT_S)


def _build_until(stop: threading.Event, every_s: float, command: Sequence[str]) -> None:
    while not stop.wait(every_s):
        with subprocess.Popen(command, env=_environment()) as build:  # noqa: S603 - our own command
            while build.poll() is None:
                if stop.wait(0.2):
                    build.terminate()
                    build.wait()


def _environment() -> dict[str, str]:
    """This process's, with the project to import from, wherever it was started."""
    paths = [str(PROJECT), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
