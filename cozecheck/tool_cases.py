"""The tool-call cases: what to send for each, and what an answer called."""

from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from typing import Any

import yaml

from cozecheck.exchange import Exchange
from cozecheck.fidelity import Call, Case, Run, Trial
from cozecheck.scenarios import Send, Subject
from cozecheck.views.chat import chat_body

TOKENS = 512
"""Enough for any of the calls; reasoning comes on top of it at some models, whose cut answers are left out."""


def cases() -> tuple[Case, ...]:
    """Return the cases that are shipped."""
    document = yaml.safe_load((files("cozecheck") / "data" / "tool_cases.yaml").read_text("utf-8"))
    known = document["tools"]
    return tuple(_case(each, {name: known[name] for name in each["tools"]}) for each in document["cases"])


def _case(value: dict[str, Any], tools: dict[str, Any]) -> Case:
    return Case(
        id=value["id"],
        messages=tuple(value["messages"]),
        tools={name: tool["parameters"] for name, tool in tools.items()},
        calls=frozenset(value["calls"]),
        descriptions={name: tool["description"] for name, tool in tools.items()},
    )


def asking(case: Case, subject: Subject) -> Send:
    """Return the request of a case; its name is the case's id."""
    functions = [
        {"name": name, "description": case.descriptions[name], "parameters": schema}
        for name, schema in case.tools.items()
    ]
    tools = [{"type": "function", "function": function} for function in functions]
    body = {"model": subject.model, "messages": list(case.messages), "tools": tools, subject.cap: TOKENS}
    return Send(case.id, json=body)


def runs(known: Sequence[Case], exchanges: Iterable[Exchange]) -> tuple[Run, ...]:
    """Sort recorded answers into runs: the first answer to each case, the second to each, and so on."""
    found: list[dict[str, Trial]] = []
    for id, trial in _trials(known, exchanges):
        run = next((run for run in found if id not in run), None)
        if run is None:
            run = {}
            found.append(run)
        run[id] = trial
    return tuple(found)


def _trials(known: Sequence[Case], exchanges: Iterable[Exchange]) -> Iterator[tuple[str, Trial]]:
    """Yield each whole answer to a case with what it called; a case is known by its messages."""
    for exchange in exchanges:
        body = chat_body(exchange)
        asked = exchange.request.json.get("messages")
        case = next((case for case in known if list(case.messages) == asked), None)
        if case and body and len(body.messages) == 1 and body.choices[0].get("finish_reason") != "length":
            yield case.id, tuple(_calls(body.messages[0][1]))


def _calls(message: dict[str, Any]) -> Iterator[Call]:
    calls = message.get("tool_calls")
    for call in calls if isinstance(calls, list) else ():
        function = call.get("function") if isinstance(call, dict) else None
        if isinstance(function, dict):
            yield Call(str(function.get("name")), str(function.get("arguments")))
