"""JUnit XML, in the hands of those who read it: Jenkins' schema, and two libraries."""

import subprocess
import sys
from pathlib import Path

import junitparser
import pytest
from lxml import etree

from cozecheck.render.junit import render
from tests.render.examples import every_outcome, hostile, passing, report
from tests.render.gates import gated, hostile_gate

REPORTS = {
    "every outcome": every_outcome,
    "passing": passing,
    "hostile": hostile,
    "empty": report,
    "gated": gated,
    "hostile gate": hostile_gate,
}
SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).parent / "jenkins-junit.xsd"))


@pytest.mark.parametrize("name", REPORTS)
def test_it_fits_the_schema_of_jenkins(name: str) -> None:
    SCHEMA.assertValid(etree.fromstring(render(REPORTS[name]()).encode()))


def test_the_schema_sees_what_is_wrong() -> None:
    root = etree.fromstring(render(gated()).encode())
    del root[0][0].attrib["name"]
    assert not SCHEMA.validate(root)


@pytest.mark.parametrize("name", REPORTS)
def test_it_is_read(name: str) -> None:
    told = REPORTS[name]()
    read = junitparser.JUnitXml.fromstring(render(told).encode())
    cases = [case for suite in read for case in suite]
    assert len(cases) == read.tests
    assert sum(case.is_failure for case in cases) == read.failures


def test_items_of_the_checklist_are_cases() -> None:
    read = junitparser.JUnitXml.fromstring(render(gated()).encode())
    (suite,) = [suite for suite in read if suite.name == "checklist"]
    assert {case.name: case.is_failure for case in suite} == {
        "inventory.scanned": False,
        "endpoints.chat": True,
        "load.steps": False,
        "rollback.rehearsed": False,
        "cut-over.decided": True,
    }


def test_a_page_can_be_made_of_it(tmp_path: Path) -> None:
    file, page = tmp_path / "r.xml", tmp_path / "r.html"
    file.write_text(render(gated()), "utf-8")
    subprocess.run([sys.executable, "-m", "junit2htmlreport", file, page], check=True, capture_output=True)
    assert "chat.schema" in page.read_text("utf-8")
