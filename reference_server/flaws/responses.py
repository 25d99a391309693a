"""Flaws of responses as bodies, kept or not."""

import re
from dataclasses import replace

from reference_server.flaws.canned import SERVER_ERROR, refuse
from reference_server.flaws.kinds import after, before
from reference_server.flaws.messages import Json, Reply, Request, write_json
from reference_server.flaws.response_kinds import (
    RESPONSE,
    cool,
    creates,
    ignoring,
    instructed,
    response,
    shows,
    told,
)

NONSENSE = re.compile("does_not_exist")


def _items(value: Json, kind: str) -> list[Json]:
    return [item for item in value["output"] if item["type"] == kind]


@before("responses.answered")
def responses_500(request: Request) -> Request | Reply:
    """A request for a response to a text, at a temperature, is answered 500; streams are left alone."""
    plain = creates(request) and isinstance(request.json.get("input"), str) and cool(request)
    return SERVER_ERROR if plain and not request.json.get("stream") else request


@before("responses.answered")
def responses_error_in_200(request: Request) -> Request | Reply:
    """A request for a response with instructions is answered 200, with an error."""
    return replace(SERVER_ERROR, status=200) if creates(request) and instructed(request) else request


@before("responses.input-list")
def responses_text_only(request: Request) -> Request | Reply:
    """A list of messages is refused as input."""
    message = "Invalid type for 'input': expected a string, but got an array instead."
    refused = creates(request) and isinstance(request.json.get("input"), list) and "tools" not in request.json
    return refuse(400, message, param="input", code="invalid_type") if refused else request


@response("responses.object", when=cool)
def responses_object_wrong(value: Json) -> None:
    """The object of a response is chat.completion."""
    value["object"] = "chat.completion"


@response("responses.output-list", when=instructed)
def responses_output_null(value: Json) -> None:
    """The output of a response is null."""
    value["output"] = None


@response("responses.schema", when=cool)
def responses_text_number(value: Json) -> None:
    """The text of a response is a number."""
    for item in _items(value, "message"):
        item["content"][0]["text"] = 42


@response("responses.id-nonempty", when=cool)
def responses_id_empty(value: Json) -> None:
    """The id of a response is empty."""
    value["id"] = ""


@response("responses.id-unique", when=cool)
def responses_id_repeated(value: Json) -> None:
    """Every response has the same id."""
    value["id"] = "resp_" + "0" * 50


@response("responses.id-prefix", when=cool)
def responses_id_dash(value: Json) -> None:
    """The id of a response begins with resp-."""
    value["id"] = value["id"].replace("resp_", "resp-")


@response("responses.created-at")
def responses_created_at_fraction(value: Json) -> None:
    """The created_at of a response has a fraction."""
    value["created_at"] += 0.5


@response("responses.created-at")
def responses_created_at_ms(value: Json) -> None:
    """The created_at of a response counts milliseconds."""
    value["created_at"] *= 1000


@response("responses.model-echo")
def responses_model_path(value: Json) -> None:
    """The model of a response is the path of a file."""
    value["model"] = "/srv/weights/llama-3.gguf"


@response("responses.status-enum", when=cool)
def responses_status_done(value: Json) -> None:
    """The status of a response is done."""
    value["status"] = "done"


@response("responses.status-final", when=cool)
def responses_status_in_progress(value: Json) -> None:
    """The status of a response that has ended is in_progress."""
    value["status"] = "in_progress"


@response("responses.incomplete-reason")
def responses_no_incomplete_reason(value: Json) -> None:
    """An incomplete response does not say why."""
    value["incomplete_details"] = None


@response("responses.cut-visible")
def responses_cut_completed(value: Json) -> None:
    """A response that the limit cut is completed, and so are its items."""
    value.update(status="completed", incomplete_details=None)
    for item in value["output"]:
        item["status"] = "completed"


@response("responses.error-null", when=instructed)
def responses_error_beside_output(value: Json) -> None:
    """A completed response has an error."""
    value["error"] = {"code": "server_error", "message": "It went well all the same."}


@response("responses.tool-keys")
def responses_no_tool_keys(value: Json) -> None:
    """A response has no tools, no tool_choice and no parallel_tool_calls."""
    for key in ("tools", "tool_choice", "parallel_tool_calls"):
        del value[key]


@response("responses.nullable-keys")
def responses_no_nullable_keys(value: Json) -> None:
    """A response leaves out what is null."""
    for key in ("error", "incomplete_details", "instructions"):
        if value[key] is None:
            del value[key]


@response("responses.parameters-repeated", when=cool)
def responses_temperature_forgotten(value: Json) -> None:
    """A response says the temperature is 1, whatever it was."""
    value["temperature"] = 1.0


@response("responses.no-output-text")
def responses_output_text(value: Json) -> None:
    """A response has its text a second time, under output_text."""
    texts = [part["text"] for item in _items(value, "message") for part in item["content"] if "text" in part]
    value["output_text"] = "".join(texts) or "-"


@response("responses.usage-present", when=cool)
def responses_no_usage(value: Json) -> None:
    """A response that has ended has no usage."""
    value["usage"] = None


@response("responses.usage-counts")
def responses_usage_string(value: Json) -> None:
    """The total of a response's usage is a string."""
    value["usage"]["total_tokens"] = str(value["usage"]["total_tokens"])


@response("responses.usage-arithmetic")
def responses_usage_sum(value: Json) -> None:
    """The total of a response's usage is one too many."""
    value["usage"]["total_tokens"] += 1


@response("responses.usage-positive", when=cool)
def responses_usage_zero(value: Json) -> None:
    """A response counts no output tokens, whatever it says."""
    value["usage"].update(output_tokens=0, total_tokens=value["usage"]["input_tokens"])


@response("responses.usage-details")
def responses_no_usage_details(value: Json) -> None:
    """The usage of a response has no details."""
    del value["usage"]["input_tokens_details"], value["usage"]["output_tokens_details"]


@ignoring("instructions", "responses.instructions-counted")
def responses_instructions_ignored() -> None:
    """Instructions are ignored."""


@response("responses.item-type", when=instructed)
def responses_vendor_item(value: Json) -> None:
    """The output has one more item, of a type of its own."""
    value["output"].append({"type": "vendor_note", "id": "vn_1"})


@response("responses.item-id", when=cool)
def responses_item_id_empty(value: Json) -> None:
    """The id of an output item is empty."""
    for item in value["output"]:
        item["id"] = ""


@response("responses.item-id-prefix", when=cool)
def responses_item_id_dash(value: Json) -> None:
    """The ids of output items have a dash for an underscore."""
    for item in value["output"]:
        item["id"] = item["id"].replace("_", "-")


@response("responses.item-status", when=cool)
def responses_item_in_progress(value: Json) -> None:
    """The items of a completed response are in progress."""
    for item in value["output"]:
        item["status"] = "in_progress"


@response("responses.message-role", when=cool)
def responses_role_model(value: Json) -> None:
    """The role of an output message is model."""
    for item in _items(value, "message"):
        item["role"] = "model"


@response("responses.utf8-intact", when=cool)
def responses_replacement_char(value: Json) -> None:
    """The text of a response has a replacement character where a character broke."""
    for item in _items(value, "message"):
        item["content"][0]["text"] += "\ufffd"


@response("responses.call-id")
def responses_call_id_empty(value: Json) -> None:
    """The call_id of a function call is empty."""
    for item in _items(value, "function_call"):
        item["call_id"] = ""


@response("responses.call-name")
def responses_call_name_unknown(value: Json) -> None:
    """A function is called that was not offered."""
    for item in _items(value, "function_call"):
        item["name"] = "functions_" + item["name"]


@response("responses.call-arguments")
def responses_call_arguments_object(value: Json) -> None:
    """The arguments of a function call are an object."""
    for item in _items(value, "function_call"):
        item["arguments"] = {"city": "Paris"}


@response("responses.call-arguments-json")
def responses_call_arguments_cut(value: Json) -> None:
    """The arguments of a function call end in the middle."""
    for item in _items(value, "function_call"):
        item["arguments"] = item["arguments"][:-1]


@ignoring("tool_choice", "responses.tool-choice", when=lambda request: request.json["tool_choice"] == "none")
def responses_tool_choice_none_ignored() -> None:
    """A tool_choice of none is ignored."""


@response("responses.tool-choice", when=lambda request: request.json.get("tool_choice") == "required")
def responses_tool_choice_required_ignored(value: Json) -> None:
    """A text comes where a function must be called."""
    part = {"type": "output_text", "annotations": [], "logprobs": [], "text": "It is sunny in Paris."}
    said = {"id": "msg_" + "0" * 50, "type": "message", "role": "assistant", "status": "completed", "content": [part]}
    value["output"] = [said]


@before("responses.call-roundtrip")
def responses_call_output_refused(request: Request) -> Request | Reply:
    """The output of a function call is refused."""
    refused = creates(request) and "function_call_output" in str(request.json.get("input"))
    return refuse(400, "Invalid value: 'function_call_output'.", param="input[2].type") if refused else request


@ignoring("text", "responses.text-format")
def responses_text_format_ignored() -> None:
    """The format of the text is ignored."""


def _shows_kept(request: Request) -> bool:
    return request.method == "GET" and shows(request)


@after("responses.retrieve")
def responses_not_kept(request: Request, reply: Reply) -> Reply:
    """A response that says it was stored is not found."""
    if reply.status != 200 or not _shows_kept(request):
        return reply
    return refuse(404, f"Response with id '{request.path.rpartition('/')[2]}' not found.")


@told("responses.retrieve-same", when=_shows_kept)
def responses_kept_without_output(value: Json) -> None:
    """A stored response has lost its output."""
    value["output"] = []


@told("responses.input-items", when=lambda request: request.path.endswith("/input_items"))
def responses_input_items_bare(value: Json) -> None:
    """The list of input items does not say whether there are more."""
    del value["has_more"]


@before("responses.delete")
def responses_delete_forgotten(request: Request) -> Request | Reply:
    """A response that was deleted is still there."""
    if request.method != "DELETE" or not RESPONSE.fullmatch(request.path):
        return request
    gone = {"id": request.path.rpartition("/")[2], "object": "response.deleted", "deleted": True}
    return Reply(200, ((b"content-type", b"application/json"), (b"x-request-id", b"req_0")), write_json(gone))


@ignoring("store", "responses.store-false", when=lambda request: request.json["store"] is False)
def responses_store_false_ignored() -> None:
    """A response with store false is kept."""


@after("responses.unknown-id")
def responses_unknown_id_400(request: Request, reply: Reply) -> Reply:
    """A response that does not exist is answered with 400."""
    return replace(reply, status=400) if reply.status == 404 and _shows_kept(request) else reply


@after("responses.unknown-model-param")
def responses_unknown_model_no_param(request: Request, reply: Reply) -> Reply:
    """The refusal of an unknown model names no parameter."""
    unknown = creates(request) and reply.error.get("code") == "model_not_found"
    return reply.with_json({"error": {**reply.error, "param": None}}) if unknown else reply


@after("responses.missing-input")
def responses_missing_input_500(request: Request, reply: Reply) -> Reply:
    """A request without input is answered 500."""
    return replace(reply, status=500) if creates(request) and "input" not in request.json else reply


def _goes_on_from_nothing(request: Request) -> bool:
    return bool(NONSENSE.search(request.json["previous_response_id"]))


@ignoring("previous_response_id", "responses.previous-counted", when=lambda request: not _goes_on_from_nothing(request))
def responses_previous_ignored() -> None:
    """A response does not go on from the previous one."""


@ignoring("previous_response_id", "responses.previous-unknown", when=_goes_on_from_nothing)
def responses_previous_unknown_ignored() -> None:
    """A previous response that does not exist is ignored."""


def _counts(request: Request) -> bool:
    return request.path.endswith("/responses/input_tokens")


@told("responses.input-tokens-shape", when=_counts)
def responses_input_tokens_no_object(value: Json) -> None:
    """The count of input tokens has no object."""
    del value["object"]


@told("responses.input-tokens-parity", when=_counts)
def responses_input_tokens_differ(value: Json) -> None:
    """The count of input tokens is one more than a response counts."""
    value["input_tokens"] += 1


@ignoring("max_output_tokens", "responses.max-output-tokens", when=lambda request: "stream" not in request.json)
def responses_limit_ignored() -> None:
    """The limit max_output_tokens limits nothing."""


@ignoring("include", "responses.logprobs")
def responses_include_ignored() -> None:
    """Nothing is included that a response does not hold by itself."""


@ignoring("temperature", "responses.bounds", when=lambda request: request.json["temperature"] > 2)
def responses_any_temperature() -> None:
    """A temperature above 2 is taken."""
