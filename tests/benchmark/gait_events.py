"""Foot strikes and toe-offs: against force plates, and whether a jog's strides are all there."""

from pathlib import Path

import numpy as np
import pandas as pd

from imu_hip.analysis.analyze import Analysis, analyze
from imu_hip.kinematics.quaternion import rotate
from imu_hip.measures.running import GaitTest
from imu_hip.names import Segment, Side
from imu_hip.recording.formats import open_recording
from imu_hip.recording.timeline import build_timeline
from tests.benchmark.accuracy import qmt_recording

Row = tuple[str, str, str]

WALKERS = {
    "walk_marker_ik": "walk_marker_ik",
    "Sub03": "walk_force_plates/Sub03",
    "Sub05": "walk_force_plates/Sub05",
}
SAME_EVENT_S = 0.25
"""A quarter of the shortest stride of these walkers; the next event is further away."""

BAR = "all, none invented; median <= 25, p95 <= 60 ms"


def gait_of(analysis: Analysis) -> dict[Side, GaitTest]:
    """The walk or run of each leg."""
    return {result.side: result for result in analysis.results if isinstance(result, GaitTest)}


def strikes_s(test: GaitTest) -> np.ndarray:
    """Times of all foot strikes, those of strides that do not count included."""
    ends = [edge for stride in test.rejected for edge in (stride.start_s, stride.end_s)]
    every = np.sort(np.concatenate([test.table.strike_s, test.table.end_s, ends]))
    return every[np.concatenate([[True], np.diff(every) > 0.02])]


def toe_offs_s(test: GaitTest, true_s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Toe-offs of the strides that count, and the true ones within these strides."""
    inside = np.zeros(len(true_s), dtype=np.bool_)
    for start_s, end_s in zip(test.table.strike_s, test.table.end_s, strict=True):
        inside |= (true_s > start_s) & (true_s < end_s)
    found_s = test.table.toe_off_s
    return found_s[np.isfinite(found_s)], true_s[inside]


def matched(found_s: np.ndarray, true_s: np.ndarray) -> tuple[np.ndarray, int, int]:
    """Errors of the true events that were found, how many were missed and how many invented."""
    away = np.abs(found_s[:, None] - true_s[None, :])
    nearest = found_s[away.argmin(axis=0)] - true_s
    hit = away.min(axis=0) < SAME_EVENT_S
    covered = (found_s > true_s[0] - SAME_EVENT_S) & (found_s < true_s[-1] + SAME_EVENT_S)
    invented = covered & (away.min(axis=1) >= SAME_EVENT_S)
    return nearest[hit], int(np.sum(~hit)), int(np.sum(invented))


def late_s(folder: Path) -> dict[Side, float]:
    """How much later each force plate's signal is than the pelvis sensor's, to 10 ms.

    Both feet together carry and accelerate the body, so the sum of the forces must follow the
    pelvis' vertical acceleration. 0 where the folder holds no forces.
    """
    files = sorted(folder.glob("*GRF.mot"))
    if not files:
        return dict.fromkeys(Side, 0.0)
    forces = pd.read_csv(files[0], sep="\t", skiprows=6)
    recording = open_recording(folder / "sensors.csv")
    timeline = build_timeline(recording)
    acc = recording.streams[Segment.PELVIS].acc_mps2
    vertical = rotate(timeline.q_earth_sensor[Segment.PELVIS], acc)[:, 2]
    time_s = timeline.time_s
    inner = (time_s > time_s[0] + 10.0) & (time_s < time_s[-1] - 10.0)
    best = (-1.0, 0.0, 0.0)
    for left in np.arange(-12, 13) / 100.0:
        left_n = np.interp(time_s + left, forces["time"], forces["lFy"])
        for right in np.arange(-12, 13) / 100.0:
            both = left_n + np.interp(time_s + right, forces["time"], forces["rFy"])
            r = float(np.corrcoef(both[inner], vertical[inner])[0, 1])
            best = max(best, (r, left, right))
    return {Side.LEFT: best[1], Side.RIGHT: best[2]}


def errors_of(data: Path, walker: str) -> dict[tuple[Side, str], tuple[np.ndarray, int, int]]:
    """Errors in s, missed and invented events of each leg of one walker."""
    folder = data / WALKERS[walker]
    tests = gait_of(analyze(open_recording(folder / "sensors.csv")))
    events = pd.read_csv(folder / "events.csv")
    results = {}
    for side, test in tests.items():
        true = {
            name: events.time_s[(events.side == side) & (events.event == name)].to_numpy()
            for name in ("foot_strike", "toe_off")
        }
        results[side, "foot_strike"] = matched(strikes_s(test), true["foot_strike"])
        results[side, "toe_off"] = matched(*toe_offs_s(test, true["toe_off"]))
    return results


def events_against_force_plates(data: Path) -> list[Row]:
    """Every event of three walkers; where a plate's clock is off, also without its delay."""
    rows = []
    pooled: dict[str, list[np.ndarray]] = {"foot_strike": [], "toe_off": []}
    aligned: dict[str, list[np.ndarray]] = {"foot_strike": [], "toe_off": []}
    for walker, folder in WALKERS.items():
        delay_s = late_s(data / folder)
        for (side, event), (error_s, missed, invented) in errors_of(data, walker).items():
            own = f"{walker}, {side} {event.replace('_', ' ')}s"
            counts = f"{missed} missed, {invented} invented; "
            rows.append((own, counts + figures(error_s), BAR))
            pooled[event].append(error_s)
            aligned[event].append(error_s + delay_s[side])
            if abs(delay_s[side]) > 0.015:
                words = f"{own}, plate {1000 * delay_s[side]:.0f} ms late by the pelvis' sensor"
                rows.append((words, figures(error_s + delay_s[side]), BAR))
    for errors, words in ((pooled, ""), (aligned, ", each plate by its own delay")):
        for event, parts in errors.items():
            what = f"all walkers, {event.replace('_', ' ')}s{words}"
            rows.append((what, figures(np.concatenate(parts)), BAR))
    return rows


def figures(error_s: np.ndarray) -> str:
    """Median and 95th percentile of the absolute error."""
    size_ms = 1000.0 * np.abs(error_s)
    return f"median {np.median(size_ms):.0f}, p95 {np.percentile(size_ms, 95):.0f} ms"


def jogging(data: Path) -> list[Row]:
    """The jog out and back of the standing leg moves' recording."""
    tests = gait_of(analyze(open_recording(data / "isen" / "iSen_sensors.csv")))
    rows = []
    for side, test in tests.items():
        found = test.strides + len(test.rejected)
        turned = dict(test.left_out).get("a turn", 0)
        measured = f"{found} strides, {turned} of them a turn, {test.strides} counted"
        rows.append((f"jog, {side}", measured, "10 ± 1 strides, the turn left out"))
        rows.append((f"jog, {side} stride time", f"{test.stride_time_s:.3f} s", "0.81 ± 0.03 s"))
    return rows


def plausible(data: Path) -> list[Row]:
    """Stance and alternation where no force plate was."""
    recordings = {
        "runner": open_recording(data / "running_virtual" / "sensors.csv"),
        "jogger": open_recording(data / "isen" / "iSen_sensors.csv"),
        "walker with a turn": qmt_recording(data),
        "walker about a room": open_recording(data / "opensense_gait"),
    }
    rows = []
    for name, recording in recordings.items():
        tests = gait_of(analyze(recording))
        task = next(iter(tests.values())).task
        stance = " and ".join(f"{test.stance_fraction:.2f}" for test in tests.values())
        left, right = (strikes_s(tests[side]) for side in Side)
        order = np.argsort(np.concatenate([left, right]))
        alternating = np.mean(np.diff((order < len(left)).astype(int)) != 0)
        rows.append(
            (
                f"{name} ({task}): stance, steps that alternate",
                f"{stance}, {100 * alternating:.0f} %",
                "0.28 to 0.45" if task == "run" else "0.58 to 0.66",
            )
        )
    return rows
