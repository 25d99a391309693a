"""What is told of an upstream that fails; its words and addresses stay here."""

from reference_server.errors import Refusal


class UpstreamFailure(Refusal):
    """An upstream that could not be asked, or did not keep to the protocol. `detail` is for the log."""

    def __init__(self, status: int, message: str, code: str, detail: str = "", *, retry: bool = True) -> None:
        """`retry` tells clients whether to try again."""
        headers = {} if retry else {"x-should-retry": "false"}
        super().__init__(status, message, code=code, kind="server_error", headers=headers)
        self.detail = detail


class UpstreamUnreachable(UpstreamFailure):
    """No connection."""

    def __init__(self) -> None:
        super().__init__(502, "The engine can't be reached.", "upstream_unreachable")


class UpstreamSilent(UpstreamFailure):
    """No connection, no answer or nothing more of it in time."""

    def __init__(self) -> None:
        super().__init__(504, "The engine did not answer in time.", "timeout")


class UpstreamBroken(UpstreamFailure):
    """An answer that ends too early, or is none."""

    def __init__(self, detail: str) -> None:
        super().__init__(502, "The engine sent no valid answer.", "upstream_broken", detail)


class UpstreamRefusedUs(UpstreamFailure):
    """The upstream does not take this server's own key; the client can't help it."""

    def __init__(self, status: int) -> None:
        message = "The engine did not accept this server's own credentials. This is for its operator to mend."
        super().__init__(502, message, "upstream_refused", f"status {status}", retry=False)
