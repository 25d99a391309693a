"""Checks of completions of prompts, each beside an exchange that passes and one that does not."""

from typing import Any

import pytest

from cozecheck.checks import ALL
from cozecheck.exchange import Exchange
from tests.checks.tables import Case, departs, departures, found, holds, ignored, unsettled, unsupported
from tests.examples import MODEL, NOW, chat_stream, drop, error, exchange, put, usage

PROMPT = "The capital of France is"
ODDS = {
    "tokens": [" Paris", "."],
    "token_logprobs": [-0.25, -0.5],
    "top_logprobs": [{" Paris": -0.25, " Lyon": -3.0}, {".": -0.5, ",": -1.0}],
    "text_offset": [24, 30],
}
HEARD: dict[str, Any] = {
    "tokens": ["The", " capital", " of", " France", " is", " Paris"],
    "token_logprobs": [None, -1.0, -0.5, -3.0, -0.1, -0.2],
    "top_logprobs": [None, {" capital": -1.0}, {" of": -0.5}, {" France": -3.0}, {" is": -0.1}, {" Paris": -0.2}],
    "text_offset": [0, 3, 11, 14, 21, 24],
}
HEAD = {"id": "cmpl-1", "object": "text_completion", "created": NOW, "model": MODEL}


def choice(text: Any = " Paris.", *, finish: Any = "stop", index: int = 0, odds: Any = None) -> dict[str, Any]:
    return {"text": text, "index": index, "logprobs": odds, "finish_reason": finish}


def body(*choices: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A completion; a change to `...` takes the key away."""
    whole = {**HEAD, "choices": list(choices or (choice(),)), "usage": usage(5, 2), **changes}
    return {key: each for key, each in whole.items() if each is not ...}


def asking(prompt: Any = PROMPT, **asked: Any) -> dict[str, Any]:
    """A request for a completion; a value of `...` is left out."""
    given = {"model": MODEL, "prompt": prompt, "max_tokens": 8, **asked}
    return {key: each for key, each in given.items() if each is not ...}


def completed(answer: Any = None, *, prompt: Any = PROMPT, status: int = 200, name: str = "", **asked: Any) -> Exchange:
    content = body() if answer is None else answer
    scenario = "completions.parameters" if name else ""
    asked = asking(prompt, **asked)
    return exchange(asked, content, path="/completions", status=status, name=name, scenario=scenario)


def chunk(text: str = "", *, finish: Any = None, index: int = 0, **changes: Any) -> dict[str, Any]:
    return {**HEAD, "choices": [choice(text, finish=finish, index=index)], **changes}


PIECES = (chunk(" Paris"), chunk(".", finish="stop"))
END = PIECES[1]
SECOND = chunk(" Lyon.", index=1, finish="stop")
WITH_STREAMED_ODDS = {**HEAD, "choices": [choice(" Paris", finish=None, odds=ODDS)]}
SUM = {**HEAD, "choices": [], "usage": usage(5, 2)}
COUNTED: dict[str, Any] = {"stream": True, "stream_options": {"include_usage": True}}


def streamed(*events: Any, done: bool = True, **asked: Any) -> Exchange:
    content = chat_stream(*(events or PIECES), done=done)
    return exchange(asking(**{"stream": True, **asked}), content, path="/completions")


def counted(*events: Any) -> Exchange:
    return streamed(*(events or (*PIECES, SUM)), **COUNTED)


def pair(index: int = 1) -> dict[str, Any]:
    return body(choice(), choice(index=index))


def run(stream: Exchange, again: Exchange | None = None, counted: Exchange | None = None) -> dict[str, Exchange]:
    return {"body": completed(), "again": again or completed(), "stream": stream, "counted": counted or stream}


def counting(prompt: int, made: int, text: str = " Paris") -> dict[str, Exchange]:
    return run(streamed(), counted=counted(chunk(text), PIECES[1], {**SUM, "usage": usage(prompt, made)}))


def seeded(*texts: str) -> dict[str, Exchange]:
    return {f"try {place}": completed(body(choice(text)), seed=1) for place, text in enumerate(texts)}


GOOD = completed()
TWO = ["a", "b"]
BROKEN: dict[str, Any] = {"answer": error("Broken."), "status": 500}
GONE = completed(error("Not Found"), status=404)
LATER = "/choices/0/finish_reason"
WITH_ODDS = completed(body(choice(odds=ODDS)), logprobs=2)
SAID = choice(PROMPT + " Paris", finish="length", odds=HEARD)
ECHOED = completed(body(SAID, usage=usage(5, 1)), echo=True, logprobs=1, max_tokens=1)


def odds(pointer: str, value: Any) -> Exchange:
    return completed(body(choice(odds=put(ODDS, pointer, value))), logprobs=2)


def echoed(pointer: str, value: Any) -> Exchange:
    return completed(body({**SAID, "logprobs": put(HEARD, pointer, value)}), echo=True, logprobs=1, max_tokens=1)


ONLY_NEW = {key: values[5:] for key, values in HEARD.items()}

CASES = (
    holds("completions.answered", "a prompt", GOOD),
    departs("completions.answered", "500", completed(**BROKEN), "status"),
    unsupported("completions.answered", "404", GONE),
    holds("completions.schema", "a whole one", GOOD),
    holds("completions.schema", "no odds of the first token", ECHOED),
    departs("completions.schema", "a number for text", completed(body(choice(3))), "/choices/0/text"),
    holds("completions.object", "text_completion", GOOD),
    departs("completions.object", "chat.completion", completed(body(object="chat.completion")), "/object"),
    holds("completions.id-nonempty", "an id", GOOD),
    departs("completions.id-nonempty", "none", completed(body(id="")), "/id"),
    holds("completions.id-prefix", "cmpl-", GOOD),
    departs("completions.id-prefix", "chatcmpl-", completed(body(id="chatcmpl-1")), "/id"),
    holds("completions.created", "seconds", GOOD),
    departs("completions.created", "milliseconds", completed(body(created=NOW * 1000)), "/created"),
    holds("completions.choice-index", "0, 1", completed(pair(), n=2)),
    departs("completions.choice-index", "0, 0", completed(pair(0), n=2), "/choices"),
    holds("completions.finish-reason", "stop", GOOD),
    departs("completions.finish-reason", "eos", completed(body(choice(finish="eos"))), LATER),
    departs("completions.finish-reason", "null", completed(body(choice(finish=None))), LATER),
    holds("completions.finish-length", "cut", completed(body(choice(finish="length"), usage=usage(5, 8)))),
    departs(
        "completions.finish-length",
        "cut, with stop",
        completed(body(choice(" Paris, which lies on the Seine, and"), usage=usage(5, 8))),
        "finish_reason",
    ),
    holds("completions.max-tokens", "two of eight", GOOD),
    holds("completions.max-tokens", "best of three", completed(body(usage=usage(5, 24)), best_of=3)),
    departs("completions.max-tokens", "nine of eight", completed(body(usage=usage(5, 9))), "/usage/completion_tokens"),
    departs(
        "completions.max-tokens", "uncounted words", completed(body(choice("a " * 12), usage=...)), "/choices/0/text"
    ),
    departs(
        "completions.max-tokens",
        "nine of eight, in a stream",
        counted(*PIECES, {**SUM, "usage": usage(5, 9)}),
        "/usage/completion_tokens",
    ),
    holds("completions.usage-present", "counted", GOOD),
    departs("completions.usage-present", "none", completed(body(usage=...)), "/usage"),
    holds("completions.usage", "a sum", GOOD),
    holds("completions.usage", "nothing completed", completed(body(usage={"prompt_tokens": 5, "total_tokens": 5}))),
    departs(
        "completions.usage", "no sum", completed(body(usage={**usage(5, 2), "total_tokens": 9})), "/usage/total_tokens"
    ),
    departs(
        "completions.usage",
        "a text",
        completed(body(usage={**usage(5, 2), "prompt_tokens": "5"})),
        "/usage/prompt_tokens",
    ),
    holds("completions.n", "two", completed(pair(), n=2)),
    departs("completions.n", "one of two", completed(n=2), "/choices"),
    holds("completions.n", "the best of two", completed(best_of=2)),
    departs("completions.n", "all of the best", completed(pair(), best_of=2), "/choices"),
    holds("completions.n", "two in a stream", streamed(*PIECES, SECOND, n=2)),
    departs("completions.n", "one of two in a stream", streamed(n=2), "/choices"),
    unsupported("completions.n", "refused by name", completed(error("No.", param="n"), status=400, n=2)),
    holds("completions.prompt-array", "two", completed(pair(), prompt=TWO)),
    departs("completions.prompt-array", "one of two", completed(prompt=TWO), "/choices"),
    departs("completions.prompt-array", "500", completed(prompt=TWO, **BROKEN), "status"),
    unsupported("completions.prompt-array", "refused by name", completed(error("No prompt."), prompt=TWO, status=400)),
    unsettled(
        "completions.prompt-array",
        "refused for another parameter",
        completed(error("No.", param="logprobs"), prompt=TWO, logprobs=2, status=400),
    ),
    holds("completions.token-prompt", "one", completed(prompt=[1, 2])),
    departs("completions.token-prompt", "each token", completed(pair(), prompt=[1, 2]), "/choices"),
    holds("completions.token-prompt", "two arrays", completed(pair(), prompt=[[1, 2], [3]])),
    holds("completions.stop-excluded", "without", completed(stop="x")),
    departs("completions.stop-excluded", "with", completed(stop=["is.", "."]), "/choices/0/text"),
    departs("completions.stop-excluded", "with, in a stream", streamed(stop="."), "choice 0"),
    ignored("completions.stop-excluded", "the prompt has it", completed(stop="capital", echo=True)),
    holds("completions.documented-params", "taken", completed(name="suffix", suffix="!")),
    departs("completions.documented-params", "500", completed(name="suffix", suffix="!", **BROKEN), "status"),
    unsupported(
        "completions.documented-params",
        "refused by name",
        completed(error("No.", param="suffix"), status=400, name="suffix", suffix="!"),
    ),
    holds("completions.seed", "the same", seeded(" Paris.", " Paris.", " Paris.")),
    holds("completions.seed", "two of three", seeded(" Paris.", " Lyon.", " Paris.")),
    departs("completions.seed", "three texts", seeded(" Paris.", " Lyon.", " Metz."), "thrice"),
    unsettled("completions.seed", "one alone", seeded(" Paris.")),
    unsupported("completions.seed", "refused by name", {"once": completed(error("No seed."), status=400, seed=1)}),
    unsupported("completions.seed", "no endpoint", {"once": GONE}),
    holds("completions.echo", "the prompt first", ECHOED),
    departs("completions.echo", "only what is new", completed(echo=True), "/choices/0/text"),
    holds("completions.echo", "the prompt first, in a stream", streamed(chunk(PROMPT), *PIECES, echo=True)),
    departs("completions.echo", "only what is new, in a stream", streamed(echo=True), "choice 0"),
    holds("completions.logprobs", "four lists", WITH_ODDS),
    departs("completions.logprobs", "none", completed(logprobs=2), "/choices/0/logprobs"),
    departs(
        "completions.logprobs",
        "those of chats",
        completed(body(choice(odds={"content": []})), logprobs=2),
        "/choices/0/logprobs",
    ),
    departs("completions.logprobs", "two lengths", odds("/text_offset", [24]), "/choices/0/logprobs"),
    holds("completions.logprobs-values", "negative", WITH_ODDS),
    holds("completions.logprobs-values", "null for the first", ECHOED),
    departs(
        "completions.logprobs-values",
        "positive",
        odds("/token_logprobs/1", 0.5),
        "/choices/0/logprobs/token_logprobs/1",
    ),
    departs(
        "completions.logprobs-values", "null", odds("/token_logprobs/0", None), "/choices/0/logprobs/token_logprobs/0"
    ),
    holds("completions.logprobs-join", "the text", WITH_ODDS),
    departs("completions.logprobs-join", "without blanks", odds("/tokens/0", "Paris"), "/choices/0/logprobs/tokens"),
    holds("completions.logprobs-join", "parts of characters", odds("/tokens/0", "bytes:\\xf0")),
    holds("completions.text-offset", "by characters", WITH_ODDS),
    departs("completions.text-offset", "by tokens", odds("/text_offset", [0, 1]), "/choices/0/logprobs/text_offset/1"),
    holds("completions.top-logprobs", "two", WITH_ODDS),
    holds("completions.top-logprobs", "two and the one taken", odds("/top_logprobs/0", {"a": -1, "b": -1, "c": -1})),
    departs("completions.top-logprobs", "none", odds("/top_logprobs", None), "/choices/0/logprobs/top_logprobs"),
    departs(
        "completions.top-logprobs",
        "four",
        odds("/top_logprobs/0", dict.fromkeys("abcd", -1)),
        "/choices/0/logprobs/top_logprobs/0",
    ),
    holds("completions.echo-logprobs", "of all but the first", ECHOED),
    departs(
        "completions.echo-logprobs",
        "of what is new",
        completed(body({**SAID, "logprobs": ONLY_NEW}), echo=True, logprobs=1, max_tokens=1),
        "/choices/0/logprobs/tokens",
    ),
    departs(
        "completions.echo-logprobs", "nulls", echoed("/token_logprobs/2", None), "/choices/0/logprobs/token_logprobs"
    ),
    holds("completions.required", "refused", completed(error("No."), prompt=..., status=400)),
    departs("completions.required", "500", completed(prompt=..., **BROKEN), "status"),
    departs("completions.required", "completed", completed(prompt=...), "status"),
    holds("completions.bounds", "refused", completed(error("No."), temperature=3, status=400)),
    departs("completions.bounds", "taken", completed(temperature=3), "status"),
    departs("completions.bounds", "the best of too few", completed(n=2, best_of=1), "status"),
    holds("completions.stream.schema", "whole chunks", streamed()),
    departs(
        "completions.stream.schema",
        "no text",
        streamed(drop(PIECES[0], "/choices/0/text"), PIECES[1]),
        "event 1, /choices/0/text",
    ),
    holds("completions.stream.id-constant", "one id", streamed()),
    departs(
        "completions.stream.id-constant", "two ids", streamed(PIECES[0], {**PIECES[1], "id": "cmpl-2"}), "event 2, /id"
    ),
    holds("completions.stream.done-terminator", "once, last", streamed()),
    departs("completions.stream.done-terminator", "never", streamed(done=False), "event 2"),
    departs("completions.stream.done-terminator", "twice", streamed(*PIECES, "[DONE]"), "event 4"),
    holds("completions.stream.finish", "stop", streamed()),
    departs("completions.stream.finish", "none", streamed(PIECES[0]), "choice 0"),
    departs("completions.stream.finish", "text after it", streamed(*PIECES, PIECES[0]), "event 2"),
    holds("completions.stream.finish-null", "null before", streamed()),
    departs("completions.stream.finish-null", "absent before", streamed(drop(PIECES[0], LATER), PIECES[1]), "event 1"),
    holds("completions.stream.usage-included", "sent", counted()),
    departs("completions.stream.usage-included", "not sent", counted(*PIECES), "stream"),
    holds("completions.stream.usage-alone", "alone, at the end", counted()),
    departs(
        "completions.stream.usage-alone",
        "with a choice",
        counted(PIECES[0], {**PIECES[1], "usage": usage()}),
        "event 2, /choices",
    ),
    departs("completions.stream.usage-alone", "twice", counted(*PIECES, SUM, SUM), "event 4"),
    holds("completions.stream.usage-unrequested", "not sent", streamed()),
    departs("completions.stream.usage-unrequested", "sent", streamed(*PIECES, SUM), "event 3, /usage"),
    holds("completions.stream.logprobs", "with the text", streamed(WITH_STREAMED_ODDS, END, logprobs=2)),
    departs("completions.stream.logprobs", "none", streamed(logprobs=2), "event 1"),
    ignored("completions.stream.logprobs", "not asked for", streamed()),
    holds("completions.stream.parity", "the same words", run(streamed())),
    departs("completions.stream.parity", "a word less", run(streamed(PIECES[1])), "stream"),
    unsettled("completions.stream.parity", "two streams", run(streamed(PIECES[1]), counted=streamed())),
    holds("completions.stream.usage-parity", "the same", counting(5, 2)),
    holds("completions.stream.usage-parity", "another text, more tokens", counting(5, 3, " Lyon")),
    departs("completions.stream.usage-parity", "a longer prompt", counting(6, 2), "counted"),
    departs("completions.stream.usage-parity", "more tokens for the same text", counting(5, 3), "counted"),
    unsettled("completions.stream.usage-parity", "no usage", run(streamed())),
    unsupported("completions.stream.usage-parity", "no endpoint", {"body": GONE}),
    unsettled("completions.stream.parity", "two bodies", run(streamed(), completed(body(choice(" Lyon."))))),
    unsupported("completions.stream.parity", "no endpoint", {"body": GONE}),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_check_says_what_is_true(case: Case) -> None:
    assert found(case) == (case.outcome, case.at)


def test_every_check_of_the_family_is_here() -> None:
    ids = {check.id for check in ALL if check.family == "completions"}
    assert ids - {"completions.sdk-reads"} == {case.id for case in CASES}


@pytest.mark.parametrize("right", [GOOD, WITH_ODDS, ECHOED, streamed(), counted(), completed(pair(), prompt=TWO)])
def test_what_is_right_departs_from_nothing(right: Exchange) -> None:
    assert departures(right) == set()


def test_chunks_without_choices_are_no_choices() -> None:
    hollow = streamed({**HEAD, "choices": None}, {**HEAD, "choices": [1]}, *PIECES)
    assert "completions.stream.finish" not in departures(hollow)
