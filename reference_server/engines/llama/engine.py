"""llama.cpp as an engine: answers, calls, texts gone on with, vectors."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from random import Random
from struct import pack

from reference_server.catalogue.gguf import NotGgufError, read_head
from reference_server.engines.delta import Delta
from reference_server.engines.embedding import Embedding, text_of
from reference_server.engines.llama.answering import Answering
from reference_server.engines.llama.choices import together
from reference_server.engines.llama.failures import NotRunning
from reference_server.engines.llama.residents import Need, Residents, TooLargeError
from reference_server.engines.llama.running import NotLoadedError, Running, start
from reference_server.engines.llama.shelf import Book, Shelf
from reference_server.errors import ModelNotFound, NotServed
from reference_server.protocol.chat_request import ChatRequest
from reference_server.protocol.openai_embeddings import Input
from reference_server.settings import LlamaEngine
from reference_server.settings.routes import TAG

log = logging.getLogger(__name__)
BESIDES = 64 * 1024 * 1024
"""Bytes that a model takes beside its file and its cache, for what it computes with."""
TOLD_EVERY = 0.25
EMBEDDINGS = "/v1/embeddings"


class Llama:
    """Runs the models of a folder, loaded when they are asked for."""

    continues = True

    def __init__(self, settings: LlamaEngine, entropy: Random, ticks: Callable[[], float]) -> None:
        """`ticks` are seconds; SettingsError for a folder that can't be used."""
        self.name = settings.name
        self._settings = settings
        self._entropy = entropy
        self._ticks = ticks
        self._shelf = Shelf(settings)
        self._residents: Residents[Running] = Residents(settings.memory)
        self._progress: dict[str, float] = {}
        self._sizes: dict[str, int] = {}
        self._wanted = set(settings.preload)
        self._preloading: list[asyncio.Task[None]] = []

    async def close(self) -> None:
        """End all models."""
        for task in self._preloading:
            task.cancel()
        await asyncio.gather(*self._preloading, return_exceptions=True)
        await self._residents.close()

    def has_tag(self, tag: str) -> bool:
        """Tell whether a model here has a tag."""
        return self._shelf.find(f"{TAG}{tag}") is not None

    def preload(self) -> None:
        """Begin to load what is wanted from the start, all at once."""
        self._preloading = [asyncio.create_task(self._preload(name)) for name in self._settings.preload]

    def preparing(self) -> str | None:
        """Say how far it is with what is wanted from the start; None where all is there."""
        said = [f"{name} {self._progress.get(name, 0.0):.0%}" for name in sorted(self._wanted)]
        return f"loading {', '.join(said)}" if said else None

    async def generate(self, request: ChatRequest) -> AsyncGenerator[Delta]:
        """Yield the answer token by token; what nobody reads any more is not generated."""
        if any(message.attachments for message in request.messages):
            raise NotServed("messages", "images, sounds or files with this model")
        async with self._running(request.model, embeds=False) as running:
            answering = Answering(running, request, self._entropy)
            if request.n == 1:
                deltas = answering.deltas(0)
            else:
                deltas = together([answering.deltas(choice) for choice in range(request.n)])
            async with aclosing(deltas) as found:
                async for delta in found:
                    yield delta

    async def count(self, request: ChatRequest) -> int:
        """Count as the model reads a conversation."""
        async with self._running(request.model, embeds=False) as running:
            return await Answering(running, request, self._entropy).count()

    async def embed(self, model: str, inputs: Sequence[Input]) -> list[Embedding]:
        """Embed every input; tokens are those of cl100k_base, and mean what their text means."""
        texts = [text_of(each) for each in inputs]
        async with self._running(model, embeds=True) as running:
            return await asyncio.gather(*(embedded(running, text) for text in texts))

    @asynccontextmanager
    async def _running(self, model: str, *, embeds: bool) -> AsyncIterator[Running]:
        """Give the model that is asked for, loaded."""
        book = self._shelf.find(model)
        if book is None:
            raise ModelNotFound(model)
        try:
            need = Need(f"{book.name}{' for embeddings' if embeds else ''}", await self._size(book))
            async with self._residents.use(need, lambda: self._load(book, need, embeds=embeds)) as running:
                yield running
        except (OSError, NotGgufError, NotLoadedError) as error:
            log.error("engine %s: model %s: %s", self.name, book.name, error)  # noqa: TRY400  (the message says it all)
            raise NotRunning(str(error)) from error
        except TooLargeError as error:
            log.error("engine %s: model %s is larger than 'memory'", self.name, book.name)  # noqa: TRY400
            raise NotRunning("larger than 'memory'") from error

    async def _size(self, book: Book) -> int:
        """Return the bytes that a model will take, as its file said when it was first asked for."""
        if book.name not in self._sizes:
            head, settings = await asyncio.to_thread(read_head, book.path), self._settings
            self._sizes[book.name] = head.size + head.per_token * settings.slots * settings.context_length + BESIDES
        return self._sizes[book.name]

    async def _load(self, book: Book, need: Need, *, embeds: bool) -> Running:
        began = self._ticks()
        log.info("engine %s: model %s is being loaded, into some %d MB", self.name, need.name, need.size // 10**6)
        told = 0.0

        def tell(share: float) -> None:
            nonlocal told
            self._progress[need.name] = share
            if share >= told + TOLD_EVERY:
                told = share
                log.info("engine %s: %.0f %% of model %s are read", self.name, 100 * share, need.name)

        running = await start(book, self._settings, embeds=embeds, told=tell)
        log.info("engine %s: model %s is loaded after %.1f s", self.name, need.name, self._ticks() - began)
        return running

    async def _preload(self, name: str) -> None:
        try:
            async with self._running(name, embeds=False):
                pass
        except NotRunning:
            # The log says why; requests for it are told so, others are served.
            pass
        finally:
            self._wanted.discard(name)


async def embedded(running: Running, text: str) -> Embedding:
    """Embed one text: llama.cpp does not say what each of several costs."""
    answer = await running.call(EMBEDDINGS, {"input": text})
    vector = answer["data"][0]["embedding"]
    return Embedding(pack(f"<{len(vector)}f", *vector), answer["usage"]["prompt_tokens"])
