"""What the API refuses, named for the refusal."""

from collections.abc import Mapping, Sequence
from math import ceil
from types import MappingProxyType

INVALID = "invalid_request_error"
NO_HEADERS: Mapping[str, str] = MappingProxyType({})
VISIBLE_KEY_ENDS = (3, 4)
LONGEST_MASK = 24
LONGEST_MESSAGE = 4096
LONGEST_PARAM = 256
FOREVER = float("inf")
LIMIT_NAMES = {
    "requests": "requests per min (RPM)",
    "tokens": "tokens per min (TPM)",
    "concurrency": "requests at a time (concurrency)",
}


class Refusal(Exception):  # noqa: N818  (it is an answer)
    """A request that is answered with OpenAI's error envelope and an HTTP status."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        kind: str = INVALID,
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> None:
        """Keep what the envelope says: `kind` is its `type`."""
        # What it repeats of a request may be as long as a body.
        self.message = shortened(message, LONGEST_MESSAGE)
        super().__init__(self.message)
        self.status = status
        self.code = code
        self.param = shortened(param, LONGEST_PARAM) if param else param
        self.kind = kind
        self.headers = headers


class NotJson(Refusal):
    """The body is no strict JSON."""

    def __init__(self, reason: str) -> None:
        """Say why, with the parser's word on the place."""
        super().__init__(400, f"We could not parse the JSON body of your request: {reason}.")


class MissingParameter(Refusal):
    """A required parameter is absent."""

    def __init__(self, param: str) -> None:
        """Name its path, such as `messages[0].role`."""
        message = f"Missing required parameter: '{param}'."
        super().__init__(400, message, code="missing_required_parameter", param=param)


class UnknownParameter(Refusal):
    """A parameter that the API does not have."""

    def __init__(self, param: str) -> None:
        """Name its path."""
        super().__init__(400, f"Unknown parameter: '{param}'.", code="unknown_parameter", param=param)


class InvalidType(Refusal):
    """A value of the wrong type."""

    def __init__(self, param: str, expected: str, got: str) -> None:
        """Name both types in words: `a string`, `an array`."""
        where = f" for '{param}'" if param else ""
        message = f"Invalid type{where}: expected {expected}, but got {got} instead."
        super().__init__(400, message, code="invalid_type", param=param or None)


class InvalidValue(Refusal):
    """A value of the right type that is not one of those allowed."""

    def __init__(self, param: str, value: str, supported: Sequence[str]) -> None:
        """List the supported values."""
        *most, last = [f"'{name}'" for name in supported]
        names = f"{', '.join(most)}, and {last}" if most else last
        message = f"Invalid value: '{value}'. Supported values are: {names}."
        super().__init__(400, message, code="invalid_value", param=param)


class NotAllowedTogether(Refusal):
    """A parameter that makes no sense beside, or without, another."""

    def __init__(self, param: str, message: str) -> None:
        """Name the parameter that has to go."""
        super().__init__(400, message, param=param)


class Malformed(Refusal):
    """A string that breaks the rule for its place: a token id, a function's name."""

    def __init__(self, param: str, rule: str) -> None:
        """Say the rule."""
        super().__init__(400, f"Invalid '{param}': {rule}", code="invalid_value", param=param)


class OutOfRange(Refusal):
    """A number below its minimum or above its maximum."""

    def __init__(self, param: str, kind: str, value: float, bound: int, *, below: bool) -> None:
        """`kind` is what the parameter is: `integer` or `decimal`."""
        side, end, sign = ("below", "minimum", ">=") if below else ("above", "maximum", "<=")
        message = (
            f"Invalid '{param}': {kind} {side} {end} value. Expected a value {sign} {bound}, but got {value} instead."
        )
        super().__init__(400, message, code=f"{kind}_{side}_{end[:3]}_value", param=param)


class EmptyArray(Refusal):
    """An array that needs at least one element has none."""

    def __init__(self, param: str) -> None:
        """Name the array."""
        message = (
            f"Invalid '{param}': empty array. Expected an array with minimum length 1, but got an empty array instead."
        )
        super().__init__(400, message, code="empty_array", param=param)


class TooLong(Refusal):
    """An array, an object or a string that is longer than allowed."""

    def __init__(self, param: str, what: str, most: int, got: int) -> None:
        """`what` is `array`, `object` or `string`."""
        article = "a" if what == "string" else "an"
        message = (
            f"Invalid '{param}': {what} too long. "
            f"Expected {article} {what} with maximum length {most}, but got {article} {what} with length {got} instead."
        )
        super().__init__(400, message, code=f"{what}_above_max_length", param=param)


class ContextLengthExceeded(Refusal):
    """Prompt and completion together do not fit the engine's context."""

    def __init__(self, limit: int, prompt: int, completion: int | None) -> None:
        """All three in tokens; `completion` is what was asked for, if anything."""
        asked = (
            f"your messages resulted in {prompt} tokens. Please reduce the length of the messages."
            if completion is None
            else f"you requested {prompt + completion} tokens ({prompt} in the messages, {completion} in the "
            "completion). Please reduce the length of the messages or completion."
        )
        message = f"This model's maximum context length is {limit} tokens. However, {asked}"
        super().__init__(400, message, code="context_length_exceeded", param="messages")
        self.limit = limit


class ModelNotFound(Refusal):
    """No route leads from this model to an engine."""

    def __init__(self, model: str) -> None:
        """Use the words of the endpoints that generate."""
        message = f"The model `{model}` does not exist or you do not have access to it."
        super().__init__(404, message, code="model_not_found")


class OtherPaths(Refusal):
    """A model whose engine is of use on other paths."""

    def __init__(self, paths: Sequence[str]) -> None:
        """Name them."""
        message = f"This model's engine serves only {', '.join(f'v1{path}' for path in paths)}."
        super().__init__(404, message, code="model_not_supported", param="model")


class ModelNotListed(Refusal):
    """`GET /models/{id}` for an id that is not listed."""

    def __init__(self, model: str) -> None:
        """Use the words of the models endpoint."""
        super().__init__(404, f"The model '{model}' does not exist", code="model_not_found", param="model")


class RequestedModelNotFound(Refusal):
    """No route leads from this model to an engine, in the words of the Responses API."""

    def __init__(self, model: str) -> None:
        """It is a 400 there, and names the parameter."""
        super().__init__(400, f"The requested model '{model}' does not exist.", code="model_not_found", param="model")


class NotKept(Refusal):
    """An id under which nothing is kept."""

    def __init__(self, what: str, identifier: str) -> None:
        """`what` is `Response`, `Conversation`, `Item` or `Chat completion`."""
        super().__init__(404, f"{what} with id '{identifier}' not found.")


class PreviousNotKept(Refusal):
    """A response to go on from that is not kept."""

    def __init__(self, identifier: str) -> None:
        """Name the parameter."""
        message = f"Previous response with id '{identifier}' not found."
        super().__init__(400, message, code="previous_response_not_found", param="previous_response_id")


class InputTooLong(Refusal):
    """The input does not fit the engine's context, in the words of the Responses API."""

    def __init__(self) -> None:
        """Name the parameter."""
        message = "Your input exceeds the context window of this model. Please adjust your input and try again."
        super().__init__(400, message, code="context_length_exceeded", param="input")


class NotServed(Refusal):
    """Something documented that this server does not have."""

    def __init__(self, param: str, what: str) -> None:
        """`what` names the value, or the whole parameter."""
        message = f"Unsupported value: '{param}' does not support {what} on this server."
        super().__init__(400, message, code="unsupported_value", param=param)


class InputsTooLong(Refusal):
    """An input, or all of them together, that an embedding model can't take."""

    def __init__(self, most: int, got: int) -> None:
        """Both in tokens."""
        message = (
            f"This model's maximum context length is {most} tokens, however you requested {got} tokens "
            f"({got} in your prompt; 0 for the completion). Please reduce your prompt."
        )
        super().__init__(400, message, code="context_length_exceeded", param="input")


class PromptTooLong(Refusal):
    """Prompt and completion do not fit the engine's context, in the words of the old completions."""

    def __init__(self, limit: int, prompt: int, completion: int) -> None:
        """All three in tokens."""
        message = (
            f"This model's maximum context length is {limit} tokens, however you requested {prompt + completion} "
            f"tokens ({prompt} in your prompt; {completion} for the completion). Please reduce your prompt; or "
            "completion length."
        )
        super().__init__(400, message, code="context_length_exceeded", param="prompt")


class TooFewDimensions(Refusal):
    """Vectors of no dimension, or less, in the words of the embeddings endpoint."""

    def __init__(self, value: int) -> None:
        """It names no param."""
        super().__init__(400, f"{value} is less than the minimum of 1 - 'dimensions'")


class UnknownToken(Refusal):
    """A token id that the vocabulary does not have."""

    def __init__(self, where: str, token: int, most: int) -> None:
        """`most` is the largest id there is; it names no param."""
        message = f"Invalid token in {where}: {token}. Minimum value is 0, maximum value is {most} (inclusive)."
        super().__init__(400, message)


class NoSuchFile(Refusal):
    """An id under which no file is kept."""

    def __init__(self, identifier: str) -> None:
        """Use the words of the files endpoint."""
        super().__init__(404, f"No such File object: {identifier}", param="id")


class NoSuchBatch(Refusal):
    """An id under which no batch is kept."""

    def __init__(self, identifier: str) -> None:
        """Use the words of the batches endpoint."""
        super().__init__(404, f"No batch found with id '{identifier}'.")


class StorageFull(Refusal):
    """All files together would be more than this server keeps."""

    def __init__(self, most: int) -> None:
        """The bound is in bytes."""
        super().__init__(413, f"This server keeps at most {most} bytes of files: delete some.", code="storage_full")


class MissingKey(Refusal):
    """Keys are on, and the request brings none."""

    def __init__(self) -> None:
        """Ask for the Authorization header."""
        message = (
            "You didn't provide an API key. You need to provide your API key in an Authorization header "
            "using Bearer auth (i.e. Authorization: Bearer YOUR_KEY)."
        )
        super().__init__(401, message, headers={"www-authenticate": 'Bearer realm="OpenAI API"'})


class InvalidKey(Refusal):
    """A key that is not one of ours."""

    def __init__(self, key: str) -> None:
        """Repeat the key masked, never whole."""
        message = f"Incorrect API key provided: {masked(key)}. Ask the operator of this server for a key."
        headers = {"www-authenticate": 'Bearer realm="OpenAI API"'}
        super().__init__(401, message, code="invalid_api_key", headers=headers)


class RateLimited(Refusal):
    """A key has used up one of its limits."""

    def __init__(self, what: str, used: int, most: int, wanted: int, wait: float, headers: Mapping[str, str]) -> None:
        """`what` is `requests`, `tokens` or `concurrency`; `wait` is in seconds, and infinite where it is no use."""
        self.what = what
        limit = LIMIT_NAMES[what]
        retry = retry_headers(wait) if wait < FOREVER else {"x-should-retry": "false"}
        advice = f"Please try again in {wait:.3f}s." if wait < FOREVER else "The request is larger than the limit."
        message = f"Rate limit reached on {limit}: Limit {most}, Used {used}, Requested {wanted}. {advice}"
        kind = "tokens" if what == "tokens" else "requests"
        super().__init__(429, message, code="rate_limit_exceeded", kind=kind, headers={**headers, **retry})


class Overloaded(Refusal):
    """An engine's queue is full."""

    def __init__(self, wait: float) -> None:
        """`wait` is when to come back, in seconds."""
        message = "The engine is currently overloaded, please try again later."
        headers = {**retry_headers(wait), "x-should-retry": "true"}
        super().__init__(503, message, code="engine_overloaded", kind="server_error", headers=headers)


class NoEngine(Refusal):
    """Every engine for the model is down."""

    def __init__(self, wait: float) -> None:
        """`wait` is when the first may be back, in seconds."""
        message = "No engine for this model can be asked at the moment, please try again later."
        headers = {**retry_headers(wait), "x-should-retry": "true"}
        super().__init__(503, message, code="engine_unavailable", kind="server_error", headers=headers)


class StateAway(Refusal):
    """The database of what is kept does not answer."""

    def __init__(self) -> None:
        """Ask to come back soon."""
        message = "What this server keeps can't be reached at the moment, please try again later."
        headers = {**retry_headers(1), "x-should-retry": "true"}
        super().__init__(503, message, code="state_unavailable", kind="server_error", headers=headers)


class UnknownPath(Refusal):
    """A path that leads nowhere."""

    def __init__(self, method: str, path: str) -> None:
        """Repeat the request line."""
        super().__init__(404, f"Invalid URL ({method} {path})")


class MethodNotAllowed(Refusal):
    """A path that exists, asked with a method it does not have."""

    def __init__(self, method: str, path: str, allowed: Sequence[str]) -> None:
        """Name the allowed methods in `Allow`."""
        message = f"Not allowed to {method} on {path}. (HINT: Perhaps you meant to use a different HTTP method?)"
        super().__init__(405, message, code="method_not_supported", headers={"allow": ", ".join(allowed)})


class BodyTooLarge(Refusal):
    """A body beyond the limit."""

    def __init__(self, limit: int) -> None:
        """The limit is in bytes."""
        super().__init__(413, f"The request body is larger than {limit} bytes.", code="request_too_large")


class TimedOut(Refusal):
    """The engine gave no answer in time."""

    def __init__(self, seconds: float) -> None:
        """The limit that ran out."""
        message = f"The engine did not answer within {seconds:g} seconds."
        super().__init__(504, message, code="timeout", kind="server_error")


class ServerFault(Refusal):
    """Our own failure, told without its details."""

    def __init__(self, request_id: str) -> None:
        """Name the request, so that the operator finds the log line."""
        message = (
            "The server had an error processing your request. Sorry about that! You can retry your request. "
            f"(Please include the request ID {request_id} when you report this.)"
        )
        super().__init__(500, message, kind="server_error")


def retry_headers(wait: float) -> Mapping[str, str]:
    """Return when to come back: in whole seconds, and in milliseconds for clients that can."""
    return {"retry-after": str(max(ceil(wait), 1)), "retry-after-ms": str(max(ceil(1000 * wait), 1))}


def shortened(text: str, most: int) -> str:
    """Return a text, or its first characters where it is longer than so many."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def masked(key: str) -> str:
    """Return a key with its middle starred; a short key is stars only."""
    head, tail = VISIBLE_KEY_ENDS
    stars = "*" * min(len(key), LONGEST_MASK)
    return stars if len(key) < 3 * (head + tail) else f"{key[:head]}{stars}{key[-tail:]}"
