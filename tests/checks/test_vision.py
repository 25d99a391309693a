"""Images, sounds and files: each check on what it holds of, and on what it does not."""

from typing import Any

import pytest

from cozecheck.exchange import Exchange
from cozecheck.scenarios.vision import data_url, image, png, wav
from tests.checks.tables import Case, departs, found, holds, ignored, unsettled, unsupported
from tests.checks.turns import refused
from tests.examples import answer, asking, chat_body, usage

Json = dict[str, Any]
TEXT: Json = {"type": "text", "text": "What is this?"}
SOUND: Json = {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}}
FILE: Json = {"type": "file", "file": {"filename": "a.txt", "file_data": data_url("text/plain", b"Buy bread.")}}
PICTURE = image(png(8, 8))
NO_PICTURE = image(b"no picture")
AFAR: Json = {"type": "image_url", "image_url": {"url": "https://pictures.example/a.png"}}


def shown(*parts: Json) -> Json:
    return asking([TEXT, *parts])  # type: ignore[arg-type]


def counted(tokens: int) -> Exchange:
    return answer(chat_body(usage=usage(tokens)), asked=shown(PICTURE))


CASES = (
    holds("vision.image-accepted", "answered", answer(asked=shown(PICTURE))),
    departs("vision.image-accepted", "500", refused(shown(PICTURE), status=500), "status"),
    unsupported("vision.image-accepted", "by name", refused(shown(PICTURE), "image input is not supported")),
    ignored("vision.image-accepted", "an address, which nobody need fetch", refused(shown(AFAR))),
    holds("vision.audio-accepted", "answered", answer(asked=shown(SOUND))),
    departs("vision.audio-accepted", "500", refused(shown(SOUND), status=500), "status"),
    unsupported("vision.audio-accepted", "by name", refused(shown(SOUND), "no audio, please")),
    holds("vision.file-accepted", "answered", answer(asked=shown(FILE))),
    departs("vision.file-accepted", "500", refused(shown(FILE), status=500), "status"),
    holds("vision.bad-image", "refused", refused(shown(NO_PICTURE))),
    departs("vision.bad-image", "answered", answer(asked=shown(NO_PICTURE)), "status"),
    departs("vision.bad-image", "500", refused(shown(NO_PICTURE), status=500), "status"),
    holds("vision.image-counted", "more", {"without": counted(10), "with": counted(95)}),
    departs("vision.image-counted", "no more", {"without": counted(10), "with": counted(10)}, "with"),
    unsettled("vision.image-counted", "refused", {"without": counted(10), "with": refused(shown(PICTURE))}),
    holds("vision.detail-counted", "less", {"low": counted(95), "high": counted(775)}),
    departs("vision.detail-counted", "as much", {"low": counted(775), "high": counted(775)}, "low"),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_check_on_what_it_holds_of_and_what_not(case: Case) -> None:
    assert found(case) == (case.outcome, case.at)


def test_what_is_shown_is_what_it_is_called() -> None:
    assert png(3, 2)[:8] == b"\x89PNG\r\n\x1a\n"
    assert wav()[:4] == b"RIFF"
    assert len(wav(10)) == 44 + 20
