"""What Coze is asked for: bots, users, history, instructions, images and files."""

import json
from base64 import b64encode
from typing import Any

import pytest

from reference_server.settings import Alias, Key, Route
from tests.reference_server.asking import chat, error
from tests.reference_server.coze_asking import MODEL, ask, in_front_of, said
from tests.reference_server.coze_rules import Dialect
from tests.reference_server.fake_coze import BOT, FakeCoze
from tests.reference_server.test_media import PNG

OTHER = "7348293334459300002"
DIALECTS: tuple[Dialect, ...] = ("cloud", "studio")


def turns(*given: tuple[str, str]) -> dict[str, Any]:
    return {"model": MODEL, "messages": [{"role": role, "content": content} for role, content in given]}


def sent(asked: dict[str, Any], dialect: Dialect = "cloud", **rest: Any) -> list[tuple[str, str]]:
    """The roles and contents that Coze is sent."""
    fake = FakeCoze(dialect)
    assert ask(fake, asked, **rest).status_code == 200
    return [(each["role"], each["content"]) for each in fake.bodies[0]["additional_messages"]]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("streams", [False, True])
def test_streams_are_asked_for_explicitly_whatever_the_client_wants(dialect: Dialect, *, streams: bool) -> None:
    fake = FakeCoze(dialect)
    assert ask(fake, chat(stream=streams)).status_code == 200
    assert fake.bodies[0]["stream"] is True


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_whole_history_goes_into_a_conversation_of_its_own(dialect: Dialect) -> None:
    asked = turns(("user", "One"), ("assistant", "Two"), ("user", "Three"))
    fake = FakeCoze(dialect)
    with in_front_of(fake) as client:
        for _ in range(2):
            client.post("/chat/completions", json=asked)
    assert fake.queries == [{}, {}]
    assert len({run.conversation for run in fake.runs}) == 2
    assert [(each["role"], each["type"], each["content"]) for each in fake.bodies[1]["additional_messages"]] == [
        ("user", "question", "One"),
        ("assistant", "answer", "Two"),
        ("user", "question", "Three"),
    ]


def test_of_a_long_history_the_latest_stay_and_the_instructions() -> None:
    many = [("user" if number % 2 == 0 else "assistant", f"{number}") for number in range(151)]
    messages = sent(turns(("system", "Be brief"), *many))
    assert len(messages) == 100
    assert messages[0] == ("assistant", "51")
    assert messages[1] == ("user", "Be brief\n\n52")
    assert messages[-1] == ("user", "150")


def test_instructions_stand_before_what_the_user_says_next() -> None:
    asked = turns(("system", "Be brief"), ("developer", "Be kind"), ("user", "One"), ("assistant", "Two"),
                  ("system", "Be loud"), ("user", "Three"))  # fmt: skip
    assert sent(asked) == [("user", "Be brief\n\nBe kind\n\nOne"), ("assistant", "Two"), ("user", "Be loud\n\nThree")]


def test_instructions_alone_are_a_question() -> None:
    assert sent(turns(("system", "Say hello"))) == [("user", "Say hello")]


def test_a_message_without_words_is_one() -> None:
    assert sent(turns(("user", "One"), ("assistant", "Two"), ("user", ""))) == [
        ("user", "One"), ("assistant", "Two"), ("user", ""),
    ]  # fmt: skip


def test_instructions_may_fill_a_variable_of_the_bot() -> None:
    fake = FakeCoze("cloud")
    asked = turns(("system", "Be brief"), ("user", "One"), ("system", "Be kind"), ("user", "Two"))
    assert ask(fake, asked, system_role="custom_variable:rules").status_code == 200
    assert fake.bodies[0]["custom_variables"] == {"rules": "Be brief\n\nBe kind"}
    assert [each["content"] for each in fake.bodies[0]["additional_messages"]] == ["One", "Two"]


def test_instructions_may_be_refused() -> None:
    fake = FakeCoze("cloud")
    response = ask(fake, turns(("system", "Be brief"), ("user", "One")), system_role="reject")
    assert (response.status_code, error(response)["param"]) == (400, "messages")
    assert fake.runs == []


def test_a_conversation_that_does_not_end_with_the_user_is_refused_by_name() -> None:
    for more in ((), (("system", "Be brief"), ("assistant", "Three"))):
        response = ask(FakeCoze("cloud"), turns(("user", "One"), ("assistant", "Two"), *more))
        assert (response.status_code, error(response)["param"]) == (400, "messages")


@pytest.mark.parametrize(
    ("model", "bot"), [("gpt-4o-mini", BOT), ("other", OTHER), ("bot-7348293334459300003", "7348293334459300003")]
)
def test_a_bot_is_found_by_its_model(model: str, bot: str) -> None:
    fake = FakeCoze("cloud")
    routes = (Route(pattern=r"bot-(\d+)", model=r"\1"), Route(pattern=".*"))
    response = ask(fake, chat(model=model), bots={"other": OTHER}, settings={"routes": routes})
    assert fake.bodies[0]["bot_id"] == bot
    assert response.json()["model"].startswith(model)


def test_an_alias_leads_to_the_bot_of_its_model() -> None:
    fake = FakeCoze("cloud")
    aliases = (Alias(pattern="mine", model="other"),)
    ask(fake, chat(model="mine"), bots={"other": OTHER}, settings={"aliases": aliases})
    assert fake.bodies[0]["bot_id"] == OTHER


def test_a_model_without_a_bot_is_not_found() -> None:
    response = ask(FakeCoze("cloud"), bot=None)
    assert (response.status_code, error(response)["code"]) == (404, "model_not_found")


NOBODY: dict[str, Any] = {}
ANN = {"user": "ann"}


def users(*asked: tuple[str, dict[str, Any]], keys: tuple[str, ...] = ("sk-one", "sk-two")) -> list[str]:
    """Whom Coze is told that requests are from, each with a key."""
    fake = FakeCoze("cloud")
    held = tuple(Key.model_validate({"value": key}) for key in keys)
    with in_front_of(fake, settings={"keys": held}) as client:
        for key, more in asked:
            headers = {"authorization": f"Bearer {key}"}
            assert client.post("/chat/completions", json=chat(**more), headers=headers).status_code == 200
    return [body["user_id"] for body in fake.bodies]


def test_users_are_kept_apart_and_known_again() -> None:
    ann, bob, again, elsewhere = users(
        ("sk-one", {"user": "ann"}), ("sk-one", {"user": "bob"}), ("sk-one", {"safety_identifier": "ann"}),
        ("sk-two", {"user": "ann"}),
    )  # fmt: skip
    assert ann == again
    assert len({ann, bob, elsewhere}) == 3
    assert "ann" not in ann


@pytest.mark.parametrize("keys", [(), ("sk-one",)])
def test_strangers_share_no_memory(keys: tuple[str, ...]) -> None:
    one, two, ann, again = users(*(("sk-one", each) for each in (NOBODY, NOBODY, ANN, ANN)), keys=keys)
    assert one != two
    assert ann == again


def parts(fake: FakeCoze, number: int = 0) -> list[dict[str, Any]]:
    (message,) = fake.bodies[number]["additional_messages"]
    assert message["content_type"] == "object_string"
    shown: list[dict[str, Any]] = json.loads(message["content"])
    return shown


def image(address: str) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": address}}


TEXT = {"type": "text", "text": "What is this?"}
DATA = f"data:image/png;base64,{b64encode(PNG).decode()}"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_image_in_the_request_is_uploaded_once(dialect: Dialect) -> None:
    fake = FakeCoze(dialect)
    with in_front_of(fake) as client:
        for _ in range(2):
            answer = client.post("/chat/completions", json=chat([TEXT, image(DATA), image(DATA)]))
            assert said(answer) == "I was given 2 things."
    assert fake.uploads == [("image.png", PNG)]
    (text, *images) = parts(fake, 1)
    assert text == TEXT
    assert images == 2 * [{"type": "image", "file_id": "7390000000000000001"}]


def test_the_address_of_an_image_is_passed_on_where_its_host_is_listed() -> None:
    asked, fake = chat([TEXT, image("https://pictures.example/a.png")]), FakeCoze("cloud")
    assert error(ask(fake, asked))["code"] == "invalid_image_url"
    assert ask(fake, asked, settings={"url_hosts": ("pictures.example",)}).status_code == 200
    assert parts(fake)[1] == {"type": "image", "file_url": "https://pictures.example/a.png"}
    assert fake.uploads == []


FILE = {"type": "file", "file": {"filename": "a.txt", "file_data": "data:text/plain;base64,SGk="}}
SOUND = {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}}


def test_files_and_sounds_are_uploaded_to_the_cloud() -> None:
    fake = FakeCoze("cloud")
    assert ask(fake, chat([TEXT, FILE, SOUND])).status_code == 200
    assert fake.uploads == [("a.txt", b"Hi"), ("sound.wav", b"RIFF")]
    assert [part["type"] for part in parts(fake)] == ["text", "file", "audio"]


def test_a_file_keeps_its_kind_whatever_the_client_speaks() -> None:
    content = {"type": "input_file", "filename": "a.txt", "file_data": "data:text/plain;base64,SGk="}
    message = {"role": "user", "content": [{"type": "input_text", "text": "Read this"}, content]}
    fake = FakeCoze("cloud")
    with in_front_of(fake) as client:
        assert client.post("/responses", json={"model": MODEL, "input": [message]}).status_code == 200
    assert fake.uploads == [("a.txt", b"Hi")]


def test_an_image_without_any_words_is_what_coze_refuses() -> None:
    response = ask(FakeCoze("cloud"), chat([image(DATA)]))
    assert (response.status_code, response.headers["x-coze-code"]) == (400, "4000")
    assert "without a text" in error(response)["message"]


def test_studio_hears_nothing() -> None:
    fake = FakeCoze("studio")
    assert error(ask(fake, chat([TEXT, SOUND])))["param"] == "messages"
    assert fake.uploads == []


@pytest.mark.parametrize("given", [{"temperature": 0.5}, {"seed": 1, "presence_penalty": 1}])
def test_what_the_bot_decides_is_told_to_be_dropped(given: dict[str, Any]) -> None:
    response = ask(FakeCoze("cloud"), chat(**given))
    assert response.status_code == 200
    assert set(response.headers["x-adapter-dropped-params"].split(", ")) == set(given)


@pytest.mark.parametrize(
    ("name", "value"), [("n", 2), ("logprobs", True), ("response_format", {"type": "json_object"})]
)
def test_what_would_change_the_answer_is_refused_by_name(name: str, value: Any) -> None:
    fake = FakeCoze("cloud")
    response = ask(fake, chat("Answer in JSON", **{name: value}))
    assert (response.status_code, error(response)["code"], error(response)["param"]) == (
        400, "unsupported_parameter", name,
    )  # fmt: skip
    assert fake.runs == []


def test_what_is_dropped_is_for_the_operator_to_say() -> None:
    policies = {"per_parameter": {"temperature": "refuse", "n": "drop"}}
    assert error(ask(FakeCoze("cloud"), chat(temperature=0.5), parameters=policies))["param"] == "temperature"
    assert "x-adapter-dropped-params" not in ask(FakeCoze("cloud"), chat(n=2), parameters=policies).headers


def test_what_is_dropped_is_checked_all_the_same() -> None:
    response = ask(FakeCoze("cloud"), chat(temperature=3))
    assert (response.status_code, error(response)["param"]) == (400, "temperature")
