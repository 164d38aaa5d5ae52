"""The commands that make sense at a moment, with the words on their buttons."""

from collections.abc import Iterator

from imu_hip.guidance.counting import is_under_way, keepable, redoable
from imu_hip.guidance.entering import missing, step_of
from imu_hip.guidance.moving import FAILURES_BEFORE_SKIP
from imu_hip.guidance.preparing import (
    all_calibrated,
    calibration_advice,
    calibration_is_usable,
)
from imu_hip.guidance.session_state import Phase, SessionState
from imu_hip.guidance.steps import StepKind
from imu_hip.guidance.view import Button, Command

_PAUSE = Button(Command.PAUSE, "Pause")
_PAIN = Button(Command.PAIN, "It hurts")
_STOP = Button(Command.STOP, "Stop here")
_RECALIBRATE = Button(Command.RECALIBRATE, "Calibrate again")


def buttons(state: SessionState) -> tuple[Button, ...]:
    """What the person can tell the session now, the main thing first."""
    kind = step_of(state).kind
    if kind is StepKind.RESULT:
        return ()
    if state.paused:
        again = () if kind in _NOT_YET_CALIBRATED else (_RECALIBRATE,)
        return (Button(Command.RESUME, "Go on", main=True), *again, _STOP)
    if state.phase is Phase.PAIN:
        return (Button(Command.CONTINUE, "Go on with the next", main=True), _STOP)
    if missing(state):
        return (Button(Command.SKIP, "Go on without it"), _PAIN, _PAUSE, _STOP)
    return (*_OFFERS[kind](state), _STOP)


def _connecting(state: SessionState) -> Iterator[Button]:
    if state.hindrance.problem:
        yield Button(Command.CONTINUE, "Try again", main=True)


def _assigning(state: SessionState) -> Iterator[Button]:
    yield _PAUSE


def _checking(state: SessionState) -> Iterator[Button]:
    yield Button(Command.CONTINUE, "Go on", main=True)
    yield _PAUSE


def _posing(state: SessionState) -> Iterator[Button]:
    # Who trembles could never go on; what it is worth shows in the calibration's quality.
    if state.hindrance.said:
        yield Button(Command.KEEP, "Take it as it is")
    yield _PAUSE


def _calibrated(state: SessionState) -> Iterator[Button]:
    if all_calibrated(state):
        good, usable = not calibration_advice(state), calibration_is_usable(state)
        if usable:
            yield Button(Command.CONTINUE, "Go on" if good else "Go on anyway", main=good)
        yield Button(Command.RECALIBRATE, "Calibrate again", main=not good)
    yield _PAUSE


def _positioning(state: SessionState) -> Iterator[Button]:
    yield Button(Command.CONTINUE, "Start", main=True)
    yield Button(Command.SKIP, "Skip this leg")
    yield _PAIN
    yield _PAUSE
    yield _RECALIBRATE


def _moving(state: SessionState) -> Iterator[Button]:
    if state.phase is Phase.READY and state.hindrance.problem:
        yield Button(Command.CONTINUE, "Go on anyway")
    if keepable(state) is not None:
        yield Button(Command.KEEP, "Count it anyway")
    elif is_under_way(state) and state.phase is not Phase.RETURN:
        yield Button(Command.KEEP, "Take this angle", main=not _struggles(state))
    if is_under_way(state):
        if not state.attempt.dropped:
            yield Button(Command.REDO, "Do this one again")
    elif step_of(state).kind is StepKind.MEASURE and redoable(state) is not None:
        yield Button(Command.REDO, "Do the last one again")
    practice = step_of(state).kind is StepKind.PRACTISE
    words = "Skip the practice" if practice else "Skip this movement"
    yield Button(Command.SKIP, words, main=_struggles(state))
    yield _PAIN
    yield _PAUSE


def _struggles(state: SessionState) -> bool:
    return state.attempt.failures >= FAILURES_BEFORE_SKIP


def _stretching(state: SessionState) -> Iterator[Button]:
    if state.phase is Phase.CHANGE:
        yield Button(Command.CONTINUE, "Start now", main=True)
    yield Button(Command.SKIP, "End this bout")
    yield _PAIN
    yield _PAUSE


def _offering(state: SessionState) -> Iterator[Button]:
    yield Button(Command.RETEST, "Measure again", main=True)
    yield Button(Command.CONTINUE, "Finish")


_NOT_YET_CALIBRATED = frozenset({StepKind.CONNECT, StepKind.ASSIGN, StepKind.CHECK})

_OFFERS = {
    StepKind.CONNECT: _connecting,
    StepKind.ASSIGN: _assigning,
    StepKind.CHECK: _checking,
    StepKind.POSE: _posing,
    StepKind.CALIBRATED: _calibrated,
    StepKind.POSITION: _positioning,
    StepKind.PRACTISE: _moving,
    StepKind.MEASURE: _moving,
    StepKind.BOUT: _stretching,
    StepKind.OFFER: _offering,
}
