"""What one request may hold, and the hosts whose URLs are passed on."""

import re
from functools import cached_property
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from reference_server.settings.section import Count, Section

HOST = r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?"
HOSTS = re.compile(rf"\*|(\*\.)?{HOST}(\.{HOST})*(:\d{{1,5}})?|\[[0-9a-f:.]+\](:\d{{1,5}})?")


def url_host(value: str) -> str:
    """Refuse what no host of a URL can ever be the same as."""
    if not HOSTS.fullmatch(value):
        problem = "a host like 'example.com', 'example.com:8443' or '*.example.com', in small letters and punycode"
        raise PydanticCustomError("url_host", problem)
    return value


UrlHost = Annotated[str, AfterValidator(url_host)]
"""`host` or `host:port` in small letters and punycode; `*.host` is all below it, `*` any."""


class RequestLimits(Section):
    """The most that one request may hold. `max_images` counts sounds and files as well; `max_depth` is of its JSON."""

    max_messages: Count = 2048
    max_images: Count = 50
    max_tools: Count = 128
    max_choices: Annotated[int, Field(gt=0, le=128)] = 128
    max_depth: Annotated[int, Field(gt=0, le=200)] = 64

    @cached_property
    def least(self) -> int:
        """A request of no more objects and arrays than this is within all limits but that of choices."""
        return min(self.max_messages, self.max_images, self.max_tools, self.max_depth)
