"""The classics, diagnosed from the evidence; and who breaks by what fails."""

from cozecheck.findings import Outcome
from cozecheck.listed import Diagnosis
from cozecheck.measured import Health, Load, Measure, Second
from tests.checklist.builders import PLAIN, filled, finding, report, result


def diagnosis(id: str, *reports: object, **more: object) -> Diagnosis | None:
    found = filled(*reports, **more).diagnoses  # type: ignore[arg-type]
    return next((each for each in found if each.id == id), None)


def test_where_all_is_well_nothing_is_diagnosed() -> None:
    assert filled(report(result("chat.schema"), uses=PLAIN), asked={"m": ""}).diagnoses == ()


def test_a_model_that_is_not_found_names_the_place_and_the_rule() -> None:
    found = diagnosis("model-not-found", report(uses=PLAIN), asked={"m": "no such model"})
    assert found is not None
    assert "m, asked for in a.py:4, does not answer (no such model)" in found.told[0]
    assert "coze-server explain-route m" in found.told[0]


def test_an_answer_that_cannot_be_read_is_told_field_by_field_what_raises_first() -> None:
    shape = finding("chat.object", at="/object", operation="chat")
    worse = finding("chat.choices-present", at="/choices", operation="chat", sdk="raises TypeError")
    found = diagnosis("unreadable", report(findings=(shape, shape, worse)))
    assert found is not None
    assert [line.partition(":")[0] for line in found.told] == ["chat /choices", "chat /object"]
    assert "openai-python raises TypeError" in found.told[0]


def test_slowness_is_looked_for_in_the_queue() -> None:
    load = Load(
        series=(Second(0.0, waiting=10.0), Second(1.0, waiting=20.0)),
        measures=(Measure("all", "ttft", 9, 1, 1, 1, 2, 3, 3), Measure("all", "e2e", 9, 1, 1, 1, 4, 5, 5)),
        health=Health(cpu=0.5),
    )
    found = diagnosis("slow", report(result("load.slo.ttft", Outcome.FAIL, family="load.slo"), load=load))
    assert found is not None
    assert found.told[0].startswith("queue: 15.0 on average, 20 at most; requests wait for their turn")
    assert "p95: 2 s to the first token, 4 s to the end" in found.told
    assert any("50% of a core" in line for line in found.told)


def test_impacts_group_by_client_the_most_broken_first() -> None:
    findings = (
        finding("chat.object", breaks=("typed clients", "openai-python: raises"), remedy="Say it.", evidence=("a#1",)),
        finding("chat.schema", breaks=("openai-python: TypeError",), remedy="Mend it."),
        finding("auth.code", breaks=("nobody",), baselined=True),
    )
    failed = result("chat.object", Outcome.FAIL, family="chat")
    first, second = filled(report(failed, findings=findings)).impacts
    assert (first.client, first.checks, first.remedies) == (
        "openai-python",
        ("chat.object", "chat.schema"),
        ("Say it.", "Mend it."),
    )
    assert (second.client, second.items, second.evidence) == ("typed clients", ("endpoints.chat",), ("a#1",))
