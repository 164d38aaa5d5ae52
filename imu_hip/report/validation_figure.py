"""An estimate over its reference in time, one row a leg."""

from typing import Final

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes

from imu_hip.measures.cycles import REPETITION
from imu_hip.measures.validation import AngleAgreement, Legs
from imu_hip.names import Side
from imu_hip.report.figures import Trace, thinned
from imu_hip.report.inline_svg import figure_style, inline_svg, panels
from imu_hip.report.palette import SIDE_COLOUR, TARGET

SHORTEST_SHOWN_S: Final = 10.0
UNITS_SHOWN: Final = 8
"""More strides than these cannot be told from each other in a picture as wide as a phone."""

_ROW_IN: Final = 1.75
_TOP_IN: Final = 0.36
_BOTTOM_IN: Final = 0.62
_BETWEEN: Final = 0.42


def overlay_figure(legs: Legs, name: str, title: str) -> Markup:
    """The angle of each leg as estimated, over the reference, in the part that `shown_s` names."""
    height_in = _TOP_IN + _BOTTOM_IN + _ROW_IN * len(legs) + _BETWEEN * (len(legs) - 1)
    with figure_style(name):
        figure, rows = panels(height_in, len(legs))
        figure.subplots_adjust(
            0.15, _BOTTOM_IN / height_in, 0.955, 1 - _TOP_IN / height_in, hspace=_BETWEEN / _ROW_IN
        )
        part_s = shown_s(legs)
        for axes, (side, leg) in zip(rows, legs.items(), strict=True):
            _draw(axes, side, leg, part_s)
            axes.set_ylabel("angle (°)")
            # All rows share one axis of time.
            axes.tick_params(labelbottom=axes is rows[-1])
            axes.locator_params(axis="y", nbins=5, integer=True)
        rows[-1].set_xlabel("time of the reference (s)")
        return inline_svg(figure, name, title)


def shown_s(legs: Legs) -> tuple[float, float]:
    """The part `[start_s, end_s)` that is drawn: all of it, or some strides from its middle.

    Repetitions of a test are few and each leg has its own time, so all of them are drawn.
    """
    compared_s = np.concatenate(
        [leg.time_s[np.isfinite(leg.estimate_deg)] for leg in legs.values()]
    )
    # Where nothing was compared there is nothing to see.
    start_s, end_s = float(compared_s.min()), float(compared_s.max())
    usual_s = max(leg.units.usual_s if leg.units else 0.0 for leg in legs.values())
    wanted_s = max(SHORTEST_SHOWN_S, UNITS_SHOWN * usual_s)
    if of_test(legs) or end_s - start_s <= 1.5 * wanted_s:
        return start_s, end_s
    # The middle, because people start and stop at the ends.
    middle_s = float(np.median(compared_s))
    return middle_s - 0.5 * wanted_s, middle_s + 0.5 * wanted_s


def of_test(legs: Legs) -> bool:
    """Whether a leg was compared by repetitions of a test."""
    return any(leg.units is not None and leg.units.word == REPETITION for leg in legs.values())


def _draw(axes: Axes, side: Side, leg: AngleAgreement, part_s: tuple[float, float]) -> None:
    for values, colour, width in (
        (leg.reference_deg, TARGET, 3.4),
        (leg.estimate_deg, SIDE_COLOUR[side], 1.5),
    ):
        part = thinned(Trace(leg.time_s, values).between(*part_s))
        alpha = 0.55 if width > 2.0 else 1.0
        axes.plot(part.time_s, part.angle_deg, color=colour, linewidth=width, alpha=alpha)
    axes.set_xlim(*part_s)
    axes.set_title(side.value, color=SIDE_COLOUR[side], loc="left", weight="bold", pad=5)
