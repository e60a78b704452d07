"""How many requests there are, of each kind of event."""

from __future__ import annotations

from mart.kpi_model import Base, Figure, Good, Kpi, Rows, Text, Unit
from mart.kpis.terms import BACKLOG, CLOSED, FIRST, NO_CALLS, RECEIVED

COUNTS = (
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
        NO_CALLS,
        Figure.COUNT,
        Unit.REQUESTS,
        Good.NEITHER,
        RECEIVED,
        changes=FIRST,
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
        CLOSED,
        changes=FIRST,
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
        BACKLOG,
        changes=FIRST,
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
        changes=FIRST,
    ),
)
