"""The pictures of walking and running: the stride, left against right, and the hip."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes

from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.measures.gait_comparison import GaitComparison
from imu_hip.measures.hip_curve import HipCurve
from imu_hip.measures.running import GaitTest
from imu_hip.measures.running_norm import runners_band
from imu_hip.names import Side, Task
from imu_hip.report.inline_svg import figure_style, inline_svg, panels
from imu_hip.report.palette import GRID, INK, SIDE_COLOUR, TARGET

PERCENT: Final = np.linspace(0.0, 100.0, 101)
DASHES: Final = {Side.LEFT: "-", Side.RIGHT: (0, (5, 2))}
"""So that the sides differ in black and white, too."""

STRIDE_AXIS: Final = "stride from foot strike to foot strike (%)"


def stride_figure(tests: Sequence[GaitTest], name: str, title: str) -> Markup:
    """Mean curve of each side with its band and toe-off, published runners behind."""
    with figure_style(name):
        figure, (axes, ground) = panels(4.3, 2, height_ratios=[10.0, 0.8 * len(tests)])
        figure.subplots_adjust(0.15, 0.13, 0.955, 0.92, hspace=0.06)
        reach = 1.25 * max(float(_furthest(test).max()) for test in tests)
        if tests[0].task is Task.RUN:
            band = runners_band()
            axes.fill_between(PERCENT, band.low_deg, band.high_deg, color=GRID, linewidth=0)
            reach = max(reach, 1.05 * float(np.abs([band.low_deg, band.high_deg]).max()))
        for test in tests:
            _curve(axes, test.side, test.curve_deg, test.band_low_deg, test.band_high_deg)
            if np.isfinite(test.stance_fraction):
                _toe_off(axes, test)
        axes.set(xlim=(0, 100), ylim=(-reach, reach), xticks=range(0, 101, 20))
        axes.set_ylabel("femoral rotation (°)")
        axes.tick_params(labelbottom=False)
        side_names(axes, [test.side for test in tests])
        turn_words(axes)
        _ground(ground, tests)
        return inline_svg(figure, name, title)


def _furthest(test: GaitTest) -> FloatArray:
    # Few strides have no band.
    return np.fmax(np.abs(test.curve_deg), np.abs(test.band_high_deg))


def _curve(axes: Axes, side: Side, mean: FloatArray, low: FloatArray, high: FloatArray) -> None:
    colour = SIDE_COLOUR[side]
    if np.isfinite(low).all():
        axes.fill_between(PERCENT, low, high, color=colour, alpha=0.25, linewidth=0)
    axes.plot(PERCENT, mean, color=colour, linestyle=DASHES[side], linewidth=2.4)


def _toe_off(axes: Axes, test: GaitTest) -> None:
    at = 100.0 * test.stance_fraction
    axes.plot(
        at, np.interp(at, PERCENT, test.curve_deg), marker="o", markersize=7.5,
        markerfacecolor="white", markeredgecolor=SIDE_COLOUR[test.side], markeredgewidth=2.0,
    )  # fmt: skip


def _ground(axes: Axes, tests: Sequence[GaitTest]) -> None:
    """A bar for each leg as long as it is on the ground."""
    for row, test in enumerate(tests):
        if np.isfinite(test.stance_fraction):
            span = (0.0, 100.0 * test.stance_fraction)
            axes.broken_barh([span], (row - 0.35, 0.7), color=SIDE_COLOUR[test.side], linewidth=0)
            words = f"{test.side} on the ground"
            axes.text(span[1] + 1.5, row, words, va="center", color=TARGET)
    axes.set(xlim=(0, 100), ylim=(len(tests) - 0.4, -0.6), xticks=range(0, 101, 20), yticks=())
    axes.set_xlabel(STRIDE_AXIS)
    axes.grid(visible=False)
    axes.spines["left"].set_visible(False)


def side_names(axes: Axes, sides: Sequence[Side]) -> None:
    """The words for the sides above the panel, in their colours."""
    place: dict[Side, tuple[float, str, str]] = {
        Side.LEFT: (0.0, "left", "left (solid)"),
        Side.RIGHT: (1.0, "right", "right (dashed)"),
    }
    for side in sides:
        x, align, words = place[side]
        colour = SIDE_COLOUR[side]
        axes.text(x, 1.03, words, color=colour, ha=align, weight="bold", transform=axes.transAxes)


def turn_words(axes: Axes) -> None:
    """Which way is inward, and the line of zero."""
    for y, align, words in ((0.98, "top", "inward"), (0.02, "bottom", "outward")):
        axes.text(0.985, y, words, color=TARGET, ha="right", va=align, transform=axes.transAxes)
    axes.axhline(0.0, color=TARGET, linewidth=0.8)


def difference_figure(comparison: GaitComparison, name: str, title: str) -> Markup:
    """Right minus left with its band, what healthy legs differ by and what the method errs."""
    with figure_style(name):
        figure, (axes,) = panels(3.2, 1)
        figure.subplots_adjust(0.15, 0.175, 0.955, 0.97)
        healthy_deg, error_deg = comparison.healthy_deg, comparison.curve_mdc95_deg
        axes.axhspan(-healthy_deg, healthy_deg, color=GRID, linewidth=0, alpha=0.7)
        for level in (-error_deg, error_deg):
            axes.axhline(level, color=TARGET, linewidth=1.2, linestyle=(0, (4, 3)))
        if np.isfinite(comparison.low_deg).all():
            axes.fill_between(
                PERCENT,
                comparison.low_deg,
                comparison.high_deg,
                color=INK,
                alpha=0.2,
                linewidth=0,
            )
        axes.plot(PERCENT, comparison.difference_deg, color=INK, linewidth=2.2)
        furthest = np.nanmax(np.abs([comparison.difference_deg, comparison.high_deg]))
        reach = 1.25 * max(float(furthest), error_deg)
        axes.set(xlim=(0, 100), ylim=(-reach, reach), xticks=range(0, 101, 20))
        axes.set_xlabel(STRIDE_AXIS)
        axes.set_ylabel("right minus left (°)")
        axes.axhline(0.0, color=TARGET, linewidth=0.8)
        for y, align, words in (
            (0.98, "top", "right further inward"),
            (0.02, "bottom", "left further inward"),
        ):
            axes.text(0.985, y, words, color=TARGET, ha="right", va=align, transform=axes.transAxes)
        return inline_svg(figure, name, title)


def hip_figure(curves: Sequence[HipCurve], name: str, title: str) -> Markup:
    """Hip flexion, adduction and rotation of each side with the SD between strides."""
    angles: tuple[tuple[str, str, str], ...] = (
        ("flexion_deg", "flexion_sd_deg", "flexion (°)"),
        ("adduction_deg", "adduction_sd_deg", "adduction (°)"),
        ("rotation_deg", "rotation_sd_deg", "inward rotation (°)"),
    )
    with figure_style(name):
        figure, rows = panels(6.6, len(angles))
        figure.subplots_adjust(0.15, 0.085, 0.955, 0.95, hspace=0.2)
        for axes, (mean_name, sd_name, words) in zip(rows, angles, strict=True):
            for curve in curves:
                mean, sd = getattr(curve, mean_name), getattr(curve, sd_name)
                _curve(axes, curve.side, mean, mean - sd, mean + sd)
            axes.set(xlim=(0, 100), xticks=range(0, 101, 20))
            axes.set_ylabel(words)
            axes.axhline(0.0, color=TARGET, linewidth=0.8)
            axes.tick_params(labelbottom=axes is rows[-1])
        side_names(rows[0], [curve.side for curve in curves])
        rows[-1].set_xlabel(STRIDE_AXIS)
        figure.align_ylabels(rows)
        return inline_svg(figure, name, title)
