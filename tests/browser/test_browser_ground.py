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
    page.goto(
        "data:text/html,<img src='https://tiles.example.org/0/0/0.png'><script>console.error('oh')</script>"
    )
    page.wait_for_load_state()
    assert browse.blocked == ["https://tiles.example.org/0/0/0.png"]
    assert len(browse.errors) == 1
    browse.errors.clear()
