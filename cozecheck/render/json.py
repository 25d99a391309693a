"""Report to JSON, the public contract, and back."""

import json
import math
from dataclasses import MISSING, asdict, fields, is_dataclass
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from cozecheck.errors import UsageError
from cozecheck.findings import SCHEMA_VERSION, Report


def render(report: Report) -> str:
    """Return the report as `data/conformance.schema.json` describes it, in ASCII."""
    return json.dumps(_document(report), indent=2, allow_nan=False) + "\n"


def _document(report: Report) -> dict[str, Any]:
    target = asdict(report.target)
    if not report.target.files:
        del target["files"]
    load = {"load": asdict(report.load)} if report.load else {}
    plan = {"plan": asdict(report.plan)} if report.plan else {}
    fidelity = {"fidelity": asdict(report.fidelity)} if report.fidelity.trials else {}
    replay = {"replay": asdict(report.replay)} if report.kind == "replay" else {}
    return {
        "schema": SCHEMA_VERSION,
        "tool": asdict(report.tool),
        "kind": report.kind,
        "target": target,
        "run": asdict(report.run),
        "strict": report.strict,
        "summary": _summary(report),
        "families": report.families,
        "checks": [asdict(check) for check in report.checks],
        "findings": [asdict(finding) for finding in report.findings],
        "baseline": asdict(report.baseline),
        "notes": report.notes,
        **fidelity,
        **replay,
        **load,
        **plan,
    }


def _summary(report: Report) -> dict[str, Any]:
    return {
        "verdict": report.verdict,
        "exit_code": report.exit_code,
        **{outcome.value: number for outcome, number in report.counts.items()},
        "baselined": sum(check.baselined for check in report.checks),
    }


def load(text: str, where: str = "report") -> Report:
    """Read what `render` wrote; keys that this version does not know are ignored.

    Raises `UsageError`, naming *where* and the place in it.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{where}: not a cozecheck report: not JSON ({error})") from error
    schema = document.get("schema") if isinstance(document, dict) else None
    if schema != SCHEMA_VERSION:
        said = "no `schema`" if schema is None else f"schema {schema!r}"
        raise UsageError(f"{where}: not a cozecheck report that this version reads: {said}, not {SCHEMA_VERSION}")
    try:
        report: Report = _value(Report, document, "")
    except (_MismatchError, OverflowError) as error:
        raise UsageError(f"{where}: not a cozecheck report: {error}") from error
    return report


class _MismatchError(ValueError):
    """The document is not of the shape of a report."""


def _value(kind: Any, value: Any, at: str) -> Any:
    """Return *value* as the type *kind*, which is one of those that a report is made of."""
    if kind is Any:
        return value
    if get_origin(kind) is UnionType:  # of a type and None, the only one that a report has
        return None if value is None else _value(get_args(kind)[0], value, at)
    if is_dataclass(kind):
        return _object(kind, value, at)
    if get_origin(kind) is tuple:
        if not isinstance(value, list):
            raise _MismatchError(f"{at}: expected a list, got {_said(value)}")
        return tuple(_value(get_args(kind)[0], each, f"{at}[{index}]") for index, each in enumerate(value))
    if issubclass(kind, StrEnum):
        if value not in list(kind):
            raise _MismatchError(f"{at}: expected one of {', '.join(kind)}, got {_said(value)}")
        return kind(value)
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind or (kind is float and not math.isfinite(value)):
        raise _MismatchError(f"{at}: expected {_NAMES[kind]}, got {_said(value)}")
    return value


_NAMES = {str: "a string", int: "an integer", float: "a number", bool: "true or false"}


def _object(kind: Any, value: Any, at: str) -> Any:
    if not isinstance(value, dict):
        raise _MismatchError(f"{at}: expected an object, got {_said(value)}")
    parts = {}
    for name, (part, required) in _parts(kind).items():
        if name in value:
            parts[name] = _value(part, value[name], f"{at}.{name}".lstrip("."))
        elif required:
            raise _MismatchError(f"{f'{at}.{name}'.lstrip('.')} is missing")
    return kind(**parts)


@cache
def _parts(kind: Any) -> dict[str, tuple[Any, bool]]:
    """Return the type of each field, and whether it must be given."""
    kinds = get_type_hints(kind)
    return {
        each.name: (kinds[each.name], each.default is MISSING and each.default_factory is MISSING)
        for each in fields(kind)
    }


def _said(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:60]}..."
