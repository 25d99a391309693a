import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from cozecheck.contract.schemas import fault
from cozecheck.strategies.json_schemas import WRONG, objects
from reference_server.protocol.json_schema import departures
from tests.strategies.samples import sample


@pytest.mark.parametrize("strict", [True, False])
def test_a_schema_is_one_of_an_object(*, strict: bool) -> None:
    for schema in sample(objects(strict=strict), 60):
        assert (fault(schema), schema["type"]) == ("", "object")


def test_a_strict_schema_keeps_the_rules_of_strict() -> None:
    for schema in sample(objects(strict=True), 200):
        assert list(departures(schema, ())) == []


def test_some_schemas_refer_to_themselves() -> None:
    assert any("$ref" in str(schema) for schema in sample(objects(strict=False), 100))


def test_what_is_no_schema_is_none() -> None:
    for schema in sample(WRONG, 20):
        with pytest.raises(SchemaError):
            Draft202012Validator.check_schema(schema)
