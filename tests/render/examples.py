"""Reports with every outcome, built by hand."""

from typing import Any

from cozecheck.findings import (
    BaselineUse,
    Basis,
    CheckResult,
    Finding,
    Level,
    Outcome,
    Report,
    Run,
    Target,
    Tool,
)

HOSTILE = "\x1b[2J\x9b31m\r\n\x00\u202e\u2028\ud800\ufffe ]]></script><img src=x onerror=alert(1)>|`*_~ \"'&\\ </pre>"
"""What a target may send to be shown: terminal, HTML, XML and Markdown all have something to lose."""

DONE = "chat.stream.done-terminator"


def check(id: str, outcome: Outcome, **changes: Any) -> CheckResult:
    """Build the result of a check: 4 judged, and one of them failed if it departed."""
    departed = outcome in (Outcome.FAIL, Outcome.WARN, Outcome.INFO)
    level = {Outcome.WARN: Level.SHOULD, Outcome.INFO: Level.MAY}.get(outcome, Level.MUST)
    values: dict[str, Any] = {
        "id": id,
        "family": id.rpartition(".")[0],
        "outcome": outcome,
        "level": level,
        "basis": Basis.SPEC if level is Level.MUST else Basis.DE_FACTO,
        "requirement": f"The requirement of {id}",
        "cite": "RFC 9110 (HTTP semantics)",
        "judged": 4 if departed or outcome is Outcome.PASS else 0,
        "failed": int(departed),
    }
    return CheckResult(**{**values, **changes})


def finding(id: str, outcome: Outcome = Outcome.FAIL, **changes: Any) -> Finding:
    """Build a finding of the check *id*."""
    result = check(id, outcome)
    values: dict[str, Any] = {
        "id": id,
        "outcome": outcome,
        "level": result.level,
        "basis": result.basis,
        "requirement": result.requirement,
        "expected": "a string",
        "actual": "7",
        "at": "/choices/0",
        "scenario": "chat.plain",
        "operation": "chat.completions.create",
        "exchange": "0007",
        "cite": result.cite,
    }
    return Finding(**{**values, **changes})


def report(*findings: Finding, checks: tuple[CheckResult, ...] = (), **changes: Any) -> Report:
    """Build a report; each finding brings the result of its check unless *checks* has one."""
    given = {each.id for each in checks}
    departed = {each.id: check(each.id, each.outcome) for each in findings if each.id not in given}
    values: dict[str, Any] = {
        "kind": "conformance",
        "tool": Tool(name="cozecheck", version="0.1.0", openai="3.54.0"),
        "target": Target(base_url="http://127.0.0.1:8080/v1", model="gpt-4o-mini"),
        "run": Run(started="2026-11-22T10:00:00Z", seconds=4.24, requests=412, tokens=9310),
        "checks": (*departed.values(), *checks),
        "findings": findings,
    }
    return Report(**{**values, **changes})


def every_outcome() -> Report:
    """Build a report in which each outcome, the baseline and a note occur."""
    return report(
        *_done_findings(),
        finding("chat.id-unique", expected="two ids", actual='"chatcmpl-1"', at="/id", baselined=True),
        finding("errors.param-named", Outcome.WARN, actual="null", expected='"temperature"', at="/error/param"),
        finding("transport.request-id", Outcome.INFO, expected="x-request-id", actual="absent", at="", exchange=""),
        checks=(
            check("transport.responds", Outcome.PASS, judged=412),
            check("transport.request-id", Outcome.INFO, judged=412, failed=412),
            check("errors.param-named", Outcome.WARN),
            check("errors.envelope", Outcome.ERROR, reason="KeyError: 'error' (exchange 0311)"),
            check("errors.retry-after", Outcome.SKIP, reason="nothing to judge: no answer 429 or 503"),
            check("auth.status", Outcome.SKIP, reason="keys are off"),
            check("auth.code", Outcome.SKIP, reason="keys are off"),
            check("chat.id-unique", Outcome.FAIL, baselined=True),
            check(DONE, Outcome.FAIL, judged=41, failed=3),
            check("request.n", Outcome.UNSUPPORTED, reason="n is refused by name"),
            check("request.seed", Outcome.INCONCLUSIVE, reason="both answers were cut"),
        ),
        baseline=BaselineUse(
            covered=1,
            stale=("usage.positive, accepted until 2027-01-31",),
            expired=("models.*, accepted until 2026-10-01",),
        ),
        notes=("budget: at most 500 requests and 20,000 tokens",),
    )


def _done_findings() -> tuple[Finding, ...]:
    return tuple(
        finding(
            DONE,
            requirement="A stream that ends normally ends with `[DONE]`, sent once, and nothing after it",
            scenario="chat.stream.plain",
            exchange=exchange,
            at=at,
            expected="[DONE], once, last",
            actual='["{\\"id\\": \\"chatcmpl-1\\", \\"choices\\": []}", "{}"]',
            cite="openai/openai-openapi f85dbe2 #/components/schemas/CreateChatCompletionRequest/properties/stream",
            evidence=("ggml-org/llama.cpp#14566",),
            breaks=("openai-node: waits until the connection closes", "LangChain: loses the last token"),
            remedy="Send `data: [DONE]` and a blank line as the last event, then end the body",
            sdk="survives",
            curl="curl -sSN http://127.0.0.1:8080/v1/chat/completions -H 'content-type: application/json' "
            '-d \'{"model": "gpt-4o-mini", "stream": true, "messages": [{"role": "user", "content": "Hi"}]}\'',
        )
        for exchange, at in (("0230", "event 13"), ("0230", "event 14"), ("0231", "event 14"), ("0232", "event 9"))
    )


def passing() -> Report:
    """Build the report that everybody wants."""
    return report(checks=tuple(check(id, Outcome.PASS) for id in ("transport.responds", "chat.object", DONE)))


def hostile() -> Report:
    """Build a report in which everything a target can choose is `HOSTILE`."""
    words: dict[str, Any] = {
        "expected": HOSTILE,
        "actual": HOSTILE * 5000,
        "at": HOSTILE,
        "exchange": HOSTILE,
        "curl": HOSTILE,
        "sdk": HOSTILE,
    }
    return report(
        *(finding("chat.schema", scenario=f"{number} {HOSTILE}", **words) for number in range(40)),
        finding("chat.id", baselined=True, **words),
        checks=(
            check("request.n", Outcome.UNSUPPORTED, reason=HOSTILE),
            check("auth.code", Outcome.SKIP, reason=HOSTILE),
        ),
        target=Target(base_url=HOSTILE, model=HOSTILE, files=(HOSTILE,)),
        baseline=BaselineUse(covered=1, stale=(HOSTILE,), expired=(HOSTILE,)),
        notes=(HOSTILE,),
    )
