"""Bodies of JSON: what is required, and any of what is optional."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from cozecheck.scenarios.sending import Subject
from cozecheck.strategies.breaking import Break
from cozecheck.strategies.case import Known

Json = dict[str, Any]
MOST = 6
"""Optional groups in one request."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How the requests of one operation are drawn, and how they are broken."""

    operation: str
    path: str
    body: Callable[[Subject, Known], SearchStrategy[Json]]
    plain: Callable[[Subject], SearchStrategy[Json]]
    """Draws what every server takes: then it is what was broken that is refused."""
    breaks: tuple[Break, ...]
    spared: frozenset[str] = frozenset()
    """Mutations of whole requests that are none here."""


def group(**values: SearchStrategy[Any] | Any) -> SearchStrategy[Json]:
    """Draw values that stand together, in this order; what is no strategy is meant as it is.

    `fixed_dictionaries` would draw the order too: a choice a key, which is what drawing costs.
    """
    drawn = {name: each for name, each in values.items() if isinstance(each, SearchStrategy)}
    return st.tuples(*drawn.values()).map(partial(_filled, values, tuple(drawn)))


def _filled(values: Json, names: tuple[str, ...], drawn: tuple[Any, ...]) -> Json:
    return {**values, **dict(zip(names, drawn, strict=True))}


def body(
    required: Mapping[str, SearchStrategy[Any]],
    optional: Mapping[str, SearchStrategy[Json]],
    often: tuple[str, ...] = (),
) -> SearchStrategy[Json]:
    """Draw a body: all that is *required*, and some groups of what is *optional*, each as likely but those *often*."""
    names = st.sampled_from((*optional, *often))

    @st.composite
    def one(draw: st.DrawFn) -> tuple[str, Json]:
        name = draw(names)
        return name, draw(optional[name])

    return st.builds(_together, group(**required), st.lists(one(), max_size=MOST))


def _together(made: Json, drawn: list[tuple[str, Json]]) -> Json:
    """Put a body together; of a group that was drawn twice the first counts."""
    for values in dict(reversed(drawn)).values():
        made = {**made, **values}
    return made


def streams(*options: Json | None) -> SearchStrategy[Json]:
    """Draw `stream`, alone or with some `stream_options`."""
    alone: tuple[Json, ...] = ({"stream": True}, {"stream": False}, {"stream": None})
    return st.sampled_from((*alone, *({"stream": True, "stream_options": each} for each in options)))
