"""The postures of static tests as targets for the channels of a choreography."""

from typing import Final

from imu_hip.names import Direction, Side, Task
from imu_hip.simulation.motion import SHIN_LENGTH_M, STANDING_PELVIS_HEIGHT_M
from imu_hip.simulation.postures import HipPosture, hip_for_femoral_rotation, hip_for_shin_slope
from imu_hip.simulation.static_plan import Fault, FaultKind, StaticSession

LEG_CHANNELS: Final = (
    "hip_flexion",
    "hip_adduction",
    "hip_rotation",
    "knee_flexion",
    "tibial_rotation",
    "knee_adduction",
)

_RESTING_PRONE_KNEE_DEG = 10.0


def standing_posture(session: StaticSession) -> dict[str, float]:
    """Upright, all channels."""
    posture = {"pitch": 0.0, "roll": 0.0, "height": STANDING_PELVIS_HEIGHT_M}
    for side in Side:
        leg = dict.fromkeys(LEG_CHANNELS, 0.0)
        leg["knee_flexion"] = session.stand_knee_flexion_deg
        leg["hip_flexion"] = 0.5 * session.stand_knee_flexion_deg
        posture |= {f"{side}_{name}": value for name, value in leg.items()}
    return posture


def seated_posture(session: StaticSession) -> dict[str, float]:
    """Seated as in the calibration: trunk, hips and knees."""
    hip = hip_for_femoral_rotation(0.0, session.sit_thigh_elevation_deg, 0.0, 0.0, 1)
    posture = {"pitch": 0.0, "roll": 0.0, "height": SHIN_LENGTH_M + 0.08}
    for side in Side:
        posture |= hip_targets(side, hip)
        posture[f"{side}_knee_flexion"] = session.sit_knee_flexion_deg
    return posture


def prone_posture() -> dict[str, float]:
    """Lying on the front with both legs at rest: trunk, hips and knees."""
    posture = {"pitch": -90.0, "roll": 0.0, "height": 0.6}
    for side in Side:
        posture |= hip_targets(side, HipPosture(0.0, 0.0, 0.0))
        posture[f"{side}_knee_flexion"] = _RESTING_PRONE_KNEE_DEG
    return posture


def ready_posture(session: StaticSession, side: Side) -> dict[str, float]:
    """The tested leg before it turns; the cross-legged test begins from the seat as it is."""
    if session.task is Task.CROSS_LEGGED:
        return {}
    hip = hip_of_peak(session, None, 0.0, None)
    return {**hip_targets(side, hip), f"{side}_knee_flexion": session.test_knee_deg}


def turned_posture(
    session: StaticSession,
    side: Side,
    direction: Direction | None,
    peak_deg: float,
    fault: Fault | None = None,
) -> dict[str, float]:
    """The tested leg at its peak: hip, knee, and the roll of the pelvis.

    Parameters
    ----------
    direction
        None for the leg that is crossed, whose peak is the slope of its shin.
    """
    return {
        **hip_targets(side, hip_of_peak(session, direction, peak_deg, fault)),
        f"{side}_knee_flexion": session.test_knee_deg + amount(fault, FaultKind.KNEE_NOT_90),
        "roll": _roll_deg(session, side, direction, fault),
    }


def hip_of_peak(
    session: StaticSession,
    direction: Direction | None,
    peak_deg: float,
    fault: Fault | None,
) -> HipPosture:
    """Hip angles of the tested leg at a peak."""
    elevation_deg = session.test_elevation_deg + amount(fault, FaultKind.THIGH_LIFTED)
    abduction_deg = session.test_abduction_deg
    if session.task is Task.CROSS_LEGGED:
        return hip_for_shin_slope(peak_deg, elevation_deg, abduction_deg, session.test_knee_deg)
    pitch_deg = -90.0 if session.task is Task.PRONE else 0.0
    rotation_deg = -peak_deg if direction is Direction.EXTERNAL else peak_deg
    return hip_for_femoral_rotation(
        rotation_deg, elevation_deg, -abduction_deg, pitch_deg, session.pose
    )


def amount(fault: Fault | None, kind: FaultKind) -> float:
    """Size of a fault where it is of a kind, else 0."""
    return fault.size if fault is not None and fault.kind is kind else 0.0


def hip_targets(side: Side, hip: HipPosture) -> dict[str, float]:
    """Channels of one hip."""
    return {
        f"{side}_hip_flexion": hip.flexion_deg,
        f"{side}_hip_adduction": hip.adduction_deg,
        f"{side}_hip_rotation": hip.rotation_deg,
    }


def _roll_deg(
    session: StaticSession, side: Side, direction: Direction | None, fault: Fault | None
) -> float:
    """Roll of the pelvis that makes the movement look larger, positive lifts its left side."""
    towards = -1 if direction is Direction.EXTERNAL else 1
    return -session.pose * side.sign * towards * amount(fault, FaultKind.PELVIS_ROLLED)
