"""Pause, pain, stop, a sensor that goes away: what can come at any moment."""

from dataclasses import replace
from typing import Final

from imu_hip.guidance import words
from imu_hip.guidance.counting import break_off, give_up
from imu_hip.guidance.entering import change_leg, enter, go_on, missing, ready, step_of
from imu_hip.guidance.events import SensorBack, SensorLost
from imu_hip.guidance.session_state import Attempt, Phase, SessionState
from imu_hip.guidance.speaking import say
from imu_hip.guidance.steps import MOVING, StepKind
from imu_hip.guidance.stretching import begin_bout, end_bout, kept_bout
from imu_hip.guidance.view import Tone

MOST_PAINS: Final = 2
"""The test is over with the second."""


def pause(state: SessionState, time_s: float) -> SessionState:
    """PAUSE: the repetition that runs does not count; a bout goes on later."""
    state = replace(break_off(state, words.PAUSED_MOVEMENT), paused=True, notice="")
    return say(_resting(state), words.PAUSED, time_s)


def resume(state: SessionState, time_s: float) -> SessionState:
    """RESUME: go on where the session was paused."""
    state = replace(state, paused=False, notice="")
    if gone := missing(state):
        return say(state, words.waiting_for(gone), time_s)
    return _taken_up(state, time_s, "")


def pain(state: SessionState, time_s: float) -> SessionState:
    """PAIN: the movement is over at once and is not asked for again."""
    step = step_of(state)
    state = break_off(state, words.HURT)
    state = kept_bout(state, by_pain=True) if step.kind is StepKind.BOUT else state
    state = give_up(state, step, by_pain=True)
    progress = replace(state.progress, pains=state.progress.pains + 1)
    state = replace(state, progress=progress, notice="", attempt=Attempt(), fraction=None)
    if progress.pains >= MOST_PAINS:
        return _stopped(state, time_s)
    state = replace(state, phase=Phase.PAIN, phase_s=time_s)
    return say(state, words.PAIN, time_s, Tone.NOT_COUNTED)


def stop(state: SessionState, time_s: float) -> SessionState:
    """STOP: the session is over; what was finished is kept."""
    state = break_off(state, words.STOPPED_MOVEMENT)
    if step_of(state).kind is StepKind.BOUT and state.phase is not Phase.PAIN:
        state = kept_bout(state, by_pain=False)
    return _stopped(state, time_s)


def skip(state: SessionState, time_s: float) -> SessionState:
    """SKIP: leave the movement, the practice, the leg or the bout as it is."""
    step = step_of(state)
    if step.kind is StepKind.BOUT:
        return end_bout(state, time_s)
    if step.kind is not StepKind.PRACTISE:
        state = give_up(state, step, by_pain=False)
    return go_on(state, time_s, "Skipped.")


def sensor_lost(state: SessionState, event: SensorLost, time_s: float) -> SessionState:
    """A sensor is away: the step waits for it where it cannot do without."""
    if event.segment in state.away:
        return state
    waited = bool(missing(state))
    gone = replace(state, away=(*state.away, event.segment))
    if waited or state.paused or not missing(gone):
        return gone
    gone = replace(break_off(gone, words.LOST), notice="")
    return say(_resting(gone), words.waiting_for(missing(gone)), time_s)


def sensor_back(state: SessionState, event: SensorBack, time_s: float) -> SessionState:
    """A sensor is back: the step goes on by itself."""
    waited = bool(missing(state))
    state = replace(state, away=tuple(s for s in state.away if s is not event.segment))
    if state.paused or not waited or missing(state):
        return state
    notice = words.back(event.segment)
    if step_of(state).kind is StepKind.BOUT and state.phase is Phase.BOUT:
        return begin_bout(state, time_s)
    return _taken_up(state, time_s, notice)


def _taken_up(state: SessionState, time_s: float, notice: str) -> SessionState:
    step = step_of(state)
    if step.kind in MOVING:
        return ready(state, time_s, notice)
    if step.kind is StepKind.BOUT:
        return change_leg(state, time_s)
    return enter(state, state.step, time_s, notice)


def _resting(state: SessionState) -> SessionState:
    phase = Phase.READY if step_of(state).kind in MOVING else state.phase
    return replace(state, phase=phase, fraction=None)


def _stopped(state: SessionState, time_s: float) -> SessionState:
    last = len(state.steps) - 1
    pains = state.progress.pains >= MOST_PAINS
    state = replace(
        state,
        step=last,
        phase=Phase.STOPPED,
        phase_s=time_s,
        notice="",
        paused=False,
        fraction=None,
        attempt=Attempt(),
    )
    return say(state, words.STOPPED_BY_PAIN if pains else words.STOPPED, time_s, Tone.DONE)
