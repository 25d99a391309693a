"""`cozecheck plan`: parse, call, render, exit."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cozecheck.cli import options

if TYPE_CHECKING:
    from cozecheck.planned import Wanted

From = Annotated[
    Path, typer.Option("--from", metavar="FILE", help="The JSON report of a load: `cozecheck load stress` is best.")
]
Qps = Annotated[float, typer.Option(metavar="N", min=0.0001, help="Requests a second that are to be served.")]
Prompt = Annotated[float | None, typer.Option(metavar="N", min=1, help="Tokens of a prompt; else as measured.")]
Output = Annotated[float | None, typer.Option(metavar="N", min=1, help="Tokens of an answer; else as measured.")]
Replicas = Annotated[
    int | None, typer.Option(metavar="N", min=1, help="How many replicas there are; else as many as it takes.")
]
ReplicaPrice = Annotated[float | None, typer.Option(metavar="N", min=0, help="What one replica costs an hour.")]
PriceIn = Annotated[
    float | None, typer.Option(metavar="N", min=0, help="The commercial API's price of a million prompt tokens.")
]
PriceOut = Annotated[
    float | None, typer.Option(metavar="N", min=0, help="The commercial API's price of a million generated tokens.")
]


def plan(
    context: typer.Context,
    from_: From,
    qps: Qps,
    prompt: Prompt = None,
    output: Output = None,
    replicas: Replicas = None,
    replica_price: ReplicaPrice = None,
    price_in: PriceIn = None,
    price_out: PriceOut = None,
    config: options.Config = None,
    report: options.Reports = None,
    seed: options.Seed = 0,
    quiet: options.Quiet = False,
) -> None:
    """Plan replicas, waiting and cost from a measured load."""
    import time

    from cozecheck import plan as road
    from cozecheck.cli import output as reporting
    from cozecheck.cli import reports
    from cozecheck.planned import Wanted

    with options.blaming(context, "report"):
        to = reporting.destinations(report or ())
    with options.blaming(context, "from"):
        measured = reports.read(from_)

    def wanted(prompt_measured: float, output_measured: float) -> "Wanted":
        sizes = (prompt or prompt_measured, output or output_measured)
        return Wanted(qps, *sizes, replicas, replica_price, price_in, price_out)

    result = road.run(measured, str(from_), wanted, road.Course(time.time, seed))
    reporting.finish(result, to, (), quiet=quiet)
