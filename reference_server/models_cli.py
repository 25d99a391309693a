"""The commands `coze-server models`: what there is, taken from where, still whole?"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from reference_server.catalogue.adding import describe, enter, fetch
from reference_server.catalogue.index import Entry
from reference_server.catalogue.sources import read_source
from reference_server.catalogue.verifying import problems
from reference_server.settings import SettingsError

models = typer.Typer(name="models", help="Keep a folder of models, and its index.", no_args_is_help=True)
IndexPlace = Annotated[
    str, typer.Argument(metavar="INDEX", help="A folder, a `models.yaml`, or the address of one over HTTP.")
]
Folder = Annotated[Path, typer.Option("--model-dir", metavar="DIR", help="The folder of models.")]


@models.command("list")
def show(index: IndexPlace = ".") -> None:
    """List the models of an index: id, size, quantization, context, licence, tags."""
    with telling():
        entries = read_source(index).listed.models
    wide = max((len(each.id) for each in entries), default=0)
    for each in entries:
        about = f"{each.size / 10**6:>9.1f} MB  {each.quantization:<7} {each.context_length:>7}  {each.licence}"
        typer.echo(f"{each.id:<{wide}} {about}{'  ' if each.tags else ''}{', '.join(each.tags)}")


@models.command()
def add(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="An id of INDEX, or without one a GGUF file of DIR.")],
    model_dir: Folder,
    source: Annotated[
        str | None, typer.Option("--from", metavar="INDEX", help="The index to take it from, as for `list`.")
    ] = None,
    tag: Annotated[list[str] | None, typer.Option(metavar="TAG", help="What a file is good for; repeatable.")] = None,
) -> None:
    """Take a model from an index, or enter a file of the folder; what is not as its index says is refused."""
    told = progress(model)
    with telling():
        if source:
            entry = fetch(read_source(source), model, model_dir, told)
        else:
            entry = describe(model_dir / Path(model).name, tag or (), told)
            enter(entry, model_dir)
    typer.echo(f"{entry.id}: added")


@models.command()
def verify(model_dir: Folder) -> None:
    """Hold every model of a folder against its index; exit code 1 if one is not as it says."""
    with telling():
        entries = read_source(str(model_dir)).listed.models
    found = [outcome(each, model_dir) for each in entries]
    for each, problem in zip(entries, found, strict=True):
        typer.echo(f"{each.id}: {problem or 'ok'}")
    if any(found):
        raise typer.Exit(1)


def outcome(entry: Entry, folder: Path) -> str | None:
    """Return the first thing that is wrong with a model."""
    return next(problems(entry, folder / entry.file, progress(entry.id)), None)


@contextmanager
def telling() -> Iterator[None]:
    """Tell what is wrong in one line, and end with exit code 2."""
    try:
        yield
    except (SettingsError, OSError) as error:
        typer.echo(f"coze-server: {error}", err=True)
        raise typer.Exit(2) from error


def progress(name: str) -> Callable[[int], None]:
    """Return what counts bytes, and tells of every hundred million."""
    done, step = 0, 10**8

    def told(size: int) -> None:
        nonlocal done
        if (done + size) // step > done // step:
            typer.echo(f"{name}: {(done + size) / 10**6:.0f} MB", err=True)
        done += size

    return told
