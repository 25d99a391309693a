"""HTTPS: the certificate to show, and its key."""

from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext, SSLError

from reference_server.settings.section import Section, SettingsError


class Tls(Section):
    """A certificate with the chain behind it, and its key without a password, both in PEM."""

    certificate: Path
    key: Path

    def check(self) -> None:
        """Read the files; SettingsError where they can't be used. They are read again by a restart only."""
        for name, file in (("certificate", self.certificate), ("key", self.key)):
            try:
                file.read_bytes()
            except OSError as error:
                raise SettingsError(f"tls.{name}", f"{file} can't be read: {error.strerror}") from error
        try:
            # Without one at hand, a password would be asked for in the terminal.
            SSLContext(PROTOCOL_TLS_SERVER).load_cert_chain(self.certificate, self.key, password="")
        except SSLError as error:
            problem = f"{self.certificate} and {self.key} are no certificate and its key, without a password, in PEM"
            raise SettingsError("tls", problem) from error
