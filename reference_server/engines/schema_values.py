"""Values that fit a JSON Schema: the same seed, the same value; bounded in size."""

from collections.abc import Mapping
from math import ceil, floor
from typing import Any

from reference_server.engines.seeds import Seed

DEEPEST = 24
"""Levels of references and containers after which optional parts are left out."""
MOST_STEPS = 8
"""References that are followed, and levels of `allOf` that are merged."""
MOST_ITEMS = 64
MOST_VALUES = 5_000
FORMATS = {
    "date-time": "2026-03-14T09:26:53Z",
    "date": "2026-03-14",
    "time": "09:26:53Z",
    "duration": "P3DT4H",
    "email": "someone@example.com",
    "hostname": "host.example.com",
    "ipv4": "192.0.2.17",
    "ipv6": "2001:db8::17",
    "uri": "https://example.com/page",
    "uuid": "6f1c2d3e-4b5a-4978-8a6b-1c2d3e4f5a6b",
}


class Maker:
    """Makes the values of one schema, of which the root is kept for references."""

    def __init__(self, root: Mapping[str, Any], seed: Seed) -> None:
        """Start with the whole allowance."""
        self._root = root
        self._seed = seed
        self._left = MOST_VALUES

    def value(self, schema: Any, name: str = "", deep: int = 0) -> Any:
        """Make one value; `name` is the property's, and colours a string."""
        self._left -= 1
        if not isinstance(schema, Mapping) or deep > 4 * DEEPEST or self._left < 0:
            return None if schema is True or deep > DEEPEST else self._seed.word()
        schema = self._resolved(schema)
        if "const" in schema:
            return schema["const"]
        if schema.get("enum"):
            return self._seed.one_of(schema["enum"])
        for key in ("anyOf", "oneOf"):
            if schema.get(key):
                return self.value(self._branch(schema[key], deep), name, deep + 1)
        return self._typed(schema, name, deep)

    def _resolved(self, schema: Mapping[str, Any], deep: int = 0) -> Mapping[str, Any]:
        """Follow `$ref` within the schema, and merge `allOf` by keys."""
        self._left -= 1
        for _ in range(MOST_STEPS):
            if not isinstance(schema.get("$ref"), str):
                break
            rest = {key: part for key, part in schema.items() if key != "$ref"}
            schema = {**pointed(self._root, schema["$ref"]), **rest}
        if deep > MOST_STEPS or self._left < 0:
            return schema
        parts = [self._resolved(part, deep + 1) for part in schema.get("allOf", ()) if isinstance(part, Mapping)]
        return merged([*parts, schema]) if parts else schema

    def _branch(self, branches: list[Any], deep: int) -> Any:
        """Choose a branch; deep down, one that ends soonest."""
        if deep > DEEPEST // 2:
            plain = [each for each in branches if isinstance(each, Mapping) and is_leaf(each)]
            return plain[0] if plain else branches[-1]
        return self._seed.one_of(branches)

    def _typed(self, schema: Mapping[str, Any], name: str, deep: int) -> Any:
        kind = kind_of(schema)
        if kind == "object":
            return self._object(schema, deep)
        if kind == "array":
            return self._array(schema, name, deep)
        if kind in ("integer", "number"):
            return self._number(schema, whole=kind == "integer")
        if kind == "boolean":
            return self._seed.one_of((True, False))
        return None if kind == "null" else self._text(schema, name)

    def _object(self, schema: Mapping[str, Any], deep: int) -> dict[str, Any]:
        """Give all properties; deep down only those that are required."""
        properties, required = schema.get("properties", {}), schema.get("required", ())
        names = [each for each in properties if each in required or deep < DEEPEST // 2]
        names += [each for each in required if each not in properties]
        return {each: self.value(properties.get(each, {"type": "string"}), each, deep + 1) for each in names}

    def _array(self, schema: Mapping[str, Any], name: str, deep: int) -> list[Any]:
        """Give as few items as are allowed, but one or two where there is room."""
        first = schema.get("prefixItems", [])
        least = max(int(schema.get("minItems", 0)), len(first) if "minItems" in schema else 0)
        wanted = least or (0 if deep > DEEPEST // 2 else self._seed.between(1, 2))
        count = min(wanted, int(schema.get("maxItems", MOST_ITEMS)), MOST_ITEMS)
        items = schema.get("items", {"type": "string"})
        made = [self.value(first[at] if at < len(first) else items, name, deep + 1) for at in range(count)]
        return distinct(made) if schema.get("uniqueItems") else made

    def _number(self, schema: Mapping[str, Any], *, whole: bool) -> float:
        """Choose a number in its bounds that is a multiple of `multipleOf`; beyond reckoning, the bound itself."""
        step = schema.get("multipleOf") or (1 if whole else 0.5)
        try:
            least, most = steps(schema, step)
        except OverflowError:
            return float(schema.get("minimum", schema.get("maximum", 0)))
        value = self._seed.between(least, max(least, most)) * step
        return within(value, schema.get("minimum"), schema.get("maximum"), whole=whole)

    def _text(self, schema: Mapping[str, Any], name: str) -> str:
        """Make a string of its format, or words within its length."""
        if schema.get("format") in FORMATS:
            return FORMATS[schema["format"]]
        least, most = schema.get("minLength", 0), schema.get("maxLength", MOST_VALUES)
        text = f"{name.replace('_', ' ')} {self._seed.word()}".strip() if name else self._seed.word()
        while len(text) < min(least, MOST_VALUES):
            text += f" {self._seed.word()}"
        return text[: int(most)]


def steps(schema: Mapping[str, Any], step: float) -> tuple[int, int]:
    """Return the least and the greatest multiple of a step that the bounds allow; 40 apart where there are none."""
    low = [ceil(schema["minimum"] / step)] if "minimum" in schema else []
    high = [floor(schema["maximum"] / step)] if "maximum" in schema else []
    low += [floor(schema["exclusiveMinimum"] / step) + 1] if "exclusiveMinimum" in schema else []
    high += [ceil(schema["exclusiveMaximum"] / step) - 1] if "exclusiveMaximum" in schema else []
    least = max(low, default=min([0, *high]) if high else 1)
    return least, min(high, default=least + 40)


def kind_of(schema: Mapping[str, Any]) -> str:
    """Return the type of what is to be made: the first of several, but null; where none is named, what the keys say."""
    kind = schema.get("type")
    if isinstance(kind, list):
        return str(next((each for each in kind if each != "null"), "null"))
    if isinstance(kind, str):
        return kind
    return "object" if "properties" in schema else "array" if "items" in schema else "string"


def is_leaf(schema: Mapping[str, Any]) -> bool:
    """Whether a schema is of something that holds nothing else."""
    return "$ref" not in schema and kind_of(schema) not in ("object", "array")


def pointed(root: Any, reference: str) -> Mapping[str, Any]:
    """Return what a reference within the schema (`#/$defs/Name`) points at; one that leads nowhere allows anything."""
    for part in reference.removeprefix("#").split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        root = root.get(key, {}) if isinstance(root, Mapping) else {}
    return root if isinstance(root, Mapping) else {}


def merged(schemas: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Join schemas that all must hold: their properties and requirements together, else the last word counts."""
    whole: dict[str, Any] = {}
    for schema in schemas:
        for key, part in schema.items():
            if key == "properties":
                whole[key] = {**whole.get(key, {}), **part}
            elif key == "required":
                whole[key] = [*whole.get(key, ()), *part]
            elif key != "allOf":
                whole[key] = part
    return whole


def distinct(values: list[Any]) -> list[Any]:
    """Make equal strings differ, and drop what else comes twice."""
    kept: list[Any] = []
    for value in values:
        other = f"{value} {len(kept)}" if isinstance(value, str) and value in kept else value
        if other not in kept:
            kept.append(other)
    return kept


def within(value: float, low: float | None, high: float | None, *, whole: bool) -> float:
    """Undo what rounding has moved beyond a bound."""
    bounded = max(value, low) if low is not None else value
    bounded = min(bounded, high) if high is not None else bounded
    return int(bounded) if whole else bounded
