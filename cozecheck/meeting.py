"""First contact with a target: is it there, does it speak the API, which model answers?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from cozecheck.errors import NoVerdictError
from cozecheck.exchange import ABSENT, Exchange, FailureKind, Response
from cozecheck.masking import hidden, mask_secrets, secret_values
from cozecheck.probe import Endpoint, Probe
from cozecheck.scenarios import Send, Subject
from cozecheck.views.failures import error_in
from cozecheck.views.requests import UNKNOWN_MODEL

MOST_REQUESTS, MOST_TOKENS = 3, 100
"""What first contact costs at most."""
NONE: Mapping[str, str] = MappingProxyType({})
USUAL = "gpt-4o-mini"
NO_CHAT = ("embed", "whisper", "tts", "dall-e", "moderation", "image", "rerank", "transcribe", "realtime", "sora")
"""Parts of the names of models that do not chat."""
OTHERS: Mapping[str, tuple[str, ...]] = {
    "embedding_model": ("embed",),
    "image_model": ("image", "dall-e"),
    "speech_model": ("tts",),
    "transcription_model": ("whisper", "transcribe"),
}
"""Parts of the names of models that do something else, by the field of a subject."""


@dataclass(frozen=True, slots=True)
class Met:
    """What first contact found out, and what it cost."""

    subject: Subject
    requests: int
    tokens: int


async def meet(probe: Probe, model: str | None, seed: int, others: Mapping[str, str] = NONE) -> Met:
    """Return what to ask for; raise NoVerdictError where there is nobody who could be judged.

    *model* chats, *others* are given by the field of a subject; what is not given is chosen from those listed.
    """
    known = hidden(secrets(probe.endpoint))
    address = mask_secrets(probe.endpoint.base_url, known)
    listed = await probe.send(Send("list", "GET", "/models"), exchange_id="list")
    if listed.failure and listed.failure.kind is FailureKind.CONNECT:
        _require_answer(listed, address)
    ids = tuple(model_ids(listed))
    subject = _choose(Subject(model or _pick(ids), seed), ids, others)
    requests, tokens, answer = await _greet(probe, subject)
    _require_answer(answer, address)
    if _wants_other_cap(answer):
        subject = replace(subject, cap="max_completion_tokens")
        again, more, answer = await _greet(probe, subject)
        requests, tokens = requests + again, tokens + more
    says = mask_secrets(_message(answer), known)
    _require_key(answer, says)
    _require_api(listed, answer, address)
    _require_model(answer, says, subject.model, given=model is not None)
    return Met(subject, requests + 1, tokens)


async def knock(probe: Probe) -> None:
    """Ask for the models, which costs nothing; raise NoVerdictError where nobody answers, or not to our key."""
    known = hidden(secrets(probe.endpoint))
    listed = await probe.send(Send("list", "GET", "/models"), exchange_id="list")
    _require_answer(listed, mask_secrets(probe.endpoint.base_url, known))
    _require_key(listed, mask_secrets(_message(listed), known))


async def _greet(probe: Probe, subject: Subject) -> tuple[int, int, Exchange]:
    """Say hello; return how many requests and tokens it took, and the answer."""
    hello = Send("hello", json=subject.ask("Say hello.", 16))
    answer = await probe.send(hello, exchange_id="hello")
    return 1, cost(answer, hello), answer


def cost(exchange: Exchange, send: Send) -> int:
    """Return the tokens that the answer says it cost, our own guess where a 2xx does not say, else nothing."""
    response = exchange.response
    if response is None or not response.ok:
        return 0
    body = response.json
    usage = body.get("usage") if isinstance(body, dict) else None
    total = usage.get("total_tokens") if isinstance(usage, dict) else None
    return total if isinstance(total, int) and total >= 0 else send.tokens


def secrets(endpoint: Endpoint) -> tuple[str, ...]:
    """Return what lets us in, and nobody may read."""
    return (endpoint.api_key or "", *secret_values(endpoint.base_url, endpoint.headers))


def model_ids(listed: Exchange) -> Iterator[str]:
    """Yield the models of a list, however it is wrapped."""
    body = listed.response.json if listed.response else None
    data = body.get("data") if isinstance(body, dict) else body
    ids = (item.get("id") for item in (data if isinstance(data, list) else ()) if isinstance(item, dict))
    # What is not printable cannot be sent, either.
    yield from (each for each in ids if isinstance(each, str) and each and each.isprintable())


def _pick(ids: tuple[str, ...]) -> str:
    if USUAL in ids or not ids:
        return USUAL
    return next((id for id in ids if not any(part in id.lower() for part in NO_CHAT)), ids[0])


def _choose(subject: Subject, ids: tuple[str, ...], given: Mapping[str, str]) -> Subject:
    """Name the models that do not chat: as given, else the usual one unless only another is listed."""
    named: dict[str, Any] = {}
    for field, parts in OTHERS.items():
        usual = getattr(subject, field)
        fitting = [id for id in ids if any(part in id.lower() for part in parts)]
        named[field] = given.get(field) or (usual if usual in ids or not fitting else fitting[0])
    return replace(subject, **named)


def _require_answer(exchange: Exchange, address: str) -> None:
    if exchange.failure and exchange.response is None:
        raise NoVerdictError(
            f"{address} cannot be judged: {exchange.failure.detail}; is the server running, and is --base-url right?"
        )


def _require_key(answer: Exchange, says: str) -> None:
    if answer.response and answer.response.status in (401, 403):
        reason = f"{answer.response.status}: {says}"
        raise NoVerdictError(f"the target refuses our key ({reason}); give one with --api-key or OPENAI_API_KEY")


def _require_api(listed: Exchange, answer: Exchange, address: str) -> None:
    """Require that one of the two speaks JSON or streams, and is there: all else is somebody else's."""
    responses = [exchange.response for exchange in (listed, answer) if exchange.response]
    last = responses[-1]
    if all(response.json is ABSENT and not response.is_stream for response in responses):
        what = "HTML" if b"<" in last.content[:200] else f"{last.status} without JSON"
    elif all(response.status in (404, 405) and not _is_envelope(response) for response in responses):
        what = f"{last.status} to everything"
    else:
        return
    hint = "does the base URL lack its /v1, or lead somewhere else?"
    raise NoVerdictError(f"{address} answers {what}, which is not OpenAI's API; {hint}")


def _is_envelope(response: Response) -> bool:
    return isinstance(error_in(response.json), dict)


def _require_model(answer: Exchange, says: str, model: str, *, given: bool) -> None:
    response = answer.response
    if response and 400 <= response.status < 500 and UNKNOWN_MODEL.search(says.lower()):
        hint = "is it spelt right?" if given else "name one with --model"
        raise NoVerdictError(f"the target does not have the model {model!r} ({says}); {hint}")


def _wants_other_cap(answer: Exchange) -> bool:
    response = answer.response
    return bool(response and response.status == 400 and "max_completion_tokens" in _message(answer))


def _message(answer: Exchange) -> str:
    error = error_in(answer.response.json) if answer.response else None
    words = error.get("message") if isinstance(error, dict) else error
    return " ".join(str(words or "no reason given").split())[:200]
