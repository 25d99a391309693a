"""Evidence, built."""

from datetime import date
from typing import Any

from cozecheck.checklist import Evidence, Signature, Terms, fill
from cozecheck.checklist.pooling import pool
from cozecheck.findings import Basis, CheckResult, Finding, Level, Outcome, Report, Run, Target, Tool
from cozecheck.listed import Checklist, Item
from cozecheck.used import Use, UseKind, Uses

TODAY = date(2026, 11, 23)
CHAT = "chat.completions.create"
PLAIN = Uses(2, (Use(UseKind.OPERATION, CHAT, CHAT, "a.py", 3), Use(UseKind.MODEL, "m", CHAT, "a.py", 4)))


def result(id: str, outcome: Outcome = Outcome.PASS, **more: Any) -> CheckResult:
    judged = outcome in (Outcome.PASS, Outcome.FAIL, Outcome.WARN, Outcome.INFO)
    given = {"judged": int(judged), "failed": int(judged and outcome is not Outcome.PASS), "reason": "", **more}
    family = given.pop("family", id.rpartition(".")[0])
    return CheckResult(id, family, outcome, Level.MUST, Basis.SPEC, f"{id} holds.", "spec", **given)


def finding(id: str, **more: Any) -> Finding:
    return Finding(id, Outcome.FAIL, Level.MUST, Basis.SPEC, f"{id} holds.", "a", "b", **more)


def report(*checks: CheckResult, kind: str = "conformance", **more: Any) -> Report:
    given = {"findings": (), "target": Target("http://127.0.0.1:1/v1", "m"), **more}
    return Report(
        kind=kind, tool=Tool("cozecheck", "0", "3"), run=Run("2026-11-23T10:00:00Z", 1.0), checks=checks, **given
    )


def filled(
    *reports: Report,
    signed: tuple[Signature, ...] = (),
    required: tuple[str, ...] = (),
    asked: dict[str, str] | None = None,
) -> Checklist:
    whole = pool("checklist", reports, Run("2026-11-23T10:00:00Z", 1.0))
    return fill(Evidence(reports, whole, asked or {}), Terms(signed, required, TODAY))


def item(id: str, checklist: Checklist) -> Item:
    return next(each for each in checklist.items if each.id == id)
