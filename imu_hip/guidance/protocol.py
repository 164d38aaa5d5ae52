"""What a protocol says: positions, cues, repetitions, holds, gates and stop rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from imu_hip.measures.repetitions import RepetitionParameters
from imu_hip.names import Direction, Doing, Side, Task


class ProtocolKind(StrEnum):
    """What a protocol leads to."""

    TEST = "test"
    STRETCH = "stretch"
    CALIBRATION = "calibration"


@dataclass(frozen=True, slots=True)
class Cue:
    """What a person is told: a few words to read from two metres, and what is spoken.

    `{side}`, `{other_side}`, `{repetition}` and `{repetitions}` are filled in.
    """

    text: str
    speech: str


@dataclass(frozen=True, slots=True)
class Movement:
    """One movement of a test, such as turning the left thigh inward, with its cues.

    Parameters
    ----------
    direction
        None for crossing the leg.
    move, hold, back
        What is said to begin it, at the plateau, and to return.
    """

    direction: Direction | None
    move: Cue
    hold: Cue
    back: Cue


@dataclass(frozen=True, slots=True)
class TestPart:
    """A measured test of both legs in one position.

    Parameters
    ----------
    picture
        Name of the picture of the position.
    familiarisation
        Repetitions of each movement that do not count.
    repetitions
        Repetitions of each movement that do.
    hold_s
        How long the angle must stay at its plateau before it is taken.
    """

    __test__ = False

    task: Task
    position: Cue
    picture: str
    movements: tuple[Movement, ...]
    familiarisation: int
    repetitions: int
    hold_s: float
    gates: RepetitionParameters


@dataclass(frozen=True, slots=True)
class StretchPart:
    """Bouts of a stretch, alternating sides.

    Parameters
    ----------
    bout_s, rest_s
        Length of a bout and of the change between two.
    total_s
        Time in bouts in all.
    restricted_ratio
        Bouts of the restricted side for each of the other.
    ease_off_within_deg
        A swing back and forth wider than this at the end of range is bouncing or strain.
    """

    position: Cue
    picture: str
    begin: Cue
    deepen: Cue
    ease_off: Cue
    change: Cue
    bout_s: float
    rest_s: float
    total_s: float
    restricted_ratio: int
    ease_off_within_deg: float


@dataclass(frozen=True, slots=True)
class Protocol:
    """One protocol.

    Parameters
    ----------
    name
        Short name, which is also that of its file.
    cues
        Cues that are not those of a part, by what the person is asked to do.
    stop_rules
        When to stop, each a sentence.
    """

    name: str
    title: str
    about: str
    kind: ProtocolKind
    sides: tuple[Side, ...]
    cues: Mapping[Doing, Cue]
    parts: tuple[TestPart, ...] = ()
    stretch: StretchPart | None = None
    stop_rules: tuple[str, ...] = field(default=())
