"""The manifests of a distributed load, held against the commands that they run."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from cozecheck.load import Crew
from tests.cli.commands import parameters
from tests.dockerfile import copied, said, steps

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy" / "load"
SERVICE, MASTER, WORKERS = yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text())
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
DOCKERFILE = steps(DEPLOY / "Dockerfile")


def pod(job: dict[str, Any]) -> dict[str, Any]:
    return dict(job["spec"]["template"]["spec"])


def container(job: dict[str, Any]) -> dict[str, Any]:
    (found,) = pod(job)["containers"]
    return dict(found)


def composed(name: str) -> list[str]:
    """Return a command as compose runs it, where nothing is set."""
    return [re.sub(r"\$\{\w+:-(.*?)\}", r"\1", word) for word in COMPOSE["services"][name]["command"]]


@pytest.mark.parametrize("command", [container(MASTER)["args"], composed("master")], ids=["kubernetes", "compose"])
def test_the_master_waits_for_as_many_as_come(command: list[str]) -> None:
    found = parameters(*command)
    assert found["expect_workers"] == WORKERS["spec"]["parallelism"] == WORKERS["spec"]["completions"] == 4
    assert Crew(joining=4, host=found["host"], port=found["port"]).host == "0.0.0.0"
    assert "--scale worker=4" in (DEPLOY / "compose.yaml").read_text()


def test_workers_find_the_master() -> None:
    name, port = SERVICE["metadata"]["name"], SERVICE["spec"]["ports"][0]["port"]
    assert parameters(*container(WORKERS)["args"])["address"] == f"{name}:{port}"
    assert SERVICE["spec"]["selector"].items() <= MASTER["spec"]["template"]["metadata"]["labels"].items()
    assert not SERVICE["spec"]["selector"].items() <= WORKERS["spec"]["template"]["metadata"]["labels"].items()
    assert parameters(*composed("worker"))["address"] == f"master:{port}"
    assert parameters(*container(MASTER)["args"])["port"] == port


@pytest.mark.parametrize("job", [MASTER, WORKERS], ids=["master", "workers"])
def test_a_pod_may_little_and_runs_once(job: dict[str, Any]) -> None:
    closed = container(job)["securityContext"]
    assert closed["readOnlyRootFilesystem"]
    assert closed["capabilities"] == {"drop": ["ALL"]}
    assert pod(job)["securityContext"]["runAsNonRoot"]
    assert (pod(job)["restartPolicy"], job["spec"]["backoffLimit"]) == ("Never", 0)


def test_the_key_comes_out_of_a_secret() -> None:
    for job in (MASTER, WORKERS):
        (key,) = container(job)["env"]
        assert key["name"] == "OPENAI_API_KEY"
        assert key["valueFrom"]["secretKeyRef"] == {"name": "cozecheck-load", "key": "api-key"}
    assert COMPOSE["services"]["worker"]["environment"] == COMPOSE["services"]["master"]["environment"]


def test_the_image_holds_what_a_load_needs_and_runs_as_nobody_in_particular() -> None:
    assert int(said(DOCKERFILE, "USER").text) > 0
    assert said(DOCKERFILE, "ENTRYPOINT").words == ["cozecheck"]
    brought = {each for step in DOCKERFILE if step.name == "COPY" for each in copied(step)}
    assert {"cozecheck", "locustfiles", "reference_server", "constraints.txt"} <= brought
