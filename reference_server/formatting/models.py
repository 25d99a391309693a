"""The models list and its items."""

from collections.abc import Iterable
from typing import Any

from reference_server.settings import Model


def model_object(model: Model) -> dict[str, Any]:
    """Return a model as OpenAI shows it."""
    return {"id": model.id, "object": "model", "created": model.created, "owned_by": model.owned_by}


def model_list(models: Iterable[Model]) -> dict[str, Any]:
    """Return the list of models."""
    return {"object": "list", "data": [model_object(model) for model in models]}
