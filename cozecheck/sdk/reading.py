"""What the official client makes of captured bytes: it survives, or raises."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from operator import attrgetter
from typing import Any, Final

import httpx2
import openai

from cozecheck.contract.operations import operation
from cozecheck.exchange import ABSENT, Exchange, Response
from cozecheck.sdk.client import call, client, hushed
from cozecheck.views.wire import answer

SURVIVES: Final = "survives"
MOST_BYTES: Final = 1024 * 1024
MOST_EVENTS: Final = 2_000
"""Longer answers are not read: the client's accumulation takes time with the square of their number."""
MOST_WORDS: Final = 200

_UNDERSTOOD = (openai.LengthFinishReasonError, openai.ContentFilterFinishReasonError)
"""How the client tells that an answer was cut; an error event it tells as a plain APIError."""
_OF_THE_WIRE = frozenset(("content-encoding", "content-length", "transfer-encoding"))

Read = Callable[[Any], object]


def _each(items: str, *names: str) -> Read:
    """Read these attributes of every item under *items*."""
    read = attrgetter(*names)
    return lambda it: [read(item) for item in getattr(it, items)]


def _page(it: Any) -> object:
    return [item.id for item in it.data], it.next_page_info()


def _text(it: Any) -> object:
    return it if isinstance(it, str) else it.text


READS: Mapping[str, Read] = {
    "chat.completions.create": _each("choices", "message.content", "message.tool_calls", "finish_reason"),
    "completions.create": _each("choices", "text", "finish_reason"),
    "embeddings.create": _each("data", "embedding"),
    "moderations.create": _each("results", "flagged"),
    "images.generate": _each("data", "b64_json", "url"),
    "images.edit": _each("data", "b64_json", "url"),
    "responses.create": attrgetter("id", "output_text"),
    "responses.retrieve": attrgetter("id", "output_text"),
    "conversations.items.create": attrgetter("data"),
    "responses.delete": lambda it: it,
    "responses.input_tokens.count": attrgetter("input_tokens"),
    "audio.transcriptions.create": _text,
    "audio.translations.create": _text,
    "audio.speech.create": lambda it: it.read(),
    "files.content": lambda it: it.read(),
}
"""What everybody reads of an answer, by operation; of a list its items, of anything else its id."""


class Reader:
    """The official client, to which captured responses are given to read."""

    def __init__(self) -> None:
        self._response = httpx2.Response(200)
        self._client = client(lambda _: self._response)

    def read(self, exchange: Exchange) -> Exchange:
        """Return *exchange* with what the client makes of it."""
        return replace(exchange, sdk=self.word(exchange))

    def word(self, exchange: Exchange) -> str:
        """Return `survives`, or `raises TYPE in WHERE: WORDS`; empty for what the client is not asked about."""
        asked, response = operation(exchange.request), _readable(exchange)
        method = _method(self._client, asked.name) if asked and response else None
        if asked is None or response is None or method is None:
            return ""
        said = SURVIVES
        with hushed():
            for where, go in _ways(self._client, asked.name, method, exchange.request.json):
                self._response = _fed(response)
                error = _raised(go)
                if error is None:
                    break
                words = " ".join(str(error).split())[:MOST_WORDS]
                said = f"raises {type(error).__name__} in {where}" + (f": {words}" if words else "")
        return said


def _raised(go: Callable[[], object]) -> Exception | None:
    """Return what *go* raises, if it is not the client's word for something it has understood."""
    try:
        go()
    except _UNDERSTOOD:
        return None
    except Exception as error:
        return None if type(error) is openai.APIError else error
    return None


def _readable(exchange: Exchange) -> Response | None:
    """Return a response that a client gets to read: 2xx, whole, of a size that is bounded, to what a client may ask."""
    whole = answer(exchange)
    if whole is None or not whole.response.ok or whole.response.decoded.fault:
        return None
    if not isinstance(exchange.request.json.get("stream", False), bool | None):
        return None
    response = whole.response
    if len(response.content) > MOST_BYTES or (response.is_stream and len(response.stream.events) > MOST_EVENTS):
        return None
    return response


def _fed(response: Response) -> httpx2.Response:
    lines = [
        (name.encode("latin-1", "replace"), value.encode("latin-1", "replace"))
        for name, value in response.headers.lines
        if name.lower() not in _OF_THE_WIRE
    ]
    if not response.headers and response.json is not ABSENT:
        # A recorder left the headers out: the client goes by what JSON is called.
        lines.append((b"content-type", b"application/json"))
    return httpx2.Response(response.status, headers=lines, content=response.content)


def _ways(
    sdk: openai.OpenAI, name: str, method: Callable[..., Any], body: Mapping[str, Any]
) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield the ways in which applications read an answer, each with its name, those that ask most of it first."""
    if not body.get("stream"):
        arguments = _encoding(body) if name == "embeddings.create" else {}
        yield f"{name}()", lambda: READS.get(name, _usual)(call(method, **arguments))
        return
    if name == "chat.completions.create" and not _has_custom_tools(body):
        yield "chat.completions.stream()", lambda: _accumulate_chat(sdk)
    elif name == "responses.create":
        yield "responses.stream()", lambda: _accumulate_response(sdk)
    yield f"{name}(stream=True)", lambda: _iterate(call(method, stream=True))


def _has_custom_tools(body: Mapping[str, Any]) -> bool:
    """Whether tools are offered that `.stream()` refuses to take: it knows functions only."""
    tools = body.get("tools")
    return isinstance(tools, list) and any(isinstance(one, dict) and one.get("type") == "custom" for one in tools)


def _encoding(body: Mapping[str, Any]) -> dict[str, Any]:
    """Ask for floats where floats were asked for; else the client asks for base64 and decodes it by itself."""
    return {"encoding_format": "float"} if body.get("encoding_format") == "float" else {}


def _usual(it: Any) -> object:
    return _page(it) if hasattr(it, "next_page_info") else it.id


def _iterate(stream: Any) -> None:
    for chunk in stream:
        for choice in getattr(chunk, "choices", ()):
            if hasattr(choice, "delta"):
                _ = choice.delta.content


def _accumulate_chat(sdk: openai.OpenAI) -> None:
    with sdk.chat.completions.stream(model="x", messages=[]) as stream:
        stream.get_final_completion()


def _accumulate_response(sdk: openai.OpenAI) -> None:
    with sdk.responses.stream(model="x", input="x") as stream:
        stream.until_done()


def _method(sdk: openai.OpenAI, name: str) -> Callable[..., Any] | None:
    """Return the client's method of this name; None where it has none."""
    try:
        found: Callable[..., Any] = attrgetter(name)(sdk)
    except AttributeError:
        return None
    return found
