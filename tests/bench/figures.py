"""Figures as they are printed, beside what is aimed at."""


def figure(name: str, value: float, unit: str, *, most: float | None = None, least: float | None = None) -> str:
    """Return a line; at most one of the bounds is given."""
    aim = ""
    if most is not None:
        aim = f"   aim: at most {most:,g}, {'met' if value <= most else 'MISSED'}"
    if least is not None:
        aim = f"   aim: at least {least:,g}, {'met' if value >= least else 'MISSED'}"
    return f"{name:<38}{value:>12,.2f} {unit}{aim}"
