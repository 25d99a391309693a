"""Requests for completions, and ways to break them."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from openai.types.completion_create_params import CompletionCreateParamsBase

from cozecheck.contract.parameters import LOGIT_BIAS
from cozecheck.contract.prompt_parameters import COMPLETION_RANGES
from cozecheck.scenarios.sending import Subject
from cozecheck.strategies.bodies import Json, Shape, body, group, streams
from cozecheck.strategies.breaking import DEEP, NOT_FLAG, NOT_NUMBER, NOT_TEXT, NOWHERE, REMOVED, Break
from cozecheck.strategies.case import Known
from cozecheck.strategies.numbers import beyond, in_range
from cozecheck.strategies.sdk_types import groups
from cozecheck.strategies.type_breaks import type_breaks
from cozecheck.strategies.values import flags, short_texts, small_json, stops, texts

tokens = st.lists(st.integers(0, 50_000), min_size=1, max_size=3)
several_texts = st.lists(short_texts, min_size=1, max_size=3)
prompts: SearchStrategy[Any] = st.one_of(texts, several_texts, tokens, st.lists(tokens, min_size=1, max_size=2))
TOGETHER = ("model", "prompt", "max_tokens", "n", "best_of", "stream_options")
"""What is required, and what is drawn with something beside it."""
SETTLED = frozenset(each.param for each in COMPLETION_RANGES)
OVERLAY: dict[str, SearchStrategy[Any]] = {
    **{each.param: in_range(each) for each in COMPLETION_RANGES if each.param not in TOGETHER},
    "logit_bias": st.sampled_from(({}, {"0": -100}, {"50256": 100, "1": 0}, None)),
    "seed": st.sampled_from((0, 7, -1, 2**63 - 1, None)),
    "stop": stops,
}
OPTIONAL: dict[str, SearchStrategy[Json]] = {
    "stream": streams({}, {"include_usage": True}, {"include_obfuscation": False}, None),
    "n": group(n=st.integers(1, 2)) | group(n=1, best_of=st.integers(1, 2)),
    **groups(CompletionCreateParamsBase, OVERLAY, TOGETHER),
}
BREAKS = (
    Break("missing-key", "model", REMOVED),
    Break("missing-inside", "prompt", REMOVED),  # the same document says what is completed where there is no prompt
    Break("wrong-type", "model", NOT_TEXT),
    Break("wrong-type", "prompt", st.sampled_from((7, True, {}, {"text": "text"}))),
    Break("wrong-type", "stream", NOT_FLAG),
    Break("empty-array", "prompt", st.just([])),
    *(Break("wrong-type", each.param, NOT_NUMBER) for each in COMPLETION_RANGES),
    *(Break("out-of-range", each.param, beyond(each)) for each in COMPLETION_RANGES if each.param != "best_of"),
    Break("out-of-range", "best_of", st.sampled_from((-1, 21)), beside={"stream": False}),
    Break("out-of-range", "best_of", st.just(1), beside={"n": 2, "stream": False}),
    Break("out-of-range", "logit_bias", beyond(LOGIT_BIAS).map(lambda bias: {"1734": bias})),
    Break("wrong-key", "logit_bias", st.sampled_from(({"🦀": 1}, {"": 1}, {"-1": 0}))),
    Break("too-many", "stop", st.just(["v", "w", "x", "y", "z"])),
    Break("not-alone", "stream_options", st.just({"include_usage": True}), beside={"stream": NOWHERE}),
    Break("unknown-field", "not_a_parameter", small_json),
    Break("deep-nesting", "prompt", DEEP),
    *type_breaks(CompletionCreateParamsBase, (*SETTLED, "model", "prompt", "stream_options")),
)


def completion(subject: Subject, _known: Known) -> SearchStrategy[Json]:
    """Draw a legal body."""
    required = {"model": st.just(subject.model), "prompt": prompts, "max_tokens": st.integers(1, 16)}
    return body(required, OPTIONAL).map(_agreeing)


def _agreeing(made: Json) -> Json:
    """Of several completions the best can't be told in a stream."""
    alone = made.get("best_of", 0) > 1
    return {name: each for name, each in made.items() if not (alone and name in ("stream", "stream_options"))}


def plain(subject: Subject) -> SearchStrategy[Json]:
    """Draw the body of a single prompt."""
    return group(model=subject.model, prompt=texts, max_tokens=8, stream=flags)


COMPLETIONS = Shape("completions.create", "/completions", completion, plain, BREAKS)
