"""Angles of a recording as a tracking system of Motion-BIDS."""

from collections.abc import Sequence
from typing import Final

from imu_hip import __version__
from imu_hip.analysis.results import AngleTable
from imu_hip.exchange.angle_columns import MEANING, SIGNS, Angle, Measured, measured_angles
from imu_hip.exchange.bids_tracking import NOT_AVAILABLE, Channel, TrackingSystem
from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.names import Side

LABEL: Final = "angles"
JOINT: Final = "joint"
GRAVITY: Final = "gravity"

FRAMES: Final = {
    JOINT: {
        "SpatialAxes": "ASR",
        # The sequence Z, X', Y'' about moving axes is Y, X, Z about fixed ones, which are meant.
        "RotationOrder": "YXZ",
        "RotationRule": "right-hand",
        "Description": "Distal segment in the proximal one: x anterior, y up in standing, z to the "
        f"right (ISB), Grood-Suntay sequence. {SIGNS} So a knee flexes about -z, and a left hip "
        "adducts about -x and turns inward about -y.",
    },
    GRAVITY: {
        "SpatialAxes": "ASR",
        "RotationOrder": NOT_AVAILABLE,
        "RotationRule": "right-hand",
        "Description": "One segment against the vertical, and against the mean heading of the "
        f"femur where the vertical does not show it. {SIGNS}",
    },
}

KINDS: Final = {
    # type, component (axis of the turn), joint or segment, reference frame
    Angle.FEMORAL_ROTATION: ("JNTANG", "y", "femur", GRAVITY),
    Angle.KNEE_FLEXION: ("JNTANG", "z", "knee", JOINT),
    # Elevations turn about no single axis of a body, so the standard has no type for them.
    Angle.THIGH_ELEVATION: ("MISC", NOT_AVAILABLE, "femur", GRAVITY),
    Angle.SHIN_SLOPE: ("MISC", NOT_AVAILABLE, "shin", GRAVITY),
    Angle.HIP_FLEXION: ("JNTANG", "z", "hip", JOINT),
    Angle.HIP_ADDUCTION: ("JNTANG", "x", "hip", JOINT),
    Angle.HIP_ROTATION: ("JNTANG", "y", "hip", JOINT),
}


def angles_of(angles: AngleTable, start_s: float, notes: Sequence[str] = ()) -> TrackingSystem:
    """Every measured angle, with its time from the start of the recording.

    Parameters
    ----------
    angles
        Angles over the recording.
    start_s
        Start of the recording on the angles' time axis, so that the latencies of sensors and angles
        count from the same moment.
    notes
        Sentences for the sidecar.

    Raises
    ------
    NothingMeasuredError
        Where no angle was measured.
    """
    measured = measured_angles(angles)
    # Six decimals are what the sidecar and the channels both show.
    rate_hz = float(round(measured.sampling_rate_hz, 6))
    latency = Channel(
        "latency",
        NOT_AVAILABLE,
        "LATENCY",
        NOT_AVAILABLE,
        "s",
        (measured.time_s - start_s).round(6),
        rate_hz,
        description="time from the start of the recording",
    )
    channels = [_channel(key, values, rate_hz) for key, values in measured.values.items()]
    used = {channel.reference_frame for channel in channels}
    return TrackingSystem(
        LABEL,
        (latency, *channels),
        {name: words for name, words in FRAMES.items() if name in used},
        {**_details(measured, rate_hz), "Notes": list(notes)},
    )


def _channel(key: tuple[Side, Angle], values: FloatArray, rate_hz: float) -> Channel:
    side, angle = key
    kind, component, place, frame = KINDS[angle]
    return Channel(
        f"{side}_{angle}",
        component,
        kind,
        f"{side}_{place}",
        "deg",
        values.round(3),
        rate_hz,
        placement=f"{side} {place}",
        reference_frame=frame,
        description=MEANING[angle],
    )


def _details(measured: Measured, rate_hz: float) -> dict[str, object]:
    return {
        "SamplingFrequency": rate_hz,
        "SamplingFrequencyEffective": rate_hz,
        "RecordingDuration": round(len(measured.time_s) / rate_hz, 6),
        "RecordingType": "continuous",
        "TrackingSystemName": "angles of the legs, computed from the inertial sensors",
        "ManufacturersModelName": NOT_AVAILABLE,
        "Manufacturer": NOT_AVAILABLE,
        "DeviceSerialNumber": NOT_AVAILABLE,
        "SoftwareVersions": f"imu_hip {__version__}",
        "SubjectArtefactDescription": NOT_AVAILABLE,
    }
