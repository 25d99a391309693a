"""A chat completion as Anthropic's message."""

import re
from collections.abc import Iterator, Mapping, Set
from typing import Any

import jiter

from reference_server.engines.upstream_errors import UpstreamBroken
from reference_server.translators.completions import Call, Choice, Completion, Said, Usage

REASONS: Mapping[str, str] = {"length": "max_tokens", "content_filter": "refusal"}
"""Why an answer ends, where that is neither its natural end nor a call."""
NO_USAGE = Usage()
UNFIT = re.compile(r"[^A-Za-z0-9]")
Json = dict[str, Any]


def message(completion: Completion, stops: Set[str], *, shows_thoughts: bool) -> Json:
    """Return a whole message; UpstreamBroken for a completion that says nothing."""
    choice = completion.choices[0] if completion.choices else Choice()
    said = choice.message
    if said is None:
        raise UpstreamBroken("a chat completion without a message")
    reason, sequence = ended(choice, stops, called=bool(said.tool_calls), refused=bool(said.refusal))
    return {
        **head(completion),
        "content": list(content(said, shows_thoughts=shows_thoughts)),
        "stop_reason": reason,
        "stop_sequence": sequence,
        "usage": usage_object(completion.usage or NO_USAGE),
    }


def head(completion: Completion) -> Json:
    """Return what is known of a message from the first."""
    return {
        "id": f"msg_{UNFIT.sub('', completion.id.removeprefix('chatcmpl-'))}",
        "type": "message",
        "role": "assistant",
        "model": completion.model,
    }


def content(said: Said, *, shows_thoughts: bool) -> Iterator[Json]:
    """Yield the blocks of what was said."""
    if shows_thoughts and said.thoughts:
        yield thinking_block(said.thoughts)
    if words := (said.content or "") + (said.refusal or ""):
        yield text_block(words)
    for place, call in enumerate(said.tool_calls or ()):
        yield {**call_block(call, place), "input": arguments(call.function.arguments or "")}


def text_block(text: str = "") -> Json:
    """Return a block of words."""
    return {"type": "text", "text": text}


def thinking_block(thoughts: str = "") -> Json:
    """Return a block of thoughts; nobody signs them, so nobody can hold them against their signature."""
    return {"type": "thinking", "thinking": thoughts, "signature": ""}


def call_block(call: Call, place: int) -> Json:
    """Return the beginning of a call; engines that give it no id get one."""
    if not call.function.name:
        raise UpstreamBroken("a call without a name")
    return {"type": "tool_use", "id": call.id or f"toolu_{place}", "name": call.function.name, "input": {}}


def arguments(written: str) -> Json:
    """Read the arguments of a call, as far as they were written; UpstreamBroken for what is no object."""
    try:
        found = jiter.from_json(written.encode() or b"{}", partial_mode="trailing-strings")
    except ValueError as error:
        raise UpstreamBroken("arguments that are no JSON") from error
    if not isinstance(found, dict):
        raise UpstreamBroken("arguments that are no object")
    return found


def ended(choice: Choice, stops: Set[str], *, called: bool, refused: bool) -> tuple[str, str | None]:
    """Return why an answer ends, and with which stop sequence, if the engine told of one."""
    if refused:
        return "refusal", None
    if reason := REASONS.get(choice.finish_reason or ""):
        return reason, None
    if called:
        return "tool_use", None
    # Some engines put the id of a token here.
    if isinstance(choice.stop_reason, str) and choice.stop_reason in stops:
        return "stop_sequence", choice.stop_reason
    return "end_turn", None


def usage_object(usage: Usage) -> Json:
    """Return token counts; what came out of a cache is counted apart."""
    cached = (usage.prompt_tokens_details and usage.prompt_tokens_details.cached_tokens) or 0
    thought = usage.completion_tokens_details and usage.completion_tokens_details.reasoning_tokens
    return {
        "input_tokens": max(usage.prompt_tokens - cached, 0),
        "output_tokens": usage.completion_tokens,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": cached,
        **({"output_tokens_details": {"thinking_tokens": thought}} if thought else {}),
    }
