"""Canaries: a word in each request that must come back in its own answer, and in no other."""

import re
from hashlib import blake2b

NUMBER, CHECK = 8, 6
_RUN = 4


class Canaries:
    """Issues the canaries of one process, and knows those of the whole run when it sees them.

    A canary is `cz`, four digits of the run, a number, and six digits of a checksum over these: a model that garbles
    its own makes none that is somebody else's.
    """

    def __init__(self, run: str, process: int = 0) -> None:
        """*run* is the same in all processes of a run; *process* tells them apart."""
        self._run = blake2b(run.encode(), digest_size=_RUN // 2).hexdigest()
        self._secret = run.encode()
        self._next = process << 24
        self._pattern = re.compile(rf"cz{self._run}([0-9a-f]{{{NUMBER}}})([0-9a-f]{{{CHECK}}})")

    def issue(self) -> str:
        """Return a canary that no other request of the run carries."""
        self._next += 1
        number = f"{self._next & 0xFFFFFFFF:0{NUMBER}x}"
        return f"cz{self._run}{number}{self._check(number)}"

    def foreign(self, own: str, text: str) -> str:
        """Return a canary of another request that stands in *text*; empty where there is none."""
        for match in self._pattern.finditer(text):
            if match[0] != own and self._check(match[1]) == match[2]:
                return match[0]
        return ""

    def _check(self, number: str) -> str:
        return blake2b(number.encode(), key=self._secret[:64], digest_size=CHECK // 2).hexdigest()
