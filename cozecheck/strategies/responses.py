"""Requests for responses and for counts of their input."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from openai.types.responses.input_token_count_params import InputTokenCountParams
from openai.types.responses.response_create_params import ResponseCreateParamsBase

from cozecheck.contract.response_parameters import RESPONSE_RANGES
from cozecheck.scenarios.sending import Subject
from cozecheck.strategies.bodies import Json, Shape, body, group, streams
from cozecheck.strategies.case import Known
from cozecheck.strategies.items import conversations
from cozecheck.strategies.json_schemas import objects
from cozecheck.strategies.numbers import in_range
from cozecheck.strategies.response_breaks import COUNT_BREAKS, RESPONSE_BREAKS
from cozecheck.strategies.sdk_types import groups
from cozecheck.strategies.tools import chosen, schemas, several_names
from cozecheck.strategies.values import flags, metadata, texts

TOKENS = st.integers(16, 32)
nothing = st.none()
TOGETHER = (
    "model",
    "input",
    "max_output_tokens",
    "include",
    "top_logprobs",
    "stream_options",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
)
STATEFUL = ("conversation", "previous_response_id", "prompt", "background", "background_options")
OF_FEW = ("access_programs", "context_management", "image", "moderation", "personality", "prompt_cache_options")
"""What few models and few accounts have."""
inputs: SearchStrategy[Any] = texts | conversations
verbosity: SearchStrategy[Json] = st.sampled_from(({}, {"verbosity": "low"}, {"verbosity": None}))
answer_formats: SearchStrategy[Json] = st.one_of(
    st.just({"type": "text"}),
    st.just({"type": "json_object"}),
    schemas.map(lambda each: {"type": "json_schema", **each}),
)
text_options: SearchStrategy[Json] = st.tuples(verbosity, st.just({}) | group(format=answer_formats)).map(
    lambda two: {**two[0], **two[1]}
)
INCLUDES = st.sampled_from(("reasoning.encrypted_content", "message.input_image.image_url"))
OVERLAY: dict[str, SearchStrategy[Any]] = {
    **{each.param: in_range(each) for each in RESPONSE_RANGES},
    "metadata": metadata,
    "reasoning": st.sampled_from(({}, None, {"effort": "low"}, {"effort": None, "summary": None}, {"summary": "auto"})),
    "service_tier": st.sampled_from(("auto", "default", None)),
    "text": text_options,
}


@st.composite
def offered(draw: st.DrawFn) -> Json:
    """Draw function tools with a choice among them."""
    tools = [_tool(draw, name) for name in draw(several_names)]
    named = [{"type": "function", "name": each["name"]} for each in tools]
    options = ("none", "auto", "required", named[0], {"type": "allowed_tools", "mode": "auto", "tools": named})
    made: Json = {"tools": tools}
    if choice := draw(chosen):
        made["tool_choice"] = options[choice % len(options)]
    if choice > 5:
        made["parallel_tool_calls"] = choice % 2 == 0
    return made


def _tool(draw: st.DrawFn, name: str) -> Json:
    strict = draw(flags)
    return {"type": "function", "name": name, "parameters": draw(objects(strict=strict)), "strict": strict}


OPTIONAL: dict[str, SearchStrategy[Json]] = {
    "stream": streams({}, {"include_obfuscation": True}, {"include_obfuscation": False}, None),
    "tools": offered(),
    "include": st.one_of(
        group(include=st.lists(INCLUDES, unique=True, max_size=2) | nothing),
        group(include=["message.output_text.logprobs"], top_logprobs=st.integers(0, 20)),
    ),
    **groups(ResponseCreateParamsBase, OVERLAY, (*TOGETHER, *STATEFUL, *OF_FEW)),
}
OFTEN = ("stream", "tools", "tools", "text")
COUNTED: dict[str, SearchStrategy[Json]] = {
    "tools": offered(),
    **groups(InputTokenCountParams, OVERLAY, (*TOGETHER, *STATEFUL, *OF_FEW)),
}


def response(subject: Subject, _known: Known) -> SearchStrategy[Json]:
    """Draw a legal body."""
    required = {"model": st.just(subject.model), "input": inputs, "max_output_tokens": TOKENS}
    return body(required, OPTIONAL, OFTEN).map(_agreeing)


def count(subject: Subject, _known: Known) -> SearchStrategy[Json]:
    """Draw a legal body of a request for a count."""
    return body({"model": st.just(subject.model), "input": inputs}, COUNTED).map(_agreeing)


def _agreeing(made: Json) -> Json:
    """Speak of JSON where JSON is asked for."""
    if (made.get("text") or {}).get("format") == {"type": "json_object"}:
        given = made["input"]
        said = [{"role": "user", "content": given}] if isinstance(given, str) else given
        made = {**made, "input": [{"role": "user", "content": "Answer in JSON."}, *said]}
    return made


def plain(subject: Subject) -> SearchStrategy[Json]:
    """Draw the body of a single question."""
    asked = group(role="user", content=texts).map(lambda item: [item])
    return group(model=subject.model, input=asked, max_output_tokens=16, stream=flags, store=False)


def plain_count(subject: Subject) -> SearchStrategy[Json]:
    """Draw the body of a single question that is to be counted."""
    return group(model=subject.model, input=group(role="user", content=texts).map(lambda item: [item]))


RESPONSES = Shape("responses.create", "/responses", response, plain, RESPONSE_BREAKS)
COUNTS = Shape("responses.input_tokens.count", "/responses/input_tokens", count, plain_count, COUNT_BREAKS)
