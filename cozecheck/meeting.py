"""First contact with a target: is it there, does it speak the API, which model answers?"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from cozecheck.errors import NoVerdictError
from cozecheck.exchange import ABSENT, Exchange
from cozecheck.probe import Probe
from cozecheck.scenarios import Send, Subject
from cozecheck.views.failures import error_in
from cozecheck.views.requests import UNKNOWN_MODEL

USUAL = "gpt-4o-mini"
NO_CHAT = ("embed", "whisper", "tts", "dall-e", "moderation", "image", "rerank", "transcribe", "realtime", "sora")
"""Parts of the names of models that do not chat."""


@dataclass(frozen=True, slots=True)
class Met:
    """What first contact found out, and what it cost."""

    subject: Subject
    requests: int


async def meet(probe: Probe, model: str | None, seed: int) -> Met:
    """Return what to ask for; raise NoVerdictError where there is nobody who could be judged."""
    listed = await probe.send(Send("list", "GET", "/models"), exchange_id="list")
    _require_answer(listed, probe.endpoint.base_url)
    subject = Subject(model or _pick(tuple(_ids(listed))), seed=seed)
    answer = await probe.send(_hello(subject), exchange_id="hello")
    _require_answer(answer, probe.endpoint.base_url)
    requests = 2
    if _wants_other_cap(answer):
        subject = replace(subject, cap="max_completion_tokens")
        answer = await probe.send(_hello(subject), exchange_id="hello")
        requests = 3
    _require_api(listed, answer, probe.endpoint.base_url)
    _require_key(answer)
    _require_model(answer, subject.model, given=model is not None)
    return Met(subject, requests)


def _hello(subject: Subject) -> Send:
    return Send("hello", json=subject.ask("Say hello.", 16))


def _ids(listed: Exchange) -> Iterator[str]:
    body = listed.response.json if listed.response else None
    data = body.get("data") if isinstance(body, dict) else body
    for item in data if isinstance(data, list) else ():
        if isinstance(item, dict) and isinstance(item.get("id"), str) and item["id"]:
            yield item["id"]


def _pick(ids: tuple[str, ...]) -> str:
    if USUAL in ids or not ids:
        return USUAL
    return next((id for id in ids if not any(part in id.lower() for part in NO_CHAT)), ids[0])


def _require_answer(exchange: Exchange, base_url: str) -> None:
    if exchange.failure and exchange.response is None:
        raise NoVerdictError(
            f"{base_url} cannot be judged: {exchange.failure.detail}; is the server running, and is --base-url right?"
        )


def _require_api(listed: Exchange, answer: Exchange, base_url: str) -> None:
    """Require that one of the two speaks JSON or streams: HTML is somebody else's."""
    responses = [exchange.response for exchange in (listed, answer) if exchange.response]
    if any(response.json is not ABSENT or response.is_stream for response in responses):
        return
    last = responses[-1]
    what = "HTML" if b"<" in last.content[:200] else f"{last.status} without JSON"
    raise NoVerdictError(
        f"{base_url} answers {what}, not OpenAI's API; does the base URL lack its /v1, or lead somewhere else?"
    )


def _require_key(answer: Exchange) -> None:
    if answer.response and answer.response.status in (401, 403):
        reason = f"{answer.response.status}: {_message(answer)}"
        raise NoVerdictError(f"the target refuses our key ({reason}); give one with --api-key or OPENAI_API_KEY")


def _require_model(answer: Exchange, model: str, *, given: bool) -> None:
    response = answer.response
    if response and 400 <= response.status < 500 and UNKNOWN_MODEL.search(_message(answer).lower()):
        hint = "is it spelt right?" if given else "name one with --model"
        raise NoVerdictError(f"the target does not have the model {model!r} ({_message(answer)}); {hint}")


def _wants_other_cap(answer: Exchange) -> bool:
    response = answer.response
    return bool(response and response.status == 400 and "max_completion_tokens" in _message(answer))


def _message(answer: Exchange) -> str:
    error = error_in(answer.response.json) if answer.response else None
    words = error.get("message") if isinstance(error, dict) else error
    return " ".join(str(words or "no reason given").split())[:200]
