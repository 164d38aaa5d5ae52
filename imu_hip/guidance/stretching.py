"""Lead through the bouts of a stretch, and offer the retest."""

import math
from dataclasses import replace
from typing import Final

from imu_hip.guidance import words
from imu_hip.guidance.entering import enter, go_on, step_of
from imu_hip.guidance.events import StretchAngle
from imu_hip.guidance.plan import KeptBout
from imu_hip.guidance.protocol import StretchPart
from imu_hip.guidance.session_state import Phase, SessionState
from imu_hip.guidance.speaking import filled, say
from imu_hip.guidance.steps import StepKind, steps_of
from imu_hip.guidance.stretch import follow
from imu_hip.guidance.view import StretchView, Tone

SHORTEST_KEPT_S: Final = 5.0
"""A bout that was broken off sooner is none."""

_DEEPEN_AT: Final = 0.5


def stretch_angle(state: SessionState, event: StretchAngle, time_s: float) -> SessionState:
    """The stretched leg moved: keep the best, and advise to ease off where it is too much."""
    step, stretch = step_of(state), state.plan.protocol.stretch
    running = step.kind is StepKind.BOUT and state.phase is Phase.BOUT
    if stretch is None or not running or event.side is not step.side:
        return state
    state = _added_up(state, stretch, time_s)
    if not math.isfinite(event.angle_deg):
        return state
    bout, ease_off = follow(
        state.bout, time_s, event.angle_deg, event.strains, stretch.ease_off_within_deg
    )
    state = replace(state, bout=bout)
    if not ease_off:
        return state
    state = replace(state, notice=words.EASE_OFF_SENTENCE)
    eased = replace(filled(stretch.ease_off, step.side), speech="")
    return say(state, eased, time_s, Tone.NOT_COUNTED)


def stretching_passed(state: SessionState, time_s: float) -> SessionState:
    """What time alone does in a stretch."""
    step, stretch = step_of(state), state.plan.protocol.stretch
    if stretch is None or step.kind is not StepKind.BOUT:
        return state
    if state.phase is Phase.CHANGE:
        spoken_s = words.speech_s(state.said.cue.speech)
        due = time_s - state.phase_s >= max(stretch.rest_s, spoken_s)
        return begin_bout(state, time_s) if due else state
    if state.phase is not Phase.BOUT:
        return state
    state = _added_up(state, stretch, time_s)
    if state.bout.elapsed_s >= stretch.bout_s:
        return end_bout(state, time_s)
    if state.bout.elapsed_s < _DEEPEN_AT * stretch.bout_s or state.bout.deepened:
        return state
    state = replace(state, bout=replace(state.bout, deepened=True), notice="")
    return say(state, filled(stretch.deepen, step.side), time_s)


def begin_bout(state: SessionState, time_s: float) -> SessionState:
    """Begin a bout, or go on with one that was interrupted."""
    step, stretch = step_of(state), state.plan.protocol.stretch
    if stretch is None:
        return state
    bout = replace(state.bout, last_s=time_s, recent=(), eased_s=None)
    state = replace(state, phase=Phase.BOUT, phase_s=time_s, notice="", bout=bout)
    return say(state, filled(stretch.begin, step.side), time_s, Tone.PLATEAU)


def end_bout(state: SessionState, time_s: float) -> SessionState:
    """End a bout, by its time or by choice, and go on with the next."""
    state = kept_bout(state, by_pain=False)
    return go_on(state, time_s)


def kept_bout(state: SessionState, *, by_pain: bool) -> SessionState:
    """A state that keeps the bout that ran; one that hardly began counts for no time."""
    step, progress = step_of(state), state.progress
    if step.side is None:
        return state
    real = state.bout.elapsed_s >= SHORTEST_KEPT_S
    bout = KeptBout(
        number=step.bout,
        side=step.side,
        duration_s=state.bout.elapsed_s if real else 0.0,
        best_deg=state.bout.best_deg if real else None,
        by_pain=by_pain,
    )
    return replace(state, progress=replace(progress, bouts=(*progress.bouts, bout)))


def retest(state: SessionState, time_s: float) -> SessionState:
    """RETEST: lead through the test again."""
    progress = replace(state.progress, retest=True)
    state = replace(state, progress=progress, steps=steps_of(state.plan, retest=True))
    return enter(state, state.step + 1, time_s)


def stretch_view(state: SessionState, time_s: float) -> StretchView | None:
    """Where a stretch is; None outside its bouts."""
    step, stretch = step_of(state), state.plan.protocol.stretch
    if stretch is None or step.side is None or step.kind is not StepKind.BOUT:
        return None
    sides = state.plan.bout_sides
    elapsed_s = state.bout.elapsed_s
    running = state.phase is Phase.BOUT
    left_s = stretch.bout_s - elapsed_s
    if state.phase is Phase.CHANGE:
        left_s = stretch.rest_s - (time_s - state.phase_s)
    done = tuple(bout for bout in state.progress.bouts if bout.duration_s > 0.0)
    return StretchView(
        bout=step.bout + 1,
        bouts=len(sides),
        side=step.side,
        bouts_of={side: sides.count(side) for side in state.plan.tested_sides},
        left_s=round(max(left_s, 0.0), 1),
        best_deg=state.bout.best_deg,
        today_bouts=state.plan.today_bouts + len(done) + running,
        today_s=round(state.plan.today_s + sum(bout.duration_s for bout in done) + elapsed_s),
    )


def _added_up(state: SessionState, stretch: StretchPart, time_s: float) -> SessionState:
    elapsed_s = min(state.bout.elapsed_s + time_s - state.bout.last_s, stretch.bout_s)
    return replace(state, bout=replace(state.bout, elapsed_s=elapsed_s, last_s=time_s))
