"""The whole app: its routes, its pages, and that several live in one process."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from dash import Dash

import app as application
from dashboard.backend import page_rules
from dashboard.factory import build
from store.engine import open_store
from tests.support.apps import asking
from tests.support.feeds import Client
from tests.support.mart import a_row, make_mart
from tests.support.services import settings_of

HTML = {"accept": "text/html"}


@pytest.fixture(scope="module")
def client(app: Dash) -> Iterator[Client]:
    with asking(app) as opened:
        yield opened


def test_health_says_store_mart_version_and_age(client: Client, demo_mart: Path) -> None:
    answer = client.get("/health")
    found = answer.json()
    assert answer.status_code == 503  # the store of this test is not there
    assert found["status"] == "degraded"
    assert found["store"] == {"reachable": False, "kind": "sqlite"}
    assert found["mart"]["version"] == (demo_mart / "current").read_text().strip()
    assert found["mart"]["age_s"] >= 0
    assert found["mart"]["state"] == "ok"
    assert not (demo_mart.parent / "vigie.db").exists(), "asking made a store"


def test_health_is_200_while_people_can_work(tmp_path: Path) -> None:
    settings = settings_of(make_mart(tmp_path, [a_row()]))
    open_store(settings.store).dispose()
    with asking(build(settings)) as opened:
        assert opened.get("/health").status_code == 200


def test_the_mart_s_health_is_always_200(tmp_path: Path) -> None:
    with asking(build(settings_of(tmp_path / "mart"))) as opened:
        answer = opened.get("/health/mart")
        assert (answer.status_code, answer.json()["state"]) == (200, "missing")
        make_mart(tmp_path, [a_row()])
        assert opened.get("/health/mart").json()["state"] == "ok"


@pytest.mark.parametrize("path", ["/", "/carte", "/definitions", "/carte/"])
def test_every_screen_has_a_page(client: Client, path: str) -> None:
    answer = client.get(path, headers=HTML)
    assert answer.status_code == 200
    assert "react-entry-point" in answer.text


def test_an_unknown_path_is_a_page_that_is_not_found(client: Client) -> None:
    page = client.get("/nothing", headers=HTML)
    assert (page.status_code, "react-entry-point" in page.text) == (404, True)
    assert client.get("/nothing.png").status_code == 404


def test_only_carte_loads_the_grid_and_the_map(client: Client) -> None:
    for path, at_once in (("/", False), ("/carte", True)):
        text = client.get(path, headers=HTML).text
        for library in ("dash_ag_grid", "dash_leaflet"):
            assert (f'<script src="/_dash-component-suites/{library}' in text) == at_once
            assert (f'<link data-href="/_dash-component-suites/{library}' in text) != at_once


def test_nothing_on_the_page_is_of_another_host(client: Client) -> None:
    text = client.get("/", headers=HTML).text
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', text)


def test_a_page_may_load_from_here_and_its_tiles_only(client: Client) -> None:
    policy = client.get("/", headers=HTML).headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "http" not in policy
    tiles = page_rules("https://{s}.tiles.example/{z}/{x}/{y}.png")["Content-Security-Policy"]
    assert "img-src 'self' data: blob: https://*.tiles.example;" in tiles


def test_scripts_are_compressed_and_kept_for_ever(client: Client) -> None:
    page = client.get("/", headers=HTML).text
    for address in re.findall(r'src="(/[^"]+)"', page)[:3]:
        for _ in range(2):  # made, then from memory
            answer = client.get(address)
            assert answer.headers["content-encoding"] == "gzip"
            assert "immutable" in answer.headers["cache-control"]
    plain = client.get(address, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == answer.content
    assert len(gzip.compress(plain.content)) < len(plain.content)


def test_the_layout_follows_the_page_that_asks_for_it(client: Client) -> None:
    for query, said in (("?lang=en", "Overview"), ("", "Aperçu")):
        answer = client.get("/_dash-layout", headers={"referer": f"http://dashboard/{query}"})
        assert said in answer.text


def test_a_closed_app_lets_its_mart_go(tmp_path: Path) -> None:
    with asking(build(settings_of(make_mart(tmp_path, [a_row()])))) as opened:
        assert opened.get("/health/mart").json()["state"] == "ok"


def test_two_apps_in_one_process_keep_to_their_own(tmp_path: Path, client: Client) -> None:
    other = build(settings_of(tmp_path / "mart"))
    with asking(other) as opened:
        assert opened.get("/health/mart").json()["state"] == "missing"
        assert client.get("/health/mart").json()["state"] == "ok"
        assert "vigie build" in opened.get("/_dash-layout").text
        assert "vigie build" not in client.get("/_dash-layout").text
        assert (
            len(opened.get("/_dash-dependencies").json())
            == len(client.get("/_dash-dependencies").json())
            > 10
        )


def test_the_server_is_made_when_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VIGIE_MART", str(tmp_path / "mart"))
    monkeypatch.delitem(application.__dict__, "server", raising=False)
    assert application.server.title == "Vigie 311"
    monkeypatch.delitem(application.__dict__, "server", raising=False)
    with pytest.raises(AttributeError):
        _ = application.nothing


def test_openapi_names_our_routes(client: Client) -> None:
    assert {"/health", "/health/mart"} <= set(client.get("/openapi.json").json()["paths"])
