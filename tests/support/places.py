"""A few places that keep coming back, for the tests of Récurrence."""

from datetime import timedelta
from typing import Any

from tests.support.mart import NOON, Row, a_row

STREETS = ("rue Peel", "rue Wellington", "avenue Papineau")
BOROUGHS = (("VM", (-73.5747, 45.5)), ("VD", (-73.571, 45.459)), ("PM", (-73.58, 45.525)))


def place_rows(count: int = 12, first_id: int = 100_000) -> list[Row]:
    """So many places, each with one episode fewer than the one before it, but two at least; and returns of work.

    The first is `rue Peel` in Ville-Marie: closed as done each time, it is open again now.
    """
    rows: list[Row] = []
    for number in range(count):
        borough, point = BOROUGHS[number % len(BOROUGHS)]
        problem = first_id + number * 100
        episodes = max(count - number, 2)
        for i in range(episodes):
            opened = NOON - timedelta(days=(episodes - i) * (170 // episodes) - 8)
            is_last = i == episodes - 1 and number % 2 == 0
            closed = None if is_last else opened + timedelta(days=3)
            rows += _episode(problem + i * 2, problem, opened, closed, number, borough, point)
    return rows


def _episode(
    first: int, problem: int, opened: Any, closed: Any, number: int, borough: str, point: tuple[float, float]
) -> list[Row]:
    shared: dict[str, Any] = {
        "problem_id": problem,
        "episode_id": first,
        "activity": ("nids_de_poule", "graffitis")[number % 2],
        "label": ("Nid-de-poule", "Graffitis")[number % 2],
        "street": STREETS[number % len(STREETS)],
        "street_from": "rue Ontario",
        "street_to": "rue Sherbrooke",
        "borough": borough,
        "borough_who": borough,
        "point": (point[0] + 0.0011 * number, point[1]),
        "closed_at": closed,
        "status": "done" if closed else "in_progress",
    }
    again = a_row(**shared, id=first + 1, opened_at=opened + timedelta(hours=5), requesters=2)
    return [a_row(**shared, id=first, opened_at=opened), again]
