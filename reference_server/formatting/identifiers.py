"""Identifiers in OpenAI's shapes, out of a random source that is passed in."""

import string
from hashlib import blake2b
from random import Random

BASE62 = (string.ascii_letters + string.digits).encode()
OF_A_BYTE = bytes(BASE62[byte % len(BASE62)] for byte in range(256))


def letters(count: int, entropy: Random) -> str:
    """Return so many letters and digits."""
    # Some come up a little oftener than others: that makes an id no easier to guess, and is twenty times as fast.
    return entropy.randbytes(count).translate(OF_A_BYTE).decode()


def completion_id(entropy: Random) -> str:
    """Return `chatcmpl-` and 29 letters and digits."""
    return f"chatcmpl-{letters(29, entropy)}"


def lettered_id(prefix: str, entropy: Random) -> str:
    """Return the prefix, `-` and 29 letters and digits, as completions and moderations have."""
    return f"{prefix}-{letters(29, entropy)}"


def request_id(entropy: Random) -> str:
    """Return `req_` and 32 hexadecimal digits."""
    return f"req_{entropy.getrandbits(128):032x}"


def hexadecimal_id(prefix: str, entropy: Random) -> str:
    """Return the prefix, `_` and 50 hexadecimal digits, as responses and their items have."""
    return f"{prefix}_{entropy.getrandbits(200):050x}"


def file_id(entropy: Random) -> str:
    """Return `file-` and 22 letters and digits."""
    return f"file-{letters(22, entropy)}"


def batch_id(prefix: str, entropy: Random) -> str:
    """Return the prefix, `_` and 32 hexadecimal digits, as batches and their requests have."""
    return f"{prefix}_{entropy.getrandbits(128):032x}"


def fingerprint(engine: str) -> str:
    """Return the `system_fingerprint` of an engine: the same for as long as its name is."""
    return f"fp_{blake2b(engine.encode(), digest_size=5).hexdigest()}"
