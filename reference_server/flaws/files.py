"""Flaws of files."""

import time
from collections.abc import Callable
from dataclasses import replace

from reference_server.flaws.canned import SERVER_ERROR
from reference_server.flaws.kinds import after, before
from reference_server.flaws.messages import Json, Reply, Request

FILE: Json = {
    "object": "file",
    "id": "file-0000000000000000000000",
    "purpose": "user_data",
    "filename": "notes.txt",
    "bytes": 20,
    "created_at": 1721172741,
    "expires_at": None,
    "status": "processed",
    "status_details": None,
}


@after("files.create")
def files_create_500(request: Request, reply: Reply) -> Reply:
    """A file that is uploaded is answered with 500."""
    taken = request.calls("POST", "/files") and reply.status == 200
    return reply.with_json(SERVER_ERROR.json, status=500) if taken else reply


@after("files.shape")
def files_no_status(request: Request, reply: Reply) -> Reply:
    """A file has no status, new or retrieved."""
    return _changed(request, reply, lambda file: file.pop("status"))


@after("files.created-at")
def files_created_ms(request: Request, reply: Reply) -> Reply:
    """The created_at of a file counts milliseconds."""
    return _changed(request, reply, lambda file: file.update(created_at=file["created_at"] * 1000))


@after("files.bytes")
def files_bytes_of_form(request: Request, reply: Reply) -> Reply:
    """The bytes of a file are those of the form around it, too."""
    return _changed(request, reply, lambda file: file.update(bytes=file["bytes"] + 317))


@after("files.echo")
def files_renamed(request: Request, reply: Reply) -> Reply:
    """A file loses its name."""
    return _changed(request, reply, lambda file: file.update(filename="upload"))


@after("files.list-shape")
def files_list_object(request: Request, reply: Reply) -> Reply:
    """The object of a list of files is "page"."""
    return reply.with_json({**reply.json, "object": "page"}) if _lists(request, reply) else reply


@after("files.list-ends")
def files_no_ends(request: Request, reply: Reply) -> Reply:
    """A list of files has neither has_more nor the ids at its ends."""
    return reply.with_json({"object": "list", "data": reply.json["data"]}) if _lists(request, reply) else reply


@before("files.list-limit")
def files_limit_ignored(request: Request) -> Request:
    """The limit of a list of files is ignored."""
    return request.without_query("limit") if request.calls("GET", "/files") else request


@before("files.list-purpose")
def files_purpose_ignored(request: Request) -> Request:
    """A list of files holds those of other purposes, too."""
    return request.without_query("purpose") if request.calls("GET", "/files") else request


@after("files.listed")
def files_listed_nameless(request: Request, reply: Reply) -> Reply:
    """A list of files has their ids for their names."""
    if not _lists(request, reply):
        return reply
    return reply.with_json({**reply.json, "data": [{**file, "filename": file["id"]} for file in reply.json["data"]]})


@before("files.pages")
def files_after_ignored(request: Request) -> Request:
    """Every page of files is the first."""
    return request.without_query("after") if request.calls("GET", "/files") else request


@after("files.retrieve")
def files_retrieve_differs(request: Request, reply: Reply) -> Reply:
    """A retrieved file has other bytes than the one that was uploaded."""
    if not request.calls("GET", "/files/{}") or reply.status != 200:
        return reply
    return reply.with_json({**reply.json, "bytes": reply.json["bytes"] + 1})


@after("files.content")
def files_content_stripped(request: Request, reply: Reply) -> Reply:
    """The content of a file loses the line feed at its end."""
    return replace(reply, body=reply.body.rstrip()) if request.calls("GET", "/files/{}/content") else reply


@after("files.deleted")
def files_deleted_unsaid(request: Request, reply: Reply) -> Reply:
    """The answer to a deletion does not say `deleted`."""
    if not request.calls("DELETE", "/files/{}") or reply.status != 200:
        return reply
    return reply.with_json({"object": "file", "id": reply.json["id"]})


@before("files.gone")
def files_kept(request: Request) -> Request | Reply:
    """A deleted file is still there."""
    if not request.calls("DELETE", "/files/{}"):
        return request
    gone = {"object": "file", "deleted": True, "id": request.path.rpartition("/")[2]}
    return replace(SERVER_ERROR, status=200).with_json(gone)


@after("files.unknown")
def files_unknown_200(request: Request, reply: Reply) -> Reply:
    """GET /files/{id} answers a file for an id that nobody has."""
    invented = request.calls("GET", "/files/{}") and "no-such" in request.path
    return reply.with_json({**FILE, "id": request.path.rpartition("/")[2]}, status=200) if invented else reply


@after("files.required")
def files_anything_taken(request: Request, reply: Reply) -> Reply:
    """An upload without a purpose, or without a file, is taken."""
    refused = request.calls("POST", "/files") and reply.status == 400
    return reply.with_json({**FILE, "created_at": int(time.time())}, status=200) if refused else reply


def _lists(request: Request, reply: Reply) -> bool:
    return request.calls("GET", "/files") and reply.status == 200


def _changed(request: Request, reply: Reply, change: Callable[[Json], object]) -> Reply:
    """Change every file that is shown: new, retrieved or listed."""
    shown = request.calls("POST", "/files") or request.calls("GET", "/files/{}") or request.calls("GET", "/files")
    if not shown or reply.status != 200:
        return reply
    value = reply.json
    for file in value.get("data", [value]):
        change(file)
    return reply.with_json(value)
