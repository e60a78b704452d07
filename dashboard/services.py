"""What the callbacks and routes of one app share: settings, the mart's reader, a thread pool."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec, TypeVar

from dashboard.kept import Kept
from domain.settings import Settings
from mart.snapshot import MartReader

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 4
"""Queries at a time in one worker; DuckDB has threads of its own below them."""


@dataclass(frozen=True)
class Services:
    """One app's outside world."""

    settings: Settings
    reader: MartReader
    pool: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="vigie-query")
    )
    asides: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="vigie-aside")
    )
    kept: Kept = field(default_factory=Kept)

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run blocking work in a thread, so that the event loop goes on answering others.

        A thread of the pool keeps its own cursor on the mart's files (mart.snapshot), because an
        Ibis or DuckDB connection is not for sharing between threads.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.pool, functools.partial(work, *args, **kwargs))

    def together(self, *questions: Callable[[], Any]) -> list[Any]:
        """The answers of some blocking questions, asked at the same time; for a thread of `run`.

        They have a pool of their own, for a thread that waits for others of its own pool may wait for ever.
        """
        first, *rest = questions
        waiting = [self.asides.submit(question) for question in rest]
        return [first(), *(answer.result() for answer in waiting)]

    def bind(
        self, callback: Callable[Concatenate[Services, P], Coroutine[Any, Any, T]]
    ) -> Callable[P, Coroutine[Any, Any, T]]:
        """The callback with these services as its first argument: what Dash registers.

        The callback itself stays a top-level function, which a test calls with services of its own.
        """

        @functools.wraps(callback)
        async def bound(*args: P.args, **kwargs: P.kwargs) -> T:
            return await callback(self, *args, **kwargs)

        return bound

    def close(self) -> None:
        """Let running queries end, free the threads, let go of the mart."""
        self.pool.shutdown(wait=True, cancel_futures=True)
        self.asides.shutdown(wait=True, cancel_futures=True)
        self.reader.close()
