"""Scenarios: models that are there, and one that is not."""

from urllib.parse import quote

from cozecheck.exchange import Exchange
from cozecheck.scenarios.sending import Send, Steps, Subject, scenario

NO_SUCH_MODEL = "no-such-model-4711"


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
    wrong = "there is no such model"
    yield Send("retrieve", "GET", f"/models/{NO_SUCH_MODEL}", wrong=wrong)
    yield Send("body", json=question, wrong=wrong)
    yield Send("stream", json={**question, "stream": True}, wrong=wrong)
