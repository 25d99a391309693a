"""A first `cozecheck.toml`: what is asked, what a scan finds, and the text that comes of it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import typer

from cozecheck import checklist
from cozecheck.cli import output, scanning
from cozecheck.cli.asking import named
from cozecheck.errors import UsageError
from cozecheck.probe import Endpoint
from cozecheck.render.scanned import headline
from cozecheck.used import Uses

ENDING = ".toml"
FOLDERS = ("src", "app", "lib")
"""Where code lies, in most projects."""
REPORTS = ("json=.cozecheck/gate.json", "html=.cozecheck/gate.html", "junit=.cozecheck/gate.xml")
SIGNATURES = Path("signatures.toml")


@dataclass(frozen=True, slots=True)
class Wish:
    """What the file is to say."""

    scan: tuple[Path, ...] = ()
    base_url: str | None = None
    cassettes: tuple[Path, ...] = ()
    load: str = ""
    required: tuple[str, ...] = field(default=("inventory.scanned", "models.answer"))


def asked(base_url: str | None) -> Wish:
    """Ask a person."""
    url = base_url or typer.prompt(
        "Base URL of the new server (empty: the bundled one)", default="", show_default=False
    )
    usual = next((name for name in FOLDERS if Path(name).is_dir()), ".")
    code = typer.prompt("Folder of the application's code", default=usual)
    tapes = typer.prompt("Recordings to replay (empty: none)", default="", show_default=False)
    load = "smoke" if typer.confirm("Half a minute of load, too?", default=False) else ""
    return Wish((Path(code),), url or None, (Path(tapes),) if tapes else (), load)


def write(wish: Wish, path: Path, *, force: bool) -> Iterator[str]:
    """Write the file and one for signatures; yield what to tell. Raises UsageError where that cannot be done."""
    output.writable(path, ENDING)
    if path.exists() and not force:
        raise UsageError(f"{path} is there already; --force writes over it")
    if wish.base_url:
        Endpoint(wish.base_url)
    folders = wish.scan or tuple(Path(name) for name in FOLDERS if Path(name).is_dir()) or (Path(),)
    uses = scanning.scan(folders).uses or Uses()
    output.write(path, text(wish, folders, uses))
    yield f"{path} is written: {headline(uses)}"
    signatures = path.parent / SIGNATURES
    if not signatures.exists():
        output.write(signatures, unsigned(uses))
        yield f"{signatures} is written, for what only people can vouch for"
    if not uses.found:
        yield f"nothing was found in {', '.join(map(str, folders))}: set `scan` to where the code is"
    yield "next: cozecheck gate"


def text(wish: Wish, folders: Sequence[Path], uses: Uses) -> str:
    """Return the file: what is set, and what else could be, as comments."""
    models: Mapping[str, str] = {field: name for name, field, _ in reversed(tuple(named(uses)))}
    base_url = (
        _line("base-url", wish.base_url)
        if wish.base_url
        else '# base-url = "http://127.0.0.1:8080/v1"  # else the bundled server'
    )
    cassettes = _line("cassettes", [path.as_posix() for path in wish.cassettes])
    lines = (
        "# What `cozecheck gate` asks for. Every option of it can stand here; the key stays in OPENAI_API_KEY.",
        "",
        base_url,
        *(_line(key.replace("_", "-"), name) for key, name in models.items()),
        "",
        "# What the application uses decides what is judged.",
        _line("scan", [folder.as_posix() for folder in folders]),
        "",
        "# Recorded traffic that is replayed: `cozecheck record --proxy` makes it.",
        cassettes if wish.cassettes else f"# {_line('cassettes', ['cassettes'])}",
        "",
        "# A load profile (`cozecheck list profiles`) and what it must hold.",
        _line("load", wish.load) if wish.load else f"# {_line('load', 'smoke')}",
        f"# {_line('slo', ['ttft_p95 < 2s', 'error_rate < 1%'])}",
        "",
        "# Items of the checklist that shut the gate while they are unknown (`cozecheck list checklist`).",
        _line("require", list(wish.required)),
        _line("signatures", SIGNATURES.as_posix()),
        "",
        "# Departures that are known and accepted; and a report of before, whose failures are listed only.",
        f"# {_line('baseline', 'baseline.toml')}",
        f"# {_line('previous', 'gate.json')}",
        "",
        _line("report", list(REPORTS)),
    )
    return "\n".join(lines) + "\n"


def _line(key: str, value: str | list[str]) -> str:
    return f"{key} = {json.dumps(value, ensure_ascii=False)}"


def unsigned(uses: Uses) -> str:
    """Return a file of signatures in which nobody has signed: one comment for each item that takes a signature."""
    lines = [
        "# What people vouch for. Take the # away, fill in name and date; `until` is the last day on which it counts.",
    ]
    for entry in checklist.entries():
        if not entry.by and entry.matters(uses):
            lines += ["", f"# {entry.title}", f"# {entry.how}"]
            lines += ["# [[signed]]", f'# item = "{entry.id}"', '# by = ""', "# date = 2027-01-31"]
    return "\n".join(lines) + "\n"
