"""What Coze's documents ask of a chat's body."""

import json
from typing import Any, Literal

Json = dict[str, Any]
Dialect = Literal["cloud", "studio"]


def problem(body: Json, dialect: Dialect) -> str:
    """What is wrong with it, as far as the documents say."""
    messages = body.get("additional_messages", [])
    if not str(body.get("bot_id", "")).isdigit() or not body.get("user_id"):
        return "bot_id and user_id are required"
    if len(messages) > 100:
        return "at most 100 messages"
    if any(each["role"] not in ("user", "assistant") for each in messages):
        return "additional message role only support user and assistant"
    if any((each["role"] == "user") != (each["type"] == "question") for each in messages):
        return "role not match"
    found = [cloud_problem(messages)] if dialect == "cloud" else []
    return next(filter(None, (*found, *(content_problem(each, dialect) for each in messages))), "")


def cloud_problem(messages: list[Json]) -> str:
    if not messages or messages[-1]["role"] != "user":
        return "the last message must be the user's"
    bare = any(is_wordless(each) and not has_words_beside(messages, place) for place, each in enumerate(messages))
    return "an image without a text before or after it" if bare else ""


def content_problem(message: Json, dialect: Dialect) -> str:
    if message["content_type"] == "text":
        return ""
    parts = json.loads(message["content"])
    kinds = [part["type"] for part in parts]
    allowed = {"text", "image", "file", "audio"} if dialect == "cloud" else {"text", "image", "file"}
    if kinds.count("text") > 1 or set(kinds) <= {"text"} or not set(kinds) <= allowed:
        return "invalid object_string"
    numbers = [part["file_id"] for part in parts if "file_id" in part]
    return "" if all(each.isdigit() for each in numbers) else "file_id must be a number"


def is_wordless(message: Json) -> bool:
    return message["content_type"] != "text" and all(part["type"] != "text" for part in json.loads(message["content"]))


def has_words_beside(messages: list[Json], place: int) -> bool:
    beside = messages[max(place - 1, 0) : place] + messages[place + 1 : place + 2]
    return any(each["content_type"] == "text" for each in beside)
