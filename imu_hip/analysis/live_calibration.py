"""From poses that were watched live to calibrated legs, by the same functions as a recording."""

from dataclasses import dataclass

from imu_hip.analysis.calibrate import WHAT_TO_RECORD, calibrate_leg
from imu_hip.analysis.leg_in_poses import LegInPoses
from imu_hip.analysis.movement import find_movement, speeds_dps
from imu_hip.analysis.phases import find_leg_movement
from imu_hip.analysis.pose_watch import PoseWatch, TakenPose
from imu_hip.analysis.results import Phase
from imu_hip.errors import CalibrationError, RecordingError
from imu_hip.kinematics.calibration import LegCalibration
from imu_hip.names import Doing, MarkerLabel, Side

LARGEST_POSE_RESIDUAL_DEG = 1.5
"""People sway by half of this when they stand still."""

LARGEST_HINGE_RESIDUAL_DEG = 15.0
"""The tibia turns by 10° or so while the knee straightens, which makes about half of this."""

WORDS = {
    Doing.STAND: "standing still",
    Doing.SIT: "sitting still",
    Doing.STRAIGHTEN_KNEE: "straightening the knee",
}

LABEL = {
    Doing.STAND: MarkerLabel.STAND,
    Doing.SIT: MarkerLabel.SIT,
    Doing.STRAIGHTEN_KNEE: MarkerLabel.KNEE_EXTENSION,
}


@dataclass(frozen=True, slots=True, eq=False)
class LiveCalibration:
    """A calibrated leg; `advice` says in sentences why to do it again, empty where it is good."""

    leg: LegCalibration
    advice: str


def calibrate(watch: PoseWatch) -> dict[Side, LiveCalibration]:
    """Calibrate every leg that was watched.

    Raises
    ------
    CalibrationError
        Where a pose or movement is missing, naming it.
    """
    missing = [
        f"{WORDS[doing]} ({side} leg)"
        for side in watch.legs
        for doing in WORDS
        if (doing, side) not in watch.taken
    ]
    if missing:
        raise CalibrationError(f"Not done yet: {', '.join(missing)}.", WHAT_TO_RECORD)
    calibrated = {}
    for side, leg in watch.legs.items():
        stand, sit, straighten = (watch.taken[(doing, side)] for doing in WORDS)
        calibration = _calibrated(leg, stand, sit, straighten)
        calibrated[side] = LiveCalibration(calibration, _advice(leg, calibration))
    return calibrated


def _calibrated(
    leg: LegInPoses, stand: TakenPose, sit: TakenPose, straighten: TakenPose
) -> LegCalibration:
    """The calibration that a recording with these three marked would get."""
    try:
        timeline = leg.rows.timeline()
    except RecordingError as error:
        raise CalibrationError(error.what, error.advice) from error
    speed_dps = speeds_dps(timeline)
    marked = tuple(
        Phase(LABEL[taken.doing], taken.start_s, taken.end_s, leg.side, marked=True)
        for taken in (stand, sit, straighten)
    )
    movement = find_movement(timeline, speed_dps)
    found = find_leg_movement(timeline, leg.side, marked, movement, speed_dps)
    return calibrate_leg(timeline, leg.side, found.samples)


def _advice(leg: LegInPoses, calibration: LegCalibration) -> str:
    side = leg.side
    advice = []
    if calibration.pose_residual_deg > LARGEST_POSE_RESIDUAL_DEG:
        advice.append(
            f"The {side} leg moved by {calibration.pose_residual_deg:.1f}° while standing: stand "
            "still once more."
        )
    if calibration.hinge_residual_deg > LARGEST_HINGE_RESIDUAL_DEG:
        advice.append(
            f"The {side} knee did not move like a hinge ({calibration.hinge_residual_deg:.0f}° "
            "off): straighten it again, straight ahead and with the thigh resting."
        )
    return " ".join(advice)
