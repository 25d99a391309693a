"""How long prompts and answers are: distributions, by a seed."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from cozecheck.errors import UsageError

Draw = Callable[[Random], int]
MOST = 1_000_000


def draw(said: Any, where: str) -> Draw:
    """Return what draws a length; UsageError, naming *where*, for what is no distribution.

    A number, or an object: `fixed` value; `uniform` least, most; `normal` mean, deviation; `lognormal` median, sigma;
    `exponential` mean; `empirical` values. Each may have `least` and `most`.
    """
    if isinstance(said, int | float):
        said = {"kind": "fixed", "value": said}
    try:
        kind = KINDS[said["kind"]](said)
        least, most = int(said.get("least", 1)), int(said.get("most", MOST))
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        kinds = ", ".join(KINDS)
        raise UsageError(
            f"{where}: a number, or a distribution ({kinds}) is expected, not {said!r} ({error})"
        ) from None
    if not 0 < least <= most:
        raise UsageError(f"{where}: 'least' must be positive and at most 'most', not {least} and {most}")
    return lambda random: min(max(round(kind(random)), least), most)


def _fixed(said: Mapping[str, Any]) -> Callable[[Random], float]:
    value = float(said["value"])
    return lambda _: value


def _uniform(said: Mapping[str, Any]) -> Callable[[Random], float]:
    least, most = int(said["least"]), int(said["most"])
    return lambda random: random.randint(least, most)


def _normal(said: Mapping[str, Any]) -> Callable[[Random], float]:
    mean, deviation = float(said["mean"]), float(said["deviation"])
    return lambda random: random.gauss(mean, deviation)


def _lognormal(said: Mapping[str, Any]) -> Callable[[Random], float]:
    median, sigma = float(said["median"]), float(said["sigma"])
    return lambda random: median * random.lognormvariate(0, sigma)


def _exponential(said: Mapping[str, Any]) -> Callable[[Random], float]:
    mean = float(said["mean"])
    return lambda random: random.expovariate(1 / mean)


def _empirical(said: Mapping[str, Any]) -> Callable[[Random], float]:
    values = tuple(map(float, said["values"]))
    values[0]
    return lambda random: random.choice(values)


KINDS: Mapping[str, Callable[[Mapping[str, Any]], Callable[[Random], float]]] = {
    "fixed": _fixed,
    "uniform": _uniform,
    "normal": _normal,
    "lognormal": _lognormal,
    "exponential": _exponential,
    "empirical": _empirical,
}
