"""Checks: the official client reads what no other check finds wrong."""

from collections.abc import Callable, Iterator

from cozecheck.checks.registry import EVERY_MUST, check
from cozecheck.contract import sources
from cozecheck.exchange import Exchange
from cozecheck.findings import Basis, Level, Problem, Verdict
from cozecheck.views.sdk import given

RAISES = "raises"

VIEWS: dict[str, Callable[[Exchange], Exchange | None]] = {
    "chat": given("chat.completions.", streamed=False),
    "chat.stream": given("chat.completions.", streamed=True),
    "completions": given("completions.", streamed=False),
    "embeddings": given("embeddings.", streamed=False),
    "responses": given("responses.", streamed=False),
    "responses.stream": given("responses.", streamed=True),
    "conversations": given("conversations.", streamed=False),
    "moderations": given("moderations.", streamed=False),
    "images": given("images.", streamed=False),
    "audio": given("audio.", streamed=False),
    "files": given("files.", streamed=False),
    "batches": given("batches.", streamed=False),
}
"""What the client is asked about, by family; of models the contract says it all."""


def client_reads(exchange: Exchange) -> Iterator[Verdict]:
    """The official Python client reads the answer without raising, all other rules being kept."""
    if exchange.sdk.startswith(RAISES):
        yield Problem("an answer that the client can read", exchange.sdk)


for _family, _view in VIEWS.items():
    check(
        f"{_family}.sdk-reads",
        Level.MUST,
        Basis.SDK,
        of=_view,
        cite=sources.PYTHON_READING,
        breaks=("openai-python: raises on the answer to a request that succeeded",),
        remedy="Send what the client's documented method returns; the exception tells what it stumbled over.",
        requires=(EVERY_MUST,),
    )(client_reads)
