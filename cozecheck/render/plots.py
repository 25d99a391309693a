"""What a load measured, drawn: SVG without script, in the colours of the page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Final

import pygal
from pygal.style import Style

from cozecheck.measured import ALL, Load, Measure, Second

POINTS: Final = 240
"""Of a line: more seconds than that are drawn together."""
WIDE, HIGH = 900, 320
INK, FAINT = "var(--ink)", "var(--faint)"
COLOURS: Final = tuple(f"var(--plot-{number})" for number in range(1, 5))
STYLE: Final = Style(
    background="transparent",
    plot_background="transparent",
    foreground=INK,
    foreground_strong=INK,
    foreground_subtle=FAINT,
    guide_stroke_color="var(--line)",
    major_guide_stroke_color="var(--line)",
    guide_stroke_dasharray="none",
    major_guide_stroke_dasharray="none",
    opacity="1",
    opacity_hover="1",
    transition="none",
    colors=COLOURS,
    font_family="system-ui, sans-serif",
    label_font_size=13,
    major_label_font_size=13,
    legend_font_size=14,
    no_data_font_size=16,
)
Line = tuple[str, Sequence[tuple[float, float]]]


@dataclass(frozen=True, slots=True)
class Plot:
    """A title, and the SVG of it."""

    title: str
    svg: str


def plots(load: Load) -> Iterator[Plot]:
    """Yield what there is to draw of a load."""
    seconds = tuple(thinned(load.series))
    if len(seconds) > 1:
        yield _lines("Throughput: answers and failures per second", "throughput", _throughput(seconds), "per second")
        yield _lines("Load: users, requests in flight, and the target's queue", "load", _pressure(seconds), "requests")
        yield _lines("Latency over time, in milliseconds", "latency", _latencies(seconds), "ms")
    dots = tuple((name, points) for name, points in _crowds(load.series) if points)
    if dots:
        yield _dots("Time to first token against requests in flight", "crowd", dots)
    for metric, words in (("ttft", "Time to first token"), ("e2e", "Whole answers")):
        for each in load.measures:
            if (each.operation, each.metric) == (ALL, metric):
                yield _histogram(f"{words}: how many took how long", metric, each)


def thinned(series: Sequence[Second]) -> Iterator[Second]:
    """Yield the series, or where it is long, the means of stretches of equal length."""
    step = -(-len(series) // POINTS)
    for start in range(0, len(series), step or 1):
        part = series[start : start + step]
        yield part[0] if len(part) == 1 else Second(**{name: _mean(part, name) for name in Second.__dataclass_fields__})


def _mean(part: Sequence[Second], name: str) -> Any:
    values = [value for each in part if (value := getattr(each, name)) is not None]
    return fmean(values) if values else None


def _line(seconds: Sequence[Second], name: str, scale: float = 1.0) -> list[tuple[float, float]]:
    found = ((each.at, getattr(each, name)) for each in seconds)
    return [(at, value * scale) for at, value in found if value is not None]


def _throughput(seconds: Sequence[Second]) -> tuple[Line, ...]:
    answers = [(each.at, float(each.finished - each.failed)) for each in seconds]
    return ("answers", answers), ("failed", _line(seconds, "failed"))


def _pressure(seconds: Sequence[Second]) -> tuple[Line, ...]:
    names = (("users", "users"), ("in flight", "in_flight"), ("running", "running"), ("waiting", "waiting"))
    return tuple((words, _line(seconds, name)) for words, name in names)


def _latencies(seconds: Sequence[Second]) -> tuple[Line, ...]:
    names = ("ttft_p50", "ttft_p95", "e2e_p50", "e2e_p95")
    return tuple((name.upper().replace("_P", " p"), _line(seconds, name, 1000)) for name in names)


def _crowds(series: Sequence[Second]) -> Iterator[Line]:
    for name, words in (("ttft_p50", "p50"), ("ttft_p95", "p95")):
        found = ((float(each.in_flight), getattr(each, name)) for each in series if each.in_flight)
        yield words, sorted({(crowd, value * 1000) for crowd, value in found if value is not None})


def _chart(kind: Any, name: str, **options: Any) -> Any:
    chart = kind(
        style=STYLE,
        js=(),
        width=WIDE,
        height=HIGH,
        legend_at_bottom=True,
        disable_xml_declaration=True,
        show_x_guides=False,
        include_x_axis=True,
        truncate_legend=-1,
        margin=10,
        margin_bottom=24,
        **options,
    )
    chart.uuid = name  # a random one would make each rendering differ
    return chart


def _lines(title: str, name: str, lines: Sequence[Line], unit: str) -> Plot:
    chart = _chart(pygal.XY, name, show_dots=False, stroke_style={"width": 2}, x_title="seconds", y_title=unit)
    for words, points in lines:
        if points:
            chart.add(words, points)
    return _plot(title, chart)


def _dots(title: str, name: str, lines: Sequence[Line]) -> Plot:
    chart = _chart(pygal.XY, name, stroke=False, dots_size=3, x_title="requests in flight", y_title="ms")
    for words, points in lines:
        chart.add(words, points)
    return _plot(title, chart)


def _histogram(title: str, name: str, measure: Measure) -> Plot:
    chart = _chart(pygal.Histogram, name, show_legend=False, x_title="ms; the last bar is the slowest hundredth")
    start, bars = 0.0, []
    width = measure.bars[0].upper if measure.bars else 0.0
    for bar in measure.bars:
        end = min(bar.upper, start + width)
        bars.append((bar.count, start * 1000, end * 1000))
        start = end
    chart.add(measure.metric, bars)
    return _plot(title, chart)


def _plot(title: str, chart: Any) -> Plot:
    chart.legend_at_bottom_columns = max(1, len(chart.raw_series))
    chart.add_xml_filter(lambda root: _plain(root, title))
    return Plot(title, chart.render(is_unicode=True))


def _plain(root: Any, title: str) -> Any:
    """Take out scripts and comments, which hold the date; say what it is to those who do not see it."""
    root.set("role", "img")
    root.set("aria-label", title)
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag == "script" or callable(child.tag):
                parent.remove(child)
    return root
