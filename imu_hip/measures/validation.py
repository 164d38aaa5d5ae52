"""How well one angle over time agrees with a reference of the same angle.

Neighbouring samples of an angle are no independent measurements. Every interval here comes from
whole parts of the recording, and limits of agreement from whole strides or repetitions.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from imu_hip.errors import NothingMeasuredError
from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.measures.agreement import FEWEST_PAIRS, Agreement, Interval, limits_of_agreement
from imu_hip.measures.cycles import Units
from imu_hip.measures.independence import effective_number, jackknifed, left_out_parts
from imu_hip.measures.tracks import Pair
from imu_hip.measures.unit_agreement import UnitAgreement, agreement_by_unit
from imu_hip.names import Side

FEWEST_SAMPLES = 10


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

    @property
    def compared_s(self) -> float:
        """Time that the compared samples cover, without gaps in between."""
        # The usual step: a mean one would spread what lies before a gap over the gap.
        return self.samples * float(np.median(np.diff(self.time_s)))


Legs = Mapping[Side, AngleAgreement]
"""One angle of one leg or both."""


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
    # The reference stays as it is: whatever interpolation costs, it costs the estimate.
    estimate = pair.estimate.at(time_s + delay_s)
    use = np.isfinite(estimate) & np.isfinite(reference)
    if np.count_nonzero(use) < FEWEST_SAMPLES:
        raise NothingMeasuredError(
            "Estimate and reference are never measured at the same time.",
            "Check that both are of one session.",
        )
    e, r = estimate[use], reference[use]
    error = e - r
    by_unit = agreement_by_unit(time_s, estimate, reference, units)
    effective = effective_number(error)
    if by_unit is not None:
        # What a stride gets wrong, the next one gets wrong again.
        effective = min(effective, float(by_unit.count))
    # The same parts for every measure, so that their intervals tell of the same recording.
    parts = left_out_parts(time_s[use])
    return AngleAgreement(
        time_s=time_s,
        estimate_deg=np.where(use, estimate, np.nan),
        reference_deg=np.where(use, reference, np.nan),
        samples=len(e),
        covered_percent=100.0 * len(e) / np.count_nonzero(np.isfinite(reference)),
        effective_samples=effective,
        offset_deg=jackknifed(lambda kept: float(np.mean(error[kept])), parts),
        rms_deg=jackknifed(lambda kept: _rms(error[kept]), parts),
        rms_without_offset_deg=jackknifed(lambda kept: float(np.std(error[kept])), parts),
        correlation=jackknifed(lambda kept: _correlation(e[kept], r[kept]), parts),
        excursion_error_deg=float(np.ptp(e) - np.ptp(r)),
        reference_sd_deg=float(np.std(r)),
        sample_limits=_limits(error, effective),
        units=by_unit,
    )


def _rms(error: FloatArray) -> float:
    return float(np.sqrt(np.mean(error**2)))


def _correlation(estimate: FloatArray, reference: FloatArray) -> float:
    e, r = estimate - estimate.mean(), reference - reference.mean()
    size = float(np.sqrt(np.sum(e * e) * np.sum(r * r)))
    return float(np.sum(e * r)) / size if size > 0.0 else np.nan


def _limits(difference: FloatArray, effective: float) -> Agreement | None:
    return limits_of_agreement(difference, effective) if effective >= FEWEST_PAIRS else None
