"""From a request to an engine: limits, cache, route, and what to do when an engine fails."""

import logging
from collections.abc import Callable, Iterable
from functools import partial
from typing import cast

from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from reference_server.caching import remembering, repeatable, response_key
from reference_server.endpoints.attempts import Attempts
from reference_server.endpoints.methods import Methods
from reference_server.endpoints.relay import Relay, body_of
from reference_server.endpoints.rooms import Rooms
from reference_server.endpoints.visit import Visit, path_below, read_again
from reference_server.errors import ModelNotFound, OtherPaths, Refusal, RequestedModelNotFound
from reference_server.limits import held
from reference_server.limits.estimating import answer_tokens, prompt_tokens
from reference_server.logs import log_translation
from reference_server.observed import Observed
from reference_server.protocol.relayed_request import FORM, Relayed, Wanted, caps, parse_relayed
from reference_server.protocol.request_limits import refuse_beyond
from reference_server.protocol.urls import refuse_urls
from reference_server.routing.deciding import Decision, Try
from reference_server.settings import RemoteEngine, SyntheticEngine
from reference_server.settings.limits import RequestLimits

log = logging.getLogger(__name__)
REPEATED = frozenset({"/chat/completions", "/completions"})
"""Paths whose answers may be kept. Responses leave something behind, and vectors are kept one by one."""


def dispatched(routes: Iterable[Route], rooms: Rooms, operation: str | None = None) -> list[Route]:
    """Return paths whose requests go to engines; `operation` is their name, where that is not the path."""
    read = remembering(partial(within, rooms.settings.request_limits), rooms.settings.cache.prompts)
    return [
        Route(route.path, Dispatch(route.path, operation or route.path, cast("Methods", route.endpoint), rooms, read))
        for route in routes
    ]


def within(limits: RequestLimits, body: bytes, content_type: str = "") -> Relayed:
    """Read a body; refuse one that holds too much."""
    asked = parse_relayed(content_type, body)
    refuse_beyond(asked.said, body, limits)
    return asked


class Dispatch:
    """One path: a request goes to an engine of its model, one that names none to the default engine."""

    def __init__(
        self, path: str, operation: str, here: Methods, rooms: Rooms, read: Callable[[bytes], Relayed]
    ) -> None:
        """`here` answers for the engines of this process; `read` reads what is no form."""
        self._read = read
        self._path = path
        self._operation = operation
        self._here = here
        self._rooms = rooms
        self._attempts = Attempts(rooms)
        self._relay = Relay(rooms.ticks, rooms.vectors)
        self._engines = {engine.name: engine for engine in rooms.settings.engines}
        # Whoever makes things up has its own words for a model that it does not know.
        self._made_up = any(isinstance(engine, SyntheticEngine) for engine in rooms.settings.engines)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak ASGI."""
        if not self._here.serves(scope["method"]):
            await self._here(scope, receive, send)
            return
        visit = self._visit(scope, receive)
        if visit.asked.model is not None and not visit.caller.allows(visit.asked.model):
            raise ModelNotFound(visit.asked.model)
        if scope["method"] == "POST":
            await self._within_limits(visit, send)
        else:
            await self._ask(visit, Try(self._rooms.settings.default_engine, ""), None, send)

    def _visit(self, scope: Scope, receive: Receive) -> Visit:
        observed: Observed = scope["observed"]
        headers = dict(scope["headers"])
        asked = self._asked(headers.get(b"content-type", b"").decode("latin-1"), scope["body"])
        caller = scope.get("key", self._rooms.anybody)
        observed.operation, observed.model, observed.streams = self._operation, asked.model, asked.streams
        observed.key, observed.read = caller.id, self._rooms.ticks()
        path = path_below(scope) if "{" in self._path else self._path
        return Visit(scope, receive, headers, path, asked, caller, observed)

    def _asked(self, content_type: str, body: bytes) -> Relayed:
        if content_type.startswith(FORM):
            return within(self._rooms.settings.request_limits, body, content_type)
        return self._read(body)

    async def _within_limits(self, visit: Visit, send: Send) -> None:
        """Reserve what a request may cost, and settle what it did."""
        quota = visit.caller.quota
        if not quota.limits:
            await self._kept(visit, send)
            return
        prompt = prompt_tokens(len(visit.asked.body))
        wanted = prompt + answer_tokens(visit.asked.fields)
        async with held(self._rooms.limiter, visit.caller.id, quota, wanted) as place:
            extra = [(name.encode(), value.encode()) for name, value in place.headers.items()]
            try:
                await self._kept(visit, with_headers(send, extra))
            except Refusal:
                visit.observed.tokens_in = visit.observed.tokens_out = 0
                raise
            finally:
                place.spent = spent(visit.observed, prompt, wanted)

    async def _kept(self, visit: Visit, send: Send) -> None:
        """Answer from the cache, where there is one and the request may be answered twice alike."""
        cache, fields = self._rooms.responses, visit.asked.fields
        if cache is None or fields is None or visit.path not in REPEATED or not repeatable(fields):
            await self._routed(visit, send)
            return

        async def routed(_scope: Scope, _receive: Receive, send: Send) -> None:
            await self._routed(visit, send)

        key = response_key(visit.caller.id, self._operation, fields)
        app, visit.observed.cache = await cache.answer(
            key, visit.headers.get(b"cache-control", b"").decode("latin-1"), routed
        )
        await app(visit.scope, visit.receive, send)

    async def _routed(self, visit: Visit, send: Send) -> None:
        """Find the engines for a request, and ask them in turn."""
        rooms, observed = self._rooms, visit.observed
        try:
            decision = self._decided(visit)
        except ModelNotFound:
            if not self._made_up:
                raise
            # It has a look at the rest of the request first.
            await self._here(visit.scope, read_again(visit.asked.body, visit.receive), send)
            return
        observed.routed = rooms.ticks()

        async def ask(each: Try, send: Send) -> None:
            await self._ask(visit, each, decision.max_tokens, send)

        await self._attempts.ask(decision, visit, ask, send)

    def _decided(self, visit: Visit) -> Decision:
        rooms, model = self._rooms, visit.asked.model
        if model is None:
            return Decision((Try(rooms.settings.default_engine, ""),))
        try:
            record = rooms.router.route(visit.facts(model), rooms.fleet.snapshot(rooms.ticks()))
        except ModelNotFound as error:
            tried = "; ".join(rooms.router.plan.rules.explain(model).lines())
            log.info("%s: %s", visit.observed.request_id, tried)
            raise RequestedModelNotFound(model) if visit.path.startswith("/responses") else error from error
        if rooms.trace:
            rooms.trace(record)
        visit.observed.route = rooms.router.match(model).rule.pattern
        visit.observed.overflow = record.decision.overflow
        return record.decision

    async def _ask(self, visit: Visit, each: Try, most: int | None, send: Send) -> None:
        """Ask one engine: another server, or one of this process."""
        upstream = self._rooms.upstreams.get(each.engine)
        serves = self._engines[each.engine].serves
        if serves and not self._path.startswith(serves):
            raise OtherPaths(serves)
        wanted = self._wanted(visit, each.engine, each.model if upstream else visit.asked.model, most)
        log_translation(visit.observed.request_id, visit.asked.fields, each.engine, wanted.fields or visit.asked.fields)
        if upstream:
            await self._relay.ask(upstream, visit, each.model or None, wanted, send)
            return
        body = body_of(wanted)
        visit.scope["engine"], visit.scope["body"] = each.engine, body
        visit.scope["model"] = each.model or visit.asked.model
        await self._here(visit.scope, read_again(body, visit.receive), send)

    def _wanted(self, visit: Visit, name: str, model: str | None, most: int | None) -> Wanted:
        """Return what an engine is to be asked; a Refusal where that is more than it can serve, or should fetch."""
        engine, asked = self._engines[name], visit.asked
        if isinstance(engine, RemoteEngine) and engine.fetches_urls:
            refuse_urls(asked.said, asked.body, self._rooms.settings.url_hosts)
        bounds = caps(visit.path, asked.fields, most)
        wanted = asked.asking(model or None, bounds, engine.parameters)
        if engine.serves:
            # It reads nothing of what it lacks: left in place, that is checked, and repeated, like all else.
            wanted = wanted._replace(body=asked.asking(model or None, bounds).body)
        visit.observed.dropped = list(wanted.dropped)
        if wanted.dropped:
            log.info("%s: engine %s lacks %s", visit.observed.request_id, name, ", ".join(wanted.dropped))
        return wanted


def with_headers(send: Send, extra: list[tuple[bytes, bytes]]) -> Send:
    """Return a `send` that adds headers to a response."""

    async def send_more(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], *extra]}
        await send(message)

    return send_more


def spent(observed: Observed, prompt: int, wanted: int) -> int:
    """Return the tokens that a request cost: as the engine said, or else as far as it can be told."""
    if observed.tokens_in is not None:
        return observed.tokens_in + (observed.tokens_out or 0)
    if observed.attempts == 0:
        return 0
    return prompt + observed.pieces if observed.streams else wanted
