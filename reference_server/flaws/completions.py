"""Flaws of completions of prompts, sent as one body."""

from collections.abc import Callable
from typing import Any

from reference_server.flaws.canned import SERVER_ERROR
from reference_server.flaws.kinds import after, before, body
from reference_server.flaws.messages import Json, Reply, Request

PATH = "/completions"
PLAIN = {"model", "prompt", "max_tokens", "temperature", "stream", "stream_options"}


@after("completions.answered")
def completions_500(request: Request, reply: Reply) -> Reply:
    """A plain prompt is answered 500 where its usage is to be streamed."""
    plain = _asks(request) and request.json.keys() == PLAIN
    return SERVER_ERROR if plain and reply.status == 200 else reply


@body(PATH, "completions.schema")
def completions_message_for_text(answer: Json) -> None:
    """A choice has a message, as in a chat, and no text."""
    for choice in answer["choices"]:
        choice["message"] = {"role": "assistant", "content": choice.pop("text")}


@body(PATH, "completions.object")
def completions_object_chat(answer: Json) -> None:
    """The object of a completion is that of a chat completion."""
    answer["object"] = "chat.completion"


@body(PATH, "completions.id-nonempty")
def completions_id_empty(answer: Json) -> None:
    """The id of a completion is empty."""
    answer["id"] = ""


@body(PATH, "completions.id-prefix")
def completions_id_of_chat(answer: Json) -> None:
    """The id of a completion begins as that of a chat completion."""
    answer["id"] = f"chat{answer['id']}"


@body(PATH, "completions.created")
def completions_created_ms(answer: Json) -> None:
    """The time of creation of a completion counts milliseconds."""
    answer["created"] *= 1000


@body(PATH, "completions.choice-index")
def completions_index_zero(answer: Json) -> None:
    """All choices have the index 0."""
    for choice in answer["choices"]:
        choice["index"] = 0


@body(PATH, "completions.finish-reason")
def completions_finish_eos(answer: Json) -> None:
    """A choice ends with the engine's own word."""
    for choice in answer["choices"]:
        choice["finish_reason"] = "eos"


@body(PATH, "completions.finish-length")
def completions_stop_when_cut(answer: Json) -> None:
    """A completion that max_tokens cut says stop."""
    for choice in answer["choices"]:
        choice["finish_reason"] = "stop"


@before("completions.max-tokens")
def completions_max_tokens_ignored(request: Request) -> Request:
    """A prompt is completed by up to 60 tokens, whatever is asked for."""
    given = request.json
    short = _asks(request) and isinstance(given.get("max_tokens"), int) and given["max_tokens"] >= 0
    return request.with_json({**given, "max_tokens": 60}) if short else request


@body(PATH, "completions.usage-present")
def completions_without_usage(answer: Json) -> None:
    """A completion does not say what it cost."""
    del answer["usage"]


@body(PATH, "completions.usage")
def completions_sum_wrong(answer: Json) -> None:
    """The total of a completion's usage is one too many."""
    answer["usage"]["total_tokens"] += 1


@before("completions.n")
def completions_n_ignored(request: Request) -> Request:
    """One completion comes, where several are asked for."""
    return _without(request, "n", lambda value: value > 1 and "best_of" not in request.json)


@before("completions.n")
def completions_all_of_the_best(request: Request) -> Request:
    """Not the best of several completions comes, but all of them."""
    given = request.json
    best = _asks(request) and isinstance(given.get("best_of"), int) and given["best_of"] > given.get("n", 1)
    return request.with_json({**given, "n": given["best_of"]}) if best else request


@before("completions.prompt-array")
def completions_first_prompt_only(request: Request) -> Request:
    """Of several prompts only the first is completed."""
    given = request.json.get("prompt") if _asks(request) else None
    several = isinstance(given, list) and len(given) > 1 and isinstance(given[0], str)
    return request.with_json({**request.json, "prompt": given[:1]}) if several and given else request


@after("completions.prompt-array")
def completions_array_500(request: Request, reply: Reply) -> Reply:
    """Prompts in an array are answered 500."""
    given = request.json.get("prompt") if _asks(request) else None
    fails = isinstance(given, list) and isinstance(given[0], str) and reply.status == 200
    return reply.with_json(SERVER_ERROR.json, status=500) if fails else reply


@before("completions.token-prompt")
def completions_token_by_token(request: Request) -> Request:
    """Every token of a prompt is taken for a prompt."""
    given = request.json.get("prompt") if _asks(request) else None
    if not isinstance(given, list) or not given or not isinstance(given[0], int):
        return request
    return request.with_json({**request.json, "prompt": [[token] for token in given]})


@before("completions.stop-excluded")
def completions_stop_ignored(request: Request) -> Request:
    """Stop sequences stop nothing."""
    return _without(request, "stop", bool)


@after("completions.documented-params")
def completions_suffix_500(request: Request, reply: Reply) -> Reply:
    """A prompt with a suffix is answered 500."""
    fails = _asks(request) and "suffix" in request.json
    return reply.with_json(SERVER_ERROR.json, status=500) if fails else reply


@after("completions.required")
def completions_no_prompt_500(request: Request, reply: Reply) -> Reply:
    """A request without a prompt is answered 500."""
    missing = _asks(request) and "prompt" not in request.json and "model" in request.json
    return reply.with_json(SERVER_ERROR.json, status=500) if missing else reply


@before("completions.bounds")
def completions_bounds_ignored(request: Request) -> Request:
    """More than five alternatives are taken for five."""
    given = request.json
    many = _asks(request) and isinstance(given.get("logprobs"), int) and given["logprobs"] > 5
    return request.with_json({**given, "logprobs": 5}) if many else request


@before("completions.echo", "completions.echo-logprobs")
def completions_echo_ignored(request: Request) -> Request:
    """The prompt is not repeated."""
    return _without(request, "echo", bool)


@before("completions.seed")
def completions_seed_ignored(request: Request) -> Request:
    """The seed changes nothing."""
    return _without(request, "seed", bool)


@body(PATH, "completions.logprobs")
def completions_logprobs_of_chat(answer: Json) -> None:
    """Logprobs come in the form of chats."""
    _change(answer, lambda odds: {"content": [{"token": token, "bytes": None} for token in odds["tokens"]]})


@body(PATH, "completions.logprobs-values")
def completions_probabilities(answer: Json) -> None:
    """Probabilities come where logarithms should."""
    flipped: Callable[[Any], Any] = lambda value: None if value is None else -value  # noqa: E731
    _change(answer, lambda odds: {**odds, "token_logprobs": [flipped(value) for value in odds["token_logprobs"]]})


@body(PATH, "completions.logprobs-join")
def completions_tokens_stripped(answer: Json) -> None:
    """Tokens have lost their blanks, and the offsets count without them."""

    def strip(odds: Json) -> Json:
        tokens = [token.strip() for token in odds["tokens"]]
        begin, offsets = odds["text_offset"][0], []
        for token in tokens:
            offsets.append(begin)
            begin += len(token)
        return {**odds, "tokens": tokens, "text_offset": offsets}

    _change(answer, strip)


@body(PATH, "completions.text-offset")
def completions_offset_by_token(answer: Json) -> None:
    """The text_offset counts tokens, not characters."""
    _change(answer, lambda odds: {**odds, "text_offset": list(range(len(odds["tokens"])))})


@body(PATH, "completions.top-logprobs")
def completions_no_alternatives(answer: Json) -> None:
    """There are no alternatives, however many are asked for."""
    _change(answer, lambda odds: {**odds, "top_logprobs": None})


@after("completions.echo-logprobs")
def completions_prompt_without_odds(request: Request, reply: Reply) -> Reply:
    """The prompt is repeated, its tokens without logprobs."""
    if not _asks(request) or not request.json.get("echo") or reply.status != 200 or reply.streams:
        return reply
    answer = reply.json
    _change(answer, lambda odds: {**odds, "token_logprobs": [None, None, None, *odds["token_logprobs"][3:]]})
    return reply.with_json(answer)


def _asks(request: Request) -> bool:
    return request.calls("POST", PATH) and not request.is_chat


def _without(request: Request, name: str, which: Callable[[Any], bool]) -> Request:
    """Take a parameter out of a request for a completion where its value is such."""
    given = request.json
    if not _asks(request) or name not in given or not which(given[name]):
        return request
    return request.with_json({key: value for key, value in given.items() if key != name})


def _change(answer: Json, change: Callable[[Json], Json]) -> None:
    """Change the logprobs of every choice that has some."""
    for choice in answer["choices"]:
        if choice["logprobs"]:
            choice["logprobs"] = change(choice["logprobs"])
