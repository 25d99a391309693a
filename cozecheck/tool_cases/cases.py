"""The cases that are shipped, and what to send for each."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

import yaml

from cozecheck.scenarios import Send, Subject

TOKENS: Final = 512
"""Enough for any of the calls; reasoning comes on top of it at some models, whose cut answers are left out."""


@dataclass(frozen=True, slots=True)
class Case:
    """A conversation, the tools on offer, and those that should be called; none at all, if *calls* is empty."""

    id: str
    messages: tuple[Mapping[str, Any], ...]
    tools: Mapping[str, Mapping[str, Any]]
    """The JSON Schema of each tool's arguments, by the tool's name."""
    calls: frozenset[str]
    descriptions: Mapping[str, str]


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


def asking(case: Case, subject: Subject, *, stream: bool) -> Send:
    """Return the request of a case."""
    functions = [
        {"name": name, "description": case.descriptions[name], "parameters": schema}
        for name, schema in case.tools.items()
    ]
    tools = [{"type": "function", "function": function} for function in functions]
    body = {"model": subject.model, "messages": list(case.messages), "tools": tools, subject.cap: TOKENS}
    return Send(case.id, json=body | {"stream": True} if stream else body)
