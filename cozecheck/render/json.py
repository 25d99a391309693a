"""Report to JSON, the public contract, and back."""

import json
from dataclasses import asdict
from typing import Any

from cozecheck.errors import UsageError
from cozecheck.findings import SCHEMA_VERSION, Report
from cozecheck.values import MismatchError, read


def render(report: Report) -> str:
    """Return the report as `data/conformance.schema.json` describes it, in ASCII."""
    return json.dumps(_document(report), indent=2, allow_nan=False) + "\n"


def _document(report: Report) -> dict[str, Any]:
    target = asdict(report.target)
    if not report.target.files:
        del target["files"]
    load = {"load": asdict(report.load)} if report.load else {}
    plan = {"plan": asdict(report.plan)} if report.plan else {}
    uses = {"uses": asdict(report.uses)} if report.uses else {}
    checklist = {"checklist": asdict(report.checklist)} if report.checklist else {}
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
        **uses,
        **checklist,
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
        return read(Report, document)
    except MismatchError as error:
        raise UsageError(f"{where}: not a cozecheck report: {error}") from error
