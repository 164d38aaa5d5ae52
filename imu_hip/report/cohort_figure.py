"""Where the people of each group lie: every person a point, the mean with its interval."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.measures.agreement import Interval
from imu_hip.measures.deficit import TARGET_DEG
from imu_hip.measures.group_means import mean_of
from imu_hip.names import Direction, Side
from imu_hip.report.cohort_numbers import MeasureValues
from imu_hip.report.cohort_wording import people_words, unit_of_axis
from imu_hip.report.inline_svg import figure_style, inline_svg, panels
from imu_hip.report.palette import INK, SIDE_COLOUR, TARGET, UNCERTAIN_OPACITY

MOST_POINTS: Final = 150
"""People of a group that are drawn as points; of more, how densely they lie."""

_BINS: Final = 36
_TOP_IN: Final = 0.4
_BOTTOM_IN: Final = 0.62
_ROW_IN: Final = 0.36
_BETWEEN_IN: Final = 0.42
_GOLDEN: Final = 0.618034
_DASHED: Final = (0, (4, 3))
_LONGEST_NAME: Final = 26


def spread_figure(values: MeasureValues, name: str, title: str) -> Markup:
    """One measure of all groups, left above right."""
    with figure_style(name):
        figure, rows = _panels(len(values.groups), len(Side))
        for axes, group in zip(rows, values.groups, strict=True):
            if values.measure in set(Direction):
                axes.axvline(TARGET_DEG, color=TARGET, linewidth=1.4, linestyle=_DASHED)
            for place, side in enumerate(Side):
                _row(axes, place, group.sides[side], SIDE_COLOUR[side])
            _name_rows(axes, [side.value for side in Side], [SIDE_COLOUR[side] for side in Side])
            _name_group(axes, group.group, group.people)
        everything = [group.sides[side] for group in values.groups for side in Side]
        if values.measure in set(Direction):
            everything.append(np.array((TARGET_DEG,)))
        _share_axis(rows, everything, unit_of_axis(values.unit))
        return inline_svg(figure, name, title)


def difference_figure(values: MeasureValues, name: str, title: str) -> Markup | None:
    """Right minus left of all groups; the band is what cannot be told from chance."""
    shown = [group for group in values.groups if len(group.difference)]
    if not shown:
        return None
    with figure_style(name):
        figure, rows = _panels(len(shown), 1)
        for axes, group in zip(rows, shown, strict=True):
            reach = float(np.median(group.mdc95))
            axes.axvspan(-reach, reach, color=TARGET, alpha=0.4 * UNCERTAIN_OPACITY, linewidth=0)
            axes.axvline(0.0, color=TARGET, linewidth=1.0)
            _row(axes, 0, group.difference, INK)
            _name_rows(axes, [""], [INK])
            _name_group(axes, group.group, len(group.difference))
        widest = max(float(np.median(group.mdc95)) for group in shown)
        reached = [group.difference for group in shown] + [np.array((-widest, widest))]
        _share_axis(rows, reached, "right minus left (°)")
        return inline_svg(figure, name, title)


def _panels(groups: int, rows: int) -> tuple[Figure, list[Axes]]:
    height_in = _TOP_IN + _BOTTOM_IN + groups * rows * _ROW_IN + (groups - 1) * _BETWEEN_IN
    figure, axes = panels(height_in, groups)
    figure.subplots_adjust(
        0.13, _BOTTOM_IN / height_in, 0.97, 1 - _TOP_IN / height_in,
        hspace=_BETWEEN_IN / (rows * _ROW_IN),
    )  # fmt: skip
    return figure, axes


def _row(axes: Axes, place: int, values: FloatArray, colour: str) -> None:
    if not len(values):
        axes.text(
            0.5, place, "nobody", color=TARGET, va="center", transform=axes.get_yaxis_transform()
        )
        return
    if len(values) > MOST_POINTS:
        _density(axes, place, values, colour)
    else:
        # Spread across the row so that equal values do not hide each other.
        aside = (np.arange(len(values)) * _GOLDEN % 1.0 - 0.5) * min(0.5, 0.1 * len(values))
        axes.plot(
            np.sort(values), place + aside, linestyle="", marker="o", markersize=4.5, color=colour,
            alpha=0.65, markeredgewidth=0, zorder=3,
        )  # fmt: skip
    # The mean of one person is their point.
    if len(values) > 1:
        _mean(axes, place, mean_of(values), colour)


def _density(axes: Axes, place: int, values: FloatArray, colour: str) -> None:
    counts, edges = np.histogram(values, bins=_BINS)
    high = 0.4 * counts / counts.max()
    axes.fill_between(
        edges, place - np.append(high, high[-1]), place + np.append(high, high[-1]), step="post",
        color=colour, alpha=UNCERTAIN_OPACITY, linewidth=0,
    )  # fmt: skip


def _mean(axes: Axes, place: int, mean: Interval, colour: str) -> None:
    axes.plot([mean.value] * 2, [place - 0.42, place + 0.42], color=colour, linewidth=2.6)
    if np.isfinite(mean.low):
        axes.fill_betweenx(
            (place - 0.3, place + 0.3), mean.low, mean.high, color=colour,
            alpha=0.6 * UNCERTAIN_OPACITY, linewidth=0,
        )  # fmt: skip


def _name_rows(axes: Axes, names: Sequence[str], colours: Sequence[str]) -> None:
    axes.set(ylim=(len(names) - 0.5, -0.5), yticks=range(len(names)))
    axes.set_yticklabels(names)
    for label, colour in zip(axes.get_yticklabels(), colours, strict=True):
        label.set(color=colour, weight="bold")
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    axes.spines["left"].set_visible(False)


def _name_group(axes: Axes, group: str, people: int) -> None:
    name = group if len(group) <= _LONGEST_NAME else f"{group[: _LONGEST_NAME - 1]}…"
    axes.set_title(name, loc="left", weight="bold", pad=5)
    axes.set_title(people_words(people), loc="right", color=TARGET, pad=5)


def _share_axis(rows: Sequence[Axes], values: Sequence[FloatArray], label: str) -> None:
    shown = [one for one in values if len(one)]
    means = [mean_of(one) for one in shown]
    # The interval of few people reaches further than they do.
    ends = [end for mean in means if np.isfinite(mean.low) for end in (mean.low, mean.high)]
    together = np.concatenate([*shown, np.array(ends)])
    low, high = float(together.min()), float(together.max())
    margin = max(0.06 * (high - low), 0.02 * max(abs(low), abs(high)), 1e-3)
    for axes in rows:
        axes.set_xlim(low - margin, high + margin)
        axes.locator_params(axis="x", nbins=6)
        axes.tick_params(labelbottom=axes is rows[-1])
    rows[-1].set_xlabel(label)
