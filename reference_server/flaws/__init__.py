"""Named ways for the server to be wrong on purpose."""

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType

from starlette.types import ASGIApp

from reference_server.flaws import (
    audio,
    auth,
    batches,
    bounds,
    chat,
    chat_stream,
    completions,
    completions_stream,
    conversations,
    embeddings,
    errors,
    files,
    images,
    logprobs,
    models,
    moderations,
    properties,
    reasoning,
    request,
    responses,
    responses_stream,
    sdk,
    sse,
    structured,
    tools,
    tools_stream,
    transport,
    usage,
    vision,
)
from reference_server.flaws.kinds import Flaw

__all__ = ["FLAWS", "Flaw", "apply"]

_FAMILIES = (
    transport,
    sse,
    errors,
    auth,
    models,
    chat,
    chat_stream,
    usage,
    request,
    bounds,
    tools,
    tools_stream,
    structured,
    logprobs,
    reasoning,
    completions,
    completions_stream,
    embeddings,
    responses,
    responses_stream,
    conversations,
    moderations,
    vision,
    images,
    audio,
    files,
    batches,
    sdk,
    properties,
)

FLAWS: Mapping[str, Flaw] = MappingProxyType(
    {flaw.name: flaw for family in _FAMILIES for flaw in vars(family).values() if isinstance(flaw, Flaw)}
)


def apply(app: ASGIApp, name: str) -> ASGIApp:
    """The app with the flaw; ValueError, with the nearest name, for one that does not exist."""
    if name not in FLAWS:
        near = get_close_matches(name, FLAWS, n=1, cutoff=0)
        raise ValueError(f"no flaw is called {name!r}; did you mean {near[0]!r}?")
    return FLAWS[name].wrap(app)
