"""The steps of a session, which of them are still needed, and how many repetitions are wanted."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from imu_hip.bluetooth.by_movement import Step as AssignmentStep
from imu_hip.guidance.plan import EndedMovement, KeptRepetition, Progress, SessionPlan
from imu_hip.guidance.protocol import Movement, Protocol, ProtocolKind, TestPart
from imu_hip.guidance.view import Done, Stage
from imu_hip.names import Doing, Segment, Side, Task

AGREE_WITHIN_DEG: Final = 5.0
"""Repetitions that lie further apart are followed by one more."""

MOST_EXTRA: Final = 2


class StepKind(StrEnum):
    """What a step is for."""

    CONNECT = "connect"
    ASSIGN = "assign"
    CHECK = "check"
    POSE = "pose"
    CALIBRATED = "calibrated"
    POSITION = "position"
    PRACTISE = "practise"
    MEASURE = "measure"
    BOUT = "bout"
    OFFER = "offer"
    RESULT = "result"


STAGE: Final = {
    StepKind.CONNECT: Stage.CONNECT,
    StepKind.ASSIGN: Stage.ASSIGN,
    StepKind.CHECK: Stage.CHECK,
    StepKind.POSE: Stage.CALIBRATE,
    StepKind.CALIBRATED: Stage.CALIBRATE,
    StepKind.POSITION: Stage.POSITION,
    StepKind.PRACTISE: Stage.FAMILIARISE,
    StepKind.MEASURE: Stage.MEASURE,
    StepKind.BOUT: Stage.STRETCH,
    StepKind.OFFER: Stage.RETEST,
    StepKind.RESULT: Stage.RESULT,
}

MOVING: Final = frozenset({StepKind.PRACTISE, StepKind.MEASURE})

_WORK: Final = frozenset(
    {StepKind.POSITION, StepKind.PRACTISE, StepKind.MEASURE, StepKind.BOUT, StepKind.OFFER}
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step; what does not belong to its kind is None.

    `first` tells the first position of a part from the change to its other leg.
    """

    kind: StepKind
    doing: Doing | None = None
    segment: Segment | None = None
    part: TestPart | None = None
    side: Side | None = None
    movement: Movement | None = None
    bout: int = 0
    first: bool = True


@dataclass(frozen=True, slots=True)
class Turn:
    """One movement of one leg in one test, which is what repetitions are counted for."""

    part: TestPart
    side: Side
    movement: Movement
    retest: bool

    @property
    def task(self) -> Task:
        """The test."""
        return self.part.task

    def owns(self, kept: KeptRepetition | EndedMovement) -> bool:
        """Whether a repetition, or an end, belongs to this movement."""
        return (kept.task, kept.side, kept.direction, kept.retest) == (
            self.task,
            self.side,
            self.movement.direction,
            self.retest,
        )


def steps_of(plan: SessionPlan, retest: bool) -> tuple[Step, ...]:
    """All steps in their order; those of a retest only once it was chosen."""
    return tuple(_steps(plan, retest))


def _steps(plan: SessionPlan, retest: bool) -> Iterator[Step]:
    yield Step(StepKind.CONNECT)
    for told in AssignmentStep:
        if told.segment in plan.segments:
            yield Step(StepKind.ASSIGN, _assigning(told.segment), told.segment, side=_side(told))
    yield Step(StepKind.CHECK)
    yield Step(StepKind.POSE, Doing.STAND)
    yield Step(StepKind.POSE, Doing.SIT)
    for side in plan.tested_sides:
        yield Step(StepKind.POSE, Doing.STRAIGHTEN_KNEE, side=side)
    yield Step(StepKind.CALIBRATED)
    yield from _test_steps(plan, plan.protocol)
    if plan.protocol.stretch is not None:
        for number, side in enumerate(plan.bout_sides):
            yield Step(StepKind.BOUT, Doing.STRETCH, side=side, bout=number)
        if plan.retest is not None:
            yield Step(StepKind.OFFER)
            if retest:
                yield from _test_steps(plan, plan.retest)
    yield Step(StepKind.RESULT)


def _test_steps(plan: SessionPlan, protocol: Protocol) -> Iterator[Step]:
    for part in protocol.parts:
        posed = Doing.LIE_FACE_DOWN if part.task is Task.PRONE else Doing.SIT
        for place, side in enumerate(plan.tested_sides):
            yield Step(StepKind.POSITION, posed, part=part, side=side, first=place == 0)
            for kind in (StepKind.PRACTISE, StepKind.MEASURE):
                for movement in part.movements:
                    doing = Doing.CROSS_LEG if movement.direction is None else Doing.TURN
                    yield Step(kind, doing, part=part, side=side, movement=movement)


def _assigning(segment: Segment) -> Doing:
    if segment is Segment.PELVIS:
        return Doing.STAND
    thigh = segment in (Segment.LEFT_THIGH, Segment.RIGHT_THIGH)
    return Doing.LIFT_KNEE if thigh else Doing.STRAIGHTEN_KNEE


def _side(told: AssignmentStep) -> Side | None:
    return next((side for side in Side if told.segment.value.startswith(side.value)), None)


def turn_of(step: Step, retest: bool) -> Turn | None:
    """The movement that a step is about, None where it is about none."""
    if step.part is None or step.side is None or step.movement is None:
        return None
    return Turn(step.part, step.side, step.movement, retest)


def counted(turn: Turn, progress: Progress) -> tuple[float, ...]:
    """Peaks in degrees of the repetitions that count."""
    return tuple(
        r.peak_deg
        for r in progress.repetitions
        if r.counted and r.peak_deg is not None and turn.owns(r)
    )


def wanted(turn: Turn, progress: Progress) -> int:
    """How many repetitions are to count: one more while too few of them agree."""
    peaks = sorted(counted(turn, progress))
    usual = turn.part.repetitions
    if len(peaks) < usual:
        return usual
    agree = any(
        last - first <= AGREE_WITHIN_DEG
        for first, last in zip(peaks, peaks[usual - 1 :], strict=False)
    )
    return len(peaks) if agree else max(len(peaks), min(len(peaks) + 1, usual + MOST_EXTRA))


def is_finished(turn: Turn, progress: Progress) -> bool:
    """Whether a movement has all its repetitions, or was given up."""
    if any(turn.owns(ended) for ended in progress.ended):
        return True
    return len(counted(turn, progress)) >= wanted(turn, progress)


def next_step(steps: tuple[Step, ...], progress: Progress, after: int) -> int:
    """Index of the next step that is needed; the result is the last and always is."""
    return next(
        (index for index in range(after + 1, len(steps)) if _is_needed(steps[index], progress)),
        len(steps) - 1,
    )


def first_step(plan: SessionPlan, steps: tuple[Step, ...]) -> int:
    """Index of the first step; the result where a resumed session has nothing left to do."""
    left = any(_is_needed(step, plan.progress) for step in steps if step.kind in _WORK)
    return 0 if left or plan.protocol.kind is ProtocolKind.CALIBRATION else len(steps) - 1


def find_step(steps: tuple[Step, ...], kind: StepKind) -> int:
    """Index of the first step of a kind."""
    return next(index for index, step in enumerate(steps) if step.kind is kind)


def _is_needed(step: Step, progress: Progress) -> bool:
    if step.kind is StepKind.ASSIGN:
        return False
    if step.kind is StepKind.OFFER:
        return not progress.retest
    if step.kind is StepKind.BOUT:
        hurt = any(bout.by_pain and bout.side is step.side for bout in progress.bouts)
        return not hurt and all(bout.number != step.bout for bout in progress.bouts)
    turns = tuple(turns_of(step, progress.retest))
    if step.kind is StepKind.PRACTISE:
        untried = not any(counted(turn, progress) for turn in turns)
        return untried and _unfinished(turns, progress) and turns[0].part.familiarisation > 0
    return not turns or _unfinished(turns, progress)


def turns_of(step: Step, retest: bool) -> Iterator[Turn]:
    """The movements that a step prepares or is about; none for steps before the test."""
    if step.part is None or step.side is None:
        return
    for movement in step.part.movements if step.movement is None else (step.movement,):
        yield Turn(step.part, step.side, movement, retest)


def _unfinished(turns: tuple[Turn, ...], progress: Progress) -> bool:
    return any(not is_finished(turn, progress) for turn in turns)


def done_of(steps: tuple[Step, ...], progress: Progress) -> tuple[Done, ...]:
    """How far each movement of each leg is."""
    return tuple(
        Done(
            turn.task,
            turn.side,
            turn.movement.direction,
            len(counted(turn, progress)),
            wanted(turn, progress),
        )
        for step in steps
        if step.kind is StepKind.MEASURE and (turn := turn_of(step, progress.retest)) is not None
    )
