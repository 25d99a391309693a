"""Protocols beside OpenAI's, a folder each."""

from starlette.routing import Route
from starlette.types import ASGIApp, Scope

from reference_server.endpoints import Rooms
from reference_server.errors import Refusal
from reference_server.middleware import bearer, told_plainly
from reference_server.settings import Settings
from reference_server.translators.anthropic import ANTHROPIC
from reference_server.translators.translator import Translator

__all__ = ["Translators"]

ALL: tuple[Translator, ...] = (ANTHROPIC,)


class Translators:
    """The protocols that are switched on. Which one a request speaks is told by its path; the rest is OpenAI's."""

    def __init__(self, settings: Settings) -> None:
        """All of them are below the same prefix."""
        prefix = settings.openai_compatibility.endpoint
        self._spoken = {f"{prefix}{each.path}": each for each in ALL if each.is_enabled(settings)}

    def routes(self, rooms: Rooms) -> list[Route]:
        """Return their paths, below the prefix."""
        return [route for each in self._spoken.values() for route in each.routes(rooms)]

    def secret(self, scope: Scope) -> str:
        """Return the API key that a request brings, or refuse one without."""
        spoken = self._of(scope)
        return spoken.secret(scope) if spoken else bearer(scope)

    def told(self, scope: Scope, refusal: Refusal) -> ASGIApp:
        """Return a refusal as the client expects it."""
        spoken = self._of(scope)
        return (spoken.told if spoken else told_plainly)(scope, refusal)

    def _of(self, scope: Scope) -> Translator | None:
        path: str = scope["path"]
        return next((each for root, each in self._spoken.items() if f"{path}/".startswith(f"{root}/")), None)
