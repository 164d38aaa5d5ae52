"""Recorded runs and walks: angles against optical references, and left against right."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from imu_hip.analysis.analyze import analyze
from imu_hip.kinematics.windows import moving_mean
from imu_hip.measures.gait_comparison import Verdict
from imu_hip.measures.gait_quantities import GaitQuantity
from imu_hip.measures.running import GaitTest
from imu_hip.names import MarkerLabel, Segment, Side
from imu_hip.recording.cutting import part_of
from imu_hip.recording.formats import open_recording
from imu_hip.recording.recording import Marker, Recording
from imu_hip.simulation import HARSH, GaitPlan, simulate_run
from tests.benchmark.accuracy import qmt_recording

Row = tuple[str, str, str]

NULL_RUNS = 100
FAILED_REFERENCE_S = (60.0, 61.5)
"""In this stride the walker's reference loses the left leg: its knee bends by 14 to 40° in stance,
while both sensors show a stride like all the others."""


def without_pelvis(recording: Recording) -> Recording:
    """The same recording without its pelvis sensor."""
    streams = {s: v for s, v in recording.streams.items() if s is not Segment.PELVIS}
    return replace(recording, streams=streams)


def on_references(data: Path) -> list[Row]:
    """Angles against optical motion capture, without and with the pelvis sensor."""
    rows = []
    for folder, who, rotation_bar, knee_bar in (
        ("running_virtual", "runner", "<= 2.2°, r >= 0.8", "<= 5°"),
        ("walk_marker_ik", "walker without standing", "<= 4.5°", "<= 3.7°"),
    ):
        recording = open_recording(data / folder / "sensors.csv")
        truth = pd.read_csv(data / folder / "truth.csv")
        legs = analyze(without_pelvis(recording)).angles
        whole = analyze(recording).angles
        for side in Side:
            name = f"{side}_femoral_rotation_deg"
            rms, r = _against(legs, truth, name, drifting=who != "runner")
            rows.append((f"{who}, {side} femoral rotation", f"{rms:.2f}°, r {r:.2f}", rotation_bar))
            rows.append(_knee(legs, truth, who, side, knee_bar))
            name = f"{side}_hip_rotation_deg"
            if name in whole.columns:
                rms, r = _against(whole, truth, name, drifting=False)
                rows.append((f"{who}, {side} hip rotation (pelvis)", f"{rms:.2f}°, r {r:.2f}", ""))
    return rows


def _knee(angles, truth, who, side, bar) -> Row:
    name = f"{side}_knee_flexion_deg"
    rms, _ = _against(angles, truth, name, drifting=False)
    figure = f"{rms:.2f}°"
    if who != "runner" and side is Side.LEFT:
        start_s, end_s = FAILED_REFERENCE_S
        sound = truth[(truth.time_s < start_s) | (truth.time_s >= end_s)]
        rms, _ = _against(angles, sound, name, drifting=False)
        figure += f" ({rms:.2f}° without the stride in which the reference fails)"
    return (f"{who}, {side} knee flexion", figure, bar)


def _against(angles, truth, name, *, drifting) -> tuple[float, float]:
    """RMS without the mean (or without a 4 s running mean), and correlation."""
    found = np.interp(truth.time_s, angles.time_s, angles.columns[name], left=np.nan, right=np.nan)
    known = np.isfinite(found)
    found, true = found[known], truth[name].to_numpy()[known]
    if drifting:
        half = round(2.0 / float(np.median(np.diff(truth.time_s))))
        found, true = (v - moving_mean(v, half, half) for v in (found, true))
    return float(np.std(found - true)), float(np.corrcoef(found, true)[0, 1])


def calibrations(data: Path) -> list[Row]:
    """The same walk calibrated on standing and sitting, on standing alone and on gait alone."""
    whole = qmt_recording(data)
    marks = (
        Marker(MarkerLabel.STAND, 41.0, 44.0),
        Marker(MarkerLabel.SIT, 54.0, 60.0),
        Marker(MarkerLabel.WALK, 95.0, 138.0),
    )
    best = _walks(replace(whole, markers=marks))
    rows = []
    for name, other in (
        ("standing", _walks(replace(whole, markers=(marks[0], marks[2])))),
        ("gait alone", _walks(part_of(whole, 97.0, 138.0))),
    ):
        for side in Side:
            away = np.sqrt(np.mean((other[side].curve_deg - best[side].curve_deg) ** 2))
            strides = f"strides {other[side].strides} / {best[side].strides}"
            cadence = f"cadence {other[side].cadence_spm:.1f} / {best[side].cadence_spm:.1f}"
            what = f"walk calibrated on {name}, {side}: curve against poses"
            rows.append((what, f"{away:.2f}°; {strides}, {cadence}", "<= 3°"))
    return rows


def _walks(recording: Recording) -> dict[Side, GaitTest]:
    return {r.side: r for r in analyze(recording).results if isinstance(r, GaitTest)}


def left_against_right(runs: int = NULL_RUNS) -> list[Row]:
    """An hour with a difference of 5° put in, and many runs with none."""
    quiet = replace(HARSH, clock_drift_ppm={}, lost_fraction=0.0)
    plan = GaitPlan(duration_s=3600.0, excursion_difference_deg=5.0)
    hour = simulate_run(plan, quiet, 100.0, 1, pelvis_sensor=True).recording
    (comparison,) = analyze(hour).gait_comparisons
    found = comparison.differences[GaitQuantity.CYCLE_EXCURSION]
    interval = f"{found.difference:+.1f}° ({found.low:+.1f} to {found.high:+.1f}°)"
    verdict = f"{interval}, MDC {found.mdc95:.1f}°: {comparison.verdict}"
    rows = [("one hour, 5° more on the right", verdict, "right sign, interval covers 5°")]
    none = 0
    largest = 0.0
    for seed in range(runs):
        run = simulate_run(GaitPlan(duration_s=90.0), quiet, 100.0, 100 + seed).recording
        (comparison,) = analyze(run).gait_comparisons
        none += comparison.verdict is Verdict.NONE
        largest = max(largest, abs(comparison.differences[GaitQuantity.CYCLE_EXCURSION].difference))
    rows.append(
        (
            "no difference put in: no measurable difference",
            f"{none} of {runs} runs, largest {largest:.1f}°",
            ">= 95 %",
        )
    )
    return rows
