"""What a simulated person does in a static session, in numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from imu_hip.names import Direction, Side, Task

INTERNAL_FIRST = (Direction.INTERNAL, Direction.EXTERNAL)


class FaultKind(StrEnum):
    """A way to perform a repetition badly."""

    THIGH_LIFTED = "thigh_lifted"
    SHORT_PLATEAU = "short_plateau"
    KNEE_NOT_90 = "knee_not_90"
    PELVIS_ROLLED = "pelvis_rolled"


USUAL_AMOUNT: Mapping[FaultKind, float] = MappingProxyType(
    {
        FaultKind.THIGH_LIFTED: 14.0,
        FaultKind.SHORT_PLATEAU: 0.15,
        FaultKind.KNEE_NOT_90: -25.0,
        FaultKind.PELVIS_ROLLED: 8.0,
    }
)
"""Degrees of lift, seconds of hold, degrees of knee flexion off, degrees of pelvis roll."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A deliberate fault in one repetition.

    Parameters
    ----------
    direction
        None in the cross-legged test.
    repetition
        Counted from 1 within the side and direction.
    amount
        In the unit of `USUAL_AMOUNT`; None takes the usual one.
    """

    kind: FaultKind
    side: Side
    direction: Direction | None
    repetition: int
    amount: float | None = None

    @property
    def size(self) -> float:
        """The amount, usual or asked for."""
        return USUAL_AMOUNT[self.kind] if self.amount is None else self.amount


@dataclass(frozen=True, slots=True)
class LegPlan:
    """Peaks of one leg in degrees, one number a repetition; empty means not tested.

    Parameters
    ----------
    internal_deg, external_deg
        Femoral rotation against gravity, as positive numbers (seated and prone).
    shin_slope_deg
        Slope of the shin over the horizontal, knee higher is positive (cross-legged).
    """

    internal_deg: tuple[float, ...] = (36.0, 37.0, 38.0)
    external_deg: tuple[float, ...] = (41.0, 42.0, 43.0)
    shin_slope_deg: tuple[float, ...] = (22.0,)

    def peaks_deg(self, direction: Direction | None) -> tuple[float, ...]:
        """Peaks of one direction, or of the cross-legged test for None."""
        if direction is None:
            return self.shin_slope_deg
        return self.internal_deg if direction is Direction.INTERNAL else self.external_deg


@dataclass(frozen=True, slots=True)
class StaticSession:
    """A static session: stand, sit, straighten the knees, then one test on both legs.

    Parameters
    ----------
    task
        Seated, prone or cross-legged.
    legs
        Peaks for each side; sides are tested in this order, a missing side is not tested.
    directions
        Order of the directions within a side.
    knee_flexion_deg, thigh_elevation_deg, hip_abduction_deg
        Posture of the tested leg; None takes 90°, 0° and 0°, cross-legged 110°, 10° and 40°.
    sit_thigh_elevation_deg, sit_knee_flexion_deg
        Posture of the calibration while seated.
    stand_knee_flexion_deg
        How far the knees are bent while standing, the thigh leaning by half of it.
    tibial_rotation_deg
        Constant twist of the tested leg's tibia while it is tested.
    twist_with_rotation
        Tibial rotation as a part of hip rotation, throughout.
    plateau_s, ramp_s, rest_s
        Hold, way there and way back each, and rest between repetitions.
    tremor_deg
        Standard deviation of each joint angle's unsteadiness.
    faults
        Repetitions to perform badly.
    """

    task: Task = Task.SEATED
    legs: Mapping[Side, LegPlan] = field(
        default_factory=lambda: {Side.LEFT: LegPlan(), Side.RIGHT: LegPlan()}
    )
    directions: tuple[Direction, ...] = INTERNAL_FIRST
    knee_flexion_deg: float | None = None
    thigh_elevation_deg: float | None = None
    hip_abduction_deg: float | None = None
    sit_thigh_elevation_deg: float = 0.0
    sit_knee_flexion_deg: float = 90.0
    stand_knee_flexion_deg: float = 0.0
    tibial_rotation_deg: float = 0.0
    twist_with_rotation: float = 0.0
    stand_s: float = 7.0
    sit_s: float = 6.5
    knee_extensions: int = 3
    extended_knee_deg: float = 15.0
    plateau_s: float = 1.5
    ramp_s: float = 1.5
    rest_s: float = 1.0
    tremor_deg: float = 0.2
    faults: tuple[Fault, ...] = ()

    def __post_init__(self) -> None:
        if self.task not in (Task.SEATED, Task.PRONE, Task.CROSS_LEGGED):
            raise ValueError(f"{self.task} is not a static test")

    @property
    def pose(self) -> int:
        """1 seated and cross-legged, -1 prone."""
        return -1 if self.task is Task.PRONE else 1

    @property
    def test_knee_deg(self) -> float:
        """Knee flexion of the tested leg."""
        usual = 110.0 if self.task is Task.CROSS_LEGGED else 90.0
        return usual if self.knee_flexion_deg is None else self.knee_flexion_deg

    @property
    def test_elevation_deg(self) -> float:
        """Thigh elevation of the tested leg."""
        usual = 10.0 if self.task is Task.CROSS_LEGGED else 0.0
        return usual if self.thigh_elevation_deg is None else self.thigh_elevation_deg

    @property
    def test_abduction_deg(self) -> float:
        """Hip abduction of the tested leg."""
        usual = 40.0 if self.task is Task.CROSS_LEGGED else 0.0
        return usual if self.hip_abduction_deg is None else self.hip_abduction_deg

    def fault_of(self, side: Side, direction: Direction | None, repetition: int) -> Fault | None:
        """The fault of one repetition, counted from 1."""
        for fault in self.faults:
            if (fault.side, fault.direction, fault.repetition) == (side, direction, repetition):
                return fault
        return None
