"""The command `coze-server`."""

import json
import logging
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from reference_server.app import create_app
from reference_server.flaws import FLAWS
from reference_server.serving import serve
from reference_server.settings import Settings, SettingsError, load, validated

EPILOG = "Without a subcommand, serves until SIGTERM or SIGINT."
cli = typer.Typer(
    name="coze-server",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=False,
)
ConfigFile = Annotated[Path | None, typer.Option("--config", metavar="FILE", help="The configuration, in YAML.")]


@cli.callback(invoke_without_command=True, epilog=EPILOG)
def run(
    context: typer.Context,
    config: ConfigFile = None,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 is a free one.")] = 8080,
    workers: Annotated[int, typer.Option(min=1, help="How many processes share the port.")] = 1,
    engine_type: Annotated[str | None, typer.Option(metavar="NAME", help="The default engine.")] = None,
    flaw: Annotated[str | None, typer.Option(metavar="NAME", help="Be wrong on purpose; see `flaws`.")] = None,
    api_key_env: Annotated[
        str | None, typer.Option(metavar="NAME", help="An environment variable that holds a key to demand.")
    ] = None,
) -> None:
    """Serve OpenAI's API in front of self-hosted engines."""
    if context.invoked_subcommand:
        return
    settings = configured(config, engine_type, api_key_env)
    logging.basicConfig(level=settings.log_level.upper(), format="%(levelname)s %(name)s: %(message)s")
    build = partial(create_app, settings, flaw=flaw)
    try:
        build()
        serve(build, host=host, port=port, workers=workers, announce=partial(announce, host, settings))
    except (ValueError, OSError) as error:
        raise failure(error) from error


@cli.command()
def check_config(file: Annotated[Path, typer.Argument(metavar="FILE", help="The configuration to check.")]) -> None:
    """Say whether a configuration can be used."""
    configured(file, None, None)
    typer.echo(f"{file}: ok")


@cli.command()
def flaws(as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """List the ways to be wrong on purpose, and the checks each must fail."""
    listed = [{"name": name, "summary": flaw.summary, "fails": list(flaw.fails)} for name, flaw in FLAWS.items()]
    if as_json:
        typer.echo(json.dumps(listed, indent=2))
        return
    for flaw in listed:
        typer.echo(f"{flaw['name']}: {flaw['summary']}  [{', '.join(flaw['fails'])}]")


def configured(config: Path | None, engine_type: str | None, api_key_env: str | None) -> Settings:
    """Return the settings of a file, or the defaults, with what the command line changes."""
    try:
        settings = load(config) if config else Settings()
        given = settings.model_dump()
        given["default_engine"] = engine_type or settings.default_engine
        given["keys"] = [*given["keys"], *([{"env": api_key_env}] if api_key_env else ())]
        return validated(given, "--engine-type")
    except SettingsError as error:
        raise failure(error) from error


def announce(host: str, settings: Settings, port: int) -> None:
    """Print the one line that others wait for."""
    address = f"[{host}]" if ":" in host else host
    print(f"coze-server: http://{address}:{port}{settings.openai_compatibility.endpoint}", flush=True)


def failure(error: Exception) -> typer.Exit:
    """Tell what is wrong, in one line; return exit code 2."""
    typer.echo(f"coze-server: {error}", err=True)
    return typer.Exit(2)


def main() -> None:
    """Run the command."""
    cli()
