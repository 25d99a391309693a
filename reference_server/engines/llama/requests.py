"""A request to what llama.cpp is asked."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from reference_server.engines.llama.tools import told_call
from reference_server.protocol.chat_request import ChatRequest, Message

CHAT, COMPLETION, TEMPLATE = "/v1/chat/completions", "/v1/completions", "/apply-template"
COUNT = "/v1/chat/completions/input_tokens"
SAME_NAMES = ("top_p", "frequency_penalty", "presence_penalty", "logit_bias")
ROLES = {"developer": "system", "tool": "user", "function": "user"}
"""What templates call them: few know tools, and each knows them in its own way."""
SEEDS = 2**32 - 1
"""One less than there are: the last stands for none."""
Json = dict[str, Any]


def chat_body(request: ChatRequest, choice: int) -> Json:
    """Return what asks for an answer in words."""
    return {**sampling(request, choice), **form(request), "messages": list(messages(request.messages))}


def prompt_body(request: ChatRequest, choice: int, prompt: str) -> Json:
    """Return what goes on with a text."""
    odds = {"logprobs": alternatives(request)} if request.logprobs else {}
    return {**sampling(request, choice), **odds, "prompt": prompt}


def sampling(request: ChatRequest, choice: int) -> Json:
    """Return what is the same for both: how to choose tokens, and how many."""
    seed = {} if request.seed is None else {"seed": (request.seed + choice) % SEEDS}
    odds = {"logprobs": True, "top_logprobs": alternatives(request)} if request.logprobs else {}
    return {
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": request.temperature,
        # No limit at all is the context's.
        "max_tokens": -1 if request.max_tokens is None else max(request.max_tokens, 1),
        "top_p": 1.0,
        **{name: request.options[name] for name in SAME_NAMES if name in request.options},
        **seed,
        **odds,
        # An answer that is left at a stop sequence never comes to its usage.
        "timings_per_token": bool(request.stop or request.tools),
    }


def alternatives(request: ChatRequest) -> int:
    """Return how many tokens to be told of in each place: with none, llama.cpp tells nothing at all."""
    return max(request.top_logprobs, 1)


def form(request: ChatRequest) -> Json:
    """Return the form that an answer must have."""
    wanted = request.text_format
    if wanted.kind == "json_schema":
        schema = {"type": "object", **wanted.schema}
        return {"response_format": {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}}
    return {"response_format": {"type": "json_object"}} if wanted.kind == "json_object" else {}


def messages(given: Iterable[Message]) -> Iterator[Json]:
    """Yield turns: neighbours of the same role are one, for most templates insist that roles take turns."""
    for role, turns in groupby(given, key=lambda message: ROLES.get(message.role, message.role)):
        yield {"role": role, "content": "\n\n".join(filter(None, map(text_of, turns)))}


def text_of(message: Message) -> str:
    """Return what a message says, calls and results in words."""
    if message.role in ("tool", "function"):
        return f"Result: {message.text}"
    return "\n".join(
        [*filter(None, [message.text]), *(told_call(call.name, call.payload) for call in message.tool_calls)]
    )
