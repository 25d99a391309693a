"""What nobody may read, found in a text, and masked at its own length."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from cozecheck.errors import UsageError
from cozecheck.scrubbing.spelling import KNOWN, Value, spelt
from cozecheck.scrubbing.unpacking import reads_as_text

SHORTEST: Final = 4
"""Characters from which on a known value is looked for: `x` is no key, and part of every word."""
SHORTEST_WORD: Final = 3
SHORTEST_KEY: Final = 8
MOST_KEYS: Final = 100
_ROOM: Final = 12

# What stands before a key ends no word; of an escape, `\nsk-…`, the letter is none.
_START: Final = r"(?:(?<![A-Za-z0-9])|(?<=\\[bfnrt])|(?<=\\u[0-9A-Fa-f]{4})|(?<=%[0-9A-Fa-f]{2}))"
_KEYS: Final = re.compile(
    r"(?!sk-cozecheck-wrong-key)"  # sent on purpose where a wrong key is due, and no secret
    rf"(?:({_START}(?:sk|rk)[-_])[-_.A-Za-z0-9]{{8,}}"
    r"|(sk-(?:proj|svcacct|admin|ant|None)-)[-_A-Za-z0-9]{20,}"
    rf"|({_START}(?:pk|sess|pat|xai|gsk|hf|gh[pousr]|github_pat|glpat|r8|xox[abprs])[-_])"
    r"(?=[-_.A-Za-z]*\d)[-_.A-Za-z0-9]{12,}"
    rf"|({_START}(?:AIza|eyJ(?=[-_A-Za-z0-9]{{10,}}\.)))[-_.A-Za-z0-9]{{20,}}"
    rf"|({_START}A[KS]IA)(?=[A-Z]*\d)[A-Z0-9]{{16}}(?![A-Za-z0-9]))"
)
_SIGN: Final = re.compile(
    r"(?:[spr]k|sess|pat|xai|gsk|hf|gh[pousr]|github_pat|glpat|r8|xox[abprs]|proj)[-_]|(?:org|user)-|AIza|A[KS]IA"
    r"|eyJ[-_A-Za-z0-9]{10,}+\."
)
"""What is in all keys and accounts, and in few other words."""
_ACCOUNT: Final = re.compile(rf"({_START}(?:org-|proj_|user-))(?=[A-Za-z]*\d|[a-z]*[A-Z])[A-Za-z0-9]{{10,}}")
_TUNED: Final = re.compile(r"(\bft:[-.\w]{1,64}:)(?!personal:)[-\w]{1,64}(?=:)")
_BEARER: Final = re.compile(
    r"([Bb](?:earer|EARER)(?:\s|%20|\+)+)(?!sk-cozecheck-wrong-key)(?=\S*\d)[-_.~+/=A-Za-z0-9]{8,}"
)
_MAIL: Final = re.compile(
    r"(?<![A-Za-z0-9._+-])()[A-Za-z0-9._+-]{1,64}(?:@|%40|\\+u0040)"
    r"(?!example\.(?:com|org|net)\b)"  # RFC 2606: nobody's
    r"(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,24}(?![A-Za-z0-9])"
)
_SIGNED: Final = re.compile(
    r"(?i)((?:[?&;]|\\u0026)(?:sig|signature|awsaccesskeyid|token|key|api[-_]?key|access[-_]?token"
    r"|x-(?:amz|goog)-(?:signature|credential|security-token))=)(?!\*|masked\*)[^&\s\"'\\<>]{4,}"
)
_QUERY: Final = re.compile(r"[?&;](?=[-A-Za-z]{3,24}=)|\\u0026")
_NAMED: Final = re.compile(
    r"(?i)([\"'](?:[a-z]+[-_])*(?:password|passwd|api[-_]?key|client[-_]?secret|secret[-_]?key|access[-_]?token"
    r"|refresh[-_]?token|authorization)\\*[\"']\s*:\s*\\*[\"'])(?!\*|masked\*)[^\"'\\]+"
)
_QUOTED_NAME: Final = re.compile(r"(?:passw(?:or)?d|key|secret|token|authorization)\\*[\"']\s*:\s*\\*[\"']")
_NAMES: Final = ("passw", "secret", "api_key", "apikey", "api-key", "authorization", "access", "refresh")


class Finder:
    """Masks what is *known*, *words* in any case, and what looks like a secret; *masked* counts it by kind.

    Texts are bytes read as Latin-1: a character a byte. A mask is as long as what it hides, and the same for the same
    secret; another secret of that length has another number at its end.
    """

    def __init__(self, known: Iterable[str] = (), words: Iterable[str] = ()) -> None:
        told = [spelt(value) for value in known if len(value) >= SHORTEST]
        told += [spelt(_word(value), any_case=True) for value in words]
        # The longest first, for one may be part of another.
        found = {each.pattern.pattern: each for each in told if each is not None}
        self._values: tuple[Value, ...] = tuple(sorted(found.values(), key=lambda each: (-each.length, each.hint)))
        self._learnt: set[str] = set()
        self._placeholders: dict[int, dict[str, str]] = {}
        self.masked: Counter[str] = Counter()

    def learn(self, key: str) -> None:
        """Look for a key from now on, whatever it looks like: servers say it again."""
        value = spelt(key, kind="key")
        if value is None or value.length < SHORTEST_KEY or len(self._learnt) >= MOST_KEYS or key in self._learnt:
            return
        self._learnt.add(key)
        self._values = tuple(sorted((*self._values, value), key=lambda each: (-each.length, each.hint)))

    @property
    def shortest(self) -> int:
        """Bytes of the shortest value that is known; 0 where none is."""
        return min((each.length for each in self._values), default=0)

    def mask(self, text: str) -> str:
        """Return a text, as long as it was, without what is known, people's addresses, and what is secret by name."""
        text = self.mask_known(text)
        if "@" in text or "%40" in text or "u0040" in text:
            text = self._sub(_MAIL, "e-mail address", text)
        if "ft:" in text:
            text = self._sub(_TUNED, "account", text)
        if "earer" in text or "EARER" in text:
            text = self._sub(_BEARER, "key", text)
        if "=" in text and _QUERY.search(text):
            text = self._sub(_SIGNED, "signature", text)
        return self._sub(_NAMED, "named secret", text) if _names_secrets(text) else text

    def mask_known(self, text: str) -> str:
        """Return a text without what is known."""
        small = text.lower() if any(value.any_case for value in self._values) else ""
        for value in self._values:
            if value.may_be_in(text, small):
                text = self._sub(value.pattern, value.kind, text)
        return text

    def mask_keys(self, text: str) -> str:
        """Return a text without keys and accounts; they stand in `words` only."""
        if not _may_be_key(text):
            return text
        return self._sub(_ACCOUNT, "account", self._sub(_KEYS, "key", text))

    def found(self, data: bytes, words: Iterable[bytes]) -> Counter[str]:
        """Count what would be masked in bytes and in their long *words*, by kind."""
        before, self.masked = self.masked, Counter()
        text = data.decode("latin-1")
        _ = self.mask(text) if reads_as_text(data) else self.mask_known(text)
        self.mask_keys("\n".join(word for each in words if _may_be_key(word := each.decode("latin-1"))))
        found, self.masked = self.masked, before
        return found

    def hide(self, secret: str, kind: str) -> str:
        """Return what stands for a secret, and count it."""
        self.masked[kind] += 1
        peers = self._placeholders.setdefault(len(secret), {})
        if secret not in peers:
            is_number = kind == KNOWN and secret.isdecimal()  # it may be one in JSON
            peers[secret] = _digits(secret) if is_number else _placeholder(secret, len(peers))
        return peers[secret]

    def _sub(self, pattern: re.Pattern[str], kind: str, text: str) -> str:
        def hidden(found: re.Match[str]) -> str:
            kept = next((group for group in found.groups() if group is not None), "")
            return kept + self.hide(found[0][len(kept) :], kind)

        return pattern.sub(hidden, text)


def _may_be_key(text: str) -> bool:
    marked = "-" in text or "_" in text or "." in text or "AIza" in text or "AKIA" in text or "ASIA" in text
    return marked and _SIGN.search(text) is not None


def _digits(secret: str) -> str:
    return ("8" if set(secret) == {"9"} else "9") * len(secret)


def _placeholder(secret: str, number: int) -> str:
    # A server masks with stars, too: what was sent must not look as if it was in them.
    head, tail = "masked" if len(secret) >= _ROOM else "", str(number + 1) if number else ""
    stars = "*" * (len(secret) - len(head) - len(tail))
    return head + stars + tail if len(stars) >= 2 else "*" * len(secret)


def _word(word: str) -> str:
    if len(word.strip()) < SHORTEST_WORD:
        raise UsageError(f"a word of fewer than {SHORTEST_WORD} characters cannot be told from parts of other words")
    return word


def _names_secrets(text: str) -> bool:
    small = text.lower()
    return any(name in small for name in _NAMES) and _QUOTED_NAME.search(small) is not None
