"""What a session shows: everything that a page or a terminal draws, beside the live angles."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from imu_hip.guidance.protocol import Cue, ProtocolKind
from imu_hip.names import Direction, Doing, Side, Task


class Stage(StrEnum):
    """Where a session is."""

    CONNECT = "connect"
    CHECK = "check"
    ASSIGN = "assign"
    CALIBRATE = "calibrate"
    POSITION = "position"
    FAMILIARISE = "familiarise"
    MEASURE = "measure"
    STRETCH = "stretch"
    RETEST = "retest"
    RESULT = "result"
    STOPPED = "stopped"


OVER: Final = frozenset({Stage.RESULT, Stage.STOPPED})
"""Nothing is measured any more."""


class Command(StrEnum):
    """What a person can tell a session."""

    CONTINUE = "continue"
    KEEP = "keep"
    REDO = "redo"
    SKIP = "skip"
    PAIN = "pain"
    PAUSE = "pause"
    RESUME = "resume"
    RECALIBRATE = "recalibrate"
    RETEST = "retest"
    STOP = "stop"


class Tone(StrEnum):
    """A sound that goes with a change of the view."""

    PLATEAU = "plateau"
    COUNTED = "counted"
    NOT_COUNTED = "not_counted"
    CHANGE = "change"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person is asked to do now."""

    doing: Doing
    side: Side | None = None
    direction: Direction | None = None


@dataclass(frozen=True, slots=True)
class Button:
    """A command that makes sense now, with the words on its button."""

    command: Command
    words: str
    main: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """How far one movement of one leg is: counted repetitions of those that are wanted."""

    task: Task
    side: Side
    direction: Direction | None
    counted: int
    wanted: int


@dataclass(frozen=True, slots=True)
class RepetitionView:
    """One repetition that was finished; `reason` says what is wrong with it, else empty.

    `peak_deg` is None where nothing was measured, as with lost samples.
    """

    task: Task
    side: Side
    direction: Direction | None
    number: int
    peak_deg: float | None
    counted: bool
    reason: str


@dataclass(frozen=True, slots=True)
class ResultView:
    """One measured range with its uncertainty.

    `measure` is `internal`, `external`, `total_arc` or `shin_slope`.
    """

    task: Task
    side: Side
    measure: str
    value_deg: float
    sem_deg: float
    mdc95_deg: float
    repetitions: int


@dataclass(frozen=True, slots=True)
class StretchView:
    """Where a stretch is.

    Parameters
    ----------
    bout, bouts
        Which bout this is, from 1, and how many there are; by side in `bouts_of`.
    left_s
        Time left in the bout or the change.
    best_deg
        Best angle of this bout, None before it began.
    today_bouts, today_s
        Bouts and time of this day, this session included.
    """

    bout: int
    bouts: int
    side: Side
    bouts_of: dict[Side, int]
    left_s: float
    best_deg: float | None
    today_bouts: int
    today_s: float


@dataclass(frozen=True, slots=True)
class SessionView:
    """Everything that is shown of a session, beside its live angles.

    Parameters
    ----------
    cue, cue_number
        What the person is told; the number changes whenever it is to be spoken anew.
    tone, tone_number
        The last sound; the number changes whenever it is to be heard anew.
    notice
        What just happened, such as why a repetition does not count; empty where nothing did.
    fraction
        Part of a pose, hold or bout that is done, 0 to 1; None where nothing is timed.
    warning
        What stays wrong, such as a sensor that is away; empty where nothing is.
    last_time
        Last results of the same person, task and mode, for the marks on the dials.
    sentences
        The result in sentences; empty before it.
    report
        Name of the session's report for the page, empty while there is none.
    stop_rules
        When to stop, each a sentence; there while the session gets ready.
    """

    session: int | None
    person: str
    protocol: str
    title: str
    kind: ProtocolKind
    simulated: bool
    stage: Stage
    paused: bool
    task: Task | None
    side: Side | None
    asked: Asked | None
    cue: Cue
    cue_number: int
    tone: Tone | None
    tone_number: int
    notice: str
    warning: str
    fraction: float | None
    picture: str
    buttons: tuple[Button, ...]
    done: tuple[Done, ...]
    repetitions: tuple[RepetitionView, ...]
    results: tuple[ResultView, ...]
    last_time: tuple[ResultView, ...]
    stretch: StretchView | None
    sentences: tuple[str, ...]
    report: str
    stop_rules: tuple[str, ...] = ()
