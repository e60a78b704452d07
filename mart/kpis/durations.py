"""How long requests take, and how old the open ones are."""

from __future__ import annotations

from mart import spells
from mart.kpi_model import Base, Figure, Good, Kpi, Rows, Text, Unit
from mart.kpis.terms import BACKLOG, FIRST, NOTHING

DURATIONS = (
    Kpi(
        "median_days_to_close",
        Text("Délai médian de fermeture", "Median days to close"),
        Text("Délai médian", "Median days"),
        Text(
            "Durée que la moitié des requêtes terminées pendant la période n’ont pas dépassée.",
            "Time that half of the requests done in the period did not exceed.",
        ),
        Text(
            "médiane (fermeture − ouverture), en jours de calendrier, des requêtes Terminées dans la période",
            "median (closing − opening), in calendar days, of the requests that became Terminée in the period",
        ),
        Text(
            "Les refusées, annulées et supprimées, celles fermées à un moment inconnu, et celles encore ouvertes : un "
            "vieil arriéré n’y paraît pas.",
            "Refused, cancelled and deleted ones, those closed at an unknown moment, and those still open: an old "
            "backlog does not show.",
        ),
        Figure.DURATION,
        Unit.DAYS,
        Good.DOWN,
        Rows(Base.CLOSED, spells.is_done),
        changes=FIRST,
    ),
    Kpi(
        "p90_days_to_close",
        Text("Neuf sur dix fermées en", "Nine in ten closed within"),
        Text("90e centile", "90th percentile"),
        Text(
            "Durée que neuf requêtes sur dix terminées pendant la période n’ont pas dépassée.",
            "Time that nine in ten of the requests done in the period did not exceed.",
        ),
        Text(
            "90e centile (fermeture − ouverture), en jours de calendrier, des requêtes Terminées dans la période",
            "90th percentile (closing − opening), in calendar days, of the requests that became Terminée in the period",
        ),
        Text("Les mêmes que le délai médian.", "The same as the median."),
        Figure.DURATION,
        Unit.DAYS,
        Good.DOWN,
        Rows(Base.CLOSED, spells.is_done),
        quantile=0.9,
        changes=FIRST,
    ),
    Kpi(
        "cohort_median_days",
        Text("Délai médian des reçues", "Median days of those received"),
        Text("Médiane de cohorte", "Cohort median"),
        Text(
            "Délai au bout duquel la moitié des requêtes reçues sont fermées, les ouvertes étant « pas encore ».",
            "Time after which half of the requests received are closed, open ones counting as “not yet”.",
        ),
        Text(
            "médiane de Kaplan–Meier de (fermeture − ouverture), en jours de calendrier, des requêtes reçues",
            "Kaplan–Meier median of (closing − opening), in calendar days, of the requests received",
        ),
        Text(
            "Celles fermées à un moment inconnu. Sans valeur tant que la moitié n’est pas fermée.",
            "Those closed at an unknown moment. No value until half are closed.",
        ),
        Figure.SURVIVAL,
        Unit.DAYS,
        Good.DOWN,
        Rows(Base.RECEIVED, spells.has_known_end),
        changes=FIRST,
    ),
    Kpi(
        "backlog_age_median",
        Text("Âge médian des ouvertes", "Median age of the open ones"),
        Text("Âge médian", "Median age"),
        Text(
            "Âge que la moitié des requêtes ouvertes n’ont pas dépassé.",
            "Age that half of the open requests have not exceeded.",
        ),
        Text(
            "médiane (fin de la période − ouverture), en jours de calendrier, des requêtes ouvertes à ce moment",
            "median (period’s end − opening), in calendar days, of the requests open at that moment",
        ),
        NOTHING,
        Figure.DURATION,
        Unit.DAYS,
        Good.DOWN,
        BACKLOG,
        changes=FIRST,
    ),
    Kpi(
        "backlog_over_30d",
        Text("Ouvertes depuis plus de 30 jours", "Open for over 30 days"),
        Text("Plus de 30 j", "Over 30 days"),
        Text("Requêtes ouvertes depuis plus de 30 jours.", "Requests that have been open for over 30 days."),
        Text(
            "Nombre de requêtes ouvertes à la fin de la période dont l’ouverture date de plus de 30 × 24 heures.",
            "Number of requests open at the period’s end that were opened more than 30 × 24 hours before.",
        ),
        NOTHING,
        Figure.COUNT,
        Unit.REQUESTS,
        Good.DOWN,
        Rows(Base.BACKLOG, since="opened_at", after_days=30),
        changes=FIRST,
    ),
)
