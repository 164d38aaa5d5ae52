"""What happens to a session: what its sensors and its person do, as far as guidance cares."""

from dataclasses import dataclass

from imu_hip.guidance.view import Command, ResultView
from imu_hip.measures.repetitions import Repetition
from imu_hip.names import Direction, Doing, Segment, Side


@dataclass(frozen=True, slots=True)
class SensorsStream:
    """All sensors are connected and stream; `remarks` are faults such as a low battery."""

    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SensorsUnknown:
    """Sensors were found, but not where they sit."""

    problem: str


@dataclass(frozen=True, slots=True)
class SensorsFailed:
    """The sensors cannot be used as it is: what is wrong and what to do, in sentences."""

    problem: str


@dataclass(frozen=True, slots=True)
class Assigned:
    """One sensor's segment was told by movement, or not, with the reason."""

    segment: Segment
    problem: str = ""


@dataclass(frozen=True, slots=True)
class PoseProgress:
    """How much of a pose or of knee extensions is done, 0 to 1, and what keeps it back."""

    doing: Doing
    side: Side | None
    fraction: float
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A leg is calibrated; `uncertainty_deg` is what that gives to every rotation.

    `advice` says why it should be done again, and is empty where it is good.
    """

    side: Side
    uncertainty_deg: float
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Posture:
    """Whether the tested leg is where the test wants it; `problem` says what is not."""

    side: Side
    problem: str


@dataclass(frozen=True, slots=True)
class MovementBegan:
    """The tested leg left its rest position."""

    side: Side
    direction: Direction | None


@dataclass(frozen=True, slots=True)
class PlateauReached:
    """The angle has stayed at its end for as long as a hold takes."""

    side: Side
    direction: Direction | None
    angle_deg: float


@dataclass(frozen=True, slots=True)
class RepetitionEnded:
    """The leg is back at rest; the repetition is judged."""

    side: Side
    repetition: Repetition


@dataclass(frozen=True, slots=True)
class StretchAngle:
    """The stretched leg's angle now, and whether it strains or bounces."""

    side: Side
    angle_deg: float
    strains: bool


@dataclass(frozen=True, slots=True)
class SensorLost:
    """A sensor sends nothing any more."""

    segment: Segment


@dataclass(frozen=True, slots=True)
class SensorBack:
    """A sensor that was lost sends again."""

    segment: Segment


@dataclass(frozen=True, slots=True)
class Told:
    """The person gave a command."""

    command: Command


@dataclass(frozen=True, slots=True)
class Passed:
    """Nothing but time."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The final results are there."""

    results: tuple[ResultView, ...]
    sentences: tuple[str, ...]
    report: str


Event = (
    SensorsStream
    | SensorsUnknown
    | SensorsFailed
    | Assigned
    | PoseProgress
    | Calibrated
    | Posture
    | MovementBegan
    | PlateauReached
    | RepetitionEnded
    | StretchAngle
    | SensorLost
    | SensorBack
    | Told
    | Passed
    | Finished
)
