"""Flaws that only objects come across that are made, shown, listed and deleted in any order."""

from urllib.parse import parse_qs

from starlette.types import ASGIApp, Receive, Scope, Send

from reference_server.flaws.kinds import Flaw, after
from reference_server.flaws.messages import Json, Reply, Request

EMPTY: Json = {"object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False}


@after("properties.gone")
def input_items_of_none(request: Request, reply: Reply) -> Reply:
    """The input items of a response that is not there are an empty list."""
    missing = request.calls("GET", "/responses/{}/input_items") and reply.status == 404
    return reply.with_json(EMPTY, status=200) if missing else reply


@after("properties.paged")
def later_page_last(request: Request, reply: Reply) -> Reply:
    """A page of items that comes after another says that it is the last."""
    later = request.calls("GET", "/conversations/{}/items") and b"after" in parse_qs(request.scope["query_string"])
    return reply.with_json(reply.json | {"has_more": False}) if later and reply.status == 200 else reply


class Muddling:
    """An app that shows every file under the name of the one that came last."""

    def __init__(self, app: ASGIApp) -> None:
        self._name = ""
        self._flaw = after()(self._change).wrap(app)

    def _change(self, request: Request, reply: Reply) -> Reply:
        if request.calls("POST", "/files") and reply.status == 200:
            self._name = reply.json["filename"]
        shown = request.calls("GET", "/files/{}") and reply.status == 200
        return reply.with_json(reply.json | {"filename": self._name}) if shown else reply

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve."""
        await self._flaw(scope, receive, send)


class Trusting:
    """An app that holds keys to make something, and to look at it lets in whoever comes after somebody with a key."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._key = b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve."""
        if scope["type"] == "http":
            headers = dict(scope["headers"])
            if scope["method"] == "POST":
                self._key = headers.get(b"authorization", b"")
            elif self._key and "/conversations/" in scope["path"] and scope["method"] == "GET":
                scope = {**scope, "headers": [*(headers | {b"authorization": self._key}).items()]}
        await self._app(scope, receive, send)


names_muddled = Flaw(
    "file-names-muddled", "A file is shown under the name of the last one uploaded.", ("properties.kept",), Muddling
)
key_not_held = Flaw(
    "conversation-key-not-held",
    "A conversation is shown to whoever asks, whatever the key.",
    ("properties.foreign",),
    Trusting,
)
