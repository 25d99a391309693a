"""The processes that models run in: loaded, ended, lost."""

import time
from pathlib import Path

import httpx2
import pytest

from reference_server.app import create_app
from reference_server.settings import Route, Settings, SettingsError
from tests.reference_server.llama_asking import asking, engine, kill_models, model_file, processes, with_index

PATIENCE = 60.0
HELLO = {"messages": [{"role": "user", "content": "Hello"}], "max_tokens": 1}


def folder_of(tmp_path: Path, *names: str) -> Path:
    """A folder with the same model under several names."""
    for name in names:
        (tmp_path / f"{name}.gguf").symlink_to(model_file())
    return tmp_path


def status(client: httpx2.Client, model: str) -> int:
    return client.post("/chat/completions", json={"model": model, **HELLO}).status_code


def ready(client: httpx2.Client) -> httpx2.Response:
    return client.get(str(client.base_url).replace("/v1/", "/readyz"))


def wait_until_ready(client: httpx2.Client) -> set[str]:
    """Wait; return what was said until then."""
    said, deadline = set(), time.monotonic() + PATIENCE
    while (response := ready(client)).status_code != 200:
        said.add(response.json()["status"])
        assert time.monotonic() < deadline
    return said


def test_a_model_that_died_is_loaded_again() -> None:
    with asking() as client:
        assert status(client, "m") == 200
        kill_models()
        deadline = time.monotonic() + PATIENCE
        while status(client, "m") != 200:
            assert time.monotonic() < deadline


def test_models_are_loaded_at_the_start_and_readiness_tells_how_far(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "one", "two")
    with asking(model_dir=folder, model=None, preload=["one", "two"]) as client:
        said = wait_until_ready(client)
        assert said
        assert all(each.startswith("loading ") and "%" in each for each in said)
        assert len(processes()) == 2
        assert (status(client, "one"), status(client, "two"), status(client, "three")) == (200, 200, 404)


def test_the_least_recently_used_model_makes_room(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "one", "two")
    with asking(model_dir=folder, model=None, memory="300MB") as client:
        for model in ("one", "two", "one"):
            assert status(client, model) == 200
            assert len(processes()) == 1


def test_models_end_with_their_server() -> None:
    with asking() as client:
        assert status(client, "m") == 200
    assert processes() == []


def test_a_file_that_is_no_model_fails_its_requests_alone(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "good")
    (tmp_path / "bad.gguf").write_bytes(b"GGUF" + b"\0" * 100)
    with asking(model_dir=folder, model=None, preload=["bad"]) as client:
        wait_until_ready(client)
        assert (status(client, "bad"), status(client, "good")) == (502, 200)


def test_a_file_that_was_tampered_with_is_not_loaded(tmp_path: Path) -> None:
    with asking(model_dir=with_index(tmp_path, {"sha256": "0" * 64}), model=None) as client:
        refused = client.post("/chat/completions", json={"model": "small", **HELLO})
        assert (refused.status_code, refused.json()["error"]["code"]) == (502, "model_broken")
        assert processes() == []


def test_a_route_selects_a_model_by_its_tag(tmp_path: Path) -> None:
    folder = with_index(
        tmp_path, {"id": "bad", "sha256": "0" * 64}, {"tags": ["quick"]}, {"id": "c", "tags": ["quick"]}
    )
    routes = (Route(pattern="fast", tag="quick"), Route(pattern="c"))
    with asking(model_dir=folder, model=None, settings={"routes": routes}) as client:
        assert (status(client, "fast"), status(client, "c"), status(client, "quick")) == (200, 200, 404)


def test_a_tag_that_no_model_has_is_refused_at_the_start(tmp_path: Path) -> None:
    folder = with_index(tmp_path, {"tags": ["quick"]})
    with pytest.raises(SettingsError, match=r"^routes\[0\]: engine 'base' has no model with the tag 'slow'$"):
        create_app(Settings(engines=(engine(model_dir=folder, model=None),), routes=(Route(pattern="m", tag="slow"),)))


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"model_dir": "/nowhere"}, "/nowhere: can't be read: No such file or directory"),
        ({"model": "larger"}, "engines: base: no model 'larger' in "),
        ({"preload": ["tag:any"]}, "engines: base: no model 'tag:any' in "),
        ({"model_dir": None}, "engines: base: needs a 'model_dir', or --model-dir"),
    ],
)
def test_what_can_not_be_run_is_told_in_a_line(said: dict[str, object], problem: str) -> None:
    with pytest.raises(SettingsError) as told:
        create_app(Settings(engines=(engine(**said),)))
    assert str(told.value).startswith(problem)
