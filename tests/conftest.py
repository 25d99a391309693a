"""What the tests measured, shown at the end of a run."""

from typing import Any


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the figures that tests took note of with `record_property`, a line each."""
    passed = terminalreporter.stats.get("passed", [])
    figures = sorted((name, str(value)) for report in passed for name, value in getattr(report, "user_properties", ()))
    if figures:
        terminalreporter.section("figures")
    for name, value in figures:
        terminalreporter.write_line(f"{name}: {value}")
