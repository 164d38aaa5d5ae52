"""What the history keeps, as frozen records."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from imu_hip.names import Direction, Sex, Side, Task


class SessionState(StrEnum):
    """How a session ended, or that it has not."""

    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"


class Mode(StrEnum):
    """Who moves the leg; ranges of different modes are never compared."""

    ACTIVE = "active"
    SELF_ASSISTED = "self-assisted"
    PASSIVE = "passive"


class Moment(StrEnum):
    """When in a session something was measured."""

    TEST = "test"
    RETEST = "retest"


@dataclass(frozen=True, slots=True)
class Person:
    """A person; an alias is enough."""

    id: int
    alias: str
    sex: Sex | None
    created_utc: datetime


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """One session; `recordings` are paths, `ended_utc` is None while it runs."""

    id: int
    person: Person
    protocol: str
    mode: Mode
    started_utc: datetime
    ended_utc: datetime | None
    state: SessionState
    recordings: tuple[str, ...]
    version: str
    simulated: bool
    comment: str
    progress: str
    """What the session needs to be resumed, as JSON; empty where it cannot be."""


@dataclass(frozen=True, slots=True)
class RepetitionRecord:
    """One finished repetition; `reason` says why it does not count, else empty.

    One that was broken off, as by a lost sensor, has NaN for what was not measured.
    """

    task: Task
    side: Side
    direction: Direction | None
    moment: Moment
    number: int
    peak_deg: float
    plateau_s: float
    thigh_elevation_deg: float
    knee_flexion_deg: float
    counted: bool
    reason: str
    recording: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class ResultRecord:
    """One measured range; `measure` is `internal`, `external`, `total_arc` or `shin_slope`."""

    task: Task
    side: Side
    measure: str
    moment: Moment
    value_deg: float
    sd_deg: float | None
    repetitions: int
    sem_deg: float
    mdc95_deg: float


@dataclass(frozen=True, slots=True)
class BoutRecord:
    """One bout of a stretch."""

    side: Side
    started_utc: datetime
    duration_s: float
    best_deg: float | None


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One result of one session, for a trend."""

    session: int
    started_utc: datetime
    mode: Mode
    result: ResultRecord


@dataclass(frozen=True, slots=True)
class RepeatedResult:
    """One result of one session of somebody, to be held against others of the same person."""

    person: str
    session: int
    started_utc: datetime
    result: ResultRecord


@dataclass(frozen=True, slots=True)
class MeasurementErrorRecord:
    """One own measurement error between days of a person; see `OwnError`."""

    task: Task
    measure: str
    mode: Mode
    simulated: bool
    sem_deg: float
    sem_low_deg: float
    sem_high_deg: float
    degrees_of_freedom: int
    sessions: int
    people: int
    version: str
    kept_utc: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """What one moment of a session finished.

    Parameters
    ----------
    withdrawn
        Repetitions that count no more; task, side, direction, moment and number name them.
    progress
        What the session needs to be resumed after this.
    """

    withdrawn: tuple[RepetitionRecord, ...]
    added: tuple[RepetitionRecord, ...]
    bouts: tuple[BoutRecord, ...]
    progress: str


@dataclass(frozen=True, slots=True)
class PersonSummary:
    """A person and how much the history holds of them."""

    person: Person
    sessions: int
    last_utc: datetime | None


@dataclass(frozen=True, slots=True)
class Deleted:
    """What was removed with a person.

    Parameters
    ----------
    files
        Recordings and reports that were removed.
    left
        Files of the person that were not, each with its reason.
    copies
        Copies of the whole history, made before its tables changed, that may hold the person.
    """

    sessions: int
    files: tuple[str, ...]
    left: tuple[tuple[str, str], ...]
    copies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export of a person holds.

    `missing` are files that are listed but not there, or of no kind that sessions write.
    """

    sessions: int
    files: int
    missing: tuple[str, ...]
