"""Files, kept in the store: their descriptions and their bytes."""

from collections.abc import Sequence
from itertools import filterfalse

from reference_server.endpoints.rooms import Rooms
from reference_server.errors import NoSuchFile, StorageFull
from reference_server.formatting.identifiers import file_id
from reference_server.formatting.openai_files import file_object
from reference_server.state import Json

FILE = "file"
CONTENT = "content"
MOST_BYTES = 512 * 1024 * 1024
"""Bytes of all files together."""


class Shelf:
    """What was uploaded, and what batches put out; expired files are gone."""

    def __init__(self, rooms: Rooms) -> None:
        """Take what endpoints work with."""
        self._rooms = rooms

    async def add(self, filename: str, purpose: str, content: bytes, life: int | None = None) -> Json:
        """Keep a file for `life` seconds, None is for good; return its description."""
        return await self.put(file_id(self._rooms.entropy), filename, purpose, content, life)

    async def put(self, identifier: str, filename: str, purpose: str, content: bytes, life: int | None) -> Json:
        """Keep a file under an id, if it is not there already."""
        if found := await self._rooms.store.get(FILE, identifier):
            return found
        if sum(file["bytes"] for file in await self.all()) + len(content) > MOST_BYTES:
            raise StorageFull(MOST_BYTES)
        created = int(self._rooms.clock())
        file = file_object(identifier, purpose, filename, len(content), created=created, life=life)
        await self._rooms.store.keep(FILE, identifier, file, {CONTENT: content})
        return file

    async def all(self) -> Sequence[Json]:
        """Return the descriptions of all files, oldest first."""
        files = await self._rooms.store.all(FILE)
        for file in filterfalse(self._is_there, files):
            await self.remove(file["id"])
        return list(filter(self._is_there, files))

    async def file(self, identifier: str) -> Json:
        """Return the description of a file, or refuse its id."""
        found = await self._rooms.store.get(FILE, identifier)
        if found is None or not self._is_there(found):
            raise NoSuchFile(identifier)
        return found

    async def content(self, identifier: str) -> bytes:
        """Return the bytes of a file that is there."""
        return (await self._rooms.store.parts(FILE, identifier)).get(CONTENT, b"")

    async def remove(self, identifier: str) -> None:
        """Forget a file."""
        await self._rooms.store.delete(FILE, identifier)

    def _is_there(self, file: Json) -> bool:
        return bool(file["expires_at"] is None or file["expires_at"] > self._rooms.clock())
