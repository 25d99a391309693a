"""Which requests go on upstream, and what the others are told."""

import re
from collections.abc import Callable
from typing import Final

from cozecheck.proxy import refusing
from cozecheck.proxy.parsing import BadMessageError, RequestMessage
from cozecheck.proxy.refusing import Refusal
from cozecheck.proxy.upstream import Upstream

_UPGRADE: Final = re.compile(rb"\r\nupgrade:[ \t]*([^\r\n]*)", re.I)
_HARMLESS: Final = b"h2c"
"""An offer of HTTP/2 that Java's client makes with every request: it may be passed over."""


def admit(raw: bytes, upstream: Upstream, refuse: Callable[[], str]) -> tuple[RequestMessage, bytes] | Refusal:
    """Return the request whose head is *raw*, and its head as it goes on; or what to answer instead.

    *refuse* is asked last, for it counts: it says why there shall be no more requests, or nothing.
    """
    method, _, rest = raw.partition(b" ")
    if rest[:4].lower() == b"http" or method == b"CONNECT":
        return refusing.FORWARD
    if rest[:1] != b"/":
        return refusing.bad_request("this is no HTTP/1.1 request for a path")
    if (offer := _UPGRADE.search(raw)) and offer[1].strip().lower() != _HARMLESS:
        return refusing.UPGRADE
    head = upstream.rewrite(raw)
    try:
        request = RequestMessage(head)
    except BadMessageError as error:
        return refusing.bad_request(f"this is no HTTP/1.1 request: {error}")
    words = refuse()
    return refusing.spent(words) if words else (request, head)
