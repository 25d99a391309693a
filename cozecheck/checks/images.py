"""Checks: images."""

from collections.abc import Iterator

from cozecheck.checks import rules
from cozecheck.checks.registry import check
from cozecheck.contract import resource_shapes, sources
from cozecheck.contract.media import image_format, png_size
from cozecheck.exchange import ABSENT
from cozecheck.findings import Basis, Inconclusive, Level, Problem, Verdict
from cozecheck.views.calls import Call, served, turned_down
from cozecheck.views.images import SIZE, image_request, images, odd_size, pictures, promptless
from cozecheck.views.wire import is_recorded


@check(
    "images.generate",
    Level.MUST,
    Basis.SPEC,
    of=image_request,
    cite=sources.spec("CreateImageRequest/required"),
    breaks=("everybody who makes images",),
    remedy="Answer POST /images/generations, or refuse it with 404 or 501 in the envelope.",
)
def generate(it: Call) -> Iterator[Verdict]:
    """A request for an image is answered with images."""
    verdict = served(it, "POST /images/generations")
    if verdict:
        yield verdict


@check(
    "images.shape",
    Level.MUST,
    Basis.SDK,
    of=images,
    cite=sources.IMAGES,
    breaks=("typed clients: created is required, data is a list",),
    remedy='Answer `{"created": …, "data": [...]}`.',
)
def shape(it: Call) -> Iterator[Verdict]:
    """An answer with images has the fields of the SDK's type, each of its type."""
    for departure in resource_shapes.images(it.value):
        yield Problem(departure.expected, departure.actual, at=departure.pointer)


@check(
    "images.created",
    Level.MUST,
    Basis.SPEC,
    of=images,
    cite=sources.IMAGES + "/properties/created",
    breaks=("clients that show the time",),
    remedy="Write whole seconds since 1970.",
    requires=("images.shape",),
)
def created(it: Call) -> Iterator[Verdict]:
    """The created of images is the time in seconds since 1970."""
    yield from rules.created(it.value.get("created", ABSENT), it.response)


@check(
    "images.count",
    Level.MUST,
    Basis.SPEC,
    of=images,
    cite=sources.IMAGE_REQUEST + "n",
    breaks=("clients that read data[n - 1]",),
    remedy="Make n images, one where n is not given; refuse an n that you can't serve.",
    requires=("images.shape",),
)
def count(it: Call) -> Iterator[Verdict]:
    """As many images come as were asked for."""
    wanted = it.asked.get("n") or 1
    if it.is_known and len(it.items) != wanted:
        yield Problem(f"{wanted}", len(it.items), at="/data")


@check(
    "images.data",
    Level.MUST,
    Basis.SPEC,
    of=images,
    cite=sources.spec("Image"),
    breaks=("clients that save what stands under b64_json or url",),
    remedy="Give each image as b64_json or as url.",
    requires=("images.shape",),
)
def data(it: Call) -> Iterator[Verdict]:
    """Every image comes as b64_json or as url."""
    for at, item in it.items:
        if not item.get("b64_json") and not item.get("url"):
            yield Problem("b64_json or url", sorted(item), at=at)


@check(
    "images.decodes",
    Level.MUST,
    Basis.SPEC,
    of=images,
    cite=sources.spec("Image/properties/b64_json"),
    breaks=("clients that decode and save: the file is broken",),
    remedy="Encode the bytes of the file as plain base64, without a data: prefix.",
    requires=("images.shape",),
)
def decodes(it: Call) -> Iterator[Verdict]:
    """What stands under b64_json is an image in base64."""
    for at, content in pictures(it):
        if content and image_format(content):
            continue
        if is_recorded(it.response):
            yield Inconclusive("a recording in which the image may have been cut")
        elif content is None:
            yield Problem("base64", "other characters", at=at)
        else:
            yield Problem("an image", repr(content[:16]), at=at)


@check(
    "images.format",
    Level.SHOULD,
    Basis.SPEC,
    of=images,
    cite=sources.IMAGE_REQUEST + "output_format",
    breaks=("clients that name the file after output_format",),
    remedy="Make the format that is asked for, and say which one it is.",
    requires=("images.decodes",),
)
def format_(it: Call) -> Iterator[Verdict]:
    """An image has the format that the answer names, or else that was asked for."""
    wanted = it.value.get("output_format") or it.asked.get("output_format")
    for at, content in pictures(it):
        if wanted and content is not None and image_format(content) != wanted:
            yield Problem(str(wanted), image_format(content), at=at)


@check(
    "images.size",
    Level.MUST,
    Basis.SPEC,
    of=images,
    cite=sources.IMAGE_REQUEST + "size",
    breaks=("pages laid out for the size that was asked for",),
    remedy="Draw in the size that is asked for; refuse a size that you can't draw.",
    requires=("images.decodes",),
)
def size(it: Call) -> Iterator[Verdict]:
    """A PNG has the width and height that were asked for."""
    wanted = SIZE.fullmatch(str(it.asked.get("size")))
    for at, content in pictures(it) if wanted else ():
        found = png_size(content) if content else None
        if found and wanted and found != (int(wanted[1]), int(wanted[2])):
            yield Problem(wanted[0], f"{found[0]}x{found[1]}", at=at)


@check(
    "images.usage",
    Level.MUST,
    Basis.SPEC,
    of=images,
    cite=sources.spec("ImageGenUsage"),
    breaks=("cost accounting",),
    remedy="Let total_tokens be input_tokens + output_tokens.",
    requires=("images.shape",),
)
def usage(it: Call) -> Iterator[Verdict]:
    """Where the usage of images is told, its total is input plus output."""
    told = it.value.get("usage")
    if isinstance(told, dict) and told["input_tokens"] + told["output_tokens"] != told["total_tokens"]:
        sum_ = f"{told['input_tokens']} + {told['output_tokens']}"
        yield Problem(sum_, told["total_tokens"], at="/usage/total_tokens")


@check(
    "images.required",
    Level.MUST,
    Basis.SPEC,
    of=promptless,
    cite=sources.spec("CreateImageRequest/required"),
    breaks=("everybody with a mistake in the name of the parameter: they pay for pictures of nothing",),
    remedy="Refuse a request without a prompt with 400, and name the parameter.",
)
def required(it: Call) -> Iterator[Verdict]:
    """A request for images without a prompt is refused with a 4xx."""
    verdict = turned_down(it, "a request without a prompt")
    if verdict:
        yield verdict


@check(
    "images.size-checked",
    Level.SHOULD,
    Basis.SPEC,
    of=odd_size,
    cite=sources.IMAGE_REQUEST + "size",
    breaks=("everybody with a mistake in the size: images come in another one",),
    remedy="Refuse a size that is none with 400, and name the parameter.",
)
def size_checked(it: Call) -> Iterator[Verdict]:
    """A size that is none is refused with a 4xx."""
    verdict = turned_down(it, "a size that is none")
    if verdict:
        yield verdict
