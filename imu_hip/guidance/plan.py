"""What a session is to lead through, and what it has led to so far."""

from dataclasses import dataclass, field

from imu_hip.guidance.protocol import Protocol
from imu_hip.guidance.view import RepetitionView, ResultView
from imu_hip.measures.repetitions import Repetition
from imu_hip.names import SHIN, THIGH, Direction, Segment, Side, Task


@dataclass(frozen=True, slots=True)
class KeptRepetition:
    """One finished repetition, counted or not; those for practice are not kept.

    Parameters
    ----------
    retest
        Whether it belongs to the test after a stretch.
    number
        From 1 within its movement of its leg, counting those that do not count, too.
    counted, reason
        Whether it counts, and what is wrong with it. One that was kept by hand counts although
        there is a reason.
    measured
        None where samples were lost, or the movement was broken off, so that nothing was measured.
    """

    task: Task
    side: Side
    direction: Direction | None
    retest: bool
    number: int
    counted: bool
    reason: str
    measured: Repetition | None

    @property
    def peak_deg(self) -> float | None:
        """Its peak, None where nothing was measured."""
        return None if self.measured is None else self.measured.peak_deg

    @property
    def view(self) -> RepetitionView:
        """What is shown of it."""
        return RepetitionView(
            self.task,
            self.side,
            self.direction,
            self.number,
            self.peak_deg,
            self.counted,
            self.reason,
        )


@dataclass(frozen=True, slots=True)
class EndedMovement:
    """A movement of one leg that was given up; `by_pain`, or by choice."""

    task: Task
    side: Side
    direction: Direction | None
    retest: bool
    by_pain: bool


@dataclass(frozen=True, slots=True)
class KeptBout:
    """One bout of a stretch that was done, whole or in part.

    `number` is its place in the plan of bouts, from 0; `best_deg` is None where the leg was not
    measured.
    """

    number: int
    side: Side
    duration_s: float
    best_deg: float | None
    by_pain: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """What survives a crash: everything that was finished, and what was given up.

    `pains` is how often pain stopped something.
    """

    repetitions: tuple[KeptRepetition, ...] = ()
    ended: tuple[EndedMovement, ...] = ()
    bouts: tuple[KeptBout, ...] = ()
    retest: bool = False
    pains: int = 0


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """What a session is to lead through.

    Parameters
    ----------
    session
        Number of the session in the history, None where it is not kept.
    sides
        Legs in their order; empty takes those of the protocol.
    pelvis
        Whether a pelvis sensor is worn.
    last_time
        Last results of the same person and mode, for the marks on the dials.
    bout_sides
        The leg of each bout of a stretch, see `stretch.plan_bouts`.
    today_bouts, today_s
        Bouts and time in them earlier this day.
    retest
        The test that a stretch offers at its end.
    progress
        What an earlier run of the same session finished; empty for a new one.
    """

    protocol: Protocol
    person: str = ""
    session: int | None = None
    simulated: bool = False
    sides: tuple[Side, ...] = ()
    pelvis: bool = False
    last_time: tuple[ResultView, ...] = ()
    bout_sides: tuple[Side, ...] = ()
    today_bouts: int = 0
    today_s: float = 0.0
    retest: Protocol | None = None
    progress: Progress = field(default_factory=Progress)

    @property
    def tested_sides(self) -> tuple[Side, ...]:
        """The legs in their order."""
        return self.sides or self.protocol.sides

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The segments that carry a sensor."""
        legs = tuple(segment for side in Side for segment in (THIGH[side], SHIN[side]))
        return (*legs, Segment.PELVIS) if self.pelvis else legs


@dataclass(frozen=True, slots=True)
class Changes:
    """What two moments of a session differ by, for whoever keeps it.

    A repetition that is judged anew is withdrawn and added.
    """

    withdrawn: tuple[KeptRepetition, ...]
    added: tuple[KeptRepetition, ...]
    bouts: tuple[KeptBout, ...]


def changes(before: Progress, after: Progress) -> Changes:
    """What was finished, or judged anew, between two moments of a session."""
    return Changes(
        withdrawn=tuple(r for r in before.repetitions if r not in after.repetitions),
        added=tuple(r for r in after.repetitions if r not in before.repetitions),
        bouts=after.bouts[len(before.bouts) :],
    )
