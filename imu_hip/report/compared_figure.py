"""Two results beside each other: a row for each measure, with what cannot be told apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup
from matplotlib.axes import Axes

from imu_hip.measures.deficit import TARGET_DEG
from imu_hip.measures.measured_range import ARC, SLOPE
from imu_hip.names import Side
from imu_hip.report.compared import ComparedRange, Comparison
from imu_hip.report.inline_svg import figure_style, inline_svg, panels
from imu_hip.report.palette import GRID, INK, SIDE_COLOUR, TARGET
from imu_hip.report.tables import measure_words
from imu_hip.report.wording import TEST_NAME, capital

_ROW_IN: Final = 0.78
_TOP_IN: Final = 0.1
_BOTTOM_IN: Final = 0.65
_BAND: Final = "#dfe2e6"


@dataclass(frozen=True, slots=True)
class _Look:
    colour: str
    marker: str
    face: str


def comparison_figure(comparison: Comparison, name: str, title: str) -> Markup | None:
    """Each single measure of both with its uncertainty, in the band that is no difference.

    The band lies about the first value and is as wide as the smallest difference that can be told,
    so a second value inside it is no measurable difference. None where only sums are compared.
    """
    rows = [one for one in comparison.ranges if one.measure != ARC]
    if not rows:
        return None
    height_in = _ROW_IN * len(rows) + _TOP_IN + _BOTTOM_IN
    with figure_style(name):
        figure, (axes,) = panels(height_in, 1)
        figure.subplots_adjust(0.03, _BOTTOM_IN / height_in, 0.97, 1 - _TOP_IN / height_in)
        several = len({one.task for one in rows}) > 1
        for row, one in enumerate(rows):
            _draw_row(axes, row, one, _words(one, several=several))
        _finish(axes, rows)
        return inline_svg(figure, name, title)


def _words(one: ComparedRange, *, several: bool) -> str:
    test = f"{TEST_NAME[one.task]}: " if several else ""
    return test + capital(f"{one.side or ''} {measure_words(one.measure)}".strip())


def _draw_row(axes: Axes, row: int, one: ComparedRange, words: str) -> None:
    first_deg = one.first.value_deg
    axes.broken_barh(
        [(first_deg - one.mdc95_deg, 2 * one.mdc95_deg)], (row - 0.16, 0.52), color=_BAND
    )
    for result, look, above in (
        (one.first, _first_look(one), 0.0),
        (one.second, _second_look(one), 0.2),
    ):
        axes.errorbar(
            result.value_deg,
            row + above,
            xerr=result.uncertainty.sem_deg,
            fmt=look.marker,
            color=look.colour,
            markerfacecolor=look.face,
            markersize=8,
            capsize=3,
            linewidth=1.6,
        )
    axes.text(
        0.0,
        row - 0.34,
        words,
        va="center",
        transform=axes.get_yaxis_transform(),
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
    )


def _first_look(one: ComparedRange) -> _Look:
    colour = SIDE_COLOUR[one.side or Side.LEFT]
    return _Look(colour, "o", "white" if one.side else colour)


def _second_look(one: ComparedRange) -> _Look:
    colour = SIDE_COLOUR[one.side or Side.RIGHT]
    return _Look(colour, "o" if one.side else "s", colour)


def _finish(axes: Axes, rows: Sequence[ComparedRange]) -> None:
    reach = [
        deg
        for one in rows
        for deg in (
            one.first.value_deg - one.mdc95_deg,
            one.first.value_deg + one.mdc95_deg,
            one.second.value_deg - one.second.uncertainty.sem_deg,
            one.second.value_deg + one.second.uncertainty.sem_deg,
        )
    ]
    low, high = min(reach) - 2.0, max(reach) + 2.0
    if any(one.measure != SLOPE for one in rows):
        low, high = min(low, TARGET_DEG - 2.0), max(high, TARGET_DEG + 2.0)
        turned = [row for row, one in enumerate(rows) if one.measure != SLOPE]
        axes.vlines(
            [TARGET_DEG] * len(turned),
            [row - 0.2 for row in turned],
            [row + 0.42 for row in turned],
            colors=TARGET,
            linewidth=1.4,
            linestyles=(0, (4, 3)),
        )
    axes.set(xlim=(low, high), ylim=(len(rows) - 0.45, -0.6), yticks=(), xlabel="angle (°)")
    axes.grid(visible=False, axis="y")
    axes.spines["left"].set_visible(False)
    axes.spines["bottom"].set_color(GRID)
    axes.tick_params(axis="x", labelcolor=INK)
