"""Checks: embeddings beside others of the same text."""

from collections.abc import Iterator, Mapping

from cozecheck.checks.registry import relation
from cozecheck.contract import sources
from cozecheck.exchange import Exchange
from cozecheck.findings import Basis, Inconclusive, Level, Problem, Verdict
from cozecheck.views.calls import Call, unseen
from cozecheck.views.embeddings import by_index, distance, embeddings, likeness
from cozecheck.views.support import lacking

ROUNDING = 1e-6
"""How far two spellings of one number may be apart."""
NOISE = 4
"""How many times further they may be apart than two answers to the same request are."""


@relation(
    "embeddings.base64-equal",
    Level.MUST,
    Basis.SPEC,
    scenario="embeddings.formats",
    cite=sources.EMBEDDING_REQUEST + "encoding_format",
    breaks=("openai-python, which asks for base64 by default: other vectors than by curl",),
    remedy="Encode the same numbers: 32-bit floats, little end first.",
    evidence=("vllm-project/vllm#5935",),
)
def base64_equal(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """An embedding in base64 is the same vector as in numbers."""
    lack = lacking(run.get("base64"), "encoding_format base64")
    if lack:
        yield lack
        return
    numbers, again, packed = (by_index(run.get(name)) for name in ("numbers", "again", "base64"))
    if not numbers or not again:
        yield Inconclusive("no vector in numbers")
        return
    if not packed or not _came_as_text(run["base64"]):
        yield Problem("a vector in base64", "numbers" if packed else "no vector", at="base64")
        return
    apart = distance(numbers[0], packed[0])
    if apart > max(ROUNDING, NOISE * distance(numbers[0], again[0])):
        yield Problem(f"the same numbers, within {ROUNDING}", f"{apart:.3g} apart", at="base64")


def _came_as_text(exchange: Exchange) -> bool:
    made = embeddings(exchange)
    return made is not None and all(isinstance(item.get("embedding"), str) for _, item in made.items)


ALIKE = 0.999
"""The cosine between two vectors of one text: what a batch moves is less."""


@relation(
    "embeddings.batch-equal",
    Level.MUST,
    Basis.SPEC,
    scenario="embeddings.batch",
    cite=sources.EMBEDDING_REQUEST + "input",
    breaks=("everybody who writes in batches and asks one by one: texts are not found again",),
    remedy="Keep vectors with their inputs; leave padding out of the mean.",
    evidence=("huggingface/sentence-transformers#3278",),
)
def batch_equal(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """A text has the same embedding in a batch as alone."""
    batch = by_index(run.get("batch"))
    singles = {place: by_index(run.get(name)) for name, place in (("first alone", 0), ("last alone", -1))}
    if not batch or not all(singles.values()):
        yield Inconclusive("no vectors of a batch and of its texts alone")
        return
    for place, single in singles.items():
        assert single
        alike = likeness(batch[place], single[0])
        if alike < ALIKE:
            yield Problem("the same direction", f"a cosine of {alike:.4f}", at="batch")


CUT = 0.99
"""The cosine between a short vector and the beginning of the long one, and room for what was rounded."""


@relation(
    "embeddings.dimensions-cut",
    Level.SHOULD,
    Basis.DE_FACTO,
    scenario="embeddings.sizes",
    cite="platform.openai.com/docs/guides/embeddings: dimensions cuts numbers off the end",
    breaks=("stores that cut their vectors themselves, and ask by short ones",),
    remedy="Cut numbers off the end of the full vector, and stretch what is left to length 1.",
)
def dimensions_cut(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """A short embedding points where the beginning of the full one does."""
    full, short = by_index(run.get("full")), by_index(run.get("short"))
    if not full or not short:
        yield lacking(run.get("short"), "dimensions") or Inconclusive("no short vector beside a full one")
        return
    if len(short[0]) >= len(full[0]):
        yield Inconclusive(f"the short vector has {len(short[0])} numbers, the full one {len(full[0])}")
    elif likeness(short[0], full[0][: len(short[0])]) < CUT:
        words = f"a cosine of {likeness(short[0], full[0][: len(short[0])]):.4f}"
        yield Problem("the direction of the full vector's beginning", words, at="short")


KNOWN_VOCABULARY = "text-embedding-"
"""How the models begin whose tokens are documented to be those of cl100k_base."""


@relation(
    "embeddings.token-input",
    Level.MUST,
    Basis.SPEC,
    scenario="embeddings.tokens",
    cite=sources.EMBEDDING_REQUEST + "input: encoded as a string or array of tokens",
    breaks=("LangChain's OpenAIEmbeddings, which sends tokens unless told otherwise",),
    remedy="Decode tokens by the model's vocabulary (cl100k_base under OpenAI's names), or refuse them by name.",
    evidence=("huggingface/text-embeddings-inference#273", "langchain-ai/langchain#21318", "langgenius/dify#914"),
)
def token_input(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """Tokens are taken as input, and have the embedding of the text that they spell."""
    text, tokens = by_index(run.get("text")), run.get("tokens")
    if not text or tokens is None or tokens.response is None:
        yield lacking(run.get("text"), "the text") or Inconclusive("no vector to compare with")
        return
    if not tokens.response.ok:
        yield unseen(Call(tokens, tokens.response), "tokens")
        return
    for name in ("tokens", "arrays"):
        found = by_index(run.get(name))
        if found is None:
            yield Inconclusive(f"{name}: no vectors, as many as inputs")
        elif likeness(found[0], text[0]) < ALIKE:
            words = f"a cosine of {likeness(found[0], text[0]):.4f}"
            is_known = str(tokens.request.json.get("model")).startswith(KNOWN_VOCABULARY)
            problem = Problem("the vector of the text", words, at=name)
            yield problem if is_known else Inconclusive(f"{name}: {words}; the model's vocabulary is not known")
