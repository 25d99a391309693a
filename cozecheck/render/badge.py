"""Report to the JSON of a shields.io endpoint: a badge for a README."""

import json
from typing import Final

from cozecheck.findings import Outcome, Report
from cozecheck.render.summary import counted

COLOURS: Final = {0: "brightgreen", 1: "red", 3: "lightgrey"}
"""By exit code."""


def render(report: Report) -> str:
    """Return what `https://img.shields.io/endpoint?url=…` draws."""
    return (
        json.dumps(
            {
                "schemaVersion": 1,
                "label": "OpenAI API",
                "message": _message(report),
                "color": COLOURS[report.exit_code],
                "isError": report.exit_code == 3,
            }
        )
        + "\n"
    )


def _message(report: Report) -> str:
    passed = report.counts[Outcome.PASS]
    detail = f", {counted(passed, 'check')}" if report.exit_code == 0 and passed else ""
    failed = f", {counted(report.counts[Outcome.FAIL], 'check')}" if report.counts[Outcome.FAIL] else ""
    return f"{report.verdict}{failed or detail}"
