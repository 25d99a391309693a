"""Articles that fit a question."""

import asyncio

from desk.clients import make_async_client
from desk.settings import EMBEDDING


async def vectors(texts: list[str]) -> list[list[float]]:
    client = make_async_client()
    answer = await client.embeddings.create(model=EMBEDDING, input=texts)
    return [item.embedding for item in answer.data]


def main() -> None:
    print(asyncio.run(vectors(["How do I return a parcel?"])))
