"""What people vouch for, read for a command."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import typer

from cozecheck import checklist, texts
from cozecheck.cli.options import blaming


def terms(context: typer.Context, signatures: Path | None, require: Sequence[str]) -> checklist.Terms:
    """Return the terms of a checklist, as of today; raises UsageError naming the place."""
    with blaming(context, "require"):
        checklist.require_known(require)
    with blaming(context, "signatures"):
        text = texts.read(signatures) if signatures else ""
    signed = checklist.parse(text, str(signatures), checklist.known())
    return checklist.Terms(signed, require, date.today())
