"""Stop sequences and limits, kept in the place of an engine without them."""

from collections.abc import Sequence

from reference_server.engines.delta import FinishReason
from reference_server.engines.pieces import cut, stop_at
from reference_server.engines.tokenizer import encode


class Bounds:
    """Lets text pass up to a stop sequence or a number of tokens.

    `finish` says what ended it, `found` is the sequence.
    """

    def __init__(self, stop: Sequence[str], max_tokens: int | None) -> None:
        """Begin with nothing said."""
        self._stop = stop
        self._left = max_tokens
        self._held = ""
        self.finish: FinishReason | None = None
        self.found = ""

    def take(self, text: str) -> str:
        """Return what of the text may be said by now: what may begin a stop sequence is held back."""
        if self.finish:
            return ""
        text = self._held + text
        found = stop_at(text, self._stop)
        held = 0 if found else max((begun(text, each) for each in self._stop), default=0)
        end = found[0] if found else len(text) - held
        self._held = text[end:] if held else ""
        said = self._limited(text[:end])
        if found and not self.finish:
            self.finish, self.found = "stop", text[slice(*found)]
        return said

    def rest(self) -> str:
        """Return what was held back and begins no stop sequence after all."""
        held, self._held = self._held, ""
        return "" if self.finish else self._limited(held)

    def _limited(self, text: str) -> str:
        if self._left is None or not text:
            return text
        tokens = len(encode(text))
        if tokens <= self._left:
            self._left -= tokens
            return text
        kept = cut(text, self._left, ())
        self._left, self.finish = 0, "length"
        return "".join([piece.text for piece in kept.pieces])


def begun(text: str, stop: str) -> int:
    """Return how many characters at a text's end may begin a stop sequence."""
    return next((size for size in range(min(len(stop) - 1, len(text)), 0, -1) if text.endswith(stop[:size])), 0)
