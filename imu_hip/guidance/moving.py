"""Take the position, turn the leg, hold, and return: one repetition after the other."""

from dataclasses import replace
from typing import Final

from imu_hip.guidance import words
from imu_hip.guidance.entering import go_on, ready, step_of
from imu_hip.guidance.events import MovementBegan, PlateauReached, Posture
from imu_hip.guidance.protocol import TestPart
from imu_hip.guidance.session_state import Hindrance, Phase, SessionState
from imu_hip.guidance.speaking import filled, heeded, hindered, say
from imu_hip.guidance.steps import StepKind
from imu_hip.guidance.view import Tone
from imu_hip.names import Direction

SHORTEST_READY_S: Final = 1.0
LONGEST_READY_S: Final = 8.0
LONGEST_RETURN_S: Final = 12.0

FAILURES_BEFORE_SKIP: Final = 3
"""After so many failures in a row for the same reason, skipping is proposed."""


def posture(state: SessionState, event: Posture, time_s: float) -> SessionState:
    """The tested leg is in position, or something about it is wrong."""
    step = step_of(state)
    waits = step.kind is StepKind.POSITION or state.phase is Phase.READY
    if not waits or event.side is not step.side:
        return state
    if step.kind is StepKind.POSITION and not event.problem:
        state = replace(state, attempt=replace(state.attempt, began=True))
    return hindered(state, event.problem, time_s)


def movement_began(state: SessionState, event: MovementBegan, time_s: float) -> SessionState:
    """The leg left its rest: as asked, or the other way."""
    step = step_of(state)
    if step.movement is None or event.side is not step.side:
        return state
    asked = step.movement.direction
    if event.direction is asked and state.phase in (Phase.READY, Phase.MOVE):
        if state.phase is Phase.READY:
            state = move(state, time_s)
        return heeded(replace(state, attempt=replace(state.attempt, began=True)), time_s)
    if state.phase is Phase.MOVE and not state.attempt.began:
        return other_way(state, asked, event.direction, time_s)
    return state


def other_way(
    state: SessionState, asked: Direction | None, done: Direction | None, time_s: float
) -> SessionState:
    """The leg turned the other way, which is told once for each movement."""
    if state.attempt.wrong_told or asked is None or done is None:
        return state
    state = failed(state, words.OTHER_WAY)
    notice = with_skip_advice(state, words.wrong_way(asked, done))
    state = replace(state, notice=notice, attempt=replace(state.attempt, wrong_told=True))
    return say(state, replace(state.said.cue, speech=""), time_s, Tone.NOT_COUNTED)


def plateau_reached(state: SessionState, event: PlateauReached, time_s: float) -> SessionState:
    """The angle stays at its end: it is to be held for the rest of the hold."""
    step = step_of(state)
    if step.movement is None or state.phase is not Phase.MOVE or event.side is not step.side:
        return state
    if event.direction is not step.movement.direction:
        return state
    state = replace(state, phase=Phase.HOLD, phase_s=time_s, notice="", fraction=0.0)
    state = replace(state, attempt=replace(state.attempt, began=True))
    return say(state, filled(step.movement.hold, step.side), time_s, Tone.PLATEAU)


def move(state: SessionState, time_s: float) -> SessionState:
    """Ask for the movement."""
    step = step_of(state)
    if step.movement is None:
        return state
    state = replace(state, phase=Phase.MOVE, phase_s=time_s, notice="", hindrance=Hindrance())
    return say(state, filled(step.movement.move, step.side), time_s)


def turn_back(state: SessionState, time_s: float, tone: Tone | None = None) -> SessionState:
    """Ask the leg back to its rest."""
    step = step_of(state)
    if step.movement is None:
        return state
    state = replace(state, phase=Phase.RETURN, phase_s=time_s, fraction=None)
    return say(state, filled(step.movement.back, step.side), time_s, tone)


def watched_hold_s(part: TestPart) -> float:
    """The part of a hold after which it is taken for one; the rest is said to be held."""
    return min(part.hold_s, max(part.gates.shortest_plateau_s, 0.5 * part.hold_s))


def moving_passed(state: SessionState, time_s: float) -> SessionState:
    """What time alone does while a leg is tested."""
    step = step_of(state)
    if step.part is None or state.phase is Phase.PAIN:
        return state
    if step.kind is StepKind.POSITION:
        placed = state.attempt.began and not state.hindrance.problem
        spoken_s = words.speech_s(state.said.cue.speech)
        return go_on(state, time_s) if placed and time_s - state.phase_s >= spoken_s else state
    return _repetition_passed(state, step.part, time_s)


def _repetition_passed(state: SessionState, part: TestPart, time_s: float) -> SessionState:
    waited_s = time_s - state.phase_s
    if state.phase is Phase.READY and not state.hindrance.problem:
        spoken_s = words.speech_s(state.said.cue.speech)
        pause_s = min(max(spoken_s, SHORTEST_READY_S), LONGEST_READY_S)
        return move(state, time_s) if waited_s >= pause_s else state
    if state.phase is Phase.HOLD and waited_s >= part.hold_s - watched_hold_s(part):
        return turn_back(state, time_s)
    if state.phase is Phase.RETURN and waited_s >= LONGEST_RETURN_S:
        state = failed(state, words.NO_END)
        return ready(state, time_s, with_skip_advice(state, words.not_counted(words.NO_END)))
    return state


def failed(state: SessionState, reason: str) -> SessionState:
    """A state that knows what went wrong, and how often in a row."""
    kind = "".join(c for c in reason if not c.isdigit() and c not in ".,")
    again = kind == state.attempt.failure
    failures = state.attempt.failures + 1 if again else 1
    return replace(state, attempt=replace(state.attempt, failures=failures, failure=kind))


def with_skip_advice(state: SessionState, notice: str) -> str:
    """A notice that proposes to skip where the same thing keeps going wrong."""
    if state.attempt.failures < FAILURES_BEFORE_SKIP:
        return notice
    return f"{notice} You can skip this movement."
