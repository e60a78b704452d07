"""HTML text from Python, fast.

Dash's renderer runs several selectors per component at every action, and a component takes 0.1 ms
to make and to write: a screen of a thousand of them takes seconds. What is only looked at and
followed (cards, tables, drawings, links) is therefore written as HTML here and painted by
assets/01-paint.js. `html` and `svg` are called like Dash's own: `html.A("Verdun", href=…)`; an
underscore in the name of an attribute is a hyphen: `data_nav=True`, `aria_label=…`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from html import escape
from typing import Any

_VOID = frozenset({"br", "col", "hr", "img", "input", "wbr"})
_NAMES = {
    "className": "class",
    "dateTime": "datetime",
    "tabIndex": "tabindex",
    "colSpan": "colspan",
    "htmlFor": "for",
    "strokeWidth": "stroke-width",
    "strokeLinecap": "stroke-linecap",
    "strokeLinejoin": "stroke-linejoin",
}


class Markup(str):
    """Text that is HTML already: what a person typed becomes it only through `to_html` or an element."""

    __slots__ = ()


Node = Any
"""What an element may hold: Markup, text, a number, None (nothing), or a list of these."""


def to_html(node: Node) -> Markup:
    """HTML of a node; all that is not Markup is escaped."""
    return Markup("".join(_pieces(node)))


def element(tag: str, children: Node = None, **attributes: Any) -> Markup:
    """One element. Attributes that are None or False are left out, those that are True stand alone."""
    written = "".join(_attribute(name, value) for name, value in attributes.items())
    if tag in _VOID:
        return Markup(f"<{tag}{written}>")
    return Markup(f"<{tag}{written}>{to_html(children)}</{tag}>")


class _Elements:
    """Makes `html.Div(…)` an element whose tag is `div`."""

    def __init__(self, tag_of: Callable[[str], str]) -> None:
        self._tag_of = tag_of

    def __getattr__(self, name: str) -> Callable[..., Markup]:
        made: Callable[..., Markup] = partial(element, self._tag_of(name))
        setattr(self, name, made)
        return made


html = _Elements(str.lower)
svg = _Elements(lambda name: name[0].lower() + name[1:])


def _pieces(node: Node) -> Iterator[str]:
    if isinstance(node, Markup):
        yield node
    elif isinstance(node, (list, tuple)):
        for child in node:
            yield from _pieces(child)
    elif node is not None:
        yield escape(str(node), quote=False)


def _attribute(name: str, value: Any) -> str:
    if value is None or value is False:
        return ""
    written = _NAMES.get(name) or name.replace("_", "-")
    if name == "style":
        value = _style(value)
    return f" {written}" if value is True else f' {written}="{escape(str(value))}"'


def _style(rules: Mapping[str, Any]) -> str:
    return ";".join(f"{_dashed(name)}:{value}" for name, value in rules.items())


@cache
def _dashed(name: str) -> str:
    if name.startswith("--"):
        return name
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)
