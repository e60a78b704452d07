"""What a chart is: how its numbers are asked, drawn, tabled and named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.services import Services
from dashboard.state import ViewState
from mart.snapshot import Mart


def _as_it_is(_found: Any, state: ViewState) -> ViewState:
    return state


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart of a screen."""

    code: str
    ask: Callable[[Services, Mart, ViewState], Any]
    """Its numbers, from a leased version of the mart, as of `mart.as_of()`; blocking."""
    figure: Callable[[Any, ViewState], go.Figure]
    """The picture of these numbers. A point whose `customdata` is an address of ours is a link to it."""
    table: Callable[[Any, ViewState], pd.DataFrame]
    """The numbers, one row per thing drawn, columns named in the page's language."""
    title: Callable[[ViewState], str]
    about: Callable[[ViewState], str]
    """What it shows and leaves out, in a sentence or two."""
    height_px: int = 420
    """Of the exported picture, without its caption."""
    of_period: bool = True
    """Whether it shows the page's period; one that has its own says so in `about`."""
    screen: str = "apercu"
    """The screen that it is on: its links and its caption are of what this screen uses of an address."""
    settled: Callable[[Any, ViewState], ViewState] = _as_it_is
    """The view with what its numbers choose, where the address chooses nothing."""
