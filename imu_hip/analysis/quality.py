"""What the sensors delivered and how the legs were calibrated, for the report."""

from collections.abc import Mapping

from imu_hip.analysis.gait_axes import GaitAxes
from imu_hip.analysis.results import LegCalibrationQuality, SensorQuality
from imu_hip.errors import RecordingError
from imu_hip.kinematics.calibration import LegCalibration
from imu_hip.names import SHIN, THIGH, Side
from imu_hip.recording.recording import Recording, SensorStream

LONG_GAP_S = 1.0


def complete_legs(recording: Recording) -> tuple[tuple[Side, ...], tuple[str, ...]]:
    """Legs with both sensors, and a warning for each leg with one.

    Raises
    ------
    RecordingError
        Where no leg is complete, naming what is missing.
    """
    complete, warnings = [], []
    for side in Side:
        missing = [s for s in (THIGH[side], SHIN[side]) if s not in recording.streams]
        if not missing:
            complete.append(side)
        elif len(missing) == 1:
            warnings.append(
                f"The {missing[0].words} sensor is missing, so the {side} leg is not measured."
            )
    if not complete:
        worn = ", ".join(segment.words for segment in recording.streams)
        raise RecordingError(
            f"No leg has both its sensors: {recording.source or 'the recording'} holds {worn}.",
            "A thigh and a shin sensor of the same leg are needed; check the segment names.",
        )
    return tuple(complete), tuple(warnings)


def calibration_quality(
    legs: Mapping[Side, LegCalibration], in_gait: Mapping[Side, GaitAxes]
) -> tuple[LegCalibrationQuality, ...]:
    """Source and uncertainty of each leg's calibration."""
    return tuple(
        LegCalibrationQuality(
            side=side,
            source=leg.source.value,
            uncertainty_deg=leg.uncertainty_deg,
            pose_residual_deg=leg.pose_residual_deg,
            hinge_residual_deg=leg.hinge_residual_deg,
            gait_disagreement_deg=in_gait[side].disagreement_deg,
        )
        for side, leg in legs.items()
    )


def sensor_quality(recording: Recording) -> tuple[SensorQuality, ...]:
    """Rate, losses and gaps of each sensor."""
    return tuple(_one_sensor(stream) for stream in recording.streams.values())


def gap_warnings(recording: Recording) -> tuple[str, ...]:
    """A sentence for every sensor that was silent for more than a second."""
    warnings = []
    for stream in recording.streams.values():
        long_gaps = [gap for gap in stream.gaps() if gap.duration_s > LONG_GAP_S]
        if long_gaps:
            longest = max(long_gaps, key=lambda gap: gap.duration_s)
            warnings.append(
                f"The {stream.segment.words} sensor was silent for {longest.duration_s:.1f} s "
                f"from {longest.start_s:.1f} s; its angles are left empty there."
            )
    return tuple(warnings)


def _one_sensor(stream: SensorStream) -> SensorQuality:
    gaps = stream.gaps()
    lost = stream.lost_samples()
    return SensorQuality(
        segment=stream.segment,
        sampling_rate_hz=stream.sampling_rate_hz,
        orientation_from="raw samples (VQF)" if stream.has_raw else "the sensor itself",
        lost_percent=100.0 * lost / (lost + len(stream.time_s)),
        gaps=len(gaps),
        longest_gap_s=max((gap.duration_s for gap in gaps), default=0.0),
    )
