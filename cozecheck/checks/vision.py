"""Checks: images, sounds and files as input."""

from collections.abc import Callable, Iterator, Mapping

from cozecheck.checks.registry import check, relation
from cozecheck.contract import sources
from cozecheck.contract.sources import spec
from cozecheck.exchange import Exchange
from cozecheck.findings import Basis, Inconclusive, Level, Problem, Verdict
from cozecheck.views.chat import chat_body
from cozecheck.views.requests import Asked, is_plain_but, legal_chat, refusal_of
from cozecheck.views.turns import listed

ACCEPTED = "Take the part, or refuse it with 400 and its place in `param`; never fail, and never leave it out quietly."
WORDS = ("image", "images", "image_url", "vision", "multimodal", "content", "modality", "mmproj", "type")
"""How servers say that a part is not for them."""


def parts(asked: Asked, kind: str) -> list[dict[str, object]]:
    """Return the parts of one type in the messages of a request."""
    return [part for message in asked.messages for part in listed(message.get("content")) if part.get("type") == kind]


def urls(asked: Asked) -> list[str]:
    """Return the addresses of the images in a request."""
    images = [part.get("image_url") for part in parts(asked, "image_url")]
    return [image["url"] for image in images if isinstance(image, dict) and isinstance(image.get("url"), str)]


def _carries(kind: str) -> Callable[[Exchange], Asked | None]:
    def view(exchange: Exchange) -> Asked | None:
        asked = legal_chat(exchange)
        return asked if asked and is_plain_but(asked) and parts(asked, kind) and not _is_broken(asked) else None

    view.__doc__ = f"Read an answered request with a part of type {kind}."
    return view


def _is_broken(asked: Asked) -> bool:
    """Whether an image of the request is none, beyond doubt: so few bytes are no picture."""
    return any(url.startswith("data:") and len(url.partition(",")[2]) < 24 for url in urls(asked))


def _is_within(asked: Asked) -> bool:
    return bool(urls(asked)) and all(url.startswith("data:") for url in urls(asked))


def image_within(exchange: Exchange) -> Asked | None:
    """Read an answered request with an image in a data: URL."""
    asked = _carries("image_url")(exchange)
    return asked if asked and _is_within(asked) else None


@check(
    "vision.image-accepted",
    Level.SHOULD,
    Basis.SPEC,
    of=image_within,
    cite=spec("ChatCompletionRequestMessageContentPartImage"),
    breaks=("applications that show pictures: the request fails, and nobody can tell why",),
    remedy=ACCEPTED,
    evidence=("ollama/ollama docs/api/openai-compatibility.mdx", "GenieX#683"),
)
def image_accepted(asked: Asked) -> Iterator[Verdict]:
    """An image in a data: URL is taken, or refused by name."""
    yield from _accepted(asked, "an image", *WORDS)


@check(
    "vision.audio-accepted",
    Level.SHOULD,
    Basis.SPEC,
    of=_carries("input_audio"),
    cite=spec("ChatCompletionRequestMessageContentPartAudio"),
    breaks=("voice applications: the request fails, and nobody can tell why",),
    remedy=ACCEPTED,
)
def audio_accepted(asked: Asked) -> Iterator[Verdict]:
    """A sound is taken, or refused by name."""
    yield from _accepted(asked, "a sound", "audio", "input_audio", *WORDS)


@check(
    "vision.file-accepted",
    Level.SHOULD,
    Basis.SPEC,
    of=_carries("file"),
    cite=spec("ChatCompletionRequestMessageContentPartFile"),
    breaks=("applications that send documents: the request fails, and nobody can tell why",),
    remedy=ACCEPTED,
)
def file_accepted(asked: Asked) -> Iterator[Verdict]:
    """A file is taken, or refused by name."""
    yield from _accepted(asked, "a file", "file", "files", *WORDS)


def _accepted(asked: Asked, what: str, *words: str) -> Iterator[Verdict]:
    verdict = refusal_of(asked, what, *words)
    if verdict:
        yield verdict


def broken_image(exchange: Exchange) -> Asked | None:
    """Read an answered request with an image that is none."""
    asked = legal_chat(exchange)
    return asked if asked and _is_broken(asked) else None


@check(
    "vision.bad-image",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=broken_image,
    cite=sources.WIRE + ": 400 invalid_image_format",
    breaks=("applications whose users send what is no picture: they get an answer about nothing, or a 500",),
    remedy="Refuse with 400 and code invalid_image_format.",
)
def bad_image(asked: Asked) -> Iterator[Verdict]:
    """An image that is none is refused with a 4xx."""
    if asked.response.ok or (asked.response.status >= 500 and not asked.is_outage):
        yield Problem("400 invalid_image_format", asked.response.status, at="status")


def _prompt_tokens(exchange: Exchange | None) -> int | None:
    body = chat_body(exchange) if exchange else None
    tokens = body.usage.get("prompt_tokens") if body else None
    return tokens if isinstance(tokens, int) else None


LEAST = 10
"""Tokens that an image costs at least, on any server that looks at it."""


@relation(
    "vision.image-counted",
    Level.SHOULD,
    Basis.DE_FACTO,
    scenario="vision.image",
    cite="platform.openai.com/docs/guides/images-vision: images are counted as tokens; " + sources.WIRE,
    breaks=("applications that show pictures: the picture is left out, and the answer made up", "bills"),
    remedy="Give the image to the model, or refuse it with 400.",
)
def image_counted(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """An image costs prompt tokens: it is looked at, not left out."""
    plain, shown = (_prompt_tokens(run.get(name)) for name in ("without", "with"))
    if plain is None or shown is None:
        yield Inconclusive("no usage on both answers")
    elif shown - plain < LEAST:
        yield Problem(f"{plain} and many more", shown, at="with")


@relation(
    "vision.detail-counted",
    Level.MAY,
    Basis.DE_FACTO,
    scenario="vision.detail",
    cite="platform.openai.com/docs/guides/images-vision: low detail costs less",
    breaks=("bills: detail low saves nothing",),
    remedy="Shrink the image where detail is low.",
)
def detail_counted(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """A large image costs fewer tokens in low detail."""
    low, high = (_prompt_tokens(run.get(name)) for name in ("low", "high"))
    if low is None or high is None:
        yield Inconclusive("no usage on both answers")
    elif low >= high:
        yield Problem(f"fewer than {high} tokens", low, at="low")
