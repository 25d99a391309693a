"""A certificate for this machine that nobody else trusts."""

import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

MISSING = "no openssl to make a certificate with: install Debian's or Alpine's package openssl"


class Certificate(NamedTuple):
    """Two files in PEM; `file` is also what a client has to trust, as SSL_CERT_FILE."""

    file: Path
    key: Path


def certificate(folder: Path, name: str = "server") -> Certificate:
    """Make a certificate for 127.0.0.1; skips the test where there is nothing to make it with."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip(MISSING)
    made = Certificate(folder / f"{name}.pem", folder / f"{name}.key")
    kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    whom = ["-subj", "/CN=coze-server", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(made.key), "-out", str(made.file)]
    subprocess.run([program, "req", *kind, *whom, *files], check=True, capture_output=True)
    return made
