"""Names under which checks were known before: ids are for ever."""

SUCCESSORS = {
    "json.no-nan": "transport.json-strict",
    "transport.sse.incremental": "sse.incremental",
    "transport.sse.encoding": "sse.encoding",
    "transport.sse.line-style": "sse.line-style",
    "transport.sse.data-json": "sse.data-json",
    "chat.stream.usage-included": "usage.stream-included",
    "chat.stream.usage-unrequested": "usage.stream-unrequested",
    "chat.stream.usage-empty-choices": "usage.stream-empty-choices",
    "chat.stream.usage-choices-key": "usage.stream-choices-key",
    "chat.stream.finish-reason-terminal": "chat.stream.finish-terminal",
    "chat.usage-arithmetic": "usage.arithmetic",
    "chat.usage-stream-parity": "usage.stream-parity",
    "chat.usage-plausible": "usage.plausible",
}


def current(id: str) -> str:
    """Return the id under which a check is known today."""
    return SUCCESSORS.get(id, id)
