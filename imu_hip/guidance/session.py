"""The session that leads one person through a protocol: events in, states and views out.

Pure: the time comes in with every event, in seconds of any clock that does not go back. `Passed`
must come several times a second, since much happens by nothing but time.

A session that died is resumed with `begin`, its plan holding the `progress` of the state that
`from_json` gives back: finished repetitions and bouts are there, calibration is done anew.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from imu_hip.guidance import words
from imu_hip.guidance.commands import told
from imu_hip.guidance.counting import repetition_ended
from imu_hip.guidance.entering import enter, missing, step_of
from imu_hip.guidance.events import (
    Assigned,
    Calibrated,
    Event,
    Finished,
    MovementBegan,
    Passed,
    PlateauReached,
    PoseProgress,
    Posture,
    RepetitionEnded,
    SensorBack,
    SensorLost,
    SensorsFailed,
    SensorsStream,
    SensorsUnknown,
    StretchAngle,
    Told,
)
from imu_hip.guidance.interruptions import sensor_back, sensor_lost
from imu_hip.guidance.moving import movement_began, moving_passed, plateau_reached, posture
from imu_hip.guidance.plan import SessionPlan
from imu_hip.guidance.preparing import (
    assigned,
    calibrated,
    pose_progress,
    preparing_passed,
    sensors_failed,
    sensors_stream,
    sensors_unknown,
)
from imu_hip.guidance.protocol import Cue
from imu_hip.guidance.session_state import Phase, SessionState
from imu_hip.guidance.speaking import lasting_problem, repeat, say
from imu_hip.guidance.state_json import from_json, to_json
from imu_hip.guidance.steps import StepKind, first_step, steps_of
from imu_hip.guidance.stretching import stretch_angle, stretching_passed
from imu_hip.guidance.views import view_of, watching

__all__ = ["advance", "begin", "from_json", "to_json", "view_of", "watching"]

REMIND_AFTER_S: Final = 12.0
MOST_REMINDERS: Final = 5

_WAITING: Final = frozenset(
    {StepKind.ASSIGN, StepKind.POSE, StepKind.POSITION, StepKind.PRACTISE, StepKind.MEASURE}
)
_WHILE_HELD: Final = (SensorsStream, SensorLost, SensorBack, Told, Calibrated, Finished)


def begin(plan: SessionPlan, time_s: float) -> SessionState:
    """The first state of a session, or of one that is resumed where `plan.progress` is given."""
    steps = steps_of(plan, plan.progress.retest)
    state = SessionState(plan=plan, progress=plan.progress, steps=steps)
    return enter(state, first_step(plan, steps), time_s)


def advance(state: SessionState, event: Event, time_s: float) -> SessionState:
    """The state after an event; one that does not fit, or is not offered, changes nothing."""
    held = state.paused or missing(state)
    if held and not isinstance(event, _WHILE_HELD):
        return state
    return _HANDLERS[type(event)](state, event, time_s)


def _passed(state: SessionState, event: Passed, time_s: float) -> SessionState:
    moved = preparing_passed(state, time_s)
    if moved is state:
        moved = moving_passed(state, time_s)
    if moved is state:
        moved = stretching_passed(state, time_s)
    return _spoken_to(state, time_s) if moved is state else moved


def _spoken_to(state: SessionState, time_s: float) -> SessionState:
    quiet_s = time_s - state.said.cued_s
    hindrance = state.hindrance
    problem = lasting_problem(state, time_s)
    if problem and not hindrance.said and quiet_s >= words.speech_s(state.said.cue.speech):
        state = replace(state, notice=problem, hindrance=replace(hindrance, said=True))
        return say(state, Cue(state.said.cue.text, ""), time_s)
    waits = step_of(state).kind in _WAITING and state.phase is not Phase.PAIN
    again = waits and quiet_s >= REMIND_AFTER_S and state.said.reminders < MOST_REMINDERS
    return repeat(state, time_s) if again else state


def _finished(state: SessionState, event: Finished, time_s: float) -> SessionState:
    if step_of(state).kind is not StepKind.RESULT or state.finished is not None:
        return state
    state = replace(state, finished=event, notice="")
    if state.phase is Phase.STOPPED or not event.sentences:
        return state
    return say(state, replace(words.RESULT, speech=event.sentences[0]), time_s)


_HANDLERS: Final[Mapping[type, Callable[[SessionState, Any, float], SessionState]]] = (
    MappingProxyType(
        {
            SensorsStream: sensors_stream,
            SensorsUnknown: sensors_unknown,
            SensorsFailed: sensors_failed,
            Assigned: assigned,
            PoseProgress: pose_progress,
            Calibrated: calibrated,
            Posture: posture,
            MovementBegan: movement_began,
            PlateauReached: plateau_reached,
            RepetitionEnded: repetition_ended,
            StretchAngle: stretch_angle,
            SensorLost: sensor_lost,
            SensorBack: sensor_back,
            Told: told,
            Passed: _passed,
            Finished: _finished,
        }
    )
)
