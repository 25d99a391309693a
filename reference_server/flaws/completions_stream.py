"""Flaws of completions of prompts, sent as a stream."""

from collections.abc import Iterator, Sequence

from reference_server.flaws.events import DONE, Event, counts, finishes, is_chunk
from reference_server.flaws.kinds import before, stream
from reference_server.flaws.messages import Request


def of_prompts(request: Request) -> bool:
    """Whether a request asks for a completion of prompts."""
    return request.calls("POST", "/completions") and not request.is_chat


@stream("completions.stream.schema", when=of_prompts)
def completion_chunks_of_chat(event: Event, _: Sequence[Event]) -> Iterator[Event]:
    """The object of a chunk is that of a chat's."""
    yield {**event, "object": "chat.completion.chunk"} if is_chunk(event) else event


@stream("completions.stream.id-constant", when=of_prompts)
def completion_chunk_id_changes(event: Event, before: Sequence[Event]) -> Iterator[Event]:
    """Every chunk has an id of its own."""
    yield {**event, "id": f"{event['id']}{len(before)}"} if is_chunk(event) else event


@stream("completions.stream.done-terminator", when=of_prompts)
def completion_stream_no_done(event: Event, _: Sequence[Event]) -> Iterator[Event]:
    """A stream of completions ends without [DONE]."""
    if event != DONE:
        yield event


@stream("completions.stream.finish", when=of_prompts)
def completion_stream_no_finish(event: Event, _: Sequence[Event]) -> Iterator[Event]:
    """A stream of completions ends without a finish_reason."""
    if not finishes(event):
        yield event


@stream("completions.stream.finish-null", when=of_prompts)
def completion_chunk_no_finish_key(event: Event, _: Sequence[Event]) -> Iterator[Event]:
    """The finish_reason is absent until the choice ends."""
    if is_chunk(event) and not finishes(event):
        choices = [{key: choice[key] for key in choice if key != "finish_reason"} for choice in event["choices"]]
        yield {**event, "choices": choices}
    else:
        yield event


@stream("completions.stream.usage-included", when=of_prompts)
def completion_usage_not_included(event: Event, _: Sequence[Event]) -> Iterator[Event]:
    """The usage that include_usage asks for does not come."""
    if not counts(event):
        yield event


@stream("completions.stream.usage-alone", when=of_prompts)
def completion_usage_with_choice(event: Event, _: Sequence[Event]) -> Iterator[Event]:
    """The chunk with the usage has a choice without text."""
    if counts(event):
        yield {**event, "choices": [{"text": "", "index": 0, "logprobs": None, "finish_reason": None}]}
    else:
        yield event


@before("completions.stream.usage-unrequested")
def completion_usage_unrequested(request: Request) -> Request:
    """Every stream of completions has the usage, asked for or not."""
    given = request.json
    unasked = of_prompts(request) and given.get("stream") is True and "stream_options" not in given
    return request.with_json({**given, "stream_options": {"include_usage": True}}) if unasked else request


@stream("completions.stream.parity", when=of_prompts)
def completion_stream_loses_text(event: Event, before: Sequence[Event]) -> Iterator[Event]:
    """The third chunk of a stream of completions is lost."""
    if len(before) != 2:
        yield event


@before("completions.stream.usage-parity")
def completion_stream_miscounted(request: Request) -> Request:
    """A stream with its usage counts a line feed before the prompt."""
    given = request.json
    counted = of_prompts(request) and "stream_options" in given and isinstance(given.get("prompt"), str)
    return request.with_json({**given, "prompt": "\n\n" + given["prompt"]}) if counted else request


@stream("completions.stream.logprobs", when=of_prompts)
def completion_stream_without_odds(event: Event, _: Sequence[Event]) -> Iterator[Event]:
    """A stream of completions has no logprobs."""
    if is_chunk(event):
        yield {**event, "choices": [{**choice, "logprobs": None} for choice in event["choices"]]}
    else:
        yield event


@before("completions.echo")
def completion_stream_without_prompt(request: Request) -> Request:
    """A stream does not repeat the prompt."""
    return _stream_without(request, "echo")


@before("completions.stop-excluded")
def completion_stream_never_stops(request: Request) -> Request:
    """Stop sequences stop no stream."""
    return _stream_without(request, "stop")


@before("completions.n")
def completion_stream_of_one(request: Request) -> Request:
    """A stream has one choice, where several are asked for."""
    return _stream_without(request, "n")


def _stream_without(request: Request, name: str) -> Request:
    """Take a parameter out of a request for a stream of completions."""
    given = request.json
    if not of_prompts(request) or given.get("stream") is not True or name not in given:
        return request
    return request.with_json({key: value for key, value in given.items() if key != name})
