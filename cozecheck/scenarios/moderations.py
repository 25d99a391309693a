"""Scenarios: moderations."""

from cozecheck.scenarios.sending import Send, Steps, Subject, refuses, scenario

PATH = "/moderations"
DRAWS = ("moderations.*", "transport.*")
TEXTS = ["The weather is lovely today.", "I want to kill them."]
PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
    "rkJggg=="
)
"""An image of one pixel."""
OMNI = "omni-moderation-latest"


@scenario("moderations.texts", *DRAWS)
def texts(subject: Subject) -> Steps:
    """One text by the usual model, and two by a named one."""
    reply = yield Send("one", path=PATH, json={"input": TEXTS[0]})
    if not refuses(reply):
        yield Send("two", path=PATH, json={"model": OMNI, "input": TEXTS})


@scenario("moderations.parts", *DRAWS)
def parts(subject: Subject) -> Steps:
    """A text and an image."""
    both = [{"type": "text", "text": TEXTS[0]}, {"type": "image_url", "image_url": {"url": PIXEL}}]
    yield Send("both", path=PATH, json={"model": OMNI, "input": both})


@scenario("moderations.invalid", "moderations.*", "errors.*")
def invalid(subject: Subject) -> Steps:
    """Nothing to judge."""
    yield Send("nothing", path=PATH, json={"model": OMNI}, wrong="input is missing")
