"""Checks: where the reasoning of a model goes."""

import re
from collections.abc import Iterator, Mapping

from cozecheck.checks.registry import check, relation
from cozecheck.contract import sources
from cozecheck.exchange import Exchange
from cozecheck.findings import Basis, Inconclusive, Level, Problem, Verdict
from cozecheck.views.chat import chat_body
from cozecheck.views.chat_stream import chat_stream
from cozecheck.views.turns import Turns, deltas, turns

MARKS = re.compile(r"</?think(ing)?>|<\|channel\|>analysis|<\|begin_of_thought\|>", re.IGNORECASE)
"""How models mark their reasoning, before a server has read it."""
FIELDS = ("reasoning_content", "reasoning")
"""Where servers put it; OpenAI's chat API does not show it at all."""


@check(
    "reasoning.no-leak",
    Level.MAY,
    Basis.DE_FACTO,
    of=turns,
    cite=sources.WIRE + ": the content holds the answer only",
    breaks=("people, who are shown the reasoning; applications that parse the content",),
    remedy="Cut the reasoning out of the content; show it in a field of its own, or not at all.",
    evidence=("BerriAI/litellm#26501", "run-llama/llama_index#21075", "vllm-project/vllm#39885"),
)
def no_leak(answer: Turns) -> Iterator[Verdict]:
    """The content holds no reasoning in a model's own marks."""
    for turn in answer.turns:
        found = MARKS.search(turn.text)
        if found and not MARKS.search(str(answer.asked.get("messages"))):
            yield Problem("the answer only", turn.text[found.start() : found.start() + 80], at=f"{turn.at}, content")


@relation(
    "reasoning.field-parity",
    Level.MAY,
    Basis.DE_FACTO,
    scenario="usage.parity",
    cite="reasoning and reasoning_content are both in use; OpenAI's chat API has neither",
    breaks=("clients that show the reasoning: it is there in one mode and gone in the other",),
    remedy="Name the field alike in bodies and streams.",
    evidence=("BerriAI/litellm#26501", "vllm-project/vllm#39885"),
)
def field_parity(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """Reasoning stands in the same field in a stream as in a body."""
    body, stream = chat_body(run["body"]) if "body" in run else None, run.get("stream")
    chunks = chat_stream(stream) if stream else None
    if body is None or chunks is None:
        yield Inconclusive("no body and stream to compare")
        return
    whole = {field for _, message in body.messages for field in FIELDS if message.get(field)}
    pieces = {field for _, _, delta, _ in deltas(chunks) for field in FIELDS if delta.get(field)}
    if whole != pieces:
        yield Problem(", ".join(sorted(whole)) or "no reasoning", ", ".join(sorted(pieces)) or "none", at="stream")
