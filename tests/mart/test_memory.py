"""Keeping freed memory is asked of the C library, and of nothing else."""

import ctypes.util

import pytest

from benchmarks.support.measure import measured
from mart.memory import keep_freed_memory


def test_a_process_may_keep_what_it_frees() -> None:
    assert measured("mart.memory:keep_freed_memory").result in {True, False}


def test_without_a_c_library_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes.util, "find_library", lambda _name: None)
    assert keep_freed_memory() is False
