"""The curves of the report: the stride, a test's repetitions, the whole recording."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes

from imu_hip.analysis.results import Phase
from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.measures.deficit import TARGET_DEG
from imu_hip.measures.repetitions import Repetition
from imu_hip.names import Direction, MarkerLabel, Side
from imu_hip.report.inline_svg import figure_style, inline_svg, panels
from imu_hip.report.palette import GRID, INK, SIDE_COLOUR, TARGET
from imu_hip.report.wording import label_words

LARGEST_POINTS: Final = 1500
_MINUTES_FROM_S: Final = 240.0
_MARGIN_S: Final = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """One angle over time, shape (n,), NaN where not measured."""

    time_s: FloatArray
    angle_deg: FloatArray

    def between(self, start_s: float, end_s: float) -> "Trace":
        """The part from `start_s` to `end_s`."""
        part = slice(*np.searchsorted(self.time_s, (start_s, end_s)).tolist())
        return Trace(self.time_s[part], self.angle_deg[part])

    def measured(self) -> bool:
        """Whether it holds any value."""
        return bool(np.isfinite(self.angle_deg).any())


def thinned(trace: Trace, largest: int = LARGEST_POINTS) -> Trace:
    """At most `largest` points that keep every extreme: the lowest and highest of each bin."""
    n = len(trace.time_s)
    if n <= largest:
        return trace
    size = -(-n // (largest // 2 - 1))
    starts = np.arange(0, n, size)
    low = np.fmin.reduceat(trace.angle_deg, starts)
    high = np.fmax.reduceat(trace.angle_deg, starts)
    middle = trace.time_s[np.minimum(starts + size // 2, n - 1)]
    return Trace(
        np.column_stack((trace.time_s[starts], middle)).ravel(),
        np.column_stack((low, high)).ravel(),
    )


def _panel_title(axes: Axes, side: Side) -> None:
    axes.set_title(side.value, color=SIDE_COLOUR[side], loc="left", weight="bold", pad=5)


def _up_and_down(axes: Axes) -> None:
    axes.set_title("up: inward, down: outward", color=TARGET, loc="right", pad=5)
    axes.axhline(0.0, color=TARGET, linewidth=0.8)


def repetitions_figure(
    traces: Mapping[Side, Trace],
    repetitions: Mapping[Side, Sequence[Repetition]],
    ylabel: str,
    name: str,
    title: str,
) -> Markup | None:
    """The repetitions of each side, holds shaded; None where there is nothing to draw."""
    shown = {
        side: trace
        for side in Side
        if side in traces
        and repetitions.get(side)
        and (trace := _around(traces[side], repetitions[side])).measured()
    }
    if not shown:
        return None
    with figure_style(name):
        figure, rows = panels(0.6 + 1.95 * len(shown), len(shown))
        figure.subplots_adjust(0.15, 0.6 / (0.6 + 1.95 * len(shown)), 0.955, 0.93, hspace=0.42)
        for axes, (side, trace) in zip(rows, shown.items(), strict=True):
            _draw_repetitions(axes, side, trace, repetitions[side])
            axes.set_ylabel(ylabel)
        rows[-1].set_xlabel("time (s)")
        return inline_svg(figure, name, title)


def _around(trace: Trace, repetitions: Sequence[Repetition]) -> Trace:
    return trace.between(
        min(r.start_s for r in repetitions) - _MARGIN_S,
        max(r.end_s for r in repetitions) + _MARGIN_S,
    )


def _draw_repetitions(
    axes: Axes, side: Side, trace: Trace, repetitions: Sequence[Repetition]
) -> None:
    colour = SIDE_COLOUR[side]
    reach = 1.1 * max(float(np.nanmax(np.abs(trace.angle_deg))), TARGET_DEG)
    rotation = any(r.direction for r in repetitions)
    axes.set(xlim=(trace.time_s[0], trace.time_s[-1]), ylim=(-reach, reach))
    if rotation:
        axes.set_yticks((-TARGET_DEG, 0, TARGET_DEG))
        for target in (-TARGET_DEG, TARGET_DEG):
            axes.axhline(target, color=TARGET, linewidth=1.2, linestyle=(0, (4, 3)))
    else:
        axes.set(ylim=(min(0.0, 1.1 * float(np.nanmin(trace.angle_deg))), reach))
    for number, repetition in enumerate(repetitions, 1):
        _shade(axes, repetition, number, colour)
    few = thinned(trace)
    axes.plot(few.time_s, few.angle_deg, color=colour)
    axes.grid(visible=False, axis="x")
    _panel_title(axes, side)
    if rotation:
        _up_and_down(axes)


def _shade(axes: Axes, repetition: Repetition, number: int, colour: str) -> None:
    hold = (repetition.plateau_start_s, repetition.plateau_end_s)
    if repetition.valid:
        axes.axvspan(*hold, color=colour, alpha=0.22, linewidth=0)
    else:
        axes.axvspan(*hold, facecolor="none", edgecolor=TARGET, hatch="////", linewidth=0)
    below = repetition.direction is Direction.INTERNAL
    axes.text(
        sum(hold) / 2,
        0.05 if below else 0.95,
        str(number),
        ha="center",
        va="bottom" if below else "top",
        transform=axes.get_xaxis_transform(),
    )


def overview_figure(
    traces: Mapping[Side, Trace],
    phases: Sequence[Phase],
    name: str,
    title: str,
) -> Markup | None:
    """The angle over the whole recording, with what was done when below it."""
    shown = {side: traces[side] for side in Side if side in traces and traces[side].measured()}
    if not shown:
        return None
    start_s, end_s = _extent(list(shown.values()), phases)
    labels = list(dict.fromkeys(phase.label for phase in phases))
    heights = [1.35] * len(shown) + ([0.26 * len(labels)] if labels else [])
    height_in = sum(heights) + 0.32 * len(heights) + 0.65
    with figure_style(name):
        figure, rows = panels(height_in, len(heights), height_ratios=heights)
        figure.subplots_adjust(
            0.15 if not labels else 0.31, 0.65 / height_in, 0.955, 1 - 0.3 / height_in, hspace=0.35
        )
        scale, unit = (1 / 60, "min") if end_s - start_s >= _MINUTES_FROM_S else (1.0, "s")
        for axes, (side, trace) in zip(rows, shown.items(), strict=False):
            _draw_whole(axes, side, thinned(trace), scale)
            axes.set_ylabel("rotation (°)")
        if labels:
            _draw_phases(rows[-1], phases, labels, scale)
        for axes in rows:
            axes.set_xlim(start_s * scale, end_s * scale)
            axes.tick_params(labelbottom=axes is rows[-1])
        rows[-1].set_xlabel(f"time ({unit})")
        return inline_svg(figure, name, title)


def _extent(traces: Sequence[Trace], phases: Sequence[Phase]) -> tuple[float, float]:
    start_s = min(float(trace.time_s[0]) for trace in traces)
    end_s = max(float(trace.time_s[-1]) for trace in traces)
    return (
        min([start_s, *(phase.start_s for phase in phases)]),
        max([end_s, *(phase.end_s for phase in phases)]),
    )


def _draw_whole(axes: Axes, side: Side, trace: Trace, scale: float) -> None:
    colour = SIDE_COLOUR[side]
    usual = np.nanpercentile(np.abs(trace.angle_deg), 99)
    reach = max(1.3 * float(usual), 15.0)
    axes.plot(trace.time_s * scale, trace.angle_deg, color=colour, linewidth=1.1)
    axes.set_ylim(-reach, reach)
    _panel_title(axes, side)
    _up_and_down(axes)


def _draw_phases(
    axes: Axes, phases: Sequence[Phase], labels: Sequence[MarkerLabel], scale: float
) -> None:
    for phase in phases:
        colour = SIDE_COLOUR[phase.side] if phase.side else INK
        row = labels.index(phase.label)
        # Left fills the upper half of a row, right the lower, both legs all of it.
        offset, height = {Side.LEFT: (-0.38, 0.36), Side.RIGHT: (0.02, 0.36), None: (-0.38, 0.76)}[
            phase.side
        ]
        span = (phase.start_s * scale, (phase.end_s - phase.start_s) * scale)
        axes.broken_barh([span], (row + offset, height), color=colour, linewidth=0)
    axes.set(ylim=(len(labels) - 0.4, -0.6), yticks=range(len(labels)))
    axes.set_yticklabels([label_words(label) for label in labels])
    axes.grid(visible=False, axis="y")
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.spines["bottom"].set_color(GRID)
