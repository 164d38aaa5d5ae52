"""Walks and runs with known angles and known foot strikes."""

from dataclasses import asdict

import numpy as np

from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.names import MarkerLabel, Segment, Side, Task
from imu_hip.recording.recording import Marker
from imu_hip.simulation.gait_motion import crossings_s, gait_motion
from imu_hip.simulation.gait_patterns import RUNNING, WALKING, GaitPattern
from imu_hip.simulation.gait_plan import GaitPlan, Rhythm
from imu_hip.simulation.measuring import LEG_SEGMENTS, record
from imu_hip.simulation.motion import BodyMotion, oversampling
from imu_hip.simulation.sensor_errors import PERFECT, SensorErrors
from imu_hip.simulation.static_plan import StaticSession
from imu_hip.simulation.static_score import Score, write_calibration, write_standing
from imu_hip.simulation.truth import SimulatedSession, Truth, leg_columns, upright_rotation_deg

EVENT_STRENGTH = 0.5
"""Steps weaker than this part of a full one, at starts and stops, are no events of the truth."""


def simulate_run(
    plan: GaitPlan | None = None,
    errors: SensorErrors = PERFECT,
    sampling_rate_hz: float = 100.0,
    seed: int = 0,
    *,
    pelvis_sensor: bool = False,
) -> SimulatedSession:
    """Simulate a run; see `GaitPlan` and `SensorErrors` for what can be chosen.

    Returns
    -------
    SimulatedSession
        The recording with markers. The truth holds the femoral rotation against an upright frame
        that faces the mean direction of movement, the hip rotation against the pelvis, and the
        events `{side}_foot_strike_s` and `{side}_toe_off_s`.
    """
    return _simulate(
        Task.RUN,
        RUNNING,
        plan,
        errors,
        sampling_rate_hz=sampling_rate_hz,
        seed=seed,
        pelvis_sensor=pelvis_sensor,
    )


def simulate_walk(
    plan: GaitPlan | None = None,
    errors: SensorErrors = PERFECT,
    sampling_rate_hz: float = 100.0,
    seed: int = 0,
    *,
    pelvis_sensor: bool = False,
) -> SimulatedSession:
    """Simulate a walk; everything else is as in `simulate_run`."""
    return _simulate(
        Task.WALK,
        WALKING,
        plan,
        errors,
        sampling_rate_hz=sampling_rate_hz,
        seed=seed,
        pelvis_sensor=pelvis_sensor,
    )


def _simulate(
    task: Task,
    pattern: GaitPattern,
    plan: GaitPlan | None,
    errors: SensorErrors,
    *,
    sampling_rate_hz: float,
    seed: int,
    pelvis_sensor: bool,
) -> SimulatedSession:
    plan = plan or GaitPlan()
    score = Score(StaticSession(stand_s=plan.standing_s))
    write_standing(score)
    if plan.calibration:
        write_calibration(score)
    first_step_s = score.moves.time_s
    end_s = first_step_s + plan.duration_s
    label = MarkerLabel.RUN if task is Task.RUN else MarkerLabel.WALK
    markers = (*score.markers, Marker(label, first_step_s, end_s))
    body, beat = gait_motion(plan, pattern, score.moves, sampling_rate_hz, seed)
    recording = record(
        body,
        sampling_rate_hz,
        errors,
        seed,
        segments=tuple(Segment) if pelvis_sensor else LEG_SEGMENTS,
        markers=markers,
        source=str(task),
        details={"task": str(task), "plan": asdict(plan)},
    )
    return SimulatedSession(recording, _truth(body, beat, pattern, sampling_rate_hz))


def _truth(body: BodyMotion, beat: Rhythm, pattern: GaitPattern, sampling_rate_hz: float) -> Truth:
    every = slice(None, None, oversampling(sampling_rate_hz))
    sampled = body.part(every)
    columns = leg_columns(sampled) | {"heading_deg": beat.heading_deg[every]}
    events: dict[str, FloatArray] = {}
    for side in Side:
        columns[f"{side}_femoral_rotation_deg"] = upright_rotation_deg(
            sampled, side, beat.heading_deg[every]
        )
        for name, part in (("foot_strike", 0.0), ("toe_off", pattern.contact_fraction)):
            times_s = crossings_s(beat.cycles_of(side), body.time_s, part)
            strong = np.interp(times_s, body.time_s, beat.strength) >= EVENT_STRENGTH
            events[f"{side}_{name}_s"] = times_s[strong]
    return Truth(sampled.time_s, columns, (), events)
