"""The browser fixtures do what they promise."""

import pytest
from playwright.sync_api import Page

from tests.support.browser import SIZES, Session


@pytest.mark.browser
@pytest.mark.parametrize("page", list(SIZES), indirect=True)
def test_a_page_has_the_size_asked_for(page: Page, request: pytest.FixtureRequest) -> None:
    page.goto("data:text/html,<h1>Bonjour</h1>")
    width, height = SIZES[request.node.callspec.params["page"]]
    assert page.evaluate("[innerWidth, innerHeight]") == [width, height]


@pytest.mark.browser
def test_a_page_cannot_reach_the_internet_and_its_errors_are_collected(browse: Session) -> None:
    page = browse.open()
    outside = ["https://tiles.example.org/0/0/0.png", "http://192.0.2.1/0.png"]
    pictures = "".join(f"<img src='{url}'>" for url in outside)
    failed: list[str | None] = []
    page.on("requestfailed", lambda request: failed.append(request.failure))
    page.goto(f"data:text/html,{pictures}<script>console.error('oh')</script>")
    page.wait_for_load_state()
    assert sorted(browse.blocked) == sorted(outside)
    assert failed == ["net::ERR_NAME_NOT_RESOLVED"] * 2  # no question left the machine
    assert len(browse.errors) == 1
    browse.errors.clear()
