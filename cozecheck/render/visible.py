"""Text that a target sent, made safe to show."""


def visible(text: str) -> str:
    """Spell out what has no ink (controls, line ends, lone surrogates, bidi marks), as `\\x1b` or `\\u202e`."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else _escape(each) for each in text)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def cut(text: str, most: int) -> str:
    """Return *text* in visible characters, at most *most* of them, saying how long it was if it was longer."""
    shown = visible(text[: most + 1])
    if len(shown) <= most:
        return shown
    return f"{shown[:most]}... ({len(text):,} characters)"
