"""Messages: created, and their tokens counted."""

from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from reference_server.caching import remembering
from reference_server.endpoints import Rooms, chat_endpoint
from reference_server.endpoints.dispatch import within
from reference_server.endpoints.methods import Methods
from reference_server.engines.counting import count_prompt, count_tool
from reference_server.errors import ModelNotFound
from reference_server.formatting.json_text import to_bytes
from reference_server.limits import ApiKey, held
from reference_server.protocol.openai_chat import parse_chat_request
from reference_server.translators.anthropic.errors import version_of
from reference_server.translators.anthropic.parameters import VERSIONS
from reference_server.translators.anthropic.request import chat_prompt, read
from reference_server.translators.conversing import Conversing

MESSAGES = "/messages"


def routes(rooms: Rooms) -> list[Route]:
    """Return the paths of messages, below the prefix."""
    messages = Messages(rooms)
    return [
        Route(MESSAGES, Methods(POST=messages.create)),
        Route(f"{MESSAGES}/count_tokens", Methods(POST=messages.count)),
    ]


class Messages:
    """Conversations in Anthropic's protocol."""

    def __init__(self, rooms: Rooms) -> None:
        """Prepare once what never changes."""
        self._rooms = rooms
        self._chat = chat_endpoint(rooms, MESSAGES)
        self._read = {
            version: remembering(partial(read, version), rooms.settings.cache.prompts) for version in VERSIONS
        }

    async def create(self, request: Request) -> ASGIApp:
        """Answer a conversation, whole or as a stream."""
        asked = self._read[version_of(request.headers)](request.scope["body"])
        return Conversing(self._chat, asked, [(b"request-id", request.scope["request_id"].encode())])

    async def count(self, request: Request) -> ASGIApp:
        """Count the tokens that a conversation would cost: without an engine, but within the limits of requests."""
        version_of(request.headers)
        rooms, scope = self._rooms, request.scope
        caller: ApiKey = scope.get("key", rooms.anybody)
        prompt = within(rooms.settings.request_limits, chat_prompt(scope["body"]))
        scope["observed"].model, scope["observed"].key = prompt.model, caller.id
        asked = parse_chat_request(prompt.body)
        if not caller.allows(asked.model):
            raise ModelNotFound(asked.model)
        rooms.router.match(asked.model)
        async with held(rooms.limiter, caller.id, caller.quota, 0) as place:
            tokens = count_prompt(asked.messages) + sum(map(count_tool, asked.tools))
        headers = {**place.headers, "request-id": scope["request_id"]}
        return Response(to_bytes({"input_tokens": tokens}), headers=headers, media_type="application/json")
