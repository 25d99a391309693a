import pytest

from reference_server.errors import ModelNotFound
from reference_server.routing.configured import plan
from reference_server.settings import Route, Settings, SyntheticEngine

ROUTES = (Route(pattern=r"gpt-4o"), Route(pattern=r"gpt-4.*", engine="big"), Route(pattern=r".*-mini"))
ENGINES = (SyntheticEngine(name="base"), SyntheticEngine(name="big"))
RULES = plan(Settings(engines=ENGINES, routes=ROUTES)).rules


@pytest.mark.parametrize(
    ("model", "pool"), [("gpt-4o", "base"), ("gpt-4o-mini", "big"), ("gpt-4", "big"), ("o4-mini", "base")]
)
def test_the_first_match_wins(model: str, pool: str) -> None:
    assert RULES.match(model).rule.pool == pool


@pytest.mark.parametrize("model", ["xgpt-4o", "llama", "", "o4-mini\n"])
def test_no_match_is_an_unknown_model(model: str) -> None:
    with pytest.raises(ModelNotFound) as caught:
        RULES.match(model)
    assert (caught.value.status, caught.value.code) == (404, "model_not_found")
