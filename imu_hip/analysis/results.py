"""What an analysis returns: frozen results, ready for the table, the report, CSV and JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.measures.comparison import SideDifference
from imu_hip.measures.cross_legged import CrossLeggedTest
from imu_hip.measures.gait_comparison import GaitComparison
from imu_hip.measures.hip_curve import HipCurve
from imu_hip.measures.reserve import Reserve
from imu_hip.measures.rotation_test import RotationTest
from imu_hip.measures.running import GaitTest
from imu_hip.names import MarkerLabel, Segment, Sex, Side, Task
from imu_hip.recording.recording import Recording

if TYPE_CHECKING:
    import pandas as pd

Result = RotationTest | CrossLeggedTest | GaitTest


@dataclass(frozen=True, slots=True)
class Phase:
    """A part `[start_s, end_s)` of a recording in which one thing was done.

    `side` is None where it concerns both legs; `marked` tells a marker from a phase that was
    found by itself.
    """

    label: MarkerLabel
    start_s: float
    end_s: float
    side: Side | None = None
    marked: bool = False

    def concerns(self, side: Side) -> bool:
        """Whether the phase concerns a leg."""
        return self.side is None or self.side is side


@dataclass(frozen=True, slots=True)
class LegCalibrationQuality:
    """How one leg was calibrated; `uncertainty_deg` is what that gives to every rotation.

    `gait_disagreement_deg` is how far thigh and shin tell different rotations in walking or
    running (RMS), None where there is none.
    """

    side: Side
    source: str
    uncertainty_deg: float
    pose_residual_deg: float
    hinge_residual_deg: float
    gait_disagreement_deg: float | None = None


@dataclass(frozen=True, slots=True)
class SensorQuality:
    """What one sensor delivered."""

    segment: Segment
    sampling_rate_hz: float
    orientation_from: str
    lost_percent: float
    gaps: int
    longest_gap_s: float


@dataclass(frozen=True, slots=True, eq=False)
class AngleTable:
    """Angles over the whole recording: `columns` of shape (n,), NaN where not measured.

    Column names are those of the angles file, such as `left_femoral_rotation_deg`.
    """

    time_s: FloatArray
    sampling_rate_hz: float
    columns: Mapping[str, FloatArray]

    def to_frame(self) -> "pd.DataFrame":
        """Time and angles, one row per sample."""
        import pandas as pd  # noqa: PLC0415

        return pd.DataFrame({"time_s": self.time_s, **self.columns})


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """Everything that one recording says.

    `comparisons` are those of the static tests, `gait_comparisons` those of walking and running.
    `reserves` need a measured test besides, `hip_curves` a sensor on the pelvis.
    """

    recording: Recording
    task: Task | None
    sex: Sex | None
    phases: tuple[Phase, ...]
    angles: AngleTable
    results: tuple[Result, ...]
    comparisons: tuple[SideDifference, ...]
    calibration: tuple[LegCalibrationQuality, ...]
    sensors: tuple[SensorQuality, ...]
    warnings: tuple[str, ...]
    gait_comparisons: tuple[GaitComparison, ...] = ()
    hip_curves: tuple[HipCurve, ...] = ()
    reserves: tuple[Reserve, ...] = ()
