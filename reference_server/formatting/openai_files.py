"""Files as OpenAI shows them."""

from typing import Any


def file_object(
    identifier: str, purpose: str, filename: str, size: int, *, created: int, life: int | None = None
) -> dict[str, Any]:
    """Return a file that is kept: `size` in bytes, `created` in seconds since 1970, `life` in seconds."""
    return {
        "object": "file",
        "id": identifier,
        "purpose": purpose,
        "filename": filename,
        "bytes": size,
        "created_at": created,
        "expires_at": None if life is None else created + life,
        "status": "processed",
        "status_details": None,
    }


def deleted_file(identifier: str) -> dict[str, Any]:
    """Return what is said of a file that is gone."""
    return {"object": "file", "deleted": True, "id": identifier}
