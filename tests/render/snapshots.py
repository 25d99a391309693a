"""Expected reports, as files; `python -m tests.render.snapshots` writes them anew."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from cozecheck.findings import Report
from cozecheck.render import FORMATS, text
from tests.render.examples import every_outcome, passing
from tests.render.loads import loaded

FOLDER = Path(__file__).parent / "expected"


def rendered() -> Iterator[tuple[str, str]]:
    """Yield file name and text of every snapshot."""
    formats: dict[str, Callable[[Report], str]] = {
        **FORMATS,
        "coloured.text": partial(text.render, colour=True, width=80, limit=1),
    }
    for name, report in (("every_outcome", every_outcome()), ("passing", passing())):
        yield from ((f"{name}.{extension}", render(report)) for extension, render in formats.items())
    for extension in ("text", "json", "junit", "markdown"):  # of the page, a library draws the most
        yield f"loaded.{extension}", formats[extension](loaded())


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for file, said in rendered():
        (FOLDER / file).write_text(said, encoding="utf-8", newline="\n")
