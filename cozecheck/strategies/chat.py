"""Requests for chat completions."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from openai.types.chat.completion_create_params import CompletionCreateParamsBase

from cozecheck.contract.parameters import RANGES
from cozecheck.scenarios.sending import Subject, user
from cozecheck.strategies.bodies import Json, Shape, body, group, streams
from cozecheck.strategies.case import Known
from cozecheck.strategies.chat_breaks import BREAKS
from cozecheck.strategies.messages import conversations, only_texts
from cozecheck.strategies.numbers import in_range
from cozecheck.strategies.sdk_types import groups
from cozecheck.strategies.tools import formats, offered, old_functions
from cozecheck.strategies.values import flags, metadata, nullable_flags, odd_texts, stops, texts

TOKENS = st.integers(1, 16)
IN_JSON = user("Answer in JSON.")
DEAR = ("audio", "modalities", "web_search_options", "moderation")
"""What costs more than tokens, or is for few models."""
TOGETHER = (
    *("model", "messages", "max_tokens", "max_completion_tokens", "n", "logprobs", "top_logprobs", "metadata", "store"),
    *("stream_options", "tools", "tool_choice", "parallel_tool_calls", "functions", "function_call", "response_format"),
)
"""What is required, and what is drawn with something beside it."""
BIASES: SearchStrategy[Any] = st.sampled_from(
    ({}, {"1734": 0}, {"0": -100, "50256": 100}, {"100257": 1, "1": -1, "007": 5}, None)
)
OVERLAY: dict[str, SearchStrategy[Any]] = {
    **{each.param: in_range(each) for each in RANGES if each.param not in TOGETHER},
    "logit_bias": BIASES,
    "prediction": group(type="content", content=odd_texts | only_texts),
    "seed": st.sampled_from((0, 7, -1, 2**31, 2**63 - 1, -(2**63), None)),
    "service_tier": st.sampled_from(("auto", "default", None)),
    "stop": stops,
}
LOGPROBS: tuple[Json, ...] = (
    *({"logprobs": value} for value in (False, True, None)),
    *({"logprobs": True, "top_logprobs": count} for count in (0, 1, 19, 20)),
)
OPTIONAL: dict[str, SearchStrategy[Json]] = {
    "stream": streams({}, {"include_usage": True}, {"include_usage": False}, {"include_obfuscation": False}, None),
    "tools": offered() | old_functions(),
    "response_format": group(response_format=formats),
    "n": group(n=st.sampled_from((1, 2, 3, None))),
    "logprobs": st.sampled_from(LOGPROBS),
    "store": group(store=nullable_flags) | group(store=True, metadata=metadata),
    **groups(CompletionCreateParamsBase, OVERLAY, (*TOGETHER, *DEAR)),
}
OFTEN = ("stream", "tools", "tools", "response_format")
ALONE = frozenset(
    (
        *("n", "logprobs", "top_logprobs", "presence_penalty", "frequency_penalty", "max_completion_tokens"),
        *("tools", "tool_choice", "parallel_tool_calls", "functions", "function_call"),
    )
)
"""What must not stand beside a prediction."""


def chat(subject: Subject, _known: Known) -> SearchStrategy[Json]:
    """Draw a legal body."""
    required = {"model": st.just(subject.model), "messages": conversations(), subject.cap: TOKENS}
    return body(required, OPTIONAL, OFTEN).map(_agreeing)


def plain(subject: Subject) -> SearchStrategy[Json]:
    """Draw the body of a single question."""
    asked = group(role="user", content=texts).map(lambda message: [message])
    return group(model=subject.model, messages=asked, **{subject.cap: 8}, stream=flags)


def _agreeing(made: Json) -> Json:
    """Leave out what may not stand together, and speak of JSON where JSON is asked for."""
    if made.get("response_format") == {"type": "json_object"}:
        made = {**made, "messages": [IN_JSON, *made["messages"]]}
    if "prediction" in made:
        made = {name: value for name, value in made.items() if name not in ALONE}
    return made


CHAT = Shape("chat.completions.create", "/chat/completions", chat, plain, BREAKS)
