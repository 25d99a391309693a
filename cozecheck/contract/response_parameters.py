"""The documented ranges of the parameters of a response.

They come from OpenAI's OpenAPI document, CreateResponse.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from cozecheck.contract.parameters import Fault, Range

RESPONSE_RANGES = (
    Range("temperature", 0, 2),
    Range("top_p", 0, 1),
    Range("top_logprobs", 0, 20, whole=True),
)


def response_faults(body: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield the numbers of a request for a response that are out of their ranges."""
    for each in RESPONSE_RANGES:
        if not each.holds(body.get(each.param)):
            yield Fault(each.param, "range", f"{body[each.param]} is not {each}")
