"""Checks: requests for completions that are to be refused."""

from collections.abc import Callable, Iterator

from cozecheck.checks.registry import check
from cozecheck.contract import sources
from cozecheck.exchange import Exchange
from cozecheck.findings import Basis, Level, Verdict
from cozecheck.views.calls import Call, turned_down
from cozecheck.views.completions import faults, faulty_completion
from cozecheck.views.requests import Asked


def _wrong(*kinds: str, words: str) -> Callable[[Exchange], Asked | None]:
    def view(exchange: Exchange) -> Asked | None:
        asked = faulty_completion(exchange)
        return asked if asked and len(faults(asked)) == 1 and faults(asked)[0].kind in kinds else None

    view.__doc__ = f"Read an answered request for a completion {words}."
    return view


def _refused(asked: Asked) -> Iterator[Verdict]:
    verdict = turned_down(Call(asked.exchange, asked.response), faults(asked)[0].detail)
    if verdict:
        yield verdict


@check(
    "completions.required",
    Level.SHOULD,  # the same document says what is completed where there is no prompt
    Basis.SPEC,
    of=_wrong("missing", "type", words="without a prompt"),
    cite=sources.spec("CreateCompletionRequest/required"),
    breaks=("openai-python and -node: retries of a 5xx; or text out of nothing",),
    remedy="Answer 400 and param prompt.",
    evidence=("abetlen/llama-cpp-python 0.3.36 (recorded)", "huggingface/transformers 5.23 serve (recorded)"),
)
def required(asked: Asked) -> Iterator[Verdict]:
    """A request without a prompt is refused with a 4xx."""
    yield from _refused(asked)


@check(
    "completions.bounds",
    Level.SHOULD,
    Basis.SPEC,
    of=_wrong("range", words="with a number out of its range"),
    cite=sources.spec("CreateCompletionRequest/properties"),
    breaks=("nobody at once: a mistake goes unseen",),
    remedy="Answer 400 and the name of the parameter.",
)
def bounds(asked: Asked) -> Iterator[Verdict]:
    """A number outside its documented range is refused with a 4xx."""
    yield from _refused(asked)
