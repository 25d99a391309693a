"""Logprobs that look like a model's: finite, negative, the token itself first."""

from collections.abc import Sequence
from math import exp, log
from zlib import crc32

from reference_server.engines.delta import TokenChance

OTHERS = (b" the", b" a", b" and", b" of", b" to", b" in", b" is", b" that", b" it", b" for", b" was",
          b" on", b" with", b" as", b" at", b" by", b" this", b" from", b" or", b" one", b" an")  # fmt: skip

HALF = log(2)


def chance(token: bytes, alternatives: int) -> TokenChance:
    """Return a token with its logprob and `alternatives` tokens, likeliest first; together at most certain."""
    logprob = round(-0.0001 - crc32(token) % 1000 / 2500, 6)
    rest = log(1 - exp(logprob))
    others = [other for other in OTHERS if other != token]
    ranked = [(token, logprob), *((other, round(rest - (rank + 1) * HALF, 6)) for rank, other in enumerate(others))]
    return TokenChance(token, logprob, tuple(ranked[:alternatives]))


def chances(tokens: Sequence[bytes], alternatives: int) -> tuple[TokenChance, ...]:
    """Return the logprobs of several tokens."""
    return tuple([chance(token, alternatives) for token in tokens])
