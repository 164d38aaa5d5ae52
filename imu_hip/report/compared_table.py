"""Comparisons and trends as tables for the terminal."""

from typing import TYPE_CHECKING

from imu_hip.measures.measured_range import ARC
from imu_hip.names import Side
from imu_hip.report.compared import ComparedRange, Comparison
from imu_hip.report.comparison_page import names_of, range_words
from imu_hip.report.dates import local_day
from imu_hip.report.tables import measure_words
from imu_hip.report.trends import DatedRange, TaskTrend
from imu_hip.report.wording import (
    TEST_NAME,
    capital,
    decimals_apart,
    degrees,
    signed_degrees,
    with_error,
)

if TYPE_CHECKING:
    from rich.table import Table

STYLE = {Side.LEFT: "blue", Side.RIGHT: "dark_orange3"}
NEWEST = 10


def comparison_table(comparison: Comparison) -> "Table":
    """A row a measure: both values, the difference and its error."""
    first, second = names_of(comparison)
    table = _table("Simulated" if comparison.simulated else None)
    table.add_column("Measure", overflow="fold", min_width=12)
    for side, name in zip(Side, (first, second), strict=True):
        style = STYLE[side] if comparison.of_legs else ""
        table.add_column(name, justify="right", style=style, overflow="fold")
    minus = "Right minus left" if comparison.of_legs else "Later minus earlier"
    table.add_column(minus, justify="right", overflow="fold")
    table.add_column("Error", justify="right")
    for one in comparison.ranges:
        table.add_row(
            capital(range_words(comparison, one)),
            with_error(one.first.value_deg, one.first.uncertainty.sem_deg),
            with_error(one.second.value_deg, one.second.uncertainty.sem_deg),
            *_difference(one),
        )
    return table


def trend_table(trend: TaskTrend) -> "Table":
    """The newest sessions, oldest first, a column for each single measure of each leg."""
    simulated = " (simulated)" if trend.simulated else ""
    table = _table(f"{TEST_NAME[trend.task]}{simulated}")
    table.add_column("Session", no_wrap=True)
    shown = [series for series in trend.series if series.measure != ARC]
    for series in shown:
        words = f"{series.side} {measure_words(series.measure)}"
        style = STYLE[series.side]
        table.add_column(capital(words), justify="right", style=style, overflow="fold")
    found: dict[int, dict[int, DatedRange]] = {}
    for column, series in enumerate(shown):
        for point in series.points:
            found.setdefault(point.session, {})[column] = point
    rows = sorted(found.items(), key=lambda row: min(p.started_utc for p in row[1].values()))
    for number, points in rows[-NEWEST:]:
        day = local_day(next(iter(points.values())).started_utc)
        cells = (points.get(column) for column in range(len(shown)))
        table.add_row(f"{number}: {day.day} {day:%b %Y}", *(_cell(point) for point in cells))
    return table


def _table(title: str | None) -> "Table":
    from rich.box import SIMPLE  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    return Table(title=title, box=SIMPLE, pad_edge=False)


def _cell(point: DatedRange | None) -> str:
    if point is None:
        return "–"
    return with_error(point.range.value_deg, point.range.uncertainty.sem_deg)


def _difference(one: ComparedRange) -> tuple[str, str]:
    if not one.measurable:
        return f"{signed_degrees(one.difference_deg)} (not measurable)", degrees(one.mdc95_deg)
    decimals = decimals_apart(one.difference_deg, one.mdc95_deg)
    return signed_degrees(one.difference_deg, decimals), degrees(one.mdc95_deg, decimals)
