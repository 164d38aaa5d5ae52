"""Bland and Altman's picture: differences of two measurements against their mean."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes

from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.measures.agreement import Agreement, Interval
from imu_hip.names import Side
from imu_hip.report.inline_svg import figure_style, inline_svg, panels
from imu_hip.report.palette import INK, SIDE_COLOUR, TARGET
from imu_hip.report.wording import signed_degrees

MOST_POINTS: Final = 1500
"""Points that are drawn; of more, the extremes and every n-th in the order of the means."""

_FEW_POINTS: Final = 150
_HEIGHT_IN: Final = 3.5
_MARKER: Final = {Side.LEFT: "o", Side.RIGHT: "s"}
_DASHED: Final = (0, (4, 3))
_NEXT_LINE: Final = 0.075
"""Height of a line of text as a share of the picture's height."""


def _degrees(value_deg: float) -> str:
    return signed_degrees(value_deg, 1)


def bland_altman_figure(
    mean: FloatArray,
    difference: FloatArray,
    agreement: Agreement,
    name: str,
    title: str,
    *,
    difference_label: str,
    mean_label: str = "mean of both (°)",
    sides: Sequence[Side] | None = None,
    in_words: Callable[[float], str] = _degrees,
    least_reach: float = 1.0,
) -> Markup:
    """Differences against means, with the bias and the 95 % limits of agreement.

    Parameters
    ----------
    mean, difference
        Shape (n,), in any one unit, one value for each pair.
    agreement
        Bias and limits in that unit, which need not come from all the points drawn: samples of one
        recording are not independent.
    name, title
        Leads the ids of the SVG; says what the picture shows to who cannot see it.
    difference_label, mean_label
        Words at the axes, with the unit; the first says which minus which.
    sides
        Leg of each point; None draws all alike.
    in_words
        Says bias and limits with their sign and unit.
    least_reach
        Differences that are always shown, each way: smaller ones than that mean nothing.

    Notes
    -----
    Bland and Altman, Lancet 327 (1986) 307-310. The bars beside the picture are the 95 % intervals
    of the bias and of each limit.
    """
    with figure_style(name):
        figure, (axes,) = panels(_HEIGHT_IN, 1)
        figure.subplots_adjust(0.175, 0.17, 0.77, 0.90)
        _draw_points(axes, mean, difference, sides)
        low, high = _reach(difference, agreement, least_reach)
        axes.set(ylim=(low, high), xlabel=mean_label, ylabel=difference_label)
        axes.locator_params(axis="both", nbins=6)
        _draw_agreement(axes, agreement, in_words)
        return inline_svg(figure, name, title)


def _draw_points(
    axes: Axes, mean: FloatArray, difference: FloatArray, sides: Sequence[Side] | None
) -> None:
    kept = _drawn(mean, difference)
    few = len(kept) <= _FEW_POINTS
    size, alpha = (34.0, 0.85) if few else (9.0, 0.45)
    if sides is None:
        axes.scatter(mean[kept], difference[kept], s=size, alpha=alpha, color=INK, linewidth=0)
        return
    of_point = np.array([side.value for side in sides])[kept]
    shown = [side for side in Side if np.any(of_point == side.value)]
    for side in shown:
        points = kept[of_point == side.value]
        axes.scatter(
            mean[points], difference[points], s=size, alpha=alpha, color=SIDE_COLOUR[side],
            marker=_MARKER[side], linewidth=0, label=side.value,
        )  # fmt: skip
    axes.legend(
        loc="lower left", bbox_to_anchor=(-0.02, 0.98), ncols=len(shown), frameon=False,
        borderpad=0, handletextpad=0.1, columnspacing=1.0,
    )  # fmt: skip


def _drawn(mean: FloatArray, difference: FloatArray) -> np.ndarray:
    """Indices of the points to draw, at most `MOST_POINTS` and two, of those that are finite."""
    finite = np.flatnonzero(np.isfinite(mean) & np.isfinite(difference))
    if len(finite) <= MOST_POINTS:
        return finite
    ordered = finite[np.argsort(mean[finite], kind="stable")]
    every = ordered[np.linspace(0, len(ordered) - 1, MOST_POINTS).astype(int)]
    # Whoever looks for the worst sample must find it.
    extremes = finite[[np.argmin(difference[finite]), np.argmax(difference[finite])]]
    return np.unique(np.concatenate((every, extremes)))


def _reach(difference: FloatArray, agreement: Agreement, least: float) -> tuple[float, float]:
    """Limits of the axis: all points and limits, and intervals as far as they leave room.

    The intervals of three pairs are five times as wide as the limits; showing them whole would
    press the points into a line.
    """
    finite = difference[np.isfinite(difference)]
    ends = (-least, least, agreement.lower.value, agreement.upper.value)
    low, high = min(*ends, *finite), max(*ends, *finite)
    span = float(high - low)
    return (
        float(max(min(low, agreement.lower.low), low - 0.5 * span)) - 0.06 * span,
        float(min(max(high, agreement.upper.high), high + 0.5 * span)) + 0.06 * span,
    )


def _draw_agreement(axes: Axes, agreement: Agreement, in_words: Callable[[float], str]) -> None:
    axes.axhline(0.0, color=TARGET, linewidth=0.8)
    bias, limits = agreement.bias, (agreement.upper, agreement.lower)
    axes.axhline(bias.value, color=INK, linewidth=1.6)
    for limit in limits:
        axes.axhline(limit.value, color=INK, linewidth=1.2, linestyle=_DASHED)
        _draw_interval(axes, limit, 1.05)
    _draw_interval(axes, bias, 1.02)
    named = (("limit", limits[0]), ("bias", bias), ("limit", limits[1]))
    _name_lines(axes, [(f"{word}\n{in_words(one.value)}", one.value) for word, one in named])


def _draw_interval(axes: Axes, interval: Interval, at: float) -> None:
    low, high = axes.get_ylim()
    # A bar that the picture cuts off has no cap there: it goes on.
    ends = np.clip((interval.low, interval.high), low, high)
    style: dict[str, Any] = {"color": INK, "linewidth": 1.4, "clip_on": False}
    across = axes.get_yaxis_transform()
    axes.plot((at, at), ends, transform=across, **style)
    for end in (interval.low, interval.high):
        if low < end < high:
            axes.plot((at - 0.012, at + 0.012), (end, end), transform=across, **style)


def _name_lines(axes: Axes, lines: Sequence[tuple[str, float]]) -> None:
    """Words beside the lines, from above, each at least a line of text below the one before."""
    low, high = axes.get_ylim()
    heights = [(value - low) / (high - low) for _, value in lines]
    # The middle one stays where it is; the others move away from it.
    heights[0] = max(heights[0], heights[1] + 2 * _NEXT_LINE)
    heights[2] = min(heights[2], heights[1] - 2 * _NEXT_LINE)
    for (words, _), height in zip(lines, heights, strict=True):
        axes.text(
            1.08, height, words, va="center", linespacing=1.1, transform=axes.transAxes
        )  # fmt: skip
