"""Flaws that only the official client minds: null for an answer, hints that are no events."""

from collections.abc import Iterable, Sequence

from reference_server.flaws.events import Event
from reference_server.flaws.kinds import after, stream
from reference_server.flaws.messages import Reply, Request

RETRY = b"retry: 3000\n\n"


def _null(request: Request, reply: Reply, resource: str) -> Reply:
    """Put null in the place of a JSON answer to a request for this resource."""
    asked = request.path.startswith(f"/v1/{resource}") and not reply.streams
    return reply.with_json(None) if asked and reply.status == 200 else reply


@after("chat.sdk-reads")
def chat_says_null(request: Request, reply: Reply) -> Reply:
    """A chat request is answered 200 with null."""
    return _null(request, reply, "chat/")


@after("completions.sdk-reads")
def completions_say_null(request: Request, reply: Reply) -> Reply:
    """A request for a completion is answered 200 with null."""
    return _null(request, reply, "completions")


@after("embeddings.sdk-reads")
def embeddings_say_null(request: Request, reply: Reply) -> Reply:
    """A request for embeddings is answered 200 with null."""
    return _null(request, reply, "embeddings")


@after("responses.sdk-reads")
def responses_say_null(request: Request, reply: Reply) -> Reply:
    """A request for a response, outside a conversation, is answered 200 with null."""
    asked = request.path.endswith("/responses") and "conversation" not in request.json
    return _null(request, reply, "responses") if asked else reply


@after("conversations.sdk-reads")
def conversations_say_null(request: Request, reply: Reply) -> Reply:
    """A request about conversations is answered 200 with null."""
    return _null(request, reply, "conversations")


@after("moderations.sdk-reads")
def moderations_say_null(request: Request, reply: Reply) -> Reply:
    """A request for a moderation is answered 200 with null."""
    return _null(request, reply, "moderations")


@after("images.sdk-reads")
def images_say_null(request: Request, reply: Reply) -> Reply:
    """A request for images is answered 200 with null."""
    return _null(request, reply, "images/")


@after("audio.sdk-reads")
def transcriptions_say_null(request: Request, reply: Reply) -> Reply:
    """A request for a transcription is answered 200 with null."""
    return _null(request, reply, "audio/transcriptions")


@after("files.sdk-reads")
def files_say_null(request: Request, reply: Reply) -> Reply:
    """A request about files is answered 200 with null."""
    return _null(request, reply, "files")


@after("batches.sdk-reads")
def batches_say_null(request: Request, reply: Reply) -> Reply:
    """A request about batches is answered 200 with null."""
    return _null(request, reply, "batches")


@stream("chat.stream.sdk-reads", when=lambda request: request.is_chat)
def chat_stream_retry_hint(event: Event, before: Sequence[Event]) -> Iterable[Event]:
    """A chat stream begins with a retry hint, which is legal and no event."""
    return (event,) if before else (RETRY, event)


@stream("responses.stream.sdk-reads", when=lambda request: request.path.endswith("/responses"))
def responses_stream_retry_hint(event: Event, before: Sequence[Event]) -> Iterable[Event]:
    """A stream of the Responses API begins with a retry hint, which is legal and no event."""
    return (event,) if before else (RETRY, event)
