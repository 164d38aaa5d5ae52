"""Connect, check, tell sensors apart, calibrate."""

import math
from dataclasses import replace
from typing import Final

from imu_hip.guidance import words
from imu_hip.guidance.entering import enter, go_on, step_of
from imu_hip.guidance.events import (
    Assigned,
    Calibrated,
    PoseProgress,
    SensorsFailed,
    SensorsStream,
    SensorsUnknown,
)
from imu_hip.guidance.session_state import SessionState
from imu_hip.guidance.speaking import heeded, hindered, say, sound
from imu_hip.guidance.steps import StepKind, find_step
from imu_hip.guidance.view import Tone

SHORTEST_CHECK_S: Final = 1.2
LONGEST_CHECK_S: Final = 6.0

_BEFORE_STREAMING: Final = frozenset({StepKind.CONNECT, StepKind.ASSIGN})


def sensors_stream(state: SessionState, event: SensorsStream, time_s: float) -> SessionState:
    """All sensors stream: on to the check."""
    state = replace(state, remarks=event.remarks)
    if step_of(state).kind not in _BEFORE_STREAMING:
        return state
    return enter(replace(state, away=()), _index(state, StepKind.CHECK), time_s)


def sensors_unknown(state: SessionState, event: SensorsUnknown, time_s: float) -> SessionState:
    """Sensors are there, but not where they sit: the person shows it by moving."""
    if step_of(state).kind is not StepKind.CONNECT:
        return state
    return enter(state, _index(state, StepKind.ASSIGN), time_s, event.problem)


def sensors_failed(state: SessionState, event: SensorsFailed, time_s: float) -> SessionState:
    """The sensors cannot be used: said at once, and tried again when the person wants."""
    if step_of(state).kind not in _BEFORE_STREAMING:
        return state
    if state.hindrance.problem == event.problem:
        return state
    state = enter(state, _index(state, StepKind.CONNECT), time_s, event.problem)
    state = hindered(state, event.problem, time_s)
    state = replace(state, hindrance=replace(state.hindrance, said=True))
    return say(state, words.FAILED, time_s, Tone.NOT_COUNTED)


def try_again(state: SessionState, time_s: float) -> SessionState:
    """Connect once more."""
    return enter(replace(state, rounds=state.rounds + 1), 0, time_s)


def assigned(state: SessionState, event: Assigned, time_s: float) -> SessionState:
    """One sensor is told, or its movement has to be done again."""
    step = step_of(state)
    if step.kind is not StepKind.ASSIGN or event.segment is not step.segment:
        return state
    if event.problem:
        state = replace(state, rounds=state.rounds + 1)
        return sound(enter(state, state.step, time_s, event.problem), Tone.NOT_COUNTED)
    state = sound(state, Tone.COUNTED)
    following = state.steps[state.step + 1]
    if following.kind is StepKind.ASSIGN:
        return enter(state, state.step + 1, time_s)
    return enter(replace(state, rounds=state.rounds + 1), 0, time_s)


def pose_progress(state: SessionState, event: PoseProgress, time_s: float) -> SessionState:
    """A pose goes on, is kept back, or is done."""
    step = step_of(state)
    asked = (step.doing, step.side)
    if step.kind is not StepKind.POSE or (event.doing, event.side) != asked:
        return state
    if not math.isfinite(event.fraction):
        return state
    if event.fraction >= 1.0:
        return go_on(sound(state, Tone.COUNTED), time_s)
    if event.fraction > (state.fraction or 0.0):
        state = heeded(state, time_s)
    state = replace(state, fraction=max(event.fraction, 0.0))
    return hindered(state, event.problem, time_s)


def calibrated(state: SessionState, event: Calibrated, time_s: float) -> SessionState:
    """A leg is calibrated; with the last of them its quality is told."""
    expected = step_of(state).kind in (StepKind.POSE, StepKind.CALIBRATED)
    if not expected or event in state.calibrated:
        return state
    others = tuple(c for c in state.calibrated if c.side is not event.side)
    state = replace(state, calibrated=(*others, event))
    told = step_of(state).kind is StepKind.CALIBRATED and not state.paused
    return _tell_quality(state, time_s) if told and all_calibrated(state) else state


def all_calibrated(state: SessionState) -> bool:
    """Whether every tested leg is calibrated, well or not."""
    return {c.side for c in state.calibrated} >= set(state.plan.tested_sides)


def calibration_advice(state: SessionState) -> str:
    """Why the calibration should be done again, empty where it is good."""
    advice = [c.advice for c in state.calibrated if c.advice]
    if not advice and any(not math.isfinite(c.uncertainty_deg) for c in state.calibrated):
        return "The sensors could not be related to the legs."
    return " ".join(dict.fromkeys(advice))


def calibration_is_usable(state: SessionState) -> bool:
    """Whether one can go on with it, good or not."""
    return all_calibrated(state) and all(math.isfinite(c.uncertainty_deg) for c in state.calibrated)


def recalibrate(state: SessionState, time_s: float) -> SessionState:
    """Calibrate anew; finished repetitions stay."""
    state = replace(state, calibrated=(), rounds=state.rounds + 1, paused=False)
    return enter(state, _index(state, StepKind.POSE), time_s)


def preparing_passed(state: SessionState, time_s: float) -> SessionState:
    """What time alone does while a session is prepared."""
    kind, waited_s = step_of(state).kind, time_s - state.phase_s
    if kind is StepKind.CHECK:
        needed_s = min(
            max(words.speech_s(state.said.cue.speech), SHORTEST_CHECK_S), LONGEST_CHECK_S
        )
        return go_on(state, time_s) if waited_s >= needed_s else state
    if kind is not StepKind.CALIBRATED or not all_calibrated(state):
        return state
    if state.said.cue.text == words.WORKING.text:
        return _tell_quality(state, time_s)
    good = calibration_is_usable(state) and not calibration_advice(state)
    spoken_s = words.speech_s(state.said.cue.speech)
    return go_on(state, time_s) if good and waited_s >= spoken_s else state


def _tell_quality(state: SessionState, time_s: float) -> SessionState:
    state = replace(state, phase_s=time_s)
    advice = calibration_advice(state)
    if advice:
        state = hindered(replace(state, notice=advice), advice, time_s)
        state = replace(state, hindrance=replace(state.hindrance, said=True))
        return say(state, words.CALIBRATE_AGAIN, time_s, Tone.NOT_COUNTED)
    worst_deg = max(c.uncertainty_deg for c in state.calibrated)
    notice = words.calibration_quality(worst_deg)
    return say(
        replace(state, notice=notice), replace(words.CALIBRATED, speech=""), time_s, Tone.COUNTED
    )


def _index(state: SessionState, kind: StepKind) -> int:
    return find_step(state.steps, kind)
