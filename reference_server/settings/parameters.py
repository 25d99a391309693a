"""What an engine can't serve: parameters it lacks, narrower ranges, other names."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from reference_server.settings.section import Section, unknown

Policy = Literal["drop", "warn", "refuse"]
"""What becomes of a request with a parameter that is lacking."""
Place = tuple[int | str, ...]

NAMES = frozenset(
    """
    audio background best_of conversation dimensions echo encoding_format frequency_penalty function_call functions
    include instructions logit_bias logprobs max_completion_tokens max_output_tokens max_tokens max_tool_calls metadata
    modalities moderation n output_compression output_format parallel_tool_calls partial_images prediction
    presence_penalty previous_response_id prompt_cache_key prompt_cache_options prompt_cache_retention quality reasoning
    reasoning_effort response_format safety_identifier seed service_tier size speed stop store stream stream_format
    stream_options suffix temperature text tool_choice tools top_logprobs top_p truncation user verbosity
    web_search_options
    """.split()  # noqa: SIM905  (words are easier to read than their quotes)
)
"""Every parameter that a request of OpenAI's API can do without, of all operations in JSON."""
DECIMALS: Mapping[str, tuple[int, int]] = {
    "frequency_penalty": (-2, 2),
    "presence_penalty": (-2, 2),
    "temperature": (0, 2),
    "top_p": (0, 1),
}
"""OpenAI's own ranges."""
INTEGERS: Mapping[str, tuple[int, int]] = {
    "best_of": (1, 20),
    "max_completion_tokens": (1, 2**31 - 1),
    "max_output_tokens": (16, 2**31 - 1),
    "max_tokens": (0, 2**31 - 1),
    "n": (1, 128),
    "top_logprobs": (0, 20),
}
MEANINGFUL = frozenset({"functions", "n", "response_format", "stream", "text", "tools"})
"""Without these an answer is another one than was asked for: they are refused unless `per_parameter` says otherwise."""


def ordered(bounds: tuple[float, float]) -> tuple[float, float]:
    """Refuse a range that ends before it begins."""
    if bounds[0] > bounds[1]:
        raise PydanticCustomError("range", "a range goes from the least to the most")
    return bounds


Number = int | Annotated[float, Field(allow_inf_nan=False)]
Bounds = Annotated[tuple[Number, Number], AfterValidator(ordered)]
NO_POLICIES: Mapping[str, Policy] = {}
NO_BOUNDS: Mapping[str, tuple[float, float]] = {}
NO_NAMES: Mapping[str, str] = {}


class Parameters(Section):
    """What is done to the parameters of a request before an engine is asked; all by OpenAI's names.

    A number outside `ranges` becomes the nearest one inside. `scales` stretches OpenAI's whole range onto another one.
    """

    unsupported: tuple[str, ...] = ()
    policy: Policy = "warn"
    per_parameter: Mapping[str, Policy] = NO_POLICIES
    ranges: Mapping[str, Bounds] = NO_BOUNDS
    scales: Mapping[str, Bounds] = NO_BOUNDS
    rename: Mapping[str, Annotated[str, Field(min_length=1)]] = NO_NAMES

    def policy_for(self, name: str) -> Policy:
        """Return what becomes of a request with this parameter, which is unsupported."""
        return self.per_parameter.get(name, "refuse" if name in MEANINGFUL else self.policy)

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        for name, known, at in self._named():
            if name not in known:
                raise unknown("parameter", name, sorted(known), at)
        for name in self.per_parameter:
            if name not in self.unsupported:
                problem = {"name": name, "at": ("per_parameter", name)}
                raise PydanticCustomError("policy", "'{name}' has a policy, but is not in 'unsupported'", problem)
        for name in self.ranges:
            if name in self.scales:
                problem = {"name": name, "at": ("scales", name)}
                raise PydanticCustomError("scales", "'{name}' is in 'ranges' or in 'scales', not in both", problem)
        return self

    def _named(self) -> Iterator[tuple[str, frozenset[str], Place]]:
        """Yield every name, those it may be one of, and where it stands."""
        for place, name in enumerate(self.unsupported):
            yield name, NAMES, ("unsupported", place)
        for name in self.per_parameter:
            yield name, NAMES, ("per_parameter", name)
        for name in self.ranges:
            yield name, frozenset(DECIMALS) | frozenset(INTEGERS), ("ranges", name)
        for name in self.scales:
            yield name, frozenset(DECIMALS), ("scales", name)
        for name in self.rename:
            yield name, NAMES, ("rename", name)


def with_lacking(given: Any, table: Mapping[str, Policy]) -> Any:
    """Add to what is configured whatever an engine lacks, by the policies of a table where no other is given."""
    said = given.model_dump() if isinstance(given, Parameters) else given
    if not isinstance(said, Mapping):
        return given
    unsupported, policies = said.get("unsupported", ()), said.get("per_parameter", {})
    if not isinstance(unsupported, list | tuple) or not isinstance(policies, Mapping):
        return given
    return {**said, "unsupported": [*unsupported, *table], "per_parameter": {**table, **policies}}
