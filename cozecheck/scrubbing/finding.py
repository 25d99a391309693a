"""What nobody may read, found in a text, and masked at its own length."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import quote, quote_plus

_KEYS: Final = re.compile(
    r"(?<![A-Za-z0-9])(?!sk-cozecheck-wrong-key)"  # sent on purpose where a wrong key is due, and no secret
    r"(?:((?:sk|rk)[-_])[-_.A-Za-z0-9]{8,}"
    r"|((?:pk|sess|pat|xai|gsk|hf|gh[pousr]|glpat|r8)[-_])(?=[-_.A-Za-z]*\d)[-_.A-Za-z0-9]{12,}"
    r"|(AIza|eyJ(?=[-_A-Za-z0-9]{10,}\.))[-_.A-Za-z0-9]{20,})"
)
_KEY_SIGNS: Final = (
    *(sign + mark for sign in ("sk", "rk", "pk", "sess", "pat", "xai", "gsk", "hf", "glpat", "r8") for mark in "-_"),
    *(f"gh{kind}{mark}" for kind in "pousr" for mark in "-_"),
    "AIza",
    "eyJ",
)
_BEARER: Final = re.compile(r"(?i)(\bbearer\s+)(?!sk-cozecheck-wrong-key)(?=\S*\d)[-_.~+/=A-Za-z0-9]{8,}")
_ACCOUNT: Final = re.compile(r"\b(org-|proj_)[A-Za-z0-9]{10,}")
_MAIL: Final = re.compile(
    r"(?<![A-Za-z0-9._%+-])()[A-Za-z0-9._%+-]{1,64}@(?!example\.(?:com|org|net)\b)"  # RFC 2606: nobody's
    r"(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,24}(?![A-Za-z0-9])"
)
_SIGNED: Final = re.compile(
    r"(?i)((?:[?&;]|\\u0026)(?:sig|signature|awsaccesskeyid|token|key|api[-_]?key|access[-_]?token"
    r"|x-(?:amz|goog)-(?:signature|credential|security-token))=)(?!\*)[^&\s\"'\\<>]{4,}"
)
_NAMED: Final = re.compile(
    r"(?i)([\"'](?:[a-z]+[-_])*(?:password|passwd|api[-_]?key|client[-_]?secret|secret[-_]?key|access[-_]?token"
    r"|refresh[-_]?token|authorization)\\*[\"']\s*:\s*\\*[\"'])[^\"'\\*][^\"'\\]*"
)
SHORTEST: Final = 4
"""Characters from which on a value that is told us is looked for."""


class Finder:
    """Masks what is *known* and what looks like a secret; *masked* counts it by kind."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        spelt = {each for value in known if len(value) >= SHORTEST for each in _spellings(value)}
        longest_first = sorted(spelt, key=lambda each: (-len(each), each))
        self._known = re.compile("()(?:" + "|".join(map(re.escape, longest_first)) + ")") if spelt else None
        self.masked: Counter[str] = Counter()

    def mask(self, text: str) -> str:
        """Return the text, as long as it was, without secrets, accounts and addresses."""
        text = self.mask_keys(text)
        if "@" in text:
            text = self._sub(_MAIL, "e-mail address", text)
        if "org-" in text or "proj_" in text:
            text = self._sub(_ACCOUNT, "account", text)
        if "earer" in text or "EARER" in text:
            text = self._sub(_BEARER, "key", text)
        if "=" in text:
            text = self._sub(_SIGNED, "signature", text)
        return self._sub(_NAMED, "named secret", text) if _is_named(text) else text

    def mask_keys(self, text: str) -> str:
        """Return the text without what is known, and without keys: all one can look for in bytes of any kind."""
        if self._known is not None:
            text = self._sub(self._known, "known value", text)
        if any(sign in text for sign in _KEY_SIGNS):
            text = self._sub(_KEYS, "key", text)
        return text

    def _sub(self, pattern: re.Pattern[str], kind: str, text: str) -> str:
        def stars(found: re.Match[str]) -> str:
            kept = next((group for group in found.groups() if group is not None), "")
            self.masked[kind] += 1
            return kept + "*" * (len(found[0]) - len(kept))

        return pattern.sub(stars, text)


def _is_named(text: str) -> bool:
    small = text.lower()
    return any(word in small for word in ("passw", "key", "secret", "token", "authorization"))


def _spellings(value: str) -> Iterator[str]:
    """Yield a value as JSON, URLs and bytes read as Latin-1 spell it."""
    for spelt in (
        value,
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
        quote(value),
        quote_plus(value),
    ):
        yield spelt
        yield spelt.replace("/", "\\/")
        yield spelt.encode("utf-8", "surrogatepass").decode("latin-1")
