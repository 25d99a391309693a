"""The closed list: each entry hides exactly its field."""

import pytest

from cozecheck.diff.paths import field, matches, pointer
from cozecheck.diff.promised import FREE, Free, free
from cozecheck.diff.tree import Kind

PLACES: dict[str, str] = {
    "/**/created": "/created",
    "/**/*_at": "/completed_at",
    "/**/system_fingerprint": "/system_fingerprint",
    "/**/obfuscation": "/choices/0/obfuscation",
    "/**/service_tier": "/service_tier",
    "/**/logprobs/**": "/choices/0/logprobs/content/0/token",
    "/**/*_tokens_details/*": "/usage/prompt_tokens_details/cached_tokens",
    "/**/audio/data": "/choices/0/message/audio/data",
    "/**/audio/transcript": "/choices/0/message/audio/transcript",
    "/**/encrypted_content": "/output/reasoning 0/encrypted_content",
    "/data/*/b64_json": "/data/0/b64_json",
    "/data/*/url": "/data/0/url",
    "/data/*/revised_prompt": "/data/0/revised_prompt",
    "/output/*/result": "/output/image_generation_call 0/result",
    "/output/*/summary/**": "/output/reasoning 0/summary/0/text",
    "/output/*/action/**": "/output/web_search_call 0/action/query",
    "/**/annotations/**": "/choices/0/message/annotations/0",
    "/results/*/category_scores/*": "/results/0/category_scores/hate",
    "/billing/**": "/billing/payer",
    "/**/prompt_cache_key": "/prompt_cache_key",
    "/**/safety_identifier": "/safety_identifier",
}
"""Of each entry a place that it hides."""


def test_each_entry_is_tried() -> None:
    assert PLACES.keys() == {each.path for each in FREE}


@pytest.mark.parametrize("entry", FREE, ids=lambda each: each.path)
def test_an_entry_hides_its_field(entry: Free) -> None:
    assert all(free(PLACES[entry.path], kind) == entry for kind in entry.kinds)


@pytest.mark.parametrize("entry", FREE, ids=lambda each: each.path)
def test_an_entry_hides_no_field_whose_name_is_longer(entry: Free) -> None:
    place = PLACES[entry.path]
    parts = place.split("/")
    at = next(
        index for index, part in enumerate(parts) if (part and part in entry.path) or part.endswith(("_at", "_details"))
    )

    assert not matches(entry.path, "/".join([*parts[:at], parts[at] + "x", *parts[at + 1 :]]))


@pytest.mark.parametrize("entry", FREE, ids=lambda each: each.path)
def test_an_entry_hides_only_its_kinds(entry: Free) -> None:
    assert all(free(PLACES[entry.path], kind) is None for kind in set(Kind) - entry.kinds)


@pytest.mark.parametrize("entry", FREE, ids=lambda each: each.path)
def test_an_entry_says_why_and_whence(entry: Free) -> None:
    assert entry.reason
    assert entry.cite


@pytest.mark.parametrize(
    ("pattern", "at", "fits"),
    [
        ("/id", "/id", True),
        ("/id", "/identity", False),
        ("/id", "/a/id", False),
        ("/**/id", "/id", True),
        ("/**/id", "/a/0/id", True),
        ("/a/*", "/a/b", True),
        ("/a/*", "/a/b/c", False),
        ("/a/*", "/a", False),
        ("/a/**", "/a", True),
        ("/a/**", "/a/b/c", True),
        ("/*_at", "/created_at", True),
        ("/*_at", "/created_att", False),
        ("header x-*", "header x-request-id", True),
        ("/a.b", "/a+b", False),
    ],
)
def test_a_pattern_fits_the_whole_of_a_place(*, pattern: str, at: str, fits: bool) -> None:
    assert matches(pattern, at) == fits


def test_a_key_with_a_slash_is_one_step() -> None:
    assert pointer(("a/b~", 0)) == "/a~1b~0/0"


def test_a_field_leaves_places_open() -> None:
    assert field("/output/message 1/content/0/text") == "/output/message */content/*/text"
