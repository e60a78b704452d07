"""HTML attributes whose names are no names of Python."""

from __future__ import annotations

from typing import Any


def attributes(**values: str) -> dict[str, Any]:
    """`aria_label=…` as `aria-label`, `data_nav=…` as `data-nav`: to be spread into a component."""
    return {name.replace("_", "-"): value for name, value in values.items()}
