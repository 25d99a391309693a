"""Flaws of what becomes of images, sounds and files."""

from reference_server.flaws.canned import SERVER_ERROR, accept
from reference_server.flaws.kinds import after, asked
from reference_server.flaws.messages import Json, Reply, Request


def parts(asked: Json, kind: str) -> list[Json]:
    """The parts of one type in the messages of a chat request."""
    messages = asked.get("messages")
    turns = [turn for turn in messages if isinstance(turn, dict)] if isinstance(messages, list) else []
    lists = [turn["content"] for turn in turns if isinstance(turn.get("content"), list)]
    return [part for listed in lists for part in listed if isinstance(part, dict) and part.get("type") == kind]


def _fails(request: Request, reply: Reply, kind: str) -> Reply:
    return SERVER_ERROR if reply.answers(request) and parts(request.json, kind) else reply


@after("vision.image-accepted")
def image_500(request: Request, reply: Reply) -> Reply:
    """A request with an image is answered 500."""
    return _fails(request, reply, "image_url")


@after("vision.audio-accepted")
def audio_500(request: Request, reply: Reply) -> Reply:
    """A request with a sound is answered 500."""
    return _fails(request, reply, "input_audio")


@after("vision.file-accepted")
def file_500(request: Request, reply: Reply) -> Reply:
    """A request with a file is answered 500."""
    return _fails(request, reply, "file")


@after("vision.bad-image")
def bad_image_accepted(request: Request, reply: Reply) -> Reply:
    """An image that is none is taken for one."""
    return accept(request, reply) if reply.error.get("code") == "invalid_image_format" else reply


@asked("vision.image-counted")
def image_left_out(asked: Json) -> None:
    """An image is left out of the prompt, unless its detail is given."""
    for turn in asked["messages"] if parts(asked, "image_url") else ():
        if isinstance(turn["content"], list):
            turn["content"] = [part for part in turn["content"] if not _is_plain_image(part)]


@asked("vision.detail-counted")
def detail_ignored(asked: Json) -> None:
    """The detail of an image is ignored."""
    for part in parts(asked, "image_url"):
        part["image_url"].pop("detail", None)


def _is_plain_image(part: Json) -> bool:
    return part.get("type") == "image_url" and "detail" not in part["image_url"] and len(part["image_url"]["url"]) > 64
