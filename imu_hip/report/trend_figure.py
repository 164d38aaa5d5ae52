"""Ranges over weeks: each session with its uncertainty, and the band that is no change."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes

from imu_hip.measures.deficit import TARGET_DEG
from imu_hip.measures.measured_range import SLOPE
from imu_hip.names import Side
from imu_hip.report.inline_svg import figure_style, inline_svg, panels
from imu_hip.report.palette import SIDE_COLOUR, TARGET, UNCERTAIN_OPACITY
from imu_hip.report.trends import Series, days_of

MOST_MARKS: Final = 60
"""Sessions that are drawn with uncertainty; of more only the line and dots."""

MOST_POINTS: Final = 400
_MARGIN_DAYS: Final = 3.0
_ROW_IN: Final = 1.75
_TOP_IN: Final = 0.34
_BOTTOM_IN: Final = 0.62
_BETWEEN: Final = 0.4
_STYLE: Final = {Side.LEFT: ("o", "-"), Side.RIGHT: ("s", "-")}


def trend_figure(series: Sequence[Series], name: str, title: str) -> Markup:
    """One measure of each leg over time, in rows, days true to scale.

    The band lies about the first session's value and is as wide as the smallest difference between
    two days that can be told.
    """
    height_in = _TOP_IN + _BOTTOM_IN + _ROW_IN * len(series) + _BETWEEN * (len(series) - 1)
    with figure_style(name):
        figure, rows = panels(height_in, len(series))
        figure.subplots_adjust(
            0.15, _BOTTOM_IN / height_in, 0.955, 1 - _TOP_IN / height_in, hspace=_BETWEEN / _ROW_IN
        )
        low_deg, high_deg = _reach(series)
        first_day, last_day = _extent(series)
        for axes, one in zip(rows, series, strict=True):
            _draw(axes, one, (first_day, last_day))
            axes.set(ylim=(low_deg, high_deg), ylabel="angle (°)")
            axes.locator_params(axis="y", nbins=5, integer=True)
            axes.tick_params(labelbottom=axes is rows[-1])
        _name_days(rows, first_day, last_day)
        return inline_svg(figure, name, title)


def _draw(axes: Axes, series: Series, extent: tuple[float, float]) -> None:
    colour, (marker, line) = SIDE_COLOUR[series.side], _STYLE[series.side]
    every = slice(None, None, -(-len(series.points) // MOST_POINTS))
    days, value_deg = days_of(series.points)[every], series.value_deg[every]
    first_deg = float(series.value_deg[0])
    axes.axhspan(
        first_deg - series.mdc95_deg, first_deg + series.mdc95_deg,
        color=colour, alpha=0.5 * UNCERTAIN_OPACITY, linewidth=0,
    )  # fmt: skip
    target_deg = 0.0 if series.measure == SLOPE else TARGET_DEG
    axes.axhline(target_deg, color=TARGET, linewidth=1.4, linestyle=(0, (4, 3)))
    axes.plot(days, value_deg, color=colour, linewidth=1.0, linestyle=line)
    if len(days) <= MOST_MARKS:
        axes.errorbar(
            days, value_deg, yerr=series.sem_deg[every], fmt=marker, color=colour, markersize=6,
            capsize=2, linewidth=1.4,
        )  # fmt: skip
    else:
        axes.plot(days, value_deg, linestyle="", marker=".", color=colour, markersize=4)
    trend = series.trend
    if trend is not None:
        start = float(days_of(series.points).min())
        ends_deg = (trend.start_deg, trend.start_deg + trend.change_deg)
        axes.plot((start, start + trend.span_days), ends_deg, color=colour, linewidth=3, alpha=0.45)
    axes.set_xlim(*extent)
    axes.set_title(series.side.value, color=colour, loc="left", weight="bold", pad=5)


def _extent(series: Sequence[Series]) -> tuple[float, float]:
    days = np.concatenate([days_of(one.points) for one in series])
    margin = max(0.03 * float(np.ptp(days)), _MARGIN_DAYS)
    return float(days.min()) - margin, float(days.max()) + margin


def _reach(series: Sequence[Series]) -> tuple[float, float]:
    lows = [np.min(one.value_deg - one.sem_deg) for one in series]
    highs = [np.max(one.value_deg + one.sem_deg) for one in series]
    bands = [float(one.value_deg[0]) for one in series]
    widest = max(one.mdc95_deg for one in series)
    target_deg = 0.0 if series[0].measure == SLOPE else TARGET_DEG
    low = min(*lows, min(bands) - widest, target_deg)
    high = max(*highs, max(bands) + widest, target_deg)
    return float(low) - 2.0, float(high) + 2.0


def _name_days(rows: Sequence[Axes], first_day: float, last_day: float) -> None:
    """Ticks at days that people know."""
    ticks = day_ticks(first_day, last_day)
    for axes in rows:
        axes.set_xticks([day.toordinal() for day, _ in ticks])
    rows[-1].set_xticklabels([words for _, words in ticks])
    # Within a year its ticks do not name it.
    years = {day.year for day, _ in ticks}
    said = any(words.endswith(f"{day.year}") for day, words in ticks)
    rows[-1].set_xlabel("date" if said else f"date in {' and '.join(map(str, sorted(years)))}")


def day_ticks(first_day: float, last_day: float) -> list[tuple[date, str]]:
    """Three to six days between two, with their words.

    Parameters
    ----------
    first_day, last_day
        Days as ordinals; see `date.toordinal`.
    """
    first, last = date.fromordinal(int(np.ceil(first_day))), date.fromordinal(int(last_day))
    span = last_day - first_day
    if span <= 100:
        step = next(n for n in (1, 2, 3, 7, 14, 21) if span / n <= 5.5 or n == 21)
        count = (last - first).days // step + 1
        days = [first + timedelta(days=step * i) for i in range(count)]
        return [(day, f"{day.day} {day:%b}") for day in days]
    months = next(n for n in (1, 2, 3, 6, 12, 24, 60, 120) if span / (30.4 * n) <= 5.5 or n == 120)
    number = first.year * 12 + first.month - 1 + (first.day > 1)
    number += -number % months
    found = []
    while (day := date(number // 12, number % 12 + 1, 1)) <= last:
        found.append((day, f"{day:%b}" if first.year == last.year else f"{day:%b %Y}"))
        number += months
    return found
