"""JSON bodies to what is compared: lists by what is in them, ids as references."""

from collections import Counter
from typing import Any

from cozecheck.diff.references import KEYS, References, requested
from cozecheck.exchange import Request

LISTINGS = frozenset(("models.list", "files.list", "batches.list"))
"""Operations that list what an account has: of such a list the first entry counts, for its form."""
FIRST = frozenset(("annotations", "top_logprobs"))
"""Lists of which the first entry counts, for its form: their length follows the words."""
VECTOR = "a vector"
TEXTS = KEYS | {"embedding"}
"""Keys whose texts are replaced."""


def normalised(value: Any, operation: str, request: Request) -> Any:
    """Return a body as it is compared; see `KEYS`, `LISTINGS` and `FIRST`."""
    named = not operation.startswith("models.")  # the ids of models are names
    return _Normaliser(operation, requested(request) if named else None).normal(value, "", ())


class _Normaliser:
    def __init__(self, operation: str, references: References | None) -> None:
        self._operation = operation
        self._references = references

    def normal(self, value: Any, key: str, steps: tuple[str | int, ...]) -> Any:
        if isinstance(value, dict):
            return {
                name: part if self._is_plain(part, name) else self.normal(part, name, (*steps, name))
                for name, part in value.items()
            }
        if isinstance(value, list):
            return self._list(value, key, steps)
        if isinstance(value, str) and key in KEYS and self._references is not None:
            return self._references.take(value, steps)
        return VECTOR if isinstance(value, str) and key == "embedding" and steps[0] == "data" else value

    @staticmethod
    def _is_plain(part: Any, name: str) -> bool:
        """Say whether a part stays as it is: most are, and long bodies have many."""
        return name not in TEXTS if type(part) is str else type(part) not in (dict, list)

    def _list(self, value: list[Any], key: str, steps: tuple[str | int, ...]) -> Any:
        if key == "embedding" and steps[0] == "data":
            return VECTOR
        if key == "output" and len(steps) <= 2:
            return self._keyed(value, [_type(each) for each in value], steps)
        if key == "tool_calls":
            return self._keyed(value, [_called(each) for each in value], steps)
        if key in FIRST or "logprobs" in steps or (key == "data" and self._operation in LISTINGS):
            value = value[:1]
        return [self.normal(part, "", (*steps, place)) for place, part in enumerate(value)]

    def _keyed(self, value: list[Any], names: list[str], steps: tuple[str | int, ...]) -> dict[str, Any]:
        """Give each entry the name of what it is and a count, for others may come before it."""
        counts: Counter[str] = Counter()
        keyed: dict[str, Any] = {}
        for part, name in zip(value, names, strict=True):
            place = f"{name} {counts[name]}"
            counts[name] += 1
            keyed[place] = self.normal(part, "", (*steps, place))
        return keyed


def _type(item: Any) -> str:
    kind = item.get("type") if isinstance(item, dict) else None
    return kind if isinstance(kind, str) else "item"


def _called(call: Any) -> str:
    body = call.get("function", call.get("custom")) if isinstance(call, dict) else None
    name = body.get("name") if isinstance(body, dict) else None
    return name if isinstance(name, str) else "call"
