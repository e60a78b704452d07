"""Every KPI, each as one record: add one to its group, and it is in `vigie kpi`, the screens, exports and Définitions.

Formulas are those of the city's KPI list; `period` is from `start` to `until`, T is `as_of` (see
`mart.spells`). A change of a definition adds a line to its `changes`.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from domain.errors import InputRefused
from mart.kpi_model import Kpi
from mart.kpis.counts import COUNTS
from mart.kpis.durations import DURATIONS
from mart.kpis.parts import PARTS
from mart.kpis.problems import PROBLEMS
from mart.kpis.rates import RATES

KPIS: dict[str, Kpi] = {kpi.code: kpi for kpi in (*COUNTS, *RATES, *DURATIONS, *PROBLEMS, *PARTS)}
"""Every KPI by its code, in the order in which a person reads them; those that are parts come last."""

MAIN: tuple[str, ...] = tuple(code for code, kpi in KPIS.items() if not kpi.is_part)
"""Codes of the KPIs that are shown unless others are asked for."""


def kpi(code: str) -> Kpi:
    """The KPI of a code.

    Raises:
        InputRefused: there is none; the sentence names the nearest.
    """
    found = KPIS.get(code)
    if found is not None:
        return found
    near = get_close_matches(code, KPIS, n=3, cutoff=0.5)
    known = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(KPIS)}."
    raise InputRefused(f"there is no KPI {code!r}: {known}")


def chosen(codes: Iterable[str]) -> tuple[Kpi, ...]:
    """KPIs by code, each once, in the order asked for; all where no code is given.

    Raises:
        InputRefused: see `kpi`.
    """
    asked = tuple(dict.fromkeys(codes))
    return tuple(kpi(code) for code in asked) if asked else tuple(KPIS.values())
