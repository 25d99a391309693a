"""A request as a curl line that sends it again."""

import json
from shlex import quote

from cozecheck.exchange import ABSENT, Request
from cozecheck.masking import mask_content, mask_secrets

LONGEST = 2_000
"""Bytes of body from which on a curl line is of no use."""
DROPPED = frozenset(
    ("host", "content-length", "connection", "accept-encoding", "user-agent", "accept", "authorization")
)


def curl(request: Request, *, masked: bool) -> str:
    """Write *request* as a curl line, the key as $OPENAI_API_KEY; *masked* hides people's own words."""
    words = ["curl", "-sN", "-X", request.method, quote(mask_secrets(request.url))]
    if request.headers.get("authorization") is not None:
        words += ["-H", '"Authorization: Bearer $OPENAI_API_KEY"']
    for name, value in request.headers.lines:
        if name.lower() not in DROPPED and not name.lower().startswith("x-stainless"):
            words += ["-H", quote(f"{name}: {mask_secrets(value)}")]
    if request.body:
        words += ["-d", quote(_body(request, masked=masked))]
    return " ".join(words)


def _body(request: Request, *, masked: bool) -> str:
    if masked and request.parsed.value is not ABSENT:
        text = json.dumps(mask_content(request.parsed.value), ensure_ascii=False)
    elif masked:
        text = f"<{len(request.body)} bytes>"
    else:
        text = mask_secrets(request.body.decode("utf-8", "replace"))
    return text if len(text) <= LONGEST else text[:LONGEST] + f"… ({len(request.body):,} bytes)"
