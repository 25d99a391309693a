"""A request as a curl line that sends it again."""

import json
from collections.abc import Iterator, Sequence
from shlex import quote

from cozecheck.exchange import ABSENT, Request
from cozecheck.masking import MASK, is_secret, mask_secrets, mask_url, mask_words

LONGEST = 2_000
"""Characters of a body from which on a curl line is of no use."""
DROPPED = frozenset(("host", "content-length", "connection", "accept-encoding", "user-agent", "accept"))
OUR_KEY = '"Authorization: Bearer $OPENAI_API_KEY"'


def curl(request: Request, *, masked: bool) -> str:
    """Write *request* as a curl line, the key as $OPENAI_API_KEY; *masked* hides people's own words."""
    line = ["curl", "-sN", "-X", quote(request.method), quote(mask_url(request.url))]
    for name, value in request.headers.lines:
        if name.lower() not in DROPPED and not name.lower().startswith("x-stainless"):
            line += ["-H", _header(name, value)]
    if request.body:
        line += ["-d", quote(_body(request, masked=masked))]
    return " ".join(line)


def script(requests: Sequence[Request], made: Sequence[str]) -> Iterator[str]:
    """Write requests as curl lines that can be sent again in their order, where each has *made* an id, or an empty one.

    An id that a line makes is a variable of the shell in those below.
    """
    known: dict[str, str] = {}
    for request, id in zip(requests, made, strict=True):
        line = curl(request, masked=False)
        for each, variable in known.items():
            line = _with_variable(line, each, variable)
        if id and id not in known:
            known[id] = f"id{len(known) + 1}"
            line = f"{known[id]}=$({line} | jq -r '.id // .data[0].id')"
        yield line


def _with_variable(line: str, id: str, variable: str) -> str:
    """Put a variable in an id's place; what is quoted is left open for it."""
    head, *rest = line.split(id)
    for part in rest:
        is_quoted = head.count("'") % 2
        head += (f"'\"${variable}\"'" if is_quoted else f'"${variable}"') + part
    return head


def _header(name: str, value: str) -> str:
    shown = mask_secrets(value)
    if name.lower() == "authorization" and (shown != value or MASK in value):
        return OUR_KEY
    # A key that is wrong on purpose is no secret, and the line would not show the same without it.
    if is_secret(name) and "cozecheck-wrong-key" not in value:
        shown = MASK
    return quote(f"{name}: {shown}")


def _body(request: Request, *, masked: bool) -> str:
    text = _masked(request) if masked else mask_secrets(request.body.decode("utf-8", "replace"))
    return text if len(text) <= LONGEST else text[:LONGEST] + f"… ({len(request.body):,} bytes)"


def _masked(request: Request) -> str:
    try:
        if request.parsed.value is not ABSENT:
            return json.dumps(mask_words(request.parsed.value), ensure_ascii=False)
    except RecursionError:
        pass
    return f"<{len(request.body)} bytes>"
