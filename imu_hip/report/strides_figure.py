"""Strides over the time of a run: how far each one turns, and which were left out and why."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes

from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.measures.gait_quantities import GaitQuantity
from imu_hip.measures.running import GaitTest
from imu_hip.report.inline_svg import figure_style, inline_svg, panels
from imu_hip.report.palette import INK, SIDE_COLOUR, TARGET

MINUTES_FROM_S: Final = 240.0
MOST_DOTS: Final = 250
MOST_POINTS: Final = 60
"""Points of the smooth line: a run's course has no more to say."""

SMALLEST_SPAN_DEG: Final = 10.0
"""Of the axis, so that strides that differ by a degree look as alike as they are."""

_LEG_IN: Final = 1.6
_REASON_IN: Final = 0.44
_TOP_IN: Final = 0.32
_BOTTOM_IN: Final = 0.58
_BETWEEN_IN: Final = 0.45


def strides_figure(tests: Sequence[GaitTest], name: str, title: str) -> Markup:
    """The excursion of every stride over time, with a smooth course and what was left out."""
    start_s = min(_first_s(test) for test in tests)
    end_s = max(_last_s(test) for test in tests)
    margin_s = 0.01 * (end_s - start_s)
    scale, unit = (1.0 / 60.0, "min") if end_s - start_s >= MINUTES_FROM_S else (1.0, "s")
    left_out = _left_out_s(tests)
    heights_in = [_LEG_IN] * len(tests)
    if left_out:
        heights_in.append(_REASON_IN * len(left_out))
    drawn_in = sum(heights_in) + _BETWEEN_IN * (len(heights_in) - 1)
    height_in = drawn_in + _TOP_IN + _BOTTOM_IN
    with figure_style(name):
        figure, rows = panels(height_in, len(heights_in), height_ratios=heights_in)
        figure.subplots_adjust(
            0.15, _BOTTOM_IN / height_in, 0.955, 1.0 - _TOP_IN / height_in,
            hspace=_BETWEEN_IN * len(heights_in) / sum(heights_in),
        )  # fmt: skip
        for axes, test in zip(rows, tests, strict=False):
            _draw(axes, test, scale)
            axes.set(ylim=_span_deg(tests), ylabel="rotation (°)")
            axes.locator_params(axis="y", nbins=5, integer=True)
            axes.set_title(
                test.side.value, color=SIDE_COLOUR[test.side], loc="left", weight="bold", pad=5
            )
        if left_out:
            _draw_left_out(rows[-1], left_out, scale)
        for axes in rows:
            axes.set_xlim((start_s - margin_s) * scale, (end_s + margin_s) * scale)
            axes.tick_params(labelbottom=axes is rows[-1])
        rows[-1].set_xlabel(f"time ({unit})")
        return inline_svg(figure, name, title)


def _excursion_deg(test: GaitTest) -> FloatArray:
    return test.table.values[GaitQuantity.CYCLE_EXCURSION]


def _first_s(test: GaitTest) -> float:
    return min([test.start_s, *(stride.start_s for stride in test.rejected)])


def _last_s(test: GaitTest) -> float:
    return max([test.end_s, *(stride.end_s for stride in test.rejected)])


def _span_deg(tests: Sequence[GaitTest]) -> tuple[float, float]:
    """One axis for both legs."""
    inner = [np.nanpercentile(_excursion_deg(test), (0.5, 99.5)) for test in tests]
    low, high = float(np.min(inner)), float(np.max(inner))
    half = 0.6 * max(high - low, SMALLEST_SPAN_DEG)
    middle = max(0.5 * (low + high), half)
    return middle - half, middle + half


def _left_out_s(tests: Sequence[GaitTest]) -> dict[str, FloatArray]:
    """Starts of the strides of either leg that were left out, for each reason."""
    found: dict[str, list[float]] = {}
    for test in tests:
        for stride in test.rejected:
            found.setdefault(stride.reason, []).append(stride.start_s)
    return {reason: np.sort(starts_s) for reason, starts_s in sorted(found.items())}


def _draw(axes: Axes, test: GaitTest, scale: float) -> None:
    colour = SIDE_COLOUR[test.side]
    time, excursion_deg = test.table.strike_s * scale, _excursion_deg(test)
    every = slice(None, None, -(-len(time) // MOST_DOTS))
    axes.plot(
        time[every], excursion_deg[every], linestyle="", marker=".", color=colour, alpha=0.5,
        markersize=4 if test.enough else 8,
    )  # fmt: skip
    if not test.enough:
        return
    for at, smooth in _courses(time, excursion_deg, 10.0 * float(np.median(np.diff(time)))):
        axes.plot(at, smooth, color=colour, linewidth=2.2)


def _draw_left_out(axes: Axes, left_out: dict[str, FloatArray], scale: float) -> None:
    """A row for each reason: its words, and a tick for each stride below them."""
    for row, (reason, starts_s) in enumerate(left_out.items()):
        few = starts_s[:: -(-len(starts_s) // MOST_DOTS)] * scale
        axes.plot(
            few, np.full(len(few), row + 0.76), linestyle="", marker="|", markersize=8, color=INK
        )
        axes.text(
            0.01, row + 0.3, reason, color=TARGET, va="center", transform=axes.get_yaxis_transform()
        )
    axes.set(ylim=(len(left_out), 0), yticks=())
    axes.set_title("left out", loc="left", weight="bold", pad=5)


def _courses(
    time: FloatArray, values: FloatArray, longest_pause: float
) -> list[tuple[FloatArray, FloatArray]]:
    """Means over stretches of strides, a line for each bout."""
    bouts = np.split(np.arange(len(time)), np.flatnonzero(np.diff(time) > longest_pause) + 1)
    size = max(len(time) // MOST_POINTS, 3)
    courses = []
    for bout in bouts:
        starts = np.arange(0, len(bout) - size // 2, size)
        if len(starts) < 2:
            continue
        counts = np.diff(np.append(starts, len(bout)))
        means = [np.add.reduceat(v[bout], starts) / counts for v in (time, values)]
        courses.append((means[0], means[1]))
    return courses
