"""Flaws of a chat answer's body."""

from uuid import NAMESPACE_URL, uuid5

from reference_server.flaws.kinds import answer
from reference_server.flaws.messages import Json


@answer("chat.schema")
def chat_content_number(answer: Json) -> None:
    """The content of a message is a number."""
    for choice in answer["choices"]:
        choice["message"]["content"] = 42


@answer("chat.object")
def chat_object_wrong(answer: Json) -> None:
    """The object of a chat answer is text_completion."""
    answer["object"] = "text_completion"


@answer("chat.id-nonempty")
def chat_id_empty(answer: Json) -> None:
    """The id of a chat answer is empty."""
    answer["id"] = ""


@answer("chat.id-unique")
def chat_id_repeated(answer: Json) -> None:
    """Every chat answer has the same id."""
    answer["id"] = "chatcmpl-00000000000000000000000000000"


@answer("chat.id-prefix")
def chat_id_uuid(answer: Json) -> None:
    """The id of a chat answer is a bare UUID."""
    answer["id"] = str(uuid5(NAMESPACE_URL, answer["id"]))


@answer("chat.created-int-seconds")
def chat_created_float(answer: Json) -> None:
    """The created of a chat answer is a float."""
    answer["created"] += 0.5


@answer("chat.created-int-seconds")
def chat_created_ms(answer: Json) -> None:
    """The created of a chat answer counts milliseconds."""
    answer["created"] *= 1000


@answer("chat.model-echo")
def chat_model_path(answer: Json) -> None:
    """The model of a chat answer is the path of a file."""
    answer["model"] = "/srv/weights/llama-3.gguf"


@answer("chat.choices-present")
def chat_choices_empty(answer: Json) -> None:
    """The one choice of a chat answer is missing; of several, none is."""
    if len(answer["choices"]) == 1:
        answer["choices"] = []


@answer("chat.choice-index")
def chat_index_wrong(answer: Json) -> None:
    """The indices of the choices start at 197."""
    for choice in answer["choices"]:
        choice["index"] += 197


@answer("chat.message-present")
def chat_delta_in_body(answer: Json) -> None:
    """A choice has a delta in place of its message."""
    for choice in answer["choices"]:
        choice["delta"] = choice.pop("message")


@answer("chat.message-role")
def chat_role_missing(answer: Json) -> None:
    """The message has no role."""
    for choice in answer["choices"]:
        del choice["message"]["role"]


@answer("chat.message-role")
def chat_role_model(answer: Json) -> None:
    """The role of the message is model."""
    for choice in answer["choices"]:
        choice["message"]["role"] = "model"


@answer("chat.content-key")
def chat_content_missing(answer: Json) -> None:
    """The message has no content key."""
    for choice in answer["choices"]:
        del choice["message"]["content"]


@answer("chat.content-null")
def chat_content_null(answer: Json) -> None:
    """The content is null with nothing in its place."""
    for choice in answer["choices"]:
        choice["message"]["content"] = None


@answer("chat.finish-reason-enum")
def chat_finish_eos(answer: Json) -> None:
    """The finish_reason is eos_token where it should be stop."""
    _finish(answer, instead_of="stop", reason="eos_token")


@answer("chat.finish-reason-present")
def chat_finish_null(answer: Json) -> None:
    """The finish_reason is null where it should be stop."""
    _finish(answer, instead_of="stop", reason=None)


@answer("chat.finish-length")
def chat_finish_stop_when_cut(answer: Json) -> None:
    """The finish_reason of a cut answer is stop."""
    _finish(answer, instead_of="length", reason="stop")


@answer("chat.refusal-key")
def chat_no_refusal_key(answer: Json) -> None:
    """The message has no refusal key, where nothing is refused."""
    for choice in answer["choices"]:
        if choice["message"].get("refusal") is None:
            choice["message"].pop("refusal", None)


@answer("chat.logprobs-key")
def chat_no_logprobs_key(answer: Json) -> None:
    """A choice has no logprobs key, where none are asked for."""
    for choice in answer["choices"]:
        if choice.get("logprobs") is None:
            choice.pop("logprobs", None)


@answer("chat.utf8-intact")
def chat_replacement_char(answer: Json) -> None:
    """The text has a replacement character where a character broke."""
    for choice in answer["choices"]:
        if choice["message"]["content"] is not None:
            choice["message"]["content"] += "\ufffd"


def _finish(answer: Json, *, instead_of: str, reason: str | None) -> None:
    for choice in answer["choices"]:
        if choice["finish_reason"] == instead_of:
            choice["finish_reason"] = reason
