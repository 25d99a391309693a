"""Models: all of them, and one."""

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from reference_server.endpoints.methods import Methods, json_response
from reference_server.endpoints.rooms import Rooms
from reference_server.errors import ModelNotListed
from reference_server.formatting.json_text import to_bytes
from reference_server.formatting.models import model_list, model_object


def routes(rooms: Rooms) -> list[Route]:
    """Return the paths of models, below the prefix."""
    models = Models(rooms)
    return [Route("/models", Methods(GET=models.list)), Route("/models/{model:path}", Methods(GET=models.retrieve))]


class Models:
    """What can be asked, serialised once: it never changes."""

    def __init__(self, rooms: Rooms) -> None:
        """Serialise the list and each model."""
        models = rooms.settings.models
        self._list = to_bytes(model_list(models))
        self._models = {model.id: to_bytes(model_object(model)) for model in models}

    async def list(self, _request: Request) -> ASGIApp:
        """Show every model."""
        return json_response(self._list)

    async def retrieve(self, request: Request) -> ASGIApp:
        """Show one model, whose id may hold slashes."""
        model = request.path_params["model"]
        if model not in self._models:
            raise ModelNotListed(model)
        return json_response(self._models[model])
