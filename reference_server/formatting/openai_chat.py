"""Deltas to OpenAI's chat completion, as one JSON body."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from reference_server.engines.delta import Delta, FinishReason, TokenChance, Usage
from reference_server.formatting.json_text import to_bytes
from reference_server.formatting.logprobs import logprobs_object
from reference_server.formatting.openai_calls import Call, call_fields, gather

NO_USAGE = Usage(0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is the same in every part of one answer; `created` in seconds since 1970.

    One that `tells_stop` has `stop_reason` in its choices, as vLLM's do: the stop sequence that ended it, or null.
    """

    id: str
    created: int
    model: str
    fingerprint: str
    request_id: str
    logprobs: bool = False
    include_usage: bool = False
    tells_stop: bool = False


@dataclass(slots=True)
class Choice:
    """One choice while its deltas come in."""

    texts: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    thoughts: list[str] = field(default_factory=list)
    calls: dict[int, Call] = field(default_factory=dict)
    chances: list[TokenChance] = field(default_factory=list)
    finish: FinishReason | None = None
    stop: str = ""

    def add(self, delta: Delta) -> None:
        """Take in one piece."""
        self.texts.append(delta.text)
        self.refusals.append(delta.refusal)
        self.thoughts.append(delta.reasoning)
        self.chances += delta.chances
        self.finish = delta.finish or self.finish
        self.stop = delta.stop or self.stop
        if delta.call:
            gather(self.calls, delta.call)


@dataclass(slots=True)
class Gathered:
    """A completion while its deltas come in."""

    choices: dict[int, Choice] = field(default_factory=dict)
    usage: Usage = NO_USAGE

    def add(self, delta: Delta) -> None:
        """Take in one piece."""
        if delta.usage:
            self.usage = delta.usage
        else:
            self.choices.setdefault(delta.choice, Choice()).add(delta)

    def completion(self, answer: Answer) -> dict[str, Any]:
        """Return the `chat.completion`."""
        return {
            "id": answer.id,
            "object": "chat.completion",
            "created": answer.created,
            "model": answer.model,
            "choices": [choice_object(index, self.choices[index], answer) for index in sorted(self.choices)],
            "usage": usage_object(self.usage),
            "service_tier": "default",
            "system_fingerprint": answer.fingerprint,
        }


async def completion(deltas: AsyncIterator[Delta], answer: Answer) -> bytes:
    """Collect all deltas into a `chat.completion`."""
    gathered = Gathered()
    async for delta in deltas:
        gathered.add(delta)
    return to_bytes(gathered.completion(answer))


def choice_object(index: int, choice: Choice, answer: Answer) -> dict[str, Any]:
    """Return one choice of a completion."""
    refusal = "".join(choice.refusals) or None
    message: dict[str, Any] = {
        "role": "assistant",
        "content": None if refusal or choice.calls else "".join(choice.texts),
        **call_fields(choice.calls.values()),
        "refusal": refusal,
        "annotations": [],
    }
    # As DeepSeek, vLLM and others call it: OpenAI does not show what its models think.
    if thoughts := "".join(choice.thoughts):
        message["reasoning_content"] = thoughts
    spoken = answer.logprobs and message["content"] is not None
    return {
        "index": index,
        "message": message,
        "logprobs": logprobs_object(choice.chances) if spoken else None,
        "finish_reason": choice.finish,
        **({"stop_reason": choice.stop or None} if answer.tells_stop else {}),
    }


def usage_object(usage: Usage) -> dict[str, Any]:
    """Return token counts with their details."""
    return {
        "prompt_tokens": usage.prompt,
        "completion_tokens": usage.completion,
        "total_tokens": usage.prompt + usage.completion,
        "prompt_tokens_details": {"cached_tokens": usage.cached, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": usage.reasoning,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }
