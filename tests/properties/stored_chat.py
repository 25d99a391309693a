"""A server that keeps chat completions, and nothing else."""

import json
from itertools import count
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

Json = dict[str, Any]


class StoredChat:
    """Completions by id; *remembers* those that were deleted when it lists."""

    def __init__(self, *, remembers: bool = False) -> None:
        self._kept: dict[str, Json] = {}
        self._gone: dict[str, Json] = {}
        self._remembers = remembers
        self._numbers = count()

    def app(self) -> Starlette:
        one = "/v1/chat/completions/{id}"
        return Starlette(
            routes=[
                Route("/v1/models", self.models),
                Route("/v1/chat/completions", self.create, methods=["POST"]),
                Route("/v1/chat/completions", self.list, methods=["GET"]),
                Route(one, self.retrieve, methods=["GET"]),
                Route(one, self.update, methods=["POST"]),
                Route(one, self.delete, methods=["DELETE"]),
                Route(f"{one}/messages", self.messages),
            ]
        )

    async def models(self, _request: Request) -> JSONResponse:
        return JSONResponse({"object": "list", "data": [{"id": "a", "object": "model"}]})

    async def create(self, request: Request) -> JSONResponse:
        asked = await request.json()
        number = next(self._numbers)
        message = {"role": "assistant", "content": "Hello.", "refusal": None}
        made = {
            "id": f"chatcmpl-{number}",
            "object": "chat.completion",
            "created": 1_790_000_000 + number,
            "model": asked["model"],
            "metadata": asked.get("metadata"),
            "choices": [{"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        }
        self._kept[made["id"]] = made
        return JSONResponse(made)

    async def list(self, request: Request) -> JSONResponse:
        asked = request.query_params
        found = [*self._kept.values(), *(self._gone.values() if self._remembers else ())]
        found.sort(key=lambda each: int(each["created"]))
        if asked.get("order") == "desc":
            found.reverse()
        ids = [each["id"] for each in found]
        found = found[ids.index(asked["after"]) + 1 :] if asked.get("after") in ids else found
        limit = int(asked.get("limit", 20))
        return JSONResponse({"object": "list", "data": found[:limit], "has_more": len(found) > limit})

    async def retrieve(self, request: Request) -> JSONResponse:
        found = self._kept.get(request.path_params["id"])
        return JSONResponse(found) if found else missing()

    async def update(self, request: Request) -> JSONResponse:
        found = self._kept.get(request.path_params["id"])
        if found:
            found["metadata"] = json.loads(await request.body())["metadata"]
        return JSONResponse(found) if found else missing()

    async def delete(self, request: Request) -> JSONResponse:
        found = self._kept.pop(request.path_params["id"], None)
        if found:
            self._gone[found["id"]] = found
        return (
            JSONResponse({"id": found["id"], "object": "chat.completion.deleted", "deleted": True})
            if found
            else missing()
        )

    async def messages(self, request: Request) -> JSONResponse:
        found = self._kept.get(request.path_params["id"])
        data = [{"id": f"{found['id']}-0", "role": "user", "content": "Say hello."}] if found else []
        return JSONResponse({"object": "list", "data": data, "has_more": False}) if found else missing()


def missing() -> JSONResponse:
    error = {"message": "There is no such completion.", "type": "invalid_request_error", "param": None, "code": None}
    return JSONResponse({"error": error}, 404)
