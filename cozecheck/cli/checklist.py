"""`cozecheck checklist`: parse, call, render, exit."""

from pathlib import Path
from typing import Annotated

import typer

from cozecheck.cli import options
from cozecheck.cli.gate import Evidence, Require, Signatures


def checklist(
    context: typer.Context,
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE", help="JSON reports: of a scan, a conformance run, a load.", show_default=False),
    ] = None,
    config: options.Config = None,
    evidence: Evidence = None,
    signatures: Signatures = None,
    require: Require = None,
    baseline: options.Baseline = None,
    report: options.Reports = None,
    quiet: options.Quiet = False,
) -> None:
    """The migration checklist, filled in from the evidence at hand."""
    import time

    from cozecheck import gate
    from cozecheck.checks.conclusion import moment
    from cozecheck.cli import output, reports, selection, signing
    from cozecheck.findings import Run

    order = selection.order(
        context, profile="all", wanted=(), unwanted=(), strict=False, reports=report or (), baseline=baseline
    )
    terms = signing.terms(context, signatures, require or ())
    with options.blaming(context, "evidence"):
        found = tuple(map(reports.read, (*(files or ()), *(evidence or ()))))
    asked = {each.target.model: "" for each in found if each.target.model and each.judged}
    policy = gate.Policy(terms, order.accepted, asked=asked)
    result = gate.decide("checklist", found, policy, Run(moment(time.time()), 0.0))
    output.finish(result, order.to, (), quiet=quiet)
