"""What the screens say of KPIs, from their records (`mart.kpis`): names, numbers with their unit, lists."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from typing import Any

from dashboard.query import KPIS, POPULATIONS
from dashboard.state import ViewState
from dashboard.text import NO_BREAK, change, number, signed, spaced, t
from mart.kpi_model import Counted, Figure, Kpi, Text, Unit
from mart.kpis import kpi
from mart.populations import DENOMINATOR, rows_of
from mart.questions.kpi import SMALL_N

_NOTED = {Counted.REQUESTERS, Counted.EPISODES, Counted.PROBLEMS, Counted.RECURRING}
"""What a list shows otherwise than one line for each that is counted."""


_DECIMALS = {Unit.REQUESTS: 0, Unit.PERCENT: 1, Unit.DAYS: 1, Unit.RATIO: 2, Unit.PEOPLE: 2}


def kpi_of(population: str) -> Kpi:
    """The KPI whose numerator or denominator a population is."""
    return kpi(population.partition("/")[0])


def said(text: Text, lang: str) -> str:
    """A record's text in a language, set as the catalogue's are."""
    return spaced(text.of(lang), lang)


def about(found: Kpi, lang: str) -> dict[str, str]:
    """What a KPI is, by the names that `kpi.parts` of the catalogue has for it."""
    texts = {"definition": found.sentence, "formula": found.formula, "without": found.leaves_out}
    return {part: said(text, lang) for part, text in texts.items()} | {
        "better": t(f"kpi.good.{found.good}", lang)
    }


@cache
def name(population: str, lang: str) -> str:
    """Name of a KPI by its code, or by one of its populations."""
    return said(kpi_of(population).name, lang)


@cache
def short(population: str, lang: str) -> str:
    """A name for buttons and heads of columns; a denominator's says that it is one."""
    brief = said(kpi_of(population).short, lang)
    return t("kpi.base", lang, name=brief) if population.endswith(f"/{DENOMINATOR}") else brief


def options(chosen: str, lang: str) -> list[dict[str, str]]:
    """What a chooser offers: the counts, and the chosen population where it is another."""
    offered = dict.fromkeys([*KPIS, chosen])
    return [{"value": population, "label": short(population, lang)} for population in offered]


def choices(lang: str) -> dict[str, Any]:
    """What the browser needs to do the same: the counts, and the short name of every population."""
    return {
        "offered": list(KPIS),
        "names": {population: short(population, lang) for population in POPULATIONS},
    }


def listed(population: str, lang: str) -> tuple[str, str]:
    """Which requests a list has, in words, and how they are counted: two texts."""
    found = kpi_of(population)
    if population in KPIS:
        return t(f"carte.js.scope.{population}", lang), ""
    words = name(population, lang)
    if found.denominator is not None:
        part = DENOMINATOR if population.endswith(f"/{DENOMINATOR}") else "numerator"
        words = t(f"kpi.list.{part}", lang, name=words)
    counted = rows_of(population).counted
    notes = [said(found.formula, lang), *([t(f"kpi.list.{counted}", lang)] if counted in _NOTED else [])]
    return words, " ".join(_sentences(notes))


def _sentences(texts: list[str]) -> Iterator[str]:
    for text in texts:
        yield text if text.endswith(".") else f"{text[:1].upper()}{text[1:]}."


def written(found: Kpi, value: float | None, lang: str) -> str:
    """A value with its unit: `1 234`, `93,2 %`, `4,5 j`, `1,03`; "no data" where there is none."""
    if value is None or math.isnan(value):
        return t("kpi.no_data", lang)
    return _with_unit(found, _bare(found, value, lang), lang)


def brief(found: Kpi, value: float, lang: str) -> str:
    """A round number of a scale, an axis or a goal, with its unit."""
    decimals = next((places for places in range(3) if round(value, places) == value), 2)
    return _with_unit(found, number(value, lang, decimals), lang)


def suffix(found: Kpi, lang: str) -> str:
    """What follows a number of its unit on an axis: ` %`, ` j`, or nothing."""
    return _with_unit(found, "", lang)


def between(found: Kpi, low: float, high: float, lang: str) -> str:
    """The bounds of a value, `de 47,9 à 71,0 %`; what is not bounded is a question mark."""
    ends = [_bare(found, bound, lang) for bound in (low, high)]
    return t("kpi.range", lang, low=ends[0], high=_with_unit(found, ends[1], lang))


def moved(found: Kpi, by: float, lang: str) -> str:
    """A difference with its sign and unit; of two percentages in points."""
    return _with_unit(found, signed(by, lang, _DECIMALS[found.unit]), lang, "points")


def moved_between(found: Kpi, low: float, high: float, lang: str) -> str:
    """The bounds of a difference; one that is not 0 is not written as 0."""
    ends = [signed(bound, lang, _seen(bound, _DECIMALS[found.unit])) for bound in (low, high)]
    return t("kpi.range", lang, low=ends[0], high=_with_unit(found, ends[1], lang, "points"))


def _seen(value: float, decimals: int) -> int:
    """As many decimals as make a value other than 0 look so, if two more do."""
    enough = (places for places in range(decimals, decimals + 3) if round(value, places))
    return next(enough, decimals)


def _bare(found: Kpi, value: float, lang: str) -> str:
    return t("kpi.open_end", lang) if math.isnan(value) else number(value, lang, _DECIMALS[found.unit])


def _with_unit(found: Kpi, text: str, lang: str, percent_as: str = "percent") -> str:
    key = {Unit.PERCENT: percent_as, Unit.DAYS: "days"}.get(found.unit)
    return text if key is None else t(f"kpi.{key}", lang, n=text).replace(" ", NO_BREAK)


def changed(found: Kpi, now: float | None, before: float | None, lang: str) -> str | None:
    """How a value moved from another: a count in per cent, all else in its own unit; None without both."""
    if now is None or before is None:
        return None
    return change(now, before, lang) if found.figure is Figure.COUNT else moved(found, now - before, lang)


def is_few(found: Kpi, n: float | None) -> bool:
    """Whether a rate or a median rests on so little that it is shown as such, and never ranked."""
    return found.figure is not Figure.COUNT and n is not None and 0 < n < SMALL_N


def few(lang: str) -> str:
    """The words for it."""
    return t("kpi.few", lang, n=SMALL_N).replace(" ", NO_BREAK)


def definition_url(code: str, state: ViewState) -> str:
    """Where Définitions says what a KPI is."""
    page = ViewState(screen="definitions", lang=state.lang, theme=state.theme)
    return f"{page.to_url()}#{anchor(code)}"


def anchor(code: str) -> str:
    """Id of a KPI in Définitions."""
    return f"kpi-{code}"


def list_state(population: str, state: ViewState) -> ViewState:
    """The list behind a number that knows no states and no conditions on columns."""
    return state.replace(screen="liste", kpi=population, request=None, states=(), columns=())
