"""Compare left and right in a run, and keep the tables.

python compare_left_and_right.py [RECORDING [FOLDER]]

Without a recording a simulated run is analysed, whose right femur turns 10° more than the left.
"""

import sys
from pathlib import Path

import imu_hip
from imu_hip.errors import ImuHipError
from imu_hip.simulation import TYPICAL, GaitPlan, simulate_run


def simulated_run() -> imu_hip.Recording:
    """Two minutes on a treadmill after a quiet stand."""
    plan = GaitPlan(duration_s=120.0, excursion_difference_deg=10.0)
    return simulate_run(plan, TYPICAL, sampling_rate_hz=60.0, seed=2).recording


def main(recording: str | None = None, folder: str = "run_tables") -> None:
    run = imu_hip.open_recording(recording) if recording else simulated_run()
    analysis = imu_hip.analyze_run(run)

    for side, leg in analysis.legs.items():
        steps = f"{leg.strides} strides, {leg.cadence_spm:.0f} steps a minute"
        print(f"{side}: {leg.excursion_deg:.1f}° of rotation over {steps}")
    if analysis.comparison is not None:
        print(f"left against right: {analysis.comparison.verdict}")
    for warning in analysis.warnings:
        print(f"note: {warning}")

    tables = Path(folder)
    tables.mkdir(parents=True, exist_ok=True)
    analysis.to_frame().to_csv(tables / "summary.csv", index=False)
    analysis.strides_frame().to_csv(tables / "strides.csv", index=False)
    analysis.curves_frame().to_csv(tables / "curves.csv", index=False)
    analysis.angles.to_frame().to_csv(tables / "angles.csv", index=False)
    print(f"tables: {tables}")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except ImuHipError as error:
        sys.exit(f"{error.what}\n{error.advice}")
