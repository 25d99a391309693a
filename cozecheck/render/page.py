"""The frame of a page: one file that loads nothing, its style, and a script that only this page may run."""

import base64
import hashlib
from collections.abc import Iterable
from html import escape

from cozecheck.render.style import shipped
from cozecheck.render.visible import cut

MOST_WORDS = 4000
OUTCOMES = ("fail", "warn", "info")
"""What can be hidden, and the first letter is the key that does it."""


def page(title: str, body: str, *, tools: str = "") -> str:
    """Return a page; with *tools* its script comes along."""
    script = shipped("script.js") if tools else ""
    runs = f"; script-src 'sha256-{_digest(script)}'" if script else ""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'{runs}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{text(title)}</title>
<style>{shipped("style.css")}</style>
</head>
<body>
<main>
{body}
</main>{f"{_KEYS}<script>{script}</script>" if script else ""}
</body>
</html>
"""


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def text(words: str, most: int = MOST_WORDS) -> str:
    """Return words, escaped, with what cannot be seen made visible."""
    return escape(cut(words, most))


def badge(word: str) -> str:
    """Return a word as a badge of its own colour."""
    return f'<span class="badge {word}">{word}</span>'


def section(title: str, parts: Iterable[str], *, id: str = "") -> str:
    """Return a section, or nothing where there is nothing in it."""
    inside = "\n".join(parts)
    named = f' id="{id}"' if id else ""
    return f"<section{named}><h2>{title}</h2>\n{inside}\n</section>" if inside else ""


def items(lines: Iterable[str]) -> tuple[str, ...]:
    """Return a list of lines that are markup already."""
    inside = tuple(f"<li>{line}</li>" for line in lines)
    return ("<ul>", *inside, "</ul>") if inside else ()


def wide(table: str) -> str:
    """Return a table that scrolls by itself where it is wider than the page."""
    return f'<div class="wide" tabindex="0">{table}</div>'


def toolbar(outcomes: Iterable[str]) -> str:
    """Return search and filters, hidden until the script shows them."""
    toggles = "".join(
        f'<button type="button" data-toggle="{each}" data-key="{each[0]}" aria-pressed="true">{each}</button>'
        for each in outcomes
    )
    return f"""<div class="tools" role="search" hidden>
<input id="search" type="search" placeholder="Search ( / )" aria-label="Search">
{toggles}<button type="button" id="theme">theme</button><button type="button" id="help">keys</button>
<output id="told"></output></div>"""


def _key(key: str, does: str) -> str:
    return f"<div><dt><kbd>{key}</kbd></dt><dd>{does}</dd></div>"


_KEYS = f"""
<dialog id="keys" aria-label="Keys"><h2>Keys</h2><dl>{
    "".join(
        (
            _key("/", "search; Escape ends it"),
            _key("j k", "to the next departure, to the one before"),
            _key("o", "open or close it"),
            _key("f w i", "hide or show failures, warnings, notes"),
            _key("t", "dark or light"),
            _key("?", "these keys; Escape closes them"),
        )
    )
}</dl></dialog>
"""
