"""Page: what Coze's API does with each of OpenAI's parameters."""

from collections.abc import Iterator, Mapping

from docs.markdown import code, table
from reference_server.engines.coze.codes import CREDENTIALS, MEANINGS
from reference_server.settings.coze import BEHAVIOURS, How
from reference_server.settings.parameters import Policy

WORDS: Mapping[How | Policy, str] = {
    "passed on": "passed on",
    "done here": "done here",
    "not told": "not told",
    "drop": "dropped",
    "warn": "dropped, and told",
    "refuse": "refused",
}
HEAD = """\
# Coze, by OpenAI's parameters

What an engine of `type: coze` does with each parameter of chat completions, completions and responses. What Coze does
not have is checked like everything else, and then **dropped**, dropped **and told** in `x-adapter-dropped-params`, or
**refused** (400 `unsupported_parameter`, with its name in `param`). Another policy goes into the engine's
`parameters.per_parameter`, such as `{tools: warn}`. A value that asks for nothing, such as `n: 1`, is always taken.
"""
ERRORS = """\
## Errors

Coze answers most errors with status 200 and a `code`. The code is told in the message and in `x-coze-code`, Coze's id
of the request in `x-coze-logid`. Before the first word an error is a real HTTP status, after it an event.
"""


def page() -> str:
    """Write the page."""
    rows = [(code([name]), WORDS[each.how], each.why) for name, each in BEHAVIOURS.items()]
    codes = table(("code of Coze", "status", "`code`"), errors())
    return "\n".join((HEAD, *table(("parameter", "is", "how, or why"), rows), "", ERRORS, *codes, ""))


def errors() -> Iterator[tuple[str, str, str]]:
    """Yield the codes that mean the same, the status, and OpenAI's word for it."""
    yield (
        ", ".join(map(str, sorted(CREDENTIALS))),
        "502",
        "`upstream_refused`: it is this server's key, not the client's",
    )
    for meaning in dict.fromkeys(MEANINGS.values()):
        same = (str(number) for number, each in MEANINGS.items() if each == meaning)
        yield ", ".join(same), str(meaning.status), code([meaning.code])
    yield "any other", "502", "`upstream_error`"
    yield "no end of the stream, no word in it", "502", "`upstream_broken`"
    yield "silence", "504", "`timeout`"
