"""Scenarios: images."""

from cozecheck.scenarios.sending import Send, Steps, Subject, refuses, scenario

PATH = "/images/generations"
CAT = "A cat, drawn with one line."


@scenario("images.made", "images.*", "errors.*", "transport.*")
def made(subject: Subject) -> Steps:
    """One image, two images, and requests that are to be refused."""
    plain = {"model": subject.image_model, "prompt": CAT, "size": "1024x1024"}
    one = yield Send("one", path=PATH, json=plain)
    if refuses(one):
        return
    yield Send("two", path=PATH, json={**plain, "n": 2, "quality": "low"})
    promptless = {"model": subject.image_model, "size": "1024x1024"}
    yield Send("no prompt", path=PATH, json=promptless, wrong="prompt is missing")
    yield Send("an odd size", path=PATH, json={**plain, "size": "huge"}, wrong="the size is none")
