"""What the application relies on, beside what departs: pure."""

from collections.abc import Iterator
from dataclasses import replace

from cozecheck.findings import Finding, Report
from cozecheck.used import UseKind, Uses

MOST_PLACES = 10


def locate(report: Report, uses: Uses) -> Report:
    """Say of every finding where the code relies on what departs, as far as the scan knows."""
    return replace(
        report,
        findings=tuple(
            replace(finding, code=tuple(_places(finding, uses))[:MOST_PLACES]) for finding in report.findings
        ),
    )


def _places(finding: Finding, uses: Uses) -> Iterator[str]:
    """Yield the places of what it is about, a parameter or a tool; of the operation, if that is all that is known."""
    own = [each for each in uses.found if each.operation == finding.operation and each.line]
    subjects = set(_subjects(finding))
    about = [each for each in own if (each.kind, each.name) in subjects or (each.kind, "*") in subjects]
    chosen = about or [each for each in own if each.kind is UseKind.OPERATION]
    yield from dict.fromkeys(f"{each.file}:{each.line}" for each in chosen)


def _subjects(finding: Finding) -> Iterator[tuple[UseKind, str]]:
    """Yield what a check is about, by its id: `request.max-tokens` is about a parameter, `tools.*` about tools."""
    family, _, rest = finding.id.partition(".")
    parameter = rest.rpartition(".")[2].replace("-", "_")
    yield UseKind.PARAMETER, parameter
    yield UseKind.PARAMETER, finding.at.strip("/").partition("/")[0]
    if family == "tools":
        yield UseKind.TOOL, "*"
    if family == "structured":
        yield UseKind.FORMAT, "*"
    if ".stream." in finding.id or family == "sse":
        yield UseKind.STREAM, "*"
    if family == "usage" and rest.startswith("stream"):
        yield UseKind.PARAMETER, "stream_options"
