"""Judgements to OpenAI's moderation."""

from collections.abc import Iterable
from typing import Any

from reference_server.engines.moderating import Judgement
from reference_server.formatting.json_text import to_bytes


def moderation(identifier: str, model: str, judgements: Iterable[Judgement], *, is_omni: bool) -> bytes:
    """Return one result for each judgement; the older models do not say what their scores were drawn from."""
    results = [result(judgement, is_omni=is_omni) for judgement in judgements]
    return to_bytes({"id": identifier, "model": model, "results": results})


def result(judgement: Judgement, *, is_omni: bool) -> dict[str, Any]:
    """Return one judgement."""
    drawn = {"category_applied_input_types": dict(judgement.sources)} if is_omni else {}
    return {
        "flagged": any(judgement.flags.values()),
        "categories": dict(judgement.flags),
        "category_scores": dict(judgement.scores),
        **drawn,
    }
