"""Strategies for the requests of every operation, each built once."""

from collections.abc import Mapping
from functools import lru_cache

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from cozecheck.contract.mutations import MUTATIONS
from cozecheck.scenarios.sending import Send, Subject
from cozecheck.strategies.batches import BATCH
from cozecheck.strategies.bodies import Shape
from cozecheck.strategies.breaking import Break, Json, broken
from cozecheck.strategies.case import Case, Known
from cozecheck.strategies.chat import CHAT
from cozecheck.strategies.completions import COMPLETIONS
from cozecheck.strategies.conversations import ADD, CREATE, UPDATE
from cozecheck.strategies.embeddings import EMBEDDINGS
from cozecheck.strategies.forms import FORMS, FormShape, illegal_form, legal_form
from cozecheck.strategies.images import IMAGE
from cozecheck.strategies.moderations import MODERATIONS
from cozecheck.strategies.responses import COUNTS, RESPONSES
from cozecheck.strategies.speech import SPEECH
from cozecheck.strategies.transport import IS_JSON, mutated, write

ALL = (*(CHAT, COMPLETIONS, EMBEDDINGS, MODERATIONS, RESPONSES, COUNTS, CREATE, UPDATE, ADD, BATCH, IMAGE, SPEECH),)
SHAPES: Mapping[str, Shape] = {shape.operation: shape for shape in ALL}
FORM_SHAPES: Mapping[str, FormShape] = {shape.operation: shape for shape in FORMS}
OPERATIONS = (*SHAPES, *FORM_SHAPES)
"""Every operation that takes a body."""
NOBODY = Known()


@lru_cache(256)
def legal(operation: str, subject: Subject, known: Known = NOBODY) -> SearchStrategy[Case]:
    """Draw requests to *operation* that are legal by the documentation; KeyError for what is not in OPERATIONS."""
    if operation in FORM_SHAPES:
        return legal_form(FORM_SHAPES[operation], subject)
    shape = SHAPES[operation]
    return _cases(shape, known, shape.body(subject, known))


def plain(operation: str, subject: Subject, known: Known) -> SearchStrategy[Case]:
    """Draw legal requests of JSON that every server takes: then it is what was broken that is refused."""
    shape = SHAPES[operation]
    return _cases(shape, known, shape.plain(subject))


def _cases(shape: Shape, known: Known, bodies: SearchStrategy[Json]) -> SearchStrategy[Case]:
    path = shape.path.format(conversation=known.conversation)
    return bodies.map(lambda body: Case(shape.operation, Send(shape.operation, path=path, json=body)))


@lru_cache(256)
def illegal(operation: str, subject: Subject, known: Known = NOBODY) -> SearchStrategy[Case]:
    """Draw requests to *operation*, each broken by one mutation."""
    if operation in FORM_SHAPES:
        return illegal_form(FORM_SHAPES[operation], subject)
    whole, shape = plain(operation, subject, known), SHAPES[operation]
    of_field, of_whole = with_break(shape.breaks, whole), mutated(whole, without=shape.spared)
    return st.one_of(of_field, of_field, of_field, of_whole)


@lru_cache(256)
def cases(operation: str, subject: Subject, known: Known = NOBODY) -> SearchStrategy[Case]:
    """Draw legal requests to *operation* and broken ones, as many of both."""
    return legal(operation, subject, known) | illegal(operation, subject, known)


def with_break(breaks: tuple[Break, ...], whole: SearchStrategy[Case]) -> SearchStrategy[Case]:
    """Draw a legal request, and break one of its fields."""
    ways = st.sampled_from(breaks)

    @st.composite
    def drawn(draw: st.DrawFn) -> Case:
        each, case = draw(ways), draw(whole)
        named = MUTATIONS[each.mutation].names_param
        body, param = broken(each, dict(case.send.json or {}), draw(each.value))
        return Case(case.operation, _sent(case.send, body, each.mutation), each.mutation, param if named else "")

    return drawn()


def _sent(send: Send, body: Json, mutation: str) -> Send:
    if mutation == "deep-nesting":
        return Send(send.name, path=send.path, content=write(body), headers=IS_JSON)
    return Send(send.name, path=send.path, json=body)
