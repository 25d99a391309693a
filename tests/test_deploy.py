"""The image and the manifests, held against the server that they are for."""

import ast
import re
import shutil
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml

import reference_server
from reference_server.settings import Settings, parse
from tests.dockerfile import Image, copied, said, steps
from tests.reference_server.test_cli import started

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
DOCKERFILE = steps(ROOT / "Dockerfile")
PIN = re.compile(r"^([\w.-]+)==([^ ]+)", re.MULTILINE)


def manifests() -> dict[str, Any]:
    """Return Kubernetes' objects by their kind."""
    found = [yaml.safe_load(file.read_text()) for file in (DEPLOY / "kubernetes").glob("*.yaml")]
    return {manifest["kind"]: manifest for manifest in found}


def adapter() -> dict[str, Any]:
    """Return the one container."""
    (container,) = manifests()["Deployment"]["spec"]["template"]["spec"]["containers"]
    return dict(container)


def configured() -> Settings:
    """Return what the ConfigMap says."""
    return parse(manifests()["ConfigMap"]["data"]["adapter_config.yaml"], "configmap")


def composed() -> dict[str, Any]:
    return dict(yaml.safe_load((DEPLOY / "compose.yaml").read_text()))


# The image


@pytest.mark.timeout(900)
def test_the_image_is_built_runs_and_is_healthy(tmp_path: Path) -> None:
    image = Image(tmp_path, ROOT)
    image.build(DOCKERFILE)
    installed = {path.name for path in image.place("/opt/coze").glob("lib/python*/site-packages/*")}
    assert {"reference_server", "granian"} <= installed
    assert not {"locust", "pytest", "hypothesis"} & installed
    command = image.here([*said(DOCKERFILE, "ENTRYPOINT").words, *said(DOCKERFILE, "CMD").words])
    with subprocess.Popen(
        [*command, "--port", "0"], stdout=subprocess.PIPE, text=True, env=image.environment(), cwd=tmp_path
    ) as server:
        assert server.stdout
        port = re.search(r":(\d+)/v1", server.stdout.readline())
        try:
            assert port
            assert httpx2.get(f"http://127.0.0.1:{port[1]}/v1/models").status_code == 200
            check = said(DOCKERFILE, "HEALTHCHECK").text.partition(" CMD ")[2]
            assert shutil.which(check.split()[0]), "the check's program comes with Alpine, here it has to be installed"
            subprocess.run(["/bin/sh", "-c", check.replace("8080", port[1])], check=True)
        finally:
            server.terminate()
        assert server.wait(30) == 0


def test_the_image_runs_as_nobody_in_particular_and_holds_no_secret() -> None:
    assert int(said(DOCKERFILE, "USER").text) > 0
    assert not [
        step for step in DOCKERFILE if step.name in ("ENV", "ARG") and re.search("(?i)key|secret|token", step.text)
    ]
    assert all(step.text.startswith("python:") or "-alpine" in step.text for step in DOCKERFILE if step.name == "FROM")


def test_what_the_image_copies_is_let_in_and_nothing_else() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    let_in = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    assert "*" in ignored
    assert let_in == {source for step in DOCKERFILE if step.name == "COPY" for source in copied(step)}
    assert all((ROOT / path).exists() for path in let_in)


def test_the_image_has_the_versions_that_are_tested() -> None:
    tested = dict(PIN.findall((ROOT / "constraints.txt").read_text()))
    pinned = dict(PIN.findall((DEPLOY / "requirements.txt").read_text()))
    assert pinned.items() <= tested.items()


def test_the_image_has_what_the_server_imports() -> None:
    distributions = packages_distributions()
    named = {
        re.sub(r"\[.*", "", line) for line in (DEPLOY / "requirements.in").read_text().splitlines() if line[0] != "#"
    }
    pinned = {name for name, _ in PIN.findall((DEPLOY / "requirements.txt").read_text())}
    needed = {frozenset(name.lower().replace("_", "-") for name in distributions[module]) for module in imported()}
    assert named <= pinned
    assert [names for names in needed if not names & pinned] == []


OF_EXTRAS = {"xllamacpp"}
"""It has no wheel for Alpine: whoever runs models builds an image of their own."""


def imported() -> set[str]:
    """Return the modules of others that the server imports."""
    files = Path(reference_server.__file__).parent.rglob("*.py")
    nodes = [node for file in files for node in ast.walk(ast.parse(file.read_text()))]
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    taken = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    modules = {name.partition(".")[0] for name in plain | taken}
    return modules - sys.stdlib_module_names - {"reference_server"} - OF_EXTRAS


# The compose file


def test_the_compose_file_configures_a_server_that_finds_its_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    compose = composed()
    service = compose["services"]["adapter"]
    settings = parse(compose["configs"]["adapter_config"]["content"], "compose")
    monkeypatch.setenv("REDIS_URL", service["environment"]["REDIS_URL"])
    assert settings.cache.redis
    assert settings.cache.redis.address() == "redis://redis:6379/0"
    assert int(service["stop_grace_period"].removesuffix("s")) > settings.drain_delay + settings.drain_timeout
    assert service["configs"][0]["target"] in said(DOCKERFILE, "CMD").words
    assert service["ports"] == [f"{port}:{port}" for port in said(DOCKERFILE, "EXPOSE").words]


# The manifests for Kubernetes


def test_the_pod_has_the_time_that_the_server_takes_to_drain() -> None:
    grace = manifests()["Deployment"]["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]
    assert grace >= configured().drain_delay + configured().drain_timeout + 5


def test_the_environment_holds_what_the_configuration_names() -> None:
    settings = configured()
    given = {variable["name"] for variable in adapter()["env"]}
    assert settings.cache.redis
    assert {key.env for key in settings.keys} | {settings.cache.redis.env} == given
    assert all(set(variable) == {"name", "valueFrom"} for variable in adapter()["env"])


def test_ports_and_paths_agree() -> None:
    (port,) = adapter()["ports"]
    (shown,) = manifests()["Service"]["spec"]["ports"]
    (volume,) = [mount for mount in adapter()["volumeMounts"] if mount["name"] == "config"]
    args = adapter()["args"]
    assert shown["targetPort"] == port["name"]
    assert str(port["containerPort"]) == args[args.index("--port") + 1] == said(DOCKERFILE, "EXPOSE").text
    assert args[args.index("--config") + 1] == f"{volume['mountPath']}/adapter_config.yaml"
    assert set(said(DOCKERFILE, "CMD").words) <= set(args)


def test_selectors_find_the_pods() -> None:
    found = manifests()
    labels = found["Deployment"]["spec"]["template"]["metadata"]["labels"]
    selectors = [found[kind]["spec"]["selector"]["matchLabels"] for kind in ("Deployment", "PodDisruptionBudget")]
    assert [*selectors, found["Service"]["spec"]["selector"]] == [labels] * 3
    assert found["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]["name"] == found["Deployment"]["metadata"]["name"]


def test_a_server_answers_the_probes_and_counts_what_the_autoscaler_asks_for(tmp_path: Path) -> None:
    (metric,) = manifests()["HorizontalPodAutoscaler"]["spec"]["metrics"]
    annotations = manifests()["Deployment"]["spec"]["template"]["metadata"]["annotations"]
    with started("--config", str(DEPLOY / "adapter_config.yaml")) as (_, base):
        root = base.removesuffix("/v1")
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            assert httpx2.get(root + adapter()[probe]["httpGet"]["path"]).status_code == 200
        counted = httpx2.get(root + annotations["prometheus.io/path"]).text
    assert re.search(rf"^{metric['pods']['metric']['name']}{{", counted, re.MULTILINE)


def test_a_server_takes_the_configuration(tmp_path: Path) -> None:
    config = tmp_path / "adapter_config.yaml"
    config.write_text(manifests()["ConfigMap"]["data"]["adapter_config.yaml"])
    command = [sys.executable, "-m", "reference_server", "check-config", str(config)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == f"{config}: ok\n"
