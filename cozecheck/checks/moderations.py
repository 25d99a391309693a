"""Checks: moderations."""

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

from cozecheck.checks import rules
from cozecheck.checks.registry import check, relation
from cozecheck.contract import prompt_shapes, sources
from cozecheck.contract.parameters import is_number
from cozecheck.exchange import ABSENT, Exchange
from cozecheck.findings import Basis, Inconclusive, Level, Problem, Verdict
from cozecheck.views.calls import Call, served, turned_down
from cozecheck.views.moderations import (
    inputless,
    moderation,
    moderation_request,
    parts_request,
    results,
    wanted,
)
from cozecheck.views.support import lacking

GUARDS = "guards that let through or hold back what people and models say"
TYPED = "typed clients (openai-dotnet, openai-go, openai-java) fail to decode the answer"
NAMED = (("results", None, "flagged"), ("results", None, "category_scores"))
"""Places of which another check speaks; None stands for any position."""


@check(
    "moderations.answered",
    Level.MUST,
    Basis.SPEC,
    of=moderation_request,
    cite=sources.spec("CreateModerationRequest"),
    breaks=(GUARDS,),
    remedy="Judge a text, and texts in an array; refuse with 404, in the envelope, what you do not have.",
)
def answered(it: Call) -> Iterator[Verdict]:
    """A request to judge texts is answered."""
    verdict = served(it, "POST /moderations")
    if verdict:
        yield verdict


@check(
    "moderations.parts",
    Level.SHOULD,
    Basis.SPEC,
    of=parts_request,
    cite=sources.spec("CreateModerationRequest/properties/input"),
    breaks=(GUARDS + ", images among it",),
    remedy="Judge parts of the types text and image_url together, or refuse them with 400 and param input.",
)
def parts(it: Call) -> Iterator[Verdict]:
    """A text and an image are judged together, or refused by name."""
    verdict = served(it, "parts")
    if verdict:
        yield verdict


@check(
    "moderations.schema",
    Level.MUST,
    Basis.SPEC,
    of=moderation,
    cite=sources.MODERATION + "; openai.types.ModerationCreateResponse",
    breaks=(TYPED,),
    remedy="Send id, model and results; in each result flagged, and every category in categories and category_scores.",
)
def schema(it: Call) -> Iterator[Verdict]:
    """A moderation fits the types of the official SDK, strictly; the older models lack what only newer ones send."""
    for departure in prompt_shapes.moderation(it.value):
        if not rules.within(departure.path, *NAMED):
            yield Problem(departure.expected, departure.actual, at=departure.pointer)


@check(
    "moderations.id-prefix",
    Level.MAY,
    Basis.DE_FACTO,
    of=moderation,
    cite=sources.WIRE,
    breaks=("clients that tell kinds of objects by the prefix of their ids",),
    remedy="Begin ids of moderations with modr-.",
)
def id_prefix(it: Call) -> Iterator[Verdict]:
    """The id of a moderation begins with modr-."""
    yield from rules.prefix(it.value.get("id"), "modr-", "/id")


@check(
    "moderations.count",
    Level.MUST,
    Basis.SPEC,
    of=moderation,
    cite=sources.MODERATION + "/properties/results",
    breaks=(GUARDS + ": one text is judged by another's result",),
    remedy="Send one result for each text, in order; one for all parts of a list of parts.",
    requires=("moderations.schema",),
)
def count(it: Call) -> Iterator[Verdict]:
    """There is one result for each text, and one for all parts together."""
    texts, found = wanted(it), len(results(it))
    if texts is not None and found != texts:
        yield Problem(f"{texts} results", found, at="/results")


@check(
    "moderations.scores",
    Level.MUST,
    Basis.SPEC,
    of=moderation,
    cite=sources.MODERATION_RESULT + "category_scores",
    breaks=("guards with thresholds of their own",),
    remedy="Send, for each category, a number from 0 to 1.",
    requires=("moderations.schema",),
)
def scores(it: Call) -> Iterator[Verdict]:
    """Every category has a score from 0 to 1."""
    for at, result in results(it):
        given: Any = result.get("category_scores", ABSENT)
        if not isinstance(given, dict):
            yield Problem("scores", given, at=f"{at}/category_scores")
            continue
        for name in result["categories"]:
            score = given.get(name, ABSENT)
            if result["categories"][name] is None and score in (None, ABSENT):
                continue
            if not is_number(score) or not isfinite(score) or not 0 <= score <= 1:
                yield Problem("a number from 0 to 1", score, at=f"{at}/category_scores/{name.replace('/', '~1')}")


@check(
    "moderations.flagged",
    Level.MUST,
    Basis.SPEC,
    of=moderation,
    cite=sources.MODERATION_RESULT + "flagged: whether any of the below categories are flagged",
    breaks=(GUARDS,),
    remedy="Set flagged if, and only if, a category is true.",
    requires=("moderations.schema",),
)
def flagged(it: Call) -> Iterator[Verdict]:
    """flagged is true where a category is, and false where none is."""
    for at, result in results(it):
        any_true = any(value is True for value in result["categories"].values())
        if result.get("flagged", ABSENT) is not any_true:
            yield Problem(f"{any_true}, as the categories say", result.get("flagged", ABSENT), at=f"{at}/flagged")


@relation(
    "moderations.batch-equal",
    Level.SHOULD,
    Basis.DE_FACTO,
    scenario="moderations.texts",
    cite=sources.MODERATION + "/properties/results",
    breaks=(GUARDS + ": one text is judged by another's result",),
    remedy="Keep results with their texts, in order.",
)
def batch_equal(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """A text is flagged among others as it is alone."""
    alone, among = (moderation(run[name]) if name in run else None for name in ("one", "two"))
    if alone is None or among is None or len(results(alone)) != 1 or len(results(among)) != wanted(among):
        yield lacking(run.get("one"), "POST /moderations") or Inconclusive(
            "no results of a text alone and among others"
        )
        return
    first, second = (results(it)[0][1].get("flagged", ABSENT) for it in (alone, among))
    if first != second:
        yield Problem(f"{first}, as alone", second, at="two")


def newer(exchange: Exchange) -> Call | None:
    """Read a moderation by a model that judges images too."""
    made = moderation(exchange)
    return made if made and str(made.value.get("model")).startswith("omni-") else None


@check(
    "moderations.applied-types",
    Level.SHOULD,
    Basis.SPEC,
    of=newer,
    cite=sources.MODERATION_RESULT + "category_applied_input_types",
    breaks=("guards that tell what a text did from what an image did",),
    remedy="Send category_applied_input_types, and all 13 categories, where the model is an omni-moderation.",
    requires=("moderations.schema",),
)
def applied_types(it: Call) -> Iterator[Verdict]:
    """An omni model knows all categories, and says what kinds of input each score was drawn from."""
    for at, result in results(it):
        if not prompt_shapes.OMNI_ONLY.issubset(result["categories"]):
            yield Problem("illicit, illicit/violent", sorted(result["categories"]), at=f"{at}/categories")
        elif "category_applied_input_types" not in result:
            yield Problem("category_applied_input_types", ABSENT, at=at)


@check(
    "moderations.required",
    Level.MUST,
    Basis.SPEC,
    of=inputless,
    cite=sources.spec("CreateModerationRequest/required"),
    breaks=(GUARDS + ": what is not judged passes for harmless",),
    remedy="Answer 400 and param input.",
)
def required(it: Call) -> Iterator[Verdict]:
    """A request without an input is refused with a 4xx."""
    verdict = turned_down(it, "a request without an input")
    if verdict:
        yield verdict
