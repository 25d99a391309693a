"""The style sheet and the script of pages, as they are shipped."""

from functools import cache
from importlib.resources import files


@cache
def shipped(name: str) -> str:
    """Return the text of a file of the report."""
    return (files("cozecheck") / "data" / "report" / name).read_text("utf-8")
