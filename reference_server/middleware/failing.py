"""What goes wrong, in the error envelope of the client's protocol."""

import logging
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reference_server.errors import RateLimited, Refusal, ServerFault
from reference_server.formatting.errors import error_response
from reference_server.observed import Observed

log = logging.getLogger(__name__)


def told_plainly(_scope: Scope, refusal: Refusal) -> ASGIApp:
    """Tell a refusal in OpenAI's envelope."""
    return error_response(refusal)


class AnswerErrors:
    """Turns refusals, and our own failures, into an error envelope."""

    def __init__(self, app: ASGIApp, told: Callable[[Scope, Refusal], ASGIApp] = told_plainly) -> None:
        """Wrap what may raise; `told` puts a refusal as the client of a request expects it."""
        self._app = app
        self._told = told

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak ASGI. What fails once the response has begun is raised on: the server then cuts the connection."""
        begun = False

        async def send_noticed(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_noticed)
        except Exception as error:
            if begun or scope["type"] != "http":
                raise
            refusal = error if isinstance(error, Refusal) else fault(error, scope)
            if "observed" in scope:
                note(refusal, scope["observed"])
            await self._told(scope, refusal)(scope, receive, send)


def note(refusal: Refusal, seen: Observed) -> None:
    """Put a refusal on record, by its word and not by its message."""
    seen.error = refusal.code or refusal.kind
    if isinstance(refusal, RateLimited):
        seen.limited = refusal.what


def fault(error: Exception, scope: Scope) -> ServerFault:
    """Log a failure of our own; return what the client is told of it."""
    log.error("%s %s %s failed", scope["request_id"], scope["method"], scope["path"], exc_info=error)
    return ServerFault(scope["request_id"])
