"""Left against right in walking or running, against what the method and the strides can tell."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.measures.bootstrap import Cells, Resampled, equal_edges, half_width, in_cells, resample
from imu_hip.measures.gait_quantities import (
    PHASE_ERROR_DEG,
    POINTS,
    TIMING_MDC_PERCENT,
    GaitQuantity,
    less,
    peak_places,
)
from imu_hip.measures.running import GaitTest
from imu_hip.measures.stride_statistics import StrideTable, values_of
from imu_hip.measures.uncertainty import DIFFERENCE_FACTOR
from imu_hip.names import Task

if TYPE_CHECKING:
    import pandas as pd

HEALTHY_DEG = 3.0
"""Joint angles of 204 healthy collegiate runners differed by up to this between their legs, at
2.7 to 4.5 m/s (Med. Sci. Sports Exerc. 53(5) (2021) 945-950)."""

CURVE_FACTOR = 2.5 * np.sqrt(2.0)
"""From the error of one phase to what the difference of two whole curves stays within at 95 %. Two
harmonics describe femoral rotation, so its errors can go four ways, each of which must stay within
2.5 standard errors."""

COMPARED: tuple[GaitQuantity, ...] = tuple(
    q for q in GaitQuantity if q is not GaitQuantity.VARIABILITY
)
"""The variability holds the noise of the sensors, which two legs need not share."""


class Verdict(StrEnum):
    """What the comparison of two legs comes to."""

    TOO_FEW = "too few strides"
    NONE = "no measurable difference"
    USUAL = "measurable, but within what healthy legs differ by"
    CLEAR = "a measurable difference"


@dataclass(frozen=True, slots=True)
class QuantityDifference:
    """One quantity of both legs; `difference` is right minus left.

    `low` to `high` is the 95 % interval of the difference, from the strides and the error of the
    method together; `mdc95` is half its width. NaN where there are too few strides.
    """

    quantity: GaitQuantity
    left: float
    right: float
    difference: float
    low: float
    high: float
    mdc95: float

    @property
    def measurable(self) -> bool:
        """Whether the difference exceeds what the strides and the method leave open."""
        return abs(self.difference) > self.mdc95


@dataclass(frozen=True, slots=True, eq=False)
class GaitComparison:
    """Right minus left through the stride, shape (101,), and quantity by quantity.

    `low_deg` to `high_deg` holds the whole difference of the mean curves with 95 % confidence as
    far as the strides tell; the method's error is in `curve_mdc95_deg`, which the curve must exceed
    beyond its band. `mdc95_deg` is that of the excursion, the headline.
    """

    task: Task
    difference_deg: FloatArray
    low_deg: FloatArray
    high_deg: FloatArray
    differences: Mapping[GaitQuantity, QuantityDifference]
    mdc95_deg: float
    curve_mdc95_deg: float
    healthy_deg: float
    verdict: Verdict
    largest_at_percent: int

    def to_frame(self) -> "pd.DataFrame":
        """The difference curve with its band, one row per percent of the stride."""
        import pandas as pd  # noqa: PLC0415

        return pd.DataFrame(
            {
                "percent": np.arange(POINTS),
                "difference_deg": self.difference_deg,
                "low_deg": self.low_deg,
                "high_deg": self.high_deg,
            }
        )


def compare_gait(left: GaitTest, right: GaitTest) -> GaitComparison:
    """Compare both legs of one walk or run.

    The strides of both legs happen at the same time and share what the person and the pelvis do,
    so the bootstrap draws the same stretches of time for both.
    """
    difference_deg = right.curve_deg - left.curve_deg
    enough = left.enough and right.enough
    if enough:
        drawn = resample(_cells(left.table, right.table))
        left_means, right_means = np.hsplit(drawn.means, 2)
        curves = right_means[:, :POINTS] - left_means[:, :POINTS]
        half_deg = half_width(curves, drawn, simultaneous=True)
        stride_half = _stride_half_widths(left, right, drawn)
    else:
        half_deg = np.full(POINTS, np.nan)
        stride_half = dict.fromkeys(COMPARED, np.nan)
    differences: dict[GaitQuantity, QuantityDifference] = {
        q: _difference(q, left, right, stride_half[q]) for q in COMPARED
    }
    headline = differences[GaitQuantity.CYCLE_EXCURSION]
    low_deg, high_deg = difference_deg - half_deg, difference_deg + half_deg
    curve_mdc95_deg = float(CURVE_FACTOR * PHASE_ERROR_DEG)
    surely_deg = float(np.max(np.maximum(low_deg, -high_deg)))
    return GaitComparison(
        task=left.task,
        difference_deg=difference_deg,
        low_deg=low_deg,
        high_deg=high_deg,
        differences=differences,
        mdc95_deg=headline.mdc95,
        curve_mdc95_deg=curve_mdc95_deg,
        healthy_deg=HEALTHY_DEG,
        verdict=_verdict(headline, surely_deg > curve_mdc95_deg, difference_deg)
        if enough
        else Verdict.TOO_FEW,
        largest_at_percent=int(np.argmax(np.abs(difference_deg))),
    )


def _verdict(
    headline: QuantityDifference, curve_measurable: bool, difference_deg: FloatArray
) -> Verdict:
    if not (headline.measurable or curve_measurable):
        return Verdict.NONE
    size_deg = abs(headline.difference)
    if curve_measurable:
        size_deg = max(size_deg, float(np.abs(difference_deg).max()))
    return Verdict.USUAL if size_deg <= HEALTHY_DEG else Verdict.CLEAR


def _cells(left: StrideTable, right: StrideTable) -> Cells:
    """Sums of both legs over the same stretches of time, each with a stride of either leg."""
    fewer = min(left, right, key=lambda table: len(table.strike_s))
    edges = equal_edges(len(fewer.strike_s))
    between_s = fewer.strike_s[edges[1:-1]]

    def own(table: StrideTable) -> Cells:
        at = np.searchsorted(table.strike_s, between_s)
        return in_cells(table.features, np.concatenate(([0], at, [len(table.strike_s)])))

    return own(left).beside(own(right))


def _stride_half_widths(
    left: GaitTest, right: GaitTest, drawn: Resampled
) -> dict[GaitQuantity, float]:
    sides = np.hsplit(drawn.means, 2)
    away = []
    for test, means in zip((left, right), sides, strict=True):
        sampled = values_of(means, peak_places(test.curve_deg))
        away.append(
            np.stack(
                [less(q, sampled[q], np.array(test.statistics[q].mean)) for q in COMPARED], axis=1
            )
        )
    half = half_width(away[1] - away[0], drawn, simultaneous=False)
    return dict(zip(COMPARED, half.tolist(), strict=True))


def _difference(
    quantity: GaitQuantity, left: GaitTest, right: GaitTest, stride_half: float
) -> QuantityDifference:
    left_value, right_value = (t.statistics[quantity].mean for t in (left, right))
    difference = float(less(quantity, np.array(right_value), np.array(left_value)))
    mdc95 = float(np.hypot(stride_half, method_mdc95(quantity, left, right)))
    return QuantityDifference(
        quantity=quantity,
        left=left_value,
        right=right_value,
        difference=difference,
        low=difference - mdc95,
        high=difference + mdc95,
        mdc95=mdc95,
    )


def method_mdc95(quantity: GaitQuantity, left: GaitTest, right: GaitTest) -> float:
    """Smallest difference of two legs, or days, that the method can tell, strides aside.

    In the unit of the quantity; for the same leg twice it is that of a repeated measurement.
    """
    if quantity.excursion:
        # Both legs bring their own error; 1.96 √2 times their mean square is that of a difference.
        both_deg = np.hypot(left.excursion_error_deg, right.excursion_error_deg) / np.sqrt(2.0)
        return float(DIFFERENCE_FACTOR * both_deg)
    if not quantity.timing:
        return float(DIFFERENCE_FACTOR * PHASE_ERROR_DEG)
    sign = 1.0 if quantity is GaitQuantity.PEAK_INTERNAL_AT else -1.0
    return max(TIMING_MDC_PERCENT, *(_peak_reach(sign * t.curve_deg) for t in (left, right)))


def _peak_reach(curve_deg: FloatArray) -> float:
    """How far from the peak the curve still comes as near to it as the method errs, in percent.

    A broad peak, or one of two nearly equal humps, has no certain time.
    """
    cycle = curve_deg[:-1]
    top = int(np.argmax(cycle))
    near = np.flatnonzero(cycle >= cycle[top] - PHASE_ERROR_DEG)
    return float(np.abs((near - top + 50) % 100 - 50).max())
