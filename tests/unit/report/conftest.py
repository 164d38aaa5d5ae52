"""Analyses as they come out of real sessions, built from angles that are known."""

from dataclasses import replace

import numpy as np
import pytest

from imu_hip.analysis.results import (
    Analysis,
    AngleTable,
    LegCalibrationQuality,
    Phase,
    SensorQuality,
)
from imu_hip.measures.comparison import compare_sides
from imu_hip.measures.cross_legged import measure_cross_legged
from imu_hip.measures.gait_comparison import compare_gait
from imu_hip.measures.repetitions import TestedLeg
from imu_hip.measures.rotation_test import measure_rotation
from imu_hip.measures.running import RejectedStride
from imu_hip.names import SHIN, THIGH, MarkerLabel, Segment, Sex, Side, Task
from imu_hip.recording.recording import LogEntry, Recording, SensorStream
from tests.synthetic_strides import measured_leg

RATE_HZ = 50.0
REST_S = 40.0


def recording(duration_s, sides=tuple(Side), **kwargs):
    time_s = np.arange(round(duration_s * RATE_HZ)) / RATE_HZ
    q = np.tile((1.0, 0.0, 0.0, 0.0), (len(time_s), 1))
    segments = [segment for side in sides for segment in (THIGH[side], SHIN[side])]
    streams = {s: SensorStream(s, time_s, RATE_HZ, q_earth_sensor=q) for s in segments}
    log = (LogEntry("read", "0.1.0", {"format": "parquet", "file": "session.parquet"}),)
    return Recording(streams, source=kwargs.pop("source", "Session 3, evening"), log=log, **kwargs)


def held(time_s, start_s, peak_deg, hold_s=3.0, ramp_s=1.2):
    """Out to a peak, a hold, and back."""
    edges = np.array([0.0, ramp_s, ramp_s + hold_s, 2 * ramp_s + hold_s]) + start_s
    shape = np.interp(time_s, edges, [0.0, 1.0, 1.0, 0.0])
    return peak_deg * (0.5 - 0.5 * np.cos(np.pi * shape))


def rotation_leg(time_s, start_s, inward, outward, fault=None):
    """A tested leg; repetition number `fault` lifts the thigh by 14°."""
    rotation = np.zeros(len(time_s))
    lift = np.zeros(len(time_s))
    peaks = [p for pair in zip(inward, (-x for x in outward), strict=True) for p in pair]
    for i, peak in enumerate(peaks):
        at = start_s + 8.0 * i
        rotation += held(time_s, at, peak)
        if i == fault:
            lift += held(time_s, at, 14.0)
    wobble = 0.4 * np.sin(2 * np.pi * 0.7 * time_s)
    return TestedLeg(
        time_s,
        rotation + wobble,
        lift,
        90.0 - np.abs(rotation),
        np.full(len(time_s), 90.0),
        RATE_HZ,
    )


def quality(sides=tuple(Side)):
    calibration = tuple(
        LegCalibrationQuality(side, "stand, sit and knee extension", 1.2, 0.6, 1.9)
        for side in sides
    )
    sensors = tuple(
        SensorQuality(segment, RATE_HZ, "offline filter", 0.4, 3, 0.12)
        for side in sides
        for segment in (THIGH[side], SHIN[side])
    )
    return calibration, sensors


def phases_of_test(label, end_s):
    middle = (REST_S + end_s) / 2
    return (
        Phase(MarkerLabel.STAND, 1.0, 7.0, marked=True),
        Phase(MarkerLabel.SIT, 10.0, 16.0, marked=True),
        Phase(MarkerLabel.KNEE_EXTENSION, 18.0, 26.0, Side.LEFT),
        Phase(MarkerLabel.KNEE_EXTENSION, 27.0, 35.0, Side.RIGHT),
        Phase(label, REST_S - 2, middle - 2, Side.LEFT),
        Phase(label, middle - 2, end_s - 1, Side.RIGHT),
    )


def rotation_analysis(task=Task.SEATED, sides=tuple(Side), sex=None, warnings=(), **kwargs):
    plans = {
        Side.LEFT: ((30.2, 31.5, 31.1), (39.0, 41.2, 40.1), 2),
        Side.RIGHT: ((38.6, 39.4, 39.2), (41.0, 42.5, 43.0), None),
    }
    duration_s = REST_S + 2 * 52.0 + 5.0
    made = recording(duration_s, sides, **kwargs)
    time_s = np.arange(round(duration_s * RATE_HZ)) / RATE_HZ
    columns, results = {}, []
    for i, side in enumerate(sides):
        inward, outward, fault = plans[side]
        leg = rotation_leg(time_s, REST_S + 52.0 * i, inward, outward, fault)
        columns[f"{side}_femoral_rotation_deg"] = leg.rotation_deg
        columns[f"{side}_knee_flexion_deg"] = leg.knee_flexion_deg
        results.append(measure_rotation(leg, task, side, 1.2, sex=sex))
    calibration, sensors = quality(sides)
    return Analysis(
        recording=made,
        task=None,
        sex=sex,
        phases=phases_of_test(MarkerLabel(task.value), duration_s),
        angles=AngleTable(time_s, RATE_HZ, columns),
        results=tuple(results),
        comparisons=compare_sides(*results) if len(results) == 2 else (),
        calibration=calibration,
        sensors=sensors,
        warnings=warnings,
    )


def cross_legged_analysis():
    slopes = {Side.LEFT: (24.0, 22.0, 23.0), Side.RIGHT: (11.0, 12.5, 12.0)}
    duration_s = REST_S + 2 * 60.0
    time_s = np.arange(round(duration_s * RATE_HZ)) / RATE_HZ
    columns, results = {}, []
    for i, side in enumerate(Side):
        slope = np.full(len(time_s), 90.0)
        for k, value in enumerate(slopes[side]):
            slope -= held(time_s, REST_S + 60.0 * i + 18.0 * k, 90.0 - value, 9.0, 2.0)
        flat = np.full(len(time_s), 17.0)
        leg = TestedLeg(time_s, np.zeros(len(time_s)), flat, slope, flat + 90.0, RATE_HZ)
        columns[f"{side}_femoral_rotation_deg"] = np.where(slope < 80.0, np.nan, 0.0)
        columns[f"{side}_shin_slope_deg"] = slope
        results.append(measure_cross_legged(leg, side, 1.2))
    calibration, sensors = quality()
    return Analysis(
        recording(duration_s),
        None,
        None,
        phases_of_test(MarkerLabel.CROSS_LEGGED, duration_s),
        AngleTable(time_s, RATE_HZ, columns),
        tuple(results),
        compare_sides(*results),
        calibration,
        sensors,
        (),
    )


def gait_test(task, side, gain, strides=212):
    """A leg measured on strides with realistic noise; nine more were left out."""
    test = measured_leg(np.random.default_rng(side.sign + 2), strides, side, gain=gain)
    rejected = (
        *(RejectedStride(60.0 + i, 60.7 + i, "a turn") for i in range(6)),
        *(RejectedStride(90.0 + i, 90.9 + i, "an uneven step") for i in range(3)),
    )
    left_out = (("a turn", 6), ("an uneven step", 3))
    return replace(test, task=task, left_out=left_out, rejected=rejected)


def run_analysis(duration_s=300.0, rate_hz=RATE_HZ, task=Task.RUN):
    time_s = np.arange(round(duration_s * rate_hz)) / rate_hz
    noise = np.random.default_rng(1).normal(0.0, 0.6, len(time_s))
    running = (time_s > 30.0) & (time_s < duration_s - 20.0)
    columns = {}
    for name, size in (("femoral_rotation", 6.0), ("knee_flexion", 40.0), ("thigh_elevation", 20)):
        for side in Side:
            wave = size * np.sin(2 * np.pi * time_s / 0.72 + (side is Side.RIGHT) * np.pi)
            columns[f"{side}_{name}_deg"] = np.where(running, wave, 0.0) + noise
    columns["left_femoral_rotation_deg"][100:180] = np.nan
    results = (gait_test(task, Side.LEFT, 1.0), gait_test(task, Side.RIGHT, 1.2))
    calibration, sensors = quality()
    phases = (
        Phase(MarkerLabel.STAND, 5.0, 25.0),
        Phase(MarkerLabel(task.value), 30.0, duration_s - 20.0),
    )
    return Analysis(
        recording(duration_s),
        None,
        None,
        phases,
        AngleTable(time_s, rate_hz, columns),
        results,
        (),
        calibration,
        sensors,
        (),
        gait_comparisons=(compare_gait(*results),),
    )


def unmeasured_analysis():
    """A seated test in which nothing counts, only warnings."""
    full = rotation_analysis(warnings=("No rest between the repetitions.",))
    time_s = full.angles.time_s
    nothing = TestedLeg(*[np.full(len(time_s), np.nan)] * 5, RATE_HZ)
    results = tuple(
        measure_rotation(replace(nothing, time_s=time_s), Task.SEATED, side, 1.2) for side in Side
    )
    columns = {name: np.full(len(time_s), np.nan) for name in full.angles.columns}
    return replace(
        full,
        results=results,
        comparisons=(),
        calibration=(),
        sensors=(),
        phases=(),
        angles=replace(full.angles, columns=columns),
    )


ANALYSES = {
    "seated": lambda: rotation_analysis(sex=Sex.MALE),
    "prone": lambda: rotation_analysis(Task.PRONE),
    "cross-legged": cross_legged_analysis,
    "run": run_analysis,
    "walk": lambda: run_analysis(task=Task.WALK),
    "one leg": lambda: rotation_analysis(sides=(Side.RIGHT,)),
    "simulated": lambda: rotation_analysis(simulated=True, source="Simulated person, seed 7"),
    "warned": lambda: rotation_analysis(
        warnings=tuple(
            f"The {segment.words} sensor lost 12 % of its samples between 40 and 60 s."
            for segment in Segment
        )
    ),
    "unmeasured": unmeasured_analysis,
    "empty": lambda: replace(unmeasured_analysis(), results=()),
}


@pytest.fixture(params=list(ANALYSES))
def analysis(request):
    """Every kind of analysis in turn."""
    return ANALYSES[request.param]()


@pytest.fixture
def seated():
    """A seated test of both legs with one repetition that does not count."""
    return ANALYSES["seated"]()


@pytest.fixture
def prone():
    """A prone test of both legs."""
    return ANALYSES["prone"]()


@pytest.fixture
def run():
    """A run of five minutes."""
    return ANALYSES["run"]()


@pytest.fixture
def cross_legged():
    """A cross-legged test of both legs."""
    return cross_legged_analysis()
