"""Checks: requests for embeddings that are to be refused."""

from collections.abc import Callable, Iterator

from cozecheck.checks.registry import check
from cozecheck.contract import sources
from cozecheck.exchange import Exchange
from cozecheck.findings import Basis, Level, Verdict
from cozecheck.views.calls import Call, turned_down
from cozecheck.views.embeddings import faults, faulty_embeddings


def _wrong(*kinds: tuple[str, str], words: str) -> Callable[[Exchange], Call | None]:
    def view(exchange: Exchange) -> Call | None:
        made = faulty_embeddings(exchange)
        found = [(each.param, each.kind) for each in faults(made)] if made else []
        return made if len(found) == 1 and found[0] in kinds else None

    view.__doc__ = f"Read an answered request for embeddings {words}."
    return view


def _refused(it: Call) -> Iterator[Verdict]:
    verdict = turned_down(it, faults(it)[0].detail)
    if verdict:
        yield verdict


@check(
    "embeddings.input-required",
    Level.MUST,
    Basis.SPEC,
    of=_wrong(("input", "missing"), ("input", "type"), words="without an input"),
    cite=sources.spec("CreateEmbeddingRequest/required"),
    breaks=("openai-python and -node: retries of a 5xx; or vectors of nothing",),
    remedy="Answer 400 and param input.",
    evidence=("abetlen/llama-cpp-python 0.3.36 (recorded)",),
)
def input_required(it: Call) -> Iterator[Verdict]:
    """A request without an input is refused with a 4xx."""
    yield from _refused(it)


@check(
    "embeddings.input-empty",
    Level.SHOULD,
    Basis.SPEC,
    of=_wrong(("input", "empty"), words="with an empty input"),
    cite=sources.EMBEDDING_REQUEST + "input: cannot be an empty string",
    breaks=("indexes that fill with vectors of nothing",),
    remedy="Answer 400 and param input.",
    evidence=("BerriAI/litellm 1.106 (recorded)",),
)
def input_empty(it: Call) -> Iterator[Verdict]:
    """An empty input is refused with a 4xx."""
    yield from _refused(it)


@check(
    "embeddings.bounds",
    Level.SHOULD,
    Basis.SPEC,
    of=_wrong(("dimensions", "range"), ("encoding_format", "enum"), words="with an impossible size or format"),
    cite=sources.EMBEDDING_REQUEST + "dimensions/minimum",
    breaks=("nobody at once: a mistake goes unseen until the index is full",),
    remedy="Answer 400 and the name of the parameter.",
)
def bounds(it: Call) -> Iterator[Verdict]:
    """Dimensions below 1, and a format that there is not, are refused with a 4xx."""
    yield from _refused(it)
