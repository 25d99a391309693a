"""Page: the JSON report, explained from its schema."""

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

from cozecheck.checks import ALL
from cozecheck.checks.conclusion import conclude
from cozecheck.checks.judging import Bench
from cozecheck.exchange import Exchange, Request, Response
from cozecheck.findings import Target
from cozecheck.render import json as as_json
from docs.markdown import code, prose, table

Schema = Mapping[str, Any]
SCHEMA: Schema = json.loads((files("cozecheck") / "data" / "conformance.schema.json").read_text("utf-8"))
HEAD = """\
# The JSON report

`cozecheck conformance --report json=report.json` writes it, `cozecheck conformance --report json=-` prints it. Check
ids, this form and the exit codes are what programs may hold on to: keys may come, none goes, and `schema` counts up if
one ever must change. The schema is shipped as `cozecheck/data/conformance.schema.json`.

One line of `jq` answers most questions: `jq -r '.findings[] | select(.outcome == "fail") | .id' report.json`.
"""
MOMENT = 1_795_341_600
"""Of the example, in seconds since 1970."""
TABLES = (
    ("A check", "check"),
    ("A finding", "finding"),
    ("Counts by outcome", "outcomes"),
    ("A measure of a load", "measure"),
    ("An SLO of a load", "promise"),
    ("A second of a load", "second"),
    ("What a plan is for", "wanted"),
    ("A replica of a plan", "replica"),
    ("Waiting in a plan", "waiting"),
    ("The cost of a plan", "cost"),
)
"""Parts that get a table of their own: heading, and name in the schema."""


def page() -> str:
    """Write the page."""
    parts = ((title, SCHEMA["$defs"][name]) for title, name in TABLES)
    sections = (_section(title, part) for title, part in (("The whole", SCHEMA), *parts))
    return "\n".join((HEAD, *sections, f'## Example\n\n```json title="report.json"\n{_example()}```\n'))


def _section(title: str, part: Schema) -> str:
    return "\n".join((f"## {title}\n", *table(("key", "type", "what"), _rows(_whole(part))), ""))


def _rows(schema: Schema, above: str = "") -> Iterator[tuple[str, str, str]]:
    for key, part in schema.get("properties", {}).items():
        whole = _whole(part)
        yield code([above + key]), _type(part), prose(whole.get("description", ""))
        yield from _rows(part, f"{above}{key}.")


def _whole(part: Schema) -> Schema:
    """Return a part together with all that it refers to."""
    whole: dict[str, Any] = {}
    for reference in (part, *part.get("allOf", ())):
        if "$ref" in reference:
            whole |= _whole(SCHEMA["$defs"][_name(reference)])
    properties = {**whole.get("properties", {}), **part.get("properties", {})}
    return {**whole, **part, "properties": properties}


def _type(part: Schema) -> str:
    if "items" in part:
        return f"list of {_name(part['items'])}s".replace("texts", "strings")
    if "additionalProperties" in part:
        return f"object of {_name(part['additionalProperties'])}"
    whole = _whole(part)
    values = whole.get("enum") or ([whole["const"]] if "const" in whole else [])
    if values:
        return " or ".join(code([json.dumps(value)]) for value in values)
    if whole.get("type") == "array":
        return _type({"items": whole["items"]})
    return str(whole.get("type", "any JSON"))


def _name(reference: Schema) -> str:
    return str(reference["$ref"]).rpartition("/")[2]


def _example() -> str:
    """Judge an answer that can't add up by one check; return the report."""
    bench = Bench([check for check in ALL if check.id == "usage.arithmetic"])
    bench.judge(
        Exchange(
            Request("POST", "http://127.0.0.1:8080/v1/chat/completions", body=b'{"model": "gpt-4o-mini"}'),
            Response(200, body=b'{"usage": {"prompt_tokens": 13, "completion_tokens": 10, "total_tokens": 24}}'),
            id="chat.twice/1",
            scenario="chat.twice",
        )
    )
    return as_json.render(
        conclude(
            bench,
            kind="conformance",
            target=Target("http://127.0.0.1:8080/v1", "gpt-4o-mini"),
            started=MOMENT,
            seconds=0.2,
            requests=3,
            tokens=24,
            masked=False,
        )
    )
