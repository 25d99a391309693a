"""Models: ids that are hard on a path."""

from cozecheck.exchange import Exchange
from tests.checks.calls import Json, call, failed, failed_run

SLASH: Json = {"id": "owner/model", "object": "model", "created": 1_700_000_000, "owned_by": "owner"}
OTHER: Json = {**SLASH, "id": "other"}
MISSING: Json = {
    "error": {"message": "The model does not exist", "type": "x", "param": "model", "code": "model_not_found"}
}


def listed(*models: Json) -> Exchange:
    return call("GET", "/models", {"object": "list", "data": list(models)})


def looked_up(answer: Json, status: int = 200) -> Exchange:
    return call("GET", "/models/owner%2Fmodel", answer, status=status)


def test_a_model_is_found_by_its_encoded_id() -> None:
    assert failed_run("models.retrieve-encoded", {"odd 1": looked_up(SLASH)}) == (1, 0)
    assert failed_run("models.retrieve-encoded", {"odd 1": looked_up(MISSING, 404)}) == (1, 1)
    assert failed_run("models.retrieve-encoded", {"list": listed(OTHER)}) == (0, 0)


def test_a_model_has_the_id_that_was_asked_for() -> None:
    assert failed("models.retrieve-id", looked_up(SLASH)) == (1, 0)
    assert failed("models.retrieve-id", looked_up({**SLASH, "id": "owner%2Fmodel"})) == (1, 1)


def test_the_list_comes_in_one_order() -> None:
    once = listed(SLASH, OTHER)
    assert failed_run("models.list-stable", {"list": once, "list again": once}) == (1, 0)
    assert failed_run("models.list-stable", {"list": once, "list again": listed(OTHER, SLASH)}) == (1, 1)
