"""Files of made requests, generated once and kept in var/bench."""

import subprocess
import sys
from pathlib import Path

from benchmarks.support.measure import PROJECT

FOLDER = PROJECT / "var" / "bench"


def city_csv(rows: int, seed: int = 311) -> Path:
    """A file of `rows` rows in Montréal's published format; the same rows and seed give the same file."""
    path = FOLDER / f"city-{rows}-{seed}.csv"
    if not path.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part.csv")
        command = [
            sys.executable,
            "-m",
            "cli",
            "generate",
            str(part),
            "--rows",
            str(rows),
            "--seed",
            str(seed),
        ]
        subprocess.run([*command, "--json"], check=True, stdout=subprocess.DEVNULL, cwd=PROJECT)
        part.rename(path)
    return path
