"""Flaws of the usage, in bodies and in streams."""

from collections.abc import Iterator, Sequence

from reference_server.flaws.events import Event, counts, finishes
from reference_server.flaws.kinds import answer, answer_and_chunk, asked, chunk, stream
from reference_server.flaws.messages import Json


@answer("usage.present")
def usage_missing(answer: Json) -> None:
    """A chat answer has no usage."""
    del answer["usage"]


@answer("usage.counts")
def usage_string(answer: Json) -> None:
    """The total of a chat answer's usage is a string."""
    answer["usage"]["total_tokens"] = str(answer["usage"]["total_tokens"])


@answer("usage.arithmetic")
def usage_sum_wrong(answer: Json) -> None:
    """The total of a chat answer's usage is one too many."""
    answer["usage"]["total_tokens"] += 1


@answer("usage.positive")
def usage_zero(answer: Json) -> None:
    """A chat answer counts no completion tokens, whatever it says."""
    answer["usage"].update(completion_tokens=0, total_tokens=answer["usage"]["prompt_tokens"])


@answer("usage.details")
def usage_details_exceed(answer: Json) -> None:
    """More prompt tokens of a chat answer come from the cache than there are."""
    details = answer["usage"].setdefault("prompt_tokens_details", {"audio_tokens": 0})
    details["cached_tokens"] = answer["usage"]["prompt_tokens"] + 1


@answer_and_chunk("usage.plausible", "vision.image-counted", "vision.detail-counted")
def usage_constant(value: Json) -> None:
    """Every prompt counts 100 tokens, in bodies and in streams."""
    if value.get("usage"):
        _set_prompt_tokens(value["usage"], 100)


@stream("usage.stream-text-parity")
def usage_last_token_free(event: Event, _: Sequence[Event]) -> Iterator[Event]:
    """A stream does not count the last token of its text."""
    if counts(event) and event["usage"]["completion_tokens"] > 1:
        usage = event["usage"]
        less = {name: usage[name] - 1 for name in ("completion_tokens", "total_tokens")}
        event["usage"] = {**usage, **less}
    yield event


@stream("usage.stream-included")
def usage_not_included(event: Event, _: Sequence[Event]) -> Iterator[Event]:
    """The usage that include_usage asks for does not come."""
    if not counts(event):
        yield event


@asked("usage.stream-unrequested")
def usage_unrequested(asked: Json) -> None:
    """Every stream has the usage, asked for or not."""
    if asked.get("stream") is True and asked.get("stream_options", {}) in ({}, {"include_usage": False}, None):
        asked["stream_options"] = {"include_usage": True}


@stream("usage.stream-empty-choices")
def usage_on_finish_chunk(event: Event, before: Sequence[Event]) -> Iterator[Event]:
    """The usage comes on the finish chunk, without a chunk of its own."""
    if counts(event):
        *others, last = filter(finishes, before)
        yield from others
        yield {**last, "usage": event["usage"]}
    elif not _is_held_back(event):
        yield event


@stream("usage.stream-choices-key")
def usage_chunk_no_choices(event: Event, _: Sequence[Event]) -> Iterator[Event]:
    """The chunk with the usage has no choices key."""
    yield {key: value for key, value in event.items() if key != "choices"} if counts(event) else event


@chunk("usage.stream-null-elsewhere")
def usage_key_absent_elsewhere(chunk: Json) -> None:
    """Chunks other than the one with the usage have no usage key."""
    if not chunk.get("usage"):
        chunk.pop("usage", None)


@stream("usage.stream-last")
def usage_before_finish(event: Event, before: Sequence[Event]) -> Iterator[Event]:
    """The chunk with the usage comes before the finish chunk."""
    if not _is_held_back(event):
        yield event
    if counts(event):
        yield from filter(finishes, before)


@stream("usage.stream-once")
def usage_cumulative(event: Event, _: Sequence[Event]) -> Iterator[Event]:
    """The chunk with the usage comes twice."""
    yield event
    if counts(event):
        yield event


@chunk("usage.stream-parity")
def usage_stream_differs(chunk: Json) -> None:
    """A stream counts three prompt tokens more than a body does."""
    if chunk.get("usage"):
        _set_prompt_tokens(chunk["usage"], chunk["usage"]["prompt_tokens"] + 3)


def _is_held_back(event: Event) -> bool:
    return finishes(event) and "usage" in event


def _set_prompt_tokens(usage: Json, number: int) -> None:
    usage.update(prompt_tokens=number, total_tokens=number + usage["completion_tokens"])
