"""Checks of a chat stream beside a body: exchanges of one scenario, and what is found in them."""

from typing import Any

import pytest

from cozecheck.exchange import Exchange
from tests.checks.tables import Case, departs, found, holds, unsettled
from tests.examples import HELLO, answer, chat_body, choice, chunk, refusal, stream, usage, usage_stream, with_usage

BLANKLESS = stream(HELLO[0], chunk({"content": "Hello"}), chunk({"content": "there."}), HELLO[-1])
BROKEN = stream(HELLO[0], chunk({"content": "Hello there\ufffd"}), HELLO[-1])
CUT = stream(*HELLO[:-1], chunk(finish="length"))
ODD = stream(*HELLO[:-1], chunk(finish="eos"))


def run(told: Exchange | None = None, *, again: Any = None, counted: Exchange | None = None) -> dict[str, Exchange]:
    said = told or stream()
    return {"body": answer(), "again": answer(again), "stream": said, "counted": counted or told or usage_stream()}


def counted(completion: Any) -> Exchange:
    last = chunk(choices=[], usage=usage(completion=completion))
    return usage_stream(*with_usage(last=last))


WAVERING = chat_body(choice("Good day."))
REFUSED = {"body": refusal()}

CASES = (
    holds("chat.stream.text-parity", "the same", run()),
    departs("chat.stream.text-parity", "blanks lost", run(BLANKLESS), "stream"),
    unsettled("chat.stream.text-parity", "two bodies that differ", run(BLANKLESS, again=WAVERING)),
    unsettled("chat.stream.text-parity", "two streams that differ", run(BLANKLESS, counted=stream())),
    unsettled("chat.stream.text-parity", "broken characters", run(BROKEN)),
    unsettled("chat.stream.text-parity", "a stream that breaks off", run(stream(*HELLO[:-1], done=False))),
    unsettled("chat.stream.text-parity", "refused", REFUSED),
    holds("chat.stream.finish-parity", "the same", run()),
    departs("chat.stream.finish-parity", "cut", run(CUT), "stream"),
    unsettled("chat.stream.finish-parity", "another text", run(BLANKLESS)),
    unsettled("chat.stream.finish-parity", "a reason that there is not", run(ODD)),
    unsettled("chat.stream.finish-parity", "refused", REFUSED),
    holds("usage.stream-text-parity", "the same", run(counted=counted(3))),
    departs("usage.stream-text-parity", "one less", run(counted=counted(2)), "counted"),
    unsettled(
        "usage.stream-text-parity",
        "bodies that count differently",
        run(counted=counted(2), again=chat_body(usage=usage(completion=4))),
    ),
    unsettled("usage.stream-text-parity", "no usage", run(counted=stream())),
    unsettled("usage.stream-text-parity", "refused", REFUSED),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_parity(case: Case) -> None:
    assert found(case) == (case.outcome, case.at)
