"""Sends that carry multipart forms."""

from collections.abc import Mapping

from cozecheck.scenarios.sending import Send

BOUNDARY = "cozecheck-7d1f03c5a96e4b28"


def form(
    name: str, path: str, fields: Mapping[str, str], *, file: tuple[str, str, bytes] | None = None, wrong: str = ""
) -> Send:
    """Make a send of *fields* and a *file*: its name, its media type, its bytes."""
    parts = [f'name="{key}"\r\n\r\n{value}'.encode() for key, value in fields.items()]
    if file:
        filename, media_type, content = file
        head = f'name="file"; filename="{filename}"\r\nContent-Type: {media_type}\r\n\r\n'
        parts.append(head.encode() + content)
    mark = f"--{BOUNDARY}".encode()
    body = b"".join(mark + b"\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts)
    header = ("content-type", f"multipart/form-data; boundary={BOUNDARY}")
    return Send(name, path=path, content=body + mark + b"--\r\n", headers=(header,), wrong=wrong)
