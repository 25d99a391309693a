"""Page: the help texts of every command, as printed."""

from typer import Typer
from typer.testing import CliRunner

from cozecheck.cli import app
from reference_server.cli import cli

WIDTH = 100
PASSED_ON = {"serve"}
"""Commands whose options are another program's."""
OWN = tuple(each.name for each in app.registered_commands if each.name and each.name not in PASSED_ON)
COMMANDS: tuple[tuple[Typer, str], ...] = (
    (app, "cozecheck"),
    *((app, f"cozecheck {name}") for name in OWN),
    (cli, "coze-server"),
    (cli, "coze-server check-config"),
    (cli, "coze-server explain-route"),
    (cli, "coze-server replay-routes"),
    (cli, "coze-server flaws"),
    (cli, "coze-server models list"),
    (cli, "coze-server models add"),
    (cli, "coze-server models verify"),
)
HEAD = """\
# Commands

An option is read from the command line, else from its environment variable, else from `cozecheck.toml` in the working
directory (or from the file that `--config` names), else it has its default. A key never stands in that file: it comes
from `--api-key` or the environment.

`cozecheck serve` is `coze-server`, with the same options; `--demo` says what to try.
"""


def page() -> str:
    """Write the page."""
    return "\n".join((HEAD, *(_section(program, command) for program, command in COMMANDS)))


def _section(program: Typer, command: str) -> str:
    name, *words = command.split()
    help_ = CliRunner().invoke(program, [*words, "--help"], prog_name=name, terminal_width=WIDTH).output
    return f"## {command}\n\n```text\n{help_.rstrip()}\n```\n"
