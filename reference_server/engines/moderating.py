"""Moderation by lists of words: an honest rule, and no judgement."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b

from reference_server.protocol.openai_moderations import Judged

CATEGORIES: Mapping[str, tuple[str, ...]] = {
    "harassment": ("idiot", "moron", "loser"),
    "harassment/threatening": ("hurt you", "find you"),
    "hate": ("subhuman", "vermin"),
    "hate/threatening": ("exterminate them",),
    "illicit": ("shoplift", "counterfeit", "pick a lock"),
    "illicit/violent": ("build a bomb", "buy a gun"),
    "self-harm": ("self-harm", "cut myself"),
    "self-harm/intent": ("hurt myself", "kill myself"),
    "self-harm/instructions": ("how to hurt myself",),
    "sexual": ("pornographic", "erotic"),
    "sexual/minors": (),
    "violence": ("kill", "murder", "stab", "strangle"),
    "violence/graphic": ("blood everywhere", "dismember"),
}
"""Words that flag a text, by category."""
NEWER = frozenset({"illicit", "illicit/violent"})
"""Categories that only the omni models have."""
SEEN = frozenset({"self-harm", "self-harm/intent", "self-harm/instructions", "sexual", "violence", "violence/graphic"})
"""Categories that an image counts for, too."""
SURE = 0.95
UNSURE = 1e-3


@dataclass(frozen=True, slots=True)
class Judgement:
    """The score of each category, from 0 to 1, and what it was drawn from; what is flagged."""

    scores: Mapping[str, float]
    flags: Mapping[str, bool]
    sources: Mapping[str, tuple[str, ...]]


def judge(judged: Judged, *, is_omni: bool) -> Judgement:
    """Judge a text by its words; images are taken note of, and found harmless."""
    names = [name for name in CATEGORIES if is_omni or name not in NEWER]
    flags = {name: any(occurs(words, judged.text) for words in CATEGORIES[name]) for name in names}
    scores = {name: score(name, judged.text, flagged=flags[name]) for name in names}
    return Judgement(scores, flags, {name: sources(name, judged) for name in names})


def occurs(words: str, text: str) -> bool:
    """Tell whether words stand in a text, whole; case does not count."""
    return bool(re.search(rf"\b{re.escape(words)}\b", text.lower()))


def score(name: str, text: str, *, flagged: bool) -> float:
    """Return a score that is the same for the same text: above 0.95 where it is flagged, below 0.001 where not."""
    digest = blake2b(f"{name}\0{text}".encode("utf-8", "surrogatepass"), digest_size=4).digest()
    part = int.from_bytes(digest, "big") / 2**32
    return SURE + part * (1 - SURE) if flagged else part * UNSURE


def sources(name: str, judged: Judged) -> tuple[str, ...]:
    """Return the kinds of input that a category's score was drawn from."""
    seen = ("image",) if judged.images and name in SEEN else ()
    return (*(("text",) if judged.text or not judged.images else ()), *seen)
