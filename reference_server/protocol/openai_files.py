"""OpenAI's files: a form to an upload."""

from collections.abc import Mapping
from dataclasses import dataclass

from reference_server.protocol.fields import Reader, integer, one_of, record
from reference_server.protocol.multipart import Upload, parse_form, upload, whole, written

PURPOSES = ("assistants", "batch", "fine-tune", "vision", "user_data", "evals")
DAY = 86_400
BATCH_LIFE = 30 * DAY
"""Seconds that files for batches are kept, unless asked otherwise."""

required: Mapping[str, Reader] = {"file": upload, "purpose": one_of(*PURPOSES)}
seconds = written(integer(3600, BATCH_LIFE), whole, "an integer")
expiry = record({"anchor": one_of("created_at"), "seconds": seconds})
creation = record(required, {"expires_after": expiry})


@dataclass(frozen=True, slots=True)
class FileRequest:
    """A file to keep; `life` in seconds, None is for good."""

    upload: Upload
    purpose: str
    life: int | None


async def parse_file(content_type: str, body: bytes) -> FileRequest:
    """Read a form with a file and its purpose."""
    given = creation(await parse_form(content_type, body), "")
    usual = BATCH_LIFE if given["purpose"] == "batch" else None
    return FileRequest(given["file"], given["purpose"], given.get("expires_after", {}).get("seconds", usual))
