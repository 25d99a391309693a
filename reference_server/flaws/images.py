"""Flaws of images."""

import time
from collections.abc import Callable

from reference_server.flaws.canned import SERVER_ERROR
from reference_server.flaws.kinds import after, before
from reference_server.flaws.messages import Json, Reply, Request

PATH = "/images/generations"


@after("images.generate")
def images_500(request: Request, reply: Reply) -> Reply:
    """POST /images/generations is answered 500."""
    return reply.with_json(SERVER_ERROR.json, status=500) if request.calls("POST", PATH) else reply


@after("images.shape")
def images_created_text(request: Request, reply: Reply) -> Reply:
    """The created of images is a string."""
    return _changed(request, reply, lambda body: body.update(created=str(body["created"])))


@after("images.created")
def images_created_ms(request: Request, reply: Reply) -> Reply:
    """The created of images counts milliseconds."""
    return _changed(request, reply, lambda body: body.update(created=body["created"] * 1000))


@after("images.count")
def images_n_ignored(request: Request, reply: Reply) -> Reply:
    """One image comes, however many are asked for."""
    return _changed(request, reply, lambda body: body.update(data=body["data"][:1]))


@after("images.data")
def images_no_data(request: Request, reply: Reply) -> Reply:
    """An image has neither b64_json nor url."""
    return _changed(request, reply, lambda body: body.update(data=[{} for _ in body["data"]]))


@after("images.decodes")
def images_data_url(request: Request, reply: Reply) -> Reply:
    """The base64 of an image has a prefix, as in a data: URL."""
    return _changed(request, reply, _prefix)


@after("images.format")
def images_mislabelled(request: Request, reply: Reply) -> Reply:
    """A PNG is said to be WebP."""
    return _changed(request, reply, lambda body: body.update(output_format="webp"))


@before("images.size")
def images_size_ignored(request: Request) -> Request:
    """Every image is high, whatever size is asked for."""
    if not request.calls("POST", PATH) or request.json.get("size") != "1024x1024":
        return request
    return request.with_json({**request.json, "size": "1024x1536"})


@after("images.usage")
def images_usage_sum_wrong(request: Request, reply: Reply) -> Reply:
    """The total tokens of images are one too many."""
    return _changed(request, reply, lambda body: body["usage"].update(total_tokens=body["usage"]["total_tokens"] + 1))


@after("images.required")
def images_promptless(request: Request, reply: Reply) -> Reply:
    """An image is made without a prompt."""
    made = request.calls("POST", PATH) and reply.status == 400 and "prompt" not in request.json
    return reply.with_json(_elsewhere(), status=200) if made else reply


@after("images.size-checked")
def images_size_unchecked(request: Request, reply: Reply) -> Reply:
    """An image is made in a size that is none."""
    made = request.calls("POST", PATH) and reply.status == 400 and "prompt" in request.json
    return reply.with_json(_elsewhere(), status=200) if made else reply


def _changed(request: Request, reply: Reply, change: Callable[[Json], object]) -> Reply:
    if not request.calls("POST", PATH) or reply.status != 200:
        return reply
    body = reply.json
    change(body)
    return reply.with_json(body)


def _elsewhere() -> Json:
    return {"created": int(time.time()), "data": [{"url": "https://images.example/cat.png"}]}


def _prefix(body: Json) -> None:
    for item in body["data"]:
        item["b64_json"] = f"data:image/png;base64,{item['b64_json']}"
