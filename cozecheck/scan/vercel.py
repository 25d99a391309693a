"""The Vercel AI SDK: which operation a model of its provider asks for."""

from collections.abc import Iterable, Mapping
from typing import Final

from cozecheck.scan.arguments import Argument
from cozecheck.scan.resolving import World
from cozecheck.scan.values import Made

LIBRARY: Final = "vercel-ai"
BY_METHOD: Final[Mapping[str, str]] = {
    "chat": "chat.completions.create",
    "chatModel": "chat.completions.create",
    "completion": "completions.create",
    "completionModel": "completions.create",
    "responses": "responses.create",
}
"""Of models that are made by a method of a provider."""
PLAIN: Final[Mapping[str, str]] = {
    "@ai-sdk/openai.openai": "responses.create",
    "@ai-sdk/openai.createOpenAI()": "responses.create",
    "@ai-sdk/openai-compatible.createOpenAICompatible()": "chat.completions.create",
}
"""Of models that are made by calling a provider itself; since version 5 of the SDK, OpenAI's asks for responses."""


def operation(world: World, given: Iterable[Argument]) -> str:
    """Return what the model among the arguments asks for; empty where it is none that generates text, or not known."""
    for argument in given:
        for value in world.values(argument.value, argument.scope) if argument.name == "model" else ():
            if isinstance(value, Made):
                return PLAIN.get(value.path) or BY_METHOD.get(value.path.rpartition(".")[2], "")
    return ""
