"""What the API promises of its answers, and what it may leave free: tables."""

from dataclasses import dataclass
from functools import lru_cache

from cozecheck.contract.operations import OPERATIONS
from cozecheck.diff.paths import any_matches, matches
from cozecheck.diff.tree import Kind

TABLE = "openai_wire.md, 1: OpenAI against itself"
SHAPES = "openai_wire.md, 2 to 5: shapes"
VALUES = frozenset((Kind.VALUE,))
ALWAYS = frozenset(Kind)


@dataclass(frozen=True, slots=True)
class Free:
    """A place that differs between two answers of one server, and why that is no difference."""

    path: str
    reason: str
    cite: str
    kinds: frozenset[Kind] = VALUES
    """Which differences are none: of values only, unless it says more."""
    rule: str = "diff.value.free"


FREE: tuple[Free, ...] = (
    Free("/**/created", "when it was made", TABLE),
    Free("/**/*_at", "when it happened", TABLE, VALUES | {Kind.TYPE}),
    Free("/**/system_fingerprint", "which build answered: the same in 60 of 100 pairs; null by model", TABLE, ALWAYS),
    Free("/**/obfuscation", "padding of random length against traffic analysis", "openai_wire.md, 0.5", ALWAYS),
    Free("/**/service_tier", "where there was room: auto, default, flex, priority", TABLE, VALUES | {Kind.TYPE}),
    Free(
        "/**/logprobs/**",
        "probabilities are those of the words",
        TABLE,
        frozenset((Kind.VALUE, Kind.MISSING, Kind.ADDED)),
    ),
    Free("/**/*_tokens_details/*", "cached and reasoning tokens follow the cache and the words", TABLE),
    Free("/**/audio/data", "speech is made anew", TABLE),
    Free("/**/audio/transcript", "speech is made anew", TABLE),
    Free("/**/encrypted_content", "sealed by the server, other bytes each time", SHAPES, VALUES | {Kind.TYPE}),
    Free("/data/*/b64_json", "an image is drawn anew", SHAPES),
    Free("/data/*/url", "a link is made for each image", SHAPES),
    Free("/data/*/revised_prompt", "the model's words", SHAPES),
    Free("/output/*/result", "an image is drawn anew", SHAPES, VALUES | {Kind.TYPE}),
    Free("/output/*/summary/**", "the model's words on its thoughts", SHAPES, ALWAYS),
    Free("/output/*/action/**", "what the model looks for", SHAPES, ALWAYS),
    Free("/**/annotations/**", "what the model quotes", SHAPES, ALWAYS),
    Free("/results/*/category_scores/*", "scores move in their last digits", TABLE),
    Free("/billing/**", "who pays", SHAPES, ALWAYS),
    Free("/**/prompt_cache_key", "the server's own choice", SHAPES, VALUES | {Kind.TYPE}),
    Free("/**/safety_identifier", "the account's, not the request's", SHAPES, VALUES | {Kind.TYPE}),
)
"""The closed list: what is not on it is compared."""

PROMISED: tuple[str, ...] = (
    "/id",
    "/object",
    "/created",
    "/model",
    "/choices",
    "/choices/*/index",
    "/choices/*/finish_reason",
    "/choices/*/text",
    "/choices/*/logprobs",
    "/choices/*/message",
    "/choices/*/message/role",
    "/choices/*/message/content",
    "/choices/*/message/tool_calls/*/*",
    "/choices/*/message/tool_calls/*/function/*",
    "/choices/*/message/tool_calls/*/custom/*",
    "/choices/*/message/function_call",
    "/choices/*/message/function_call/*",
    "/choices/*/delta",
    "/choices/*/delta/role",
    "/choices/*/delta/tool_calls",
    "/choices/*/delta/tool_calls/*",
    "/choices/*/delta/tool_calls/*/*",
    "/choices/*/delta/tool_calls/*/function/*",
    "/usage",
    "/usage/*_tokens",
    "/data",
    "/data/*/object",
    "/data/*/index",
    "/data/*/embedding",
    "/data/*/id",
    "/data/*/created",
    "/data/*/owned_by",
    "/has_more",
    "/first_id",
    "/last_id",
    "/output",
    "/output/message */*",
    "/output/function_call */*",
    "/output/message */content/*/type",
    "/output/message */content/*/text",
    "/output/message */content/*/refusal",
    "/output/message */content/*/annotations",
    "/results",
    "/results/*/flagged",
    "/results/*/categories",
    "/results/*/categories/*",
    "/results/*/category_scores",
    "/results/*/category_scores/*",
)
"""Keys that the official client's types require, or that every recording has; a pattern says nothing of its parts."""

PROMISED_WHERE_KNOWN: tuple[str, ...] = (
    "/created_at",
    "/status",
    "/error",
    "/incomplete_details",
    "/instructions",
    "/metadata",
    "/temperature",
    "/tool_choice",
    "/tools",
    "/top_p",
    "/text",
    "/filename",
    "/bytes",
    "/purpose",
    "/type",
    "/item_id",
    "/output_index",
    "/content_index",
    "/sequence_number",
    "/delta",
    "/arguments",
    "/item",
    "/item/*",
    "/part",
    "/part/type",
    "/part/text",
    "/role",
    "/content",
    "/data/*/role",
    "/data/*/content",
    "/data/*/b64_json",
    "/data/*/url",
    "/completion_window",
    "/endpoint",
    "/input_file_id",
    "/output_file_id",
    "/error_file_id",
    "/request_counts",
    "/input_tokens",
    "/usage/input_tokens_details",
    "/usage/output_tokens_details",
    "/deleted",
    "/parallel_tool_calls",
)
"""The same for operations that we know: elsewhere these keys come and go."""

UNPROMISED: tuple[str, ...] = (
    "/output/*/phase",
    "/item/phase",
    "/output/*/namespace",
    "/output/*/caller",
    "/item/namespace",
    "/item/summary",
    "/item/caller",
    "/output/*/created_by",
)
"""Exceptions: keys that came into being of late (openai_wire.md, 8)."""

NEVER_NULL: tuple[str, ...] = (
    "/choices/*/message/tool_calls",
    "/choices/*/message/function_call",
    "/choices/*/message/audio",
    "/choices/*/message/tool_calls/*/*",
    "/choices/*/delta/*",
    "/choices/*/delta/tool_calls/*/**",
    "/output/*/content",
)
"""Keys that the API leaves out and never sends as null (openai_wire.md, 2)."""

UNASKED: tuple[str, ...] = ("/usage", "/choices/*/message/tool_calls", "/choices/*/message/function_call")
"""Keys whose presence is an answer by itself."""

TAGS: tuple[str, ...] = (
    "/object",
    "/data/*/object",
    "/choices/*/message/role",
    "/choices/*/message/tool_calls/*/type",
    "/output/*/type",
    "/output/*/role",
    "/output/*/content/*/type",
    "/type",
    "/role",
)
"""Values by which clients choose how to read on."""

INDICES: tuple[str, ...] = ("/choices/*/index", "/data/*/index")
ROUTED = ("resp_", "conv_", "file-", "call_", "batch_", "msg_", "asst_", "thread_", "run_")
"""Beginnings of ids that go back into requests."""


@lru_cache(maxsize=4096)
def is_promised(at: str, operation: str) -> bool:
    """Say whether the API promises what stands *at* a place in the answers of an operation."""
    known = any(operation == each.name for each in OPERATIONS)
    promised = any_matches(PROMISED, at) or (known and any_matches(PROMISED_WHERE_KNOWN, at))
    return promised and not any_matches(UNPROMISED, at)


@lru_cache(maxsize=4096)
def free(at: str, kind: Kind) -> Free | None:
    """Return the entry of the closed list that covers a difference, if one does."""
    return next((each for each in FREE if kind in each.kinds and matches(each.path, at)), None)
