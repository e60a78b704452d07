"""Shares and ratios of requests."""

from __future__ import annotations

from mart import spells
from mart.kpi_model import Base, Figure, Good, Kpi, Rows, Text, Unit
from mart.kpis.terms import CLOSED, FIRST, NOTHING, ON_TIME, RECEIVED
from mart.spells import Fate

RATES = (
    Kpi(
        "on_time_pct",
        Text("Réglées à temps", "On time"),
        Text("À temps", "On time"),
        Text(
            "Part des requêtes reçues qui ont été fermées avant leur échéance, parmi celles dont le sort est connu.",
            "Share of the requests received that were closed by their due date, among those whose fate is known.",
        ),
        Text(
            "fermées à temps ÷ (fermées à temps + fermées en retard + ouvertes échues)",
            "closed on time ÷ (closed on time + closed late + open past due)",
        ),
        Text(
            "Les requêtes ouvertes non échues, les annulées et supprimées, celles sans délai cible ou fermées à un "
            "moment inconnu.",
            "Open requests not yet due, cancelled and deleted ones, those without a target or closed at an unknown "
            "moment.",
        ),
        Figure.SHARE,
        Unit.PERCENT,
        Good.UP,
        ON_TIME,
        Rows(Base.RECEIVED, spells.met(Fate.CLOSED_ON_TIME, Fate.CLOSED_LATE, Fate.OPEN_PAST_DUE)),
        changes=FIRST,
    ),
    Kpi(
        "closure_rate",
        Text("Taux de fermeture", "Closure rate"),
        Text("Fermées ÷ reçues", "Closed ÷ received"),
        Text(
            "Requêtes fermées pour chaque requête reçue : sous 1, l’arriéré grandit.",
            "Requests closed for each request received: below 1 the backlog grows.",
        ),
        Text("fermées ÷ reçues", "closed ÷ received"),
        NOTHING,
        Figure.RATIO,
        Unit.RATIO,
        Good.UP,
        CLOSED,
        RECEIVED,
        changes=FIRST,
    ),
    Kpi(
        "reopened_pct",
        Text("Rouvertes", "Reopened"),
        Text("Rouvertes", "Reopened"),
        Text(
            "Réouvertures de la période, pour cent fermetures.",
            "Reopenings in the period, per hundred closings.",
        ),
        Text(
            "réouvertures (Réactivée, ou par un événement) ÷ fermées",
            "reopened (Réactivée, or by an event) ÷ closed",
        ),
        Text(
            "Les réouvertures que la source ne publie pas : seul le dernier statut l’est.",
            "Reopenings that the source does not publish: it gives the last status only.",
        ),
        Figure.RATIO,
        Unit.PERCENT,
        Good.DOWN,
        Rows(Base.REOPENED),
        CLOSED,
        changes=FIRST,
    ),
    Kpi(
        "refused_pct",
        Text("Refusées", "Refused"),
        Text("Refusées", "Refused"),
        Text(
            "Part des requêtes fermées qui ont été refusées.",
            "Share of the requests closed that were refused.",
        ),
        Text("fermées comme Refusée ÷ fermées", "closed as Refusée ÷ closed"),
        NOTHING,
        Figure.SHARE,
        Unit.PERCENT,
        Good.DOWN,
        Rows(Base.CLOSED, spells.is_refused),
        CLOSED,
        changes=FIRST,
    ),
)
