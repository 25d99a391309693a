"""Tool calls compared: names, and arguments by the schema of the tool."""

from collections.abc import Iterable, Mapping
from typing import Any

from cozecheck.contract import schemas
from cozecheck.diff.telling import Differences, told
from cozecheck.exchange import ABSENT, parse_json
from cozecheck.views.turns import listed, tool_name

CALLS = frozenset(("function_call", "custom_tool_call"))
"""Types of output items that call a tool of the application."""


def offered(asked: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the schemas of the request's tools, by name."""
    tools = (
        *listed(asked.get("tools")),
        *({"type": "function", "function": each} for each in listed(asked.get("functions"))),
    )
    return {name: _schema(tool) for tool in tools if (name := tool_name(tool))}


def _schema(tool: Mapping[str, Any]) -> Mapping[str, Any]:
    inner = tool.get("function", tool)
    schema = inner.get("parameters") if isinstance(inner, dict) else None
    return schema if isinstance(schema, dict) else {}


def arguments(was: str, now: str, at: str, schema: Mapping[str, Any]) -> Differences:
    """Compare the arguments of two calls of one tool."""
    before, after = parse_json(was).value, parse_json(now).value
    if before is ABSENT:
        yield told("tools.arguments", at, was, now)
    elif after is ABSENT:
        yield told("tools.json", at, "JSON", now)
    elif not schemas.faults(schema, before) and (found := schemas.faults(schema, after)):
        place, fault = found[0]
        yield told("tools.schema", at + place, "as in the tool's schema", fault)
    elif isinstance(before, dict) != isinstance(after, dict):
        yield told("tools.schema", at, was, now)
    else:
        yield told("tools.arguments", at, was, now)


def arguments_alone(now: Any, at: str, schema: Mapping[str, Any]) -> Differences:
    """Judge the arguments of a call that the original does not make."""
    if not isinstance(now, str):
        return
    after = parse_json(now).value
    if after is ABSENT:
        yield told("tools.json", at, "JSON", now)
    elif found := schemas.faults(schema, after):
        yield told("tools.schema", at + found[0][0], "as in the tool's schema", found[0][1])


def ruled_out(was: list[str], now: list[str], at: str, asked: Mapping[str, Any]) -> Differences:
    """Tell of calls that the request rules out, where the original has none of them."""
    allowed = _allowed(asked.get("tool_choice"))
    if allowed is not None and set(was) <= allowed and not set(now) <= allowed:
        yield told("tools.forbidden", at, sorted(allowed) or "no call", sorted(now))
    elif asked.get("parallel_tool_calls") is False and len(was) <= 1 < len(now):
        yield told("tools.forbidden", at, "one call", sorted(now))


def _allowed(choice: Any) -> set[str] | None:
    """Return the names of the tools that a tool_choice leaves; None where it leaves all."""
    if choice == "none":
        return set()
    inner = choice.get("allowed_tools", choice) if isinstance(choice, dict) else {}
    listed = inner.get("tools")
    return {tool_name(each) for each in listed} if isinstance(listed, list) else None


def names(was: Iterable[str], now: Iterable[str], at: str, tools: Iterable[str]) -> Differences:
    """Compare the names of the tools that are called; without *tools* in the request, any name will do."""
    before, after, known = sorted(was), sorted(now), set(tools)
    if before and not after:
        yield told("tools.lost", at, before, after)
    strange = [name for name in after if known and name not in known and name not in before]
    if strange:
        yield told("tools.unknown", at, sorted(known), strange)
    elif after and before != after:
        yield told("tools.choice", at, before, after)
