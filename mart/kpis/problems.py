"""What duplicates and recurrence say."""

from __future__ import annotations

from mart import spells
from mart.kpi_model import Base, Counted, Figure, Good, Kpi, Rows, Text, Unit
from mart.kpis.terms import FIRST, RECEIVED

PROBLEMS = (
    Kpi(
        "reports_per_problem",
        Text("Signalements par problème", "Reports per problem"),
        Text("Signalements", "Reports"),
        Text(
            "Combien de personnes signalent la même chose.",
            "How many people report the same thing.",
        ),
        Text(
            "personnes derrière les requêtes reçues ÷ épisodes de ces requêtes",
            "people behind the requests received ÷ episodes of these requests",
        ),
        Text(
            "Rien ; une requête sans lieu est seule dans son épisode.",
            "Nothing; a request at no place is alone in its episode.",
        ),
        Figure.MEAN,
        Unit.PEOPLE,
        Good.NEITHER,
        Rows(Base.RECEIVED, counted=Counted.REQUESTERS),
        Rows(Base.RECEIVED, counted=Counted.EPISODES),
        changes=FIRST,
    ),
    Kpi(
        "duplicate_pct",
        Text("Doublons", "Duplicates"),
        Text("Doublons", "Duplicates"),
        Text(
            "Part des requêtes reçues qui rejoignent un épisode déjà ouvert.",
            "Share of the requests received that join an episode already open.",
        ),
        Text(
            "reçues qui répètent une requête antérieure (encore ouverte, ou fermée la veille) ÷ reçues",
            "received that repeat an earlier request (still open, or closed the day before) ÷ received",
        ),
        Text(
            "Rien ; une requête sans lieu ne rejoint aucun épisode.",
            "Nothing; a request at no place joins no episode.",
        ),
        Figure.SHARE,
        Unit.PERCENT,
        Good.NEITHER,
        Rows(Base.RECEIVED, spells.joins_an_earlier_one),
        RECEIVED,
        changes=FIRST,
    ),
    Kpi(
        "recurring_pct",
        Text("Problèmes récurrents", "Recurring problems"),
        Text("Récurrents", "Recurring"),
        Text(
            "Part des problèmes des six derniers mois qui sont revenus.",
            "Share of the problems of the last six months that came back.",
        ),
        Text(
            "problèmes avec 2 épisodes ou plus dans les 6 mois de calendrier avant la fin de la période ÷ problèmes "
            "actifs dans ces 6 mois",
            "problems with 2 episodes or more in the 6 calendar months before the period’s end ÷ problems active in "
            "these 6 months",
        ),
        Text(
            "Les requêtes sans lieu, qui ne sont d’aucun problème. Un problème à cheval sur deux arrondissements "
            "compte dans les deux, et une fois dans le total.",
            "Requests at no place, which are of no problem. A problem astride two boroughs counts in both, and once in "
            "the total.",
        ),
        Figure.SHARE,
        Unit.PERCENT,
        Good.DOWN,
        Rows(Base.ACTIVE, counted=Counted.RECURRING),
        Rows(Base.ACTIVE, counted=Counted.PROBLEMS),
        changes=FIRST,
    ),
)
