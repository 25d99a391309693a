import pytest

from reference_server.errors import ModelNotFound
from reference_server.routing.rules import Rules
from reference_server.settings import Route

RULES = Rules.compiled(
    [Route(pattern=r"gpt-4o"), Route(pattern=r"gpt-4.*", engine="big"), Route(pattern=r".*-mini")], "base"
)


@pytest.mark.parametrize(
    ("model", "engine"), [("gpt-4o", "base"), ("gpt-4o-mini", "big"), ("gpt-4", "big"), ("o4-mini", "base")]
)
def test_the_first_match_wins(model: str, engine: str) -> None:
    assert RULES.engine_for(model) == engine


@pytest.mark.parametrize("model", ["xgpt-4o", "llama", "", "o4-mini\n"])
def test_no_match_is_an_unknown_model(model: str) -> None:
    with pytest.raises(ModelNotFound) as caught:
        RULES.engine_for(model)
    assert (caught.value.status, caught.value.code) == (404, "model_not_found")
