"""Counts that a sum is made of: what became of the requests received."""

from __future__ import annotations

from mart import spells
from mart.kpi_model import Base, Figure, Good, Kpi, Rows, Text, Unit
from mart.kpis.terms import FIRST, NOTHING, ON_TIME
from mart.spells import Fate


def _part(code: str, name: Text, sentence: Text, good: Good, rows: Rows) -> Kpi:
    """A part of what was received, or the reopenings: counts that a sum is made of."""
    return Kpi(
        code,
        name,
        name,
        sentence,
        Text(
            f"nombre : {sentence.fr[0].lower()}{sentence.fr[1:-1]}",
            f"number: {sentence.en[0].lower()}{sentence.en[1:-1]}",
        ),
        NOTHING,
        Figure.COUNT,
        Unit.REQUESTS,
        good,
        rows,
        is_part=True,
        changes=FIRST,
    )


PARTS = (
    _part(
        "closed_on_time",
        Text("Fermées à temps", "Closed on time"),
        Text(
            "Requêtes reçues, fermées au plus tard à leur échéance.",
            "Requests received and closed by their due date.",
        ),
        Good.UP,
        ON_TIME,
    ),
    _part(
        "closed_late",
        Text("Fermées en retard", "Closed late"),
        Text(
            "Requêtes reçues, fermées après leur échéance.",
            "Requests received and closed after their due date.",
        ),
        Good.DOWN,
        Rows(Base.RECEIVED, spells.met(Fate.CLOSED_LATE)),
    ),
    _part(
        "open_past_due",
        Text("Ouvertes échues", "Open past due"),
        Text("Requêtes reçues, ouvertes et échues.", "Requests received that are open past their due date."),
        Good.DOWN,
        Rows(Base.RECEIVED, spells.met(Fate.OPEN_PAST_DUE)),
    ),
    _part(
        "open_not_due",
        Text("Ouvertes non échues", "Open, not yet due"),
        Text("Requêtes reçues, ouvertes et non échues.", "Requests received that are open and not yet due."),
        Good.NEITHER,
        Rows(Base.RECEIVED, spells.met(Fate.OPEN_NOT_DUE)),
    ),
    _part(
        "withdrawn",
        Text("Retirées", "Withdrawn"),
        Text(
            "Requêtes reçues, puis annulées ou supprimées.", "Requests received, then cancelled or deleted."
        ),
        Good.NEITHER,
        Rows(Base.RECEIVED, spells.met(Fate.WITHDRAWN)),
    ),
    _part(
        "not_judged",
        Text("Sans échéance", "Not judged"),
        Text(
            "Requêtes reçues sans délai cible, ou fermées à un moment inconnu.",
            "Requests received without a target, or closed at an unknown moment.",
        ),
        Good.NEITHER,
        Rows(Base.RECEIVED, spells.met(Fate.NOT_JUDGED)),
    ),
    _part(
        "reopenings",
        Text("Réouvertures", "Reopenings"),
        Text(
            "Requêtes dont la fermeture, connue, a été suivie d’une réouverture dans la période.",
            "Requests whose closing, a known one, was followed by a reopening in the period.",
        ),
        Good.DOWN,
        Rows(Base.REOPENED, spells.was_closed),
    ),
)
