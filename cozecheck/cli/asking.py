"""Every model that the code names, asked once."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import typer

from cozecheck import scenarios
from cozecheck.checks import ALL
from cozecheck.checks.registry import select
from cozecheck.cli import live
from cozecheck.cli.selection import Order
from cozecheck.errors import NoVerdictError
from cozecheck.findings import Outcome
from cozecheck.properties import Search
from cozecheck.used import UseKind, Uses

PROBES: Mapping[str, tuple[str, str]] = {
    "chat.completions": ("model", "request.plain"),
    "responses": ("model", "responses.answered"),
    "completions": ("model", "completions.answered"),
    "embeddings": ("embedding_model", "embeddings.answered"),
    "images": ("image_model", "images.generate"),
    "audio.speech": ("speech_model", "audio.speech"),
    "audio.transcriptions": ("transcription_model", "audio.transcription"),
    "audio.translations": ("transcription_model", "audio.translation"),
}
"""The beginning of an operation's name, the field of a subject that names its model, and a check that it answers."""

Named = tuple[str, str, str]
"""A model, the field of a subject that it is for, and the check that asks it."""


def named(uses: Uses | None) -> Iterator[Named]:
    """Yield the models that the code names, each for what it is asked."""
    seen: set[tuple[str, str]] = set()
    for use in uses.of(UseKind.MODEL) if uses else ():
        for operation, (field, check) in PROBES.items():
            if use.operation.startswith(operation) and (use.name, field) not in seen:
                seen.add((use.name, field))
                yield use.name, field, check


def asked(context: typer.Context, target: live.Wanted, uses: Uses | None, pace: live.Pace) -> dict[str, str]:
    """Ask each of them; return why it did not answer, or nothing where it did."""
    return {name: _asked(context, target, (name, field, check), pace) for name, field, check in named(uses)}


def _asked(context: typer.Context, target: live.Wanted, named: Named, pace: live.Pace) -> str:
    name, field, check = named
    chats = field == "model"
    wanted = replace(target, model=name) if chats else target
    order = Order(select(ALL, [check]), strict=False, to=(), accepted=())
    sent = live.Sent(scenarios.ALL, Search(0))
    try:
        report = live.judge(
            context, wanted, {} if chats else {field: name}, order, pace, sent, quiet=True, progress=False
        )
    except NoVerdictError as error:
        return str(error)
    (result,) = report.checks
    if result.outcome is Outcome.PASS:
        return ""
    return next((f"{each.expected} was expected, not {each.actual}" for each in report.findings), result.reason)


def chosen(given: Mapping[str, str | None], uses: Uses | None, answers: Mapping[str, str]) -> dict[str, str | None]:
    """Return the models to judge by, by the field of a subject: as given, else the first that the code names."""
    models: dict[str, str | None] = dict(given)
    for name, field, _ in named(uses):
        if not models.get(field) and not answers.get(name):
            models[field] = name
    return models
