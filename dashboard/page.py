"""The HTML document: theme before the first paint, and the shape of the frame before any script runs."""

from __future__ import annotations

import html
import json
import re

from dashboard import theme
from dashboard.query import LANGUAGES
from dashboard.state import SCREENS
from dashboard.text import catalogue

LEFT_OUT = ("/dash/deps/polyfill@", "/dash/dash_table/")
"""Scripts that browsers of today and our screens do without: old syntax, and a table we replaced."""

LATER = {"/dash_ag_grid/": ("carte", "liste"), "/dash_leaflet/": ("carte",)}
"""Scripts by the screens that need them: 1.6 MB that Aperçu opens without."""

_ICON = (
    "data:image/svg+xml,"
    "%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='7' "
    "fill='%230b6562'/%3E%3Cg fill='none' stroke='%23fff' stroke-width='2.4' stroke-linecap='round' "
    "stroke-linejoin='round'%3E%3Cpath d='M16 26c4.8-5 7.2-8.6 7.2-11.5a7.2 7.2 0 0 0-14.4 0C8.8 17.4 11.2 21 16 26z'/"
    "%3E%3Cpath d='m12.5 14.6 2.5 2.5 4.6-4.8'/%3E%3C/g%3E%3C/svg%3E"
)
"""In the page itself: a file of its own would be asked for at every change of the address."""

_EARLY = """
(function () {
  var given = new URLSearchParams(location.search), root = document.documentElement, kept = null;
  try { kept = localStorage.getItem("mantine-color-scheme-value"); } catch (error) { /* storage is off */ }
  var dark = matchMedia("(prefers-color-scheme: dark)").matches;
  var asked = given.get("theme");
  var theme = asked === "dark" || asked === "light" ? asked : kept || (dark ? "dark" : "light");
  root.setAttribute("data-mantine-color-scheme", theme);
  root.lang = given.get("lang") === "en" ? "en" : "fr";
  try { localStorage.setItem("mantine-color-scheme-value", theme); } catch (error) { /* storage is off */ }
})();
"""

_SKELETON = """
<div class="vg-frame vg-first" aria-hidden="true">
  <div class="vg-rail"></div>
  <div class="vg-body">
    <div class="vg-header"></div>
    <div class="vg-screen"><div class="vg-cards">
      <i class="vg-card vg-bone"></i><i class="vg-card vg-bone"></i>
      <i class="vg-card vg-bone"></i><i class="vg-card vg-bone"></i>
    </div></div>
  </div>
</div>
"""


def document() -> str:
    """Dash's index string."""
    return f"""<!DOCTYPE html>
<html lang="fr">
  <head>
    {{%metas%}}
    <title>{{%title%}}</title>
    <script>{_EARLY}</script>
    <style>{theme.css_variables()}</style>
    <link rel="preload" href="/_dash-layout" as="fetch" crossorigin="anonymous">
    <link rel="preload" href="/_dash-dependencies" as="fetch" crossorigin="anonymous">
    <link rel="icon" href="{_ICON}">
    {{%css%}}
  </head>
  <body>
    {{%app_entry%}}
    <template id="vg-refusals">{_refusals()}</template>
    <template id="vg-skeleton">{_SKELETON}</template>
    <script>
      (function () {{
        var entry = document.getElementById("react-entry-point");
        entry.replaceChildren(document.getElementById("vg-skeleton").content.cloneNode(true));
      }})();
    </script>
    <noscript>Ce tableau de bord a besoin de JavaScript. — This dashboard needs JavaScript.</noscript>
    <footer>{{%config%}}{{%scripts%}}{{%renderer%}}</footer>
  </body>
</html>"""


def _refusals() -> str:
    """Why a feed may have no answer, in words by language and code (JSON): `vigie.fetchFeed` has them even offline."""
    prefix = "refusal."
    words = {
        lang: {k.removeprefix(prefix): text for k, text in catalogue(lang).items() if k.startswith(prefix)}
        for lang in LANGUAGES
    }
    return html.escape(json.dumps(words, ensure_ascii=False), quote=False)


def split_scripts(scripts: str, path: str) -> str:
    """Dash's script tags as a page of this path needs them.

    Without LEFT_OUT; and with those that only other screens need named in a template, which assets/02-later.js
    loads when a person goes to one of them.
    """
    tags = [
        tag for tag in re.findall(r"<script.*?</script>", scripts, flags=re.DOTALL) if not _in(tag, LEFT_OUT)
    ]
    screens = [(tag, _screens(tag)) for tag in tags]
    later = [(tag, need) for tag, need in screens if need and SCREENS.get(path) not in need]
    links = "".join(
        f'<link data-href="{_source(tag)}" data-screens="{" ".join(need)}">' for tag, need in later
    )
    now = [tag for tag in tags if tag not in dict(later)]
    return "\n".join([f'<template id="vg-later">{links}</template>', *now])


def _screens(tag: str) -> tuple[str, ...]:
    """The only screens that need a script; none where all do."""
    return next((screens for part, screens in LATER.items() if part in tag), ())


def _in(tag: str, parts: tuple[str, ...]) -> bool:
    return any(part in tag for part in parts)


def _source(tag: str) -> str:
    found = re.search(r'src="([^"]+)"', tag)
    return found[1] if found else ""
