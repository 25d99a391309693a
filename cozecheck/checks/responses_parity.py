"""Checks: a response's stream beside a body of the same request."""

from collections.abc import Iterator, Mapping
from typing import Any

from cozecheck.checks import rules
from cozecheck.checks.registry import relation
from cozecheck.contract import sources
from cozecheck.exchange import Exchange, parse_json
from cozecheck.findings import Basis, Inconclusive, Level, Problem, Verdict
from cozecheck.views.response_stream import ended_stream
from cozecheck.views.responses import ResponseObject, response_object
from cozecheck.views.support import lacking


@relation(
    "responses.stream.parity",
    Level.SHOULD,
    Basis.DE_FACTO,
    scenario="responses.stream.plain",
    cite=sources.WIRE + ": input tokens agree in 1,858 of 1,859 pairs",
    breaks=("applications that switch streaming on: they get another answer, or another bill",),
    remedy="Make bodies and streams in one place.",
)
def parity(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """A stream counts the same input, and gives the same kinds of items, as a body does."""
    for name in ("body", "stream"):
        lack = lacking(run.get(name), name)
        if lack:
            yield lack
            return
    body, stream = response_object(run["body"]), response_object(run["stream"])
    if body is None or stream is None:
        yield Inconclusive("no two whole responses")
        return
    first, second = map(_counted, (body, stream))
    if not body.usage or not stream.usage:
        yield Inconclusive("no usage on both answers")
    elif first != second:
        yield Problem(f"{first}, as in the body", second, at="stream")


def _counted(it: ResponseObject) -> str:
    kinds = ", ".join(str(item.get("type")) for _, item in it.items)
    return f"{it.usage.get('input_tokens')} input tokens, {kinds or 'no item'}"


@relation(
    "responses.stream.text-parity",
    Level.SHOULD,
    Basis.DE_FACTO,
    scenario="responses.stream.plain",
    cite=sources.RESPONSE_REQUEST + "stream",
    breaks=("applications, once streaming is turned on: words are lost, doubled, or run together",),
    remedy="Send every piece of the text once, in order, its blanks too.",
)
def text_parity(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """The deltas of a stream say what a body says, at temperature 0."""
    bodies, streams = (
        [found for name in names if name in run and (found := read(run[name]))]
        for names, read in ((("body", "body again"), _body_text), (("stream", "stream again"), _streamed_text))
    )
    if len(bodies) < 2 or len(streams) < 2 or bodies[0] != bodies[1] or streams[0] != streams[1]:
        yield lacking(run.get("body"), "temperature 0") or Inconclusive("no two bodies that agree, and two streams")
    elif rules.BROKEN.search(bodies[0] + streams[0]):
        yield Inconclusive("broken characters, of which another check speaks")
    elif bodies[0] != streams[0]:
        yield Problem(bodies[0][:160], streams[0][:160], at="stream")


def _body_text(exchange: Exchange) -> str:
    found = response_object(exchange)
    return found.text if found else ""


def _streamed_text(exchange: Exchange) -> str:
    stream = ended_stream(exchange)
    kinds = [found for item in stream.items.values() for found in item.deltas.items()] if stream else []
    return "".join(piece for kind, pieces in kinds if kind.startswith("output_text") for piece in pieces)


@relation(
    "responses.stream.call-parity",
    Level.SHOULD,
    Basis.DE_FACTO,
    scenario="responses.stream.call",
    cite=sources.WIRE + ": tool names agree between any two runs",
    breaks=("agents that turn streaming on: the call is dropped, or comes as text",),
    remedy="Parse function calls in streams as in bodies.",
    evidence=("ollama/ollama#9632", "pi#1125"),
)
def call_parity(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """A stream calls the function that a body calls, with arguments of the same names."""
    body, stream = (response_object(run[name]) if name in run else None for name in ("body", "required"))
    whole = [each for each in (body, stream) if each and each.value.get("status") == "completed"]
    if body is None or len(whole) < 2 or not _called(body) or any("?" in each for it in whole for each in _called(it)):
        yield lacking(run.get("required"), "a function call") or Inconclusive("no call that can be compared")
    elif _called(whole[1]) != _called(body):
        yield Problem(", ".join(sorted(_called(body))), sorted(_called(whole[1])), at="required")


def _called(it: ResponseObject) -> set[str]:
    """Return the functions that are called, with the names of their arguments; `?` where other checks object."""
    tools = it.asked.get("tools")
    offered = [tool.get("name") for tool in tools if isinstance(tool, dict)] if isinstance(tools, list) else []
    calls = [(item.get("name"), item.get("arguments")) for _, item in it.of_type("function_call")]
    return {f"{name if name in offered else '?'}({_names(arguments)})" for name, arguments in calls}


def _names(arguments: Any) -> str:
    value = parse_json(arguments.encode()).value if isinstance(arguments, str) else None
    return ", ".join(sorted(value)) if isinstance(value, dict) else "?"
