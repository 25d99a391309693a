"""Flaws of refusals: their status, envelope and meaning."""

from dataclasses import replace

from reference_server.flaws.canned import SERVER_ERROR, accept, refuse
from reference_server.flaws.events import write_event
from reference_server.flaws.kinds import after, before, error
from reference_server.flaws.messages import Json, Reply, Request

TELLING_CODES = ("invalid_api_key", "model_not_found", "context_length_exceeded")  # other checks want these
EVERY = 5  # one chat request in so many meets the rate limit


@after("errors.envelope", "errors.unknown-route", "errors.method-not-allowed")
def error_detail(_: Request, reply: Reply) -> Reply:
    """A 4xx has FastAPI's body, {"detail": message}."""
    return reply.with_json({"detail": reply.error["message"]}) if reply.error and reply.status < 500 else reply


@after("errors.envelope", "errors.unknown-route", "errors.method-not-allowed")
def error_flat(_: Request, reply: Reply) -> Reply:
    """An error's fields stand at the top, beside "object": "error"."""
    return reply.with_json({"object": "error", **reply.error}) if reply.error else reply


@after("errors.envelope", "errors.unknown-route", "errors.method-not-allowed")
def error_string(_: Request, reply: Reply) -> Reply:
    """An error is a bare string."""
    return reply.with_json({"error": reply.error["message"]}) if reply.error else reply


@after("errors.body-present")
def error_empty_body(request: Request, reply: Reply) -> Reply:
    """A request without a key is refused with an empty body."""
    return replace(reply, body=b"") if reply.status == 401 and "authorization" not in request.headers else reply


@error("errors.keys")
def error_keys_missing(error: Json) -> None:
    """An error has no param and no code where they would be null."""
    for key in ("param", "code"):
        if error[key] is None:
            del error[key]


@error("errors.message")
def error_message_empty(error: Json) -> None:
    """The message of an error is empty."""
    error["message"] = ""


@error("errors.type-string")
def error_type_missing_string(error: Json) -> None:
    """The type of an error is null."""
    error["type"] = None


@error("errors.code-type")
def error_code_int(error: Json) -> None:
    """The code of an error is a number, but for three codes that clients look for."""
    if error["code"] not in TELLING_CODES:
        error["code"] = 1234


@error("errors.param-type")
def error_param_list(error: Json) -> None:
    """The param of an error is a list where it would be null."""
    if error["param"] is None:
        error["param"] = []


@error("errors.null-literal")
def error_param_none(error: Json) -> None:
    """The param of an error is the word "None" where it would be null."""
    if error["param"] is None:
        error["param"] = "None"


@after("errors.code-meaning")
def error_code_status(_: Request, reply: Reply) -> Reply:
    """The code of an error is the status, but for three codes that clients look for."""
    if not reply.error or reply.error["code"] in TELLING_CODES:
        return reply
    return reply.with_json({"error": {**reply.error, "code": str(reply.status)}})


@after("errors.status-not-200")
def error_in_200(request: Request, reply: Reply) -> Reply:
    """A chat request with `user` gets an error with status 200; streams are left alone."""
    failure = {"error": {"message": "The engine failed.", "type": "server_error", "param": None, "code": None}}
    return reply.with_json(failure) if reply.answers(request) and "user" in request.json else reply


@after("errors.status-not-200")
def stream_error_in_200(request: Request, reply: Reply) -> Reply:
    """An invalid request for a stream is refused by an event in a stream with status 200."""
    if not _is_invalid(request, reply) or request.json.get("stream") is not True:
        return reply
    head = reply.with_header("content-type", "text/event-stream; charset=utf-8")
    return replace(head, status=200, body=write_event({"error": reply.error}))


@after("errors.malformed-body")
def malformed_500(request: Request, reply: Reply) -> Reply:
    """A body that is not JSON is answered 500."""
    return replace(reply, status=500) if _is_malformed(request, reply) else reply


@after("errors.malformed-body")
def malformed_accepted(request: Request, reply: Reply) -> Reply:
    """A body that is not JSON is answered as if it were a chat request."""
    return accept(request, reply) if _is_malformed(request, reply) else reply


@before("errors.media-type")
def media_type_500(request: Request) -> Request | Reply:
    """JSON that is called plain text is answered 500."""
    mislabelled = request.is_chat and request.headers.get("content-type", "").startswith("text/plain")
    return SERVER_ERROR if mislabelled else request


@after("errors.invalid-not-5xx")
def invalid_500(request: Request, reply: Reply) -> Reply:
    """An invalid chat request without tools, formats and images is refused with 500."""
    is_plain = not any(word in request.body for word in _BEYOND_TEXT)
    return replace(reply, status=500) if is_plain and _is_invalid(request, reply) else reply


@after("errors.invalid-status")
def invalid_422(request: Request, reply: Reply) -> Reply:
    """An invalid chat request is refused with 422."""
    return replace(reply, status=422) if _is_invalid(request, reply) else reply


@error("errors.param-named")
def error_param_null(error: Json) -> None:
    """The param of an error is null, unless the parameter, or the model, is unknown."""
    if error["code"] not in ("unknown_parameter", "model_not_found"):
        error["param"] = None


@after("errors.context-length")
def context_500(_: Request, reply: Reply) -> Reply:
    """A prompt longer than the context is answered 500."""
    return replace(reply, status=500) if _is_too_long(reply) else reply


@after("errors.context-length")
def context_truncated(request: Request, reply: Reply) -> Reply:
    """A prompt longer than the context is cut to eight tokens, and answered."""
    return accept(request, reply) if _is_too_long(reply) else reply


@after("errors.context-length-code")
def context_no_code(_: Request, reply: Reply) -> Reply:
    """The refusal of a prompt longer than the context has no code."""
    return reply.with_json({"error": {**reply.error, "code": None}}) if _is_too_long(reply) else reply


@after("errors.unknown-route", "errors.envelope")
def unknown_route_html(_: Request, reply: Reply) -> Reply:
    """An unknown path is answered 404 with a page of HTML."""
    page = replace(reply, body=b"<html><body><h1>404 Not Found</h1></body></html>")
    return page.with_header("content-type", "text/html") if _is_unknown_route(reply) else reply


@after("errors.unknown-route")
def unknown_route_400(_: Request, reply: Reply) -> Reply:
    """An unknown path is answered 400."""
    return replace(reply, status=400) if _is_unknown_route(reply) else reply


@after("errors.method-not-allowed")
def method_500(request: Request, reply: Reply) -> Reply:
    """A wrong method is answered 500."""
    return replace(reply, status=500) if _is_wrong_method(request, reply) else reply


@after("errors.method-not-allowed", "errors.envelope")
def method_plain(request: Request, reply: Reply) -> Reply:
    """A wrong method is answered 405 in plain text."""
    plain = replace(reply, body=b"Method Not Allowed").with_header("content-type", "text/plain")
    return plain if _is_wrong_method(request, reply) else reply


@before("errors.retry-after")
def rate_limit_no_retry_after(request: Request) -> Request | Reply:
    """The first of every five chat requests gets a 429 that does not say when to come back."""
    message = "Rate limit reached on requests per min (RPM): Limit 60, Used 60, Requested 1."
    limited = refuse(429, message, kind="requests", code="rate_limit_exceeded")
    return limited if request.is_chat and request.number % EVERY == 0 else request


def _is_malformed(request: Request, reply: Reply) -> bool:
    is_image = "image" in str(reply.error.get("code"))  # which names no param, either
    return request.is_chat and reply.status == 400 and reply.error.get("param") is None and not is_image


_BEYOND_TEXT = (b'"tools"', b'"tool_choice"', b'"response_format"', b'"image_url"')


def _is_invalid(request: Request, reply: Reply) -> bool:
    return request.is_chat and reply.status == 400 and not _is_malformed(request, reply) and not _is_too_long(reply)


def _is_too_long(reply: Reply) -> bool:
    return reply.error.get("code") == "context_length_exceeded"


def _is_unknown_route(reply: Reply) -> bool:
    return reply.status == 404 and str(reply.error.get("message")).startswith("Invalid URL")


def _is_wrong_method(request: Request, reply: Reply) -> bool:
    return reply.status == 405 and request.method != "OPTIONS"
