"""Flaws of embeddings."""

import base64
from collections.abc import Callable
from struct import pack, unpack
from typing import Any

from reference_server.flaws.canned import SERVER_ERROR
from reference_server.flaws.kinds import after, before, body
from reference_server.flaws.messages import Json, Reply, Request

PATH = "/embeddings"
Numbers = list[float]


@before("embeddings.answered")
def embeddings_500(request: Request) -> Request | Reply:
    """A single text, without a word on the format, is answered 500."""
    plain = _asks(request) and request.json.keys() == {"model", "input"} and isinstance(request.json["input"], str)
    return SERVER_ERROR if plain and request.json["input"] else request


@body(PATH, "embeddings.schema")
def embeddings_without_model(answer: Json) -> None:
    """A list of embeddings does not say by which model."""
    del answer["model"]


@body(PATH, "embeddings.object")
def embeddings_item_without_object(answer: Json) -> None:
    """An embedding has no object."""
    for item in answer["data"]:
        del item["object"]


@body(PATH, "embeddings.count")
def embeddings_first_only(answer: Json) -> None:
    """Of several inputs only the first is embedded."""
    answer["data"] = answer["data"][:1]


@body(PATH, "embeddings.order")
def embeddings_reversed(answer: Json) -> None:
    """The embeddings of a batch come in the order in which they were done, numbered as their inputs."""
    answer["data"].reverse()


@body(PATH, "embeddings.order")
def embeddings_counted_from_one(answer: Json) -> None:
    """The embeddings are numbered from 1."""
    for item in answer["data"]:
        item["index"] += 1


@before("embeddings.encoding", "embeddings.base64-equal")
def embeddings_base64_ignored(request: Request) -> Request:
    """Numbers come where base64 is asked for."""
    return _without(request, "encoding_format", lambda value: value == "base64")


@before("embeddings.encoding")
def embeddings_always_base64(request: Request) -> Request:
    """Base64 comes where nothing is said of the format."""
    given = request.json
    unsaid = _asks(request) and given.get("input") and "encoding_format" not in given
    return request.with_json({**given, "encoding_format": "base64"}) if unsaid else request


@body(PATH, "embeddings.vector")
def embeddings_empty(answer: Json) -> None:
    """Embeddings in numbers are empty."""
    for item in answer["data"]:
        if isinstance(item["embedding"], list):
            item["embedding"] = []


@body(PATH, "embeddings.vector", "embeddings.base64-equal")
def embeddings_base64_cut(answer: Json) -> None:
    """Embeddings in base64 lack their last bytes."""
    for item in answer["data"]:
        if isinstance(item["embedding"], str):
            item["embedding"] = item["embedding"][:-6]


@before("embeddings.dimensions")
def embeddings_dimensions_ignored(request: Request) -> Request:
    """Embeddings have all their dimensions, whatever is asked for."""
    return _without(request, "dimensions", lambda value: value > 0)


@after("embeddings.dimensions-cut")
def embeddings_shortened_from_the_end(request: Request, reply: Reply) -> Reply:
    """A short embedding has its numbers in the reverse order."""
    if not _asks(request) or "dimensions" not in request.json or reply.status != 200:
        return reply
    answer = reply.json
    _change(answer, lambda vector: vector[::-1])
    return reply.with_json(answer)


@body(PATH, "embeddings.unit-length")
def embeddings_not_normalised(answer: Json) -> None:
    """Embeddings have the length 3."""
    _change(answer, lambda vector: [3 * number for number in vector])


@body(PATH, "embeddings.distinct")
def embeddings_constant(answer: Json) -> None:
    """All texts have the same embedding."""
    _change(answer, lambda vector: [len(vector) ** -0.5] * len(vector))


@body(PATH, "embeddings.model-echo")
def embeddings_model_path(answer: Json) -> None:
    """The model of embeddings is a file."""
    answer["model"] = "/models/embedder.gguf"


@body(PATH, "embeddings.usage")
def embeddings_without_usage(answer: Json) -> None:
    """Embeddings do not say what they cost."""
    del answer["usage"]


@body(PATH, "embeddings.usage-sum")
def embeddings_total_zero(answer: Json) -> None:
    """The total of the usage is 0."""
    answer["usage"]["total_tokens"] = 0


@body(PATH, "embeddings.usage-positive")
def embeddings_cost_nothing(answer: Json) -> None:
    """Embeddings cost no tokens."""
    answer["usage"] = {"prompt_tokens": 0, "total_tokens": 0}


@after("embeddings.base64-equal")
def embeddings_base64_backwards(request: Request, reply: Reply) -> Reply:
    """Base64 holds the numbers from the last to the first."""
    answer = reply.json
    if not _asks(request) or request.json.get("encoding_format") != "base64" or reply.status != 200:
        return reply
    _change(answer, lambda vector: vector[::-1])
    return reply.with_json(answer)


@body(PATH, "embeddings.batch-equal")
def embeddings_batch_shifted(answer: Json) -> None:
    """In a batch of three and more every text has the vector of its neighbour."""
    vectors = [item["embedding"] for item in answer["data"]]
    if len(vectors) > 2:
        for item, vector in zip(answer["data"], (*vectors[1:], vectors[0]), strict=True):
            item["embedding"] = vector


@before("embeddings.token-input")
def embeddings_tokens_as_text(request: Request) -> Request:
    """Tokens are embedded as a text of numbers."""
    given = request.json.get("input") if _asks(request) else None
    if not isinstance(given, list) or not given or isinstance(given[0], str):
        return request
    texts = [str(each) for each in given] if isinstance(given[0], list) else str(given)
    return request.with_json({**request.json, "input": texts})


@after("embeddings.input-required")
def embeddings_no_input_500(request: Request, reply: Reply) -> Reply:
    """A request without an input is answered 500."""
    missing = _asks(request) and "input" not in request.json and "model" in request.json
    return reply.with_json(SERVER_ERROR.json, status=500) if missing else reply


@before("embeddings.input-empty")
def embeddings_empty_accepted(request: Request) -> Request:
    """An empty text is embedded."""
    empty = _asks(request) and request.json.get("input") == ""
    return request.with_json({**request.json, "input": " "}) if empty else request


@before("embeddings.bounds")
def embeddings_no_dimensions_accepted(request: Request) -> Request:
    """Dimensions below 1 are ignored."""
    return _without(request, "dimensions", lambda value: value < 1)


@before("embeddings.bounds")
def embeddings_odd_format_accepted(request: Request) -> Request:
    """A format that there is not is ignored."""
    return _without(request, "encoding_format", lambda value: value not in ("float", "base64"))


def _asks(request: Request) -> bool:
    return request.calls("POST", PATH)


def _without(request: Request, name: str, which: Callable[[Any], bool]) -> Request:
    """Take a parameter out of a request for embeddings where its value is such."""
    given = request.json
    if not _asks(request) or name not in given or not which(given[name]):
        return request
    return request.with_json({key: value for key, value in given.items() if key != name})


def _change(answer: Json, change: Callable[[Numbers], Numbers]) -> None:
    """Change every vector, in whichever format it is."""
    for item in answer["data"]:
        vector = item["embedding"]
        if isinstance(vector, list):
            item["embedding"] = change(vector)
        else:
            content = base64.b64decode(vector)
            numbers = change(list(unpack(f"<{len(content) // 4}f", content)))
            item["embedding"] = base64.b64encode(pack(f"<{len(numbers)}f", *numbers)).decode()
