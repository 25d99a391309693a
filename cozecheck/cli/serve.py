"""`cozecheck serve`: the reference server, by its own command."""

import os
import sys

import typer

PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
DEMO = "--demo"
WALK = """\
A server to play with. In another terminal:

  export OPENAI_BASE_URL=http://127.0.0.1:8080/v1 OPENAI_API_KEY=anything
  curl -sN $OPENAI_BASE_URL/chat/completions -d '{"model": "gpt-4o-mini", "stream": true,
    "messages": [{"role": "user", "content": "Hello"}]}' -H 'content-type: application/json'

  cozecheck conformance --base-url $OPENAI_BASE_URL --select chat      it conforms
  cozecheck list flaws                                                 in how many ways it can be wrong
  cozecheck conformance --flaw stream-no-done --select chat.stream     and what that looks like
  cozecheck explain chat.stream.done-terminator                        why it matters, and to whom
  cozecheck scan src                                                   what your own code relies on
  cozecheck init && cozecheck gate                                     and whether it would work here

Ctrl-C ends the server.
"""


def serve(context: typer.Context) -> None:
    """Run the reference server; takes coze-server's options."""
    arguments = [each for each in context.args if each != DEMO]
    if DEMO in context.args:
        typer.echo(WALK)
        sys.stdout.flush()
    # In our place, not beside us: signals and exit codes are its own.
    os.execv(sys.executable, [sys.executable, "-m", "reference_server", *arguments])  # noqa: S606
