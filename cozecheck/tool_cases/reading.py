"""What came of a case: its trial, or why there is none."""

from cozecheck.contract import schemas
from cozecheck.exchange import ABSENT, Exchange, FailureKind, parse_json
from cozecheck.findings import Trial
from cozecheck.tool_cases.cases import Case
from cozecheck.views.turns import Call, turns


def left_out(exchange: Exchange) -> str:
    """Say why an answer tells nothing of how tools are called; empty where it does."""
    response = exchange.response
    if exchange.failure and exchange.failure.kind is FailureKind.CONNECT:
        return "nobody there"
    if response and response.status in (401, 403, 429, 503):
        return f"refused with {response.status}"
    told = turns(exchange)
    return "cut short" if told and any(turn.is_cut for turn in told.turns) else ""


def trial(case: Case, exchange: Exchange, *, stream: bool, repeat: int) -> Trial:
    """Count the tool calls of an answer."""
    told = turns(exchange)
    if told is None or not told.turns:
        return Trial(case.id, stream, repeat, answered=False)
    calls = told.calls
    return Trial(
        case.id,
        stream,
        repeat,
        answered=True,
        calls=len(calls),
        parsed=sum(isinstance(_arguments(call), dict) for call in calls),
        fitting=sum(_fits(case, call) for call in calls),
        expected=bool(calls) == bool(case.calls) and all(_name(call) in case.calls for call in calls),
    )


def _name(call: Call) -> str:
    return call.name if isinstance(call.name, str) else ""


def _arguments(call: Call) -> object:
    """Return the value of the arguments, ABSENT where they are no JSON text."""
    return parse_json(call.payload).value if isinstance(call.payload, str) else ABSENT


def _fits(case: Case, call: Call) -> bool:
    schema, value = case.tools.get(_name(call)), _arguments(call)
    return schema is not None and value is not ABSENT and not schemas.faults(schema, value)
