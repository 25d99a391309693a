"""Tool calls in streams: each check on what it holds of, and on what it does not."""

import pytest

from cozecheck.views.turns import turns
from tests.checks.tables import Case, departs, found, holds, ignored, unsettled
from tests.checks.turns import OSLO, call, calling, head, rest, saying, streaming, without

TWO = (head(), rest(), head(1, "call_2"), rest(index=1))
WHOLE = streaming()
NAMELESS = {"index": 0, "function": {"name": "", "arguments": ""}}

CASES = (
    holds("tools.stream.index-present", "an index", WHOLE),
    departs(
        "tools.stream.index-present",
        "none",
        streaming(without(head(), "index"), without(rest(), "index")),
        "choice 0, event 2",
    ),
    ignored("tools.stream.index-present", "a body", calling()),
    holds("tools.stream.index-distinct", "two calls", streaming(*TWO)),
    departs(
        "tools.stream.index-distinct",
        "two ids under one",
        streaming(head(), rest(), head(0, "call_2"), rest()),
        "choice 0, event 4",
    ),
    holds("tools.stream.head-first", "id and name first", WHOLE),
    departs(
        "tools.stream.head-first",
        "the id later",
        streaming(without(head(), "id"), rest(id="call_1")),
        "choice 0, event 2",
    ),
    holds("tools.stream.type-first", "function", WHOLE),
    departs("tools.stream.type-first", "none", streaming(without(head(), "type"), rest()), "choice 0, event 2"),
    holds("tools.stream.accumulates", "once", WHOLE),
    departs("tools.stream.accumulates", "the id twice", streaming(head(), rest(id="call_1")), "choice 0, event 2 to 3"),
    holds("tools.stream.accumulates", "an empty name", streaming(head(), NAMELESS, rest())),
    holds("tools.stream.name-once", "once", WHOLE),
    departs("tools.stream.name-once", "empty later", streaming(head(), NAMELESS, rest()), "choice 0, event 3"),
    departs("tools.stream.name-once", "twice", streaming(head(), head(), rest()), "choice 0, event 3"),
    holds("tools.stream.id-once", "once", WHOLE),
    departs("tools.stream.id-once", "twice", streaming(head(), rest(id="call_1")), "choice 0, event 3"),
    holds("tools.stream.arguments-string", "strings", WHOLE),
    departs("tools.stream.arguments-string", "an object", streaming(head(), rest({})), "choice 0, event 3"),
    holds("tools.stream.arguments-reassemble", "JSON", streaming(head(), rest(OSLO[:5]), rest(OSLO[5:]))),
    departs(
        "tools.stream.arguments-reassemble", "cut", streaming(head(), rest(OSLO[:5])), "choice 0, event 2, arguments"
    ),
    unsettled("tools.stream.arguments-reassemble", "length", streaming(head(), rest(OSLO[:5]), finish="length")),
    holds("tools.stream.in-turn", "one after another", streaming(*TWO)),
    departs("tools.stream.in-turn", "back to the first", streaming(*TWO, rest("")), "choice 0, event 6"),
    holds("tools.stream.schema", "fragments", WHOLE),
    departs(
        "tools.stream.schema",
        "a number for an extra",
        streaming(head(), rest(), 5),
        "event 4, /choices/0/delta/tool_calls/0",
    ),
    ignored("tools.stream.schema", "words", saying()),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_check_on_what_it_holds_of_and_what_not(case: Case) -> None:
    assert found(case) == (case.outcome, case.at)


def test_a_stream_is_put_together_to_what_a_body_holds() -> None:
    whole, pieces = turns(calling(call(), call("call_2"))), turns(streaming(*TWO))
    assert whole is not None
    assert pieces is not None
    plain = [[(each.id, each.kind, each.name, each.payload) for each in it.calls] for it in (whole, pieces)]
    assert plain[0] == plain[1]
