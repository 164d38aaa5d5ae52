"""Static sessions with known angles: calibration poses and one guided test."""

from dataclasses import asdict

import numpy as np

from imu_hip.kinematics.quaternion import FloatArray, multiply
from imu_hip.names import Direction, Segment, Side
from imu_hip.simulation.choreography import wander
from imu_hip.simulation.measuring import LEG_SEGMENTS, record
from imu_hip.simulation.motion import (
    UPRIGHT_Q_EARTH_PELVIS,
    BodyMotion,
    LegAngles,
    oversampling,
    q_from_zxy,
)
from imu_hip.simulation.sensor_errors import PERFECT, SensorErrors
from imu_hip.simulation.static_plan import StaticSession
from imu_hip.simulation.static_postures import LEG_CHANNELS
from imu_hip.simulation.static_score import Performed, Score, write_score
from imu_hip.simulation.truth import (
    SimulatedSession,
    TrueRepetition,
    Truth,
    gravity_rotation_deg,
    leg_columns,
)


def simulate_static_session(
    session: StaticSession | None = None,
    errors: SensorErrors = PERFECT,
    sampling_rate_hz: float = 100.0,
    seed: int = 0,
    *,
    pelvis_sensor: bool = False,
) -> SimulatedSession:
    """Simulate a session of stand, sit, knee extensions and a test of both legs.

    Parameters
    ----------
    session
        What the person does; by default the seated test.
    errors
        How good the sensors are.
    sampling_rate_hz
        Rate of the sensors, at least 20 Hz.
    seed
        The same seed gives the same session.
    pelvis_sensor
        Whether a fifth sensor is worn on the sacrum.

    Returns
    -------
    SimulatedSession
        The recording with markers, and the truth.
    """
    session = session or StaticSession()
    score = write_score(session)
    body = play_score(score, sampling_rate_hz, seed)
    recording = record(
        body,
        sampling_rate_hz,
        errors,
        seed,
        segments=tuple(Segment) if pelvis_sensor else LEG_SEGMENTS,
        markers=tuple(score.markers),
        source=f"{session.task} session",
        details={"session": asdict(session)},
    )
    return SimulatedSession(recording, _truth(score, body, sampling_rate_hz))


def play_score(score: Score, sampling_rate_hz: float, seed: int) -> BodyMotion:
    """Turn a written session into a body motion at a multiple of the sensors' rate."""
    session, moves = score.session, score.moves
    rng = np.random.default_rng((seed, 1000))
    rate_hz = sampling_rate_hz * oversampling(sampling_rate_hz)
    time_s: FloatArray = np.arange(int(moves.time_s * rate_hz) + 1) / rate_hz
    legs = {}
    for side in Side:
        angles = {
            f"{name}_deg": moves.play(f"{side}_{name}", time_s)
            + wander(time_s, session.tremor_deg * unsteadiness(name), rng)
            for name in LEG_CHANNELS
        }
        angles["tibial_rotation_deg"] += session.twist_with_rotation * angles["hip_rotation_deg"]
        legs[side] = LegAngles(**angles)
    pitch_deg = moves.play("pitch", time_s) + wander(time_s, 0.5 * session.tremor_deg, rng)
    roll_deg = moves.play("roll", time_s)
    return BodyMotion(
        time_s,
        rate_hz,
        multiply(np.array(UPRIGHT_Q_EARTH_PELVIS), pelvis_turn(pitch_deg, roll_deg)),
        np.outer(moves.play("height", time_s), np.array([0.0, 0.0, 1.0])),
        legs,
    )


def pelvis_turn(pitch_deg: FloatArray, roll_deg: FloatArray) -> FloatArray:
    """Orientation of a pelvis against the upright one, shape (n, 4).

    Roll is about the forward horizontal after pitching; positive lifts the left side.
    """
    level = np.zeros(len(pitch_deg))
    pitched = q_from_zxy(pitch_deg, level, level)
    rolled = q_from_zxy(level, roll_deg, level)
    return multiply(rolled, pitched)


def unsteadiness(channel: str) -> float:
    """How unsteady a channel of the leg is, as a part of the person's tremor."""
    return 0.0 if channel in ("tibial_rotation", "knee_adduction") else 1.0


def _truth(score: Score, body: BodyMotion, sampling_rate_hz: float) -> Truth:
    sampled = body.part(slice(None, None, oversampling(sampling_rate_hz)))
    columns = true_columns(sampled, score.session.pose)
    repetitions = tuple(true_repetition(p, sampled.time_s, columns) for p in score.performed)
    return Truth(sampled.time_s, columns, repetitions)


def true_columns(body: BodyMotion, pose: int) -> dict[str, FloatArray]:
    """The angles of both legs and their femoral rotation, named by side; `pose` is -1 prone."""
    columns = leg_columns(body)
    for side in Side:
        columns[f"{side}_femoral_rotation_deg"] = gravity_rotation_deg(body, side, pose)
    return columns


def true_repetition(
    performed: Performed, time_s: FloatArray, columns: dict[str, FloatArray]
) -> TrueRepetition:
    """What was reached in a repetition, from columns of shape (n,) that cover its hold."""
    side, direction = performed.side, performed.direction
    start_s, end_s, plateau_s, plateau_end_s = performed.times_s
    held = (time_s >= plateau_s) & (time_s < plateau_end_s)
    peak = "shin_slope_deg" if direction is None else "femoral_rotation_deg"
    sign = -1.0 if direction is Direction.EXTERNAL else 1.0
    return TrueRepetition(
        side,
        direction,
        start_s,
        end_s,
        plateau_s,
        plateau_end_s,
        sign * float(np.mean(columns[f"{side}_{peak}"][held])),
        float(np.mean(columns[f"{side}_thigh_elevation_deg"][held])),
        float(np.mean(columns[f"{side}_knee_flexion_deg"][held])),
        performed.fault.kind.value if performed.fault else None,
    )
