"""How the C library keeps memory that arrays give back."""

from __future__ import annotations

import ctypes
import ctypes.util

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""Names of `mallopt` in malloc.h."""
_KEPT = 1 << 30


def keep_freed_memory() -> bool:
    """Let this process keep freed memory, up to 1 GB, rather than give it back at once; False where it cannot.

    Questions allocate and free the same megabytes of arrays again and again, and each time glibc returns them to
    the kernel, which hands them out anew page by page: a quarter of the time of a question over a year. To be
    called once, where a program that answers many questions starts; never on import.
    """
    library = ctypes.util.find_library("c")
    if library is None:
        return False
    mallopt = getattr(ctypes.CDLL(library), "mallopt", None)
    if mallopt is None:
        return False  # not glibc
    kept = [mallopt(name, _KEPT) == 1 for name in (_TRIM_THRESHOLD, _MMAP_THRESHOLD)]
    return all(kept)
