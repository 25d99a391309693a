"""Models by other names."""

import pytest

from cozecheck.errors import UsageError
from cozecheck.replay import ModelMap


@pytest.mark.parametrize(
    ("name", "ours"),
    [("gpt-4o", "coze-pro"), ("gpt-4.1-mini", "coze-lite"), ("text-embedding-3-small", "text-embedding-3-small")],
)
def test_a_name_goes_before_a_glob_and_what_is_not_mapped_stays(name: str, ours: str) -> None:
    assert ModelMap.parse(["gpt-4*=coze-lite", "gpt-4o = coze-pro"]).of(name) == ours


@pytest.mark.parametrize("line", ["gpt-4o", "=coze", "gpt-4o=", "gpt=a\nb"])
def test_what_is_no_mapping_is_refused(line: str) -> None:
    with pytest.raises(UsageError, match="a mapping has the form gpt-4o=my-model"):
        ModelMap.parse([line])
