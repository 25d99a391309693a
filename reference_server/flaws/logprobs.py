"""Flaws of logprobs."""

from collections.abc import Iterator

from reference_server.flaws.canned import SERVER_ERROR
from reference_server.flaws.kinds import answer, asked, before, chunk
from reference_server.flaws.messages import Json, Reply, Request


def tokens(answer: Json) -> Iterator[Json]:
    """The tokens of a chat answer that have logprobs."""
    for choice in answer["choices"]:
        yield from (choice.get("logprobs") or {}).get("content") or ()


def scored(answer: Json) -> Iterator[Json]:
    """The tokens of a chat answer and their alternatives."""
    for token in tokens(answer):
        yield token
        yield from token["top_logprobs"]


@before("logprobs.accepted")
def logprobs_500(request: Request) -> Request | Reply:
    """A request for logprobs at temperature 0 is answered 500."""
    asks = request.is_chat and request.json.get("logprobs") is True and request.json.get("temperature") == 0
    return SERVER_ERROR if asks else request


@answer("logprobs.present")
def logprobs_dropped(answer: Json) -> None:
    """The logprobs of a chat answer are null."""
    for choice in answer["choices"]:
        choice["logprobs"] = None


@chunk("logprobs.present", "logprobs.stream-parity")
def logprobs_dropped_in_streams(chunk: Json) -> None:
    """The logprobs of a stream are null."""
    for choice in chunk["choices"]:
        choice["logprobs"] = None


@answer("logprobs.shape")
def logprob_string(answer: Json) -> None:
    """A logprob is a string."""
    for token in tokens(answer):
        token["logprob"] = str(token["logprob"])


@answer("logprobs.nonpositive")
def logprob_positive(answer: Json) -> None:
    """A logprob has lost its sign."""
    for token in scored(answer):
        token["logprob"] = abs(token["logprob"])


@answer("logprobs.bytes")
def logprob_bytes_null(answer: Json) -> None:
    """The bytes of a token are null."""
    for token in scored(answer):
        token["bytes"] = None


@answer("logprobs.tokens-join")
def logprob_token_missing(answer: Json) -> None:
    """The first token of the text has no logprob."""
    for choice in answer["choices"]:
        if choice["logprobs"]:
            del choice["logprobs"]["content"][0]


@answer("logprobs.top-count")
def top_logprobs_ignored(answer: Json) -> None:
    """No token has alternatives."""
    for token in tokens(answer):
        token["top_logprobs"] = []


@answer("logprobs.top-sorted")
def top_logprobs_reversed(answer: Json) -> None:
    """The alternatives of a token begin with the unlikeliest."""
    for token in tokens(answer):
        token["top_logprobs"].reverse()


@answer("logprobs.mass")
def top_logprobs_equal(answer: Json) -> None:
    """All alternatives of a token are as likely as the first."""
    for token in tokens(answer):
        for other in token["top_logprobs"]:
            other["logprob"] = token["top_logprobs"][0]["logprob"]


@answer("logprobs.top-agrees")
def logprob_disagrees(answer: Json) -> None:
    """A token is less likely than among its own alternatives."""
    for token in tokens(answer):
        token["logprob"] -= 1.0


@asked("logprobs.unrequested")
def logprobs_unrequested(asked: Json) -> None:
    """Every text has logprobs, asked for or not."""
    if "top_logprobs" not in asked:
        asked.setdefault("logprobs", True)


@asked("logprobs.top-alone")
def top_logprobs_alone_accepted(asked: Json) -> None:
    """Where no logprobs are asked for, top_logprobs is ignored."""
    if not asked.get("logprobs"):
        asked.pop("top_logprobs", None)
