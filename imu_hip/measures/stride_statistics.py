"""Statistics over the strides of one leg, with intervals that know that strides are correlated."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.measures.bootstrap import (
    Resampled,
    equal_edges,
    half_width,
    in_cells,
    resample,
)
from imu_hip.measures.gait_quantities import (
    POINTS,
    GaitQuantity,
    PeakPlaces,
    less,
    peak_places,
    read_quantities,
)

if TYPE_CHECKING:
    import pandas as pd

FEWEST_FOR_VERDICT = 16
"""Running takes 16 to 150 steps until its means settle (A. Godin et al. at 8 to 12 km/h); fewer
strides give no interval either."""

PARTS_OF_A_RUN = 5
"""The change over a run is that from its first to its last fifth."""


@dataclass(frozen=True, slots=True)
class StrideStatistic:
    """One quantity over all strides.

    `mean` is read off the mean curve, since what differs from stride to stride widens the
    excursion of each single stride. `sd` is that between strides; `low` to `high` is the 95 %
    interval of the mean, NaN where there are too few strides.
    """

    quantity: GaitQuantity
    mean: float
    sd: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class StrideChange:
    """Change of one quantity from the first to the last fifth of the strides, with 95 % interval.

    The error of the method is not in it: it is the same in both parts.
    """

    quantity: GaitQuantity
    first: float
    last: float
    difference: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class StrideTable:
    """The strides that count, in order: times (m,), curves (m, 101) and values (m,) of each."""

    strike_s: FloatArray
    toe_off_s: FloatArray
    end_s: FloatArray
    curves_deg: FloatArray
    values: Mapping[GaitQuantity, FloatArray]

    @property
    def toe_off_percent(self) -> FloatArray:
        """Toe-off in percent of each stride, NaN where not found."""
        duration_s = self.end_s - self.strike_s
        return 100.0 * (self.toe_off_s - self.strike_s) / duration_s

    @property
    def features(self) -> FloatArray:
        """Curve, toe-off and mean square of each stride, shape (m, 103): what is averaged."""
        square = np.einsum("ij,ij->i", self.curves_deg, self.curves_deg) / POINTS
        return np.column_stack((self.curves_deg, self.toe_off_percent, square))

    def to_frame(self) -> "pd.DataFrame":
        """One row per stride that counts."""
        import pandas as pd  # noqa: PLC0415

        times = {"strike_s": self.strike_s, "toe_off_s": self.toe_off_s, "end_s": self.end_s}
        values = {quantity.column: column for quantity, column in self.values.items()}
        return pd.DataFrame({**times, **values})


@dataclass(frozen=True, slots=True, eq=False)
class StrideSummary:
    """Mean curve, its simultaneous 95 % half width, shape (101,) each, and all statistics."""

    curve_deg: FloatArray
    band_half_deg: FloatArray
    statistics: Mapping[GaitQuantity, StrideStatistic]
    changes: tuple[StrideChange, ...]


def summarise(table: StrideTable) -> StrideSummary:
    """Statistics of every quantity, and how it changed over the run."""
    features = table.features
    places = peak_places(features[:, :POINTS].mean(axis=0))
    if len(features) < FEWEST_FOR_VERDICT:
        return _without_intervals(table, places)
    resampled = resample(in_cells(features, equal_edges(len(features))))
    values = values_of(resampled.mean[None], places)
    half = _half_widths(resampled, values, places)
    statistics = _statistics(table, values, half)
    band_half_deg = half_width(resampled.means[:, :POINTS], resampled, simultaneous=True)
    changes = _changes(features, places)
    return StrideSummary(resampled.mean[:POINTS], band_half_deg, statistics, changes)


def values_of(means: FloatArray, places: PeakPlaces) -> dict[GaitQuantity, FloatArray]:
    """Quantities, shape (k,) each, of the means of `StrideTable.features`, shape (k, 103)."""
    curves, toe_off, square = means[:, :POINTS], means[:, POINTS], means[:, POINTS + 1]
    values = read_quantities(curves, toe_off, places)
    variance = square - np.mean(curves**2, axis=1)
    values[GaitQuantity.VARIABILITY] = np.sqrt(np.maximum(variance, 0.0))
    return values


def _without_intervals(table: StrideTable, places: PeakPlaces) -> StrideSummary:
    features = table.features
    toe_off = features[:, POINTS]
    mean = features.mean(axis=0)
    mean[POINTS] = toe_off[np.isfinite(toe_off)].mean() if np.isfinite(toe_off).any() else np.nan
    values = values_of(mean[None], places)
    unknown = dict.fromkeys(GaitQuantity, np.nan)
    statistics = _statistics(table, values, unknown)
    return StrideSummary(mean[:POINTS], np.full(POINTS, np.nan), statistics, ())


def _half_widths(
    resampled: Resampled, values: Mapping[GaitQuantity, FloatArray], places: PeakPlaces
) -> dict[GaitQuantity, float]:
    sampled = values_of(resampled.means, places)
    deviations = np.stack([less(q, sampled[q], values[q]) for q in GaitQuantity], axis=1)
    half = half_width(deviations, resampled, simultaneous=False)
    return dict(zip(GaitQuantity, half.tolist(), strict=True))


def _statistics(
    table: StrideTable,
    values: Mapping[GaitQuantity, FloatArray],
    half: Mapping[GaitQuantity, float],
) -> dict[GaitQuantity, StrideStatistic]:
    statistics = {}
    for quantity in GaitQuantity:
        mean = float(values[quantity][0])
        single = table.values[quantity]  # noqa: PD011 - not a data frame
        away = less(quantity, single, values[quantity])
        away = away[np.isfinite(away)]
        sd = float(np.std(away, ddof=1)) if len(away) > 1 else np.nan
        low, high = mean - half[quantity], mean + half[quantity]
        statistics[quantity] = StrideStatistic(quantity, mean, sd, low, high)
    return statistics


def _changes(features: FloatArray, places: PeakPlaces) -> tuple[StrideChange, ...]:
    part = len(features) // PARTS_OF_A_RUN
    if part < FEWEST_FOR_VERDICT:
        return ()
    edges = equal_edges(part)
    first, last = (resample(in_cells(f, edges)) for f in (features[:part], features[-part:]))
    first_values = values_of(first.mean[None], places)
    last_values = values_of(last.mean[None], places)
    first_half = _half_widths(first, first_values, places)
    last_half = _half_widths(last, last_values, places)
    changes = []
    for q in GaitQuantity:
        if q.timing:
            continue
        difference = float((last_values[q] - first_values[q])[0])
        half = float(np.hypot(first_half[q], last_half[q]))
        changes.append(
            StrideChange(
                quantity=q,
                first=float(first_values[q][0]),
                last=float(last_values[q][0]),
                difference=difference,
                low=difference - half,
                high=difference + half,
            )
        )
    return tuple(changes)
