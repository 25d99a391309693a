"""Checks of parameters, accepted and honoured: exchanges and what is found in them."""

from dataclasses import replace
from typing import Any

import pytest

from cozecheck.exchange import Exchange
from tests.checks.tables import Case, departs, found, holds, ignored, unsettled, unsupported
from tests.examples import (
    HELLO,
    answer,
    asking,
    chat_body,
    choice,
    chunk,
    drop,
    error,
    recorded,
    refusal,
    stream,
    turn,
    usage,
)

PARTS = [{"type": "text", "text": "Say"}, {"type": "text", "text": "hello."}]
CRASH = error("Unhandled exception in the template engine.", type="server_error")
OUTAGE = error("The server had an error while processing your request. Sorry about that!", type="server_error")
BAD_ROLE = error("Invalid value: 'system'.", param="messages[0].role", code="invalid_value")
O1 = error(
    "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
    param="messages[0].role",
    code="unsupported_value",
)
LARGE = error(
    "max_tokens is too large: 9000. This model supports at most 4096.", param="max_tokens", code="invalid_value"
)
NO_STREAM = error("Your organization must be verified to stream this model.", param="stream", code="unsupported_value")
NO_SEED = error("int() of seed failed", type="internal_server_error")
NO_TOOLS = error("Unsupported parameter: 'tools'.", param="tools")
OFFERED = {"tools": [{"type": "function", "function": {"name": "f"}}], "tool_choice": "none"}
UNKNOWN = error("Unknown parameter: 'not_a_parameter'.", param="not_a_parameter", code="unknown_parameter")


def talk(*turns: dict[str, Any], **parameters: Any) -> dict[str, Any]:
    return {**asking(), "messages": list(turns), **parameters}


def taken(asked: Any) -> Exchange:
    return answer(asked=asked)


def refused(asked: Any, body: Any = None, status: int = 400) -> Exchange:
    return refusal(status, body, asked=asked)


def crashed(asked: Any) -> Exchange:
    return refused(asked, CRASH, 500)


def of(scenario: str, whole: Exchange, name: str = "") -> Exchange:
    return replace(whole, scenario=scenario, name=name)


def trying(name: str, body: Any = None, status: int = 400) -> Exchange:
    values: dict[str, Any] = {"seed": {"seed": 7}, "user": {"user": "user-17"}, "tool_choice": OFFERED}
    asked = asking(**values[name])
    return of("request.parameters", taken(asked) if body is None else refused(asked, body, status), name)


def saying(*texts: str, used: int = 3, **asked: Any) -> Exchange:
    choices = [choice(text, index=index) for index, text in enumerate(texts)]
    return answer(chat_body(*choices, usage=usage(completion=used)), asked=asking(**asked))


def streamed(*texts: str, **asked: Any) -> Exchange:
    return stream(
        HELLO[0], *(chunk({"content": text}) for text in texts), HELLO[-1], asked=asking(stream=True, **asked)
    )


def seeds(*texts: str) -> dict[str, Exchange]:
    return {f"seeded {number}": saying(text, seed=1) for number, text in enumerate(texts)}


def edge(param: str, value: Any, whole: Exchange) -> Exchange:
    return of("request.bounds", whole, f"{param} at {value}")


USER, SYSTEM, ASSISTANT = turn("user", "Hi."), turn("system", "Be brief."), turn("assistant", "Hello!")
BRIEF, DEVELOPED = talk(SYSTEM, USER), talk(turn("developer", "Be brief."), USER)
STREAMED = asking(stream=True)
TURNS, TWICE = talk(USER, ASSISTANT, USER), talk(USER, USER)
CRASHES = {
    "request.system-role": BRIEF,
    "request.developer-role": DEVELOPED,
    "request.content-array": talk(turn("user", PARTS)),
    "request.multi-turn": TURNS,
    "request.stream": STREAMED,
}
ACCEPTED = (
    *(holds(id, "accepted", taken(asked)) for id, asked in CRASHES.items() if id != "request.stream"),
    *(departs(id, "a crash", crashed(asked), "status") for id, asked in CRASHES.items()),
    *(departs(id, "refused", refused(asked, error("Invalid request.")), "status") for id, asked in CRASHES.items()),
    *(unsettled(id, "no key", refused(asked, status=401)) for id, asked in CRASHES.items()),
    *(unsettled(id, "out of order", refused(asked, OUTAGE, 500)) for id, asked in CRASHES.items()),
    *(
        unsettled(id, "too large a limit", refused({**asked, "max_tokens": 9000}, LARGE))
        for id, asked in CRASHES.items()
    ),
    holds("request.plain", "answered", of("request.plain", answer())),
    departs("request.plain", "a crash", of("request.plain", crashed(asking())), "status"),
    unsettled(
        "request.plain",
        "an unknown model",
        of("request.plain", refused(asking(), error("The model `m` does not exist"), 404)),
    ),
    ignored("request.plain", "a recorded refusal", recorded(crashed(asking()))),
    holds("request.stream", "streamed", stream()),
    unsupported(
        "request.stream", "a model that does not stream to all, recorded", recorded(refused(STREAMED, NO_STREAM))
    ),
    ignored("request.stream", "with tools", crashed(asking(stream=True, tools=[]))),
    departs("request.system-role", "refused by its role", refused(BRIEF, BAD_ROLE), "status"),
    departs("request.system-role", "refused for this model, asked by ourselves", refused(BRIEF, O1), "status"),
    unsupported("request.system-role", "a model without it, recorded", recorded(refused(BRIEF, O1))),
    ignored("request.system-role", "with other parameters", crashed({**BRIEF, "top_k": 1})),
    holds("request.content-array", "of the system message", taken(talk(turn("system", PARTS), USER))),
    ignored(
        "request.content-array",
        "a picture",
        crashed(talk(turn("user", [{"type": "image_url", "image_url": {"url": "u"}}]))),
    ),
    holds("request.role-order", "answered", taken(TWICE)),
    holds("request.role-order", "refused", refused(TWICE)),
    departs("request.role-order", "two users in a row", crashed(TWICE), "status"),
    departs("request.role-order", "a late system message", crashed(talk(USER, SYSTEM, USER)), "status"),
    departs("request.role-order", "the assistant first", crashed(talk(ASSISTANT, USER)), "status"),
    ignored("request.role-order", "the common order", crashed(TURNS)),
    holds("request.documented-params", "accepted", trying("seed")),
    unsupported(
        "request.documented-params",
        "refused by name",
        trying("seed", error("Unsupported parameter: 'seed'.", param="seed")),
    ),
    unsettled("request.documented-params", "refused by what it goes with", trying("tool_choice", NO_TOOLS)),
    departs("request.documented-params", "refused by another name", trying("seed", NO_TOOLS), "status"),
    departs("request.documented-params", "refused without a name", trying("seed", error("Not supported.")), "status"),
    departs("request.documented-params", "a crash", trying("user", CRASH, 500), "status"),
    departs(
        "request.documented-params",
        "a crash that names it, recorded",
        recorded(refused(asking(seed=1), NO_SEED, 500)),
        "status",
    ),
    ignored("request.documented-params", "a crash that does not, recorded", recorded(crashed(asking(seed=1)))),
    ignored("request.documented-params", "nonsense, recorded", recorded(refused(asking(seed="x"), NO_SEED, 500))),
    ignored("request.documented-params", "one refused, recorded", recorded(refused(asking(seed=1)))),
    holds("request.unknown-param", "refused by name", refused(asking(not_a_parameter=1), UNKNOWN)),
    departs("request.unknown-param", "ignored", taken(asking(not_a_parameter=1)), "status"),
    unsettled("request.unknown-param", "a crash", crashed(asking(not_a_parameter=1))),
    departs(
        "request.unknown-param",
        "refused for another parameter",
        refused(asking(not_a_parameter=1), error("No n.", param="n")),
        "status",
    ),
    unsettled("request.unknown-param", "no key", refused(asking(not_a_parameter=1), status=401)),
)
HONOURED = (
    holds("request.max-tokens", "within", saying("Hello.", max_tokens=3)),
    holds("request.max-tokens", "within, for each of two", saying("Hello.", "Hi.", used=6, max_tokens=3, n=2)),
    departs(
        "request.max-tokens", "beyond, by the count", saying("Hello.", used=9, max_tokens=3), "/usage/completion_tokens"
    ),
    departs(
        "request.max-tokens", "beyond, by the words", streamed("one two", " three four five", max_tokens=2), "content"
    ),
    unsettled("request.max-tokens", "refused", refused(asking(max_tokens=3))),
    unsupported(
        "request.max-tokens",
        "refused by name",
        refused(asking(max_tokens=3), error("No max_tokens.", param="max_tokens")),
    ),
    holds("request.max-completion-tokens", "within", saying("Hello.", max_completion_tokens=3)),
    holds(
        "request.max-completion-tokens",
        "a prediction that did not hold",
        answer(
            chat_body(usage=usage(completion=9, completion_tokens_details={"rejected_prediction_tokens": 7})),
            asked=asking(max_completion_tokens=3),
        ),
    ),
    departs(
        "request.max-completion-tokens",
        "beyond",
        saying("Hello.", used=9, max_completion_tokens=3),
        "/usage/completion_tokens",
    ),
    holds("request.n", "two", saying("a", "b", n=2)),
    departs("request.n", "one of two", saying("a", n=2), "/choices"),
    departs("request.n", "one of two, in a stream", streamed("a", n=2), "/choices"),
    unsupported("request.n", "refused by name", refused(asking(n=2), error("n must be 1", param="n"))),
    unsettled("request.n", "refused", refused(asking(n=2))),
    holds("request.stop-excluded", "cut before it", saying("1, 2, ", stop="3")),
    departs("request.stop-excluded", "cut after it", saying("1, 2, 3", stop="3"), "content"),
    departs("request.stop-excluded", "over the border of chunks", streamed("EN", "D of it", stop=["END"]), "content"),
    unsettled("request.stop-excluded", "refused", refused(asking(stop="3"))),
    unsupported(
        "request.stop-excluded", "refused by name", refused(asking(stop="3"), error("Unsupported parameter: 'stop'."))
    ),
    holds("request.seed", "the same", seeds("a", "a", "a")),
    holds("request.seed", "the same twice of three", seeds("a", "b", "a")),
    departs("request.seed", "all different", seeds("a", "b", "c"), "content"),
    unsettled("request.seed", "one answer", seeds("a")),
    unsupported(
        "request.seed", "refused by name", {"seeded once": refused(asking(seed=1), error("No seed.", param="seed"))}
    ),
    holds("request.required", "no messages, refused", refused(drop(asking(), "/messages"))),
    departs("request.required", "no messages, answered", taken(drop(asking(), "/messages")), "messages"),
    departs("request.required", "no model, answered", taken(drop(asking(), "/model")), "model"),
    departs("request.required", "empty messages, answered", taken(talk()), "messages"),
    departs("request.required", "no content, answered", taken(talk({"role": "user"})), "messages[0].content"),
    unsettled("request.required", "no key", refused(talk(), status=401)),
    ignored(
        "request.required",
        "a model in the path",
        answer(asked=drop(asking(), "/model"), path="https://az.example/openai/deployments/m/chat/completions"),
    ),
    ignored(
        "request.required",
        "an assistant with calls and no content",
        taken(talk(USER, {"role": "assistant", "tool_calls": []}, USER)),
    ),
    holds("request.types", "refused", refused(asking(temperature="hot"))),
    departs("request.types", "taken for a number", taken(asking(temperature="0.5")), "temperature"),
    departs("request.types", "an odd role", taken(talk(turn("wizard", "Hi."))), "messages[0].role"),
    departs("request.types", "content that is null", taken(talk(turn("user", None))), "messages[0].content"),
    departs("request.types", "a whole number that is none", taken(asking(n=1.5)), "n"),
    unsettled("request.types", "no key", refused(asking(temperature="hot"), status=403)),
    ignored("request.types", "1.0 where 1 is meant", taken(asking(n=1.0))),
    ignored("request.types", "null for nothing", taken(asking(temperature=None, user=None, stop=None))),
    holds("request.stream-options-alone", "refused", refused(asking(stream_options={"include_usage": True}))),
    departs("request.stream-options-alone", "ignored", taken(asking(stream_options={"include_usage": True})), "status"),
    unsettled("request.stream-options-alone", "no key", refused(asking(stream_options={"a": 1}), status=401)),
)
EDGES: dict[str, tuple[Any, Any]] = {
    "temperature": (2, 2.5),
    "top_p": (0, 1.5),
    "n": (1, 129),
    "max_tokens": (1, -1),
    "max_completion_tokens": (1, -1),
    "presence_penalty": (-2, -2.5),
    "frequency_penalty": (2, 2.5),
    "top_logprobs": (20, 21),
    "logit_bias": ({"17": 100}, {"17": 101}),
    "stop": (["v", "w", "x", "y"], ["v", "w", "x", "y", "z"]),
}
"""Of each parameter, a value at the edge of its range, and one beyond."""


NO_LOGPROBS = error("Unsupported parameter: 'logprobs'.", param="logprobs")
WITH_LOGPROBS = edge("top_logprobs", 20, refused(asking(logprobs=True, top_logprobs=20), NO_LOGPROBS))
GONE_WITH = unsettled("request.bounds.top-logprobs", "the edge, refused by what it goes with", WITH_LOGPROBS)


def bounds(param: str, at: Any, beyond: Any) -> tuple[Case, ...]:
    id = f"request.bounds.{param.replace('_', '-')}"
    beside: dict[str, Any] = {"logprobs": True} if param == "top_logprobs" else {}
    edge_asked, outside = asking(**{param: at}, **beside), asking(**{param: beyond}, **beside)
    named = error(f"Invalid '{param}'.", param=param)
    return (
        holds(id, "the edge, taken", edge(param, at, taken(edge_asked))),
        holds(id, "beyond, refused", refused(outside, named)),
        departs(id, "beyond, taken", taken(outside), param),
        departs(id, "the edge, a crash", edge(param, at, crashed(edge_asked)), "status"),
        departs(id, "the edge, refused without a name", edge(param, at, refused(edge_asked)), "status"),
        unsupported(id, "the edge, refused by name", edge(param, at, refused(edge_asked, named))),
        unsettled(id, "beyond, a crash, which is another check's", crashed(outside)),
        ignored(id, "not set", answer()),
    )


CASES = (
    *ACCEPTED,
    *HONOURED,
    GONE_WITH,
    *(case for param, (at, beyond) in EDGES.items() for case in bounds(param, at, beyond)),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_request(case: Case) -> None:
    assert found(case) == (case.outcome, case.at)
