"""Gauges of the servers that we know."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cozecheck.load.gauges import Gauges, read


@pytest.mark.parametrize(
    ("text", "gauges"),
    [
        (
            "# TYPE coze_adapter_num_requests_waiting gauge\n"
            'coze_adapter_num_requests_waiting{engine="a"} 2\ncoze_adapter_num_requests_waiting{engine="b"} 3\n'
            "# TYPE coze_adapter_num_requests_running gauge\n"
            'coze_adapter_num_requests_running{engine="a"} 7\n',
            Gauges(5, 7),
        ),
        (
            '# TYPE vllm:num_requests_waiting gauge\nvllm:num_requests_waiting{model_name="m",engine="0"} 4.0\n'
            '# TYPE vllm:num_requests_running gauge\nvllm:num_requests_running{model_name="m",engine="0"} 32.0\n',
            Gauges(4, 32),
        ),
        (
            "# TYPE llamacpp:requests_processing gauge\nllamacpp:requests_processing 1\n"
            "# TYPE llamacpp:requests_deferred gauge\nllamacpp:requests_deferred 9\n",
            Gauges(9, 1),
        ),
        ("# TYPE litellm_in_flight_requests gauge\nlitellm_in_flight_requests 3\n", Gauges(None, 3)),
        ("up 1\n", Gauges()),
        ("<html>not found</html>", Gauges()),
    ],
    ids=["coze-server", "vLLM", "llama.cpp", "LiteLLM", "another", "none"],
)
def test_a_queue_is_read(text: str, gauges: Gauges) -> None:
    assert read(text) == gauges


@given(st.text())
def test_anything_may_come(text: str) -> None:
    assert isinstance(read(text), Gauges)
