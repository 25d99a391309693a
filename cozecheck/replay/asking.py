"""A recorded request, made ready to be sent to somebody else."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit

from cozecheck.contract import multipart
from cozecheck.contract.operations import api_path, is_known_path, operation
from cozecheck.exchange import ABSENT, Exchange, Headers, Request
from cozecheck.masking import is_secret
from cozecheck.recordings import Recording
from cozecheck.replay.ids import renamed
from cozecheck.replay.models import ModelMap
from cozecheck.scenarios.sending import Key, Send
from cozecheck.views.failures import error_in

METHODS: Final = frozenset(("GET", "POST", "PUT", "PATCH", "DELETE"))
KEPT: Final = frozenset(("content-type", "accept", "openai-beta", "idempotency-key"))
"""Headers of a recording that mean something to another server; all others are about the client, or let in."""
_VALUE = re.compile(r"[\t\x20-\x7e]*")
_PATH = re.compile(r"[\x21-\x7e]+")
_DEPLOYMENT = re.compile(r"/deployments/([^/]+)/")
_CAPACITY = frozenset((408, 409, 429))


def obstacle(recording: Recording, *, keyed: bool) -> str:
    """Say why a request cannot be sent again, empty if it can; *keyed* is a target that wants a key."""
    request, exchange = recording.exchange.request, recording.exchange
    path = api_path(request.path)
    if not request.url:
        return "its URL is blacked out"
    if request.method not in METHODS:
        return f"its method is {request.method[:20]!r}"
    if not path or not is_known_path(path):
        return "it is no request to OpenAI's API"
    if not _PATH.fullmatch(path) or ".." in unquote(path).split("/"):
        return "its path cannot be sent"
    if not request.is_whole:
        return "its body was cut or blacked out by the recorder"
    if _lost_files(request):
        return "its files were not kept by the recorder"
    if _deletes_a_model(exchange):
        return "it deletes a model"
    if _key(exchange) != "right" and not keyed:
        return "it is about keys, and the target is given none"
    return ""


def _lost_files(request: Request) -> bool:
    said = request.headers.get("content-type") or ""
    return said.lower().startswith("multipart/") and not multipart.parse(said, request.body)


def _deletes_a_model(exchange: Exchange) -> bool:
    known = operation(exchange.request)
    done = exchange.response is not None and exchange.response.ok
    return known is not None and known.name == "models.delete" and done


def incomparable(original: Exchange) -> str:
    """Say why an answer says nothing of what another one should be, empty if it does."""
    response = original.response
    if response is None:
        return "the original gave no answer"
    if original.failure is not None:
        return "the original's answer was cut"
    if original.left:
        return "the recorded client left before the end"
    if response.is_stream and not response.content.strip():
        return "the original's stream was recorded without its body"
    if response.status >= 500 or response.status in _CAPACITY:
        return f"the original could not answer just then ({response.status})"
    if response.status == 403:
        return "the original refused the key (403)"
    return ""


def _key(exchange: Exchange) -> Key:
    """Which key shows what a recorded one showed, which is never sent."""
    if exchange.response is None or exchange.response.status != 401:
        return "right"
    error = error_in(exchange.response.json)
    return "wrong" if isinstance(error, dict) and error.get("code") == "invalid_api_key" else "none"


def asking(exchange: Exchange, models: ModelMap, names: Mapping[str, str]) -> Send:
    """Return what is to be sent: below the target's base URL, models and ids by the names that they have there."""
    request = exchange.request
    headers = tuple(_headers(request.headers))
    return Send(
        name=exchange.id,
        method=request.method,
        path=_path(request, models, names),
        content=_content(request, models, names),
        headers=headers,
        key=_key(exchange),
    )


def _headers(headers: Headers) -> Iterable[tuple[str, str]]:
    return ((name, value) for name, value in headers.lines if name.lower() in KEPT and _VALUE.fullmatch(value))


def _path(request: Request, models: ModelMap, names: Mapping[str, str]) -> str:
    steps = [_step(step, names) for step in (api_path(request.path) or "").split("/")]
    if steps[1] == "models" and len(steps) > 2:
        steps[2:] = [quote(models.of(unquote("/".join(steps[2:]))), safe="/:")]
    pairs = (part.partition("=") for part in urlsplit(request.url).query.split("&") if part)
    # Azure's `api-version` is about Azure.
    kept = (name + equals + _step(value, names) for name, equals, value in pairs if _may_go(name))
    query = "&".join(kept)
    return "/".join(steps) + ("?" + query if query else "")


def _step(text: str, names: Mapping[str, str]) -> str:
    meant = unquote(text)
    return quote(names[meant], safe="") if meant in names else text


def _may_go(name: str) -> bool:
    return not is_secret(name) and name != "api-version"


def _content(request: Request, models: ModelMap, names: Mapping[str, str]) -> bytes:
    """Return the body; byte for byte the recorded one where nothing in it has another name now."""
    before = request.parsed.value
    if before is ABSENT:
        return _form(request, models)
    after = renamed(before, names) if names else before
    if isinstance(after, dict):
        after = {**after, **_model(request, after, models)}
    return request.body if after == before else json.dumps(after, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _model(request: Request, body: Mapping[str, Any], models: ModelMap) -> dict[str, str]:
    name = body.get("model")
    deployment = _DEPLOYMENT.search(request.path)  # Azure's way to name the model
    if name is None and deployment:
        name = unquote(deployment[1])
    return {"model": models.of(name)} if isinstance(name, str) else {}


def _form(request: Request, models: ModelMap) -> bytes:
    """Name the model of a form anew; its files stay as they are."""
    parts = multipart.parse(request.headers.get("content-type"), request.body)
    model = next((part.content for part in parts if part.name == "model" and part.filename is None), None)
    if model is None:
        return request.body
    name = models.of(model.decode("utf-8", "replace")).encode()
    field = re.compile(rb'(name="model"[^\r\n]*\r\n(?:[^\r\n]+\r\n)*\r\n)' + re.escape(model))
    return field.sub(lambda found: found[1] + name, request.body, count=1)
