"""Hip joint angles of a recording: over time, through the stride, or why there are none."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from imu_hip.analysis.alignment import Alignment
from imu_hip.analysis.angles import LegSeries
from imu_hip.analysis.gait_tests import GaitTests
from imu_hip.analysis.pelvis import align_by_list, hip_columns
from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.measures.hip_curve import HipCurve, hip_curve
from imu_hip.measures.running import GaitTest
from imu_hip.names import Segment, Side
from imu_hip.recording.timeline import Timeline

NO_HIP_ANGLES = (
    "The pelvis sensor has a heading of its own, and there are no strides in which the pelvis "
    "lists from side to side, which would tell how it faces, so no hip angles are given."
)


@dataclass(frozen=True, slots=True, eq=False)
class Hip:
    """Hip angles as columns of the angles file and as curves through the stride."""

    columns: Mapping[str, FloatArray] = field(default_factory=dict)
    curves: tuple[HipCurve, ...] = ()
    warnings: tuple[str, ...] = ()


def measure_hip(
    timeline: Timeline, legs: Mapping[Side, LegSeries], aligned: Alignment, gait: GaitTests
) -> Hip:
    """Angles of the femurs in the pelvis, where a sensor is worn there."""
    if Segment.PELVIS not in timeline.q_earth_sensor:
        return Hip()
    pelvis = aligned.pelvis or align_by_list(timeline, gait.strides, aligned.standing)
    if pelvis is None:
        return Hip(warnings=(NO_HIP_ANGLES,))
    columns = hip_columns(timeline, legs, pelvis)
    curves = (_curve(columns, gait, test) for test in gait.results)
    return Hip(columns, tuple(curve for curve in curves if curve is not None))


def _curve(columns: Mapping[str, FloatArray], gait: GaitTests, test: GaitTest) -> HipCurve | None:
    side = test.side
    return hip_curve(
        columns[f"{side}_hip_flexion_deg"],
        columns[f"{side}_hip_adduction_deg"],
        columns[f"{side}_hip_rotation_deg"],
        gait.strides[side],
        side,
        task=test.task,
    )
