"""Checks: embeddings: as many as inputs, in order, in the format and of the size that was asked for."""

from collections.abc import Iterator

from cozecheck.checks import rules
from cozecheck.checks.registry import check
from cozecheck.contract import prompt_shapes, sources
from cozecheck.contract.prompt_parameters import count_prompts
from cozecheck.exchange import ABSENT
from cozecheck.findings import Basis, Level, Problem, Verdict
from cozecheck.views.calls import Call, served, unseen
from cozecheck.views.embeddings import (
    embeddings,
    legal_embeddings,
    length,
    several,
    shortened,
    vectors,
)

TYPED = "typed clients (openai-dotnet, openai-go, openai-java) fail to decode the answer"
STORES = "vector stores: what is written does not fit, or never matches what is asked"
NAMED = (("object",), ("usage",), ("data", None, "object"), ("data", None, "index"), ("data", None, "embedding"))
"""Places of which another check speaks; None stands for any position."""
FEW = 8
"""Numbers in a vector that was asked to be so short that different texts may well have the same."""


@check(
    "embeddings.answered",
    Level.MUST,
    Basis.SPEC,
    of=legal_embeddings,
    cite=sources.spec("CreateEmbeddingRequest"),
    breaks=("everything that searches by meaning",),
    remedy="Embed texts, alone and in arrays; refuse with 404 or 501, in the envelope, what you do not have.",
    evidence=("abetlen/llama-cpp-python 0.3.36 (recorded)",),
)
def answered(it: Call) -> Iterator[Verdict]:
    """A request for embeddings is answered, or what it asks for is refused by name."""
    verdict = served(it, "POST /embeddings")
    if verdict:
        yield verdict


@check(
    "embeddings.schema",
    Level.MUST,
    Basis.SPEC,
    of=embeddings,
    cite=sources.EMBEDDINGS + "; openai.types.CreateEmbeddingResponse",
    breaks=(TYPED,),
    remedy="Send data, model, object and usage, each with the type of the contract.",
)
def schema(it: Call) -> Iterator[Verdict]:
    """A list of embeddings fits the types of the official SDK, strictly."""
    for departure in prompt_shapes.embeddings(it.value):
        if not rules.within(departure.path, *NAMED):
            yield Problem(departure.expected, departure.actual, at=departure.pointer)


@check(
    "embeddings.object",
    Level.MUST,
    Basis.SPEC,
    of=embeddings,
    cite=sources.EMBEDDING + "/properties/object",
    breaks=(TYPED,),
    remedy='Set object to "list", and to "embedding" in every item.',
)
def object_(it: Call) -> Iterator[Verdict]:
    """The object is "list", and that of every item "embedding"."""
    if it.value.get("object") != "list":
        yield Problem("list", it.value.get("object", ABSENT), at="/object")
    for at, item in it.items:
        if item.get("object") != "embedding":
            yield Problem("embedding", item.get("object", ABSENT), at=f"{at}/object")


@check(
    "embeddings.count",
    Level.MUST,
    Basis.SPEC,
    of=embeddings,
    cite=sources.EMBEDDING_REQUEST + "input",
    breaks=("everybody who embeds in batches: texts go without a vector, or with another's",),
    remedy="Answer with one vector for each input; tokens in one array are one input.",
    evidence=("BerriAI/litellm 1.106 (recorded)",),
    requires=("embeddings.schema",),
)
def count(it: Call) -> Iterator[Verdict]:
    """There are as many embeddings as inputs."""
    wanted = count_prompts(it.asked.get("input"))
    if it.is_known and wanted is not None and len(it.items) != wanted:
        yield Problem(f"{wanted} embeddings", len(it.items), at="/data")


@check(
    "embeddings.order",
    Level.MUST,
    Basis.SPEC,
    of=embeddings,
    cite=sources.EMBEDDING + "/properties/index: the index of the embedding in the list of embeddings",
    breaks=("openai-python and -node users, who take data[i] for input i",),
    remedy="Number the vectors from 0 and send them in that order, however the work was split up.",
    requires=("embeddings.schema",),
)
def order(it: Call) -> Iterator[Verdict]:
    """The embeddings are numbered from 0, in the order of the inputs."""
    indices = [item.get("index", ABSENT) for _, item in it.items]
    if indices != list(range(len(indices))) or any(isinstance(index, bool) for index in indices):
        yield Problem(f"0 to {len(indices) - 1}", indices[:20], at="/data")


@check(
    "embeddings.encoding",
    Level.MUST,
    Basis.SPEC,
    of=embeddings,
    cite=sources.EMBEDDING_REQUEST + "encoding_format",
    breaks=("clients that decode base64 themselves; openai-python asks for base64 unless told otherwise",),
    remedy="Send arrays of numbers, or, with encoding_format base64, strings.",
    evidence=("vllm-project/vllm#6174", "huggingface/text-embeddings-inference#288", "ggml-org/llama.cpp#10887"),
    requires=("embeddings.schema",),
)
def encoding(it: Call) -> Iterator[Verdict]:
    """Embeddings come in the format that was asked for: arrays of numbers, or base64."""
    kind, words = (str, "base64") if it.asked.get("encoding_format") == "base64" else (list, "an array of numbers")
    for at, item in it.items if it.is_known else ():
        if not isinstance(item.get("embedding"), kind):
            yield Problem(words, item.get("embedding", ABSENT), at=f"{at}/embedding")


@check(
    "embeddings.vector",
    Level.MUST,
    Basis.SPEC,
    of=embeddings,
    cite=sources.EMBEDDING + "/properties/embedding",
    breaks=(STORES,),
    remedy="Send finite numbers, or 32-bit floats, little end first, in base64; as many in every vector.",
    requires=("embeddings.schema",),
)
def vector(it: Call) -> Iterator[Verdict]:
    """Every embedding is a vector of finite numbers, and all have the same length."""
    found = vectors(it)
    for (at, item), each in zip(it.items, found, strict=True):
        if each is None:
            yield Problem("finite numbers", item.get("embedding", ABSENT), at=f"{at}/embedding")
    sizes = sorted({len(each) for each in found if each})
    if len(sizes) > 1:
        yield Problem("one length", sizes, at="/data")


@check(
    "embeddings.dimensions",
    Level.MUST,
    Basis.SPEC,
    of=shortened,
    cite=sources.EMBEDDING_REQUEST + "dimensions",
    breaks=(STORES,),
    remedy="Cut vectors to `dimensions` and stretch them to length 1 again, or refuse with 400 and param dimensions.",
    evidence=("vllm-project/vllm#15465", "QwenLM/Qwen3-Embedding#140", "copilotkit/aimock 1.43 (recorded)"),
    requires=("embeddings.schema", "embeddings.vector"),
)
def dimensions(it: Call) -> Iterator[Verdict]:
    """Embeddings have as many dimensions as were asked for."""
    if not it.response.ok:
        yield unseen(it, "dimensions")
        return
    for (at, _), each in zip(it.items, vectors(it), strict=True):
        if each and len(each) != it.asked["dimensions"]:
            yield Problem(f"{it.asked['dimensions']} numbers", len(each), at=f"{at}/embedding")


UNIT = 1e-3
"""How far a length may be from 1: 16-bit models round."""


@check(
    "embeddings.unit-length",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=embeddings,
    cite="platform.openai.com/docs/guides/embeddings: embeddings are normalized to length 1",
    breaks=("applications that compare by the dot product: long vectors win",),
    remedy="Divide every vector by its length, after it was cut to `dimensions`.",
    evidence=("copilotkit/aimock 1.43 (recorded)",),
    requires=("embeddings.schema", "embeddings.vector"),
)
def unit_length(it: Call) -> Iterator[Verdict]:
    """Embeddings have the length 1."""
    for (at, _), each in zip(it.items, vectors(it), strict=True):
        if each and abs(length(each) - 1) > UNIT:
            yield Problem("length 1", round(length(each), 6), at=f"{at}/embedding")


@check(
    "embeddings.distinct",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=several,
    cite=sources.WIRE,
    breaks=("everything that searches by meaning: all texts are alike",),
    remedy="Embed every input by itself.",
    evidence=("copilotkit/aimock 1.43 (recorded)",),
    requires=("embeddings.schema", "embeddings.vector", "embeddings.count"),
)
def distinct(it: Call) -> Iterator[Verdict]:
    """Different inputs have different embeddings."""
    inputs, dimensions = it.asked["input"], it.asked.get("dimensions")
    if isinstance(dimensions, int) and dimensions < FEW:
        return
    seen: dict[object, int] = {}
    for place, each in enumerate(vectors(it)):
        if each is None:
            return
        before = seen.setdefault(each, place)
        if inputs[before] != inputs[place]:
            yield Problem("different vectors", f"that of input {before}, {inputs[before]!r}", at=f"/data/{place}")
            return


@check(
    "embeddings.model-echo",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=embeddings,
    cite=sources.WIRE + ": the name asked for, or a version of it",
    breaks=("indexes that note by which model their vectors were made",),
    remedy="Answer with the name that was asked for.",
    requires=("embeddings.schema",),
)
def model_echo(it: Call) -> Iterator[Verdict]:
    """The model of an answer is the one that was asked for, or a version of it."""
    yield from rules.model_echo(it.asked.get("model"), it.value.get("model", ABSENT))


@check(
    "embeddings.usage",
    Level.MUST,
    Basis.SPEC,
    of=embeddings,
    cite=sources.EMBEDDINGS + "/properties/usage",
    breaks=("bills and budgets that count tokens", TYPED),
    remedy="Send usage with prompt_tokens and total_tokens.",
)
def usage(it: Call) -> Iterator[Verdict]:
    """The usage has prompt_tokens and total_tokens, whole numbers, 0 or more."""
    value = it.value.get("usage")
    if not isinstance(value, dict):
        yield Problem("usage", it.value.get("usage", ABSENT), at="/usage")
        return
    for name in ("prompt_tokens", "total_tokens"):
        tokens = value.get(name, ABSENT)
        if not isinstance(tokens, int) or isinstance(tokens, bool) or tokens < 0:
            yield Problem("a whole number, 0 or more", tokens, at=f"/usage/{name}")


@check(
    "embeddings.usage-sum",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=embeddings,
    cite=sources.WIRE,
    breaks=("bills and budgets that count tokens",),
    remedy="Set total_tokens to prompt_tokens: there are no others.",
    evidence=("BerriAI/litellm 1.106 (recorded)",),
    requires=("embeddings.usage",),
)
def usage_sum(it: Call) -> Iterator[Verdict]:
    """total_tokens is prompt_tokens: embeddings have no other tokens."""
    counted = it.value["usage"]
    if counted["total_tokens"] != counted["prompt_tokens"]:
        yield Problem(str(counted["prompt_tokens"]), counted["total_tokens"], at="/usage/total_tokens")


@check(
    "embeddings.usage-positive",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=embeddings,
    cite=sources.WIRE,
    breaks=("bills and budgets that count tokens",),
    remedy="Count for real.",
    evidence=("copilotkit/aimock 1.43 (recorded)",),
    requires=("embeddings.usage",),
)
def usage_positive(it: Call) -> Iterator[Verdict]:
    """A text costs tokens."""
    if it.asked.get("input") and it.value["usage"]["prompt_tokens"] == 0:
        yield Problem("more than 0", 0, at="/usage/prompt_tokens")
