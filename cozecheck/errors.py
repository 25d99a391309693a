"""Our own run failed: the two ways it can, and their exit codes."""


class CozecheckError(Exception):
    """Something about our run, not about the target; its text is one clear line."""

    exit_code = 3


class UsageError(CozecheckError):
    """Wrong options, configuration or input file: what, where, what to do."""

    exit_code = 2


class NoVerdictError(CozecheckError):
    """The run could not come to a verdict: target unreachable, nothing judged."""

    exit_code = 3
