"""How well strides, repetitions or cycles agree with those of a reference, one by one."""

from dataclasses import dataclass

import numpy as np

from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.measures.agreement import FEWEST_PAIRS, Agreement, limits_of_agreement
from imu_hip.measures.cycles import FEWEST_CYCLES, Units
from imu_hip.measures.independence import effective_number

LEAST_OF_UNIT = 0.9
"""A stride or repetition counts where both angles cover this part of it."""


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

    @property
    def count(self) -> int:
        """How many strides, repetitions or cycles were compared."""
        return len(self.excursion.estimate_deg)


def agreement_by_unit(
    time_s: FloatArray, estimate: FloatArray, reference: FloatArray, units: Units
) -> UnitAgreement | None:
    """Compare what each unit reaches; None where fewer than three are covered by both.

    Parameters
    ----------
    time_s, estimate, reference
        Shape (n,), angles in degrees, NaN where missing.
    units
        On the clock of `time_s`.
    """
    use = np.isfinite(estimate) & np.isfinite(reference)
    step_s = float(np.median(np.diff(time_s)))
    rows = []
    for start_s, end_s in zip(units.start_s, units.end_s, strict=True):
        part = slice(*np.searchsorted(time_s, (start_s, end_s)).tolist())
        # Samples that both have, else one of the two could miss the peak of the stride.
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
    # Three pairs at least, or there would be no interval at all; theirs is very wide.
    effective = max(effective_number(difference), float(FEWEST_PAIRS))
    limits = limits_of_agreement(difference, effective)
    return UnitValues(table[:, 0], table[:, 1], limits, effective)
