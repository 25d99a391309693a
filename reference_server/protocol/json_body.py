"""A body to a JSON object, strictly."""

from typing import Any

import jiter

from reference_server.errors import InvalidType, NotJson
from reference_server.protocol.body_bounds import refuse_many_values
from reference_server.protocol.fields import described


def parse_object(body: bytes) -> dict[str, Any]:
    """Parse a request's JSON object; one that would take seconds is refused by its bytes."""
    refuse_many_values(body)
    return read_object(body)


def read_object(body: bytes) -> dict[str, Any]:
    """Parse one JSON object of any size: UTF-8, no NaN, no key twice, at most 200 levels deep."""
    try:
        value = jiter.from_json(body, allow_inf_nan=False, catch_duplicate_keys=True)
    except ValueError as error:
        raise NotJson(str(error)) from error
    if not isinstance(value, dict):
        raise InvalidType("", "an object", described(value))
    return value
