"""Flaws of a chat stream's chunks."""

import re
from collections.abc import Iterator, Sequence
from uuid import NAMESPACE_URL, uuid5

from reference_server.flaws.events import DONE, Event, finishes, is_chunk, speaks, with_delta
from reference_server.flaws.kinds import chunk, stream
from reference_server.flaws.messages import Json

DATE = re.compile(r"-\d{4}-\d\d-\d\d$")


@stream("chat.stream.done-terminator")
def stream_no_done(event: Event, _: Sequence[Event]) -> Iterator[Event]:
    """A stream ends without [DONE]."""
    if event != DONE:
        yield event


@stream("chat.stream.done-terminator")
def stream_done_twice(event: Event, _: Sequence[Event]) -> Iterator[Event]:
    """A stream ends with two [DONE]."""
    yield event
    if event == DONE:
        yield event


@chunk("chat.stream.finish-terminal")
def stream_no_finish(chunk: Json) -> None:
    """No choice of a stream gets a finish_reason."""
    for choice in chunk["choices"]:
        choice["finish_reason"] = None


@stream("chat.stream.finish-once")
def stream_finish_twice(event: Event, _: Sequence[Event]) -> Iterator[Event]:
    """The finish chunk comes twice, the second time with an empty delta."""
    yield event
    if finishes(event):
        yield {**event, "choices": [{**choice, "delta": {}} for choice in event["choices"]]}


@stream("chat.stream.finish-last", "chat.stream.text-parity")
def stream_content_after_finish(event: Event, _: Sequence[Event]) -> Iterator[Event]:
    """A choice goes on after its finish chunk."""
    yield event
    if finishes(event):
        yield with_delta(event, {"content": " And"})


@chunk("chat.stream.finish-key")
def stream_finish_key_absent(chunk: Json) -> None:
    """The key finish_reason is absent until the finish chunk."""
    for choice in chunk["choices"]:
        if choice["finish_reason"] is None:
            del choice["finish_reason"]


@chunk("chat.stream.finish-reason-enum")
def stream_finish_eos(chunk: Json) -> None:
    """The finish_reason of a stream is eos_token where it should be stop."""
    _finish(chunk, instead_of="stop", reason="eos_token")


@chunk("chat.stream.finish-length")
def stream_finish_stop_when_cut(chunk: Json) -> None:
    """The finish_reason of a cut stream is stop."""
    _finish(chunk, instead_of="length", reason="stop")


@stream("chat.stream.breaks-off")
def stream_silent_loss(event: Event, before: Sequence[Event]) -> Iterator[Event]:
    """A stream ends before its finish chunk, and does not say so."""
    if not any(finishes(each) for each in (*before, event)):
        yield event


@stream("chat.stream.error-visible")
def stream_error_string(event: Event, before: Sequence[Event]) -> Iterator[Event]:
    """A stream ends before its finish chunk with an error that is a bare string."""
    if any(finishes(each) for each in before):
        return
    yield {"error": "boom"} if finishes(event) else event


@chunk("chat.stream.role-first")
def stream_no_role(chunk: Json) -> None:
    """No delta has a role."""
    for choice in chunk["choices"]:
        choice["delta"].pop("role", None)


@chunk("chat.stream.role-once")
def stream_role_every_chunk(chunk: Json) -> None:
    """Every delta has the role."""
    for choice in chunk["choices"]:
        choice["delta"]["role"] = "assistant"


@chunk("chat.stream.role-value")
def stream_role_empty(chunk: Json) -> None:
    """The role in the first delta is empty."""
    for choice in chunk["choices"]:
        if "role" in choice["delta"]:
            choice["delta"]["role"] = ""


@stream("chat.stream.id-constant")
def stream_id_changes(event: Event, before: Sequence[Event]) -> Iterator[Event]:
    """Every chunk has an id of its own."""
    yield {**event, "id": f"{event['id']}{len(before)}"} if is_chunk(event) else event


@chunk("chat.stream.id-nonempty")
def stream_id_empty(chunk: Json) -> None:
    """The id of every chunk is empty."""
    chunk["id"] = ""


@chunk("chat.stream.id-prefix")
def stream_id_uuid(chunk: Json) -> None:
    """The id of every chunk is a bare UUID, the same in all."""
    chunk["id"] = str(uuid5(NAMESPACE_URL, chunk["id"]))


@stream("chat.stream.created-constant")
def stream_created_changes(event: Event, before: Sequence[Event]) -> Iterator[Event]:
    """Every chunk is created one second after the one before it."""
    yield {**event, "created": event["created"] + len(before)} if is_chunk(event) else event


@chunk("chat.stream.created-int-seconds")
def stream_created_float(chunk: Json) -> None:
    """The created of every chunk is a float."""
    chunk["created"] += 0.5


@stream("chat.stream.model-constant")
def stream_model_changes(event: Event, before: Sequence[Event]) -> Iterator[Event]:
    """The model turns from an alias into a dated version, or back, after the first chunk."""
    if before and is_chunk(event):
        alias = DATE.sub("", event["model"])
        event["model"] = f"{alias}-2024-07-18" if alias == event["model"] else alias
    yield event


@chunk("chat.stream.model-echo")
def stream_model_path(chunk: Json) -> None:
    """The model of every chunk is the path of a file."""
    chunk["model"] = "/srv/weights/llama-3.gguf"


@stream("chat.stream.fingerprint-constant")
def stream_fingerprint_changes(event: Event, before: Sequence[Event]) -> Iterator[Event]:
    """Every chunk has a system_fingerprint of its own."""
    yield {**event, "system_fingerprint": f"fp_{len(before):010x}"} if is_chunk(event) else event


@chunk("chat.stream.object")
def stream_object_wrong(chunk: Json) -> None:
    """The object of every chunk is chat.completion."""
    chunk["object"] = "chat.completion"


@stream("chat.stream.choices-key")
def stream_choices_missing(event: Event, before: Sequence[Event]) -> Iterator[Event]:
    """One more chunk, the second, has no choices key."""
    yield event
    if is_chunk(event) and not before:
        yield {key: value for key, value in event.items() if key != "choices"}


@chunk("chat.stream.choice-index")
def stream_index_wrong(chunk: Json) -> None:
    """The indices of a stream's choices start at 197."""
    for choice in chunk["choices"]:
        choice["index"] += 197


@stream("chat.stream.delta-present")
def stream_message_for_delta(event: Event, _: Sequence[Event]) -> Iterator[Event]:
    """The finish chunk has a message in place of its delta."""
    if finishes(event):
        for choice in event["choices"]:
            choice["message"] = choice.pop("delta")
    yield event


@stream("chat.stream.schema")
def stream_content_number(event: Event, before: Sequence[Event]) -> Iterator[Event]:
    """One more delta, after the first one with text, has a number for its content."""
    yield event
    if speaks(event) and _is_silent(before):
        yield with_delta(event, {"content": 42})


@stream("chat.stream.chunked")
def stream_one_delta(event: Event, before: Sequence[Event]) -> Iterator[Event]:
    """The whole text of a choice comes in one delta."""
    if finishes(event):
        index = event["choices"][0]["index"]
        said = [each for each in before if speaks(each) and each["choices"][0]["index"] == index]
        if said:
            whole = with_delta(said[-1], {"content": "".join(each["choices"][0]["delta"]["content"] for each in said)})
            whole["choices"][0]["logprobs"] = _joined_logprobs(said)
            yield whole
    if not speaks(event):
        yield event


@stream("chat.stream.utf8-intact")
def stream_utf8_split(event: Event, before: Sequence[Event]) -> Iterator[Event]:
    """The first delta with text ends in a character cut in half, shown as U+FFFD."""
    if speaks(event) and _is_silent(before):
        event["choices"][0]["delta"]["content"] += "\ufffd"
    yield event


@stream("chat.stream.text-parity", when=lambda request: request.is_chat and "logprobs" not in request.json)
def stream_blanks_lost(event: Event, _: Sequence[Event]) -> Iterator[Event]:
    """Deltas lose the blanks at their beginning."""
    if speaks(event):
        for choice in event["choices"]:
            choice["delta"]["content"] = choice["delta"]["content"].lstrip(" ")
    yield event


@chunk("chat.stream.finish-parity")
def stream_finish_length_always(chunk: Json) -> None:
    """A stream that ended by itself says length."""
    _finish(chunk, instead_of="stop", reason="length")


def _joined_logprobs(said: Sequence[Json]) -> Json | None:
    found = [each["choices"][0]["logprobs"] for each in said if each["choices"][0]["logprobs"]]
    return {"content": [token for each in found for token in each["content"]], "refusal": None} if found else None


def _is_silent(before: Sequence[Event]) -> bool:
    return not any(speaks(each) for each in before)


def _finish(chunk: Json, *, instead_of: str, reason: str) -> None:
    for choice in chunk["choices"]:
        if choice["finish_reason"] == instead_of:
            choice["finish_reason"] = reason
