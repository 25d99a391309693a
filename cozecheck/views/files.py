"""Exchanges read as files: uploaded, listed, looked up, deleted."""

from typing import Any

from cozecheck.exchange import Exchange
from cozecheck.views.calls import Call, call, listing, success
from cozecheck.views.wire import is_recorded

PURPOSES = frozenset(("assistants", "batch", "fine-tune", "vision", "user_data", "evals"))


def upload(exchange: Exchange) -> Call | None:
    """Read an answered upload of a file for a documented purpose."""
    made = call(exchange, "files.create")
    return made if made and made.file and made.form.get("purpose") in PURPOSES else None


def wrong_upload(exchange: Exchange) -> Call | None:
    """Read an answered upload that lacks the file, or has no documented purpose."""
    made = call(exchange, "files.create")
    if made is None or not made.parts:
        return None
    if made.response.ok and is_recorded(made.response):  # of another age, or in other words than were sent
        return None
    return None if made.file and made.form.get("purpose") in PURPOSES else made


def uploaded(exchange: Exchange) -> Call | None:
    """Read the answer to an upload that succeeded."""
    return success(exchange, "files.create") if upload(exchange) else None


def new_file(exchange: Exchange) -> Call | None:
    """Read a file just made."""
    return success(exchange, "files.create")


def files_shown(exchange: Exchange) -> tuple[tuple[str, dict[str, Any]], ...] | None:
    """Read files, made, retrieved or listed."""
    single = success(exchange, "files.create", "files.retrieve")
    if single:
        return (("", single.value),)
    listed = file_list(exchange)
    return listed.items or None if listed else None


def file_list(exchange: Exchange) -> Call | None:
    """Read a list of files."""
    return listing(exchange, "files.list")


def deletion(exchange: Exchange) -> Call | None:
    """Read the answer to the deletion of a file."""
    return success(exchange, "files.delete")


def nonsense_file(exchange: Exchange) -> Call | None:
    """Read an answer about a file that its very id says is none."""
    made = call(exchange, "files.retrieve")
    return made if made and made.is_nonsense else None
