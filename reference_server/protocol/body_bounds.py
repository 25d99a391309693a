"""Bodies of more values than are worth parsing, told by their bytes."""

from collections.abc import Mapping

from reference_server.errors import Refusal

SMALL = 512 * 1024
"""Bytes of a body that costs little, whatever it holds: at worst some 60 ms."""
MOST: Mapping[bytes, int] = {b",": 400_000, b":": 100_000, b"[": 100_000, b"{": 100_000}
"""Elements, keys, arrays and objects of one body; the largest request for embeddings has 300,000 tokens."""


class TooManyValues(Refusal):
    """JSON of more values than a request needs."""

    def __init__(self) -> None:
        """Name the bounds."""
        values, keys = MOST[b","], MOST[b":"]
        message = f"The JSON body of your request holds too much: at most {values} elements, {keys} of them keys."
        super().__init__(400, message, code="too_many_values")


def refuse_many_values(body: bytes) -> None:
    """Refuse a body that would take seconds to parse. What stands in strings is counted where it matters only."""
    if len(body) > SMALL and exceeds(body) and exceeds(outside_strings(body)):
        raise TooManyValues


def exceeds(text: bytes) -> bool:
    """Tell whether there is more of something than allowed."""
    return any(text.count(mark) > most for mark, most in MOST.items())


def outside_strings(body: bytes) -> bytes:
    """Return what stands between strings; after so many strings that there are too many, all the rest."""
    quoted = body.replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"', 2 * sum(MOST.values()))
    return b"".join(quoted[::2])
