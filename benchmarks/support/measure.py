"""Time and peak memory of one function, in a process of its own.

A fresh process keeps the parts of a benchmark apart: what one of them imported, cached or allocated is not
in the figures of the next.
"""

import importlib
import json
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
MB = 1_000_000


@dataclass(frozen=True)
class Measured:
    """What a function returned (as JSON knows it), how long it took, peak resident memory (10⁶ bytes)."""

    seconds: float
    peak_mb: float
    result: Any


class MeasureFailed(RuntimeError):
    """The measured function raised; its traceback went to standard error."""


def measured(target: str, **arguments: Any) -> Measured:
    """Call `module:function` with `arguments` (as JSON knows them) in a new Python, and measure the call.

    Raises:
        MeasureFailed: the function raised, or its process died.
    """
    command = [sys.executable, "-m", "benchmarks.support.measure", target]
    done = subprocess.run(
        command, input=json.dumps(arguments), stdout=subprocess.PIPE, text=True, cwd=PROJECT, check=False
    )
    if done.returncode:
        raise MeasureFailed(f"{target} ended with status {done.returncode}")
    answer = json.loads(done.stdout.splitlines()[-1])
    return Measured(**answer)


def peak_mb() -> float:
    """Peak resident memory of this process so far.

    Linux counts it from the start of the program in VmHWM; `getrusage` would add the parent's at fork.
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text().splitlines()
        peak_kib = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
        return round(peak_kib * 1024 / MB, 1)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak * (1 if sys.platform == "darwin" else 1024) / MB, 1)


def _child(target: str) -> None:
    module, _, name = target.partition(":")
    arguments = json.load(sys.stdin)
    function = getattr(importlib.import_module(module), name)
    start = time.perf_counter()
    result = function(**arguments)
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "peak_mb": peak_mb(), "result": result}, default=str))


if __name__ == "__main__":
    _child(sys.argv[1])
