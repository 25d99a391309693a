"""Signatures: what a person vouches for, with name and date, in a file."""

import datetime
from collections.abc import Collection, Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any, get_type_hints

from cozecheck.checks.registry import nearest
from cozecheck.errors import UsageError
from cozecheck.texts import parse_toml


@dataclass(frozen=True, slots=True)
class Signature:
    """Somebody vouches for an item of the checklist."""

    item: str
    by: str
    date: datetime.date
    note: str = ""
    until: datetime.date | None = None
    """The last day on which it counts."""

    def __str__(self) -> str:
        return f"{self.by}, {self.date}{f': {self.note}' if self.note else ''}"


REQUIRED = tuple(each.name for each in fields(Signature) if each.default is MISSING)
TYPES = get_type_hints(Signature)


def parse(text: str, where: str, items: Collection[str]) -> tuple[Signature, ...]:
    """Read a file of signatures for *items*; raises UsageError naming *where* (the file), the entry and the key."""
    document = parse_toml(text, where)
    for key in document:
        if key != "signed":
            raise UsageError(f"{where}: unknown key {key!r}; signatures have only [[signed]] tables")
    tables = document.get("signed", [])
    if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
        raise UsageError(f"{where}: `signed` is no list of tables: write [[signed]] before each signature")
    return tuple(_signature(each, f"{where}: signature {number}", items) for number, each in enumerate(tables, 1))


def _signature(table: Mapping[str, Any], where: str, items: Collection[str]) -> Signature:
    for key in table:
        if key not in TYPES:
            raise UsageError(f"{where}: unknown key {key!r}; there are {', '.join(TYPES)}")
    for key in REQUIRED:
        if key not in table:
            raise UsageError(f"{where}: {key} is missing")
    for key, value in table.items():
        if fault := _fault(key, value):
            raise UsageError(f"{where}: {key} {fault}")
    if table["item"] not in items:
        raise UsageError(f"{where}: no item is called {table['item']!r}{nearest(table['item'], items, 'checklist')}")
    return Signature(**table)


def _fault(key: str, value: Any) -> str:
    """Say what is wrong with the value of a key, if anything is."""
    if key in ("date", "until"):
        plain = isinstance(value, datetime.date) and not isinstance(value, datetime.datetime)
        return "" if plain else "is not a date: write it like 2027-01-31, without quotes"
    if not isinstance(value, str):
        return f"is not a string: {value!r}"
    return "" if value.strip() else "is empty: fill it in"
