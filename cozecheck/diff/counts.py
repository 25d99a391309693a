"""Usage compared: presence, arithmetic, and how near the counts are."""

from collections.abc import Mapping
from typing import Any

from cozecheck.diff.policy import Policy
from cozecheck.diff.telling import Differences, told
from cozecheck.diff.texts import are_far_apart
from cozecheck.exchange import ABSENT

READ = ("prompt_tokens", "input_tokens")
MADE = ("completion_tokens", "output_tokens")


def compare(key: str, was: int, now: int, at: str, policy: Policy, *, renamed: bool) -> Differences:
    """Compare two counts of tokens that differ."""
    if was > 0 >= now and key in (*READ, *MADE, "total_tokens"):
        yield told("usage.zero", at, was, now)
    elif key in READ:
        yield told("usage.tokenizer" if renamed else "usage.prompt", at, was, now)
    else:
        yield told("usage.completion" if are_far_apart(was, now, policy) else "usage.tokens", at, was, now)


LIMITS = ("max_tokens", "max_completion_tokens", "max_output_tokens")


def limit(asked: Mapping[str, Any]) -> int | None:
    """Return how many tokens a request allows for each choice; None where it does not say."""
    drafts = asked.get("best_of")  # all are counted, one is shown
    most = next((asked[key] for key in LIMITS if type(asked.get(key)) is int), None)
    return most * drafts if most is not None and type(drafts) is int else most


def made(body: Mapping[str, Any]) -> float:
    """Return how many tokens were made for each choice of an answer; of prompts there may be several."""
    usage = body.get("usage")
    counts = (usage.get(key) for key in MADE) if isinstance(usage, dict) else ()
    choices = body.get("choices")
    among = len(choices) if isinstance(choices, list) and choices else 1
    return next((each / among for each in counts if type(each) is int), 0)


def excess(was: Mapping[str, Any], now: Mapping[str, Any], most: int | None) -> Differences:
    """Tell of more tokens than the request allows, where the original keeps to it."""
    if most is not None and made(was) <= most < made(now):
        yield told("usage.limit", "/usage", f"{most} tokens at most for each choice", made(now))


def arithmetic(was: Mapping[str, Any], now: Mapping[str, Any]) -> Differences:
    """Compare whether the parts add up to the total."""
    if _gap(was) == 0 and _gap(now):
        parts = " + ".join(str(now.get(key)) for key in (*READ, *MADE) if key in now)
        yield told("usage.arithmetic", "/usage/total_tokens", parts, now.get("total_tokens", ABSENT))


def _gap(usage: Mapping[str, Any]) -> int | None:
    """Return what is missing to the total; None where it is not known."""
    parts = [usage[key] for key in (*READ, *MADE) if key in usage]
    total = usage.get("total_tokens")
    numbers = [each for each in (*parts, total) if isinstance(each, int) and not isinstance(each, bool)]
    return sum(parts) - numbers[-1] if parts and len(numbers) == len(parts) + 1 else None
