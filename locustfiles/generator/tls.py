"""TLS between memory buffers, so that the socket stays ours to read and time."""

import ssl

PIECE = 65_536


class Tls:
    """One TLS session: ciphertext in and out, plaintext in and out."""

    def __init__(self, context: ssl.SSLContext, host: str) -> None:
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._session = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)

    def shake_hands(self, received: bytes = b"") -> bool:
        """Go on with the handshake; return whether it is over. SSLError where it fails."""
        self._incoming.write(received)
        try:
            self._session.do_handshake()
        except ssl.SSLWantReadError:
            return False
        return True

    def encrypt(self, plain: bytes) -> bytes:
        """Return what to send for *plain*."""
        self._session.write(plain)
        return self.outgoing()

    def outgoing(self) -> bytes:
        """Return what the session itself has to send."""
        return self._outgoing.read()

    def decrypt(self, received: bytes | memoryview) -> tuple[bytes, bool]:
        """Return the plaintext that *received* completes, and whether the server has said it is through."""
        self._incoming.write(received)
        pieces = []
        try:
            while piece := self._session.read(PIECE):
                pieces.append(piece)
        except ssl.SSLWantReadError:
            return b"".join(pieces), False
        except ssl.SSLZeroReturnError:
            pass
        return b"".join(pieces), True
