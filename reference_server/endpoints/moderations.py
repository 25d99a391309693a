"""Moderations."""

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from reference_server.endpoints.methods import Methods, json_response
from reference_server.endpoints.rooms import Rooms
from reference_server.engines.moderating import judge
from reference_server.formatting.identifiers import lettered_id
from reference_server.formatting.openai_moderations import moderation
from reference_server.protocol.openai_moderations import parse_moderation


def routes(rooms: Rooms) -> list[Route]:
    """Return the paths of moderations, below the prefix."""
    moderations = Moderations(rooms)
    return [Route("/moderations", Methods(POST=moderations.create))]


class Moderations:
    """Texts and images, judged by lists of words."""

    def __init__(self, rooms: Rooms) -> None:
        """Take what endpoints work with."""
        self._rooms = rooms
        self._snapshots = {model.id: model.snapshot for model in rooms.settings.models if model.snapshot}

    async def create(self, request: Request) -> ASGIApp:
        """Judge every input."""
        asked = parse_moderation(request.scope["body"])
        judgements = [judge(each, is_omni=asked.is_omni) for each in asked.inputs]
        model = self._snapshots.get(asked.model, asked.model)
        return json_response(
            moderation(lettered_id("modr", self._rooms.entropy), model, judgements, is_omni=asked.is_omni)
        )
