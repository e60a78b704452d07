"""The words of the checks of the data, from their records."""

from __future__ import annotations

from dashboard.state import ViewState
from dashboard.text import number, percent, t
from mart.kpi_model import Base
from mart.questions.quality_checks import CHECKS
from mart.questions.quality_mass import RULE, MassRule

LEAST_SHARE = 0.001
"""Shares below this are written as such, never as 0 %."""


def check_name(code: str, lang: str) -> str:
    """A check's name."""
    return t(f"qualite.check.{code}.name", lang)


def check_sentence(code: str, lang: str) -> str:
    """What a check finds, in a sentence."""
    return t(f"qualite.check.{code}.sentence", lang)


def check_parts(code: str, lang: str) -> list[tuple[str, str]]:
    """What a check is, what it does to the figures, and what to do: terms and what is said of each."""
    means = check_sentence(code, lang)
    if code == "mass_closures":
        means = f"{means} {mass_rule(lang)}"
    said = {"means": means} | {part: t(f"qualite.check.{code}.{part}", lang) for part in ("effect", "do")}
    return [(t(f"qualite.parts.{part}", lang), text) for part, text in said.items()]


def mass_rule(lang: str, rule: MassRule = RULE) -> str:
    """When a day is a mass closure, with the rule's own numbers."""
    return t(
        "qualite.mass_rule",
        lang,
        more_than=number(rule.more_than, lang),
        deviations=number(rule.deviations, lang),
        per_deviation=number(rule.per_deviation, lang, 4),
        trailing_days=number(rule.trailing_days, lang),
        least_days=number(rule.least_days, lang),
    )


def share_words(share: float | None, lang: str) -> str:
    """A share with one decimal; one that is not 0 is not written as 0."""
    if share is not None and 0 < share < LEAST_SHARE:
        return f"<\N{NARROW NO-BREAK SPACE}{percent(LEAST_SHARE, lang, 1)}"
    return percent(share, lang, 1)


def of_base(code: str, share: float | None, lang: str) -> str:
    """Such as `2,2 % des requêtes reçues`."""
    base = "closed" if CHECKS[code].base is Base.CLOSED else "received"
    return t(f"qualite.of_{base}", lang, share=share_words(share, lang))


def check_url(code: str, state: ViewState) -> str:
    """Where Qualité shows a check, for a view."""
    return state.replace(screen="qualite", check=code, request=None, place=None).to_url()
