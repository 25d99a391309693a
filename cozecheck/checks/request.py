"""Checks: parameters accepted, and honoured."""

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from cozecheck.checks import rules
from cozecheck.checks.registry import check, relation
from cozecheck.contract import shapes, sources
from cozecheck.contract.parameters import LOGIT_BIAS, MAX_STOPS, RANGES, Fault
from cozecheck.contract.sources import CHAT_REQUEST, spec
from cozecheck.exchange import Exchange
from cozecheck.findings import Basis, Inconclusive, Level, Problem, Unsupported, Verdict
from cozecheck.views import answers
from cozecheck.views.chat import chat_body
from cozecheck.views.chat_stream import chat_stream
from cozecheck.views.requests import (
    PLAIN,
    Asked,
    acceptance,
    asked_chat,
    illegal_chat,
    is_plain_but,
    legal_chat,
    refusal_of,
    without_effect,
)
from cozecheck.views.wire import is_recorded

LONG = 8_000
"""Bytes from which on a prompt may be too long."""


def plain_body(exchange: Exchange) -> Asked | None:
    """Read the answer to our own plain question: of a recorded refusal we can't know the key."""
    return legal_chat(exchange) if exchange.scenario == "request.plain" else None


def plain_stream(exchange: Exchange) -> Asked | None:
    """Read the answer to a plain question, asked for as a stream."""
    asked = legal_chat(exchange)
    if asked is None or not is_plain_but(asked) or not _is_text_only(asked) or not asked.body.get("stream"):
        return None
    is_short = len(exchange.request.body) < LONG
    return asked if is_short and [message.get("role") for message in asked.messages] == ["user"] else None


@check(
    "request.plain",
    Level.MUST,
    Basis.SPEC,
    of=plain_body,
    cite=spec("CreateChatCompletionRequest"),
    breaks=("everybody",),
    remedy="Answer a request that has a model and one user message.",
)
def plain_question(asked: Asked) -> Iterator[Verdict]:
    """A plain question is answered."""
    yield from _accepted(asked, "a plain question")


@check(
    "request.stream",
    Level.MUST,
    Basis.SPEC,
    of=plain_stream,
    cite=sources.STREAMING,
    breaks=("everybody who streams",),
    remedy="Answer `stream: true` with a stream.",
    evidence=("Portkey-AI/gateway 1.15.2 on Node 20 (recorded)",),
)
def streamed_question(asked: Asked) -> Iterator[Verdict]:
    """A plain question is answered as a stream, if so asked."""
    yield from _accepted(asked, "a plain question, as a stream,")


def _has_role(role: str) -> Callable[[Exchange], Asked | None]:
    def view(exchange: Exchange) -> Asked | None:
        asked = legal_chat(exchange)
        if asked is None or not is_plain_but(asked) or not _is_text_only(asked):
            return None
        roles = [message.get("role") for message in asked.messages]
        return asked if roles == [role, "user"] else None

    view.__doc__ = f"Read an answered request of one {role} message and one user message."
    return view


def _is_text_only(asked: Asked) -> bool:
    return all(isinstance(message.get("content"), str) and not message.get("tool_calls") for message in asked.messages)


@check(
    "request.system-role",
    Level.MUST,
    Basis.SPEC,
    of=_has_role("system"),
    cite=spec("ChatCompletionRequestSystemMessage"),
    breaks=("nearly every application: it begins with a system message",),
    remedy="Take system messages; give them to the model as it can read them.",
    evidence=("fatwang2/coze2openai#9",),
)
def system_role(asked: Asked) -> Iterator[Verdict]:
    """A message of the role system is accepted."""
    yield from _accepted(asked, "a system message")


@check(
    "request.developer-role",
    Level.SHOULD,
    Basis.SPEC,
    of=_has_role("developer"),
    cite=spec("ChatCompletionRequestDeveloperMessage"),
    breaks=("openai-agents, the Vercel AI SDK and others, which send developer for newer models",),
    remedy="Take developer as another name for system.",
    evidence=("halogen-server#3", "hebo-gateway#251", "pi#1048", "pi#1578"),
)
def developer_role(asked: Asked) -> Iterator[Verdict]:
    """A message of the role developer is accepted."""
    yield from _accepted(asked, "a developer message")


def _accepted(asked: Asked, what: str) -> Iterator[Verdict]:
    verdict = acceptance(asked, what)
    if verdict:
        yield verdict


def text_parts(exchange: Exchange) -> Asked | None:
    """Read an answered request with content as a list of texts."""
    asked = legal_chat(exchange)
    if asked is None or not is_plain_but(asked):
        return None
    contents = [message.get("content") for message in asked.messages]
    lists = [content for content in contents if isinstance(content, list)]
    plain = all(isinstance(content, str) or _is_text_parts(content) for content in contents)
    return asked if lists and plain else None


def _is_text_parts(content: Any) -> bool:
    return isinstance(content, list) and all(
        isinstance(part, dict) and part.get("type") == "text" and isinstance(part.get("text"), str) and part["text"]
        for part in content
    )


@check(
    "request.content-array",
    Level.MUST,
    Basis.SPEC,
    of=text_parts,
    cite=spec("ChatCompletionRequestUserMessage/properties/content"),
    breaks=("LangChain, the Vercel AI SDK and others, which send text as parts",),
    remedy="Take content as a string or as a list of parts.",
    evidence=("shimmy#191", "lemonade#629", "GenieX#683", "ollama/ollama#3824"),
)
def content_array(asked: Asked) -> Iterator[Verdict]:
    """Content as a list of text parts is accepted."""
    yield from _accepted(asked, "content as a list of text parts")


def conversation(exchange: Exchange) -> Asked | None:
    """Read an answered request that carries a conversation of text."""
    asked = legal_chat(exchange)
    if asked is None or not is_plain_but(asked) or not _is_text_only(asked):
        return None
    roles = [message.get("role") for message in asked.messages if message.get("role") not in ("system", "developer")]
    return asked if roles == ["user", "assistant"] * (len(roles) // 2) + ["user"] and len(roles) > 1 else None


@check(
    "request.multi-turn",
    Level.MUST,
    Basis.SPEC,
    of=conversation,
    cite=spec("ChatCompletionRequestAssistantMessage"),
    breaks=("every chat after the first question",),
    remedy="Take the whole list of messages, assistant turns included.",
    evidence=("fatwang2/coze2openai#9",),
)
def multi_turn(asked: Asked) -> Iterator[Verdict]:
    """A conversation with assistant turns is accepted."""
    yield from _accepted(asked, "a conversation")


def odd_order(exchange: Exchange) -> Asked | None:
    """Read an answered request whose roles come in an odd order."""
    asked = legal_chat(exchange)
    if asked is None or not is_plain_but(asked) or not _is_text_only(asked):
        return None
    roles = [message.get("role") for message in asked.messages]
    twice = any(one == other and one in ("user", "assistant") for one, other in pairwise(roles))
    return asked if twice or "system" in roles[1:] or roles[:1] == ["assistant"] else None


@check(
    "request.role-order",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=odd_order,
    cite=sources.WIRE,
    breaks=("agents, which send two user messages in a row, or a system message in the middle",),
    remedy="Join neighbours for templates that want the roles in turn; or refuse with 400, never with a 5xx.",
    evidence=("mistral-vibe#1006", "theia#17104", "raycast#34"),
)
def role_order(asked: Asked) -> Iterator[Verdict]:
    """Roles in an odd order are answered, or refused with a 4xx."""
    if asked.response.status >= 500 and not asked.is_outage:
        yield Problem("an answer, or 400", f"{asked.response.status}: {asked.said[:120]}", at="status")


def one_parameter(exchange: Exchange) -> Asked | None:
    """Read the answer to a legal request that tries out one parameter; of a recorded one, a crash that names it."""
    asked = legal_chat(exchange)
    if asked is None or exchange.scenario == "request.parameters":
        return asked
    tried = _tried(asked)
    crashed = is_recorded(asked.response) and asked.response.status >= 500 and len(tried) == 1 and asked.names(*tried)
    return asked if crashed and not shapes.chat_request(asked.body) else None


def _tried(asked: Asked) -> frozenset[str]:
    return (shapes.CHAT_PARAMETERS & asked.body.keys()) - PLAIN


@check(
    "request.documented-params",
    Level.SHOULD,
    Basis.SPEC,
    of=one_parameter,
    cite=spec("CreateChatCompletionRequest"),
    breaks=("applications that set the parameter: it worked with OpenAI",),
    remedy="Take every documented parameter; refuse those you can't serve with 400 and the name in `param`.",
    evidence=("vllm-project/vllm#10093", "vllm-project/vllm#5797", "vllm-omni#1952"),
)
def documented_params(asked: Asked) -> Iterator[Verdict]:
    """A documented parameter is accepted, or refused by its name."""
    name = asked.exchange.name or ", ".join(_tried(asked))
    verdict = refusal_of(asked, name, name)
    if verdict:
        yield verdict


def unknown_parameter(exchange: Exchange) -> Asked | None:
    """Read an answered request with a parameter that is none."""
    asked = legal_chat(exchange)
    return asked if asked and _unknown(asked) else None


def _unknown(asked: Asked) -> list[str]:
    return [name for name in asked.body if name.startswith(("not_a_", "unknown_", "no_such_", "x_unknown"))]


@check(
    "request.unknown-param",
    Level.MAY,
    Basis.DE_FACTO,
    of=unknown_parameter,
    cite=sources.WIRE + ": 400 unknown_parameter",
    breaks=("nobody at once: a misspelt parameter is ignored without a word",),
    remedy="Refuse unknown parameters with code unknown_parameter, or say in your documentation that you don't.",
)
def unknown_param(asked: Asked) -> Iterator[Verdict]:
    """A parameter that does not exist is refused by its name."""
    names = _unknown(asked)
    if asked.response.ok:
        yield Problem("400 unknown_parameter", asked.response.status, at="status")
    elif asked.is_refused_elsewhere or asked.response.status >= 500:
        yield Inconclusive(f"refused for another reason ({asked.response.status})")
    elif not asked.names(*names):
        yield Problem(f"400 that names {names[0]}", f"{asked.response.status}: {asked.said[:120]}", at="status")


def _capped_by(name: str) -> Callable[[Exchange], Asked | None]:
    def view(exchange: Exchange) -> Asked | None:
        asked = legal_chat(exchange)
        return asked if asked and isinstance(asked.body.get(name), int) and asked.body[name] > 0 else None

    view.__doc__ = f"Read an answered request with {name}."
    return view


@check(
    "request.max-tokens",
    Level.MUST,
    Basis.SPEC,
    of=_capped_by("max_tokens"),
    cite=spec(CHAT_REQUEST + "max_tokens"),
    breaks=("budgets, and layouts that count on short answers",),
    remedy="Stop after max_tokens tokens, and say length.",
    evidence=("mudler/LocalAI#3533",),
)
def max_tokens(asked: Asked) -> Iterator[Verdict]:
    """max_tokens caps the answer."""
    yield from _capped(asked, "max_tokens")


@check(
    "request.max-completion-tokens",
    Level.MUST,
    Basis.SPEC,
    of=_capped_by("max_completion_tokens"),
    cite=spec(CHAT_REQUEST + "max_completion_tokens"),
    breaks=("applications on current SDKs, where max_tokens is deprecated",),
    remedy="Take max_completion_tokens as max_tokens was taken.",
    evidence=("abetlen/llama-cpp-python#1907", "ikawrakow/ik_llama.cpp#2321", "void#128"),
)
def max_completion_tokens(asked: Asked) -> Iterator[Verdict]:
    """max_completion_tokens caps the answer."""
    yield from _capped(asked, "max_completion_tokens")


def _capped(asked: Asked, name: str) -> Iterator[Verdict]:
    if not asked.response.ok:
        yield without_effect(asked, name)
        return
    limit, texts, usage = asked.body[name], answers.texts(asked.exchange), answers.usage(asked.exchange)
    used = _used(usage)
    choices = max(asked.body["n"] if isinstance(asked.body.get("n"), int) else 1, len(texts))
    if used > limit * choices:
        yield Problem(f"at most {limit} tokens", f"{used} tokens", at="/usage/completion_tokens")
    longest = max((len(text.split()) for text in texts), default=0)
    if longest > limit * rules.WORDS_PER_TOKEN:
        yield Problem(f"at most {limit} tokens", f"{longest} words", at="content")


def _used(usage: Mapping[str, Any]) -> int:
    """Return the tokens of the answer; those of a prediction that did not hold count beyond the cap."""
    used, details = usage.get("completion_tokens"), usage.get("completion_tokens_details")
    rejected = details.get("rejected_prediction_tokens") if isinstance(details, dict) else 0
    return used - (rejected if isinstance(rejected, int) else 0) if isinstance(used, int) else 0


def asks_several(exchange: Exchange) -> Asked | None:
    """Read an answered request for several choices."""
    asked = legal_chat(exchange)
    return asked if asked and isinstance(asked.body.get("n"), int) and asked.body["n"] > 1 else None


@check(
    "request.n",
    Level.SHOULD,
    Basis.SPEC,
    of=asks_several,
    cite=spec(CHAT_REQUEST + "n"),
    breaks=("applications that vote over, or choose among, several answers",),
    remedy="Answer with n choices, or refuse with 400 and param n.",
    evidence=("abetlen/llama-cpp-python#1906", "ollama/ollama docs/api/openai-compatibility.mdx"),
)
def n(asked: Asked) -> Iterator[Verdict]:
    """n choices are asked for, and n come."""
    if not asked.response.ok:
        yield without_effect(asked, "n")
        return
    body, stream = chat_body(asked.exchange), chat_stream(asked.exchange)
    count = len(body.choices) if body else len(stream.choices) if stream else None
    if count is not None and count != asked.body["n"]:
        yield Problem(f"{asked.body['n']} choices", count, at="/choices")


def asks_to_stop(exchange: Exchange) -> Asked | None:
    """Read an answered request with stop sequences."""
    asked = legal_chat(exchange)
    return asked if asked and asked.body.get("stop") else None


@check(
    "request.stop-excluded",
    Level.MUST,
    Basis.SPEC,
    of=asks_to_stop,
    cite=spec("StopConfiguration") + ": the returned text will not contain the stop sequence",
    breaks=("agents that stop a model at a mark: they read past it",),
    remedy="Cut the text before the first stop sequence, over the borders of tokens and chunks too; finish with stop.",
    evidence=("huggingface/text-generation-inference#1724", "mlx-vlm#1044", "aprender#2019"),
)
def stop_excluded(asked: Asked) -> Iterator[Verdict]:
    """The text ends before the stop sequence."""
    if not asked.response.ok:
        yield without_effect(asked, "stop")
        return
    stops = asked.body["stop"] if isinstance(asked.body["stop"], list) else [asked.body["stop"]]
    for text in answers.texts(asked.exchange):
        found = [stop for stop in stops if isinstance(stop, str) and stop and stop in text]
        if found:
            place = text.index(found[0])
            yield Problem(f"no {found[0]!r}", text[max(0, place - 16) : place + len(found[0]) + 8], at="content")


@relation(
    "request.seed",
    Level.SHOULD,
    Basis.SPEC,
    scenario="request.seed",
    cite=spec(CHAT_REQUEST + "seed") + ": best effort",
    breaks=("tests and evaluations that count on repeatable answers",),
    remedy="Seed the sampler, or refuse `seed` by name.",
    evidence=("ggml-org/llama.cpp#7381", "vllm-project/vllm#21310", "ollama/ollama#1749"),
)
def seed(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """The same seed gives the same answer."""
    asks = {name: asked for name, each in run.items() if (asked := asked_chat(each))}
    refused = [asked for asked in asks.values() if not asked.response.ok]
    if refused and refused[0].error and refused[0].names("seed"):
        yield Unsupported(refused[0].said[:200])
        return
    seeded = [answers.texts(asked.exchange) for name, asked in asks.items() if name.startswith("seeded")]
    if len(seeded) < 2 or not all(seeded):
        yield Inconclusive("no two seeded answers")
    elif len({tuple(texts) for texts in seeded}) == len(seeded):
        yield Problem("the same text", f"{len(seeded)} different ones", at="content")


def lacks_required(exchange: Exchange) -> Asked | None:
    """Read an answered request without something that is required."""
    asked = asked_chat(exchange)
    return asked if asked and _faults(asked, "missing", "empty") else None


def _faults(asked: Asked, *kinds: str) -> list[Fault]:
    return [fault for fault in asked.faults if fault.kind in kinds]


@check(
    "request.required",
    Level.MUST,
    Basis.SPEC,
    of=lacks_required,
    cite=spec("CreateChatCompletionRequest/required"),
    breaks=("everybody with a mistake in a request: answers come to a question that was not asked",),
    remedy="Refuse with 400, code missing_required_parameter, and the name in `param`.",
    evidence=("abetlen/llama-cpp-python 0.3.36 (recorded)",),
    requires=("errors.status-not-200",),
)
def required(asked: Asked) -> Iterator[Verdict]:
    """A request without a required field is refused."""
    if asked.is_kept_out:
        yield Inconclusive(f"refused for another reason ({asked.response.status})")
    elif asked.response.ok:
        fault = _faults(asked, "missing", "empty")[0]
        yield Problem(f"400 ({fault.detail})", asked.response.status, at=fault.param)


def has_wrong_type(exchange: Exchange) -> Asked | None:
    """Read an answered request with a value of the wrong type."""
    asked = illegal_chat(exchange)
    return asked if asked and _faults(asked, "type", "enum") else None


@check(
    "request.types",
    Level.SHOULD,
    Basis.SPEC,
    of=has_wrong_type,
    cite=spec("CreateChatCompletionRequest"),
    breaks=("everybody with a mistake in a request: it is guessed at, or ignored",),
    remedy="Refuse with 400, code invalid_type, and the name in `param`.",
    requires=("errors.status-not-200",),
)
def types(asked: Asked) -> Iterator[Verdict]:
    """A value of the wrong type is refused."""
    if asked.is_kept_out:
        yield Inconclusive(f"refused for another reason ({asked.response.status})")
    elif asked.response.ok:
        fault = _faults(asked, "type", "enum")[0]
        yield Problem(f"400 ({fault.detail})", asked.response.status, at=fault.param)


def lonely_stream_options(exchange: Exchange) -> Asked | None:
    """Read an answered request with stream_options and no stream."""
    asked = legal_chat(exchange)
    return asked if asked and asked.body.get("stream_options") and not asked.body.get("stream") else None


@check(
    "request.stream-options-alone",
    Level.MAY,
    Basis.SPEC,
    of=lonely_stream_options,
    cite=spec(CHAT_REQUEST + "stream_options") + ": only set this when you set stream: true",
    breaks=("nobody: a mistake goes unseen",),
    remedy="Refuse with 400 and param stream_options.",
)
def stream_options_alone(asked: Asked) -> Iterator[Verdict]:
    """stream_options without stream is refused."""
    if asked.is_kept_out:
        yield Inconclusive(f"refused for another reason ({asked.response.status})")
    elif asked.response.ok:
        yield Problem("400", asked.response.status, at="status")


RARE_EDGES = {"max_tokens": 0, "max_completion_tokens": 0, "top_p": 0}
"""Edges that nobody sends by habit: a 5xx to such a request is about the edge."""


def _bounded(param: str) -> Callable[[Exchange], Asked | None]:
    def view(exchange: Exchange) -> Asked | None:
        asked = asked_chat(exchange)
        return asked if asked and asked.body.get(param) is not None and _tries(asked, param) else None

    view.__doc__ = f"Read an answered request with {param} at, or beyond, its bounds."
    return view


def _tries(asked: Asked, param: str) -> bool:
    outside = [fault for fault in asked.faults if fault.param == param and fault.kind == "range"]
    at_edge = not asked.faults and (
        asked.exchange.scenario == "request.bounds" or asked.body[param] == RARE_EDGES.get(param, object())
    )
    ours = asked.exchange.scenario != "request.bounds" or asked.exchange.name.startswith(param)
    return bool(outside or at_edge) and ours


def _declare_bounds(param: str, documented: str, cite: str) -> None:
    def bounds(asked: Asked) -> Iterator[Verdict]:
        outside = [fault for fault in asked.faults if fault.param == param]
        if outside and (asked.is_kept_out or asked.response.status >= 500):
            yield Inconclusive(f"{param}: refused for another reason ({asked.response.status})")
        elif outside and asked.response.ok:
            yield Problem(f"400 ({outside[0].detail})", asked.response.status, at=param)
        elif not outside and not asked.response.ok:
            verdict = refusal_of(asked, f"{param}: {asked.body[param]!r}"[:80], param)
            if verdict:
                yield verdict

    bounds.__doc__ = f"A {param} of {documented} is taken, and anything beyond is refused."
    check(
        f"request.bounds.{param.replace('_', '-')}",
        Level.SHOULD,
        Basis.SPEC,
        of=_bounded(param),
        cite=cite,
        breaks=("applications at the edge of the range; and those with a mistake that nobody tells them",),
        remedy=f"Take a {param} of {documented}, the ends too; refuse the rest with 400 and the name in `param`.",
        evidence=("huggingface/text-generation-inference#1896",),
        requires=("errors.status-not-200",),
    )(bounds)


for _range in RANGES:
    _declare_bounds(_range.param, str(_range), _range.cite)
_declare_bounds("logit_bias", str(LOGIT_BIAS), LOGIT_BIAS.cite)
_declare_bounds("stop", f"up to {MAX_STOPS} sequences", spec("StopConfiguration"))
