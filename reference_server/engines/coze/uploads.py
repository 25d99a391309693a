"""What is attached to messages, as Coze is shown it; files are uploaded once."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from hashlib import sha256
from typing import Any

from cachetools import TTLCache

from reference_server.protocol.media import Attachment

KEPT = 4096
"""Ids of files that are remembered."""
LASTING = 30 * 86400.0
"""Seconds that an id is used for: Coze's cloud keeps files for three months."""
NAMES: Mapping[str, str] = {"image": "image", "sound": "audio", "file": "file"}
"""What Coze calls each kind."""
Json = dict[str, Any]


class Uploads:
    """Uploads what has not been uploaded yet, by its content."""

    def __init__(self, upload: Callable[[str, bytes], Awaitable[str]], ticks: Callable[[], float]) -> None:
        """`upload` takes a name and content, and returns an id; `ticks` are seconds."""
        self._upload = upload
        self._ids: TTLCache[bytes, str] = TTLCache(KEPT, LASTING, ticks)

    async def keep(self, attached: Iterable[Attachment]) -> Callable[[Attachment], Json]:
        """Upload what is not there; return how each is shown."""
        ids: dict[bytes, str] = {}
        for each in attached:
            if not each.url and (digest := digest_of(each)) not in ids:
                ids[digest] = self._ids.get(digest) or await self._upload(file_name(each), each.content)
                self._ids[digest] = ids[digest]

        def shown(each: Attachment) -> Json:
            where = {"file_url": each.url} if each.url else {"file_id": ids[digest_of(each)]}
            return {"type": NAMES[each.kind], **where}

        return shown


def digest_of(attached: Attachment) -> bytes:
    """Return what tells contents apart; the same bytes under another name are another file."""
    return sha256(file_name(attached).encode() + b"\0" + attached.content).digest()


def file_name(attached: Attachment) -> str:
    """Return the name that a file is uploaded by: Coze reads the kind of a file off it."""
    return attached.format if attached.kind == "file" else f"{attached.kind}.{attached.format}"
