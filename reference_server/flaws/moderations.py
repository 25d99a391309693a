"""Flaws of moderations."""

from reference_server.flaws.canned import SERVER_ERROR
from reference_server.flaws.kinds import after, body
from reference_server.flaws.messages import Json, Reply, Request

PATH = "/moderations"


@after("moderations.answered")
def moderations_500(request: Request, reply: Reply) -> Reply:
    """A text by the usual model is answered 500."""
    usual = request.calls("POST", PATH) and request.json.keys() == {"input"}
    return reply.with_json(SERVER_ERROR.json, status=500) if usual else reply


@after("moderations.parts")
def moderations_parts_500(request: Request, reply: Reply) -> Reply:
    """A text and an image are answered 500."""
    given = request.json.get("input") if request.calls("POST", PATH) else None
    parts = isinstance(given, list) and any(isinstance(each, dict) for each in given)
    return reply.with_json(SERVER_ERROR.json, status=500) if parts else reply


@body(PATH, "moderations.schema")
def moderations_category_text(answer: Json) -> None:
    """A category is "no", where it should be false."""
    answer["results"][0]["categories"]["hate"] = "no"


@body(PATH, "moderations.id-prefix")
def moderations_id_uuid(answer: Json) -> None:
    """The id of a moderation is a bare UUID."""
    answer["id"] = "6d0f7b0e-33a2-4b0e-9d4b-0c8f3b1a7e55"


@body(PATH, "moderations.count")
def moderations_first_only(answer: Json) -> None:
    """Of several texts only the first is judged."""
    answer["results"] = answer["results"][:1]


@body(PATH, "moderations.batch-equal")
def moderations_reversed(answer: Json) -> None:
    """The results of several texts come in the reverse order."""
    answer["results"].reverse()


@body(PATH, "moderations.scores")
def moderations_percent(answer: Json) -> None:
    """Scores go from 0 to 100."""
    for result in answer["results"]:
        result["category_scores"] = {name: 100 * score for name, score in result["category_scores"].items()}


@body(PATH, "moderations.flagged")
def moderations_never_flagged(answer: Json) -> None:
    """No text is flagged, whatever its categories say."""
    for result in answer["results"]:
        result["flagged"] = False


@body(PATH, "moderations.applied-types")
def moderations_without_applied_types(answer: Json) -> None:
    """An omni model does not say what its scores were drawn from."""
    for result in answer["results"]:
        result.pop("category_applied_input_types", None)


@after("moderations.required")
def moderations_nothing_500(request: Request, reply: Reply) -> Reply:
    """A request without an input is answered 500."""
    missing = request.calls("POST", PATH) and "input" not in request.json and "model" in request.json
    return reply.with_json(SERVER_ERROR.json, status=500) if missing else reply
