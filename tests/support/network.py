"""No test needs the internet: connections that leave the machine fail loudly."""

import ipaddress
import socket
from typing import Any

import pytest

LOCAL_NAMES = frozenset({"localhost", "ip6-localhost", "testserver", ""})


class NetworkForbidden(RuntimeError):
    """A test reached for another machine. Not an OSError, so that no retry or fallback swallows it."""


def is_local(host: str) -> bool:
    """Whether a host name or address means this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in LOCAL_NAMES


def forbid_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse look-ups and connections beyond loopback for as long as the monkeypatch lasts."""

    def guarded(name: str) -> None:
        original = getattr(socket.socket, name)

        def connect(self: socket.socket, address: Any, /) -> Any:
            if self.family in {socket.AF_INET, socket.AF_INET6} and not is_local(str(address[0])):
                raise NetworkForbidden(f"a test tried to connect to {address[0]}:{address[1]}")
            return original(self, address)

        monkeypatch.setattr(socket.socket, name, connect)

    guarded("connect")
    guarded("connect_ex")
    lookup = socket.getaddrinfo

    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name is not None and not is_local(name):
            raise NetworkForbidden(f"a test tried to look up {name}")
        return lookup(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
