"""Exchanges read as batches, and the lines of their output."""

from collections.abc import Iterator
from typing import Any

from cozecheck.exchange import ABSENT, Exchange, parse_json
from cozecheck.views.calls import Call, call, listing, success

ONE = ("batches.create", "batches.retrieve", "batches.cancel")
Json = dict[str, Any]


def batch_request(exchange: Exchange) -> Call | None:
    """Read an answered request for a batch over a file that may be there."""
    made = call(exchange, "batches.create")
    return made if made and isinstance(made.asked.get("input_file_id"), str) and not is_unfounded(made) else None


def unfounded_batch(exchange: Exchange) -> Call | None:
    """Read an answered request for a batch over a file that its very id says is none."""
    made = call(exchange, "batches.create")
    return made if made and is_unfounded(made) else None


def is_unfounded(made: Call) -> bool:
    """Whether the input file's id says that there is no such file."""
    return "no-such" in str(made.asked.get("input_file_id"))


def new_batch(exchange: Exchange) -> Call | None:
    """Read a batch just made."""
    return success(exchange, "batches.create")


def batches_shown(exchange: Exchange) -> tuple[tuple[str, Json], ...] | None:
    """Read batches, made, retrieved, cancelled or listed."""
    single = success(exchange, *ONE)
    if single:
        return (("", single.value),)
    listed = batch_list(exchange)
    return listed.items or None if listed else None


def batch_list(exchange: Exchange) -> Call | None:
    """Read a list of batches."""
    return listing(exchange, "batches.list")


def nonsense_batch(exchange: Exchange) -> Call | None:
    """Read an answer about a batch that its very id says is none."""
    made = call(exchange, "batches.retrieve")
    return made if made and made.is_nonsense else None


def lines(exchange: Exchange | None) -> list[Any]:
    """Return the JSON values of the lines of a file; ABSENT for a line that is no JSON."""
    if exchange is None or exchange.response is None or not exchange.response.ok:
        return []
    return json_lines(exchange.response.content)


def json_lines(content: bytes) -> list[Any]:
    """Return the JSON values of lines; ABSENT for a line that is no JSON."""
    return [parse_json(line).value for line in content.split(b"\n") if line.strip()]


def answers(values: list[Any]) -> Iterator[tuple[str, int, Any]]:
    """Yield custom id, status and body of each line that has the documented form; status 0 where none is said."""
    for value in values:
        if not isinstance(value, dict) or not isinstance(value.get("custom_id"), str):
            continue
        response = value.get("response")
        if isinstance(response, dict) and isinstance(response.get("status_code"), int):
            yield value["custom_id"], response["status_code"], response.get("body", ABSENT)
        else:
            yield value["custom_id"], 0, value.get("error", ABSENT)
