"""What llama.cpp does with OpenAI's parameters, and how much memory it may take."""

import re
from collections.abc import Mapping
from functools import partial
from typing import Annotated

from pydantic import BeforeValidator, Field

from reference_server.settings.parameters import Policy, with_lacking

SIZES = {"KB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
LACKING: Mapping[str, Policy] = {
    **dict.fromkeys(("audio", "background", "best_of", "dimensions", "modalities", "suffix"), "refuse"),
    **dict.fromkeys(("prediction", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention"), "drop"),
    **dict.fromkeys(("max_tool_calls", "moderation", "reasoning", "reasoning_effort", "service_tier"), "warn"),
    **dict.fromkeys(("truncation", "verbosity", "web_search_options"), "warn"),
}
"""By OpenAI's names, of all operations that are served."""
lacking = partial(with_lacking, table=LACKING)


def size(value: object) -> object:
    """Read `500MB` or `8GiB`; leave anything else to the number's own check."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?) ?([KMG]i?B)", value) if isinstance(value, str) else None
    return int(float(match[1]) * SIZES[match[2]]) if match else value


Size = Annotated[int, BeforeValidator(size), Field(gt=0)]
"""Bytes."""
