"""Strides over the time of a run: how far each one turns, and which were left out."""

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


def strides_figure(tests: Sequence[GaitTest], name: str, title: str) -> Markup:
    """The excursion of every stride over time, with a smooth course and what was left out."""
    start_s = min(_first_s(test) for test in tests)
    end_s = max(_last_s(test) for test in tests)
    scale, unit = (1.0 / 60.0, "min") if end_s - start_s >= MINUTES_FROM_S else (1.0, "s")
    highest = max(float(np.nanpercentile(_excursion_deg(test), 99.5)) for test in tests)
    with figure_style(name):
        height_in = 0.75 + 1.6 * len(tests)
        figure, rows = panels(height_in, len(tests))
        figure.subplots_adjust(0.15, 0.58 / height_in, 0.955, 1.0 - 0.32 / height_in, hspace=0.38)
        for axes, test in zip(rows, tests, strict=True):
            _draw(axes, test, scale)
            axes.set(xlim=(start_s * scale, end_s * scale), ylim=(0.0, 1.25 * highest))
            axes.set_ylabel("turn (°)")
            axes.locator_params(axis="y", nbins=4)
            axes.set_title(
                test.side.value, color=SIDE_COLOUR[test.side], loc="left", weight="bold", pad=5
            )
            axes.tick_params(labelbottom=axes is rows[-1])
        rows[-1].set_xlabel(f"time ({unit})")
        return inline_svg(figure, name, title)


def _excursion_deg(test: GaitTest) -> FloatArray:
    return test.table.values[GaitQuantity.CYCLE_EXCURSION]


def _first_s(test: GaitTest) -> float:
    return min([test.start_s, *(stride.start_s for stride in test.rejected)])


def _last_s(test: GaitTest) -> float:
    return max([test.end_s, *(stride.end_s for stride in test.rejected)])


def _draw(axes: Axes, test: GaitTest, scale: float) -> None:
    colour = SIDE_COLOUR[test.side]
    time, excursion_deg = test.table.strike_s * scale, _excursion_deg(test)
    every = slice(None, None, -(-len(time) // MOST_DOTS))
    axes.plot(
        time[every], excursion_deg[every], linestyle="", marker=".", markersize=4, color=colour,
        alpha=0.45,
    )  # fmt: skip
    for at, smooth in _courses(time, excursion_deg, 10.0 * float(np.median(np.diff(time)))):
        axes.plot(at, smooth, color=colour, linewidth=2.2)
    if test.rejected:
        out = [stride.start_s * scale for stride in test.rejected]
        few = out[:: -(-len(out) // MOST_DOTS)]
        axes.plot(
            few, np.full(len(few), 0.06), transform=axes.get_xaxis_transform(),
            linestyle="", marker="|", markersize=7, color=INK,
        )  # fmt: skip
    axes.set_title("ticks below: left out", color=TARGET, loc="right", pad=5)


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
