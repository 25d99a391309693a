"""Report to text, by the name of the format."""

from collections.abc import Callable

from cozecheck.findings import Report
from cozecheck.render import badge, github, html, json, junit, markdown, sarif, text

FORMATS: dict[str, Callable[[Report], str]] = {
    "text": text.render,
    "json": json.render,
    "junit": junit.render,
    "markdown": markdown.render,
    "html": html.render,
    "sarif": sarif.render,
    "github": github.render,
    "badge": badge.render,
}
"""Pure functions from a report to the text of a file, newline at its end."""
