"""What a session wants to know of the sensors at a moment."""

from dataclasses import dataclass
from enum import StrEnum

from imu_hip.measures.repetitions import RepetitionParameters
from imu_hip.names import Direction, Doing, Segment, Side, Task


class WatchKind(StrEnum):
    """What is watched, and with it the events that are expected.

    ASSIGN: `Assigned`. POSE: `PoseProgress`. CALIBRATION: `Calibrated` for each leg, from the
    poses before. POSITION: `Posture`, also where nothing is wrong. REPETITION: `Posture`,
    `MovementBegan`, `PlateauReached`, `RepetitionEnded`. STRETCH: `StretchAngle`. RESULT:
    `Finished`.
    """

    NONE = "none"
    ASSIGN = "assign"
    POSE = "pose"
    CALIBRATION = "calibration"
    POSITION = "position"
    REPETITION = "repetition"
    STRETCH = "stretch"
    RESULT = "result"


@dataclass(frozen=True, slots=True)
class Watching:
    """What to watch now.

    Equal from the first to the last repetition of one movement of one leg, and while one pose or
    one bout lasts, so that whoever watches can start anew whenever it changes.

    Parameters
    ----------
    segment
        The segment that is told, for ASSIGN.
    attempt
        Changes where the same thing is watched anew: calibration or assignment done again.
    hold_s
        How long the angle must stay for `PlateauReached`.
    """

    kind: WatchKind
    doing: Doing | None = None
    task: Task | None = None
    side: Side | None = None
    direction: Direction | None = None
    gates: RepetitionParameters | None = None
    hold_s: float = 0.0
    segment: Segment | None = None
    attempt: int = 0
    retest: bool = False
