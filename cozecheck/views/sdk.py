"""Exchanges read as what the official client was given to read."""

from collections.abc import Callable

from cozecheck.contract.operations import operation
from cozecheck.exchange import Exchange


def given(*operations: str, streamed: bool) -> Callable[[Exchange], Exchange | None]:
    """Return the view of answers to these operations (a name that ends in a dot: all below it)."""

    def view(exchange: Exchange) -> Exchange | None:
        asked = operation(exchange.request) if exchange.sdk else None
        if asked is None or (exchange.request.json.get("stream") is True) is not streamed:
            return None
        return exchange if asked.name.startswith(operations) else None

    view.__doc__ = f"Read an answer to {operations[0].rstrip('.')} that the official client was given."
    return view
