"""Checks: what a refusal looks like."""

import re
from collections.abc import Iterator
from typing import Any

from cozecheck.checks.registry import check
from cozecheck.contract import sources
from cozecheck.contract.operations import api_path, is_known_path, methods
from cozecheck.exchange import ABSENT, Exchange
from cozecheck.findings import Basis, Inconclusive, Level, Problem, Verdict
from cozecheck.views import answers
from cozecheck.views.chat import chat_answer
from cozecheck.views.failures import Refusal, envelope, error_in, refusal, worded_refusal
from cozecheck.views.requests import (
    WORDS_PER_TOKEN,
    Asked,
    asked_chat,
    garbled,
    illegal_chat,
    is_nonsense,
    mislabelled,
)
from cozecheck.views.wire import Answer, answer

WRITE_ENVELOPE = 'Answer `{"error": {"message": …, "type": …, "param": …, "code": …}}` from every error handler.'
KEYS = ("message", "type", "param", "code")


@check(
    "errors.body-present",
    Level.SHOULD,
    Basis.SPEC,
    of=refusal,
    cite=sources.ERROR_RESPONSE,
    breaks=("people: an exception without a word in it",),
    remedy=WRITE_ENVELOPE,
)
def body_present(it: Refusal) -> Iterator[Verdict]:
    """An error has a body."""
    if not it.response.content.strip():
        yield Problem("an error in the envelope", f"{it.response.status} with an empty body", at="body")


@check(
    "errors.envelope",
    Level.MUST,
    Basis.SPEC,
    of=worded_refusal,
    cite=sources.ERROR_RESPONSE,
    breaks=("openai-python: APIError.code, .param and .type are None", "clients that act on error.code"),
    remedy=WRITE_ENVELOPE,
    evidence=("vllm-project/vllm#12886", "sgl-project/sglang#7487", "infinity#295", "ray#64833"),
)
def in_envelope(it: Refusal) -> Iterator[Verdict]:
    """An error body is JSON with an object under `error`."""
    if it.may_be_a_proxy and it.response.json is ABSENT:
        yield Inconclusive(f"{it.response.status}: a proxy before the server may have said it")
    elif not isinstance(it.error, dict):
        shown = it.response.json if it.error is ABSENT else {"error": it.error}
        text = it.response.content[:160].decode("utf-8", "replace") if shown is ABSENT else shown
        yield Problem('{"error": {…}}', text, at="body")


@check(
    "errors.keys",
    Level.SHOULD,
    Basis.SPEC,
    of=envelope,
    cite=sources.ERROR + "/required",
    breaks=("typed clients in which the four keys are required",),
    remedy="Send all four keys, null where there is nothing to say.",
)
def keys(it: Refusal) -> Iterator[Verdict]:
    """An error has the keys message, type, param and code."""
    missing = [key for key in KEYS if key not in it.error]
    if missing:
        yield Problem("message, type, param, code", f"without {', '.join(missing)}", at="/error")


@check(
    "errors.message",
    Level.MUST,
    Basis.SPEC,
    of=envelope,
    cite=sources.ERROR + "/properties/message",
    breaks=("everybody who reads the log",),
    remedy="Say in `message` what is wrong and what to do.",
)
def message(it: Refusal) -> Iterator[Verdict]:
    """The message of an error is a string that says something."""
    said = it.error.get("message", ABSENT)
    if not isinstance(said, str) or not said.strip():
        yield Problem("words", said, at="/error/message")


@check(
    "errors.type-string",
    Level.MUST,
    Basis.SPEC,
    of=envelope,
    cite=sources.ERROR + "/properties/type",
    breaks=("go-openai, openai-dotnet: the type is not nullable",),
    remedy="Set `type`: invalid_request_error, server_error, requests, tokens or insufficient_quota.",
)
def type_string(it: Refusal) -> Iterator[Verdict]:
    """The type of an error, where it is sent, is a string that is not empty."""
    kind = it.error.get("type", ABSENT)
    if kind is not ABSENT and (not isinstance(kind, str) or not kind):
        yield Problem("a string", kind, at="/error/type")


@check(
    "errors.code-type",
    Level.MUST,
    Basis.SPEC,
    of=envelope,
    cite=sources.ERROR + "/properties/code",
    breaks=("go-openai and other typed clients fail to decode the error",),
    remedy="Send `code` as a string, such as model_not_found, or null.",
    evidence=("sashabaranov/go-openai#244", "weaviate#3551", "envoyproxy/ai-gateway#2203"),
)
def code_type(it: Refusal) -> Iterator[Verdict]:
    """The code of an error is a string or null."""
    if it.may_be_a_proxy and it.error.get("code") == it.response.status:
        yield Inconclusive(f"{it.response.status}: a proxy before the server may have said it")
        return
    yield from _string_or_null(it, "code")


@check(
    "errors.param-type",
    Level.MUST,
    Basis.SPEC,
    of=envelope,
    cite=sources.ERROR + "/properties/param",
    breaks=("typed clients fail to decode the error",),
    remedy="Send `param` as the name of a parameter, or null.",
)
def param_type(it: Refusal) -> Iterator[Verdict]:
    """The param of an error is a string or null."""
    yield from _string_or_null(it, "param")


def _string_or_null(it: Refusal, key: str) -> Iterator[Verdict]:
    value = it.error.get(key)
    if not isinstance(value, str | None):
        yield Problem("a string or null", value, at=f"/error/{key}")


@check(
    "errors.null-literal",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=envelope,
    cite=sources.WIRE,
    breaks=("clients that show or act on `param`: there is no parameter called None",),
    remedy="Send JSON null for what is not known.",
)
def null_literal(it: Refusal) -> Iterator[Verdict]:
    """What is not known is null, not a word for nothing."""
    for key in KEYS:
        if it.error.get(key) in ("None", "null", "nil", "undefined"):
            yield Problem("null", it.error[key], at=f"/error/{key}")


@check(
    "errors.code-meaning",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=envelope,
    cite=sources.ERROR_CODES,
    breaks=("clients that look for model_not_found, context_length_exceeded or rate_limit_exceeded",),
    remedy="Name the reason in `code`; the status is in the status line already.",
)
def code_meaning(it: Refusal) -> Iterator[Verdict]:
    """The code names a reason; it does not repeat the HTTP status."""
    code = it.error.get("code")
    if isinstance(code, str) and code.isdigit():
        yield Problem("a reason, or null", code, at="/error/code")


def chat_success(exchange: Exchange) -> Answer | None:
    """Read a 2xx answer to a request for a chat completion."""
    whole = chat_answer(exchange)
    return whole if whole and whole.response.ok else None


@check(
    "errors.status-not-200",
    Level.MUST,
    Basis.SDK,
    of=chat_success,
    cite=sources.PYTHON_STATUS,
    breaks=("openai-python: no exception, then AttributeError or TypeError where the answer is used",),
    remedy="Look for errors before the first byte, and send them with a 4xx or 5xx status.",
    evidence=("ggml-org/llama.cpp#14566", "worker-vllm#57", "lmstudio#2322"),
)
def status_not_200(it: Answer) -> Iterator[Verdict]:
    """A failure has a failing status, never 2xx with an error inside."""
    if it.response.is_stream:
        first = next((each.value for each in it.response.payloads if each.value is not ABSENT), ABSENT)
        error = error_in(first)
    else:
        error = error_in(it.response.json)
    if error is not ABSENT:
        yield Problem("a 4xx or 5xx status", f"{it.response.status} with {_short(error)}", at="status")


def _short(error: Any) -> str:
    return repr(error)[:160]


@check(
    "errors.malformed-body",
    Level.MUST,
    Basis.TRANSPORT,
    of=garbled,
    cite=sources.HTTP + ", section 15.5.1",
    breaks=("openai-python and -node: two retries of a request that can't succeed",),
    remedy="Catch the parser's error and answer 400.",
    evidence=("ocp#110",),
)
def malformed_body(asked: Asked) -> Iterator[Verdict]:
    """A body that is no JSON object is refused with a 4xx."""
    status = asked.response.status
    if asked.is_kept_out:
        yield Inconclusive(f"refused for another reason ({status})")
    elif not 400 <= status < 500:
        yield Problem("400", f"{status}: {asked.said[:120]}", at="status")


@check(
    "errors.media-type",
    Level.SHOULD,
    Basis.TRANSPORT,
    of=mislabelled,
    cite=sources.HTTP + ", section 15.5.16",
    breaks=("openai-python and -node: two retries of a request that can't succeed",),
    remedy="Read the body as JSON all the same, or answer 400 or 415.",
)
def media_type(asked: Asked) -> Iterator[Verdict]:
    """A body that is not called JSON is read all the same, or refused with a 4xx."""
    if asked.response.status >= 500:
        yield Problem("an answer, 400 or 415", f"{asked.response.status}: {asked.said[:120]}", at="status")


@check(
    "errors.invalid-not-5xx",
    Level.MUST,
    Basis.TRANSPORT,
    of=illegal_chat,
    cite=sources.HTTP + ", section 15.6; " + sources.PYTHON_RETRIES,
    breaks=("openai-python and -node: two retries of a request that can't succeed, then InternalServerError",),
    remedy="Validate first; answer 400 with the parameter's name.",
    evidence=("ggml-org/llama.cpp#23463", "mistral-vibe#1006", "theia#17104"),
)
def invalid_not_5xx(asked: Asked) -> Iterator[Verdict]:
    """An invalid request is answered with a 4xx, not with a 5xx."""
    status = asked.response.status
    if asked.is_kept_out or asked.is_overloaded:
        yield Inconclusive(f"refused for another reason ({status})")
    elif status >= 500 and status != 501:
        yield Problem(f"400 ({asked.faults[0].detail})", f"{status}: {asked.said[:120]}", at="status")


@check(
    "errors.invalid-status",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=illegal_chat,
    cite=sources.ERROR_CODES + "; " + sources.PYTHON_STATUS,
    breaks=("openai-python: UnprocessableEntityError, or another, where the application catches BadRequestError",),
    remedy="Answer 400.",
    evidence=("pi#1578",),
)
def invalid_status(asked: Asked) -> Iterator[Verdict]:
    """An invalid request is answered with 400."""
    status = asked.response.status
    missing_model = any(fault.param == "model" for fault in asked.faults) and status == 404
    if 400 <= status < 500 and status not in (400, 401, 403, 429) and not missing_model:
        yield Problem(f"400 ({asked.faults[0].detail})", status, at="status")


def one_fault(exchange: Exchange) -> Asked | None:
    """Read the enveloped refusal of a request in which one thing is wrong."""
    asked = illegal_chat(exchange)
    return asked if asked and asked.response.status in (400, 404, 422) and _is_single(asked) else None


def _is_single(asked: Asked) -> bool:
    return bool(asked.error) and len(asked.faults) == 1


@check(
    "errors.param-named",
    Level.SHOULD,
    Basis.SPEC,
    of=one_fault,
    cite=sources.ERROR + "/properties/param",
    breaks=("clients that fix or drop the parameter which the server names",),
    remedy="Put the path of the offending parameter into `param`, as in messages[0].role.",
)
def param_named(asked: Asked) -> Iterator[Verdict]:
    """The error of an invalid request names the parameter that is wrong."""
    wrong = asked.faults[0].param
    named = asked.error.get("param")
    if isinstance(named, str) and wrong.partition("[")[0] in re.findall(r"\w+", named):
        return
    if asked.lacks:
        yield Inconclusive(f"refused for another parameter ({asked.lacks})")
    else:
        yield Problem(wrong, named, at="/error/param")


TOO_LONG = (
    "context length",
    "context_length",
    "context window",
    "context size",
    "maximum context",
    "prompt is too long",
    "input is too long",
    "too many tokens",
)
"""How servers say, in lower case, that a prompt does not fit."""
HUGE = 8_000
"""Words of prompt beyond which a small context must be full."""


def long_prompt(exchange: Exchange) -> Asked | None:
    """Read an answer to a prompt that is very long, or that the server calls too long."""
    asked = asked_chat(exchange)
    if asked is None:
        whole = chat_answer(exchange)
        if whole is None or exchange.request.is_whole:
            return None
        asked = Asked(exchange, whole.response, {})
    says_so = any(words in asked.says for words in TOO_LONG) or asked.error.get("code") == "context_length_exceeded"
    return asked if asked.words > HUGE or (says_so and not asked.response.ok) else None


@check(
    "errors.context-length",
    Level.MUST,
    Basis.TRANSPORT,
    of=long_prompt,
    cite=sources.HTTP + ", section 15.5",
    breaks=("clients that shorten the prompt and try again; and answers to half a question",),
    remedy="Count the prompt first; answer 400 with code context_length_exceeded; never cut it silently.",
    evidence=("kronk#861", "lmstudio#2322", "vllm-project/vllm#37011", "NVIDIA/TensorRT-LLM#19457"),
)
def context_length(asked: Asked) -> Iterator[Verdict]:
    """A prompt longer than the context is refused with a 4xx: not cut silently, not a 5xx."""
    status = asked.response.status
    if asked.is_kept_out or asked.is_overloaded:
        yield Inconclusive(f"refused for another reason ({status})")
    elif status >= 500:
        yield Problem("400", f"{status}: {asked.said[:120]}", at="status")
    elif asked.response.ok:
        counted = answers.usage(asked.exchange).get("prompt_tokens")
        if isinstance(counted, int) and 0 < counted * WORDS_PER_TOKEN < asked.words:
            yield Problem("the whole prompt, or a refusal", f"{counted} tokens of {asked.words:,} words", at="/usage")
        else:
            yield Inconclusive("the prompt fitted: the model's context is longer than the prompt")


@check(
    "errors.context-length-code",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=long_prompt,
    cite=sources.WIRE,
    breaks=("LangChain, LiteLLM and others, which look for the code to shorten the prompt",),
    remedy="Set code to context_length_exceeded.",
    evidence=("vllm-project/vllm#37011",),
)
def context_length_code(asked: Asked) -> Iterator[Verdict]:
    """A prompt that is too long is refused with the code context_length_exceeded."""
    if 400 <= asked.response.status < 500 and any(words in asked.says for words in TOO_LONG) and asked.error:
        code = asked.error.get("code")
        if code != "context_length_exceeded":
            yield Problem("context_length_exceeded", code, at="/error/code")
    else:
        yield Inconclusive("no prompt was refused for its length")


def unknown_route(exchange: Exchange) -> Answer | None:
    """Read an answer to a path that the API does not have."""
    path = api_path(exchange.request.path)
    if not path or is_known_path(path) or exchange.request.method in ("OPTIONS", "HEAD"):
        return None
    whole = answer(exchange)
    # Servers have paths of their own; that one does not exist is sure where we made it up, or where they say so.
    sure = exchange.scenario == "errors.route" or is_nonsense(path)
    return whole if whole and (sure or not whole.response.ok) else None


@check(
    "errors.unknown-route",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=unknown_route,
    cite=sources.ERROR_CODES + "; " + sources.HTTP + ", section 15.5.5",
    breaks=("clients that probe for a feature and act on NotFoundError",),
    remedy="Answer 404, in the envelope, from a catch-all route.",
    evidence=("uor-r4#764",),
)
def route_unknown(it: Answer) -> Iterator[Verdict]:
    """A path that does not exist answers 404 in the envelope."""
    if it.response.status not in (404, 401, 403):
        yield Problem("404", it.response.status, at="status")
    elif not isinstance(error_in(it.response.json), dict):
        yield Problem('404 with {"error": {…}}', it.response.content[:120].decode("utf-8", "replace"), at="body")


def wrong_method(exchange: Exchange) -> Answer | None:
    """Read an answer to a method that a path of the API does not have."""
    path = api_path(exchange.request.path)
    if path is None or exchange.request.method in ("OPTIONS", "HEAD"):
        return None
    allowed = methods(path)
    is_wrong = bool(allowed) and exchange.request.method not in allowed
    return answer(exchange) if is_wrong else None


@check(
    "errors.method-not-allowed",
    Level.SHOULD,
    Basis.TRANSPORT,
    of=wrong_method,
    cite=sources.HTTP + ", section 15.5.6",
    breaks=("nobody at once; a 5xx here is retried, a 200 hides a typing mistake",),
    remedy="Answer 405, in the envelope.",
)
def method_not_allowed(it: Answer) -> Iterator[Verdict]:
    """A method that a path does not have answers 405 (or 404) in the envelope."""
    if it.response.status not in (405, 404, 401, 403):
        yield Problem("405", it.response.status, at="status")
    elif not isinstance(error_in(it.response.json), dict):
        yield Problem('405 with {"error": {…}}', it.response.content[:120].decode("utf-8", "replace"), at="body")


def throttled(exchange: Exchange) -> Answer | None:
    """Read a 429 or 503."""
    whole = answer(exchange)
    if whole is None or whole.response.status not in (429, 503) or not whole.response.headers:
        return None
    error = error_in(whole.response.json)
    # No patience helps against an empty account.
    return None if isinstance(error, dict) and error.get("code") == "insufficient_quota" else whole


@check(
    "errors.retry-after",
    Level.SHOULD,
    Basis.TRANSPORT,
    of=throttled,
    cite=sources.HTTP + ", section 10.2.3; " + sources.PYTHON_RETRIES,
    breaks=("openai-python and -node: guess the delay, and come back too early",),
    remedy="Send Retry-After in seconds (or retry-after-ms) with every 429 and 503.",
    evidence=("BerriAI/litellm#4695", "OpenGateLLM#364"),
)
def retry_after(it: Answer) -> Iterator[Verdict]:
    """429 and 503 say when to come back."""
    headers = it.response.headers
    if not headers.get("retry-after") and not headers.get("retry-after-ms"):
        yield Problem("retry-after", ABSENT, at="retry-after")
