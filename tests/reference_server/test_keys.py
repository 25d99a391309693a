"""API keys: who calls, and what they may."""

from reference_server.limits import ApiKey, KeyRing, digest, globs


def test_a_key_is_found_by_its_secret_alone() -> None:
    mine = ApiKey("mine", digest("sk-one"))
    ring = KeyRing([mine, ApiKey("other", digest("sk-two"))])
    assert ring.find("sk-one") is mine
    assert ring.find("sk-on") is None
    assert ring.find("") is None


def test_a_key_with_the_same_head_is_another() -> None:
    known = digest("sk-one")
    ring = KeyRing([ApiKey("mine", known[:8] + bytes(24))])
    assert ring.find("sk-one") is None


def test_a_key_is_kept_as_its_digest() -> None:
    assert "sk-one" not in repr(ApiKey("mine", digest("sk-one")))


def test_a_key_may_be_for_some_models() -> None:
    allows = globs("gpt-4o*", "tts-1")
    assert allows("gpt-4o-mini")
    assert allows("tts-1")
    assert not allows("tts-1-hd")
    assert not allows("GPT-4o")


def test_without_a_scope_every_model_is_allowed() -> None:
    assert ApiKey("mine", digest("sk-one")).allows("any")
