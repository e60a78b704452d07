"""Chromium for the browser tests: the machine's own, kept off the internet, its errors collected."""

import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Request,
    sync_playwright,
)

from tests.support.network import is_local
from tests.support.shared import PROJECT

ARTIFACTS = PROJECT / "test-artifacts"
WITH_WINDOWS = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")
NAMES = ("chromium-headless-shell", *WITH_WINDOWS)
"""What draws the tests' pages: best without windows of its own, which take as much of the processor again."""
OFFLINE = "MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1, EXCLUDE ::1"
"""No name or address but this machine's is found. Were requests held up instead, each would pass through Python, and
none would come from the browser's cache."""
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
    f"--host-resolver-rules={OFFLINE}",
)  # fmt: skip
SIZES = {"desktop": (1440, 900), "tablet": (820, 1180), "phone": (390, 844)}  # width × height, CSS pixels


def chromium_path(playwright: Playwright, names: Sequence[str] = NAMES) -> str:
    """The machine's Chromium or Chrome, else the one that Playwright installed.

    Raises:
        RuntimeError: there is none; the sentence says what to run.
    """
    found = [path for path in map(shutil.which, names) if path]
    for path in [*found, playwright.chromium.executable_path]:
        # Ubuntu's /usr/bin/chromium-browser may be a script that only says where to find a snap.
        if (
            Path(path).exists()
            and subprocess.run([path, "--version"], capture_output=True, check=False).returncode == 0
        ):
            return path
    raise RuntimeError(
        "no Chromium or Chrome in PATH: run `scripts/setup.sh test`, or install the package `chromium`"
    )


@contextmanager
def chromium(names: Sequence[str] = NAMES) -> Iterator[Browser]:
    """A headless browser, the first of these names that is there; closed afterwards."""
    with sync_playwright() as playwright:
        path = chromium_path(playwright, names)
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


class Profiles:
    """Profiles of a browser, each lent to one test at a time, with nothing stored in it.

    The program stays in their cache, as it does with every reader but a new one: fetching and compiling it for each
    test took half of the time of them all.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: defaultdict[str, list[BrowserContext]] = defaultdict(list)

    def lend(self, settings: dict[str, Any]) -> BrowserContext:
        """A profile with these settings of Playwright's new_context; of this borrower only, until given back."""
        free = self._free[repr(settings)]
        return free.pop() if free else self._browser.new_context(**settings)

    def give_back(self, settings: dict[str, Any], context: BrowserContext) -> None:
        """Close what is open in it, and forget what it was told."""
        for page in context.pages:
            page.close()
        context.unroute_all()
        context.set_offline(False)
        context.set_storage_state({"cookies": [], "origins": []})
        self._free[repr(settings)].append(context)


@dataclass
class Session:
    """One test's pages: what they complained of, what they wanted from the internet, and their pictures."""

    profiles: Profiles
    name: str
    errors: list[str] = field(default_factory=list)
    blocked: list[str] = field(default_factory=list)
    _lent: list[tuple[dict[str, Any], BrowserContext]] = field(default_factory=list)

    def open(self, size: str = "desktop", **options: Any) -> Page:
        """A page in a profile of its own; `size` is a name in SIZES, `options` go to Playwright's new_context."""
        width, height = SIZES[size]
        settings: dict[str, Any] = {
            "viewport": {"width": width, "height": height},
            "locale": "fr-CA",
            "timezone_id": "America/Toronto",
            "has_touch": size != "desktop",
            # Playwright's own waiting evaluates text in the page, which the page's policy forbids.
            "bypass_csp": True,
        }
        settings |= options
        context = self.profiles.lend(settings)
        self._lent.append((settings, context))
        context.on("request", self._requested)
        page = context.new_page()
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(f"page error: {error}"))
        return page

    def close(self, *, picture: bool) -> None:
        """Close every page that is still open, after a last picture of it where one is wanted."""
        pages = [page for _, context in self._lent for page in context.pages if page.url != "about:blank"]
        for number, page in enumerate(pages if picture else []):
            page.screenshot(path=picture_path(self.name if number == 0 else f"{self.name}-{number + 1}"))
        for settings, context in self._lent:
            context.remove_listener("request", self._requested)
            self.profiles.give_back(settings, context)

    def _requested(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme not in {"data", "blob"} and not is_local(url.hostname or "?"):
            self.blocked.append(request.url)

    def _console(self, message: ConsoleMessage) -> None:
        # Chromium reports a request that failed as a console error; that it was blocked is in `blocked`.
        if message.type == "error" and message.location.get("url") not in self.blocked:
            self.errors.append(f"console: {message.text} ({message.location.get('url')})")


def picture_path(name: str) -> Path:
    """Where the picture of a test goes; the name of the test becomes a file name."""
    ARTIFACTS.mkdir(exist_ok=True)
    return ARTIFACTS / f"{re.sub(r'[^A-Za-z0-9_.-]+', '-', name).strip('-')}.png"


if __name__ == "__main__":  # scripts/setup.sh asks what the tests would find
    with sync_playwright() as asked:
        try:
            print(chromium_path(asked))
        except RuntimeError as error:
            sys.exit(str(error))
