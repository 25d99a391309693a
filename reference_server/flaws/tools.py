"""Flaws of tool calls in chat answers."""

import json
from collections.abc import Callable, Iterator

from reference_server.flaws.canned import SERVER_ERROR, accept, refuse
from reference_server.flaws.kinds import after, answer, asked, before
from reference_server.flaws.messages import Json, Reply, Request


def calls(answer: Json) -> Iterator[Json]:
    """The calls of functions in a chat answer."""
    for choice in answer["choices"]:
        yield from (call for call in choice["message"].get("tool_calls") or () if call["type"] == "function")


def leaves_choice(request: Request) -> bool:
    """Tools are offered, and none is forced or forbidden."""
    return request.is_chat and "tools" in request.json and "tool_choice" not in request.json


def where_choice_is_left(request: Request, reply: Reply, change: Callable[[Json], None]) -> Reply:
    """The reply with each function call changed in place, if the request leaves the choice to the model."""
    if not leaves_choice(request) or not reply.answers(request):
        return reply
    value = reply.json
    for call in calls(value):
        change(call)
    return reply.with_json(value)


@answer("tools.schema")
def tool_call_null(answer: Json) -> None:
    """After the last tool call there is a null."""
    for choice in answer["choices"]:
        if choice["message"].get("tool_calls"):
            choice["message"]["tool_calls"].append(None)


@answer("tools.type")
def tool_type_missing(answer: Json) -> None:
    """A function call has no type."""
    for call in calls(answer):
        del call["type"]


@answer("tools.id-nonempty")
def tool_id_empty(answer: Json) -> None:
    """The id of a function call is empty."""
    for call in calls(answer):
        call["id"] = ""


@answer("tools.id-unique")
def tool_id_repeated(answer: Json) -> None:
    """All function calls of an answer have one id."""
    for call in calls(answer):
        call["id"] = "call_000000000000000000000000"


@answer("tools.id-prefix")
def tool_id_short(answer: Json) -> None:
    """The id of a function call is nine letters and digits."""
    for call in calls(answer):
        call["id"] = call["id"][-9:]


@after("tools.name-nonempty")
def tool_name_empty(request: Request, reply: Reply) -> Reply:
    """A function call has an empty name, where the choice was left to the model."""
    return where_choice_is_left(request, reply, lambda call: call["function"].update(name=""))


@after("tools.name-offered")
def tool_name_prefixed(request: Request, reply: Reply) -> Reply:
    """The name of a function call has a prefix, where the choice was left to the model."""
    return where_choice_is_left(
        request, reply, lambda call: call["function"].update(name=f"functions.{call['function']['name']}")
    )


@after("tools.arguments-string")
def tool_arguments_object(request: Request, reply: Reply) -> Reply:
    """The arguments of a function call are an object, where the choice was left to the model."""
    return where_choice_is_left(
        request, reply, lambda call: call["function"].update(arguments=json.loads(call["function"]["arguments"]))
    )


@after("tools.arguments-json", "tools.arguments-strict")
def tool_arguments_cut(request: Request, reply: Reply) -> Reply:
    """The arguments of a function call lack their last brace, where the choice was left to the model."""
    return where_choice_is_left(
        request, reply, lambda call: call["function"].update(arguments=call["function"]["arguments"][:-1])
    )


@answer("tools.arguments-strict")
def tool_strict_ignored(answer: Json) -> None:
    """The unit of the weather is one that its strict schema does not have."""
    _set_argument(answer, "unit", "kelvin")


@after("tools.arguments-schema")
def tool_schema_ignored(request: Request, reply: Reply) -> Reply:
    """The first argument of the time is a number, not a string, where the choice was left to the model."""

    def change(call: Json) -> None:
        if call["function"]["name"] == "get_time":
            call["function"]["arguments"] = json.dumps(dict.fromkeys(json.loads(call["function"]["arguments"]), 5))

    return where_choice_is_left(request, reply, change)


@after("tools.finish-reason")
def tool_finish_stop(request: Request, reply: Reply) -> Reply:
    """An answer with tool calls finishes with stop, where the choice was left to the model."""
    if not leaves_choice(request) or not reply.answers(request):
        return reply
    return reply.with_json(_finished(reply.json, instead_of="tool_calls", reason="stop"))


@answer("tools.empty-omitted")
def tool_calls_empty(answer: Json) -> None:
    """A message without tool calls has an empty list of them."""
    for choice in answer["choices"]:
        choice["message"].setdefault("tool_calls", [])


@asked("tools.choice-honoured")
def tool_choice_force_ignored(asked: Json) -> None:
    """A tool that is forced, by name or at large, need not be called."""
    choice = asked.get("tool_choice")
    named = choice["function"]["name"] if isinstance(choice, dict) and choice.get("type") == "function" else None
    offered = [tool.get("function", {}).get("name") for tool in asked.get("tools", ())]
    if offered and (choice == "required" or named in offered):
        del asked["tool_choice"]


@asked("tools.choice-honoured")
def tool_choice_none_ignored(asked: Json) -> None:
    """Tools are called though tool_choice is none."""
    if asked.get("tool_choice") == "none":
        del asked["tool_choice"]


@asked("tools.choice-honoured")
def tool_choice_allowed_ignored(asked: Json) -> None:
    """Any tool may be called, whatever allowed_tools says."""
    if isinstance(asked.get("tool_choice"), dict) and asked["tool_choice"].get("type") == "allowed_tools":
        del asked["tool_choice"]


@asked("tools.parallel-off")
def parallel_off_ignored(asked: Json) -> None:
    """Several tools are called though parallel_tool_calls is false."""
    asked.pop("parallel_tool_calls", None)


@after("tools.no-markup")
def tool_call_as_text(request: Request, reply: Reply) -> Reply:
    """Tool calls come as text in the model's own markup, where the choice was left to the model."""
    if not leaves_choice(request) or not reply.answers(request):
        return reply
    value = _finished(reply.json, instead_of="tool_calls", reason="stop")
    for choice in value["choices"]:
        made = choice["message"].pop("tool_calls", [])
        if made:
            said = [f"<tool_call>{json.dumps(call['function'])}</tool_call>" for call in made]
            choice["message"]["content"] = "\n".join(said)
    return reply.with_json(value)


@answer("tools.legacy-unasked")
def function_call_beside(answer: Json) -> None:
    """Beside its tool calls a message has the first of them as function_call."""
    for choice in answer["choices"]:
        if any(call["type"] == "function" for call in choice["message"].get("tool_calls") or ()):
            choice["message"]["function_call"] = choice["message"]["tool_calls"][0]["function"]


@answer("tools.legacy-shape")
def function_call_arguments_object(answer: Json) -> None:
    """The arguments of a function_call are an object."""
    for choice in answer["choices"]:
        called = choice["message"].get("function_call")
        if called:
            called["arguments"] = json.loads(called["arguments"])


@asked("tools.legacy-functions")
def functions_as_tools(asked: Json) -> None:
    """The old functions are answered with tool_calls."""
    if asked.get("functions") and isinstance(asked.get("function_call"), dict):
        asked["tools"] = [{"type": "function", "function": each} for each in asked.pop("functions")]
        asked["tool_choice"] = {"type": "function", "function": asked.pop("function_call")}


@before("tools.accepted")
def tools_500(request: Request) -> Request | Reply:
    """A first question with functions and temperature 0, which leaves the choice to the model, is answered 500."""
    kinds = {tool.get("type") for tool in request.json.get("tools", ())} if leaves_choice(request) else set()
    return SERVER_ERROR if kinds == {"function"} and request.json.get("temperature") == 0 else request


@before("tools.custom-accepted")
def custom_tools_500(request: Request) -> Request | Reply:
    """A question with a custom tool is answered 500."""
    is_custom = request.is_chat and any(tool.get("type") == "custom" for tool in request.json.get("tools") or ())
    return SERVER_ERROR if is_custom else request


@answer("tools.custom-input")
def custom_as_function(answer: Json) -> None:
    """The call of a custom tool is that of a function."""
    for choice in answer["choices"]:
        for call in choice["message"].get("tool_calls") or ():
            if call["type"] == "custom":
                called = call.pop("custom")
                arguments = json.dumps({"input": called["input"]})
                call.update(type="function", function={"name": called["name"], "arguments": arguments})


@before("tools.roundtrip-null-content")
def null_content_refused(request: Request) -> Request | Reply:
    """An assistant turn whose content is null or absent is refused, whatever it calls."""
    silent = [
        place
        for place, turn in enumerate(_turns(request))
        if turn.get("role") == "assistant" and turn.get("content") is None and turn.get("tool_calls")
    ]
    if not silent:
        return request
    where = f"messages[{silent[0]}].content"
    return refuse(400, f"Invalid type for '{where}': expected a string.", param=where, code="invalid_type")


@before("tools.result-parts")
def result_parts_refused(request: Request) -> Request | Reply:
    """The result of a tool as a list of texts is refused."""
    listed = [turn for turn in _turns(request) if turn.get("role") == "tool" and isinstance(turn.get("content"), list)]
    message = "Invalid type for 'messages[2].content': expected a string."
    return refuse(400, message, param="messages[2].content", code="invalid_type") if listed else request


@after("tools.empty-array")
def empty_tools_accepted(request: Request, reply: Reply) -> Reply:
    """An empty list of tools is as good as none."""
    return accept(request, reply) if request.is_chat and request.json.get("tools") == [] else reply


@after("tools.bad-schema")
def bad_parameters_accepted(request: Request, reply: Reply) -> Reply:
    """A function whose parameters are no JSON Schema is taken."""
    return accept(request, reply) if reply.error.get("code") == "invalid_function_parameters" else reply


@after("tools.choice-impossible")
def impossible_choice_accepted(request: Request, reply: Reply) -> Reply:
    """A tool_choice that names no tool is ignored."""
    return accept(request, reply) if request.is_chat and reply.error.get("param") == "tool_choice" else reply


def _set_argument(answer: Json, name: str, value: object) -> None:
    for call in calls(answer):
        arguments = json.loads(call["function"]["arguments"])
        if name in arguments:
            call["function"]["arguments"] = json.dumps({**arguments, name: value})


def _finished(answer: Json, *, instead_of: str, reason: str) -> Json:
    for choice in answer["choices"]:
        if choice["finish_reason"] == instead_of:
            choice["finish_reason"] = reason
    return answer


def _turns(request: Request) -> list[Json]:
    messages = request.json.get("messages") if request.is_chat else None
    return [turn for turn in messages if isinstance(turn, dict)] if isinstance(messages, list) else []
