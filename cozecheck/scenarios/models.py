"""Scenarios: models that are there, and one that is not."""

from collections.abc import Callable
from urllib.parse import quote

from cozecheck.exchange import Exchange
from cozecheck.scenarios.sending import Send, Steps, Subject, scenario

SEGMENT = "!$&'()*+,;=:@"
"""What the SDKs leave as it is in a part of a path; a slash becomes %2F."""
NOBODYS = {"slash": "no-such/model:7b", "letters": "no-such-größe-模型", "long": "no-such-" + "x" * 240}
NO_SUCH_MODEL = "no-such-model-4711"
NOT_THERE = "there is no such model"


@scenario("models.all", "models")
def every(subject: Subject) -> Steps:
    """The list, one model of it, and an answer by the model in question."""
    listed = yield Send("list", "GET", "/models")
    model = subject.model if subject.model in _ids(listed) else next(iter(_ids(listed)), subject.model)
    yield Send("retrieve", "GET", f"/models/{quote(model, safe='/:@')}")
    yield Send("chat", json=subject.ask("Say hello.", 16))


def _ids(exchange: Exchange) -> list[str]:
    body = exchange.response.json if exchange.response else None
    data = body.get("data") if isinstance(body, dict) else None
    items = data if isinstance(data, list) else []
    ids = [item["id"] for item in items if isinstance(item, dict) and isinstance(item.get("id"), str)]
    return [each for each in ids if each and each.isprintable()]


@scenario("models.unknown", "models.retrieve-unknown", "models.unknown-*", "errors")
def unknown(subject: Subject) -> Steps:
    """A model that nobody has."""
    question = {**subject.ask("Say hello.", 8), "model": NO_SUCH_MODEL}
    yield Send("retrieve", "GET", f"/models/{NO_SUCH_MODEL}", wrong=NOT_THERE)
    yield Send("body", json=question, wrong=NOT_THERE)
    yield Send("stream", json={**question, "stream": True}, wrong=NOT_THERE)


@scenario("models.odd", "models.retrieve-*", "models.list-stable", "errors.*")
def odd(_subject: Subject) -> Steps:
    """The list again, models whose ids have slashes, colons or other letters, and ids that nobody has."""
    first = yield Send("list", "GET", "/models")
    yield Send("list again", "GET", "/models")
    for number, model in enumerate(_odd(_ids(first)), 1):
        yield Send(f"odd {number}", "GET", f"/models/{quote(model, safe=SEGMENT)}")
    for name, model in NOBODYS.items():
        yield Send(f"unknown {name}", "GET", f"/models/{quote(model, safe=SEGMENT)}", wrong=NOT_THERE)


def _odd(ids: list[str]) -> list[str]:
    """Return a few ids that are hard on a path, of each kind one."""
    kinds: tuple[Callable[[str], bool], ...] = (lambda id: "/" in id, lambda id: ":" in id, lambda id: not id.isascii())
    found = [next((id for id in ids if kind(id)), None) for kind in kinds]
    return list(dict.fromkeys(id for id in found if id))
