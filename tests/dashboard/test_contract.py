"""Conventions of the dashboard that a reader relies on."""

import inspect
import re
from pathlib import Path
from typing import Any

import pytest
from dash import Dash

from dashboard.callbacks.frame import first_page
from dashboard.ids import Id
from dashboard.services import Services
from dashboard.state import SCREENS
from tests.support.shared import PROJECT

DASHBOARD = PROJECT / "dashboard"
ASSETS = sorted((DASHBOARD / "assets").iterdir())


def ids_used(app: Dash) -> set[str]:
    """Ids that a callback reads or writes."""
    found: set[str] = set()
    for callback in app._callback_list:
        parts = [*callback["inputs"], *callback["state"]]
        found |= {str(part["id"]) for part in parts}
        found |= set(re.findall(r"([\w-]+)\.\w+", callback["output"].strip(".")))
    return found


def ids_laid_out(services: Services) -> set[str]:
    pages: list[Any] = [first_page(services, f"http://localhost{path}") for path in SCREENS]
    return {str(part.id) for page in pages for part in page._traverse() if getattr(part, "id", None)}


def test_every_id_of_a_callback_is_in_a_layout(app: Dash, services: Services) -> None:
    assert ids_used(app) <= ids_laid_out(services)


def test_every_id_is_named_once(services: Services) -> None:
    assert ids_laid_out(services) <= {i.value for i in Id}


def test_every_named_id_is_used(services: Services) -> None:
    text = "".join(path.read_text("utf-8") for path in DASHBOARD.rglob("*.py") if path.name != "ids.py")
    assert not [i.name for i in Id if f"Id.{i.name}" not in text]


def test_every_function_of_the_browser_is_there(app: Dash) -> None:
    scripts = "".join(path.read_text("utf-8") for path in ASSETS if path.suffix == ".js")
    for callback in app._callback_list:
        if function := callback["clientside_function"]:
            assert function["namespace"] == "vigie"
            assert re.search(rf"\b{function['function_name']}\b\s*[(:=]", scripts), function


def test_callbacks_on_the_server_never_hold_the_event_loop(app: Dash) -> None:
    for name, callback in app.callback_map.items():
        if function := callback.get("callback"):
            assert inspect.iscoroutinefunction(function), name


@pytest.mark.parametrize("path", [p for p in ASSETS if p.suffix in {".css", ".js"}], ids=lambda p: p.name)
def test_assets_ask_nothing_of_another_host(path: Path) -> None:
    text = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not re.findall(r"https?://", text)
    assert "@import" not in text


@pytest.mark.parametrize("path", [p for p in ASSETS if p.suffix == ".css"], ids=lambda p: p.name)
def test_colours_come_from_the_theme(path: Path) -> None:
    text = re.sub(r"url\([^)]*\)", "", path.read_text("utf-8"))
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b(?![-\w])", text)


def test_every_sign_that_is_used_is_drawn() -> None:
    styles = "".join(path.read_text("utf-8") for path in ASSETS if path.suffix == ".css")
    drawn = set(re.findall(r"\.vg-i-([\w-]+) \{ --vg-sign", styles))
    code = "".join(path.read_text("utf-8") for path in DASHBOARD.rglob("*.py"))
    assert set(re.findall(r'\bicon\("([\w-]+)"\)', code)) | set(SCREENS.values()) <= drawn
