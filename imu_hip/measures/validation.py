"""How well one angle over time agrees with a reference of the same angle.

Neighbouring samples of an angle are no independent measurements. Every interval here comes from
whole parts of the recording, and limits of agreement from whole strides or repetitions.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from imu_hip.errors import NothingMeasuredError
from imu_hip.kinematics.quaternion import BoolArray, FloatArray
from imu_hip.kinematics.windows import likeness
from imu_hip.measures.agreement import FEWEST_PAIRS, Agreement, Interval, limits_of_agreement
from imu_hip.measures.cycles import FEWEST_CYCLES, Units
from imu_hip.measures.tracks import Pair

PARTS = 20
SHORTEST_PART_S = 1.0
FEWEST_PARTS = 4

LEAST_OF_UNIT = 0.9
"""A stride or repetition counts where both angles cover this part of it."""

FEWEST_SAMPLES = 10


@dataclass(frozen=True, slots=True, eq=False)
class UnitValues:
    """One value of each unit that counts, shape (m,): the estimate's and the reference's."""

    estimate_deg: FloatArray
    reference_deg: FloatArray
    limits: Agreement
    effective: float

    @property
    def mean_deg(self) -> FloatArray:
        """Mean of the two, shape (m,)."""
        return 0.5 * (self.estimate_deg + self.reference_deg)

    @property
    def difference_deg(self) -> FloatArray:
        """Estimate minus reference, shape (m,)."""
        return self.estimate_deg - self.reference_deg


@dataclass(frozen=True, slots=True, eq=False)
class UnitAgreement:
    """Excursion, highest and lowest angle of each stride, repetition or cycle.

    `word` is what they are, `usual_s` the median of how long they take.
    """

    word: str
    usual_s: float
    excursion: UnitValues
    highest: UnitValues
    lowest: UnitValues


@dataclass(frozen=True, slots=True, eq=False)
class AngleAgreement:
    """One angle against its reference; intervals are of 95 %, NaN where too little was recorded.

    Parameters
    ----------
    time_s, estimate_deg, reference_deg
        What was compared, at the reference's times, shape (n,); NaN where either is missing.
    covered_percent
        Part of the reference's samples for which there is an estimate.
    effective_samples
        How many independent samples the n compared ones are worth.
    offset_deg, rms_deg, rms_without_offset_deg
        Of estimate minus reference.
    excursion_error_deg
        Excursion of the estimate over all compared samples, less that of the reference.
    sample_limits
        Limits of agreement of single samples; None where they are worth fewer than three.
    units
        None where no strides, repetitions or cycles were found.
    """

    time_s: FloatArray
    estimate_deg: FloatArray
    reference_deg: FloatArray
    samples: int
    covered_percent: float
    effective_samples: float
    offset_deg: Interval
    rms_deg: Interval
    rms_without_offset_deg: Interval
    correlation: Interval
    excursion_error_deg: float
    reference_sd_deg: float
    sample_limits: Agreement | None
    units: UnitAgreement | None


def agreement_of(pair: Pair, delay_s: float, units: Units) -> AngleAgreement:
    """Compare an angle with its reference at the reference's times.

    Parameters
    ----------
    delay_s
        What the reference has at t, the estimate has at `t + delay_s`.
    units
        Strides, repetitions or cycles on the reference's clock.

    Raises
    ------
    NothingMeasuredError
        Where the two have fewer than ten samples in common.
    """
    time_s, reference = pair.reference.time_s, pair.reference.angle_deg
    estimate = pair.estimate.at(time_s + delay_s)
    use = np.isfinite(estimate) & np.isfinite(reference)
    if np.count_nonzero(use) < FEWEST_SAMPLES:
        raise NothingMeasuredError(
            "Estimate and reference are never measured at the same time.",
            "Check that both are of one session.",
        )
    e, r = estimate[use], reference[use]
    error = e - r
    by_unit = _by_unit(time_s, estimate, reference, units)
    effective = effective_number(error)
    if by_unit is not None:
        # What a stride gets wrong, the next one gets wrong again.
        effective = min(effective, float(len(by_unit.excursion.estimate_deg)))
    parts = _parts(time_s[use])
    return AngleAgreement(
        time_s=time_s,
        estimate_deg=np.where(use, estimate, np.nan),
        reference_deg=np.where(use, reference, np.nan),
        samples=len(e),
        covered_percent=100.0 * len(e) / np.count_nonzero(np.isfinite(reference)),
        effective_samples=effective,
        offset_deg=_interval(lambda kept: float(np.mean(error[kept])), parts),
        rms_deg=_interval(lambda kept: _rms(error[kept]), parts),
        rms_without_offset_deg=_interval(lambda kept: float(np.std(error[kept])), parts),
        correlation=_interval(lambda kept: _correlation(e[kept], r[kept]), parts),
        excursion_error_deg=float(np.ptp(e) - np.ptp(r)),
        reference_sd_deg=float(np.std(r)),
        sample_limits=_limits(error, effective),
        units=by_unit,
    )


def effective_number(values: FloatArray) -> float:
    """How many independent values a series is worth for its mean, at most its length.

    Notes
    -----
    n over one plus twice the sum of the autocorrelation, summed over pairs of lags until a pair is
    negative (C. J. Geyer, Stat. Sci. 7 (1992) 473-483).

    Parameters
    ----------
    values
        Shape (n,), finite, in order.
    """
    n = len(values)
    centred = values - np.mean(values)
    alike = likeness(centred[:, None])
    if n < 4 or alike[0] <= 1e-12 * max(float(np.mean(values**2)), 1e-300):
        return float(n)
    # Weighted so that long lags, of which few products are known, count little.
    rho = alike / alike[0] * (1.0 - np.arange(n) / n)
    pairs = rho[: 2 * (n // 2)].reshape(-1, 2).sum(axis=1)
    negative = np.flatnonzero(pairs <= 0.0)
    last = int(negative[0]) if len(negative) else len(pairs)
    inflation = 2.0 * float(pairs[:last].sum()) - 1.0
    return float(n / max(inflation, 1.0))


def _parts(time_s: FloatArray) -> list[BoolArray]:
    """What is left of the samples when each part is left out; none where there are too few."""
    edges = np.diff(time_s, append=time_s[-1] + float(np.median(np.diff(time_s))))
    measured_s = float(np.sum(np.minimum(edges, SHORTEST_PART_S)))
    parts = int(min(measured_s / SHORTEST_PART_S, PARTS))
    if parts < FEWEST_PARTS:
        return []
    part = np.arange(len(time_s)) * parts // len(time_s)
    return [part != k for k in range(parts)]


def _interval(measure: Callable[[BoolArray | slice], float], parts: list[BoolArray]) -> Interval:
    """A measure with its interval by the jackknife over parts of the recording."""
    from scipy.stats import t  # noqa: PLC0415

    value = float(measure(slice(None)))
    if not parts:
        return Interval(value, np.nan, np.nan)
    without = np.array([measure(kept) for kept in parts])
    k = len(parts)
    error = float(np.sqrt((k - 1) / k * np.sum((without - without.mean()) ** 2)))
    half = float(t.ppf(0.975, k - 1)) * error
    return Interval(value, value - half, value + half)


def _rms(error: FloatArray) -> float:
    return float(np.sqrt(np.mean(error**2)))


def _correlation(estimate: FloatArray, reference: FloatArray) -> float:
    e, r = estimate - estimate.mean(), reference - reference.mean()
    size = float(np.sqrt(np.sum(e * e) * np.sum(r * r)))
    return float(np.sum(e * r)) / size if size > 0.0 else np.nan


def _limits(difference: FloatArray, effective: float) -> Agreement | None:
    return limits_of_agreement(difference, effective) if effective >= FEWEST_PAIRS else None


def _by_unit(
    time_s: FloatArray, estimate: FloatArray, reference: FloatArray, units: Units
) -> UnitAgreement | None:
    use = np.isfinite(estimate) & np.isfinite(reference)
    step_s = float(np.median(np.diff(time_s)))
    rows = []
    for start_s, end_s in zip(units.start_s, units.end_s, strict=True):
        part = slice(*np.searchsorted(time_s, (start_s, end_s)).tolist())
        inside = use[part]
        expected = (end_s - start_s) / step_s
        if np.count_nonzero(inside) < max(LEAST_OF_UNIT * expected - 1.0, 2.0):
            continue
        e, r = estimate[part][inside], reference[part][inside]
        rows.append((np.ptp(e), np.ptp(r), e.max(), r.max(), e.min(), r.min()))
    if len(rows) < FEWEST_CYCLES:
        return None
    table = np.array(rows, dtype=np.float64)
    usual_s = float(np.median(np.subtract(units.end_s, units.start_s)))
    return UnitAgreement(
        units.word, usual_s, *(_unit_values(table[:, i : i + 2]) for i in (0, 2, 4))
    )


def _unit_values(table: FloatArray) -> UnitValues:
    difference = table[:, 0] - table[:, 1]
    effective = max(effective_number(difference), float(FEWEST_PAIRS))
    limits = limits_of_agreement(difference, effective)
    return UnitValues(table[:, 0], table[:, 1], limits, effective)
