"""Files, kept in the store: their descriptions and their bytes."""

from collections.abc import Sequence
from typing import Any

from reference_server.endpoints.rooms import Rooms
from reference_server.errors import NoSuchFile, StorageFull
from reference_server.formatting.identifiers import file_id
from reference_server.formatting.openai_files import file_object

FILE = "file"
CONTENT = "file-content"
MOST_BYTES = 512 * 1024 * 1024
"""Bytes of all files together."""
Json = dict[str, Any]


class Shelf:
    """What was uploaded, and what batches put out; expired files are gone."""

    def __init__(self, rooms: Rooms) -> None:
        """Take what endpoints work with."""
        self._rooms = rooms

    def add(self, filename: str, purpose: str, content: bytes, life: int | None = None) -> Json:
        """Keep a file for `life` seconds, None is for good; return its description."""
        if sum(file["bytes"] for file in self.all()) + len(content) > MOST_BYTES:
            raise StorageFull(MOST_BYTES)
        identifier, created = file_id(self._rooms.entropy), int(self._rooms.clock())
        file = file_object(identifier, purpose, filename, len(content), created=created, life=life)
        self._rooms.store.put(FILE, identifier, file)
        self._rooms.store.put(CONTENT, identifier, content)
        return file

    def all(self) -> Sequence[Json]:
        """Return the descriptions of all files, oldest first."""
        now = self._rooms.clock()
        files: list[Json] = self._rooms.store.all(FILE)
        for file in files:
            if file["expires_at"] is not None and file["expires_at"] <= now:
                self.remove(file["id"])
        return [file for file in files if file["expires_at"] is None or file["expires_at"] > now]

    def file(self, identifier: str) -> Json:
        """Return the description of a file, or refuse its id."""
        found = {file["id"]: file for file in self.all()}.get(identifier)
        if found is None:
            raise NoSuchFile(identifier)
        return found

    def content(self, identifier: str) -> bytes:
        """Return the bytes of a file that is there."""
        content: bytes = self._rooms.store.get(CONTENT, identifier) or b""
        return content

    def remove(self, identifier: str) -> None:
        """Forget a file."""
        self._rooms.store.delete(FILE, identifier)
        self._rooms.store.delete(CONTENT, identifier)
