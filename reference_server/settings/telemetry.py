"""What is told of requests, and to whom."""

from typing import Annotated

from pydantic import AfterValidator, Field

from reference_server.settings.engines import base_url
from reference_server.settings.section import Section


class Telemetry(Section):
    """Where OpenTelemetry's spans and metrics go: an OTLP receiver over HTTP, `http://host:4318`; none is off."""

    otlp_endpoint: Annotated[str, AfterValidator(base_url)] | None = None
    service_name: Annotated[str, Field(min_length=1)] = "coze-server"
