"""Every KPI, each as one record: add one here, and it is in `vigie kpi`, the screens, exports and Définitions.

Formulas are those of the city's KPI list; `period` is from `start` to `until`, T is `as_of` (see
`mart.spells`). A change of a definition adds a line to its `changes`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches

from domain.errors import InputRefused
from mart import spells
from mart.kpi_model import Base, Change, Counted, Figure, Good, Kpi, Rows, Text, Unit
from mart.spells import Fate

_FIRST = (Change(1, date(2026, 11, 21), Text("Première définition.", "First definition."), "Vigie 311"),)

_RECEIVED = Rows(Base.RECEIVED)
_CLOSED = Rows(Base.CLOSED)
_BACKLOG = Rows(Base.BACKLOG)
_ON_TIME = Rows(Base.RECEIVED, spells.met(Fate.CLOSED_ON_TIME))
_NOTHING = Text("Rien.", "Nothing.")
_NO_CALLS = Text(
    "Les appels d’information, qui ne sont pas des requêtes.",
    "Calls for information, which are no requests.",
)

_COUNTS = (
    Kpi(
        "received",
        Text("Requêtes reçues", "Requests received"),
        Text("Reçues", "Received"),
        Text(
            "Requêtes, plaintes et commentaires ouverts pendant la période.",
            "Requests, complaints and comments opened in the period.",
        ),
        Text(
            "Nombre de requêtes dont l’ouverture tombe dans la période, premier et dernier jours compris.",
            "Number of requests whose opening lies in the period, first and last days included.",
        ),
        _NO_CALLS,
        Figure.COUNT,
        Unit.REQUESTS,
        Good.NEITHER,
        _RECEIVED,
        changes=_FIRST,
    ),
    Kpi(
        "closed",
        Text("Requêtes fermées", "Requests closed"),
        Text("Fermées", "Closed"),
        Text(
            "Requêtes fermées pendant la période, quelle que soit leur date d’ouverture.",
            "Requests closed in the period, whenever they were opened.",
        ),
        Text(
            "Nombre de passages à Terminée, Refusée, Annulée ou Supprimée dans la période ; une requête fermée à un "
            "moment inconnu compte à son ouverture.",
            "Number of times a request became Terminée, Refusée, Annulée or Supprimée in the period; one closed at an "
            "unknown moment counts at its opening.",
        ),
        Text(
            "Rien ; une requête fermée deux fois compte deux fois. « Terminée » ne prouve pas une réparation.",
            "Nothing; a request closed twice counts twice. “Terminée” does not prove a repair.",
        ),
        Figure.COUNT,
        Unit.REQUESTS,
        Good.UP,
        _CLOSED,
        changes=_FIRST,
    ),
    Kpi(
        "backlog",
        Text("Requêtes ouvertes", "Open requests"),
        Text("Ouvertes", "Open"),
        Text(
            "Requêtes encore ouvertes à la fin de la période (ou à la date de référence, si elle vient avant).",
            "Requests still open at the period’s end (or at the as-of time, where that is earlier).",
        ),
        Text(
            "Nombre de requêtes ouvertes jusqu’à ce moment et non fermées à ce moment, quelle que soit leur ouverture.",
            "Number of requests opened by that moment and not closed at it, whenever they were opened.",
        ),
        Text("Rien ; les requêtes réactivées sont ouvertes.", "Nothing; reopened requests are open."),
        Figure.COUNT,
        Unit.REQUESTS,
        Good.DOWN,
        _BACKLOG,
        changes=_FIRST,
    ),
    Kpi(
        "overdue",
        Text("Requêtes en retard", "Overdue requests"),
        Text("En retard", "Overdue"),
        Text("Requêtes ouvertes dont l’échéance est passée.", "Open requests that are past their due date."),
        Text(
            "Nombre de requêtes ouvertes à la fin de la période et dont l’échéance précède ce moment.",
            "Number of requests open at the period’s end whose due date is before that moment.",
        ),
        Text(
            "Les activités sans délai cible. Les délais cibles sont à confirmer.",
            "Activities without a target. The targets are to be confirmed.",
        ),
        Figure.COUNT,
        Unit.REQUESTS,
        Good.DOWN,
        Rows(Base.BACKLOG, since="due_at"),
        changes=_FIRST,
    ),
)

_RATES = (
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
        _ON_TIME,
        Rows(Base.RECEIVED, spells.met(Fate.CLOSED_ON_TIME, Fate.CLOSED_LATE, Fate.OPEN_PAST_DUE)),
        changes=_FIRST,
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
        _NOTHING,
        Figure.RATIO,
        Unit.RATIO,
        Good.UP,
        _CLOSED,
        _RECEIVED,
        changes=_FIRST,
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
        _CLOSED,
        changes=_FIRST,
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
        _NOTHING,
        Figure.SHARE,
        Unit.PERCENT,
        Good.DOWN,
        Rows(Base.CLOSED, spells.is_refused),
        _CLOSED,
        changes=_FIRST,
    ),
)

_DURATIONS = (
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
        changes=_FIRST,
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
        changes=_FIRST,
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
        changes=_FIRST,
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
        _NOTHING,
        Figure.DURATION,
        Unit.DAYS,
        Good.DOWN,
        _BACKLOG,
        changes=_FIRST,
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
        _NOTHING,
        Figure.COUNT,
        Unit.REQUESTS,
        Good.DOWN,
        Rows(Base.BACKLOG, since="opened_at", after_days=30),
        changes=_FIRST,
    ),
)

_PROBLEMS = (
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
        changes=_FIRST,
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
        _RECEIVED,
        changes=_FIRST,
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
        changes=_FIRST,
    ),
)


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
        _NOTHING,
        Figure.COUNT,
        Unit.REQUESTS,
        good,
        rows,
        is_part=True,
        changes=_FIRST,
    )


_PARTS = (
    _part(
        "closed_on_time",
        Text("Fermées à temps", "Closed on time"),
        Text(
            "Requêtes reçues, fermées au plus tard à leur échéance.",
            "Requests received and closed by their due date.",
        ),
        Good.UP,
        _ON_TIME,
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

KPIS: dict[str, Kpi] = {kpi.code: kpi for kpi in (*_COUNTS, *_RATES, *_DURATIONS, *_PROBLEMS, *_PARTS)}
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
