"""Buttons of painted parts that ask for more: assets/qualite.js puts what they ask for into a store of the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from dashboard.ids import Id
from dashboard.markup import Markup, html


def asking(
    store: Id, asked: Mapping[str, Any], words: str, *, enabled: bool = True, label: str | None = None
) -> Markup:
    """A button that puts what it asks for into a store of the page (assets/qualite.js)."""
    return html.Button(
        words,
        type="button",
        className="vg-button",
        disabled=not enabled,
        data_store=store.value,
        data_ask=orjson.dumps(asked).decode(),
        aria_label=label,
    )
