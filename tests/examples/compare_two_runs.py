"""Compare two runs of one person, such as before and after some weeks of training.

python compare_two_runs.py [BEFORE AFTER]

Without recordings two simulated runs are compared: in the second one both femurs turn 8° more.
A difference has two errors: that of the strides, and that of the method, because sensors never
sit twice in the same way. Only what exceeds both together is called measurable.
"""

import math
import sys

import imu_hip
from imu_hip.errors import ImuHipError
from imu_hip.measures.gait_comparison import method_mdc95
from imu_hip.measures.gait_quantities import GaitQuantity
from imu_hip.simulation import TYPICAL, GaitPlan, simulate_run

SHOWN = (
    GaitQuantity.CYCLE_EXCURSION,
    GaitQuantity.STANCE_EXCURSION,
    GaitQuantity.AT_FOOT_STRIKE,
)


def simulated(excursion_deg: float, seed: int) -> imu_hip.Recording:
    """A minute and a half on a treadmill after a quiet stand."""
    plan = GaitPlan(duration_s=90.0, rotation_excursion_deg=excursion_deg)
    return simulate_run(plan, TYPICAL, sampling_rate_hz=60.0, seed=seed).recording


def main(before: str | None = None, after: str | None = None) -> None:
    first = imu_hip.analyze_run(before or simulated(14.0, seed=3))
    second = imu_hip.analyze_run(after or simulated(22.0, seed=4))
    for side in (side for side in first.legs if side in second.legs):
        old, new = first.legs[side], second.legs[side]
        print(f"{side}: {old.strides} and {new.strides} strides")
        for quantity in SHOWN:
            a, b = old.statistics[quantity], new.statistics[quantity]
            strides = math.hypot((a.high - a.low) / 2, (b.high - b.low) / 2)
            error = math.hypot(strides, method_mdc95(quantity, old, new))
            change = b.mean - a.mean
            verdict = "measurable" if abs(change) > error else "no measurable difference"
            values = f"{a.mean:.1f}° to {b.mean:.1f}°, {change:+.1f} ± {error:.1f}°"
            print(f"  {quantity.value.replace('_', ' ')}: {values}: {verdict}")


if __name__ == "__main__":
    if len(sys.argv) not in {1, 3}:
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except ImuHipError as error:
        sys.exit(f"{error.what}\n{error.advice}")
