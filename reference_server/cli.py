"""The command `coze-server`."""

import asyncio
import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Literal

import typer

from reference_server.app import Application, create_app
from reference_server.catalogue.index import models_of
from reference_server.errors import Refusal
from reference_server.flaws import FLAWS
from reference_server.logs import configure
from reference_server.models_cli import models
from reference_server.routing.configured import plan as plan_of
from reference_server.routing.plan import Plan
from reference_server.routing.trace import replayed_lines
from reference_server.serving import serve
from reference_server.settings import AnyEngine, Key, LlamaEngine, Route, Settings, SettingsError, changed, load

LLAMA: Literal["llama"] = "llama"
EPILOG = "Without a subcommand, serves until SIGTERM or SIGINT."
cli = typer.Typer(
    name="coze-server",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=False,
)
cli.add_typer(models)
log = logging.getLogger(__name__)
ConfigFile = Annotated[Path | None, typer.Option("--config", metavar="FILE", help="The configuration, in YAML.")]


@cli.callback(invoke_without_command=True, epilog=EPILOG)
def run(
    context: typer.Context,
    config: ConfigFile = None,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 is a free one.")] = 8080,
    workers: Annotated[
        int | None, typer.Option(min=1, help="How many processes share the port; else it is `worker_processes`.")
    ] = None,
    model_dir: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A folder of models, to show and to route to the default engine.")
    ] = None,
    engine_type: Annotated[str | None, typer.Option(metavar="NAME", help="The default engine.")] = None,
    flaw: Annotated[str | None, typer.Option(metavar="NAME", help="Be wrong on purpose; see `flaws`.")] = None,
    api_key_env: Annotated[
        str | None, typer.Option(metavar="NAME", help="An environment variable that holds a key to demand.")
    ] = None,
) -> None:
    """Serve OpenAI's API in front of self-hosted engines.

    Without a configuration it is one process: what is kept for later is kept in its memory.
    """
    if context.invoked_subcommand:
        return
    source = Source(config, model_dir, engine_type, api_key_env)
    settings = read(source)
    configure(settings.log_level, settings.log_format)
    workers = workers or (settings.worker_processes if config else 1)
    try:
        asyncio.run(create_app(settings, flaw=flaw).check())
        with shared_folder(workers) as shared:
            serve(
                partial(create_app, settings, flaw=flaw, shared=shared),
                settings,
                host=host,
                port=port,
                workers=workers,
                announce=partial(announce, host, settings),
                reload=partial(reload, source),
            )
    except (ValueError, OSError) as error:
        raise failure(error) from error


@cli.command()
def check_config(file: Annotated[Path, typer.Argument(metavar="FILE", help="The configuration to check.")]) -> None:
    """Say whether a configuration can be used."""
    planned(Source(file))
    typer.echo(f"{file}: ok")


@cli.command()
def explain_route(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A name as clients say it.")], config: ConfigFile = None
) -> None:
    """Say which aliases and rules are tried for a model, and why each missed; exit code 1 if none matches."""
    explanation = planned(Source(config)).rules.explain(model)
    for line in explanation.lines():
        typer.echo(line)
    if explanation.pool is None:
        raise typer.Exit(1)


@cli.command()
def replay_routes(
    trace: Annotated[Path, typer.Argument(metavar="TRACE", help="What `route_trace` has written.")],
    config: ConfigFile = None,
) -> None:
    """Make the decisions of a trace again; exit code 1 if one comes out otherwise."""
    plan, count, others = planned(Source(config)), 0, 0
    try:
        for record, again in replayed_lines(plan, trace.read_text("utf-8").splitlines()):
            count += 1
            if again != record.decision:
                others += 1
                typer.echo(f"{record.facts.model}: was {record.decision.tries}, is {again.tries}")
    except (OSError, ValueError, KeyError, TypeError, Refusal) as error:
        raise failure(ValueError(f"{trace}: is no trace of this configuration: {error}")) from error
    typer.echo(f"{count} decisions, {others} come out otherwise")
    if others:
        raise typer.Exit(1)


@cli.command()
def flaws(as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """List the ways to be wrong on purpose, and the checks each must fail."""
    listed = [{"name": name, "summary": flaw.summary, "fails": list(flaw.fails)} for name, flaw in FLAWS.items()]
    if as_json:
        typer.echo(json.dumps(listed, indent=2))
        return
    for flaw in listed:
        typer.echo(f"{flaw['name']}: {flaw['summary']}  [{', '.join(flaw['fails'])}]")


@dataclass(frozen=True)
class Source:
    """Where settings come from: a file, and what the command line says besides."""

    config: Path | None = None
    model_dir: Path | None = None
    engine_type: str | None = None
    api_key_env: str | None = None

    def settings(self) -> Settings:
        """Read the file anew; SettingsError for whatever is wrong."""
        settings = load(self.config) if self.config else Settings()
        changes: dict[str, Any] = {}
        if self.engine_type:
            changes["default_engine"] = self.engine_type
        if self.api_key_env:
            changes["keys"] = [*settings.keys, Key(env=self.api_key_env)]
        if self.model_dir:
            found = list(models_of(self.model_dir))
            known = settings.models if "models" in settings.model_fields_set else ()
            changes["models"] = [*known, *found]
            changes["engines"] = self._engines(settings, self.model_dir)
            changes["routes"] = [*(Route(pattern=re.escape(model.id)) for model in found), *settings.routes]
        return changed(settings, changes, "--engine-type")

    def _engines(self, settings: Settings, folder: Path) -> list[AnyEngine]:
        """Return the engines with their folder of models; one of llama.cpp need not be configured to be the default."""
        engines: list[AnyEngine] = [
            each.model_copy(update={"model_dir": each.model_dir or folder}) if isinstance(each, LlamaEngine) else each
            for each in settings.engines
        ]
        if self.engine_type == LLAMA and all(each.name != LLAMA for each in engines):
            engines.append(LlamaEngine(name=LLAMA, type=LLAMA, model_dir=folder))
        return engines


def planned(source: Source) -> Plan:
    """Return the routes, or end with what is wrong with them."""
    try:
        return plan_of(read(source))
    except ValueError as error:
        raise failure(error) from error


@contextmanager
def shared_folder(workers: int) -> Iterator[Path | None]:
    """Give the workers a folder in common while the block lasts; one alone needs none."""
    if workers == 1:
        yield None
        return
    with TemporaryDirectory(prefix="coze-server-") as folder:
        yield Path(folder)


def read(source: Source) -> Settings:
    """Return the settings, or end with what is wrong with them."""
    try:
        return source.settings()
    except SettingsError as error:
        raise failure(error) from error


def reload(source: Source, app: Application) -> None:
    """Read routes and keys anew; settings that can't be used change nothing."""
    try:
        app.reload(source.settings())
    except ValueError as error:
        log.error("not reloaded: %s", error)  # noqa: TRY400  (the message says it all)


def announce(host: str, settings: Settings, port: int) -> None:
    """Print the one line that others wait for."""
    address = f"[{host}]" if ":" in host else host
    scheme = "https" if settings.tls else "http"
    print(f"coze-server: {scheme}://{address}:{port}{settings.openai_compatibility.endpoint}", flush=True)


def failure(error: Exception) -> typer.Exit:
    """Tell what is wrong, in one line; return exit code 2."""
    typer.echo(f"coze-server: {error}", err=True)
    return typer.Exit(2)


def main() -> None:
    """Run the command."""
    cli()
