"""HTTPS: what is wrong with a certificate is said before anything is served."""

import json
import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from reference_server.settings import SettingsError, Tls
from tests.certificates import Certificate, certificate
from tests.reference_server.test_cli import run, started


def settings(folder: Path, made: Certificate) -> str:
    config = folder / "a.yaml"
    config.write_text(json.dumps({"tls": {"certificate": str(made.file), "key": str(made.key)}}))
    return str(config)


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_it_is_served_by_every_worker(tmp_path: Path, workers: str, version: ssl.TLSVersion) -> None:
    made = certificate(tmp_path)
    trusting = ssl.create_default_context(cafile=made.file)
    trusting.minimum_version = trusting.maximum_version = version
    with started("--config", settings(tmp_path, made), "--workers", workers) as (process, base):
        assert base.startswith("https://127.0.0.1:")
        for _ in range(8):
            assert httpx2.get(f"{base}/models", verify=trusting).status_code == 200
        process.terminate()
        assert process.wait(20) == 0


def missing(made: Certificate, _folder: Path) -> Certificate:
    return made._replace(file=made.file.with_suffix(".nope"))


def mixed_up(made: Certificate, _folder: Path) -> Certificate:
    return Certificate(made.key, made.file)


def of_another(made: Certificate, folder: Path) -> Certificate:
    return made._replace(key=certificate(folder, "another").key)


def locked(made: Certificate, folder: Path) -> Certificate:
    command = ["openssl", "pkcs8", "-topk8", "-in", str(made.key), "-out", str(folder / "locked"), "-passout", "pass:x"]
    subprocess.run(command, check=True)
    return made._replace(key=folder / "locked")


UNFIT = "are no certificate and its key, without a password, in PEM"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [(missing, "nope can't be read: No such file"), (mixed_up, UNFIT), (of_another, UNFIT), (locked, UNFIT)],
)
def test_files_that_are_not_good_are_told(
    tmp_path: Path, spoil: Callable[[Certificate, Path], Certificate], said: str
) -> None:
    made = spoil(certificate(tmp_path), tmp_path)
    with pytest.raises(SettingsError, match=said):
        Tls(certificate=made.file, key=made.key).check()


def test_the_command_tells_in_one_line(tmp_path: Path) -> None:
    made = mixed_up(certificate(tmp_path), tmp_path)
    done = run("--config", settings(tmp_path, made))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"coze-server: tls: {made.file} and {made.key} {UNFIT}\n"
