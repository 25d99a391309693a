"""Bots of Coze as an engine."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing, suppress
from random import Random

from reference_server.engines.bounds import Bounds
from reference_server.engines.counting import count_prompt
from reference_server.engines.coze.calls import CallIds, Chat
from reference_server.engines.coze.codes import CODE, LOG_ID, OCCUPIED, CozeFailure
from reference_server.engines.coze.costs import usage_in
from reference_server.engines.coze.history import NotTaken, attached, history
from reference_server.engines.coze.link import Link
from reference_server.engines.coze.reply import Reply, called
from reference_server.engines.coze.requests import Asked, new_chat, outputs, owner_of, user_id
from reference_server.engines.coze.uploads import Uploads
from reference_server.engines.delta import Delta, Usage
from reference_server.engines.events import Event
from reference_server.engines.tokenizer import encode
from reference_server.engines.upstream_errors import UpstreamBroken, UpstreamFailure, UpstreamRefusedUs
from reference_server.errors import ModelNotFound, Refusal
from reference_server.protocol.chat_request import ChatRequest
from reference_server.settings import CozeEngine

log = logging.getLogger(__name__)
LINGER = 0.2
"""Seconds to wait for the end of a stream whose chat has ended, so that its connection can be used again."""
BAD_REQUEST = 400
ASIDE = 5.0
"""Seconds that a call may take which nobody's answer depends on."""


class Coze:
    """Asks bots, each request in a conversation of its own."""

    continues = False

    def __init__(self, settings: CozeEngine, patience: float, entropy: Random, ticks: Callable[[], float]) -> None:
        """`patience` in seconds stands for the timeouts that the settings leave open."""
        timeouts = settings.timeouts
        self.name = settings.name
        self._settings = settings
        self._first_word = (timeouts.total or patience, timeouts.first_token or patience)
        self._idle = timeouts.idle or patience
        self._entropy = entropy
        self._link = Link(settings, self._idle)
        self._uploads = Uploads(self._link.upload, ticks)
        # Without a key there is nothing that all workers know: then an id holds in this one alone.
        self._ids = CallIds(settings.api_key() or f"{entropy.getrandbits(256):x}")
        self._ending: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Cancel what is to be cancelled, and close the connections."""
        await asyncio.gather(*self._ending)
        await self._link.close()

    async def is_there(self) -> bool:
        """Tell whether Coze answers; it is asked of a bot, which costs no tokens."""
        bot = self._settings.bot or next(iter(self._settings.bots.values()), None)
        try:
            if bot:
                await self._link.call("GET", "/v1/bot/get_online_info", {"bot_id": bot})
        except Refusal as error:
            # A key that may chat need not be allowed to look at bots.
            return error.status < 500 or isinstance(error, UpstreamRefusedUs)
        return True

    async def count(self, request: ChatRequest) -> int:
        """Count as OpenAI does."""
        return count_prompt(request.messages)

    async def generate(self, request: ChatRequest) -> AsyncGenerator[Delta]:
        """Yield the answer as it comes; of a chat that is left before its end Coze is told to stop."""
        for again in (False, True):
            reply = Reply(self._settings.separator)
            try:
                asked = await self._asked(request)
                async with aclosing(self._deltas(asked, request, reply)) as deltas:
                    async for delta in deltas:
                        yield delta
            except (CozeFailure, UpstreamFailure) as error:
                self._note(error)
                # A new chat has a conversation of its own, which can't be occupied.
                if again or reply.begun or error.headers.get(CODE) not in OCCUPIED:
                    raise
            else:
                return

    async def _asked(self, request: ChatRequest) -> Asked:
        """Return what is asked: to go on with a chat that waits for results, or to begin one."""
        settings, owner = self._settings, owner_of(request)
        if settings.dialect == "cloud" and (asked := outputs(request.messages, self._ids, owner)):
            return asked
        bot = settings.bot_of(request.model)
        if bot is None:
            raise ModelNotFound(request.model)
        kept = list(attached(request.messages))
        if settings.dialect == "studio" and any(each.kind == "sound" for each in kept):
            raise NotTaken("content of type 'input_audio'")
        told = history(request.messages, settings.system_role, await self._uploads.keep(kept))
        if told.cut:
            log.warning("engine %s: the oldest %d messages of a conversation were left out", self.name, told.cut)
        return new_chat(bot, user_id(request, self._entropy), told)

    async def _deltas(self, asked: Asked, request: ChatRequest, reply: Reply) -> AsyncGenerator[Delta]:
        bounds = Bounds(request.stop, request.max_tokens)
        said: list[str] = []

        def silence() -> float:
            return self._idle if reply.begun else self._first_word[request.stream]

        try:
            async with self._link.stream(*asked, silence) as events:
                async for event in events:
                    for delta in within(bounds, reply.take(event)):
                        said.append(delta.text)
                        yield delta
                    if bounds.finish or reply.finish:
                        break
                else:
                    raise UpstreamBroken("a stream that just ends")
                if reply.over:
                    await finished(events)
        finally:
            if reply.chat and not reply.over:
                self._cancel(reply.chat)
        if rest := bounds.rest():
            said.append(rest)
            yield Delta(text=rest)
        if reply.chat and not bounds.finish:
            for delta in called(reply.calls, reply.chat, self._ids, owner_of(request)):
                yield delta
        yield Delta(finish=bounds.finish or reply.finish, stop=bounds.found)
        yield Delta(usage=await self._usage(request, reply, said, cut=bounds.finish is not None))

    async def _usage(self, request: ChatRequest, reply: Reply, said: Sequence[str], *, cut: bool) -> Usage:
        """Return what Coze says, in the stream or else when asked, or what can be counted of it."""
        told = request.include_usage or not request.stream
        if not cut:
            usage = reply.usage or (await self._retrieved(reply.chat) if told and reply.chat else None)
            if usage:
                return usage
        return Usage(count_prompt(request.messages), len(encode("".join(said))), counted=True)

    async def _retrieved(self, chat: Chat) -> Usage | None:
        """Ask what a chat cost; None where that is not to be learned."""
        with suppress(Refusal, TimeoutError):
            async with asyncio.timeout(ASIDE):
                found = await self._link.call("GET", "/v3/chat/retrieve", ids_of(chat))
            data = found.get("data")
            return usage_in(data.get("usage")) if isinstance(data, dict) else None
        return None

    def _cancel(self, chat: Chat) -> None:
        """Stop a chat, whatever becomes of the request that it was for."""
        task = asyncio.create_task(self._cancelled(chat))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _cancelled(self, chat: Chat) -> None:
        with suppress(Refusal, TimeoutError):
            async with asyncio.timeout(ASIDE):
                await self._link.call("POST", "/v3/chat/cancel", body=ids_of(chat))

    def _note(self, error: CozeFailure | UpstreamFailure) -> None:
        """Tell the operator; Coze's words may hold what people wrote."""
        code = error.headers.get(CODE)
        said = f"Coze's code {code}" if code or isinstance(error, CozeFailure) else error.detail
        hint = f"; is the key one for {self._settings.base_url}?" if isinstance(error, UpstreamRefusedUs) else ""
        log_id = error.headers.get(LOG_ID, "none")
        # A bad request is its client's to mend.
        level = logging.INFO if error.status == BAD_REQUEST else logging.WARNING
        log.log(level, "engine %s: %s %s, log id %s%s", self.name, error.code, said, log_id, hint)


def within(bounds: Bounds, deltas: Iterator[Delta]) -> Iterator[Delta]:
    """Yield what is said within bounds, and nothing after they are reached."""
    for delta in deltas:
        if bounds.finish:
            return
        if not delta.text:
            yield delta
        elif text := bounds.take(delta.text):
            yield Delta(text=text)


def ids_of(chat: Chat) -> dict[str, str]:
    """Return what names a chat."""
    return {"conversation_id": chat.conversation, "chat_id": chat.id}


async def finished(events: AsyncGenerator[Event]) -> None:
    """Read on to the end, if it comes soon."""
    with suppress(Refusal, TimeoutError):
        async with asyncio.timeout(LINGER):
            async for _ in events:
                pass
