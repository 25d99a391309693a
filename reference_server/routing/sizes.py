"""How large a model is, by its name."""

import re

# `8x7b` is eight experts of seven; `235b-a22b` has 235, of which 22 are active. No part can be matched in two ways.
SIZE = re.compile(r"(?<![a-z0-9.])(?:([0-9]{1,3})x)?([0-9]{1,5}(?:\.[0-9]{1,3})?)([bm])(?![a-z0-9])")


def billions(model: str) -> float | None:
    """Return the parameters in billions, of the largest size a name mentions; None where it mentions none."""
    found = SIZE.findall(model.lower())
    return max(
        (int(times or 1) * float(number) / (1 if unit == "b" else 1000) for times, number, unit in found), default=None
    )
