"""Tool calls: each check on what it holds of, and on what it does not."""

import pytest

from tests.checks.tables import Case, departs, found, holds, ignored, unsettled, unsupported
from tests.checks.turns import (
    LOOSE,
    NAMED,
    NOTE,
    OSLO,
    OTHER,
    STRICT,
    WORDS,
    call,
    calling,
    custom,
    offering,
    refused,
    returned,
    saying,
    streaming,
)
from tests.examples import answer, asking, chat_body, choice

MESSAGE = "/choices/0/message"
CALL = f"{MESSAGE}/tool_calls/0"
TWO = (call("call_1"), call("call_2"))
CHOICES = {"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": [NAMED]}}
MARKED = f'<tool_call>{{"name": "look", "arguments": {OSLO}}}</tool_call>'
OLD = asking(functions=[LOOSE["function"]], function_call={"name": "look"})
OLD_CALL = {"name": "look", "arguments": OSLO}
NO_SCHEMA = {"type": "function", "function": {"name": "look", "parameters": {"type": "objekt"}}}
HALF = '{"city":"Os'

CASES = (
    holds("tools.schema", "a list of calls", calling()),
    departs("tools.schema", "a null among the calls", calling(call(), None), f"{MESSAGE}/tool_calls/1"),
    ignored("tools.schema", "no calls", saying()),
    holds("tools.type", "a function", calling()),
    departs("tools.type", "no such type", calling(call(type="tool")), f"{CALL}/type"),
    holds("tools.id-nonempty", "an id", calling()),
    departs("tools.id-nonempty", "empty", calling(call("")), f"{CALL}/id"),
    departs("tools.id-nonempty", "null", calling(call(None)), f"{CALL}/id"),
    holds("tools.id-unique", "two ids", calling(*TWO)),
    departs("tools.id-unique", "one id twice", calling(call(), call()), f"{MESSAGE}/tool_calls/1/id"),
    departs("tools.id-unique", "an id of a turn before", calling(call("call_0"), asked=returned()), f"{CALL}/id"),
    holds("tools.id-prefix", "call_", calling()),
    departs("tools.id-prefix", "nine letters", calling(call("aBcDeFgHi")), f"{CALL}/id"),
    holds("tools.name-nonempty", "a name", calling()),
    departs("tools.name-nonempty", "empty", calling(call(name="")), f"{CALL}/name"),
    holds("tools.name-offered", "offered", calling()),
    departs("tools.name-offered", "not offered", calling(call(name="functions.look")), f"{CALL}/name"),
    holds("tools.arguments-string", "a string", calling()),
    departs("tools.arguments-string", "an object", calling(call(arguments={})), f"{CALL}/function/arguments"),
    holds("tools.arguments-json", "JSON", calling()),
    departs("tools.arguments-json", "half of it", calling(call(arguments=HALF)), f"{CALL}, arguments"),
    departs("tools.arguments-json", "a list", calling(call(arguments="[]")), f"{CALL}, arguments"),
    unsettled("tools.arguments-json", "cut by the limit", calling(call(arguments=HALF), finish="length")),
    holds("tools.arguments-strict", "fits", calling(asked=offering(STRICT))),
    departs(
        "tools.arguments-strict",
        "no such type",
        calling(call(arguments='{"city":5}'), asked=offering(STRICT)),
        f"{CALL}, arguments/city",
    ),
    departs(
        "tools.arguments-strict", "no JSON", calling(call(arguments=HALF), asked=offering(STRICT)), f"{CALL}, arguments"
    ),
    unsettled(
        "tools.arguments-strict",
        "one of two calls",
        calling(call(arguments='{"city":5}'), call(id="call_2"), asked=offering(STRICT)),
    ),
    ignored("tools.arguments-strict", "not strict", calling()),
    holds("tools.arguments-schema", "fits", calling()),
    departs("tools.arguments-schema", "nothing in it", calling(call(arguments="{}")), f"{CALL}, arguments"),
    holds("tools.finish-reason", "tool_calls", calling()),
    holds("tools.finish-reason", "stop, for a named tool", calling(finish="stop", asked=offering(tool_choice=NAMED))),
    departs(
        "tools.finish-reason",
        "stop, where some tool is required",
        calling(finish="stop", asked=offering(tool_choice="required")),
        f"{MESSAGE}, finish_reason",
    ),
    holds("tools.finish-reason", "length", calling(finish="length")),
    departs("tools.finish-reason", "stop", calling(finish="stop"), f"{MESSAGE}, finish_reason"),
    departs("tools.finish-reason", "stop in a stream", streaming(finish="stop"), "choice 0, finish_reason"),
    departs("tools.finish-reason", "calls of none", saying(finish="tool_calls"), f"{MESSAGE}, finish_reason"),
    holds("tools.empty-omitted", "absent", saying()),
    holds("tools.empty-omitted", "null", saying(tool_calls=None)),
    departs("tools.empty-omitted", "an empty list", saying(tool_calls=[]), f"{MESSAGE}, tool_calls"),
    holds("tools.choice-honoured", "required", calling(asked=offering(tool_choice="required"))),
    holds("tools.choice-honoured", "none", saying(asked=offering(tool_choice="none"))),
    holds("tools.choice-honoured", "named", calling(asked=offering(tool_choice=NAMED))),
    holds("tools.choice-honoured", "allowed", calling(asked=offering(tool_choice=CHOICES))),
    departs(
        "tools.choice-honoured",
        "required, ignored",
        saying(asked=offering(tool_choice="required")),
        f"{MESSAGE}, tool_calls",
    ),
    departs(
        "tools.choice-honoured",
        "a call",
        calling(asked=offering(tool_choice="none")),
        f"{MESSAGE}, tool_calls",
    ),
    departs(
        "tools.choice-honoured",
        "named, ignored",
        calling(call(name="other"), asked=offering(tool_choice=NAMED)),
        f"{MESSAGE}, tool_calls",
    ),
    departs(
        "tools.choice-honoured",
        "allowed, ignored",
        calling(call(name="other"), asked=offering(tool_choice=CHOICES)),
        f"{MESSAGE}, tool_calls",
    ),
    unsettled("tools.choice-honoured", "cut", saying("", finish="length", asked=offering(tool_choice="required"))),
    ignored("tools.choice-honoured", "auto", saying()),
    holds("tools.parallel-off", "one call", calling(asked=offering(parallel_tool_calls=False))),
    departs(
        "tools.parallel-off",
        "two calls",
        calling(*TWO, asked=offering(parallel_tool_calls=False)),
        f"{MESSAGE}, tool_calls",
    ),
    holds("tools.no-markup", "words", saying()),
    departs("tools.no-markup", "a call in words", saying(MARKED), f"{MESSAGE}/content"),
    holds("tools.legacy-unasked", "tool_calls only", calling()),
    departs("tools.legacy-unasked", "both", calling(function_call=OLD_CALL), f"{MESSAGE}/function_call"),
    holds("tools.legacy-shape", "strings", saying(None, finish="stop", asked=OLD, function_call=OLD_CALL)),
    departs(
        "tools.legacy-shape",
        "an object",
        saying(None, asked=OLD, function_call={**OLD_CALL, "arguments": {}}),
        f"{MESSAGE}/function_call/arguments",
    ),
    holds("tools.legacy-functions", "function_call", saying(None, asked=OLD, function_call=OLD_CALL)),
    departs("tools.legacy-functions", "tool_calls", calling(asked=OLD), "message/function_call"),
    unsupported(
        "tools.legacy-functions", "refused", refused(OLD, "Unknown parameter: 'functions'.", param="functions")
    ),
    holds("tools.accepted", "answered", calling()),
    departs("tools.accepted", "500", refused(offering(), status=500), "status"),
    departs("tools.accepted", "refused without a word", refused(offering()), "status"),
    unsupported("tools.accepted", "refused by name", refused(offering(), "tools are not for us", param="tools")),
    holds("tools.custom-accepted", "answered", calling(custom(), asked=offering(NOTE))),
    departs("tools.custom-accepted", "500", refused(offering(NOTE), status=500), "status"),
    unsupported("tools.custom-accepted", "by name", refused(offering(NOTE), "custom tools are not for us")),
    holds("tools.custom-input", "a string", calling(custom(), asked=offering(NOTE))),
    departs("tools.custom-input", "an object", calling(custom({}), asked=offering(NOTE)), f"{CALL}/custom/input"),
    departs("tools.custom-input", "a function", calling(call(name="note"), asked=offering(NOTE)), f"{CALL}/type"),
    holds("tools.roundtrip-null-content", "answered", saying(asked=returned())),
    holds("tools.roundtrip-null-content", "empty", saying(asked=returned(""))),
    departs("tools.roundtrip-null-content", "500", refused(returned(), status=500), "status"),
    departs("tools.roundtrip-null-content", "400", refused(returned(), param="messages[1].content"), "status"),
    ignored("tools.roundtrip-null-content", "words beside", saying(asked=returned("Let me see."))),
    holds("tools.result-parts", "answered", saying(asked=returned("", result=[{"type": "text", "text": "a"}]))),
    departs("tools.result-parts", "400", refused(returned("", result=[{"type": "text", "text": "a"}])), "status"),
    holds("tools.empty-array", "refused", refused(asking(tools=[]), param="tools")),
    departs("tools.empty-array", "answered", answer(asked=asking(tools=[])), "status"),
    holds("tools.bad-schema", "refused", refused(offering(NO_SCHEMA))),
    departs("tools.bad-schema", "answered", saying(asked=offering(NO_SCHEMA)), "status"),
    holds("tools.choice-impossible", "refused", refused(offering(OTHER, tool_choice=NAMED))),
    departs("tools.choice-impossible", "answered", saying(asked=offering(OTHER, tool_choice=NAMED)), "status"),
    departs("tools.choice-impossible", "no tools", answer(asked=asking(tool_choice="required")), "status"),
    holds("tools.stream-parity", "alike", {"body": calling(), "stream": streaming()}),
    departs("tools.stream-parity", "text", {"body": calling(), "stream": answer(asked=offering())}, "stream"),
    unsettled("tools.stream-parity", "no call", {"body": saying(), "stream": streaming()}),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_check_on_what_it_holds_of_and_what_not(case: Case) -> None:
    assert found(case) == (case.outcome, case.at)


def test_two_choices_may_use_the_same_ids() -> None:
    twice = chat_body(*(choice(None, finish="tool_calls", index=index, tool_calls=[call()]) for index in (0, 1)))
    subject = answer(twice, asked=offering(n=2))
    assert found(holds("tools.id-unique", "two choices", subject))[1] == ""


def test_words_of_the_content_are_not_taken_for_calls() -> None:
    assert found(holds("tools.no-markup", WORDS, saying()))[1] == ""
