"""What several KPIs have in common: rows, words, and the first change of a definition."""

from __future__ import annotations

from datetime import date

from mart import spells
from mart.kpi_model import Base, Change, Rows, Text
from mart.spells import Fate

FIRST = (Change(1, date(2026, 11, 21), Text("Première définition.", "First definition."), "Vigie 311"),)

RECEIVED = Rows(Base.RECEIVED)
CLOSED = Rows(Base.CLOSED)
BACKLOG = Rows(Base.BACKLOG)
ON_TIME = Rows(Base.RECEIVED, spells.met(Fate.CLOSED_ON_TIME))
NOTHING = Text("Rien.", "Nothing.")
NO_CALLS = Text(
    "Les appels d’information, qui ne sont pas des requêtes.",
    "Calls for information, which are no requests.",
)
