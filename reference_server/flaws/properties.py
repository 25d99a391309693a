"""Flaws that only requests at random come across; each is judged by the properties alone."""

from starlette.types import ASGIApp, Receive, Scope, Send

from reference_server.flaws.canned import SERVER_ERROR, refuse
from reference_server.flaws.kinds import Flaw, after, asked, before, chunk, wire
from reference_server.flaws.messages import Json, Reply, Request, read_request, send_reply
from reference_server.flaws.relay import replay

LARGEST = 2**63 - 1
WIDE = 2**31  # the first that no 32 bits hold


def _seed(request: Request) -> object:
    return request.json.get("seed") if request.is_chat else None


@before("properties.no-server-error")
def seed_below_500(request: Request) -> Request | Reply:
    """A chat request with a seed of -1 is answered 500."""
    return SERVER_ERROR if _seed(request) == -1 else request


@wire("properties.no-hang")
async def seed_largest_hangs(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """A chat request with the largest seed that there is is never answered."""
    request = await read_request(scope, receive)
    if _seed(request) == LARGEST:
        while (await receive())["type"] != "http.disconnect":
            pass
    else:
        await app(scope, replay(request.body, receive), send)


@before("properties.legal-taken")
def seed_refused_unnamed(request: Request) -> Request | Reply:
    """A chat request with a seed of more than 32 bits is refused, and not told why."""
    seed = _seed(request)
    return refuse(400, "This does not work.") if isinstance(seed, int) and seed >= WIDE else request


@asked("properties.illegal-refused")
def token_words_taken(value: Json) -> None:
    """A key of logit_bias that is no number is left out, and not refused."""
    bias = value.get("logit_bias")
    if isinstance(bias, dict):
        value["logit_bias"] = {key: each for key, each in bias.items() if key.isascii() and key.isdecimal()}


@after("properties.refusal-tells")
def moderation_refused_409(request: Request, reply: Reply) -> Reply:
    """An invalid request for a moderation is refused with 409."""
    refused = request.path.endswith("/moderations") and reply.status == 400
    return reply.with_json(reply.json, status=409) if refused else reply


@chunk("properties.twins-agree")
def stream_counts_prompt_twice(value: Json) -> None:
    """The usage of a chat stream counts one token of the prompt more than a body's."""
    usage = value.get("usage")
    if isinstance(usage, dict):
        usage["prompt_tokens"] += 1
        usage["total_tokens"] += 1


class Sulking:
    """An app that answers no question any more once it was hurt."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._hurt = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, or refuse."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = await read_request(scope, receive)
        plain = request.is_chat and request.json.keys() == {"model", "messages", "max_tokens"}
        if self._hurt and plain and "Say hello." in request.body.decode("utf-8", "replace"):
            await send_reply(refuse(400, "I do not feel like it."), send)
        else:
            seed = _seed(request)
            self._hurt = self._hurt or (isinstance(seed, int) and seed < 0)
            await self._app(scope, replay(request.body, receive), send)


hurt_by_seed = Flaw(
    "hurt-by-seed",
    "After a chat request with a negative seed no greeting is answered any more.",
    ("properties.still-answers",),
    Sulking,
)
